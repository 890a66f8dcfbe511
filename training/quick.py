"""The course's LSTM networks trained without Keras: the same weights, losses and steps, several times as fast.

The vector of a token is multiplied by the first layer's weights once a batch, however often the token occurs in it, and
the rows of a batch are shared out among threads, which NumPy lets run side by side.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import ThreadpoolController

from training.batches import Ragged
from training.course_recipe import CourseRecipe
from training.course_rows import closely
from training.loop import OneCycle, Stream
from training.lstm import Floats, Pass, from_keras, halves, to_keras

_BATCH = 128  # rows of a step, where there are rows enough
_STEPS = 128  # least steps of a pass; with fewer rows batches are smaller, but not smaller than the course's
_RATE = 8e-3  # highest, of batches of that size
_AT_ONCE = 512  # rows that are asked about together
_LEAST = 16  # rows for which a thread of their own pays
_MEAN, _SQUARE, _TINY = 0.9, 0.999, 1e-7  # of Adam, as Keras has them
_EDGE = 1e-7  # Keras keeps probabilities so far from 0 and 1


def can(recipe: CourseRecipe) -> bool:
    """Whether this module trains such a network: LSTM layers that read forwards, no dropout, all passes made."""
    shape = (recipe.input, recipe.body, recipe.cell, recipe.direction)
    more = recipe.dropout or recipe.recurrent_dropout or recipe.patience
    return shape == ("embedding", "recurrent", "lstm", "forward") and not more


@dataclass(frozen=True)
class _Found:
    """What a thread found of its rows.

    Attributes:
        loss, measure: summed over them.
        by_tokens: gradient by what each token says to the first layer's gates.
        by_weights: gradients by the first layer's recurrent weights, and by all that come after its bias.
    """

    loss: float
    measure: float
    by_tokens: Floats
    by_weights: list[Floats]


class QuickTrainer:
    """Takes training steps with Adam.

    Args:
        weights: of a network of :mod:`training.course_network` for which :func:`can` holds, as Keras gives them.
        task: of its recipe.
        clip: the gradient of each weight is made no longer than this; 0 for never.
    """

    def __init__(self, weights: Sequence[Floats], task: str, clip: float = 0.0) -> None:
        self._task, self._clip, self._done = task, clip, 0
        given = [from_keras(w) if 0 < n < len(weights) - 2 else w for n, w in enumerate(weights)]
        self._flat = np.concatenate([w.ravel() for w in given]).astype(np.float32)
        self._mean, self._square, self._slope = (np.zeros_like(self._flat) for _ in range(3))
        self._weights, self._by = _views(self._flat, given), _views(self._slope, given)
        self._cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def __enter__(self) -> Self:
        self._blas = ThreadpoolController().limit(limits=1, user_api="blas")  # its threads and ours would wait in line
        self._threads = ThreadPoolExecutor(self._cores, "quick")
        return self

    def __exit__(self, *_: Any) -> None:
        self._threads.shutdown()
        self._blas.restore_original_limits()

    def weights(self) -> list[Floats]:
        """The weights as Keras takes them."""
        last = len(self._weights) - 2
        return [to_keras(w) if 0 < n < last else w.copy() for n, w in enumerate(self._weights)]

    def step(self, ids: NDArray[np.int32], targets: Floats, rate: float) -> tuple[float, float]:
        """Take one step.

        Args:
            ids: ``[batch, time]``.
            targets: ``[batch]``, as the network's loss takes them.
            rate: of learning.

        Returns:
            The sums over the batch of its loss and of its measure; see :func:`judged`.
        """
        table, kernel, _, bias = self._weights[:4]
        present = np.flatnonzero(np.bincount(ids.ravel(), minlength=len(table)))
        places = np.empty(len(table), np.int32)
        places[present] = np.arange(len(present), dtype=np.int32)
        vectors = table[present]
        gates_of = (vectors @ kernel + bias) * halves(kernel.shape[1] // 4)
        parts = max(1, min(self._cores, len(ids) // _LEAST))
        work: Callable[..., _Found] = partial(self._part, gates_of, len(ids))
        found = list(self._threads.map(work, np.array_split(places[ids], parts), np.array_split(targets, parts)))
        by_tokens: Floats = sum((one.by_tokens for one in found[1:]), found[0].by_tokens)
        self._by[0][:] = 0
        self._by[0][present] = by_tokens @ kernel.T
        np.matmul(vectors.T, by_tokens, out=self._by[1])
        np.sum(by_tokens, axis=0, out=self._by[3])
        for by, ones in zip(
            (self._by[2], *self._by[4:]), zip(*(f.by_weights for f in found), strict=True), strict=True
        ):
            np.sum(ones, axis=0, out=by)
        self._move(rate)
        return sum(one.loss for one in found), sum(one.measure for one in found)

    def _part(self, gates_of: Floats, batch: int, places: NDArray[np.int32], targets: Floats) -> _Found:
        first, *rest, head, shift = self._weights[2], *self._weights[4:]
        passes = [Pass(gates_of[places.T], first)]
        layers = [rest[n : n + 3] for n in range(0, len(rest), 3)]
        for kernel, recurrent, bias in layers:
            below = passes[-1].states[1:]
            gates = (below @ kernel + bias) * halves(len(recurrent))
            passes.append(Pass(gates, recurrent))
        last = passes[-1].states[-1]
        said, by_scores = _answered(self._task, last @ head + shift, targets)
        by_scores /= batch
        by_weights = [last.T @ by_scores, by_scores.sum(axis=0)]
        by_last, by_states = by_scores @ head.T, None
        for (kernel, _, _), above, under in zip(layers[::-1], passes[:0:-1], passes[-2::-1], strict=True):
            by_gates, by_recurrent = above.gradients(by_last, by_states)
            flat = by_gates.reshape(-1, by_gates.shape[-1])
            by_kernel = under.states[1:].reshape(-1, len(kernel)).T @ flat
            by_weights[:0] = [by_kernel, by_recurrent, flat.sum(axis=0)]
            by_states, by_last = by_gates @ kernel.T, np.zeros_like(under.states[-1])
        by_gates, by_recurrent = passes[0].gradients(by_last, by_states)
        at = places.T.ravel()
        tokens = csr_matrix((np.ones(len(at), np.float32), at, np.arange(len(at) + 1)), (len(at), len(gates_of)))
        return _Found(
            *judged(self._task, said, targets), tokens.T @ by_gates.reshape(len(at), -1), [by_recurrent, *by_weights]
        )

    def _move(self, rate: float) -> None:
        """Adam's step, in the order of Keras' own arithmetic."""
        if self._clip:
            for by in self._by:
                by *= min(1.0, self._clip / max(float(np.linalg.norm(by)), _TINY))
        self._done += 1
        slope = self._slope
        self._mean += (slope - self._mean) * np.float32(1 - _MEAN)
        slope *= slope
        slope -= self._square
        slope *= np.float32(1 - _SQUARE)
        self._square += slope
        np.sqrt(self._square, out=slope)
        slope += np.float32(_TINY)
        np.divide(self._mean, slope, out=slope)
        slope *= np.float32(rate * np.sqrt(1 - _SQUARE**self._done) / (1 - _MEAN**self._done))
        self._flat -= slope


def learn(
    model: keras.Model, recipe: CourseRecipe, ids: Ragged, targets: Floats, seed: int
) -> Iterator[tuple[float, float]]:
    """Let a network learn from batches of similar lengths, padded to the longest, at a rate that rises and falls.

    Args:
        model: built for any length; it has what was learned after each pass.
        recipe: of the network, one for which :func:`can` holds.
        ids: of the rows.
        targets: of the rows.
        seed: of their order.

    Yields:
        The mean loss and measure of each pass; see :func:`judged`.
    """
    size = int(np.clip(len(ids) // _STEPS, recipe.batch, _BATCH))
    stream = Stream(np.minimum(ids.lengths, recipe.length), size, seed)
    rate = OneCycle(_RATE * np.sqrt(size / _BATCH), stream.per_epoch * recipe.epochs)
    trainer = QuickTrainer(model.get_weights(), recipe.task, clip=1.0)
    for epoch in range(recipe.epochs):
        sums, seen = np.zeros(2), 0
        with trainer:
            for number in range(epoch * stream.per_epoch, (epoch + 1) * stream.per_epoch):
                rows = stream[number]
                found = trainer.step(closely(ids, rows, recipe), targets[rows], rate.at(number))
                if not np.isfinite(found[0]):
                    raise FloatingPointError(f"the loss is no longer a number at step {number}; the rate is too high")
                sums, seen = sums + found, seen + len(rows)
        model.set_weights(trainer.weights())
        yield float(sums[0] / seen), float(sums[1] / seen)


def ask(model: keras.Model, recipe: CourseRecipe, ids: Ragged) -> Floats:
    """What a network says of rows, ``[rows, answers]``.

    Rows of one length are asked about together, so that none is padded: much padding before a text is another text to
    a network that has learned from little.
    """
    lengths = np.clip(ids.lengths, 1, recipe.length)
    order = np.argsort(lengths, kind="stable")
    alike = np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1)
    parts = [rows[i : i + _AT_ONCE] for rows in alike for i in range(0, len(rows), _AT_ONCE)]
    said = [np.asarray(model.predict_on_batch(closely(ids, rows, recipe)), np.float32) for rows in parts]
    out = np.empty((len(order), said[0].shape[1]), np.float32)
    out[order] = np.concatenate(said)
    return out


def _views(flat: Floats, like: Sequence[Floats]) -> list[Floats]:
    ends = np.cumsum([w.size for w in like])
    return [flat[end - w.size : end].reshape(w.shape) for end, w in zip(ends, like, strict=True)]


def judged(task: str, said: Floats, targets: Floats) -> tuple[float, float]:
    """Sums over rows of the network's loss and of its measure (how many are right; of ratings how far they are off).

    Args:
        task: of the recipe.
        said: ``[rows, answers]``: probabilities, or ratings.
        targets: ``[rows]``, as the network's loss takes them.
    """
    if task == "rating":
        off = said[:, 0] - targets
        return float(np.square(off).sum()), float(np.abs(off).sum())
    if task == "classes":
        own = said[np.arange(len(targets)), targets.astype(int)]
        right = said.argmax(axis=1) == targets
    else:
        own = np.where(targets > 0.5, said[:, 0], 1 - said[:, 0])
        right = (said[:, 0] > 0.5) == (targets > 0.5)
    return float(-np.log(np.clip(own, _EDGE, 1)).sum()), float(right.sum())


def _answered(task: str, scores: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Answers, and the gradient of the summed loss by the scores from which the last function makes them."""
    if task == "rating":
        return scores, 2 * (scores - targets[:, None])
    if task == "classes":
        said = np.exp(scores - scores.max(axis=1, keepdims=True))
        said /= said.sum(axis=1, keepdims=True)
        return said, said - np.eye(scores.shape[1], dtype=np.float32)[targets.astype(int)]
    said = np.asarray(1 / (1 + np.exp(-scores)), np.float32)
    return said, said - targets[:, None]
