"""Calibration: from a model's log-odds to probabilities that are true as often as they say.

Platt's line (Platt 1999) with one more number. A network with a linear part beside it errs in both directions at once:
too timid where it doubts, too bold where it is sure, because some labels are wrong whatever a text says. So the line
is bent by a hyperbolic tangent, much as beta calibration (Kull et al. 2017, AISTATS) adds a third number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

Floats = NDArray[np.float64]

Curve = tuple[float, float, float]
"""``scale, shift, bend`` of :class:`nlp.settings.ModelSettings`."""

_CLEAR = 3.84  # of a likelihood ratio: 95 % of chi-squared with one degree of freedom
_FLAT: Curve = (0.01, 0.0, 0.0)
"""For scores that say nothing: every probability is near one half, so that every verdict is unsure."""


def fit_calibration(odds: Floats, positive: NDArray[np.bool_]) -> Curve:
    """Fit a curve to log-odds of rows that the model did not learn from.

    Args:
        odds: raw log-odds of positive, ``[rows]``.
        positive: labels, ``[rows]``.

    Returns:
        A curve that never falls: without a bend if one would make it fall. Also without a shift unless the rows show
        it clearly (likelihood ratio test, 5 %), since one that is due to chance does harm on other rows. Nearly flat
        where even a straight line would fall.
    """
    straight, line = (_fit(odds, positive, bent=bent) for bent in (False, True))
    scale, _, bend = line
    if scale > 0 and scale + bend / 2 > 0:
        return line
    return straight if straight[0] > 0 else _FLAT


def crossed(odds: Sequence[Floats], positive: Sequence[NDArray[np.bool_]]) -> Floats:
    """Probabilities of the rows of each fold by a curve that is fitted to the other folds alone, one after the other.

    Args:
        odds: raw log-odds of positive of each of two or more folds, ``[rows]``.
        positive: their labels.
    """
    out = []
    for k, own in enumerate(odds):
        others = [i for i in range(len(odds)) if i != k]
        curve = fit_calibration(
            np.concatenate([odds[i] for i in others]), np.concatenate([positive[i] for i in others])
        )
        out.append(probability(own, curve))
    return np.concatenate(out)


def _fit(odds: Floats, positive: NDArray[np.bool_], *, bent: bool) -> Curve:
    parts = np.stack([odds, np.tanh(odds / 2)], axis=1) if bent else odds[:, None]
    curves: list[Curve] = []
    likelihoods: list[float] = []
    for shifted in (False, True):
        line = LogisticRegression(C=1e6, max_iter=1000, fit_intercept=shifted).fit(parts, positive)
        shift = float(line.intercept_[0]) if shifted else 0.0
        curves.append((float(line.coef_[0, 0]), shift, float(line.coef_[0, 1]) if bent else 0.0))
        likelihoods.append(-log_loss(positive, line.predict_proba(parts)[:, 1], normalize=False))
    return curves[2 * (likelihoods[1] - likelihoods[0]) > _CLEAR]


def calibrated(odds: Floats, curve: Curve) -> Floats:
    """Calibrated log-odds, ``[rows]``."""
    scale, shift, bend = curve
    return np.asarray(scale * odds + bend * np.tanh(odds / 2) + shift)


def probability(odds: Floats, curve: Curve) -> Floats:
    """Calibrated probability of positive, ``[rows]``."""
    return np.asarray(1 / (1 + np.exp(-calibrated(odds, curve))))
