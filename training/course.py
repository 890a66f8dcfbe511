"""Trains networks of the course on the same rows, the way the course does: padded, split 80 to 20 with seed 42."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from training.course_network import build
from training.course_recipe import CourseRecipe
from training.data import Row
from training.errors import DataError
from training.metrics import Share, share
from training.reviews import Reviews
from training.tokens import cut_all
from training.vectors import load as load_vectors

SEED = 42
_TEST = 0.2
_ASIDE = 0.1
_MESSAGES = 20
_PAD, _UNKNOWN, _FIRST = 0, 1, 2

Ids = NDArray[np.int32]
Tell = Callable[[str, int, int], None]


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


class Vocabulary:
    """Token ids by frequency: 0 is padding, 1 any token not known."""

    def __init__(self, recipe: CourseRecipe, rows: Iterable[Sequence[str]]) -> None:
        counts: Counter[str] = Counter()
        for row in rows:
            counts.update(row)
        ranked = sorted(counts, key=lambda t: (-counts[t], t))
        kept = ranked[: recipe.num_words - _FIRST] if recipe.num_words else ranked
        self._ids = {token: i for i, token in enumerate(kept, _FIRST)}
        self.size = _FIRST + len(kept)

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Ids of the tokens of a text."""
        return [self._ids.get(token, _UNKNOWN) for token in tokens]


def start_embedding(model: keras.Model, recipe: CourseRecipe, words: Vocabulary) -> int:
    """Give the network's embedding the vectors of the tokens that have one.

    Returns:
        How many have.

    Raises:
        DataError: if the vectors cannot be read, or are of another width.
    """
    known = load_vectors(Path(recipe.vectors))
    if known.width != recipe.embedding:
        raise DataError("vectors_width", path=recipe.vectors, width=known.width)
    table = next(layer for layer in model.layers if isinstance(layer, keras.layers.Embedding)).embeddings
    begun = keras.ops.convert_to_numpy(table).copy()
    found = 0
    for token, vector in zip(known.tokens, known.matrix, strict=True):
        (place,) = words.encode([token])
        if place != _UNKNOWN:
            begun[place] = vector
            found += 1
    table.assign(begun)
    return found


def padded(rows: Sequence[list[int]], recipe: CourseRecipe) -> Ids:
    """Rows as ``[rows, length]``."""
    cut = keras.utils.pad_sequences(
        rows, recipe.length, "int32", padding=recipe.padding, truncating=recipe.truncating, value=_PAD
    )
    return np.asarray(cut, np.int32)


Parts = tuple[list[Row], list[Row]]
"""Rows to learn from, and rows to test on."""


def parts(rows: Sequence[Row]) -> Parts:
    """Rows to learn from and to test on, as the course splits them."""
    from sklearn.model_selection import train_test_split

    learn, test = train_test_split(list(rows), test_size=_TEST, random_state=SEED)
    return learn, test


def train(
    name: str, recipe: CourseRecipe, reviews: Reviews, sides: Parts, tell: Tell, cache: Path, seed: int = 0
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

    Raises:
        DataError: if it needs stars and the rows have none.
    """
    if recipe.task != "polarity" and reviews.kind != "stars":
        raise DataError("recipe_needs_stars", recipe=name)
    keras.utils.set_random_seed(seed)
    learn, test = sides
    tokens = cut_all(recipe.tokens, [row.text for row in (*learn, *test)], cache)
    words = Vocabulary(recipe, tokens[: len(learn)])
    ids = padded([words.encode(row) for row in tokens], recipe)
    x, x_test = ids[: len(learn)], ids[len(learn) :]
    ratings = np.array([row.rating for row in (*learn, *test)], float)
    levels = np.unique(np.round(ratings))
    y, y_test = (_targets(recipe, rows, levels, reviews.positive_above) for rows in (learn, test))
    model = build(recipe, words.size, len(levels))
    if recipe.vectors:
        start_embedding(model, recipe, words)
    clock = _Clock(name, recipe.epochs, tell)
    callbacks: list[keras.callbacks.Callback] = [clock]
    if recipe.patience:
        stop = keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True)
        callbacks.append(stop)
    history = model.fit(
        x, y, batch_size=recipe.batch, epochs=recipe.epochs, validation_split=_ASIDE, callbacks=callbacks, verbose=0
    ).history
    said = np.asarray(model.predict(x_test, batch_size=512, verbose=0))
    positive = np.array([(row.rating or 0) > reviews.positive_above for row in test])
    own = "mae" if recipe.task == "rating" else "accuracy"
    return Trained(
        name,
        share(_polarity(recipe, said, levels, reviews.positive_above) == positive),
        _own(recipe, said, y_test),
        int(model.count_params()),
        float(np.mean(clock.seconds)),
        _message_milliseconds(model, x_test),
        Curve(history["loss"], history[own], history.get("val_loss", []), history.get(f"val_{own}", [])),
    )


def _targets(
    recipe: CourseRecipe, rows: Sequence[Row], levels: NDArray[np.float64], above: float
) -> NDArray[np.float32]:
    rating = np.array([row.rating for row in rows], float)
    if recipe.task == "classes":
        return np.searchsorted(levels, np.round(rating)).astype(np.float32)
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
