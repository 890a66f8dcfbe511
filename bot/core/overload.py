"""What is said to those for whom there is no room.

They get their claims like all answers, so that no other process answers too; but ahead of all that waits for the
database, which may be what everybody waits for. If it does not answer even so, nobody can be answered: people are told
without a claim, and it is left alone for a while.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.events import Answer, Incoming, Place, Reaction, Reply
from bot.core.ports import DeliveryError, Platform
from bot.core.records import Claim, ClaimState

if TYPE_CHECKING:
    from bot.core.service import Core

_AT_ONCE = 8
_MOST_OWED = 10_000
_REMEMBERED = 10_000
_PATIENCE, _WHILE = 10.0, 10.0
"""Seconds that the database has to answer, and that it is left alone if it does not. One that is only busy is to
answer in time: who is told without a claim may be answered too."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Overload:
    """Tells people to come back later: a sentence to each person in each channel, however much they send meanwhile.

    Args:
        core: whose settings and counters.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._owed: OrderedDict[tuple[Place, str], tuple[Incoming, Platform]] = OrderedDict()
        self._refused: OrderedDict[Claim, None] = OrderedDict()
        self._tellers = 0
        self._ask_again = 0.0

    def was_refused(self, incoming: Incoming) -> bool:
        """Whether this message was refused before. It was told to come again, so it has had its answer."""
        return Claim(incoming.place, incoming.message, incoming.revision) in self._refused

    def refuse(self, incoming: Incoming, platform: Platform) -> None:
        """Owe somebody a sentence. Counted always; said as soon as the platform takes it."""
        self._core.counters.add("backlog_full", platform=platform.name)
        if incoming.by_bot:
            return
        key = incoming.place, incoming.message if incoming.way == "watched" else incoming.author
        if len(self._owed) >= _MOST_OWED and key not in self._owed:
            self._core.counters.add("backlog_untold", platform=platform.name)
            return
        self._refused[Claim(incoming.place, incoming.message, incoming.revision)] = None
        if len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
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
        claim = await self._claim(incoming)
        if claim is None:
            self._core.counters.add("duplicates", platform=platform.name)
            return
        state: ClaimState = "answered"
        reference = None
        try:
            reference = await platform.send(incoming, answer)
        except DeliveryError:
            self._core.counters.add("undelivered", platform=platform.name)
            state = "abandoned"
        await self._soon(self._core.store.settle(claim, state, reference, ahead=True))

    async def _claim(self, incoming: Incoming) -> Claim | None:
        """The claim to tell; None if another process has the message.

        As on the path of a message, an edit is answered under the message's own claim if nobody has that.
        """
        claim = Claim(incoming.place, incoming.message)
        got = await self._soon(self._core.store.claim(claim, ahead=True))
        if got is False and incoming.revision:
            claim = Claim(incoming.place, incoming.message, incoming.revision)
            got = await self._soon(self._core.store.claim(claim, ahead=True))
        return None if got is False else claim

    async def _soon(self, asked: Coroutine[Any, Any, T]) -> T | None:
        """What the database says; None if it says nothing."""
        clock = self._core.clock
        if clock.monotonic() < self._ask_again:
            asked.close()
            return None
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asked
        except Exception as error:  # whatever it is, people are told all the same
            self._ask_again = clock.monotonic() + _WHILE
            log.warning("told without a claim", extra={"event": "told_unclaimed", "kind": type(error).__name__})
            return None

    def _answer(self, incoming: Incoming) -> Answer | None:
        settings = self._core.known_settings(incoming.place)
        if incoming.way == "watched":  # nobody asked; and a channel that is not known to be watched is left alone
            shown = settings is not None and settings.watch and settings.mode != "silent"
            if settings is not None and settings.rule.leaves_alone(
                incoming.roles, self._core.person(incoming), self._core.clock.now()
            ):
                shown = False
            return Reaction("busy") if shown else None
        language = settings.language if settings is not None else None
        messages = self._core.speak_in(language or incoming.language)
        return Reply(messages("busy"), private=incoming.way != "direct")
