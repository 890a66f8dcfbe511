"""The client of discord.py, told to know, to keep and to say no more than it must."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.adapters.discord_addresses import Addresses, redirect
from bot.adapters.discord_buttons import Listener

IDENTIFY_PAUSE = 5.0
"""Seconds between two beginnings of a session, as Discord wants it."""

DEAF_SECONDS = 60.0

log = logging.getLogger(__name__)


def intents(*, content: bool) -> discord.Intents:
    """What to be told: channels, messages and direct messages, and nothing of who joins, plays or types.

    Args:
        content: whether the words of what was not said to the bot come along; a privileged intent.
    """
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = content
    return wanted


class Client(discord.AutoShardedClient):
    """Connects to Discord; a command tree and listeners are put on it.

    Args:
        addresses: where Discord is.
        content: see :func:`intents`.
        shard_ids: which shards are this process's; all if None.
        shard_count: how many there are in all; what Discord says if None.
        identify_pause: see :data:`IDENTIFY_PAUSE`.
        deaf_after: seconds of silence, heartbeats unanswered, after which the connection is made anew.
    """

    def __init__(
        self,
        addresses: Addresses,
        *,
        content: bool,
        shard_ids: Sequence[int] | None = None,
        shard_count: int | None = None,
        identify_pause: float = IDENTIFY_PAUSE,
        deaf_after: float = DEAF_SECONDS,
    ) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody asked for voice
        shards: Any = {} if shard_ids is None else {"shard_ids": list(shard_ids)}
        super().__init__(
            intents=intents(content=content),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # what people write is not kept, in memory neither
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            heartbeat_timeout=deaf_after,
            shard_count=shard_count,
            **shards,
        )
        self.addresses = addresses
        self._identify_pause = identify_pause
        self.tree: app_commands.CommandTree[Client] = CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.prepare: Callable[[], Awaitable[None]] | None = None
        self.opinion: Listener | None = None
        self.pressed: Callable[[discord.Interaction[Any], str], Awaitable[None]] | None = None
        addresses.use()
        redirect(self, addresses)
        # A shape of data that discord.py does not know raises in its parser, and an error there ends the client.
        # One event less is better than no bot.
        parsers = self._connection.parsers
        for name, parser in list(parsers.items()):
            parsers[name] = _guarded(name, parser)

    async def setup_hook(self) -> None:
        """Once logged in, before the gateway."""
        if self.prepare is not None:
            await self.prepare()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait, as discord.py does, but for a time that tests can choose."""
        if not initial:
            await asyncio.sleep(self._identify_pause)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A listener failed."""
        _failed(sys.exc_info()[1])


class CommandTree(app_commands.CommandTree[Client]):
    """The commands; what goes wrong in one is logged without its words."""

    async def on_error(self, interaction: discord.Interaction[Client], error: app_commands.AppCommandError, /) -> None:
        if not isinstance(error, app_commands.CommandNotFound):
            _failed(error.__cause__ or error)


def _guarded(name: str, parser: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def parse(data: Any) -> Any:
        try:
            return parser(data)
        except Exception as error:
            # Not its message: it could hold a part of a review.
            log.error("event not understood", extra={"event": "discord_event_strange", "kind": type(error).__name__})
            return None

    return parse


def _failed(error: BaseException | None) -> None:
    # Not its message: it could hold a part of a review.
    log.error("listener failed", extra={"event": "discord_listener_failed", "kind": type(error).__name__})
