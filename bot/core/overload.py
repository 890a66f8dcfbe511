"""What is said to those for whom there is no room, without asking the database: it may be what everybody waits for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.core.events import Answer, Incoming, Place, Reaction, Reply
from bot.core.ports import DeliveryError, Platform

if TYPE_CHECKING:
    from bot.core.service import Core

_AT_ONCE = 8
_MOST_OWED = 10_000
_REMEMBERED = 10_000

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
                if answer is None:
                    continue
                try:
                    await platform.send(incoming, answer)
                except DeliveryError:
                    self._core.counters.add("undelivered", platform=platform.name)
        finally:
            self._tellers -= 1

    def _answer(self, incoming: Incoming) -> Answer | None:
        settings = self._core.known_settings(incoming.place)
        if incoming.way == "watched":  # nobody asked; and a channel that is not known to be watched is left alone
            shown = settings is not None and settings.watch and settings.mode != "silent"
            return Reaction("busy") if shown else None
        language = settings.language if settings is not None else None
        messages = self._core.speak_in(language or incoming.language)
        return Reply(messages("busy"), private=incoming.way != "direct")
