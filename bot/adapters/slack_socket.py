"""Socket Mode: the bot calls Slack, so no port is open. A socket that has gone deaf is opened again."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.core.counters import Counters

PING_SECONDS = 10.0
_DEAF_PINGS, _UNWELL_PINGS = 3, 6

log = logging.getLogger(__name__)


class Socket:
    """Keeps a connection to Slack.

    Args:
        app: what the events are for.
        token: the app-level token.
        counters: where reconnects are counted.
        ping: seconds between two pings; what is silent for three of them is deaf, and is opened again.

    Attributes:
        most_silence: seconds of silence after which opening again has not helped: the bot is unwell.
    """

    def __init__(self, app: AsyncApp, token: str, counters: Counters, *, ping: float = PING_SECONDS) -> None:
        self._counters, self._ping = counters, ping
        self.most_silence = _UNWELL_PINGS * ping
        self._handler = AsyncSocketModeHandler(app, token, ping_interval=ping)
        self._client = self._handler.client
        self._client.on_message_listeners.append(self._heard)
        self._last = self._tried = time.monotonic()
        self._pong: float | None = None
        self._watch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and watch over the connection."""
        await self._client.connect()  # type: ignore[no-untyped-call]
        self._last = time.monotonic()
        self._watch = asyncio.create_task(self._watch_over(), name="nunchi-slack-watch")

    async def close(self) -> None:
        """Stop listening. What was acknowledged is on its way already."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        tasks = [self._client.message_processor, self._client.current_session_monitor, self._client.message_receiver]
        await self._client.close()  # type: ignore[no-untyped-call]
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)

    @property
    def silence(self) -> float:
        """Seconds since the last frame of any kind: an event, or the answer to a ping."""
        pong = self._client.last_ping_pong_time
        if pong is not None and pong != self._pong:
            self._pong, self._last = pong, time.monotonic()
        return time.monotonic() - self._last

    async def _heard(self, message: Any) -> None:
        self._last = time.monotonic()

    async def _watch_over(self) -> None:
        while True:
            await asyncio.sleep(self._ping)
            if min(self.silence, time.monotonic() - self._tried) < _DEAF_PINGS * self._ping:
                continue
            self._tried = time.monotonic()  # the silence itself goes on until something is heard
            self._counters.add("socket_reopened", platform="slack")
            log.warning("socket is deaf, opening another", extra={"event": "slack_socket_deaf"})
            try:
                await self._client.connect_to_new_endpoint(force=True)
            except Exception as error:
                log.error("socket not opened", extra={"event": "slack_socket_failed", "kind": type(error).__name__})
