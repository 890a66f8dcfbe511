"""Reviews that were read and judged."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from nlp.config import NetworkConfig
from nlp.text import normalize
from tests.training.shop import needs_keras
from training import judged
from training.baseline import fit_baseline, log_odds
from training.data import HELD_OUT_SHARE, Row, place, read_rated
from training.judged import Judged, both_right, heeded, judged_first

CONFIG = NetworkConfig()
GRADE = {False: (1, 2, 2, 4), True: (5, 4, 4, 2)}  # three in four readers are right


def rows(count: int, what: str, *, rated: bool) -> list[Row]:
    """Reviews, positive and negative in turn."""
    texts = [normalize(f"{what} {i}") for i in range(count)]
    return [Row(t, (5.0 if i % 2 else 1.0) if rated else None, place(t)) for i, t in enumerate(texts)]


@pytest.fixture
def told(monkeypatch):
    """Rated and unrated reviews, of which all but the last two unrated ones were judged."""
    rated, unrated = rows(160, "별점 있는 리뷰", rated=True), rows(42, "별점 없는 리뷰", rated=False)
    known = {r.place: (GRADE[bool(i % 2)][i // 2 % 4],) for some in (rated, unrated[:40]) for i, r in enumerate(some)}
    monkeypatch.setattr(judged, "unsure_grades", lambda: known)
    return rated, unrated


def test_what_a_grade_is_worth_is_measured_on_rated_reviews(told):
    rated, unrated = told
    first, others = judged_first(unrated[::-1], rated, 3)
    assert [r.text for r in others] == [r.text for r in unrated[:39:-1]]
    assert len(first) == 40 and all(isinstance(r, Judged) and r.rating is None for r in first)
    by_grade = {r.grades[0]: r.positive for r in first}
    assert by_grade[1] < by_grade[2] < 0.5 < by_grade[4] < by_grade[5]
    assert by_grade[4] == pytest.approx(2 / 3, abs=0.1), "of those so graded that have a rating"


def test_without_rated_reviews_that_were_judged_nothing_is_believed(told):
    rated, unrated = told
    assert judged_first(unrated, rated[:20], 3) == ([], unrated)
    classes = np.full((42, 4), 0.25)
    said = (classes[:20], np.full(20, 0.5)), (classes, np.full(42, 0.5))
    assert heeded(said, rated[:20], unrated, CONFIG) is said


def test_readers_are_heard_where_the_teachers_know_nothing(told):
    rated, unrated = told
    first, others = judged_first(unrated, rated, 3)
    said = [(np.tile([0.1, 0.4, 0.3, 0.2], (n, 1)), np.full(n, 0.5)) for n in (160, 42)]
    _, (classes, positive) = heeded(tuple(said), rated, [*first, *others], CONFIG)
    grades = np.array([r.grades[0] for r in first])
    assert (positive[:40][grades > 3] > 0.6).all() and (positive[:40][grades < 3] < 0.4).all()
    np.testing.assert_allclose(positive[40:], 0.5)
    np.testing.assert_allclose(classes[40:], said[1][0][40:])
    np.testing.assert_allclose(classes[:, CONFIG.positive_classes].sum(axis=1), positive)
    np.testing.assert_allclose(classes.sum(axis=1), 1)
    np.testing.assert_allclose(classes[:, 1] / classes[:, 0], 4, err_msg="within a side the stars stay as they were")


def test_readers_are_hardly_heard_where_the_teachers_know(told):
    rated, unrated = told
    first, others = judged_first(unrated, rated, 3)
    sure = np.where([bool(i % 2) for i in range(160)], 0.999, 0.001)
    positive = np.where([bool(i % 2) for i in range(42)], 0.999, 0.001)
    said = (np.full((160, 4), 0.25), sure), (np.full((42, 4), 0.25), positive)
    heard = heeded(said, rated, [*first, *others], CONFIG)[1][1]
    assert ((heard > 0.5) == (positive > 0.5)).all(), "not even where all readers are wrong"


def test_readers_are_heard_about_rated_reviews_that_they_judged_too(told, monkeypatch):
    rated, unrated = told
    known = {
        place: given for place, given in judged.unsure_grades().items() if place not in {r.place for r in rated[:8]}
    }
    monkeypatch.setattr(judged, "unsure_grades", lambda: known)
    said = tuple((np.full((n, 4), 0.25), np.full(n, 0.5)) for n in (160, 42))
    classes, positive = heeded(said, rated, unrated, CONFIG)[0]
    np.testing.assert_allclose(positive[:8], 0.5, err_msg="nobody read them")
    high = np.array([known[r.place][0] > 3 for r in rated[8:]])
    assert ((positive[8:] > 0.5) == high).all(), "by what was read, not by their ratings"
    np.testing.assert_allclose(classes[:, CONFIG.positive_classes].sum(axis=1), positive)


def test_of_reviews_of_which_the_teachers_were_sure_only_the_lesson_is_mended(told, monkeypatch):
    rated, unrated = told
    known = dict(judged.unsure_grades())
    aside = {r.place: known.pop(r.place) for r in unrated[:10]}
    monkeypatch.setattr(judged, "unsure_grades", lambda: known)
    monkeypatch.setattr(judged, "_read", lambda name: {"sure.tsv": aside}[name])
    first, others = judged_first(unrated, rated, 3)
    assert [r.text for r in others[:10]] == [r.text for r in unrated[:10]], "teachers do not learn from them"
    said = tuple((np.full((n, 4), 0.25), np.full(n, 0.5)) for n in (160, 42))
    positive = heeded(said, rated, unrated, CONFIG)[1][1]
    assert ((positive[:10] > 0.5) == [aside[r.place][0] > 3 for r in unrated[:10]]).all()
    assert (abs(positive[:40] - 0.5) > 0.05).all() and (positive[40:] == 0.5).all()
    assert len(first) == 30


def test_two_readers_of_one_mind_count_more_than_one(told, monkeypatch):
    rated, unrated = told
    right = {False: ((1, 1), (2, 1), (1, 2), (2, 2)), True: ((5, 5), (4, 5), (5, 4), (4, 4))}
    known = dict(judged.unsure_grades())
    for i, r in enumerate(rated[:80]):  # of these two readers are right, of the others one in four errs
        known[r.place] = right[bool(i % 2)][i // 2 % 4]
    known[unrated[0].place], known[unrated[1].place] = (4,), (4, 4)
    monkeypatch.setattr(judged, "unsure_grades", lambda: known)
    one, two = (judged_first(unrated[i : i + 1], rated, 3)[0][0].positive for i in (0, 1))
    assert 0.5 < one < two - 0.1


def test_readers_and_teachers_are_compared_where_readers_decided(told, monkeypatch):
    rated, _ = told
    known = judged.unsure_grades() | {rated[0].place: (3,)}
    monkeypatch.setattr(judged, "unsure_grades", lambda: known)
    readers, teachers = both_right(np.linspace(0, 1, 160), [*rated], 3)
    assert len(readers) == len(teachers) == 159
    assert np.mean(readers) == pytest.approx(0.75, abs=0.01)
    assert np.mean(teachers) == pytest.approx(0.5, abs=0.05)


def test_a_linear_model_learns_from_judgments_and_the_more_the_surer():
    rated = [Row(f"정말 좋아요 {i}", 5.0, 0.5) for i in range(20)] + [
        Row(f"정말 싫어요 {i}", 1.0, 0.5) for i in range(20)
    ]

    def after(positive: float) -> float:
        more = [Judged(f"그냥저냥 무난 {i}", None, 0.5, None, (3,), positive) for i in range(20)]
        return float(log_odds(fit_baseline([*rated, *more]), ["그냥저냥 무난"])[0])

    assert after(0.95) > after(0.7) > 0 > after(0.05)
    assert after(0.55) == after(0.5), "what is nearly even says nothing"


@needs_keras
def test_of_a_judged_review_only_the_polarity_is_learned():
    from training.tune import rated_pool

    pool = rated_pool(
        [Judged("가", None, 0.5, None, (4,), 0.8), Row("나", 5.0, 0.5), Row("다", 1.0, 0.5)], CONFIG, smooth=0.02
    )
    at = dict(zip(pool.texts, pool.targets, strict=True))
    np.testing.assert_allclose(at["가"], [0, 0, 0, 0, 0.8, 0], atol=1e-6)
    np.testing.assert_allclose(at["나"], [0, 0, 0, 1, 0.98, 1], atol=1e-6)
    np.testing.assert_allclose(at["다"], [1, 0, 0, 0, 0.02, 1], atol=1e-6)


def test_no_text_stands_among_the_judgments():
    lines = {
        name: (Path(judged.__file__).parent / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        for name in ("unsure", "sure")
    }
    every = lines["unsure"] + lines["sure"]
    assert all(re.fullmatch(r"[0-9a-f]{16}(\t[1-5])+", line) for line in every)
    assert len({line[:16] for line in every}) == len(every), "each is in one file, once"
    assert len(judged.unsure_grades()) == len(lines["unsure"])


@pytest.mark.skipif("NUNCHI_DATA" not in os.environ, reason="NUNCHI_DATA names no folder of corpora")
def test_no_held_out_review_was_judged_and_readers_are_mostly_right():
    rated = read_rated(Path(os.environ["NUNCHI_DATA"], "naver_shopping_sample.tsv")).rows
    known = judged.all_grades()
    told = [(np.mean(known[r.place]), r) for r in rated if r.place in known]
    assert len(told) > 5500
    assert min(r.place for _, r in told) >= HELD_OUT_SHARE
    right = [(grade > 3) == (r.rating > 3) for grade, r in told if grade != 3]
    assert np.mean(right) > 0.85


@needs_keras
def test_the_network_sees_judged_reviews_several_times():
    from training.teach import Lesson, student_pool

    rated = [Row("가", 5.0, 0.5)]
    unrated = [Judged("나", None, 0.5, None, (4,), 0.8), Row("다", None, 0.5)]
    said = [(np.full((n, 4), 0.25), np.linspace(0.2, 0.8, n)) for n in (1, 2, 0)]
    pool = student_pool(Lesson(*said, {}), rated, unrated, CONFIG, 0.5, judged=3)
    assert list(pool.texts) == ["가", "나", "다", "나", "나"]
    np.testing.assert_array_equal(pool.targets[3:], pool.targets[[1, 1]])


@needs_keras
def test_what_is_said_of_a_judged_review_stands_where_the_review_stands(told, tmp_path, monkeypatch):
    from training import prepare
    from training.prepared import Prepared
    from training.recipe import Recipe
    from training.stages import Stages
    from training.teach import Opinions

    rated, unrated = told
    mixed = [*unrated[40:], *unrated[:40]]  # in the corpus they stand anywhere
    seen = {}

    def said(row: Row) -> bool:  # in no order that repeats itself
        return int(row.text.split()[-1]) in (1, 2, 5, 11, 12, 20, 31, 41)

    def teach(config, tokens, recipe, learn, asked, movies, starts, made, *_):
        seen["learn"], seen["asked"], seen["made"] = [r.text for r in learn], [r.text for r in asked], made
        good = np.array([1.0 if (r.rating > 3 if r.rating else said(r)) else -1.0 for r in (*learn, *asked)])
        return Opinions({"characters": np.outer(good, [-1, -1, 1, 1])}, {"characters": good})

    monkeypatch.setattr(prepare, "teach", teach)
    written = [("두 달째 멀쩡해요", True), ("두 달 만에 고장", False)]
    monkeypatch.setattr(prepare, "dealt", lambda epochs, times: written * times)
    recipe = Recipe.from_dict({"teach": {"folds": 2, "judged": 2, "tune": {"written": 3}}}, "tried")
    prepared = Prepared(recipe, CONFIG, rated, mixed, [], [], None, None, {}, None, tmp_path, 0)
    taught = prepare._taught(prepared, Stages(tmp_path, recipe, "rows", 0), [], [], "apart")
    assert seen["learn"] == [r.text for r in (*rated, *unrated[:40])], "teachers learn from judged reviews"
    assert seen["asked"] == [r.text for r in unrated[40:]]
    assert seen["made"] == written * 3
    good = [said(row) for row in taught.unrated]
    assert len(good) == 42 and ((taught.lesson.unrated[1] > 0.5) == good).all()


def test_what_was_written_by_hand_changes_what_learns_it(tmp_path, monkeypatch):
    from dataclasses import replace

    from training import stages
    from training.recipe import Recipe
    from training.recipe_parts import TuneRecipe

    plain = Recipe.from_dict({"teach": {"folds": 2}}, "tried")
    by_teachers = replace(plain, teach=replace(plain.teach, tune=TuneRecipe(written=1)))
    by_network = replace(plain, tune=TuneRecipe(written=1))
    rare, for_teachers = TuneRecipe(rare=1), replace(plain.teach, tune=TuneRecipe(rare=1))
    of_rare, unheard = replace(plain, tune=rare), replace(plain, teach=for_teachers)
    changed = {}
    for name, recipe in (("neither", plain), ("teachers", by_teachers), ("network", by_network)):
        folders = []
        for digest in ("one", "other"):
            monkeypatch.setattr(stages, "written_digest", lambda rare=False, digest=digest: digest)
            made = stages.Stages(tmp_path, recipe, "rows", 0)
            folders.append([made.folder(stage) for stage in ("teach", "morphemes", "again", "fit")])
        changed[name] = [one != other for one, other in zip(*folders, strict=True)]
    assert changed == {"neither": [False] * 4, "teachers": [True] * 4, "network": [False, False, True, True]}
    monkeypatch.setattr(stages, "written_digest", lambda rare=False: "irony" if rare else "same")
    first, second, third = (stages.Stages(tmp_path, recipe, "rows", 0) for recipe in (plain, of_rare, unheard))
    assert first.folder("teach") == second.folder("teach") == third.folder("teach"), "teachers learn no irony"
    assert first.folder("fit") != second.folder("fit")
    monkeypatch.setattr(stages, "written_digest", lambda rare=False: "more" if rare else "same")
    assert second.folder("fit") != stages.Stages(tmp_path, of_rare, "rows", 0).folder("fit")


def test_judgments_change_what_the_teachers_made_and_nothing_before(tmp_path, monkeypatch):
    from dataclasses import replace

    from training.recipe import Recipe
    from training.stages import Stages

    plain = Recipe.from_dict({"teach": {"folds": 2}}, "tried")
    heeding = replace(plain, teach=replace(plain.teach, judged=2))
    one, other = (Stages(tmp_path, recipe, "rows", 0) for recipe in (plain, heeding))
    stages = ("pretrain", "teach", "transformer", "fit")
    same = {stage: one.folder(stage) == other.folder(stage) for stage in stages}
    assert same == {"pretrain": True, "teach": False, "transformer": False, "fit": False}
    before = {stage: other.folder(stage) for stage in stages}
    monkeypatch.setattr(judged, "_FOLDER", tmp_path)
    (tmp_path / "unsure.tsv").write_bytes((Path(judged.__file__).parent / "unsure.tsv").read_bytes())
    (tmp_path / "sure.tsv").write_text("0123456789abcdef\t5\n", encoding="utf-8")
    later = Stages(tmp_path, heeding, "rows", 0)
    same = {stage: later.folder(stage) == before[stage] for stage in stages}
    assert same == {"pretrain": True, "teach": True, "transformer": True, "fit": False}, "those of sure ones mend only"
