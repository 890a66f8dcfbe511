"""Measures of a classifier, each with its sample size, and with an interval where it is an estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.messages import say

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LENGTHS = ((0, 10), (10, 20), (20, 40), (40, 80), (80, 10**9))
"""Groups of lengths, in characters: from, to (exclusive)."""


@dataclass(frozen=True)
class Share:
    """A measured share with its 95 % interval (Wilson 1927).

    Attributes:
        right, n: how many of how many.
        value, low, high: share and interval, 0..1.
    """

    right: int
    n: int
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2%} [{self.low:.2%}, {self.high:.2%}] (n = {self.n:,})" if self.n else "–"


def share(right: Sequence[bool] | Bools) -> Share:
    """The share of true values and its interval; NaN for none."""
    values = np.asarray(right, bool)
    return share_of(int(values.sum()), len(values))


def share_of(right: int, n: int) -> Share:
    """So many of so many; NaN for none."""
    if not n:
        return Share(0, 0, math.nan, math.nan, math.nan)
    from scipy.stats import binomtest  # takes a second, which --help has no use for

    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return Share(right, n, right / n, float(interval.low), float(interval.high))


def macro_f1(positive: Bools, predicted: Bools) -> float:
    """Mean of the F1 of the classes that occur, in truth or among the guesses, as scikit-learn takes it."""
    scores = []
    for truth, guess in ((positive, predicted), (~positive, ~predicted)):
        total = truth.sum() + guess.sum()
        if total:
            scores.append(2 * (truth & guess).sum() / total)
    return float(np.mean(scores))


def calibration_error(probability: Floats, positive: Bools, bins: int = 15) -> float:
    """Expected calibration error of the confidence, 0..1 (Guo et al. 2017, arXiv:1706.04599): equal-width bins."""
    confidence, places = _binned(probability, bins)
    return _gaps(confidence, places, (probability >= 0.5) == positive, bins)


def _binned(probability: Floats, bins: int) -> tuple[Floats, NDArray[np.intp]]:
    """Confidence, and the number of its bin, ``[rows]``."""
    confidence = np.maximum(probability, 1 - probability)
    return confidence, np.clip(((confidence - 0.5) * 2 * bins).astype(np.intp), 0, bins - 1)


def _gaps(confidence: Floats, places: NDArray[np.intp], right: Bools, bins: int) -> float:
    """What is between confidence and accuracy, weighed by the rows of each bin."""
    return float(np.abs(np.bincount(places, confidence - right, bins)).sum() / max(len(confidence), 1))


@dataclass(frozen=True)
class ByChance:
    """The calibration error that a perfectly calibrated model with these probabilities would be found to have.

    It is not 0, because the rows are few.

    Attributes:
        mean: of many such findings.
        high: 95 % of them are lower.
    """

    mean: float
    high: float


def calibration_error_by_chance(probability: Floats, bins: int = 15, draws: int = 500, seed: int = 0) -> ByChance:
    """What :func:`calibration_error` would be if every probability were true."""
    random = np.random.default_rng(seed)
    confidence, places = _binned(probability, bins)
    found = [_gaps(confidence, places, random.random(len(places)) < confidence, bins) for _ in range(draws)]
    return ByChance(float(np.mean(found)), float(np.quantile(found, 0.95)))


def at_coverage(probability: Floats, positive: Bools, coverage: float) -> Share:
    """Accuracy on the ``coverage`` share of rows of which the model is most sure."""
    order = np.argsort(-abs(probability - 0.5), kind="stable")[: round(coverage * len(probability))]
    return share((probability[order] >= 0.5) == positive[order])


@dataclass(frozen=True)
class Paired:
    """Two models on the same rows (McNemar 1947, exact).

    Attributes:
        only_first, only_second: rows that only the first, only the second model has right.
        p: probability of a difference at least this large if the two were equally good.
    """

    only_first: int
    only_second: int
    p: float

    def __str__(self) -> str:
        return say("paired", first=self.only_first, second=self.only_second, p=self.p)


def paired(first: Bools, second: Bools) -> Paired:
    """Compare which rows two models have right."""
    from scipy.stats import binomtest

    a, b = int((first & ~second).sum()), int((second & ~first).sum())
    return Paired(a, b, float(binomtest(a, a + b).pvalue) if a + b else 1.0)


def unsure_band(probability: Floats, positive: Bools, target: float) -> tuple[float, float]:
    """Thresholds outside which a model is right ``target`` of the time, on each side, with the least left inside.

    Args:
        probability: calibrated probabilities of rows the model did not learn from.
        positive: their labels.
        target: e.g. 0.97.

    Returns:
        ``(negative_below, positive_above)``; (0, 1) where a side cannot reach the target.
    """
    order = np.argsort(probability)
    p, y = probability[order], positive[order]
    negative_right = np.cumsum(~y) / np.arange(1, len(y) + 1)
    positive_right = np.cumsum(y[::-1]) / np.arange(1, len(y) + 1)
    low = np.flatnonzero((negative_right >= target) & (p < 0.5))
    high = np.flatnonzero((positive_right >= target) & (p[::-1] > 0.5))
    below = float(p[low[-1]]) if len(low) else 0.0
    above = float(p[::-1][high[-1]]) if len(high) else 1.0
    return below, above


def expected_band(probability: Floats, target: float) -> tuple[float, float]:
    """Thresholds outside which calibrated probabilities say that ``target`` of the verdicts are right, on each side.

    Unlike :func:`unsure_band` it does not follow the accidents of single rows, but it is only as good as the
    calibration: it wants thousands of rows.

    Args:
        probability: calibrated probabilities of many rows that the model did not learn from.
        target: e.g. 0.97.

    Returns:
        ``(negative_below, positive_above)``; (0, 1) where a side cannot reach the target.
    """
    edges = []
    for confidence in (1 - probability, probability):
        surest = np.sort(confidence[confidence > 0.5])[::-1]
        reached = np.flatnonzero(np.cumsum(surest) / np.arange(1, len(surest) + 1) >= target)
        edges.append(float(surest[reached[-1]]) if len(reached) else 1.0)
    return 1 - edges[0], edges[1]
