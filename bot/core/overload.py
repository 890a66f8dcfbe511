"""What is said to those for whom there is no room.

The database may be what everybody waits for. So it is asked whether another process has the message, but not for
longer than a moment, and then not again for a while.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.events import Answer, Incoming, Place, Reaction, Reply
from bot.core.ports import Claim, ClaimState, DeliveryError, Platform

if TYPE_CHECKING:
    from bot.core.service import Core

_AT_ONCE = 8
_MOST_OWED = 10_000
_REMEMBERED = 10_000
_MOMENT, _WHILE = 1.0, 10.0
"""Seconds that the database has to answer, and that it is left alone if it does not."""

T = TypeVar("T")
Spawn = Callable[[Any], asyncio.Task[None]]


class Overload:
    """Tells people to come back later: a sentence to each person in each channel, however much they send meanwhile.

    Args:
        core: whose settings and counters.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._owed: OrderedDict[tuple[Place, str], tuple[Incoming, Platform]] = OrderedDict()
        self._refused: OrderedDict[tuple[Place, str], None] = OrderedDict()
        self._tellers = 0
        self._ask_again = {"read": 0.0, "write": 0.0}

    def was_refused(self, incoming: Incoming) -> bool:
        """Whether this message was refused before. It was told to come again, so it has had its answer."""
        return (incoming.place, incoming.message) in self._refused

    def refuse(self, incoming: Incoming, platform: Platform) -> None:
        """Owe somebody a sentence. Counted always; said as soon as the platform takes it."""
        self._core.counters.add("backlog_full", platform=platform.name)
        self._refused[incoming.place, incoming.message] = None
        if len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
        if incoming.by_bot:
            return
        key = incoming.place, incoming.message if incoming.way == "watched" else incoming.author
        if len(self._owed) >= _MOST_OWED and key not in self._owed:
            self._core.counters.add("backlog_untold", platform=platform.name)
            return
        self._owed[key] = incoming, platform
        if self._tellers < _AT_ONCE:
            self._tellers += 1
            self._core.spawn(self._tell())

    async def _tell(self) -> None:
        try:
            while self._owed:
                _, (incoming, platform) = self._owed.popitem(last=False)
                answer = self._answer(incoming)
                if answer is not None:
                    await self._say(incoming, answer, platform)
        finally:
            self._tellers -= 1

    async def _say(self, incoming: Incoming, answer: Answer, platform: Platform) -> None:
        store, claim = self._core.store, Claim(incoming.place, incoming.message, incoming.revision)
        # Another process may have answered, or be about to. To read takes no turn among all the writes that wait.
        answered = None if claim.revision else await self._soon("read", store.answer_to(claim.place, claim.message))
        if answered is not None or await self._soon("write", store.claim(claim)) is False:
            self._core.counters.add("duplicates", platform=platform.name)
            return
        state: ClaimState = "answered"
        reference = None
        try:
            reference = await platform.send(incoming, answer)
        except DeliveryError:
            self._core.counters.add("undelivered", platform=platform.name)
            state = "abandoned"
        await self._soon("write", store.settle(claim, state, reference))

    async def _soon(self, kind: str, asked: Coroutine[Any, Any, T]) -> T | None:
        """What the database says, if it says so in a moment; else None."""
        clock = self._core.clock
        if clock.monotonic() < self._ask_again[kind]:
            asked.close()
            return None
        try:
            async with asyncio.timeout(_MOMENT):
                return await asked
        except Exception:  # whatever it is, people are told all the same
            self._ask_again[kind] = clock.monotonic() + _WHILE
            return None

    def _answer(self, incoming: Incoming) -> Answer | None:
        settings = self._core.known_settings(incoming.place)
        if incoming.way == "watched":  # nobody asked; and a channel that is not known to be watched is left alone
            shown = settings is not None and settings.watch and settings.mode != "silent"
            if settings is not None and settings.rule.is_quiet(self._core.clock.now()):
                shown = False
            return Reaction("busy") if shown else None
        language = settings.language if settings is not None else None
        messages = self._core.speak_in(language or incoming.language)
        return Reply(messages("busy"), private=incoming.way != "direct")
