"""Whether the share of negative reviews in a channel has risen against the channel's own baseline.

A binomial CUSUM on the share of negative reviews (Page 1954; Reynolds and Stoumbos 1999, "A CUSUM chart for monitoring
a proportion when inspecting continuously"): each review moves a height by the log likelihood ratio of a doubled share
against the usual one, the height never falls below nought, and above a limit there is an alert. Were both shares known,
no method with as few false alarms would find a doubling sooner in the worst case (Moustakides 1986).

The share, not the number: given how many reviews came in, day and night, weekends and bursts of traffic cancel out.
What is left, a share that wavers more than chance would have it, is measured in the baseline and divided out, as
Farrington and others (1996) do; like theirs, the baseline leaves out the last days and past incidents.
``python -m tests.scenarios.alerts`` prints how often it is wrong and how soon it is right.

All arrays have time as their last axis, so that a thousand made-up channels go through the same code as a real one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LOOK_SECONDS = 900
"""How often a channel is looked at, and the width of what its reviews are counted in."""

RECENT_DAYS, BASELINE_DAYS = 3, 28
"""What is tested, and the days before that, which say what is usual."""

BLOCK_LOOKS = 24
"""Looks in a block, six hours: what the wavering of the share is measured over."""

DAY_BLOCKS = 4
"""Blocks in a day: a share that is another each day wavers little within it."""

LEAST_REVIEWS, LEAST_BLOCKS = 200, 14
"""A baseline of fewer reviews, or of fewer six hours with any, says nothing yet."""

LIMIT = 13.0
"""Height that makes an alert. A negative review adds ln 2 at most, so there are at least 19 of them behind each."""

OVER = LIMIT / 2
"""Height at which an incident is over. It never rises above the limit, so that this does not take as long as it did."""

_MARGIN = 0.5
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual in channels.

    Attributes:
        share: of negative reviews, ``(...)``; on the careful side by half a standard error.
        dispersion: how much more than by chance it wavers, ``(...)``, 1 or more.
        ready: whether there are enough reviews to say so, ``(...)``.
    """

    share: Array
    dispersion: Array
    ready: Array

    @property
    def doubled(self) -> Array:
        """The share that is looked for: twice the usual; where that is most of all, half way to all."""
        out: Array = np.minimum(2 * self.share, (1 + self.share) / 2)
        return out


def baseline(negative: Array, total: Array) -> Baseline:
    """What is usual.

    Args:
        negative: number of negative reviews in each block, ``(..., blocks)``.
        total: number of reviews in each block, the same shape.
    """
    reviews = total.sum(axis=-1)
    share = (negative.sum(axis=-1) + 0.5) / (reviews + 1)
    days = (*total.shape[:-1], -1, DAY_BLOCKS)
    by_block = _dispersion(negative, total, share)
    by_day = _dispersion(negative.reshape(days).sum(axis=-1), total.reshape(days).sum(axis=-1), share)
    dispersion = np.maximum(1.0, np.maximum(by_block, by_day))
    blocks = (total > 0).sum(axis=-1)
    error = np.sqrt(dispersion * share * (1 - share) / np.maximum(1, reviews))
    careful = np.clip(share + _MARGIN * error, _LEAST_SHARE, 0.98)
    return Baseline(careful, dispersion, (reviews >= LEAST_REVIEWS) & (blocks >= LEAST_BLOCKS))


def _dispersion(negative: Array, total: Array, share: Array) -> Array:
    """Pearson's chi-squared of the shares by its degrees of freedom: 1 where they waver as by chance."""
    expected = total * share[..., None]
    spread = np.where(total > 0, expected * (1 - share[..., None]), 1.0)
    chi = ((negative - expected) ** 2 / spread).sum(axis=-1)
    found: Array = chi / np.maximum(1, (total > 0).sum(axis=-1) - 1)
    return found


def steps(negative: Array, total: Array, usual: Baseline) -> Array:
    """By how much each look moves the height, ``(..., looks)``; by nothing where no baseline is ready.

    Args:
        negative: number of negative reviews in each look, ``(..., looks)``.
        total: number of reviews in each look, the same shape.
        usual: of the same channels.
    """
    up = np.log(usual.doubled / usual.share)
    down = np.log((1 - usual.doubled) / (1 - usual.share))
    scale = usual.ready / usual.dispersion
    moved: Array = (negative * up[..., None] + (total - negative) * down[..., None]) * scale[..., None]
    return moved


@dataclass(frozen=True, slots=True)
class Course:
    """How the height went.

    Attributes:
        height: after the last look, ``(...)``.
        open: whether there is an incident after the last look, ``(...)``.
        opened: at which looks one began to be seen, ``(..., looks)``.
        closed: at which looks one was over, ``(..., looks)``.
        since: for each channel the look at which the height last rose from nought, ``(...)``.
    """

    height: Array
    open: Array
    opened: Array
    closed: Array
    since: Array


def follow(moves: Array, height: Array | float = 0.0, is_open: Array | bool = False, limit: float = LIMIT) -> Course:
    """Follow the height through looks.

    Args:
        moves: of :func:`steps`, ``(..., looks)``.
        height: before the first look, ``(...)``.
        is_open: whether there was an incident before it, ``(...)``.
        limit: height that makes an alert.
    """
    shape = moves.shape[:-1]
    at = np.broadcast_to(np.asarray(height, dtype=np.float64), shape).copy()
    there = np.broadcast_to(np.asarray(is_open, dtype=bool), shape).copy()
    since = np.zeros(shape, dtype=np.int64)
    opened, closed = np.zeros(moves.shape, dtype=bool), np.zeros(moves.shape, dtype=bool)
    for look in range(moves.shape[-1]):
        since = np.where((at <= 0) & ~there, look, since)
        at = np.minimum(np.maximum(at + moves[..., look], 0.0), limit)
        opened[..., look] = ~there & (at >= limit)
        closed[..., look] = there & (at <= limit * OVER / LIMIT)
        there = (there | opened[..., look]) & ~closed[..., look]
        at = np.where(closed[..., look], 0.0, at)
    return Course(at, there, opened, closed, since)


def least_negative(limit: float = LIMIT) -> int:
    """The least number of negative reviews that can make an alert."""
    return math.ceil(limit / math.log(2))
