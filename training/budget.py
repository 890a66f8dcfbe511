"""Batches of about as many tokens each, in a few widths: what a device that is fast wants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.tokenizer import UNKNOWN
from training.batches import Ragged

_QUANTILES = (0.5, 0.75, 0.9, 1.0)


def widths_of(lengths: NDArray[np.integer], most: int) -> NDArray[np.int64]:
    """A few widths, multiples of 8, that hold rows of these lengths with little padding; each is compiled once."""
    reached = np.minimum(np.quantile(lengths, _QUANTILES, method="higher"), most)
    return np.unique((np.ceil(np.maximum(reached, 1) / 8) * 8).astype(np.int64))


class Budget:
    """Endless batches that can be asked for by number, each of rows of one width (see :class:`training.loop.Stream`).

    Args:
        lengths: of the rows.
        widths: see :func:`widths_of`.
        sizes: rows in a batch of each width.
        seed: order of the rows.
    """

    def __init__(
        self, lengths: NDArray[np.integer], widths: NDArray[np.int64], sizes: Sequence[int], seed: int
    ) -> None:
        self._widths, self._seed, self._epoch = widths, seed, -1
        column = np.minimum(np.searchsorted(widths, lengths), len(widths) - 1)
        self._columns = [(np.flatnonzero(column == i), max(1, size)) for i, size in enumerate(sizes)]
        self._batches: list[tuple[NDArray[np.int64], int]] = []
        self.per_epoch = sum(-(-len(rows) // size) for rows, size in self._columns)

    def __getitem__(self, number: int) -> tuple[NDArray[np.int64], int]:
        epoch, i = divmod(number, self.per_epoch)
        if epoch != self._epoch:
            self._batches, self._epoch = self._shuffled(np.random.default_rng([self._seed, epoch])), epoch
        return self._batches[i]

    def _shuffled(self, random: np.random.Generator) -> list[tuple[NDArray[np.int64], int]]:
        batches = []
        for (rows, size), width in zip(self._columns, self._widths.tolist(), strict=True):
            # The last batch is filled from the first: another shape would have to be compiled for it.
            order = np.resize(random.permutation(rows), -(-len(rows) // size) * size)
            batches += [(order[at : at + size], width) for at in range(0, len(order), size)]
        random.shuffle(batches)
        return batches


def rectangle(rows: Ragged, picked: NDArray[np.integer], width: int) -> NDArray[np.int32]:
    """Rows as one array ``[rows, width]``: zeros after their ends; of longer ones the first and the last tokens."""
    first, length = rows.spans(picked)
    place = np.arange(width)
    over = np.maximum(length - width, 0)
    at = first[:, None] + place + over[:, None] * (place >= width // 2)
    there = place < length[:, None]
    return (rows.flat[np.where(there, at, 0)] * there).astype(np.int32)


def encode_all(tokenizer: Any, texts: Sequence[str]) -> Iterable[Sequence[int]]:
    """Ids of each text, many at a time where the tokenizer can."""
    at_once = getattr(tokenizer, "encode_all", None)
    return at_once(texts) if at_once else map(tokenizer.encode, texts)


def hide(
    ids: NDArray[np.int32], share: float, span: int, tokens: int, slots: int, random: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Hide tokens that are to be guessed (Devlin et al. 2019, arXiv:1810.04805).

    Args:
        ids: ``[rows, width]``, 0 for padding.
        share: of the tokens that are hidden.
        span: neighbouring tokens that are hidden together.
        tokens: number of token ids.
        slots: most hidden tokens of a row.
        random: what decides.

    Returns:
        The ids with four of five hidden tokens unknown and one of ten another; places of the hidden ones
        ``[rows, slots]``; their ids; 1 where a slot holds one, else 0.
    """
    first = random.random(ids.shape) < share / span
    hidden = first.copy()
    for shift in range(1, span):
        hidden[:, shift:] |= first[:, :-shift]
    hidden &= ids > 0
    chance = random.random(ids.shape)
    at = np.argsort(np.where(hidden, chance, 2.0), axis=1)[:, :slots].astype(np.int32)
    if at.shape[1] < slots:
        at = np.pad(at, [(0, 0), (0, slots - at.shape[1])])
    there = np.take_along_axis(hidden, at, axis=1) & (np.arange(slots) < hidden.sum(axis=1)[:, None])
    other = random.integers(UNKNOWN + 1, max(tokens, UNKNOWN + 2), ids.shape)
    chance = random.random(ids.shape)
    shown = np.where(hidden & (chance < 0.8), UNKNOWN, np.where(hidden & (chance > 0.9), other, ids))
    return shown.astype(np.int32), at, np.take_along_axis(ids, at, axis=1), there.astype(np.float32)
