"""What the cells of a column say, seen as ratings."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import islice

from training.host import Host, Table
from training.label_words import FLAGS, MISSING, RATED, RESULTS, WORDS, YES_OR_NO, word_of
from training.meanings import SCALES, Points, points_of

SAMPLE = 2000
"""Rows by which it is judged what a column holds."""

_SURE = 0.9
MOST_KINDS = 21
"""Of ratings; from half a star to ten, and none."""

_LONGEST = 40

Seen = list[tuple[str, Points | None]]
"""What the cells of a column say, those left out that say nothing: the word, and its points if it is some."""


def look(columns: Sequence[int], table: Table, host: Host) -> dict[int, Seen]:
    """The first cells of some columns."""
    seen: dict[int, Seen] = {i: [] for i in columns}
    for row in islice(table.rows(), SAMPLE):
        for i in columns:
            word = word_of(host.as_text(row.cells[i]))
            if word not in MISSING:
                seen[i].append((word[:_LONGEST], points_of(word, row.cells[i], host)))
    return seen


def flags(name: str, seen: Seen, *, alone: bool) -> bool:
    """Whether a column says yes or no to something that is no rating, such as whether a photograph was added.

    Args:
        name: of the column.
        seen: what its cells say.
        alone: whether there is no other column beside the texts.
    """
    if RATED.search(name):
        return False
    if not name:
        return not alone and speaks(seen, YES_OR_NO)
    return speaks(seen, YES_OR_NO if alone and name in RESULTS else FLAGS)


def kinds(seen: Seen) -> int:
    """How many different things a column says."""
    return len({word for word, _ in seen})


def speaks(seen: Seen, words: Set[str]) -> bool:
    """Whether most cells are some of these words."""
    return bool(seen) and sum(word in words for word, _ in seen) >= _SURE * len(seen)


def could_rate(seen: Seen) -> bool:
    """Whether most cells are something that could be a rating."""
    return sum(word in WORDS or points is not None for word, points in seen) >= max(1, _SURE * len(seen))


def looks_rated(seen: Seen) -> bool:
    """Whether most cells are ratings, and of few kinds."""
    good = sum(word in WORDS or (points is not None and _is_rating(word, *points)) for word, points in seen)
    return bool(seen) and good >= _SURE * len(seen) and kinds(seen) <= MOST_KINDS


def _is_rating(word: str, number: float, of: float) -> bool:
    return number <= 10 if not of else of in SCALES and "%" not in word
