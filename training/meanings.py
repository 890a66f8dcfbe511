"""What the cells of a column of ratings mean: stars on a scale, or labels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from training.errors import DataError
from training.host import Host
from training.joined import Joined
from training.messages import Said

POSITIVE = frozenset(
    ["긍정", "긍정적", "긍정리뷰", "좋음", "좋아요", "만족", "positive", "pos", "good", "p", "true", "yes"]
)
NEGATIVE = frozenset(
    ["부정", "부정적", "부정리뷰", "나쁨", "싫어요", "불만", "불만족", "negative", "neg", "bad", "n", "false", "no"]
)
NEUTRAL = frozenset(["중립", "중립적", "보통", "neutral", "neu", "mixed"])
WORDS = POSITIVE | NEGATIVE | NEUTRAL
MISSING = frozenset(["", "-", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none", "없음", "미평가"])
"""What stands in the cell of a review that nobody rated."""

_FEWEST_STARS = 5
_SCALES = (5.0, 10.0, 100.0)

Kind = Literal["stars", "labels"]


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

    def stars(self, points: float) -> float:
        """Points as stars, 1 to 5."""
        return max(1.0, points * 5 / self.highest)


Value = float | bool | str | None
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
    def points(self) -> list[float]:
        """The ratings among them."""
        return [value for _, value in self._numbers if isinstance(value, float)]

    @property
    def words(self) -> bool:
        """Whether some are words such as 긍정."""
        return any(isinstance(value, bool) for _, value in self._numbers)

    def judge(self, scale: Scale) -> None:
        """Tell what each means."""
        for (_, value), number in self._numbers.items():
            if value is None or (isinstance(value, float) and value == 0 and not scale.zero):
                self._joined.means_nothing(number, "unrated")
            elif value == "neutral" or (not isinstance(value, bool) and value == scale.cut):
                self._joined.means_nothing(number, "middle")
            elif isinstance(value, bool):
                self._joined.means(number, positive=value, stars=5.0 if value else 1.0)
            else:
                points = float(value)
                self._joined.means(number, positive=points > scale.cut, stars=scale.stars(points))


def understood(path: Path, number: int, cell: Any, host: Host) -> Value:
    """What a cell says of a review."""
    if isinstance(cell, bool):
        return cell
    word = host.as_text(cell).strip().casefold()
    if word in MISSING:
        return None
    if word in POSITIVE or word in NEGATIVE:
        return word in POSITIVE
    if word in NEUTRAL:
        return "neutral"
    points = host.points(cell)
    if points is None:
        raise DataError("label_unclear", file=path.name, row=number)
    return points


def scale_of(path: Path, numbers: Collection[float], scale: float | None, cut: float | None, *, stars: bool) -> Scale:
    """What the numbers mean; with ``stars`` a file of nothing but ones is one of bad reviews, not of good."""
    highest, found = max(numbers, default=0.0), set(numbers)
    if scale is None and cut is None and found <= {0.0, 1.0} and (0.0 in found or not stars):
        return Scale("labels", 1.0, 0.5)
    scale = scale or next((s for s in _SCALES if highest <= s), None)
    if scale is None or highest > scale:
        raise DataError("rating_too_high", file=path.name, rating=highest, highest=scale or 100)
    # Who draws the line below all points but none at all, or through labels such as 0, 1 and 2, means that 0 is bad.
    zero = scale < _FEWEST_STARS or (cut is not None and not (highest > 2 and any(1 <= n < cut for n in found)))
    cut = 0.6 * scale if cut is None else cut
    if not 0 <= cut < scale:
        raise DataError("cut_too_high", cut=cut, highest=scale)
    return Scale("stars", scale, cut, zero)


def meaning(scale: Scale) -> Said:
    """The same in words."""
    if scale.kind == "labels":
        return Said("meaning_labels")
    return Said("meaning_stars", {"highest": scale.highest, "cut": scale.cut})
