"""Measures what thresholds are worth, for :mod:`nlp.curve`."""

from __future__ import annotations

import json

import numpy as np

from nlp.curve import Curve, Point
from training.metrics import Bools, Floats

THRESHOLDS = tuple(round(number / 100, 2) for number in range(1, 100))


def measure_curve(probability: Floats, positive: Bools, thresholds: tuple[float, ...] = THRESHOLDS) -> Curve:
    """Precision and recall of both bands at each threshold.

    Args:
        probability: ``[n]``, calibrated probabilities of rows the model did not learn from.
        positive: ``[n]``, their labels.
        thresholds: rising; where a band takes in nothing there is no precision, and the point is left out.
    """
    below: list[Point] = []
    above: list[Point] = []
    for threshold in thresholds:
        for points, taken, right in (
            (below, probability <= threshold, ~positive),
            (above, probability >= threshold, positive),
        ):
            hits = float((taken & right).sum())
            if taken.any():
                points.append(Point(threshold, hits / float(taken.sum()), hits / max(1.0, float(right.sum()))))
    return Curve(len(np.asarray(positive)), tuple(below), tuple(above))


def to_json(curve: Curve) -> bytes:
    """As it is put into a model folder."""
    return (json.dumps(curve.to_dict()) + "\n").encode()
