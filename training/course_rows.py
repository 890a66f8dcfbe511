"""Rows as the networks of the course take them: numbers by frequency, padded to a length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.batches import Ragged
from training.course_recipe import CourseRecipe

PAD, UNKNOWN, FIRST = 0, 1, 2

Ids = NDArray[np.int32]


class Vocabulary:
    """Token ids by frequency: 0 is padding, 1 any token not known."""

    def __init__(self, recipe: CourseRecipe, rows: Iterable[Sequence[str]]) -> None:
        counts: Counter[str] = Counter()
        for row in rows:
            counts.update(row)
        ranked = sorted(counts, key=lambda t: (-counts[t], t))
        kept = ranked[: recipe.num_words - FIRST] if recipe.num_words else ranked
        self._ids = {token: i for i, token in enumerate(kept, FIRST)}
        self.size = FIRST + len(kept)

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Ids of the tokens of a text."""
        return [self._ids.get(token, UNKNOWN) for token in tokens]

    def encode_all(self, rows: Iterable[Sequence[str]]) -> Ragged:
        """Ids of the tokens of many texts."""
        return Ragged(map(self.encode, rows), self.size)


def padded(rows: Sequence[Sequence[int] | NDArray[np.integer[Any]]], recipe: CourseRecipe, length: int = 0) -> Ids:
    """Rows as ``[rows, length]``; the length is the recipe's, or a smaller one."""
    length = length or recipe.length
    out = np.full((len(rows), length), PAD, np.int32)
    for i, row in enumerate(rows):
        kept = row[-length:] if recipe.truncating == "pre" else row[:length]
        if not len(kept):
            continue
        if recipe.padding == "pre":
            out[i, length - len(kept) :] = kept
        else:
            out[i, : len(kept)] = kept
    return out


def closely(ids: Ragged, rows: NDArray[np.integer[Any]], recipe: CourseRecipe) -> Ids:
    """Rows of these numbers, padded only to the longest of them."""
    picked = [ids[i] for i in rows]
    return padded(picked, recipe, max(1, min(recipe.length, max(map(len, picked)))))
