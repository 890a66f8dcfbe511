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

_PRIME = np.uint32(16777619)  # FNV-1a's
_EDGE = np.uint32(3)  # a code point that normalisation removes, so it can only mean "edge of the text"


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
    codes = np.concatenate(([_EDGE], chars, [_EDGE])).astype(np.uint32)
    state = np.full(len(codes), 2166136261, np.uint32)
    parts = []
    for n in range(1, min(longest, len(codes)) + 1):
        state = (state[: len(codes) - n + 1] ^ codes[n - 1 :]) * _PRIME
        parts.append(_bucket(state, buckets))
    return np.concatenate(parts)


def _bucket(state: NDArray[np.uint32], buckets: int) -> NDArray[np.int32]:
    """Bucket ids from hashes: mix the high bits into the low ones, which choose the bucket."""
    mixed = state ^ (state >> np.uint32(15))
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(16)
    return np.asarray(np.maximum(mixed & np.uint32(buckets - 1), 1), np.int32)


def hash_ngrams_batch(texts: Sequence[str], longest: int, buckets: int) -> NDArray[np.int32]:
    """The n-grams of many texts in one go: the same ids as :func:`hash_ngrams` in each row, zeros after them.

    Args:
        texts: normalised texts.
        longest: length of the longest n-gram.
        buckets: size of the hash table, a power of two.

    Returns:
        Array ``[texts, n]``, where n is that of the text with the most n-grams, at least 1.
    """
    if len(texts) == 1 and texts[0]:  # twice as fast for the one review that someone waits for
        return hash_ngrams(texts[0], longest, buckets)[None]
    edge = chr(int(_EDGE))
    marked = [f"{edge}{bare}{edge}" if (bare := "".join(text.split())) else "" for text in texts]
    codes = np.frombuffer("".join(marked).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(m) for m in marked], np.int64)
    row = np.repeat(np.arange(len(texts)), lengths)
    ends = np.cumsum(lengths)
    place = np.arange(len(codes)) - np.repeat(ends - lengths, lengths)  # of a character in its text
    left = np.repeat(ends, lengths) - np.arange(len(codes))  # characters from here to the end of its text
    counts = [np.maximum(lengths - n + 1, 0) for n in range(1, longest + 1)]
    out = np.zeros((len(texts), max(int(np.sum(counts, axis=0).max(initial=0)), 1)), np.int32)
    state = np.full(len(codes), 2166136261, np.uint32)
    before = np.zeros(len(texts), np.int64)  # n-grams of a text that are shorter
    for n, count in enumerate(counts, 1):
        if n > len(codes):
            break
        state = (state[: len(codes) - n + 1] ^ codes[n - 1 :]) * _PRIME
        here = np.flatnonzero(left[: len(state)] >= n)  # the others would run into the next text
        out[row[here], before[row[here]] + place[here]] = _bucket(state[here], buckets)
        before += count
    return out
