"""The Discord bot as a whole: checked, opened, kept connected, closed."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from dataclasses import dataclass, field

from bot.adapters.discord_adapter import DiscordAdapter
from bot.adapters.discord_addresses import Addresses
from bot.adapters.discord_asked import DEFER_SECONDS
from bot.adapters.discord_checks import Identity, check_bot, check_shape, fatal, unreachable
from bot.adapters.discord_client import DEAF_SECONDS, IDENTIFY_PAUSE, Client
from bot.adapters.discord_commands import add_commands, synchronise
from bot.core.errors import ExitStatus, UserError
from bot.core.service import Core

_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
_ALL = -1  # in the place of a shard

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class DiscordConfig:
    """What the Discord bot is given.

    Attributes:
        token: of the bot.
        addresses: where Discord is.
        shard_ids: which shards are this process's; all if None.
        shard_count: how many there are in all; what Discord says if None.
        identify_pause: seconds between two beginnings of a session.
        deaf_after: seconds of silence after which the connection is made anew.
        defer_after: seconds before an interaction is told to wait.
        first_pause: seconds before a connection that was lost for a reason unknown is made anew; then longer.
    """

    token: str | None
    addresses: Addresses = field(default_factory=Addresses)
    shard_ids: tuple[int, ...] | None = None
    shard_count: int | None = None
    identify_pause: float = IDENTIFY_PAUSE
    deaf_after: float = DEAF_SECONDS
    defer_after: float = DEFER_SECONDS
    first_pause: float = _FIRST_PAUSE


class DiscordService:
    """Runs the Discord bot.

    Args:
        core: what answers.
        config: see there.
    """

    most_silence = 90.0
    """Seconds of :attr:`silence` after which the bot is unwell: resuming takes a moment, and is no illness."""

    def __init__(self, core: Core, config: DiscordConfig) -> None:
        self._core, self._config = core, config
        self._identity: Identity | None = None
        self.client: Client | None = None
        self.adapter: DiscordAdapter | None = None
        self._life: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._stopping = False
        self._away: dict[int, float] = {}

    @property
    def silence(self) -> float:
        """Seconds that a shard has been without a connection; of several, the longest."""
        return max((self._core.clock.monotonic() - since for since in self._away.values()), default=0.0)

    async def open(self) -> None:
        """Check, connect and listen.

        Raises:
            UserError: if the configuration is wrong or Discord cannot be reached.
        """
        config = self._config
        check_shape(config.token)
        check_shards(config)
        self._identity = await check_bot(config.token, config.addresses)
        self._life = asyncio.create_task(self._live(self._identity), name="nunchi-discord")
        ready = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait({ready, self._life}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._life.done():
            await self._life

    async def wait(self) -> None:
        """Return when there is nothing left to listen to.

        Raises:
            UserError: if Discord let the bot go for good, and what is to be mended.
        """
        if self._life is not None:
            await asyncio.shield(self._life)

    async def stop_listening(self) -> None:
        """Take nothing more in. What is on its way can still be answered: that goes by REST."""
        self._stopping = True
        if self.adapter is not None:
            self.adapter.listening = False
        if self.client is not None:
            await asyncio.gather(*(shard.disconnect() for shard in self.client.shards.values()), return_exceptions=True)

    async def close(self) -> None:
        """Let go of Discord, after the core has finished."""
        if self.client is not None:
            await self.client.close()
        if self._life is not None:
            self._life.cancel()
            with suppress(asyncio.CancelledError, UserError):
                await self._life

    async def _live(self, identity: Identity) -> None:
        """Stay connected. discord.py resumes by itself; what it gives up on is begun anew, ever more slowly."""
        pause = self._config.first_pause
        while not self._stopping:
            client = self._make(identity)
            try:
                await client.login(check_shape(self._config.token))
                await client.connect()
                if self._stopping:
                    return
                reason = "closed"
            except Exception as error:
                mend = fatal(error, identity.application)
                if mend is None and self._ready.is_set():
                    reason = type(error).__name__
                else:
                    raise (mend or unreachable(error, identity.addresses)) from None
            finally:
                await client.close()
            self._away.setdefault(_ALL, self._core.clock.monotonic())
            log.error("connection lost", extra={"event": "discord_lost", "kind": reason})
            self._core.counters.add("reconnected_anew", platform="discord")
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret
            pause = min(_LONGEST_PAUSE, 2 * pause)

    def _make(self, identity: Identity) -> Client:
        config = self._config
        client = Client(
            identity.addresses,
            content=identity.content,
            shard_ids=config.shard_ids,
            shard_count=config.shard_count,
            identify_pause=config.identify_pause,
            deaf_after=config.deaf_after,
        )
        adapter = DiscordAdapter(self._core, client, defer_after=config.defer_after)
        add_commands(client, adapter)
        connected: set[int] = set()

        async def prepare() -> None:
            try:
                await synchronise(client, self._core)
            except Exception as error:
                # The commands of the last time work on; the next start tries again.
                log.error("commands not told", extra={"event": "discord_not_synced", "kind": type(error).__name__})

        async def on_shard_connect(shard: int) -> None:
            self._away.pop(shard, None)
            connected.add(shard)
            if len(connected) >= len(config.shard_ids or range(client.shard_count or 1)):
                self._away.pop(_ALL, None)
                self._ready.set()

        async def on_shard_disconnect(shard: int) -> None:
            self._away.setdefault(shard, self._core.clock.monotonic())

        async def on_shard_resumed(shard: int) -> None:
            self._away.pop(shard, None)
            self._core.counters.add("resumed", platform="discord")

        client.prepare = prepare
        client.event(on_shard_connect)
        client.event(on_shard_disconnect)
        client.event(on_shard_resumed)
        self.client, self.adapter = client, adapter
        return client


def check_shards(config: DiscordConfig) -> None:
    """Whether the shards of this process can be.

    Raises:
        UserError: if they cannot.
    """
    ids, count = config.shard_ids, config.shard_count
    if ids is not None and (count is None or not ids or max(ids) >= count or len(set(ids)) < len(ids)):
        raise UserError(ExitStatus.CONFIG, "discord_shard_ids")
