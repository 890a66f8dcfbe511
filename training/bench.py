"""How fast a network learns here, beside the course's script: the same network, the same rows, one run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import keras
import numpy as np
from numpy.typing import NDArray

from training.batches import shuffled
from training.course import Ids, Vocabulary, padded, parts
from training.course_network import build
from training.course_recipe import CourseRecipe
from training.loop import OneCycle
from training.metrics import Bools, Share, share
from training.reviews import Reviews

_BATCH = 64
_RATE = 5e-3
_SHARE = 512  # rows that are asked about together


@dataclass(frozen=True)
class Speed:
    """One way of training.

    Attributes:
        name: which.
        reviews_per_second: over all epochs, everything included.
        reviews_per_processor_second: the same by the time that processors worked for it, which others that keep the
            machine busy hardly change.
        right: which rows of the test it has right.
    """

    name: str
    reviews_per_second: float
    reviews_per_processor_second: float
    right: Bools

    @property
    def accuracy(self) -> Share:
        """On the rows of the test."""
        return share(self.right)


def bench(recipe: CourseRecipe, reviews: Reviews, seed: int = 0) -> tuple[Speed, Speed]:
    """Train as the course's script does (every review padded, small batches), then as this package does.

    Args:
        recipe: the course's network.
        reviews: the rows, of which a fifth is only tested on.
        seed: of initial weights and order.

    Returns:
        The course's way, and ours.
    """
    learn, test = parts(reviews.rows)
    words = Vocabulary(recipe, (list(row.text) for row in learn))
    ids, ids_test = ([words.encode(list(row.text)) for row in rows] for rows in (learn, test))
    y, y_test = (
        np.array([(r.rating or 0) > reviews.positive_above for r in rows], np.float32) for rows in (learn, test)
    )
    keras.utils.set_random_seed(seed)
    model = build(recipe, words.size, 2)
    start = _now()
    x = padded(ids, recipe)
    model.fit(x, y, batch_size=recipe.batch, epochs=recipe.epochs, verbose=0)
    rates = _rates(recipe, ids, start)
    said = np.asarray(model.predict(padded(ids_test, recipe), batch_size=_SHARE, verbose=0))[:, 0]
    course = Speed("course", *rates, (said > 0.5) == (y_test > 0.5))

    keras.utils.set_random_seed(seed)
    model = build(recipe, words.size, 2, any_length=True)
    start = _now()
    _learn(model, recipe, ids, y, seed)
    rates = _rates(recipe, ids, start)
    return course, Speed("ours", *rates, (_ask(model, recipe, ids_test) > 0.5) == (y_test > 0.5))


def _learn(model: keras.Model, recipe: CourseRecipe, ids: list[list[int]], y: NDArray[np.float32], seed: int) -> None:
    """Batches of similar lengths, padded to the longest of each, larger, at a rate that rises and falls."""
    lengths = [min(len(row), recipe.length) for row in ids]
    steps = len(shuffled(lengths, _BATCH, np.random.default_rng(seed))) * recipe.epochs
    # No XLA: it compiles every length anew, which costs more than these few thousand steps can win back.
    rate = OneCycle(_RATE, steps)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "binary_crossentropy", jit_compile=False)
    for epoch in range(recipe.epochs):
        for rows in shuffled(lengths, _BATCH, np.random.default_rng([seed, epoch])):
            model.train_on_batch(_close(ids, rows, recipe), y[rows])


def _ask(model: keras.Model, recipe: CourseRecipe, ids: list[list[int]]) -> NDArray[np.float32]:
    """Probabilities of positive, of rows padded as they were in training: other padding is another text to it."""
    order = np.argsort([len(row) for row in ids], kind="stable")
    said = np.empty(len(ids), np.float32)
    for start in range(0, len(order), _SHARE):
        rows = order[start : start + _SHARE]
        said[rows] = np.asarray(model.predict_on_batch(_close(ids, rows, recipe)))[:, 0]
    return said


def _close(ids: list[list[int]], rows: NDArray[np.intp], recipe: CourseRecipe) -> Ids:
    """Rows padded to the longest of them, at most to the length of the recipe."""
    longest = max(len(ids[i]) for i in rows)
    return padded([ids[i] for i in rows], replace(recipe, length=max(1, min(longest, recipe.length))))


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _rates(recipe: CourseRecipe, ids: list[list[int]], start: tuple[float, float]) -> tuple[float, float]:
    wall, processor = (recipe.epochs * len(ids) / (now - then) for now, then in zip(_now(), start, strict=True))
    return wall, processor
