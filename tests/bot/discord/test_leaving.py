"""The bot is removed from a guild: all that is kept of it goes, at once and for good, and of no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import nlp
from bot.core.events import ChannelSettings, Place
from bot.storage.opening import open_store
from bot.storage.store import SqlStore
from tests.bot.core.fakes import SlowModel, make_core
from tests.bot.storage.test_installations import rows
from tests.contract.discord_platform import PLACE, DiscordHarness, discord
from tests.servers import discord_payloads as payloads
from tests.servers.discord import DiscordServer, Mishap, buttons

GOOD = "배송도 빠르고 품질도 정말 좋아요"
OTHER = str(int(payloads.GUILD) + (1 << 22))
OTHER_PLACE = Place("discord", OTHER, str(int(payloads.CHANNEL) + (1 << 22)))


def two_guilds() -> DiscordServer:
    server = DiscordServer()
    channel = payloads.channel(OTHER_PLACE.channel, guild=OTHER)
    server.gateway.guilds[OTHER] = payloads.guild(OTHER, [channel])
    return server


def said(place: Place, number: int = 20) -> dict[str, Any]:
    return payloads.message(
        GOOD, payloads.snowflake(), where=place.channel, person=str(number), guild_id=place.workspace
    )


def removed(**more: Any) -> dict[str, Any]:
    return {"id": payloads.GUILD, **more}


async def tell(bot: DiscordHarness, payload: dict[str, Any]) -> None:
    await bot.server.gateway.dispatch("GUILD_DELETE", payload, payloads.GUILD)
    await ended(bot)


async def ended(bot: DiscordHarness) -> None:
    """Return when all has ended that the bot has been told to do."""
    await bot.read()
    while bot._core._running:
        await asyncio.wait(set(bot._core._running))


@pytest.fixture
async def store(tmp_path: Path) -> SqlStore:
    return await open_store(None, tmp_path)


@pytest.fixture
async def bot(model: nlp.Analyzer, store: SqlStore) -> AsyncIterator[DiscordHarness]:
    """In two guilds, of each of which something is kept; of one person that they do not want to be read."""
    async with discord(make_core(model, store=store), two_guilds()) as running:
        for place in (PLACE, OTHER_PLACE):
            await running._core.configure(place, ChannelSettings(watch=True, mode="reply"))
            await running.deliver("MESSAGE_CREATE", said(place))
            shown = running.server.posts[-1]
            custom_id = buttons(shown.payload["components"])["맞아요"]
            await running.deliver("INTERACTION_CREATE", payloads.button(custom_id, running.server.show(shown)))
        await store.opt_out("somebody", True)
        assert await rows(store) == {payloads.GUILD, OTHER}
        yield running


async def test_who_removes_the_bot_is_forgotten(bot: DiscordHarness, store: SqlStore) -> None:
    await tell(bot, removed())
    assert await rows(store) == {OTHER}
    assert [row["right"] async for row in store.records()] == [1], "the other guild's verdict, and what was said of it"
    assert await store.opted_out("somebody"), "a wish not to be read is kept"
    assert bot._core.counters.get("workspaces_left", platform="discord") == 1
    await bot.server.gateway.dispatch("GUILD_CREATE", payloads.guild(), payloads.GUILD)
    posts = len(bot.server.posts)
    await bot.deliver("MESSAGE_CREATE", said(PLACE))
    assert len(bot.server.posts) == posts, "invited again, it watches nothing until it is told to"


async def test_an_outage_forgets_nothing(bot: DiscordHarness, store: SqlStore) -> None:
    await tell(bot, removed(unavailable=True))
    assert await rows(store) == {payloads.GUILD, OTHER}
    await bot.server.gateway.dispatch("GUILD_CREATE", payloads.guild(), payloads.GUILD)
    posts = len(bot.server.posts)
    await bot.deliver("MESSAGE_CREATE", said(PLACE))
    assert len(bot.server.posts) == posts + 1
    await tell(bot, removed(unavailable=True))
    await tell(bot, removed())
    assert await rows(store) == {OTHER}, "put out during an outage is put out"


async def test_what_is_on_its_way_leaves_nothing_behind(model: nlp.Analyzer, store: SqlStore) -> None:
    slow = SlowModel(model)
    async with discord(make_core(slow, store=store), two_guilds()) as bot:
        for place in (PLACE, OTHER_PLACE):
            await bot._core.configure(place, ChannelSettings(watch=True, mode="reply"))
            for number in range(5):
                await bot.server.gateway.dispatch("MESSAGE_CREATE", said(place, 20 + number))
        await asyncio.to_thread(slow.began.wait, 30)
        await bot.server.gateway.dispatch("GUILD_DELETE", removed(), payloads.GUILD)
        await bot.server.gateway.seen()
        while await store.channels("discord", payloads.GUILD):
            await asyncio.sleep(0.01)
        slow.go_on.set()
        await ended(bot)
        assert await rows(store) == {OTHER}


async def test_who_invites_it_again_is_told_again_where_it_may_not_speak(bot: DiscordHarness) -> None:
    for _ in range(2):
        await bot._core.configure(PLACE, ChannelSettings(watch=True, mode="reply"))
        bot.server.posts.clear()
        bot.server.mishaps["POST message"].append(Mishap("error", 403, 50013))
        await bot.deliver("MESSAGE_CREATE", said(PLACE))
        assert [post.to for post in bot.server.posts] == [""], "the admin is told"
        await tell(bot, removed())
        await bot.server.gateway.dispatch("GUILD_CREATE", payloads.guild(), payloads.GUILD)
