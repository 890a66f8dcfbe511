"""Where Discord is: the only place that touches what discord.py has built in.

discord.py knows two addresses by heart, ``Route.BASE`` for REST and ``DiscordWebSocket.DEFAULT_GATEWAY``, and READY
names a third to resume at. ``Route.BASE`` is a public attribute of a class and is set as such, for the process: also
answers to interactions go by it. The gateway is redirected where it is connected to, in the client's own
``http.ws_connect``, so that first connections, new sessions and resumes all go where they should.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

DEFAULT_BASE = "https://discord.com/api/v10"
CDN_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between two tries to connect. discord.py gives a session up when one try to resume fails, and with it all
that happened meanwhile; and it gives a try 60 seconds."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Discord is.

    Attributes:
        base: of the REST API, without a slash at its end.
        gateway: of the gateway; None for the one that Discord names.
        named: the gateway that this REST base names, once it was asked.
    """

    base: str = DEFAULT_BASE
    gateway: str | None = None
    named: str | None = None

    def use(self) -> None:
        """Let REST requests of this process go to the base."""
        Route.BASE = self.base

    def redirect(self, url: URL) -> URL:
        """Where a connection to a gateway is to go: the library's wish, or what the operator says."""
        wanted = self.gateway
        if wanted is None and self.base != DEFAULT_BASE and url.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            wanted = self.named
        return url if wanted is None else URL(wanted).with_query(url.query)

    def may_fetch(self, url: str) -> bool:
        """Whether a file of a message may be fetched from there: from Discord's own hosts, or these addresses."""
        own = {URL(address).host for address in (self.base, self.gateway, self.named) if address is not None}
        hosts = own if self.base != DEFAULT_BASE and self.gateway is not None else own | CDN_HOSTS
        try:
            asked = URL(url)
        except ValueError:
            return False
        return asked.host in hosts and asked.user is None and asked.scheme in ("https", URL(self.base).scheme)


def redirect(client: discord.Client, addresses: Addresses) -> None:
    """Let the client connect to the gateway where the addresses say, and not give up at the first failure."""
    connect = client.http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> Any:
        target = str(addresses.redirect(URL(url)))
        for pause in _PAUSES:
            try:
                return _remembering(await connect(target, compress=compress))
            except (aiohttp.ClientError, OSError):
                if client.is_closed():
                    raise
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret
        return _remembering(await connect(target, compress=compress))

    client.http.ws_connect = ws_connect  # type: ignore[method-assign]


def _remembering(socket: aiohttp.ClientWebSocketResponse) -> aiohttp.ClientWebSocketResponse:
    """Let a socket keep the code that it was closed with.

    discord.py answers a close before it looks at its code. If the other side is gone by then, which it mostly is,
    aiohttp puts 1006 in its place, and what was a refusal for good looks like a connection that broke.
    """
    close = socket.close

    async def close_and_remember(*, code: int = 4000, message: bytes = b"") -> bool:
        told = socket.close_code
        try:
            return await close(code=code, message=message)
        finally:
            if told is not None:
                socket._close_code = told

    socket.close = close_and_remember  # type: ignore[method-assign]
    return socket
