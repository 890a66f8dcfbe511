"""How often an alert is wrong and how soon it is right; ``python -m tests.scenarios.alerts`` has more of it."""

from __future__ import annotations

import numpy as np
import pytest

from bot.core import alerts
from tests.scenarios.alerts import KINDS, LEAD, found, quiet_month, traffic, watched


def test_a_thousand_quiet_channels_have_no_more_than_one_false_alarm_in_a_month() -> None:
    alarms = quiet_month(0)
    assert len(alarms) == 1000
    assert alarms.sum() <= 1


@pytest.mark.parametrize(("volume", "share"), [(250, 0.2), (150, 0.3), (2000, 0.05)])
def test_nine_of_ten_doublings_are_found_within_a_day(volume: int, share: float) -> None:
    assert np.isfinite(found(1, volume, share, trials=200)).mean() >= 0.9


def test_a_lower_limit_would_cry_wolf_and_a_higher_one_sleep() -> None:
    assert quiet_month(0, 300, limit=5.0).sum() > 10
    assert np.isfinite(found(1, 250, 0.2, trials=100, limit=30.0)).mean() < 0.5


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_no_kind_of_traffic_is_an_alarm(kind: int) -> None:
    rng = np.random.default_rng(7)
    made = traffic(rng, np.full(100, 300.0), np.full(100, 0.2), np.full(100, kind), LEAD + 10)
    assert watched(made, LEAD).sum() <= 1


def test_more_traffic_of_the_same_share_is_none() -> None:
    rng = np.random.default_rng(8)
    volumes = np.full(100, 200.0)
    usual = traffic(rng, volumes, np.full(100, 0.2), np.zeros(100, dtype=np.int64), LEAD)
    busy = traffic(rng, 4 * volumes, np.full(100, 0.2), np.zeros(100, dtype=np.int64), 3)
    joined = type(usual)(
        np.concatenate([usual.negative, busy.negative], axis=1), np.concatenate([usual.total, busy.total], axis=1)
    )
    assert watched(joined, LEAD).sum() == 0


def test_an_alert_needs_many_negative_reviews_and_a_baseline_many_reviews() -> None:
    blocks = np.full(112, 2)
    usual = alerts.baseline(np.zeros(112, dtype=np.int64), blocks)
    assert usual.ready
    least = alerts.least_negative()
    assert least == 19
    burst = np.ones(least - 1, dtype=np.int64)
    assert not alerts.follow(alerts.steps(burst, burst, usual)).open
    assert not alerts.baseline(blocks[:88], blocks[:88]).ready, "176 reviews"
    assert not alerts.baseline(np.array([50] * 8), np.array([100] * 8)).ready, "two days"


def test_what_wavers_by_itself_is_believed_less() -> None:
    rng = np.random.default_rng(9)
    total = np.full(112, 100)
    calm = alerts.baseline(rng.binomial(total, 0.2), total)
    wavering = alerts.baseline(rng.binomial(total, np.repeat(rng.choice([0.1, 0.3], 28), 4)), total)
    assert calm.dispersion < 1.6
    assert wavering.dispersion > 4


def test_an_incident_opens_once_closes_once_and_can_come_again() -> None:
    moves = np.array([5.0, 5, 5, -1, 5, -9, 1, 5, 5, 5])
    course = alerts.follow(moves)
    assert course.opened.nonzero()[0].tolist() == [2, 9]
    assert course.closed.nonzero()[0].tolist() == [5]
    assert course.open
    assert course.since == 6
