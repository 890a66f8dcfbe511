"""Where the bot may not speak: told to the admin once, and not tried again until something may have changed.

Ten thousand refusals in ten minutes and Discord shuts the whole address out.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from bot.core.events import Place
from bot.core.ports import DeliveryError
from bot.core.service import Core

_SECONDS = 600.0
_REMEMBERED = 10_000

log = logging.getLogger(__name__)

TellAdmin = Callable[[Place, int], Coroutine[Any, Any, None]]


class Permissions:
    """Remembers refusals.

    Args:
        core: for its clock and its notes.
        tell_admin: tells the admin of a guild that a channel is closed to the bot.
    """

    def __init__(self, core: Core, tell_admin: TellAdmin) -> None:
        self._core, self._tell_admin = core, tell_admin
        self._refused: OrderedDict[int, tuple[str, float]] = OrderedDict()

    @asynccontextmanager
    async def needed(self, place: Place, channel: int) -> AsyncIterator[None]:
        """Do something that needs permissions.

        Raises:
            DeliveryError: if the channel refused a little while ago.
        """
        refused = self._refused.get(channel)
        if refused is not None and self._core.clock.monotonic() - refused[1] < _SECONDS:
            self._core.counters.add("discord_not_tried")
            raise DeliveryError("refused_before")
        try:
            yield
        except DeliveryError as error:
            if str(error).startswith("http_403"):
                await self._refuse(place, channel)
            raise
        if refused is not None:
            self._refused.pop(channel, None)
            await self._core.store.keep_note(_note(channel), None)

    def changed(self, guild: int) -> None:
        """Roles or channels of a guild were changed: the bot may be let in now."""
        for channel in [c for c, (workspace, _) in self._refused.items() if workspace == str(guild)]:
            self._refused[channel] = str(guild), float("-inf")

    async def left(self, channels: Iterable[int]) -> None:
        """The bot is not in the guild of these channels any more: whoever invites it again is told anew."""
        for channel in channels:
            self._refused.pop(channel, None)
            if await self._core.store.note(_note(channel)) is not None:
                await self._core.store.keep_note(_note(channel), None)

    async def _refuse(self, place: Place, channel: int) -> None:
        self._refused[channel] = place.workspace, self._core.clock.monotonic()
        if len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
        self._core.counters.add("discord_refused")
        if not place.workspace or await self._core.store.note(_note(channel)) is not None:
            return
        await self._core.store.keep_note(_note(channel), "told")
        log.warning("channel refuses", extra={"event": "discord_no_permission", "platform": place.platform})
        self._core.spawn(self._tell_admin(place, channel))


def _note(channel: int) -> str:
    return f"discord-no-{channel}"
