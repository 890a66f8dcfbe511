"""Trains networks of the course on the same rows, the way the course does: padded, split 80 to 20 with seed 42."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from training import quick
from training.batches import Ragged
from training.course_network import build
from training.course_recipe import CourseRecipe
from training.course_rows import UNKNOWN, Ids, Vocabulary, padded
from training.data import Row
from training.errors import DataError
from training.messages import say
from training.metrics import Share, share
from training.reviews import Reviews
from training.rows import Rows
from training.tokens import cut_all, cutter
from training.vectors import Vectors
from training.vectors import load as load_vectors

SEED = 42
_TEST = 0.2
_ASIDE = 0.1
_MESSAGES = 20
_AT_ONCE = 512  # rows that are asked about together

Tell = Callable[[str, int, int], None]

_console = Console(stderr=True)


@dataclass(frozen=True)
class Curve:
    """What Keras measured in each epoch; ``aside`` on the rows that it did not learn from, empty for none."""

    loss: list[float]
    measure: list[float]
    aside_loss: list[float]
    aside_measure: list[float]


@dataclass(frozen=True)
class Trained:
    """One network of the course, and what it is worth.

    Attributes:
        name: of the recipe.
        accuracy: of the polarity on the test rows, whatever the task.
        own: the measure of its task: ``accuracy`` of the polarity or the classes, ``MAE`` of the rating.
        parameters: numbers that were learned.
        epoch_seconds: mean time of an epoch.
        message_milliseconds: median time of one review alone.
        curve: of the training.
    """

    name: str
    accuracy: Share
    own: str
    parameters: int
    epoch_seconds: float
    message_milliseconds: float
    curve: Curve


def check_possible(name: str, recipe: CourseRecipe, reviews: Reviews) -> None:
    """Say what a network would fail for, before anything is trained.

    Args:
        name: of the recipe.
        recipe: its shape and training.
        reviews: the rows.

    Raises:
        DataError: if it needs stars and the rows have none, or an analyser or vectors that are not there.
    """
    if recipe.task != "polarity" and reviews.kind != "stars":
        raise DataError("recipe_needs_stars", recipe=name)
    cutter(recipe.tokens)
    if recipe.vectors:
        _vectors(recipe)


def _vectors(recipe: CourseRecipe) -> Vectors:
    known = load_vectors(Path(recipe.vectors))
    if known.width != recipe.embedding:
        raise DataError("vectors_width", path=recipe.vectors, width=known.width)
    return known


def start_embedding(model: keras.Model, recipe: CourseRecipe, words: Vocabulary) -> int:
    """Give the network's embedding the vectors of the tokens that have one.

    Returns:
        How many have.

    Raises:
        DataError: if the vectors cannot be read, are of another width, or of none of the tokens.
    """
    known = _vectors(recipe)
    table = next(layer for layer in model.layers if isinstance(layer, keras.layers.Embedding)).embeddings
    begun = keras.ops.convert_to_numpy(table).copy()
    found = 0
    for token, vector in zip(known.tokens, known.matrix, strict=True):
        (place,) = words.encode([token])
        if place != UNKNOWN:
            begun[place] = vector
            found += 1
    if not found:
        raise DataError("vectors_none", path=recipe.vectors)
    table.assign(begun)
    return found


Parts = tuple[Sequence[Row], Sequence[Row]]
"""Rows to learn from, and rows to test on."""


def parts(rows: Sequence[Row]) -> Parts:
    """Rows to learn from and to test on, as the course splits them."""
    from sklearn.model_selection import train_test_split

    learn, test = train_test_split(np.arange(len(rows)), test_size=_TEST, random_state=SEED)
    every = Rows.of(rows)
    return every.pick(learn), every.pick(test)


def train(
    name: str,
    recipe: CourseRecipe,
    reviews: Reviews,
    sides: Parts,
    tell: Tell,
    cache: Path,
    seed: int = 0,
    *,
    fast: bool = False,
) -> Trained:
    """Train one network.

    Args:
        name: of the recipe.
        recipe: its shape and training.
        reviews: the rows.
        sides: which of them it learns from, and which it is tested on; see :func:`parts`.
        tell: told of the epochs.
        cache: folder in which morphemes are kept.
        seed: of the initial weights.
        fast: not in the course's way but in that of :mod:`training.quick`, where it trains such a network.

    Raises:
        DataError: see :func:`check_possible` and :func:`start_embedding`.
    """
    check_possible(name, recipe, reviews)
    keras.utils.set_random_seed(seed)
    rows = [Rows.of(side) for side in sides]
    tokens = [cut_all(recipe.tokens, side.texts, cache, tell=tell) for side in rows]
    words = Vocabulary(recipe, tokens[0])
    ids, ids_test = map(words.encode_all, tokens)
    levels = np.unique(np.concatenate([_classes(side.ratings, reviews.positive_above) for side in rows]))
    y, y_test = (_targets(recipe, side.ratings, levels, reviews.positive_above) for side in rows)
    fast = fast and quick.can(recipe)
    model = build(recipe, words.size, len(levels), any_length=fast)
    if recipe.vectors:
        begun = start_embedding(model, recipe, words)
        told = say("vectors_begin", count=begun, path=recipe.vectors)
        _console.print(told, markup=False, highlight=False, soft_wrap=True)
    clock = _Clock(name, recipe.epochs, tell)
    if fast:
        curve, said = _quickly(model, recipe, ids, y, seed, clock), quick.ask(model, recipe, ids_test)
    else:
        curve = _as_taught(model, recipe, ids, y, clock)
        said = np.asarray(model.predict(padded([*ids_test], recipe), batch_size=_AT_ONCE, verbose=0))
    return Trained(
        name,
        share(_polarity(recipe, said, levels, reviews.positive_above) == (rows[1].ratings > reviews.positive_above)),
        _own(recipe, said, y_test),
        int(model.count_params()),
        float(np.mean(clock.seconds)),
        _message_milliseconds(model, padded([*ids_test[:_MESSAGES]], recipe)),
        curve,
    )


def _as_taught(
    model: keras.Model, recipe: CourseRecipe, ids: Ragged, targets: NDArray[np.float32], clock: _Clock
) -> Curve:
    callbacks: list[keras.callbacks.Callback] = [clock]
    if recipe.patience:
        stop = keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True)
        callbacks.append(stop)
    found = model.fit(
        padded([*ids], recipe),
        targets,
        batch_size=recipe.batch,
        epochs=recipe.epochs,
        validation_split=_ASIDE,
        callbacks=callbacks,
        verbose=0,
    ).history
    own = "mae" if recipe.task == "rating" else "accuracy"
    return Curve(found["loss"], found[own], found.get("val_loss", []), found.get(f"val_{own}", []))


def _quickly(
    model: keras.Model, recipe: CourseRecipe, ids: Ragged, targets: NDArray[np.float32], seed: int, clock: _Clock
) -> Curve:
    begin = int(len(ids) * (1 - _ASIDE))  # as Keras sets rows aside
    aside = ids[begin:], targets[begin:]
    curve = Curve([], [], [], [])
    clock.on_epoch_begin(0)
    for epoch, (loss, measure) in enumerate(quick.learn(model, recipe, ids[:begin], targets[:begin], seed)):
        curve.loss.append(loss)
        curve.measure.append(measure)
        sums = quick.judged(recipe.task, quick.ask(model, recipe, aside[0]), aside[1])
        for kept, total in zip((curve.aside_loss, curve.aside_measure), sums, strict=True):
            kept.append(total / len(aside[1]))
        clock.on_epoch_end(epoch)
        if epoch + 1 < recipe.epochs:
            clock.on_epoch_begin(epoch + 1)
    return curve


def _classes(rating: NDArray[np.float64], above: float) -> NDArray[np.float64]:
    """Whole stars; a little more than the cut must not land on it."""
    return np.where(rating > above, np.maximum(np.round(rating), np.floor(above) + 1), np.round(rating))


def _targets(
    recipe: CourseRecipe, rating: NDArray[np.float64], levels: NDArray[np.float64], above: float
) -> NDArray[np.float32]:
    if recipe.task == "classes":
        return np.searchsorted(levels, _classes(rating, above)).astype(np.float32)
    return (rating if recipe.task == "rating" else rating > above).astype(np.float32)


def _polarity(
    recipe: CourseRecipe, said: NDArray[np.float32], levels: NDArray[np.float64], above: float
) -> NDArray[np.bool_]:
    if recipe.task == "classes":
        return np.asarray(said[:, levels > above].sum(axis=1) > 0.5)
    return np.asarray(said[:, 0] > (above if recipe.task == "rating" else 0.5))


def _own(recipe: CourseRecipe, said: NDArray[np.float32], truth: NDArray[np.float32]) -> str:
    if recipe.task == "rating":
        return f"MAE {np.abs(said[:, 0] - truth).mean():.2f}"
    right = said.argmax(axis=1) == truth if recipe.task == "classes" else (said[:, 0] > 0.5) == (truth > 0.5)
    return f"{recipe.task} {right.mean():.1%}"


def _message_milliseconds(model: keras.Model, x: Ids) -> float:
    model.predict_on_batch(x[:1])
    times = []
    for i in range(_MESSAGES):
        start = time.perf_counter()
        model.predict_on_batch(x[i % len(x)][None])
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))


class _Clock(keras.callbacks.Callback):
    """Times the epochs and tells of them."""

    def __init__(self, name: str, epochs: int, tell: Tell) -> None:
        super().__init__()
        self._name, self._epochs, self._tell = name, epochs, tell
        self._start = 0.0
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        self._start = time.perf_counter()
        self._tell(self._name, epoch, self._epochs)

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.seconds.append(time.perf_counter() - self._start)
        self._tell(self._name, epoch + 1, self._epochs)
