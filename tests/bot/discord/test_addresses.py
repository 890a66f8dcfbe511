"""Where the bot connects to: where it is told, and nowhere else."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from yarl import URL

import nlp
from bot.adapters.discord_addresses import DEFAULT_BASE, Addresses
from tests.bot.core.fakes import make_core
from tests.bot.discord.test_connection import answered_once, write
from tests.contract.discord_platform import discord
from tests.servers import discord_payloads as payloads
from tests.servers.discord import DiscordServer

QUERY = "v=10&encoding=json&compress=zlib-stream"
BUILT_IN = URL(f"wss://gateway.discord.gg/?{QUERY}")
RESUME = URL(f"wss://gateway-us-east1-b.discord.gg/?{QUERY}")


@pytest.fixture
def contacted(monkeypatch: pytest.MonkeyPatch) -> set[tuple[Any, ...]]:
    """Every name that is looked up, and every address that is connected to."""
    seen: set[tuple[Any, ...]] = set()
    connect, look_up = asyncio.selector_events.BaseSelectorEventLoop.sock_connect, socket.getaddrinfo

    async def sock_connect(self: Any, sock: Any, address: Any) -> None:
        seen.add(tuple(address))
        await connect(self, sock, address)

    def getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        seen.add((host,))
        return look_up(host, *more, **named)

    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", sock_connect)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return seen


async def test_with_both_set_nothing_else_is_contacted(model: nlp.Analyzer, contacted: set[tuple[Any, ...]]) -> None:
    server = DiscordServer()
    async with discord(make_core(model), server) as bot:
        await bot.watch()
        gateway = server.gateway
        ids = await write(server, 2)
        await gateway.close(4000)  # resumes
        await gateway.until(lambda: gateway.resumes and gateway.live())
        await gateway.invalidate(False)  # begins anew
        await gateway.until(lambda: len(gateway.identifies) == 2 and gateway.live())
        ids += await write(server, 2, 40)
        await bot.deliver("INTERACTION_CREATE", payloads.command("sentiment", options={"text": "정말 좋아요"}))
        await server.until_posted(lambda: len(server.posts) == 5)
        server.posts[:] = [post for post in server.posts if post.only_for is None]
        await answered_once(server, ids)
        host, port = server.address.split(":")
        assert contacted == {(host, int(port))}


async def test_what_discord_names_is_not_gone_to_if_the_operator_says_otherwise(
    model: nlp.Analyzer, contacted: set[tuple[Any, ...]]
) -> None:
    server = DiscordServer()
    server.gateway.resume_url = "ws://elsewhere.invalid"
    async with discord(make_core(model), server) as bot:
        await bot.watch()
        ids = await write(server, 1)
        await server.gateway.close(4000)
        ids += await write(server, 1, 40)
        await answered_once(server, ids)
        assert {address[0] for address in contacted} == {"127.0.0.1"}


@pytest.mark.parametrize("shards", [None, 1])
async def test_without_a_gateway_it_is_the_one_that_the_base_names(
    model: nlp.Analyzer, contacted: set[tuple[Any, ...]], shards: int | None
) -> None:
    async with DiscordServer() as server, discord_at(server, make_core(model), shards) as bot:
        await bot.watch()
        gateway = server.gateway
        await gateway.invalidate(False)  # discord.py goes to its built-in address then
        await gateway.until(lambda: len(gateway.identifies) == 2 and gateway.live())
        await answered_once(server, await write(server, 2))
        assert {address[0] for address in contacted} == {"127.0.0.1"}


def discord_at(server: DiscordServer, core: Any, shards: int | None) -> Any:
    """A bot that is told the base only."""

    class Entered:
        async def __aenter__(self) -> DiscordServer:
            return server

        async def __aexit__(self, *_: object) -> None:
            return None

    return discord(core, Entered(), addresses=Addresses(server.api_url), shard_count=shards)  # type: ignore[arg-type]


def test_the_real_discord_is_left_alone() -> None:
    addresses = Addresses(named="wss://gateway.discord.gg")
    assert addresses.base == DEFAULT_BASE
    assert addresses.redirect(BUILT_IN) == BUILT_IN
    assert addresses.redirect(RESUME) == RESUME


def test_a_proxy_of_the_gateway_gets_every_connection() -> None:
    addresses = Addresses(gateway="ws://proxy:8080/gw/")
    for url in (BUILT_IN, RESUME):
        assert str(addresses.redirect(url)) == f"ws://proxy:8080/gw/?{QUERY}"


def test_a_base_alone_replaces_the_built_in_gateway_only() -> None:
    addresses = Addresses("http://own/api/v10", named="ws://own/gw")
    assert str(addresses.redirect(BUILT_IN)) == f"ws://own/gw?{QUERY}"
    assert addresses.redirect(URL("ws://own/resume?v=10")) == URL("ws://own/resume?v=10")


@pytest.mark.parametrize(
    ("addresses", "url", "may"),
    [
        (Addresses(), "https://cdn.discordapp.com/attachments/1/2/a.csv", True),
        (Addresses(), "https://media.discordapp.net/a.csv", True),
        (Addresses(), "http://cdn.discordapp.com/a.csv", False),
        (Addresses(), "https://cdn.discordapp.com.evil.example/a.csv", False),
        (Addresses(), "https://x@cdn.discordapp.com/a.csv", False),
        (Addresses(), "https://169.254.169.254/latest", False),
        (Addresses(), "https://[/a.csv", False),
        (Addresses("http://own/api"), "https://cdn.discordapp.com/a.csv", True),
        (Addresses("http://own/api", "ws://own"), "https://cdn.discordapp.com/a.csv", False),
        (Addresses("http://own/api", "ws://own"), "http://own/files/a.csv", True),
    ],
)
def test_files_are_fetched_from_discord_alone(addresses: Addresses, url: str, may: bool) -> None:
    assert addresses.may_fetch(url) is may
