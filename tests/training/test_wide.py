"""The wide part: what it learns from besides rated rows, and that it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlp.analyze import binary_log_odds
from nlp.config import NetworkConfig
from training import recipe, wide
from training.data import Row, place
from training.judged import Judged
from training.linear import Other, features, fit_left_over, fit_table
from training.wide import Fold, Wide, beside

CONFIG = NetworkConfig(buckets=4096)
SAID = (("배송 빨라요", 5.0), ("포장 엉망", 1.0))
ROWS = [Row(text, rating, place(text)) for text, rating in SAID for _ in range(20)]


def test_as_many_movies_and_made_reviews_as_the_recipe_says():
    movies = [Row(f"영화 {i}", float(i % 10 + 1), place(f"영화 {i}")) for i in range(100)]
    best = recipe.load("best")
    wanted = replace(best, wide_movies=30, wide_made=50, tune=replace(best.tune, written=0, rare=0))
    others = beside(movies, [], wanted, 0)
    films = [(text, good) for text, good, _ in others if text.startswith("영화 ")]
    assert (len(films), len(others)) == (30, 80)
    assert all(good == (int(text.split()[1]) % 10 + 1 > 5) for text, good in films)
    assert not [text for text, _ in films if 4.5 < int(text.split()[1]) % 10 + 1 < 7.5], "only what is clear"
    assert {round(counts, 2) for _, _, counts in others} == {0.05}
    assert beside(movies, [], replace(wanted, wide_movies=0, wide_made=0), 0) == []


def test_reviews_written_by_hand_stand_beside_the_rows_where_the_network_learns_them(monkeypatch):
    written = [("두 달째 멀쩡해요", True), ("두 달 만에 고장", False)]
    rare = [("튼튼하네요 두 달째", True), ("튼튼하네요 두 번", False)]
    monkeypatch.setattr(wide, "examples", lambda once=1, seldom=0: written * once + rare * seldom)
    best = replace(recipe.load("best"), wide_movies=0, wide_made=0)
    rows = {0.2: written, 0.1: rare}
    assert beside([], [], best, 0) == [(text, good, counts) for counts, found in rows.items() for text, good in found]
    plain = replace(best, tune=replace(best.tune, rare=0))
    assert beside([], [], plain, 0) == [(text, good, 0.2) for text, good in written]
    assert beside([], [], replace(plain, tune=replace(plain.tune, written=0)), 0) == []


def test_of_unrated_reviews_those_that_were_judged_stand_beside_the_rows_and_count_the_more_the_surer():
    best = recipe.load("best")
    none = replace(best, wide_movies=0, wide_made=0, tune=replace(best.tune, written=0, rare=0))
    read = [Judged(text, None, 0.5, None, (3,), p) for text, p in (("좋은 편", 0.9), ("별로", 0.2), ("글쎄", 0.5))]
    others = beside([], [*read, Row("모름", None, 0.5)], none, 0)
    assert [(text, good) for text, good, _ in others] == [("좋은 편", True), ("별로", False), ("글쎄", False)]
    np.testing.assert_allclose([counts for *_, counts in others], [0.4, 0.3, 0.0], atol=1e-9)


def test_what_stands_beside_the_rows_counts_as_much_as_it_says():
    asked = features(["물 안 새요"], CONFIG)

    def said(counts: float) -> float:
        others = [("물 안 새요", True, counts), ("물 새요", False, counts)] * 20
        return float((asked @ fit_table(ROWS, CONFIG, others))[0])

    weak, strong = said(0.001), said(1.0)
    assert strong > 0.3 and strong > 1.5 * abs(weak)
    assert np.isfinite(weak)


def test_many_that_count_for_little_do_not_outvote_the_rows():
    others = [("배송 빨라요", False, 1e-6)] * 300
    alone, beside_many = fit_table(ROWS, CONFIG), fit_table(ROWS, CONFIG, others)
    alike = alone @ beside_many / np.linalg.norm(alone) / np.linalg.norm(beside_many)
    assert alike > 0.999


def test_what_a_network_knows_already_is_not_learnt_again():
    config = replace(CONFIG, ratings=(1, 5), positive_above=3)
    asked = features(["배송 빨라요", "포장 엉망"], config)

    def learnt(scale: float, others: Sequence[Other] = ()):
        def ask(texts):
            return np.array([[0, scale if text == "배송 빨라요" else 0] for text in texts], np.float32)

        return asked @ fit_left_over(ask, ROWS, config, others)

    delivery, packing = learnt(6)
    assert packing < -1 and abs(delivery) < -packing / 3, "they share an n-gram"
    delivery, packing = learnt(-6)
    assert delivery > 2 and delivery > -packing, "where it is wrong, more is left over than where it says nothing"
    _, outvoted = learnt(-6, [("포장 엉망", True, 3.0)] * 20)
    assert outvoted > 0 > packing


def test_where_nobody_gave_two_or_four_stars_nothing_is_said_of_them():
    random = np.random.default_rng(2)
    ask = lambda texts: random.normal(size=(len(texts), 4)).astype(np.float32)  # noqa: E731
    (wide,) = Wide.weigh([Fold(ask, ROWS, ROWS)], CONFIG)
    assert set(wide.stars.values()) == {0.0} and len(wide.stars) == 2
    assert np.isfinite(wide.table).all() and wide.table.any()


def test_tables_are_weighed_on_rows_that_nobody_learned_from():
    """A network that knows everything leaves the tables no weight; one that knows nothing is helped by them."""
    config = replace(CONFIG, ratings=(0, 1), positive_above=0.5)
    learned = [replace(row, rating=float(row.rating > 3)) for row in ROWS]
    asked = [replace(row, text=f"{row.text} {i}") for i, row in enumerate(learned)]
    asked += [Row(f"그냥 {i}", float(i % 2), place(f"그냥 {i}")) for i in range(20)]  # or no weight would be enough
    truth = {row.text: 2 * row.rating - 1 for row in (*learned, *asked)}

    def says(scale: float):
        return lambda texts: np.array([[0, scale * truth[text]] for text in texts], np.float32)

    knowing, ignorant = (Wide.weigh([Fold(says(scale), asked, learned)], config)[0] for scale in (5, 0.001))
    reviews = [row.text for row in asked[: len(learned)]]
    odds = binary_log_odds(ignorant.logits(reviews), config.positive_classes)
    assert ((odds > 0) == [row.rating for row in learned]).all()
    assert abs(binary_log_odds(knowing.logits(reviews), config.positive_classes)).max() < 1
    again = ignorant.fitted_to(says(0.001), learned, [])
    np.testing.assert_allclose(again.table, ignorant.table, atol=1e-5)


def test_several_folds_weigh_together():
    """The weights are those of all their rows; one fold alone would have others."""
    random = np.random.default_rng(2)
    asked = [replace(row, text=f"{row.text} {i}") for i, row in enumerate(ROWS)]
    asked += [Row(f"배송 포장 {i}", float(random.choice([1, 5])), place(f"배송 포장 {i}")) for i in range(40)]
    asked = [
        replace(row, rating=row.rating + float(random.integers(2)) * (1 if row.rating == 1 else -1)) for row in asked
    ]
    learned = [
        Row(f"{row.text} {word}", row.rating + step, row.place)
        for row in ROWS
        for word, step in (("정말", 0), ("조금", -1 if row.rating > 3 else 1))
    ]
    sides = np.array([-1, -1, 1, 1])
    said = {r.text: random.normal(size=4) + sides * (r.rating - 3) for r in (*asked, *learned)}

    def ask(texts):
        return np.array([said[text] for text in texts], np.float32)

    (whole,) = Wide.weigh([Fold(ask, asked, learned)], CONFIG)
    halves = [Fold(ask, asked[part::2], learned) for part in (0, 1)]
    first, second = Wide.weigh(halves, CONFIG)
    np.testing.assert_allclose(first.polarity, whole.polarity, rtol=1e-3)
    assert first.polarity == second.polarity and first.stars == second.stars
    np.testing.assert_allclose(list(first.stars.values()), list(whole.stars.values()), rtol=1e-3)
    (alone,) = Wide.weigh(halves[:1], CONFIG)
    assert abs(np.array(alone.polarity) - whole.polarity).max() > 0.01


def test_marks_at_the_end_turn_less():
    """Of a network that hears nothing but exclamation marks and laughter."""
    config = replace(CONFIG, ratings=(0, 1), positive_above=0.5)
    reviews = [
        f"{thing} {how}{end}" for thing in "가나다라마바사" for how in ("좋아요", "별로예요") for end in ("", ".")
    ]
    rows = [Row(text, float("좋아요" in text), place(text)) for text in reviews]

    def ask(texts):
        return np.array([[0, ("좋" in t) - 0.5 + 2 * (t[-1] in "!ㅋ")] for t in texts], np.float32)

    def moved(wide: Wide, mark: str) -> float:
        texts = [f"{thing} 별로예요" for thing in "아자차카"]
        before, after = (wide.logits(t) + ask(t) for t in (texts, [t + mark for t in texts]))
        return float(np.mean((after - before)[:, 1] - (after - before)[:, 0]))

    none = np.zeros((config.buckets, 2), np.float32)
    plain = Wide(config, (0.0, 0.0), {}, none)
    some, most = (plain.levelled(ask, rows * 20, share, 0) for share in (0.5, 1.0))
    for mark in ("!", "ㅋㅋ"):
        assert moved(plain, mark) > 1.9
        assert abs(moved(most, mark)) < 0.6 < moved(some, mark) < 1.5
    assert abs(moved(most, "~")) < 0.2, "which it did not hear before"
    assert plain.levelled(ask, rows, 0.0, 0) is plain
