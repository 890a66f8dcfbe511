"""What the network in service is taught with, and the fold that it is calibrated by."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.training.shop import needs_keras, reviews
from training.__main__ import main
from training.data import DataError, Row, fold, place
from training.made.written import dealt
from training.recipe import Recipe
from training.recipe_parts import FOLDS

pytestmark = [needs_keras, pytest.mark.timeout(900)]

RECIPE = {
    "students": 2,
    "calibration_folds": 2,
    "network": {"embedding": 12, "bigrams": 64, "units": [8], "dropout": 0.1},
    "teach": {"folds": 2, "recombined": 40, "tune": {"epochs": 3, "batch": 32, "rate": 2e-2}},
    "tune": {"epochs": 3, "batch": 32, "rate": 2e-2},
}


def rows(count: int, seed: int) -> list[Row]:
    return [Row(text, float(stars), place(text)) for stars, text in reviews(count, seed)]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The same rows twice: once with every rating of the fold for calibration turned round."""
    from training.prepare import prepare
    from training.prepared import Corpora

    rated, unrated = rows(240, 1), [replace(row, rating=None) for row in rows(30, 2)]
    turned = [replace(r, rating=6 - r.rating) if fold(r.place, FOLDS) == 0 else r for r in rated]
    folder, recipe = tmp_path_factory.mktemp("runs"), Recipe.from_dict(RECIPE, "tried")
    return [prepare(recipe, Corpora(side, unrated), folder / str(i), 0) for i, side in enumerate((rated, turned))]


def test_a_fold_of_one_polarity_is_a_sentence(tmp_path):
    from training.prepare import prepare
    from training.prepared import Corpora

    held = [Row(f"남긴 {i}", 1.0 + i % 2 * 4, 0.01) for i in range(40)]
    some = [Row(f"리뷰 {i}", 1.0 + i % 2 * 4, 0.16 + 0.84 * i / 100) for i in range(100)]
    some = [row for row in some if fold(row.place, FOLDS) or row.rating > 3]
    with pytest.raises(DataError, match="부정 0"):
        prepare(Recipe.from_dict({}, "tried"), Corpora([*held, *some]), tmp_path, 0)


def test_a_held_out_text_stands_in_no_other_corpus(capsys, tmp_path):
    """A network may not meet it with the ratings of movies, nor teachers be asked about it."""
    from training.commands.full import CorpusFiles, read_corpora
    from training.finish import real_texts
    from training.prepare import _recombined
    from training.prepared import Corpora
    from training.recombine import recombine
    from training.reviews import Reviews

    unrated = [replace(row, rating=None) for row in rows(60, 2)]
    recipe = Recipe.from_dict({**RECIPE, "teach": {"folds": 2, "recombined": 200}, "finish": {"made": 10}}, "tried")
    texts = [r.text for r in unrated]
    made = {seed: recombine(texts, count, seed) for seed, count in ((4, 200), (6, 360))}
    held = [Row(t, 5.0, place(t)) for own in made.values() for t in own if place(t) < 0.15]
    assert len({r.text for r in held} & set(made[4])) > 5 and len({r.text for r in held} & set(made[6])) > 5
    corpora = Corpora(held, unrated)
    assert not {place(r.text) for r in _recombined(recipe, corpora, 0)} & corpora.held_places
    assert not set(map(place, real_texts(recipe.finish, corpora, 0))) & corpora.held_places

    rated = rows(240, 1)
    known, learned = next(r for r in rated if r.place < 0.15), next(r for r in rated if r.place > 0.15)
    (tmp_path / "u.txt").write_text(
        f"{known.text.replace(' ', '  ')}\n{learned.text}\n새 글 입니다\n", encoding="utf-8"
    )
    (tmp_path / "m.tsv").write_text(f"9\t{known.text}\n1\t{learned.text}\n10\t좋은 영화\n", encoding="utf-8")
    full = replace(recipe, pretrain=replace(recipe.pretrain, epochs=1))
    files = CorpusFiles([], tmp_path / "u.txt", tmp_path / "m.tsv")
    read = read_corpora(full, Reviews(rated), files, ())
    assert [r.text for r in read.unrated] == [learned.text, "새 글 입니다"]
    assert [r.text for r in read.movies] == [learned.text, "좋은 영화"]
    assert "글이 같은 것을 뺐습니다: 2편" in capsys.readouterr().err


@pytest.mark.slow
def test_nobody_who_teaches_for_the_calibration_knows_the_ratings_of_its_fold(prepared):
    first, second = prepared
    for mine, other in zip(first.folds, second.folds, strict=True):
        assert [r.text for r in mine.asked] == [r.text for r in other.asked]
        assert not {r.text for r in mine.asked} & {r.text for r in mine.taught.learn}
        assert {r.text for r in first.whole.learn} == {r.text for r in (*mine.asked, *mine.taught.learn)}
    assert not {r.text for r in first.folds[0].asked} & {r.text for r in first.folds[1].asked}
    for mine, other in zip(first.folds[0].taught.lesson.unrated, second.folds[0].taught.lesson.unrated, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-3)
    for mine, other in ((first.whole, second.whole), (first.folds[1].taught, second.folds[1].taught)):
        assert abs(mine.lesson.unrated[1] - other.lesson.unrated[1]).max() > 0.05, "whoever learns from the fold does"
    assert len({side.folder for side in (first.whole, *(f.taught for f in first.folds))}) == 3


@pytest.mark.slow
def test_the_network_in_service_is_the_mean_of_those_that_learned(prepared, monkeypatch):
    from training import student

    apart = prepared[0].folds[0].taught
    together = student.learn_together(apart, "tried")
    each = [student.student(apart, number, "tried") for number in range(2)]
    assert abs(each[0]["output/kernel"] - each[1]["output/kernel"]).max() > 1e-4, "each saw another order"
    for name, mean in together.items():
        np.testing.assert_allclose(mean, (each[0][name] + each[1][name]) / 2, atol=1e-6)

    monkeypatch.setattr(student, "tune", None)  # what was trained is not trained again
    again = student.learn_together(apart, "tried")
    np.testing.assert_array_equal(again["output/kernel"], together["output/kernel"])


@pytest.mark.slow
def test_teachers_are_asked_about_texts_made_of_parts_of_unrated_ones(prepared):
    from training import student

    apart = prepared[0].folds[0].taught
    assert len(apart.recombined) == 40
    assert not {r.text for r in apart.recombined} & {r.text for r in (*apart.unrated, *apart.learn)}
    sure = abs(apart.lesson.recombined[1] - 0.5)
    assert len(sure) == 40
    assert sure.mean() > 0.2, "they are made of plain reviews"
    once = student._once(apart, 0)
    assert once.texts == [r.text for r in apart.recombined[:39]], "as many for each of three epochs"
    np.testing.assert_allclose(once.targets[:, -2], apart.lesson.recombined[1][:39], atol=1e-6)
    wanted = replace(apart, recipe=replace(apart.recipe, tune=replace(apart.recipe.tune, written=2, rare=1)))
    with_written = student._once(wanted, 0)
    written = dealt(apart.recipe.tune.epochs, 2, 1)
    assert with_written.texts == [text for text, _ in written] + once.texts
    assert ((with_written.targets[: len(written), -2] > 0.5) == [good for _, good in written]).all()


def test_a_network_alone_learns_nothing_that_was_made(tmp_path):
    from training.ablation import steps
    from training.prepared import Prepared

    recipe = Recipe.from_dict(RECIPE | {"tune": {"counterfactuals": 4, "written": 2, "rare": 1, "noise": 0.1}}, "tried")
    some = rows(4, 1)
    of = Prepared(recipe, recipe.network, some, [], some, [], None, None, {}, None, tmp_path, 0)
    seen = {
        name: (one.recipe.tune.written, one.recipe.tune.rare, one.recipe.tune.counterfactuals)
        for name, one in steps(of)
    }
    assert seen["alone"] == seen["bigrams"] == (0, 0, 0)
    assert seen["made"] == seen["taught"] == seen["recombined"] == (2, 1, 4)


@pytest.mark.slow
def test_each_step_of_a_recipe_is_measured_on_the_same_rows(prepared):
    from training.ablation import ablate

    figures = list(ablate(prepared[0], 2))
    named = [figure.step for figure in figures]
    assert named == ["linear", "alone", "bigrams", "taught", "recombined", "averaged"], "no movies, nothing by rule"
    assert {figure.rows for figure in figures} == {len(prepared[0].folds[0].asked)}
    assert [len(figure.accuracies) for figure in figures] == [1, 2, 2, 2, 2, 1]
    assert figures[0].mean > 0.8, "these reviews are plain"
    alone = figures[1]
    assert alone.mean == pytest.approx(sum(alone.accuracies) / 2)
    assert alone.spread == pytest.approx(abs(alone.accuracies[0] - alone.accuracies[1]) / 2**0.5)


@pytest.mark.slow
def test_the_last_steps_are_measured_as_they_serve(tmp_path):
    from training.ablation import ablate
    from training.prepare import prepare
    from training.prepared import Corpora

    last = {"kept": 60, "batch": 16, "rate": 1e-3, "noise": 0.1, "marks": 0.1}
    network = RECIPE["network"] | {"buckets": 256}
    tables = {
        "network": network,
        "fitted_wide": True,
        "finish": last | {"made": 20},
        "consistency": last | {"level": 1.0},
    }
    recipe = Recipe.from_dict(RECIPE | tables | {"teach": {}, "students": 1, "calibration_folds": 1}, "tried")
    corpora = Corpora(rows(240, 1))
    figures = list(ablate(prepare(recipe, corpora, tmp_path, 0), 1, corpora))
    assert [figure.step for figure in figures][-4:] == ["wide", "calibrated", "finish", "consistency"]
    assert all(figure.mean > 0.8 and figure.stars for figure in figures[-3:])
    assert {path.name[:6] for path in tmp_path.rglob("ablation/*.npz")} == {"finish", "consis"}


@pytest.mark.parametrize("recipe", ["shop", "course-gru"])
def test_a_recipe_without_steps_is_refused_in_a_sentence(recipe, capsys):
    assert main(["ablate", "--recipe", recipe]) == 65
    said = capsys.readouterr().err
    assert said.startswith(f"{recipe} 에는 하나씩 더할 단계가 없습니다"), said


def test_rows_that_stand_elsewhere_in_the_split_are_other_rows():
    from training.prepared import Corpora
    from training.shop import fingerprint

    here = rows(20, 3)
    turned = [replace(row, place=(row.place + 0.15) % 1.0) for row in here]
    assert Corpora(here).fingerprint() == Corpora(list(here)).fingerprint() != Corpora(turned).fingerprint()
    assert fingerprint(SimpleNamespace(rows=here)) != fingerprint(SimpleNamespace(rows=turned))
