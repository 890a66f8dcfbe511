"""Calibration: probabilities that are true as often as they say, by a curve that never falls."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from nlp.config import NetworkConfig
from nlp.settings import ModelSettings
from training.calibration import calibrated, crossed, fit_calibration, probability
from training.metrics import calibration_error, expected_band


def noisy(rows, seed=0):
    """Log-odds of a model that is too timid in the middle, and labels of which some are wrong whatever it says."""
    random = np.random.default_rng(seed)
    truth = random.normal(0, 4, rows)
    positive = random.random(rows) < 0.03 + 0.94 / (1 + np.exp(-truth))
    return truth * 0.8 + 0.3, positive


def test_a_bend_is_found_where_sure_rows_are_wrong_at_times():
    odds, positive = noisy(20_000)
    scale, shift, bend = curve = fit_calibration(odds, positive)
    assert bend > 0.3 and shift < 0
    line = LogisticRegression(C=1e6).fit(odds[:, None], positive)
    straight = (float(line.coef_[0, 0]), float(line.intercept_[0]), 0.0)
    asked, truth = noisy(20_000, seed=1)
    bent, plain = (calibration_error(probability(asked, c), truth) for c in (curve, straight))
    assert bent < 0.7 * plain
    assert scale < straight[0]


def test_a_fold_is_judged_by_a_curve_of_the_others_alone():
    sides = [noisy(3000, seed) for seed in range(3)]
    odds, positive = [o for o, _ in sides], [y for _, y in sides]
    said = crossed(odds, positive)
    assert len(said) == 9000
    others = fit_calibration(np.concatenate(odds[1:]), np.concatenate(positive[1:]))
    np.testing.assert_allclose(said[:3000], probability(odds[0], others))
    turned = crossed(odds, [~positive[0], *positive[1:]])
    np.testing.assert_allclose(turned[:3000], said[:3000])
    assert abs(turned[3000:] - said[3000:]).max() > 0.01
    assert calibration_error(said, np.concatenate(positive)) < 0.02


def test_a_shift_that_chance_made_is_left_out():
    odds, positive = noisy(20_000)
    few = slice(0, 1000)
    assert [fit_calibration(odds[few] - 0.3, positive[few])[1], fit_calibration(odds, positive)[1] < -0.1] == [0, True]


def test_the_model_does_what_training_fitted():
    odds, positive = noisy(4000)
    scale, shift, bend = curve = fit_calibration(odds, positive)
    settings = ModelSettings(NetworkConfig(), scale, shift, bend=bend)
    assert [settings.calibrated(x) for x in odds[:50]] == pytest.approx(calibrated(odds[:50], curve).tolist())


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_never_falls(seed):
    """Also where sure rows are right and doubtful ones the wrong way round."""
    random = np.random.default_rng(seed)
    odds = random.normal(0, 3, 2000)
    positive = np.where(abs(odds) < 3, odds < 0, odds > 0) ^ (random.random(2000) < 0.05)
    curve = fit_calibration(odds, positive)
    assert (np.diff(calibrated(np.linspace(-20, 20, 400), curve)) > 0).all()
    assert curve[2] == 0


@pytest.mark.parametrize(("sign", "seed"), [(0, 1), (0, 3), (-1, 0)], ids=["random", "bent", "wrong way round"])
def test_scores_that_say_nothing_make_a_model_that_is_sure_of_nothing(sign, seed):
    random = np.random.default_rng(seed)
    odds = random.normal(0, 5, 300)
    positive = random.random(300) < 1 / (1 + np.exp(-sign * odds))
    scale, shift, bend = curve = fit_calibration(odds, positive)
    band = expected_band(probability(odds, curve), 0.9)
    settings = ModelSettings(NetworkConfig(), scale, shift, *band, bend)
    assert settings.calibrated(-20.0) < settings.calibrated(20.0)
    assert (settings.negative_below, settings.positive_above) == (0, 1)
