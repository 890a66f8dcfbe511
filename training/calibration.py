"""Calibration: from a model's log-odds to probabilities that are true as often as they say.

Platt's line (Platt 1999) with one more number. A network with a linear part beside it errs in both directions at once:
too timid where it doubts, too bold where it is sure, because some labels are wrong whatever a text says. So the line
is bent by a hyperbolic tangent, much as beta calibration (Kull et al. 2017, AISTATS) adds a third number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]

Curve = tuple[float, float, float]
"""``scale, shift, bend`` of :class:`nlp.artifact.ModelSettings`."""


def fit_calibration(odds: Floats, positive: NDArray[np.bool_]) -> Curve:
    """Fit a curve to log-odds of rows that the model did not learn from.

    Args:
        odds: raw log-odds of positive, ``[rows]``.
        positive: labels, ``[rows]``.

    Returns:
        A curve that never falls; without a bend if one would make it fall.
    """
    both = np.stack([odds, np.tanh(odds / 2)], axis=1)
    line = LogisticRegression(C=1e6, max_iter=1000).fit(both, positive)
    scale, bend = (float(x) for x in line.coef_[0])
    if scale > 0 and scale + bend / 2 > 0:
        return scale, float(line.intercept_[0]), bend
    line = LogisticRegression(C=1e6).fit(odds[:, None], positive)
    return float(line.coef_[0, 0]), float(line.intercept_[0]), 0.0


def calibrated(odds: Floats, curve: Curve) -> Floats:
    """Calibrated log-odds, ``[rows]``."""
    scale, shift, bend = curve
    return np.asarray(scale * odds + bend * np.tanh(odds / 2) + shift)


def probability(odds: Floats, curve: Curve) -> Floats:
    """Calibrated probability of positive, ``[rows]``."""
    return np.asarray(1 / (1 + np.exp(-calibrated(odds, curve))))
