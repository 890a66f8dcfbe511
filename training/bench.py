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
from training.metrics import Share, share
from training.reviews import Reviews

_LENGTHS = (16, 32, 48, 64, 100)
_BATCH = 64
_RATE = 5e-3


@dataclass(frozen=True)
class Speed:
    """One way of training.

    Attributes:
        name: which.
        reviews_per_second: over all epochs, everything included.
        accuracy: on the rows of the test.
    """

    name: str
    reviews_per_second: float
    accuracy: Share


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
    x_test = padded(ids_test, recipe)

    keras.utils.set_random_seed(seed)
    model = build(recipe, words.size, 2)
    start = time.perf_counter()
    x = padded(ids, recipe)
    model.fit(x, y, batch_size=recipe.batch, epochs=recipe.epochs, verbose=0)
    course = Speed("course", _rate(recipe, ids, start), _accuracy(model, x_test, y_test))

    keras.utils.set_random_seed(seed)
    model = build(recipe, words.size, 2, any_length=True)
    start = time.perf_counter()
    _learn(model, recipe, ids, y, seed)
    return course, Speed("ours", _rate(recipe, ids, start), _accuracy(model, x_test, y_test))


def _learn(model: keras.Model, recipe: CourseRecipe, ids: list[list[int]], y: NDArray[np.float32], seed: int) -> None:
    """Batches of similar lengths, larger, at a rate that rises and falls."""
    clipped = [row[-recipe.length :] for row in ids]
    lengths = [len(row) for row in clipped]
    steps = len(shuffled(lengths, _BATCH, np.random.default_rng(seed))) * recipe.epochs
    model.compile(keras.optimizers.Adam(OneCycle(_RATE, steps), clipnorm=1.0), "binary_crossentropy")
    for epoch in range(recipe.epochs):
        for rows in shuffled(lengths, _BATCH, np.random.default_rng([seed, epoch])):
            longest = max(lengths[i] for i in rows)
            width = next((n for n in _LENGTHS if n >= longest), recipe.length)
            batch = padded([clipped[i] for i in rows], replace(recipe, length=width))
            model.train_on_batch(batch, y[rows])


def _rate(recipe: CourseRecipe, ids: list[list[int]], start: float) -> float:
    return recipe.epochs * len(ids) / (time.perf_counter() - start)


def _accuracy(model: keras.Model, x: Ids, y: NDArray[np.float32]) -> Share:
    said = np.asarray(model.predict(x, batch_size=512, verbose=0))[:, 0]
    return share((said > 0.5) == (y > 0.5))
