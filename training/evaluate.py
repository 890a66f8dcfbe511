"""What a model is worth, on rows it never saw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import Analyzer
from training.data import Row
from training.metrics import (
    LENGTHS,
    ByChance,
    Paired,
    Share,
    at_coverage,
    calibration_error,
    calibration_error_by_chance,
    macro_f1,
    paired,
    share,
)
from training.rows import Rows


@dataclass(frozen=True)
class Evaluation:
    """Measures of one model on one set of rows.

    Attributes:
        model_id: which model.
        accuracy: share of rows whose polarity is right.
        macro_f1: mean F1 of both polarities.
        by_rating, by_length: accuracy within groups.
        calibration_error: expected calibration error, 0..1.
        at_80, at_90: accuracy on the 80 % and 90 % of rows of which the model is most sure.
        sure: accuracy outside the unsure band.
        unsure_share: share of rows inside it.
        stars: share of rows whose star rating is right; None if the rows or the model have no stars.
        probability, positive: per row, for pictures and comparisons.
    """

    model_id: str
    accuracy: Share
    macro_f1: float
    by_rating: dict[str, Share]
    by_length: dict[str, Share]
    calibration_error: float
    at_80: Share
    at_90: Share
    sure: Share
    unsure_share: float
    stars: Share | None
    probability: NDArray[np.float64]
    positive: NDArray[np.bool_]

    def __repr__(self) -> str:
        return f"Evaluation({self.model_id}: {self.accuracy})"

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which rows the model has right."""
        return np.asarray((self.probability >= 0.5) == self.positive)

    @cached_property
    def calibration_by_chance(self) -> ByChance:
        """What the calibration error would be on so many rows if every probability were true."""
        return calibration_error_by_chance(self.probability)

    def against(self, other: Evaluation) -> Paired:
        """Compare with another model on the same rows."""
        return paired(self.right, other.right)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the rows, as values that JSON has: None where there was nothing to measure."""
        data = asdict(self) | {"calibration_by_chance": asdict(self.calibration_by_chance)}
        del data["probability"], data["positive"]
        plain: dict[str, Any] = _plain(data)
        return plain


def evaluate(analyzer: Analyzer, rows: Sequence[Row], *, positive_above: float = 3, progress: Any = None) -> Evaluation:
    """Ask a model about rated rows.

    Args:
        analyzer: the model, as it serves.
        rows: rated rows.
        positive_above: ratings above this are positive; below 1 where there are labels, 0 and 1, and no stars.
        progress: called with the number of rows done, now and then.
    """
    every = Rows.of(rows)
    rating, count = every.ratings, len(rows)
    probability, length, starred = np.empty(count), np.empty(count, np.int32), np.empty(count)
    sure = np.empty(count, bool)
    for start in range(0, count, 512):  # a verdict holds far more than what is counted here
        texts = every.texts[start : start + 512]
        verdicts, at = analyzer.analyze_batch(texts), slice(start, start + len(texts))
        probability[at] = [v.probability for v in verdicts]
        sure[at] = [v.band != "unsure" for v in verdicts]
        starred[at] = np.array([v.rating for v in verdicts], float)
        length[at] = [len(text) for text in texts]
        if progress is not None:
            progress(at.stop)
    positive = rating > positive_above
    right = (probability >= 0.5) == positive
    known = np.isin(rating, analyzer.settings.network.ratings)
    stars = share(starred[known] == rating[known]) if known.mean() > 0.9 and positive_above >= 1 else None
    levels = np.unique(rating)
    by_rating = (
        {f"{r:g}": share(right[rating == r]) for r in levels} if len(levels) <= 10 and positive_above >= 1 else {}
    )
    return Evaluation(
        model_id=analyzer.model_id,
        accuracy=share(right),
        macro_f1=macro_f1(positive, probability >= 0.5),
        by_rating=by_rating,
        by_length={_name(a, b): share(right[(length >= a) & (length < b)]) for a, b in LENGTHS},
        calibration_error=calibration_error(probability, positive),
        at_80=at_coverage(probability, positive, 0.8),
        at_90=at_coverage(probability, positive, 0.9),
        sure=share(right[sure]),
        unsure_share=float(1 - sure.mean()),
        stars=stars,
        probability=probability,
        positive=positive,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _name(low: int, high: int) -> str:
    if not low:
        return f"<{high}"
    return f"{low}–{high - 1}" if high < 10**6 else f"{low}+"
