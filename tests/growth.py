"""How much longer a function takes for more of the same: a ratio, because machines are noisy."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

_ROUNDS = 12


def growth(function: Callable[[str], object], short: str, long: str, enough: float) -> float:
    """How many times as long ``long`` takes as ``short``.

    The fastest of many turns, taken by turns and in processor time: a machine that is busy, or counts processor time in
    coarse steps, only makes it take more turns. Garbage is not collected meanwhile: a collection looks at all that the
    process holds, and a long text makes more of them.

    Args:
        function: what is timed.
        short: a text.
        long: a longer one.
        enough: a ratio that answers the question; no more turns are taken once it is not above this.
    """
    least = [float("inf"), float("inf")]
    gc.disable()
    try:
        for _ in range(_ROUNDS):
            for i, text in enumerate((short, long)):
                start = time.process_time()
                function(text)
                least[i] = min(least[i], time.process_time() - start)
            if least[0] > 0 and least[1] / least[0] <= enough:
                break
    finally:
        gc.enable()
    return least[1] / max(least[0], 1e-9)
