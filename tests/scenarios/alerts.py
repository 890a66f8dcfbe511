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


def days_to_find(seed: int, volume: float, share: float, days: int = 10) -> float:
    """Days until nine of ten doublings are found, for channels of which a day is not enough; infinite beyond that."""
    rng = np.random.default_rng(seed)
    trials = 200
    start = np.full(trials, LEAD * LOOKS)
    kinds = rng.integers(0, 4, trials)
    made = traffic(rng, np.full(trials, volume), np.full(trials, share), kinds, LEAD + days, start)
    seen = watched(made, LEAD).reshape(trials, -1)
    first = np.where(seen.any(1), np.argmax(seen, axis=1), 10**6)
    nine = np.sort(first)[int(np.ceil(0.9 * trials)) - 1] + 1
    return float(nine) / LOOKS if nine <= days * LOOKS else float("inf")


def main() -> None:
    """Print the figures."""
    print("False alarms of 1,000 made-up quiet channels, a month each, 5 to 2,000 reviews a day, 3 to 50 % negative:")
    months = [quiet_month(seed) for seed in range(MONTHS)]
    print(f"  in all of them together: {[int(month.sum()) for month in months]}")
    total = sum(int(month.sum()) for month in months)
    print(f"  mean {total / MONTHS:.2f} a month; {total / MONTHS / 1000:.5f} per channel and month")
    print(f"  most of any one channel in a month: {max(int(month.max()) for month in months)}")
    print()
    print("Doublings of the negative share at a random moment, found within 24 hours (median hours):")
    heads = ("reviews a day", "negative", "negative a day", "even, bursts, nights, weekends", "in addition")
    print("  {:>13} {:>9} {:>14}  {:>31}  {}".format(*heads))
    for volume, share in CASES:
        taken = found(1, volume, share)
        more = found(2, volume, share, more=True)
        inside = np.isfinite(taken).mean()
        median = f"{np.median(taken):.1f} h" if inside > 0.5 else "-"
        figures = f"{inside:>21.0%} {median:>9}"
        print(f"  {volume:>13} {share:>9.0%} {volume * share:>14.0f}  {figures}  {np.isfinite(more).mean():>11.0%}")
    print("  in addition: as many negative reviews again come on top, so that the share rises by less than double")
    print()
    print("Where a day is not enough: days until nine of ten doublings are found")
    for volume, share in ((20, 0.2), (50, 0.2), (100, 0.2), (100, 0.1), (200, 0.1)):
        print(f"  {volume:>13} {share:>9.0%} {volume * share:>14.0f}  {days_to_find(3, volume, share):>21.1f}")


MONTHS = 12
CASES = (
    (50, 0.2),
    (100, 0.2),
    (150, 0.3),
    (200, 0.2),
    (250, 0.2),
    (300, 0.2),
    (100, 0.4),
    (300, 0.1),
    (600, 0.1),
    (1000, 0.1),
    (2000, 0.05),
    (2000, 0.2),
)

if __name__ == "__main__":
    main()
