"""How much one person, or one channel, may ask for."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

from bot.core.ports import Clock

Permission = Literal["yes", "first_no", "no"]

_REMEMBERED = 10_000


class RateLimit:
    """A bucket of tokens for each key, filled again little by little.

    Args:
        clock: the time.
        per_minute: how many may be asked for in a minute, also at once.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock, self._size = clock, per_minute
        self._buckets: OrderedDict[object, tuple[float, float, bool]] = OrderedDict()

    def ask(self, key: object) -> Permission:
        """Whether one more is allowed. ``first_no`` is the first refusal since the last ``yes``: tell it once."""
        now = self._clock.monotonic()
        tokens, then, told = self._buckets.get(key, (float(self._size), now, False))
        tokens = min(self._size, tokens + (now - then) * self._size / 60)
        allowed = tokens >= 1
        # A flood must not be told again at each token that trickles in: the bucket has to be half full for that.
        told = told and tokens < self._size / 2
        self._buckets[key] = (tokens - 1 if allowed else tokens, now, told or not allowed)
        self._buckets.move_to_end(key)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if allowed:
            return "yes"
        return "no" if told else "first_no"
