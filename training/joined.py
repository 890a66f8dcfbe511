"""The same review read several times becomes one row, or none; what is kept of each is little more than its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from training.data import Row, key_digest, place_of
from training.provenance import Origin


@dataclass(slots=True)
class Given:
    """A review as it was read, and what was said of it so far.

    Attributes:
        text: as it is learned from.
        written: the same before it was cleaned as taught, where that is wanted; else ``text`` itself.
        positive: what its first rating said.
        stars: of all its ratings, added up.
        origin: of the first.
        count: how often it was read; 0 once its ratings contradicted each other.
    """

    text: str
    written: str
    positive: bool
    stars: float
    origin: Origin
    count: int = 1


class Joined:
    """Reviews by what makes them the same.

    Args:
        keep_first: of the same reviews keep the first whatever the others say, as the course does, and only those
            that are the same to the letter.
    """

    def __init__(self, *, keep_first: bool) -> None:
        self._keep_first = keep_first
        self._by_digest: dict[int, Given] = {}  # eight bytes instead of the text once more
        self.left_out: Counter[str] = Counter()

    def add(self, one: Given) -> None:
        """Take one more."""
        digest = key_digest(one.text, blanks=self._keep_first)
        known = self._by_digest.setdefault(digest, one)
        if known is one:
            return
        if self._keep_first:
            self.left_out["duplicates"] += 1
        elif not known.count:
            self.left_out["conflicting"] += 1
        elif known.positive != one.positive:
            self.left_out["duplicates"] -= known.count - 1
            self.left_out["conflicting"] += known.count + 1
            known.count = 0
        else:
            self.left_out["duplicates"] += 1
            known.stars += one.stars
            known.count += 1

    def rows(self, *, stars: bool) -> Iterator[tuple[Row, str]]:
        """Each row, and its text as it was written; ratings in stars, or 1 and 0. To be asked once: it forgets them."""
        ratings: dict[float, float] = {}  # one number for all that are equal
        for digest in list(self._by_digest):
            one = self._by_digest.pop(digest)
            if one.count:
                rating = one.stars / one.count if stars else float(one.positive)
                rating = ratings.setdefault(rating, rating)
                # The split is by what was written: a model in service must not have learnt from what is held out.
                yield Row(one.text, rating, place_of(key_digest(one.written)), one.origin), one.written
