"""What the cells of a column of ratings mean: stars on a scale, or labels."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from training.errors import DataError
from training.host import Host
from training.joined import Joined
from training.label_words import MISSING, NEGATIVE, NEUTRAL, POSITIVE, YES_OR_NO, word_of
from training.messages import Said

_FEWEST_STARS = 5
_MINUS = frozenset(["-1", "-1.0"])
MINUS = (-1.0, 0.0)
"""The label -1 as points."""

SCALES = (5.0, 10.0, 100.0)
"""The usual ones, by the most points that there can be."""

Kind = Literal["stars", "labels"]

Named = Literal["stars", "score", "labels"]
"""What the name of a column says of it: stars, points of any kind, or neither."""


@dataclass(frozen=True)
class Scale:
    """How the cells of a column become ratings.

    Attributes:
        kind: whether they are stars, or labels.
        highest: the most points that there can be.
        cut: above it is positive, below it negative; the cut itself says neither.
        zero: whether no points at all are a rating; where the least is one star, nobody has rated.
    """

    kind: Kind
    highest: float
    cut: float
    zero: bool = True

    def points(self, points: Points) -> float:
        """The same on this scale."""
        number, of = points
        return number * self.highest / of if of else number

    def stars(self, points: float) -> float:
        """Points as stars, 1 to 5."""
        return max(1.0, points * 5 / self.highest)


Points = tuple[float, float]
"""How many, and of how many; the latter 0 where the cell does not say it."""

Value = Points | bool | str | None
"""A rating, a polarity, ``neutral``, or None where nobody rated."""


class Values:
    """What a file says of its reviews: a number for each value, whose meaning only its last row can tell."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        self._numbers: dict[tuple[type, Value], int] = {}  # True is not 1.0

    def number(self, value: Value) -> int:
        """The number of a value."""
        key = type(value), value
        if key not in self._numbers:
            self._numbers[key] = self._joined.new_value()
        return self._numbers[key]

    @property
    def points(self) -> list[Points]:
        """The ratings among them."""
        return [value for _, value in self._numbers if isinstance(value, tuple)]

    @property
    def words(self) -> bool:
        """Whether some are words such as 긍정."""
        return any(isinstance(value, bool) for _, value in self._numbers)

    def judge(self, scale: Scale) -> None:
        """Tell what each means."""
        for (_, value), number in self._numbers.items():
            if value is None:
                self._joined.means_nothing(number, "unrated")
            elif isinstance(value, str):
                self._joined.means_nothing(number, "middle")
            elif isinstance(value, bool):
                self._joined.means(number, positive=value, stars=5.0 if value else 1.0)
            else:
                self._judge(scale.points(value), number, scale)

    def _judge(self, points: float, number: int, scale: Scale) -> None:
        if points == 0 and not scale.zero:
            self._joined.means_nothing(number, "unrated")
        elif math.isclose(points, scale.cut):
            self._joined.means_nothing(number, "middle")
        else:
            self._joined.means(number, positive=points > scale.cut, stars=scale.stars(points))


def understood(cell: Any, host: Host, named: Named) -> Value:
    """What a cell says of a review, in a column whose name says that.

    Raises:
        ValueError: if it is no rating.
    """
    if isinstance(cell, bool):
        return cell
    word = word_of(host.as_text(cell))
    if word in MISSING:
        return None
    if word in POSITIVE or word in NEGATIVE:
        return word in POSITIVE
    if word in NEUTRAL:
        return "neutral"
    points = host.points(cell) if named == "stars" else points_of(word, cell, host)
    if points is None:
        raise ValueError("no rating")
    return points


def points_of(word: str, cell: Any, host: Host) -> Points | None:
    """The points in a cell that says this, or the label -1."""
    return MINUS if word in _MINUS else host.points(cell)


def from_minus(points: Collection[Points]) -> bool:
    """Whether all points are labels from -1 to 1."""
    return all(not of and number in (-1.0, 0.0, 1.0) for number, of in points)


def scale_of(path: Path, points: Collection[Points], scale: float | None, cut: float | None, named: Named) -> Scale:
    """What the numbers of a file mean.

    Args:
        path: the file, for what is said of it.
        points: in its cells.
        scale: the most points that there can be, if the user said so.
        cut: what is neither positive nor negative, if the user said so.
        named: what the name of their column says.

    Raises:
        DataError: if they do not fit the scale or the cut, or could be of several scales.
    """
    plain, ofs = {number for number, of in points if not of}, {of for _, of in points if of}
    if MINUS in points:
        return Scale("labels", 1.0, 0.0)
    highest = max(plain, default=0.0)
    if scale is None and cut is None and not ofs and plain <= {0.0, 1.0} and (0.0 in plain or named == "labels"):
        return Scale("labels", 1.0, 0.5)
    if scale is None:
        usual = next((s for s in SCALES if highest <= s), None)
        mixed = ofs and ofs != {usual} and 0 < highest <= max(ofs)
        if mixed or (cut is None and not ofs and _could_be_any(plain, named)):
            raise DataError("scale_unclear", file=path.name, highest=highest)
        if cut is None and not ofs and _strays(plain):
            raise DataError("rating_too_high", file=path.name, rating=highest, highest=SCALES[0])
        scale = max(ofs) if ofs and not highest else usual
    if scale is None or highest > scale:
        raise DataError("rating_too_high", file=path.name, rating=highest, highest=scale or 100)
    found = Scale("stars", scale, 0.6 * scale if cut is None else cut)
    if not 0 <= found.cut < scale:
        raise DataError("cut_too_high", cut=found.cut, highest=scale)
    bad = cut is not None and (_from_zero(plain, named) or _zero_is_bad(found, points))
    return replace(found, zero=scale < _FEWEST_STARS or bad)


def _strays(plain: Collection[float]) -> bool:
    """Whether there are stars up to five and one number far above, such as a 10 for a 1: no scale has such a gap."""
    highest = max(plain, default=0.0)
    return highest > SCALES[0] and bool({4.0, 5.0} & set(plain)) and not any(SCALES[0] < n < highest for n in plain)


def _could_be_any(plain: Collection[float], named: Named) -> bool:
    """Whether the scale of numbers cannot be told: shares of one, or labels such as 0, 1 and 2."""
    if max(plain, default=0.0) <= 1:
        return not set(plain) <= {0.0, 1.0}
    if _from_zero(plain, named):
        return True
    if not set(plain) <= {0.0, 1.0, 2.0} or named == "stars":
        return False
    return named == "labels" or 0.0 in plain


def _from_zero(plain: Collection[float], named: Named) -> bool:
    """Whether numbers can be labels of which the least is 0, such as 0 to 4, and not stars that some did not give."""
    return named == "labels" and 0.0 in plain and max(plain) < _FEWEST_STARS and all(n == int(n) for n in plain)


def _zero_is_bad(scale: Scale, points: Collection[Points]) -> bool:
    """Whether somebody drew the line below all stars that there are, or through labels such as 0, 1 and 2."""
    found = [scale.points(p) for p in points]
    return max(found, default=0.0) <= 2 or not any(1 <= n < scale.cut for n in found)


def meaning(scale: Scale, spoken: Collection[str]) -> Said:
    """The same in words.

    Args:
        scale: what was understood.
        spoken: words such as 긍정 or Y with which the first rows say it; empty where numbers do.
    """
    if scale.kind == "labels" and not spoken:
        return Said("meaning_labels_numbers", {"good": 1, "bad": 0 if scale.cut else -1})
    if scale.kind == "labels":
        return Said("meaning_labels_yes" if YES_OR_NO.issuperset(spoken) else "meaning_labels")
    return Said("meaning_stars", {"highest": scale.highest, "cut": scale.cut})
