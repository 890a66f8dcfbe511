"""What is said of precision must be so: coverage, false advice and false alarms are counted."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from bot.core.cases import Judgement
from bot.core.precision import LEAST_FOR_ALARM, LEAST_JUDGED, advise, drifted, precision, wilson

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def said(probabilities: object, right: object) -> list[Judgement]:
    pairs = zip(np.asarray(probabilities).tolist(), np.asarray(right).tolist(), strict=True)
    return [Judgement(NOON, float(probability), bool(sound)) for probability, sound in pairs]


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (9, 10, 0.5958, 0.9821), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_is_the_one_in_the_books(right: int, n: int, low: float, high: float) -> None:
    share = wilson(right, n)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_of_nothing_nothing_is_known() -> None:
    share = precision([])
    assert (share.n, share.value, share.low, share.high) == (0, 0.0, 0.0, 1.0)


def test_a_better_threshold_is_suggested_when_there_is_evidence() -> None:
    rng = np.random.default_rng(1)
    probability = rng.uniform(0, 0.3, 400)
    right = rng.uniform(size=400) < np.where(probability < 0.1, 0.98, 0.6)
    advice = advise(said(probability, right), 0.3)
    assert advice is not None
    assert advice.threshold <= 0.2
    assert advice.share.low > right.mean()
    assert 0 < advice.kept < 1


def test_without_evidence_none_is() -> None:
    sound = said(np.full(LEAST_JUDGED - 1, 0.01), np.arange(LEAST_JUDGED - 1) % 2)
    assert advise(sound, 0.3) is None
    assert advise(said([0.2] * 200, [True] * 200), 0.01) is None
    rng, wrong = np.random.default_rng(2), 0
    for _ in range(200):  # right or wrong has nothing to do with the probability
        wrong += advise(said(rng.uniform(0, 0.3, 150), rng.uniform(size=150) < 0.8), 0.3) is not None
    assert wrong <= 0.05 * 200


def test_an_alarm_comes_when_false_alarms_double_and_seldom_else() -> None:
    rng = np.random.default_rng(3)
    quiet = [rng.uniform(size=300) < 0.9 for _ in range(100)]
    loud = [rng.uniform(size=300) < 0.75 for _ in range(100)]
    assert sum(drifted(said([0.1] * 300, right), 0.9) for right in quiet) <= 10
    assert sum(drifted(said([0.1] * 300, right), 0.9) for right in loud) >= 80


def test_a_few_verdicts_alarm_nobody() -> None:
    few = said([0.1] * (LEAST_FOR_ALARM - 1), [False] * (LEAST_FOR_ALARM - 1))
    assert not drifted(few, 0.97)
    assert drifted([*few, *few], 0.97)
