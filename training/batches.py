"""Batches of texts of similar length, so that little is computed for padding."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import keras
import numpy as np
from numpy.typing import NDArray

from nlp.config import NetworkConfig
from nlp.ngrams import hash_ngrams
from nlp.runtime import clip
from nlp.tokenizer import UNKNOWN, CharTokenizer, Tokenizer

_POOL = 50  # batches that are shuffled and then sorted by length together
_LENGTHS = (16, 24, 32, 40, 48, 64, 80, 112, 144, 256)  # lengths are rounded up to these: each is compiled once


class Ragged:
    """Rows of numbers of different lengths, end to end in one array: a row of its own costs eight bytes more.

    Args:
        rows: taken one after another; none is held.
        highest: no number is higher.
    """

    def __init__(self, rows: Iterable[Sequence[int] | NDArray[np.int32]], highest: int) -> None:
        kind = np.dtype(np.uint16 if highest < 1 << 16 else np.int32)
        flat, ends = bytearray(), array("q", [0])
        for row in rows:
            flat += np.asarray(row, kind).tobytes()
            ends.append(len(flat) // kind.itemsize)
        self._flat, self._ends = np.frombuffer(flat, kind), np.asarray(ends)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, row: int | np.intp) -> NDArray[np.integer[Any]]: ...
    @overload
    def __getitem__(self, row: slice) -> Ragged: ...
    def __getitem__(self, row: int | np.intp | slice) -> NDArray[np.integer[Any]] | Ragged:
        if isinstance(row, slice):
            return self._part(row)
        found: NDArray[np.integer[Any]] = self._flat[self._ends[row] : self._ends[row + 1]]
        return found

    def __iter__(self) -> Iterator[NDArray[np.integer[Any]]]:
        return (self[i] for i in range(len(self)))

    def _part(self, rows: slice) -> Ragged:
        """Neighbouring rows, of which nothing is copied."""
        first, last, step = rows.indices(len(self))
        if step != 1:
            raise ValueError("rows are sliced without a step")
        part = Ragged((), 0)
        part._flat, part._ends = self._flat, self._ends[first : max(first, last) + 1]
        return part

    @property
    def flat(self) -> NDArray[np.integer[Any]]:
        """All rows, end to end."""
        return self._flat

    def spans(self, rows: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where in :attr:`flat` these rows begin, and how long they are."""
        return self._ends[rows], self._ends[rows + 1] - self._ends[rows]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How long each row is."""
        return np.diff(self._ends)

    @property
    def nbytes(self) -> int:
        """What it holds, in bytes."""
        return self._flat.nbytes + self._ends.nbytes


def components_of(tokenizer: Tokenizer) -> NDArray[np.int32] | None:
    """What a network of its tokens is built with: see :meth:`nlp.tokenizer.CharTokenizer.components`."""
    return tokenizer.components() if isinstance(tokenizer, CharTokenizer) else None


def lengths_of(texts: Sequence[str]) -> NDArray[np.int32]:
    """Characters of each text."""
    return np.fromiter(map(len, texts), np.int32, len(texts))


class Encoded:
    """Texts as a network takes them: token ids, and n-gram ids for a wide part.

    The n-grams are hashed when they are asked for: that takes a fiftieth of a step's time, and holding them would take
    seven times the room of the tokens.
    """

    def __init__(self, texts: Sequence[str], config: NetworkConfig, tokenizer: Tokenizer) -> None:
        half = config.max_tokens // 2
        self.config = config
        encoded = map(tokenizer.encode, texts)
        clipped = (ids if len(ids) <= config.max_tokens else ids[:half] + ids[-half:] for ids in encoded)
        self.ids = Ragged(clipped, tokenizer.size)
        self._texts = texts

    def __len__(self) -> int:
        return len(self.ids)

    def inputs(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> dict[str, NDArray[np.int32]]:
        """The network's inputs for these rows: ``tokens`` ``[batch, time]`` and, with a wide part, ``ngrams``."""
        out = {"tokens": padded([self.ids[i] for i in rows])}
        if self.config.buckets:
            # With its edges a text of n characters has at most n + 2 n-grams of a length.
            longest, found = self.config.longest_ngram, [self._ngrams(self._texts[int(i)]) for i in rows]
            width = (out["tokens"].shape[1] + 2) * longest
            if max(map(len, found)) > width:  # the tokens are words or morphemes
                width = (
                    _rounded(max(len(clip(self._texts[int(i)], self.config.max_tokens)) for i in rows)) + 2
                ) * longest
            out["ngrams"] = _padded(found, width)
        return out

    def _ngrams(self, text: str) -> NDArray[np.int32]:
        return hash_ngrams(clip(text, self.config.max_tokens), self.config.longest_ngram, self.config.buckets)


def padded(rows: Sequence[NDArray[np.integer[Any]]]) -> NDArray[np.int32]:
    """Rows as one array ``[rows, longest]``, zeros after their ends; the longest is rounded up."""
    return _padded(rows, _rounded(max(map(len, rows))))


def _rounded(length: int) -> int:
    return next((n for n in _LENGTHS if n >= length), length)


def _padded(rows: Sequence[NDArray[np.integer[Any]]], width: int) -> NDArray[np.int32]:
    out = np.zeros((len(rows), width), np.int32)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out


def shuffled(
    lengths: Sequence[int] | NDArray[np.integer[Any]], size: int, random: np.random.Generator
) -> list[NDArray[np.int32]]:
    """All rows (but a few) once, in random batches of ``size`` whose rows are of similar length."""
    order = random.permutation(np.arange(len(lengths), dtype=np.int32))
    length = np.asarray(lengths)
    batches: list[NDArray[np.int32]] = []
    for start in range(0, len(order), size * _POOL):
        pool = order[start : start + size * _POOL]
        pool = pool[np.argsort(length[pool] + 2 * random.random(len(pool)), kind="stable")]
        groups = [pool[i : i + size] for i in range(0, len(pool), size)]
        if len(groups) > 1 and len(groups[-1]) < size:
            del groups[-1]  # another shape to compile for a few rows, which another epoch will see
        random.shuffle(groups)
        batches += groups
    return batches


def hide_tokens(ids: NDArray[np.int32], most: float, random: np.random.Generator) -> NDArray[np.int32]:
    """Token dropout: replace up to ``most`` of the tokens by "unknown", so that no single one decides."""
    hidden = (random.random(ids.shape) < most * random.random((len(ids), 1))) & (ids > 0)
    return np.where(hidden, UNKNOWN, ids).astype(np.int32)


def predict(model: keras.Model, data: Encoded, size: int = 512) -> NDArray[np.float32]:
    """Logits ``[rows, classes]`` of all rows, in order."""
    order = np.argsort(data.ids.lengths, kind="stable")
    parts = [model.predict_on_batch(data.inputs(order[i : i + size])) for i in range(0, len(order), size)]
    out = np.empty((len(order), parts[0].shape[1]), np.float32)
    out[order] = np.concatenate(parts)
    return out
