"""Calibration and the unsure band of a model, from what it says of rows that it does not know."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.analyze import binary_log_odds
from nlp.settings import ModelSettings
from training.calibration import crossed, fit_calibration
from training.calibration import probability as calibrated_probability
from training.data import Row
from training.metrics import calibration_error, calibration_error_by_chance, expected_band, share
from training.prepare import announce
from training.recipe import Recipe


def calibrated_settings(
    recipe: Recipe, said: Sequence[NDArray[np.float32]], asked: Sequence[Sequence[Row]]
) -> ModelSettings:
    """Calibration and bands from the rows of folds that the model did not learn from; says how it does there.

    Args:
        recipe: how sure it is to be outside the unsure band.
        said: class scores of each fold, ``[rows, classes]``.
        asked: its rows.
    """
    rows, logits = [r for own in asked for r in own], np.concatenate(said)
    odds = binary_log_odds(logits, recipe.network.positive_classes)
    positive = np.array([(r.rating or 0) > recipe.network.positive_above for r in rows])
    if len(said) > 1:
        ends = np.cumsum([len(own) for own in asked])[:-1]
        honest = crossed(np.split(odds, ends), np.split(positive, ends))
        error, chance = calibration_error(honest, positive), calibration_error_by_chance(honest)
        announce("fit_aside_calibration", error=error, mean=chance.mean, high=chance.high, rows=len(rows))
    curve = fit_calibration(odds, positive)
    probability = calibrated_probability(odds, curve)
    classes = np.array(recipe.network.ratings)[logits.argmax(axis=1)]
    announce("fit_aside_accuracy", share=share((probability > 0.5) == positive))
    announce("fit_aside_rating", share=share(classes == np.array([r.rating for r in rows])))
    below, above = expected_band(probability, recipe.right_when_sure)
    scale, shift, bend = curve
    return ModelSettings(recipe.network, scale, shift, below, above, bend)
