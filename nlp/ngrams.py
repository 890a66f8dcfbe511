"""Hashed character n-grams: the input of the wide part of the network.

A linear model on character n-grams is hard to beat on short Korean reviews, because a sentiment word is a
few syllables and endings hide nothing from n-grams. The recurrent network takes such a model in as a *wide*
part (Cheng et al. 2016, "Wide & Deep Learning", arXiv:1606.07792) with the hashing trick
(Weinberger et al. 2009, arXiv:0902.2206), so that it needs no dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_PRIME, _OFFSET = np.uint32(16777619), np.uint32(2166136261)  # FNV-1a's
_EDGE = np.uint32(3)  # a code point that normalisation removes, so it can only mean "edge of the text"

BIGRAM_FACTORS = (40503, 9973)
"""What the ids of the token before and of the token are multiplied by: odd, so that no low bit of them is lost, and
small, so that ids of up to 50,000 stay within 32 bits on every backend."""


def bigram_rows(tokens: NDArray[np.int32], rows: int) -> NDArray[np.int32]:
    """For each token the row of the table of bigram vectors, by the token and the one before it.

    Args:
        tokens: token ids by step, ``[time, ...]``; the first of a text has the padding, 0, before it.
        rows: size of the table, a power of two.

    Returns:
        Array of the shape of ``tokens``, of numbers in ``0 .. rows - 1``.
    """
    first, second = map(np.int32, BIGRAM_FACTORS)
    hashed = tokens * second
    hashed[1:] ^= tokens[:-1] * first
    return np.asarray(hashed & np.int32(rows - 1), np.int32)


def hash_ngrams(text: str, longest: int, buckets: int) -> NDArray[np.int32]:
    """Bucket ids of all character n-grams of 1 to ``longest`` characters, blanks left out.

    Args:
        text: a normalised text.
        longest: length of the longest n-gram.
        buckets: size of the hash table, a power of two.

    Returns:
        Array ``[n]`` of ids in ``1 .. buckets - 1`` (0 is padding); one entry for each occurrence.
    """
    chars = np.frombuffer("".join(text.split()).encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(chars):
        return np.zeros(0, np.int32)
    codes = np.empty(len(chars) + 2, np.uint32)
    codes[0] = codes[-1] = _EDGE
    codes[1:-1] = chars
    state = codes
    before: NDArray[np.uint32] | np.uint32 = _OFFSET
    states = []
    for n in range(1, min(longest, len(codes)) + 1):
        state = (codes[n - 1 :] ^ before) * _PRIME
        states.append(state)
        before = state[:-1]
    return _bucket(np.concatenate(states), buckets)


def _bucket(state: NDArray[np.uint32], buckets: int) -> NDArray[np.int32]:
    """Bucket ids from hashes: mix the high bits into the low ones, which choose the bucket."""
    mixed = state ^ (state >> np.uint32(15))
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(16)
    return np.asarray(np.maximum(mixed & np.uint32(buckets - 1), 1), np.int32)


def hash_ngrams_batch(texts: Sequence[str], longest: int, buckets: int) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """The n-grams of many texts in one go: for each text the same ids as :func:`hash_ngrams`.

    Args:
        texts: normalised texts.
        longest: length of the longest n-gram.
        buckets: size of the hash table, a power of two.

    Returns:
        The ids ``[n]`` of all texts, shorter n-grams first, and the number of the text that each is from, ``[n]``.
    """
    edge = chr(int(_EDGE))
    marked = [f"{edge}{bare}{edge}" if (bare := "".join(text.split())) else "" for text in texts]
    codes = np.frombuffer("".join(marked).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(m) for m in marked], np.intp)
    row = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(codes))  # characters from here to the text's end
    before: NDArray[np.uint32] | np.uint32 = _OFFSET
    states, rows = [np.zeros(0, np.uint32)], [row[:0]]
    for n in range(1, min(longest, len(codes)) + 1):
        state = (codes[n - 1 :] ^ before) * _PRIME
        whole = left[: len(state)] >= n  # the others would run into the next text
        states.append(state[whole])
        rows.append(row[: len(state)][whole])
        before = state[:-1]
    return _bucket(np.concatenate(states), buckets), np.concatenate(rows)


class WidePart:
    """The linear model on n-grams: adds up the table's entries of a text's n-grams, over the root of their number.

    Args:
        table: scores of each bucket, ``[buckets, classes]``; a power of two of them.
        longest: length of the longest n-gram.
    """

    def __init__(self, table: NDArray[np.float32], longest: int) -> None:
        self._table, self._longest = table, longest

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Class scores of normalised texts, ``[len(texts), classes]``; zeros for a text without n-grams."""
        buckets, classes = self._table.shape
        if len(texts) == 1:  # twice as fast for the one review that someone waits for
            ids = hash_ngrams(texts[0], self._longest, buckets)
            total = self._table.take(ids, 0).sum(0, np.float64)[None]
            return np.asarray(total / max(len(ids), 1) ** 0.5, np.float32)
        ids, row = hash_ngrams_batch(texts, self._longest, buckets)
        entries = self._table.take(ids, 0)
        total = np.stack([np.bincount(row, entries[:, c], len(texts)) for c in range(classes)], 1)
        count = np.bincount(row, minlength=len(texts))[:, None]
        return np.asarray(total / np.sqrt(np.maximum(count, 1)), np.float32)
