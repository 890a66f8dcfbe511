"""How fast a network learns here, beside the course's script: the same network, the same rows, one run."""

from __future__ import annotations

import time
from dataclasses import dataclass

import keras
import numpy as np

from training import quick
from training.course import parts
from training.course_network import build
from training.course_recipe import CourseRecipe
from training.course_rows import Vocabulary, padded
from training.metrics import Bools, Share, share
from training.reviews import Reviews
from training.rows import Rows

_AT_ONCE = 512  # rows that are asked about together


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
    """Train as the course's script does (every review padded, small batches), and as this package does.

    They take turns, a pass each, so that whatever else the machine does falls on both.

    Args:
        recipe: the course's network.
        reviews: the rows, of which a fifth is only tested on.
        seed: of initial weights and order.

    Returns:
        The course's way, and ours.
    """
    rows = [Rows.of(side) for side in parts(reviews.rows)]
    words = Vocabulary(recipe, map(list, rows[0].texts))
    ids, ids_test = (words.encode_all(map(list, side.texts)) for side in rows)
    y, y_test = ((side.ratings > reviews.positive_above).astype(np.float32) for side in rows)

    course, ours = _Watch(), _Watch()
    keras.utils.set_random_seed(seed)
    taught = build(recipe, words.size, 2)
    with course:
        x = padded([*ids], recipe)
    keras.utils.set_random_seed(seed)
    model = build(recipe, words.size, 2, any_length=True)
    learning = quick.learn(model, recipe, ids, y, seed)
    for _ in range(recipe.epochs):
        with course:
            taught.fit(x, y, batch_size=recipe.batch, verbose=0)
        with ours:
            next(learning)
    asked = np.asarray(taught.predict(padded([*ids_test], recipe), batch_size=_AT_ONCE, verbose=0))
    said = {"course": (course, asked), "ours": (ours, quick.ask(model, recipe, ids_test))}
    done = recipe.epochs * len(ids)
    one, other = (
        Speed(name, done / watch.wall, done / watch.processor, (answer[:, 0] > 0.5) == (y_test > 0.5))
        for name, (watch, answer) in said.items()
    )
    return one, other


class _Watch:
    """Seconds in which something was under way: by the clock, and of processors."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def __enter__(self) -> None:
        self.wall -= time.perf_counter()
        self.processor -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.processor += time.process_time()
