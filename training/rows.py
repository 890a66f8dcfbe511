"""Many reviews in little room: texts end to end in one buffer, numbers in arrays; a row is made when it is asked for.

A million rows as Python objects of their own take three times what they say.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from training.data import HELD_OUT_SHARE, MOVIES_HELD_OUT_SHARE, Row
from training.provenance import Origin

Picked = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]


class Texts(Sequence[str]):
    """Texts as UTF-8, one after another in one buffer.

    Args:
        texts: the first of them.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._flat, self._ends = bytearray(), array("Q", [0])
        for text in texts:
            self.append(text)

    def append(self, text: str) -> None:
        """Add one."""
        self._flat += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._flat))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        return self._flat[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")

    @property
    def nbytes(self) -> int:
        """What it holds, in bytes."""
        return len(self._flat) + 8 * len(self._ends)

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget the others, and give their room back."""
        ends = np.frombuffer(self._ends, np.uint64).astype(np.int64)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], which, [False]]).astype(np.int8)))
        written = 0
        with memoryview(self._flat) as view:
            for first, last in edges.reshape(-1, 2).tolist():  # a run of rows that are kept
                begin, end = int(ends[first]), int(ends[last])
                view[written : written + end - begin] = view[begin:end]
                written += end - begin
        del self._flat[written:]
        lengths = np.diff(ends)[which]
        self._ends = array("Q", [0])
        self._ends.frombytes(np.cumsum(lengths).astype(np.uint64).tobytes())


class Some(Sequence[str]):
    """Some of many texts, in an order of their own; it holds none itself."""

    def __init__(self, texts: Sequence[str], picked: Picked) -> None:
        self._texts, self._picked = texts, picked

    def __len__(self) -> int:
        return len(self._picked)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._texts[i] for i in self._picked[at].tolist()]
        return self._texts[int(self._picked[at])]


class Rows(Sequence[Row]):
    """Rows by columns.

    Args:
        texts: of all.
        ratings: of all; not a number where there is none.
        places: of all, see :class:`~training.data.Row`.
        origins: of all, as numbers into ``known``.
        known: origins.
        picked: which of them these are, and in which order; all if None.
    """

    def __init__(
        self,
        texts: Sequence[str],
        ratings: Floats,
        places: Floats,
        origins: NDArray[np.integer[Any]],
        known: Sequence[Origin | None],
        picked: Picked | None = None,
    ) -> None:
        self._texts, self._ratings, self._places, self._origins, self._known = texts, ratings, places, origins, known
        self._picked = np.arange(len(texts), dtype=np.int32) if picked is None else picked

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Rows:
        """Any rows as these."""
        if isinstance(rows, Rows):
            return rows
        codes: dict[Origin | None, int] = {}
        origins = np.array([codes.setdefault(row.origin, len(codes)) for row in rows], np.int64)
        ratings = np.array([np.nan if row.rating is None else row.rating for row in rows], float)
        return cls([row.text for row in rows], ratings, np.array([row.place for row in rows], float), origins, [*codes])

    def __len__(self) -> int:
        return len(self._picked)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Rows: ...
    def __getitem__(self, at: int | slice) -> Row | Rows:
        if isinstance(at, slice):
            return Rows(self._texts, self._ratings, self._places, self._origins, self._known, self._picked[at])
        return self._row(int(self._picked[at]))

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, map(int, self._picked))

    def _row(self, at: int) -> Row:
        rating = float(self._ratings[at])
        origin = self._known[int(self._origins[at])]
        return Row(self._texts[at], None if rating != rating else rating, float(self._places[at]), origin)

    def pick(self, which: NDArray[np.bool_] | Picked) -> Rows:
        """Some of these: by a mask ``[rows]``, or by their numbers in the order that is wanted."""
        picked = self._picked[which]
        return Rows(self._texts, self._ratings, self._places, self._origins, self._known, picked)

    @property
    def texts(self) -> Sequence[str]:
        """Their texts."""
        return Some(self._texts, self._picked)

    @property
    def ratings(self) -> Floats:
        """Their ratings, ``[rows]``; not a number where there is none."""
        return self._ratings[self._picked]

    @property
    def origins(self) -> Counter[Origin]:
        """How many came from where; those of which that is not known are left out."""
        counts = np.bincount(self._origins[self._picked], minlength=len(self._known)).tolist()
        return Counter({o: n for o, n in zip(self._known, counts, strict=True) if o is not None and n})

    @property
    def places(self) -> Floats:
        """Their places, ``[rows]``."""
        return self._places[self._picked]


@overload
def split(rows: Rows, held_out: float = HELD_OUT_SHARE) -> tuple[Rows, Rows]: ...
@overload
def split(rows: list[Row], held_out: float = HELD_OUT_SHARE) -> tuple[list[Row], list[Row]]: ...
@overload
def split(rows: Sequence[Row], held_out: float = HELD_OUT_SHARE) -> tuple[Sequence[Row], Sequence[Row]]: ...
def split(rows: Sequence[Row], held_out: float = HELD_OUT_SHARE) -> tuple[Sequence[Row], Sequence[Row]]:
    """Rows to learn from, and rows held out."""
    if isinstance(rows, Rows):
        return rows.pick(rows.places >= held_out), rows.pick(rows.places < held_out)
    return [r for r in rows if r.place >= held_out], [r for r in rows if r.place < held_out]


def clear_movies(rows: Sequence[Row]) -> list[Row]:
    """The movie reviews held out of these that are clear: up to four of ten points, or nine and ten."""
    return [r for r in split(list(rows), MOVIES_HELD_OUT_SHARE)[1] if not 4.5 < (r.rating or 0) < 8.5]
