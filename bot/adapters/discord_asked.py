"""An interaction and its answer: at once if the verdict is quick, after a sign of life if it is not.

Discord waits three seconds for the first word, and fifteen minutes for the answer once there was one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import aiohttp
import discord

from bot.adapters.discord_cards import view
from bot.core.events import Reply
from bot.core.ports import DeliveryError

DEFER_SECONDS = 1.5

log = logging.getLogger(__name__)


class Asked:
    """Answers an interaction.

    Args:
        interaction: it.
        public: whether everybody in the channel may see the answer.
        defer_after: seconds to wait for the answer before Discord is told that it will come.
    """

    def __init__(
        self, interaction: discord.Interaction[Any], *, public: bool = False, defer_after: float = DEFER_SECONDS
    ) -> None:
        self._interaction, self._public, self._defer_after = interaction, public, defer_after
        self._lock = asyncio.Lock()  # an answer and the sign of life must not both be the first word
        self._timer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Asked:
        self._timer = asyncio.create_task(self._defer_later())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None and not self._lock.locked():
            self._timer.cancel()
        if self._timer is not None:
            with suppress(asyncio.CancelledError):
                await self._timer

    async def during(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Do some work; Discord is told to wait if it takes long."""
        async with self:
            await work()

    async def say(self, reply: Reply, file: discord.File | None = None) -> None:
        """Give the answer, in the place of what was said before, if anything was.

        Raises:
            DeliveryError: if Discord does not take it.
        """
        components, files = view(reply, "" if file is None else file.filename), [] if file is None else [file]
        async with self._lock:
            response = self._interaction.response
            if not response.is_done():
                request = response.send_message(
                    view=components, files=files, ephemeral=not self._public, suppress_embeds=True
                )
                await delivered(request)
            else:
                none = discord.AllowedMentions.none()
                changed = self._interaction.edit_original_response(
                    view=components, attachments=files, allowed_mentions=none
                )
                await delivered(changed)

    async def _defer_later(self) -> None:
        await asyncio.sleep(self._defer_after)
        async with self._lock:
            if self._interaction.response.is_done():
                return
            try:
                await delivered(self._interaction.response.defer(ephemeral=not self._public, thinking=True))
            except DeliveryError as error:
                log.warning("not deferred", extra={"event": "discord_not_deferred", "kind": str(error)})


async def delivered(request: Any) -> Any:
    """What a request gives.

    Raises:
        DeliveryError: if it fails, with the status and Discord's own number of the error.
    """
    try:
        return await request
    except discord.RateLimited:
        raise DeliveryError("rate_limited") from None
    except discord.HTTPException as error:
        raise DeliveryError(f"http_{error.status}_{error.code}") from None
    except discord.DiscordException as error:
        raise DeliveryError(type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DeliveryError(type(error).__name__) from None
