import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import metrics


def test_share_has_wilsons_interval():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263.
    result = metrics.share([True] * 81 + [False] * 182)
    assert result.value == pytest.approx(0.3080, abs=5e-5)
    assert (result.low, result.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_mcnemar_counts_only_rows_that_differ():
    first = np.array([True] * 50 + [True] * 10 + [False] * 2)
    second = np.array([True] * 50 + [False] * 10 + [True] * 2)
    result = metrics.paired(first, second)
    assert (result.only_first, result.only_second) == (10, 2)
    assert result.p == pytest.approx(2 * sum([1, 12, 66]) / 2**12)


def test_calibration_error_of_a_perfectly_honest_model_is_small_and_of_a_boaster_large():
    random = np.random.default_rng(0)
    probability = random.random(20_000)
    positive = random.random(20_000) < probability
    assert metrics.calibration_error(probability, positive) < 0.02
    boast = np.where(probability > 0.5, 0.99, 0.01)
    assert metrics.calibration_error(boast, positive) > 0.2


def test_the_calibration_error_that_chance_alone_makes():
    random = np.random.default_rng(1)
    probability = np.clip(random.beta(0.3, 0.3, 4000), 0.01, 0.99)
    found = [metrics.calibration_error(probability, random.random(4000) < probability) for _ in range(200)]
    chance = metrics.calibration_error_by_chance(probability)
    assert chance.mean == pytest.approx(np.mean(found), rel=0.05)
    assert 0.9 < np.mean(np.array(found) < chance.high) < 0.99
    few = metrics.calibration_error_by_chance(probability[:200])
    assert few.mean > 3 * chance.mean, "fewer rows, more chance"
    boast = np.where(probability > 0.5, 0.999, 0.001)
    truth = random.random(4000) < probability
    assert metrics.calibration_error(boast, truth) > metrics.calibration_error_by_chance(boast).high


def test_coverage_leaves_out_the_least_sure():
    probability = np.array([0.99, 0.01, 0.6, 0.4])
    positive = np.array([True, False, False, True])
    assert metrics.at_coverage(probability, positive, 0.5).value == 1
    assert metrics.at_coverage(probability, positive, 1).value == 0.5


def test_macro_f1():
    truth, guess = np.array([1, 1, 0, 0], bool), np.array([1, 0, 0, 0], bool)
    assert metrics.macro_f1(truth, guess) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert metrics.macro_f1(truth | True, guess | True) == 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200), st.floats(0.5, 1))
def test_the_band_keeps_its_promise_on_both_sides(rows, target):
    probability, positive = np.array([p for p, _ in rows]), np.array([y for _, y in rows])
    below, above = metrics.unsure_band(probability, positive, target)
    assert 0 <= below <= 0.5 <= above <= 1
    if below > 0 and len(set(probability)) == len(probability):
        assert (~positive[probability <= below]).mean() >= target
    if above < 1 and len(set(probability)) == len(probability):
        assert positive[probability >= above].mean() >= target


def test_a_band_by_calibrated_probabilities_is_as_wide_as_they_say():
    random = np.random.default_rng(5)
    probability = random.beta(0.4, 0.5, 20_000)
    positive = random.random(20_000) < probability
    below, above = metrics.expected_band(probability, 0.97)
    assert 0 < below < 0.5 < above < 1
    for outside, right in ((probability <= below, ~positive), (probability >= above, positive)):
        confidence = np.maximum(probability, 1 - probability)[outside]
        assert confidence.mean() == pytest.approx(0.97, abs=1e-4), "no wider than it need be"
        assert right[outside].mean() == pytest.approx(0.97, abs=0.005), "and it is so"
    flipped = metrics.expected_band(1 - probability, 0.97)
    assert flipped == pytest.approx((1 - above, 1 - below))


def test_who_is_never_sure_enough_is_unsure_of_all():
    assert metrics.expected_band(np.array([0.4, 0.6, 0.55]), 0.97) == (0.0, 1.0)
