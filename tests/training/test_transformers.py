"""Transformers among the teachers: what they read, how they are pretrained, and that they learn."""

import os
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.training.shop import needs_keras, reviews
from training.__main__ import main
from training.data import Row, place
from training.errors import DataError
from training.recipe import Recipe

pytestmark = needs_keras

TINY = {"pieces": 400, "layers": 1, "width": 16, "heads": 2, "longest": 24, "tokens": 512, "rate": 3e-3, "dropout": 0.0}


def rows(count: int, seed: int) -> list[Row]:
    return [Row(text, float(stars), place(text)) for stars, text in reviews(count, seed)]


def test_batches_hold_every_row_in_few_widths():
    from training.budget import Budget, widths_of

    lengths = np.random.default_rng(0).integers(1, 90, 500)
    widths = widths_of(lengths, 64)
    assert len(widths) <= 4
    assert widths[-1] == 64, "longer texts are cut to it"
    assert not (widths % 8).any()
    batches = Budget(lengths, widths, [256 // width for width in widths], 0)
    seen = [batches[i] for i in range(batches.per_epoch)]
    assert {row for picked, _ in seen for row in picked.tolist()} == set(range(500))
    assert {(len(picked), width) for picked, width in seen} == {(256 // w, w) for w in widths.tolist()}, (
        "one shape each"
    )
    for picked, width in seen:
        assert (np.minimum(lengths[picked], 64) <= width).all()
    again = Budget(lengths, widths, [256 // width for width in widths], 0)
    np.testing.assert_array_equal(again[batches.per_epoch + 3][0], batches[batches.per_epoch + 3][0])


def test_a_long_text_keeps_both_ends():
    from training.batches import Ragged
    from training.budget import rectangle

    texts = Ragged([[1, 2, 3, 4, 5, 6, 7], [8, 9]], 10)
    expected = [[8, 9, 0, 0], [1, 2, 6, 7]]
    np.testing.assert_array_equal(rectangle(texts, np.array([1, 0]), 4), expected)
    np.testing.assert_array_equal(rectangle(texts, np.array([0]), 8), [[1, 2, 3, 4, 5, 6, 7, 0]])


@pytest.mark.parametrize("span", [1, 3])
def test_hidden_tokens_are_those_asked_for(span):
    from training.budget import hide

    random = np.random.default_rng(1)
    ids = random.integers(2, 50, (400, 40)).astype(np.int32)
    ids[:, 30:] = 0
    shown, at, hidden, there = hide(ids, 0.15, span, 50, 20, random)
    changed = shown != ids
    assert not changed[:, 30:].any(), "padding is not hidden"
    row = np.arange(400)[:, None]
    np.testing.assert_array_equal(hidden, ids[row, at])
    asked = np.zeros(ids.shape, bool)
    asked[np.broadcast_to(row, at.shape)[there > 0], at[there > 0]] = True
    assert (changed <= asked).all(), "what is changed is asked for"
    assert asked[:, :30].mean() == pytest.approx(0.15, abs=0.02)
    kinds = shown[asked]
    assert (kinds == 1).mean() == pytest.approx(0.8, abs=0.04)
    assert (kinds == ids[asked]).mean() == pytest.approx(0.1, abs=0.03)


def test_pieces_are_whole_where_they_are_frequent_and_never_lost():
    pytest.importorskip("sentencepiece")
    from training.pieces import Pieces

    pieces = Pieces.fit([row.text for row in rows(400, 1)], 400)
    assert pieces.size <= 400
    known = pieces.encode("배송도 그렇고 추천해요")
    assert known == Pieces(pieces.model).encode("배송도 그렇고 추천해요")
    assert 0 not in known
    assert len(known) < len("배송도 그렇고 추천해요")
    assert 1 in pieces.encode("똠방각하"), "syllables that were never seen"
    assert list(pieces.encode_all(["추천해요", "별로예요"])) == [pieces.encode("추천해요"), pieces.encode("별로예요")]
    with pytest.raises(DataError, match="글자 수보다 적습니다"):
        Pieces.fit([row.text for row in rows(400, 1)], 10)


def test_without_sentencepiece_it_is_said_before_anything_is_trained(monkeypatch, tmp_path):
    from training.prepare import prepare, teach_only
    from training.prepared import Corpora

    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    recipe = Recipe.from_dict({"teach": {"folds": 2, "transformer": {**TINY, "reads": ["pieces"]}}}, "tried")
    for what in (prepare, teach_only):
        with pytest.raises(DataError, match=r'pip install "nunchi\[pieces\]"'):
            what(recipe, Corpora(rows(60, 1)), tmp_path, 0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reads": ["words"]}, "pieces, characters"),
        ({"reads": ["pieces"], "width": 10, "heads": 3}, "width"),
        ({"reads": ["pieces"], "longest": 4096}, "longest"),
        ({"reads": ["pieces"], "tune": {"epoch": 1}}, "teach.transformer.tune"),
    ],
)
def test_a_setting_that_cannot_be_is_named(wrong, said):
    with pytest.raises(DataError, match=said):
        Recipe.from_dict({"teach": {"transformer": wrong}}, "tried")


def test_a_recipe_without_transformers_is_refused_in_a_sentence(capsys):
    assert main(["teach", "--recipe", "best"]) == 65
    assert capsys.readouterr().err.startswith("best 레시피에는 따로 가르칠 트랜스포머가 없습니다")


def test_where_nothing_can_be_written_is_found_before_anything_is_read(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text('[teach]\nfolds = 2\n[teach.transformer]\nreads = ["characters"]\n')
    (tmp_path / "taken").touch()
    words = ["--recipe", str(tmp_path / "mine.toml"), "--data", str(tmp_path / "nothing.csv")]
    assert main(["teach", *words, "--runs", str(tmp_path / "taken" / "runs")]) == 74
    assert "taken" in capsys.readouterr().err


def test_pieces_are_written_by_each_process_under_a_name_of_its_own(tmp_path, monkeypatch):
    pytest.importorskip("sentencepiece")
    from training.attend import _Late

    how = Recipe.from_dict({"teach": {"folds": 2, "transformer": {**TINY, "reads": ["pieces"]}}}, "tried")
    texts = [row.text for row in rows(300, 1)]
    made = _Late(how.teach.transformer, "pieces", lambda: None, texts, [], tmp_path)
    names = []
    monkeypatch.setattr(os, "fsync", lambda _: names.extend(p.name for p in tmp_path.iterdir()))
    assert made.made is not None
    assert names == [f"pieces.{os.getpid()}.part"]
    assert [p.name for p in tmp_path.iterdir()] == ["pieces.model"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_they_teach_what_they_did_not_learn_and_are_not_trained_twice(tmp_path, monkeypatch):
    pytest.importorskip("sentencepiece")
    from training import attend, masked
    from training.prepare import prepare, teach_only
    from training.prepared import Corpora

    transformer = {**TINY, "reads": ["pieces", "characters"], "epochs": 2, "rated_epochs": 2}
    transformer["tune"] = {"epochs": 8, "batch": 16, "rate": 5e-3}
    recipe = Recipe.from_dict(
        {
            "network": {"embedding": 8, "units": [4]},
            "teach": {"folds": 2, "transformer": transformer, "tune": {"epochs": 1}},
        },
        "tried",
    )
    losses = []
    real = masked.run

    def run(step, *args, **named):
        real(lambda number: losses.append(step(number)) or losses[-1], *args, **named)

    monkeypatch.setattr(masked, "run", run)
    rated, unrated = rows(300, 1), [replace(row, rating=None) for row in rows(30, 2)]
    movies = [replace(row, rating=10.0 if row.rating > 3 else 1.0) for row in rows(200, 3)]
    corpora = Corpora(rated, unrated, movies)
    folder = teach_only(recipe, corpora, tmp_path, 0)
    guessing = len(losses) // 2 // 2  # of the first kind, before the stars are guessed too
    assert np.mean(losses[guessing - 5 : guessing]) < 0.8 * np.mean(losses[:5]), "it guesses better"
    made = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("teacher-*.npz"))
    assert made == [
        f"{reads}/{part}teacher-{k}-0.npz"
        for reads in ("characters", "pieces")
        for part in ("apart/", "")
        for k in (0, 1)
    ]

    def again(*_: object) -> None:
        raise AssertionError("it was pretrained again")

    monkeypatch.setattr(attend, "pretrain_masked", again)
    lesson = prepare(recipe, corpora, tmp_path, 0).whole.lesson
    assert lesson.accuracy["networks_transformer_pieces"] > 0.9
    assert lesson.accuracy["networks_transformer_characters"] > 0.9
