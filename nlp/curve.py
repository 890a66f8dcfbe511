"""What a threshold is worth: precision and recall of each band, measured on reviews that no model learned from.

The trainer measures it and puts it into the model folder as ``curve.json``:

    {"rows": 20000,
     "negative": [[0.01, 0.995, 0.41], ...],      threshold, precision, recall: probability <= threshold
     "positive": [[0.99, 0.998, 0.37], ...]}      probability >= threshold

Precision is the share of right ones among the reviews that the band takes in; recall is the share that it takes in of
all reviews that should be in it. Where reviews of one kind are rarer than in those that were measured, precision of
that band is lower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

CURVE = "curve.json"

_MOST_POINTS = 10_000


class Point(NamedTuple):
    """What a band is worth that begins, or ends, at a threshold; all three 0..1."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Curve:
    """Points of both bands, by rising threshold.

    Attributes:
        rows: how many reviews were measured.
        negative: of the band of probabilities up to the threshold.
        positive: of the band of probabilities from the threshold on.
    """

    rows: int
    negative: tuple[Point, ...]
    positive: tuple[Point, ...]

    def __post_init__(self) -> None:
        if type(self.rows) is not int or self.rows < 1:
            raise ValueError("a curve must say how many rows were measured")
        for points in (self.negative, self.positive):
            numbers = [number for point in points for number in point]
            if len(points) > _MOST_POINTS or not all(
                isinstance(number, int | float) and 0 <= number <= 1 for number in numbers
            ):
                raise ValueError("a curve must have thresholds, precisions and recalls between 0 and 1")
            if any(before.threshold >= after.threshold for before, after in pairwise(points)):
                raise ValueError("the thresholds of a curve must rise")

    def at_negative(self, threshold: float) -> Point | None:
        """The band of probabilities up to a threshold; None beyond what was measured."""
        return _at(self.negative, threshold)

    def at_positive(self, threshold: float) -> Point | None:
        """The band of probabilities from a threshold on; None beyond what was measured."""
        return _at(self.positive, threshold)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-serialisable description; :meth:`from_dict` reads it back."""
        return {"rows": self.rows, "negative": _rounded(self.negative), "positive": _rounded(self.positive)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Curve:
        """Read a description.

        Raises:
            ValueError: if it is not one that :meth:`to_dict` writes.
        """
        try:
            lists = (tuple(Point(*point) for point in data[name]) for name in ("negative", "positive"))
            return cls(data["rows"], *lists)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not the curve of a model: {error}") from None


def _rounded(points: Sequence[Point]) -> list[list[float]]:
    return [[round(number, 4) for number in point] for point in points]


def _at(points: Sequence[Point], threshold: float) -> Point | None:
    """Straight lines between the points."""
    for point in points:
        if point.threshold == threshold:
            return point
    for before, after in pairwise(points):
        if before.threshold < threshold < after.threshold:
            share = (threshold - before.threshold) / (after.threshold - before.threshold)
            precision, recall = (a + share * (b - a) for a, b in zip(before[1:], after[1:], strict=True))
            return Point(threshold, precision, recall)
    return None
