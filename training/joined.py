"""The same review read several times becomes one row, or none; what is kept of each is little more than its text."""

from __future__ import annotations

from array import array
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from training.data import key_digest, places_of
from training.provenance import Origin
from training.rows import Rows, Texts


class Joined:
    """Reviews as they are read, joined by what makes them the same once all are there.

    Args:
        as_taught: of the same reviews keep the first whatever the others say, as the course does, and only those that
            are the same to the letter.
        keep_written: keep the texts as they were written too.

    Attributes:
        left_out: how many were left out, by the reason; known once :meth:`rows` was asked.
    """

    def __init__(self, *, as_taught: bool, keep_written: bool = False) -> None:
        self._as_taught, self._keep_written = as_taught, keep_written
        self._texts, self._written = Texts(), Texts()
        # Eight bytes instead of the text once more; the split is by what was written, since a model in service must
        # not have learnt from what is held out.
        self._same, self._places = array("Q"), array("Q")
        self._said, self._origins = array("I"), array("I")
        self._known: dict[Origin, int] = {}
        self._meanings: list[tuple[bool, float] | str] = []
        self.left_out: Counter[str] = Counter()

    def new_value(self) -> int:
        """A number for something that a file says of reviews; what it means can wait until the file was read."""
        self._meanings.append("")
        return len(self._meanings) - 1

    def means(self, value: int, *, positive: bool, stars: float) -> None:
        """That value is a rating."""
        self._meanings[value] = positive, stars

    def means_nothing(self, value: int, why: str) -> None:
        """Reviews of which that was said are left out."""
        self._meanings[value] = why

    def add(self, text: str, written: str, value: int, origin: Origin) -> None:
        """Take one more.

        Args:
            text: as it is learned from.
            written: the same before it was cleaned as taught.
            value: see :meth:`new_value`.
            origin: where it came from.
        """
        self._texts.append(text)
        self._same.append(key_digest(text, blanks=self._as_taught))
        if self._keep_written:
            self._written.append(written)
        if self._as_taught:
            self._places.append(key_digest(written))
        self._said.append(value)
        self._origins.append(self._known.setdefault(origin, len(self._known)))

    def rows(self, *, stars: bool) -> tuple[Rows, Texts]:
        """All rows, and with ``keep_written`` their texts as they were written. To be asked once.

        Args:
            stars: whether ratings are stars, or 1 and 0.
        """
        said = np.frombuffer(self._said, np.uint32)
        for value, count in enumerate(np.bincount(said, minlength=len(self._meanings)).tolist()):
            meaning = self._meanings[value]
            if isinstance(meaning, str) and count:
                self.left_out[meaning] += count
        positive = np.array([not isinstance(m, str) and m[0] for m in self._meanings], bool)
        points = np.array([0.0 if isinstance(m, str) else m[1] for m in self._meanings], float)
        usable = np.array([not isinstance(m, str) for m in self._meanings], bool)
        first, ratings = self._joined(said, np.flatnonzero(usable[said]), positive, points if stars else None)
        kept = np.zeros(len(said), bool)
        kept[first] = True
        origins = np.frombuffer(self._origins, np.uint32)[first]
        places = places_of(np.frombuffer(self._places if self._as_taught else self._same, np.uint64)[first])
        self._texts.keep(kept)
        if self._keep_written:
            self._written.keep(kept)
        return Rows(self._texts, ratings, places, origins, [*self._known]), self._written

    def _joined(
        self,
        said: NDArray[np.uint32],
        usable: NDArray[np.intp],
        positive: NDArray[np.bool_],
        points: NDArray[np.float64] | None,
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The first of the same reviews each, in the order in which they were read, and their ratings."""
        same = np.frombuffer(self._same, np.uint64)
        order = usable[np.argsort(same[usable], kind="stable")]
        begins = np.flatnonzero(np.diff(same[order], prepend=~same[order[:1]]))
        first, counts = order[begins], np.diff(begins, append=len(order))
        if self._as_taught or not len(order):
            self.left_out["duplicates"] += len(order) - len(first)
            ratings = (positive if points is None else points)[said[first]].astype(float)
        else:
            good = np.add.reduceat(positive[said[order]], begins, dtype=np.int64)
            alike = (good == 0) | (good == counts)
            self.left_out["duplicates"] += int((counts[alike] - 1).sum())
            self.left_out["conflicting"] += int(counts[~alike].sum())
            ratings = good / counts if points is None else np.add.reduceat(points[said[order]], begins) / counts
            first, ratings = first[alike], ratings[alike]
        in_order = np.argsort(first)
        return first[in_order], ratings[in_order]
