"""Running until told to stop, and the work that comes round meanwhile."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from bot.core.ports import Clock
from bot.core.service import Core

_PURGE_SECONDS = 3_600.0
_TEND_SECONDS = 60.0
_ANNOUNCE_SECONDS = 30.0
_LAST_WORD_SECONDS = 8.0
_SIMULATE_SECONDS = 30.0

log = logging.getLogger(__name__)


async def until_told_to_stop() -> None:
    """Return at SIGTERM or Ctrl-C. A second one ends the process at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, _told, loop, stop)
    await stop.wait()


def _told(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if stop.is_set():
        sys.exit(1)
    stop.set()


def spare_what_stays() -> None:
    """Let the garbage collector leave alone what is there once the bot has started, and stays: modules, the model.

    Looking through all of it holds everything up for a tenth of a second, again and again, and finds nothing.
    """
    gc.freeze()


async def purge_again_and_again(core: Core, retention_days: int, every: float = _PURGE_SECONDS) -> None:
    """Delete what is older than it may be, now and every hour."""
    while True:
        try:
            gone = await core.store.purge(core.clock.now() - timedelta(days=retention_days))
            log.info("purged", extra={"event": "purged", "count": sum(gone.values())})
        except Exception as error:
            log.error("not purged", extra={"event": "purge_failed", "kind": type(error).__name__})
        await asyncio.sleep(every)


async def simulate_again_and_again(core: Core, every: float = _SIMULATE_SECONDS) -> None:
    """Go on with simulations that nobody is at any more, e.g. after a restart."""
    while True:
        try:
            await core.simulations.go_on()
        except Exception as error:
            log.error("not gone on", extra={"event": "simulation_failed", "kind": type(error).__name__})
        await asyncio.sleep(every)


class Ticks(Protocol):
    """Does what is due; :class:`bot.core.announcing.Announcer` is one."""

    async def tick(self) -> None:
        """Do it; never raises."""
        ...


async def announce_again_and_again(announcer: Ticks, clock: Clock, every: float = _ANNOUNCE_SECONDS) -> None:
    """Say what is due, at each half minute of the clock: how long it took delays no later one.

    Told to stop, it finishes what is on its way: a digest that broke off there would never be sent again.
    """
    while True:
        tick = asyncio.create_task(announcer.tick())
        try:
            await asyncio.shield(tick)
        except asyncio.CancelledError:
            await asyncio.wait({tick}, timeout=_LAST_WORD_SECONDS)
            tick.cancel()
            raise
        await asyncio.sleep(every - clock.now().timestamp() % every)


async def tend_again_and_again(core: Core, every: float = _TEND_SECONDS) -> None:
    """Post the cards of cases that wait, from before the start too, and delete texts whose days are over."""
    while True:
        try:
            if core.cases is not None:
                # Whoever stops this waits for it: broken off, it would leave a connection of the database open.
                await asyncio.shield(core.spawn(core.cases.tend()))
        except Exception as error:
            log.error("cases not tended", extra={"event": "cases_failed", "kind": type(error).__name__})
        await asyncio.sleep(every)


class LoopLag:
    """Measures how late the event loop comes to what is due: what a heartbeat would feel.

    Attributes:
        longest: the worst so far, in seconds.
    """

    def __init__(self, every: float = 0.1) -> None:
        self._every = every
        self.longest = 0.0

    async def measure(self) -> None:
        """Go on measuring."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._every
            await asyncio.sleep(self._every)
            self.longest = max(self.longest, loop.time() - due)
