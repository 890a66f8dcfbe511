"""Many servers: shards in one process, and over several processes with one store."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

import nlp
from bot.adapters.discord_service import DiscordService
from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings, Place
from bot.core.memory import MemoryStore
from tests.bot.core.fakes import make_core
from tests.contract.discord_platform import config, discord
from tests.servers import discord_payloads as payloads
from tests.servers.discord import DiscordServer

GOOD = "배송도 빠르고 품질도 정말 좋아요"


def with_guilds(count: int) -> tuple[DiscordServer, dict[str, str]]:
    """A Discord with so many guilds of one channel each, and those channels."""
    server, channels = DiscordServer(shards=2), {}
    server.gateway.guilds.clear()
    for number in range(count):
        guild, channel = str((1000 + number) << 22), str((5000 + number) << 22)
        server.gateway.guilds[guild] = payloads.guild(guild, [payloads.channel(channel, guild=guild)])
        channels[guild] = channel
    return server, channels


async def tell_all(server: DiscordServer, channels: dict[str, str]) -> set[str]:
    """Somebody writes in every guild; gives where."""
    for number, (guild, channel) in enumerate(channels.items()):
        sent = payloads.message(GOOD, payloads.snowflake(), where=channel, person=str(20 + number), guild_id=guild)
        await server.gateway.dispatch("MESSAGE_CREATE", sent)
    await server.until_posted(lambda: len(server.posts) >= len(channels))
    assert len(server.posts) == len(channels)
    return {post.channel for post in server.posts}


async def test_discord_says_how_many_shards_there_are(model: nlp.Analyzer) -> None:
    server, channels = with_guilds(5)
    core = make_core(model)
    async with discord(core, server):
        assert sorted(said["shard"] for said in server.gateway.identifies) == [[0, 2], [1, 2]]
        for guild, channel in channels.items():
            await core.configure(Place("discord", guild, channel), ChannelSettings(watch=True, mode="reply"))
        assert await tell_all(server, channels) == set(channels.values())
        server.posts.clear()
        (second,) = [session for session in server.gateway.live() if session.shard == (1, 2)]
        await server.gateway.close(4000, second)  # the other shard does not notice
        assert await tell_all(server, channels) == set(channels.values())
        assert [said["session_id"] for said in server.gateway.resumes] == [second.id]


async def test_two_processes_share_the_shards_and_the_store(model: nlp.Analyzer) -> None:
    server, channels = with_guilds(4)
    store = MemoryStore()
    for guild, channel in channels.items():
        await store.configure(Place("discord", guild, channel), ChannelSettings(watch=True, mode="reply"))
    async with server, AsyncExitStack() as stack:
        for shard in (0, 1):
            core = make_core(model, store=store)
            service = DiscordService(core, config(server, shard_ids=(shard,), shard_count=2))
            await service.open()
            for ending in (service.close, core.close, service.stop_listening):
                stack.push_async_callback(ending)
        assert sorted(said["shard"] for said in server.gateway.identifies) == [[0, 2], [1, 2]]
        assert [name for name, *_ in server.calls].count("PUT commands") == 1
        assert await tell_all(server, channels) == set(channels.values())


@pytest.mark.parametrize(("ids", "count"), [((0,), None), ((2,), 2), ((0, 0), 2), ((), 2)])
async def test_shards_that_cannot_be_are_one_sentence(
    model: nlp.Analyzer, ids: tuple[int, ...], count: int | None
) -> None:
    async with DiscordServer() as server:
        service = DiscordService(make_core(model), config(server, shard_ids=ids, shard_count=count))
        with pytest.raises(UserError) as caught:
            await service.open()
        assert (caught.value.status, caught.value.sentence) == (ExitStatus.CONFIG, "discord_shard_ids")
        assert server.calls == []
