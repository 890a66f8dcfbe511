"""How often an alert is wrong, and how soon it is right: ``python -m tests.scenarios.alerts`` prints it, in a minute.

A thousand made-up quiet channels a month, each with a volume, a share of negative reviews and a kind of traffic of
its own, and the same with the share doubled from one moment on. All of them go through :mod:`bot.core.alerts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core import alerts

LOOKS = 86_400 // alerts.LOOK_SECONDS
"""In a day."""

LEAD = alerts.BASELINE_DAYS + alerts.RECENT_DAYS
"""Days before the first that counts."""

KINDS = ("even", "bursts", "day and night", "weekends", "night owls", "moods")
"""Traffic: Poisson; negative binomial; with a cycle of the hours; of the week too; the share has a cycle of the hours,
a fifth up and down; the share is another each day, by 15 % as a rule."""


@dataclass(frozen=True)
class Traffic:
    """Reviews: ``negative`` and ``total``, each ``(channels, days, looks of a day)``."""

    negative: NDArray[np.int64]
    total: NDArray[np.int64]


def traffic(
    rng: np.random.Generator,
    volume: NDArray[np.float64],
    share: NDArray[np.float64],
    kind: NDArray[np.int64],
    days: int,
    start: NDArray[np.int64] | None = None,
    *,
    more: bool = False,
) -> Traffic:
    """Make reviews up.

    Args:
        rng: of chance.
        volume: reviews a day, ``(channels,)``.
        share: of them that are negative, ``(channels,)``.
        kind: index in :data:`KINDS`, ``(channels,)``.
        days: how many.
        start: look, counted from the first day, from which twice as many are negative, ``(channels,)``.
        more: whether those come in addition; else they take the place of others.
    """
    channels = len(volume)
    hour = np.arange(LOOKS) / LOOKS * 24
    cycle = 1 + 0.9 * np.sin((hour - 9) / 24 * 2 * np.pi)  # nearly nothing at three in the morning
    rate = np.repeat(volume[:, None, None] / LOOKS, days, axis=1) * np.ones(LOOKS)
    rate *= np.where((kind >= 2)[:, None, None], cycle, 1.0)
    weekend = np.isin(np.arange(days) % 7, (5, 6))[None, :, None]
    rate *= np.where((kind == 3)[:, None, None] & weekend, 0.4, 1.0)
    p = np.broadcast_to(share[:, None, None], rate.shape).copy()
    p *= np.where((kind == 4)[:, None, None], 1 - 0.2 * np.sin((hour - 9) / 24 * 2 * np.pi), 1.0)
    p *= np.where((kind == 5)[:, None, None], np.exp(0.15 * rng.standard_normal((channels, days, 1))), 1.0)
    # A gamma of mean 1 over each look makes a negative binomial of the Poisson: bursts five times as wide.
    bursts = np.isin(kind, (1, 3, 5))
    rate[bursts] *= rng.gamma(0.25, 4.0, (int(bursts.sum()), days, LOOKS))
    if start is not None:
        on = np.arange(days * LOOKS).reshape(days, LOOKS)[None] >= start[:, None, None]
        if more:
            rate = np.where(on, rate * (1 + p), rate)
            p = np.where(on, 2 * p / (1 + p), p)
        else:
            p = np.where(on, 2 * p, p)
    total = rng.poisson(rate)
    return Traffic(rng.binomial(total, np.clip(p, 0, 1)), total)


def watched(made: Traffic, first: int, limit: float = alerts.LIMIT) -> NDArray[np.bool_]:
    """At which looks an alert is given, ``(channels, days - first, looks)``: the baseline is taken anew each day."""
    blocks = (*made.total.shape[:2], LOOKS // alerts.BLOCK_LOOKS, alerts.BLOCK_LOOKS)
    negative, total = made.negative.reshape(blocks).sum(-1), made.total.reshape(blocks).sum(-1)
    height, is_open = np.zeros(len(total)), np.zeros(len(total), dtype=bool)
    out = []
    for day in range(first, made.total.shape[1]):
        window = slice(day - LEAD, day - alerts.RECENT_DAYS)
        flat = (len(total), -1)
        usual = alerts.baseline(negative[:, window].reshape(flat), total[:, window].reshape(flat))
        moves = alerts.steps(made.negative[:, day], made.total[:, day], usual)
        course = alerts.follow(moves, height, is_open, limit)
        height, is_open = course.height, course.open
        out.append(course.opened)
    return np.stack(out, axis=1)


def quiet_month(seed: int, channels: int = 1000, limit: float = alerts.LIMIT) -> NDArray[np.int64]:
    """False alarms of each channel in thirty days, ``(channels,)``."""
    rng = np.random.default_rng(seed)
    volume = np.exp(rng.uniform(np.log(5), np.log(2000), channels))
    share = rng.uniform(0.03, 0.5, channels)
    kind = rng.integers(0, len(KINDS), channels)
    made = traffic(rng, volume, share, kind, LEAD + 30)
    return watched(made, LEAD, limit).sum(axis=(1, 2))


def found(
    seed: int,
    volume: float,
    share: float,
    *,
    trials: int = 400,
    kind: int | None = None,
    more: bool = False,
    limit: float = alerts.LIMIT,
) -> NDArray[np.float64]:
    """Hours from a doubling to its alert; infinite if it took more than a day, ``(trials,)``."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 4, trials) if kind is None else np.full(trials, kind)
    start = LEAD * LOOKS + rng.integers(0, LOOKS, trials)
    made = traffic(rng, np.full(trials, volume), np.full(trials, share), kinds, LEAD + 2, start, more=more)
    seen = watched(made, LEAD, limit).reshape(trials, -1)
    after = np.arange(seen.shape[1])[None] >= (start - LEAD * LOOKS)[:, None]
    first = np.where((seen & after).any(1), np.argmax(seen & after, axis=1), 10**6)
    hours = (first - (start - LEAD * LOOKS) + 1) * 24 / LOOKS
    return np.where(hours <= 24, hours, np.inf)
