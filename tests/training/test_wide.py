"""The wide part: what it learns from besides rated rows, and that it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nlp.config import NetworkConfig
from training import recipe
from training.data import Row, place
from training.linear import features, fit_table
from training.wide import beside

CONFIG = NetworkConfig(buckets=4096)
SAID = (("배송 빨라요", 5.0), ("포장 엉망", 1.0))
ROWS = [Row(text, rating, place(text)) for text, rating in SAID for _ in range(20)]


def test_as_many_movies_and_made_reviews_as_the_recipe_says():
    movies = [Row(f"영화 {i}", float(i % 10 + 1), place(f"영화 {i}")) for i in range(100)]
    wanted = replace(recipe.load("best"), wide_movies=30, wide_made=50)
    others = beside(movies, wanted, 0)
    films = [(text, good) for text, good, _ in others if text.startswith("영화 ")]
    assert (len(films), len(others)) == (30, 80)
    assert all(good == (int(text.split()[1]) % 10 + 1 > 5) for text, good in films)
    assert not [text for text, _ in films if 4.5 < int(text.split()[1]) % 10 + 1 < 7.5], "only what is clear"
    assert {round(counts, 2) for _, _, counts in others} == {0.05, 0.03}
    assert beside(movies, replace(wanted, wide_movies=0, wide_made=0), 0) == []


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
