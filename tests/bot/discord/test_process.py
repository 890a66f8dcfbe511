"""``nunchi run discord`` and ``all`` as processes: start, answer, drain at SIGTERM, leave no text; the doctor."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.core.events import ChannelSettings, Place
from bot.core.messages import Messages
from bot.storage.opening import open_store
from tests.bot.discord.test_shards import tell_all, with_guilds
from tests.bot.running import start
from tests.contract.discord_platform import PLACE
from tests.servers import discord_payloads as payloads
from tests.servers import slack_payloads
from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.slack import SlackServer

CANARY = "카나리아 문장은 어디에도 남지 않아요 정말 좋아요"
KO = Messages("ko")


async def heard(process: asyncio.subprocess.Process, sentence: str) -> bytes:
    """What it says until it says this."""
    assert process.stderr is not None
    lines = [await process.stderr.readline()]
    while sentence not in lines[-1].decode():
        assert lines[-1], "it ended without a word of that"
        lines.append(await process.stderr.readline())
    return b"".join(lines)


def mention(number: int) -> dict[str, Any]:
    text = f"<@{payloads.BOT}> {CANARY} {number}"
    return payloads.message(text, payloads.snowflake(), person=str(number + 1))


def complaint(err: bytes) -> str:
    """The one sentence of a process that ended as it should."""
    (line,) = [line for line in err.decode().splitlines() if not line.startswith("{")]
    assert "Traceback" not in err.decode()
    return line


async def test_a_process_answers_drains_and_leaves_no_text(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        process = await start(server, tmp_path, "run", "discord")
        err = await asyncio.wait_for(heard(process, KO("discord_ready")), 90)
        for number in range(40):
            await server.gateway.dispatch("MESSAGE_CREATE", mention(number))
        await server.gateway.seen()
        process.send_signal(signal.SIGTERM)  # what was read is answered
        out, rest = await asyncio.wait_for(process.communicate(), 90)
        err += rest
        assert process.returncode == 0, err.decode()
        assert len(server.posts) == 40
    written = out + err + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / "nunchi.db").stat().st_size > 0
    for secret in (CANARY[:6], CANARY[8:], TOKEN):
        assert secret.encode() not in written
    assert b"Traceback" not in err
    assert b"Task was destroyed" not in err


async def test_both_platforms_in_one_process(tmp_path: Path) -> None:
    async with DiscordServer() as server, SlackServer() as slack:
        more = {**slack.environment, "NUNCHI_METRICS_PORT": "0"}
        process = await start(server, tmp_path, "run", "all", more=more)
        log, stderr = b"", process.stderr
        assert stderr is not None
        while not (found := re.search(rb"listening on (127\.0\.0\.1:\d+)", log)):
            line = await stderr.readline()
            assert line, log.decode()
            log += line
        await server.gateway.until(server.gateway.live)
        await asyncio.wait_for(slack.connected.wait(), 90)
        await server.gateway.dispatch("MESSAGE_CREATE", mention(1))
        await slack.send("events_api", slack_payloads.mention(CANARY, slack_payloads.ts(1)))
        await server.until_posted(lambda: server.posts)
        counted = {f'nunchi_messages_total{{outcome="replied",platform="{name}"}} 1.0' for name in ("discord", "slack")}
        async with aiohttp.ClientSession() as scraper:
            while True:
                async with scraper.get(f"http://{found[1].decode()}/metrics") as response:
                    if counted <= set((await response.text()).splitlines()):
                        break
        process.send_signal(signal.SIGTERM)
        _, err = await asyncio.wait_for(process.communicate(), 90)
        assert process.returncode == 0, err.decode()
        assert (len(server.posts), len(slack.posts)) == (1, 1)
        assert {KO("discord_ready"), KO("slack_ready")} <= set((log + err).decode().splitlines())


async def test_a_token_that_is_taken_back_ends_the_process_in_a_sentence(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        process = await start(server, tmp_path, "run", "discord")
        await server.gateway.until(server.gateway.live)
        await server.gateway.close(4004)
        _, err = await asyncio.wait_for(process.communicate(), 90)
        assert process.returncode == 78
        lines = [line for line in err.decode().splitlines() if not line.startswith("{")]
        assert len(lines) == 2, "that it was ready, and why it ended"
        assert "DISCORD_TOKEN" in lines[1]


@pytest.mark.parametrize(
    ("more", "sentence", "status"),
    [
        ({"DISCORD_TOKEN": ""}, "discord_setting_missing", 78),
        ({"DISCORD_TOKEN": TOKEN[:-1] + "x"}, "discord_setting_refused", 78),
        pytest.param({"DISCORD_TOKEN": "xoxb-abc"}, "discord_setting_kind", 78, marks=pytest.mark.slow),
        pytest.param({"DISCORD_API_URL": "http://127.0.0.1:9"}, "discord_unreachable", 74, marks=pytest.mark.slow),
        pytest.param({"DISCORD_SHARD_IDS": "0-3"}, "discord_shard_ids", 78, marks=pytest.mark.slow),
        pytest.param({"DISCORD_SHARD_IDS": "a"}, "setting_wrong", 78, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("word", ["run", pytest.param("doctor", marks=pytest.mark.slow)])
async def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, more: dict[str, str], sentence: str, status: int, word: str
) -> None:
    async with DiscordServer() as server:
        process = await start(server, tmp_path, word, "discord", more=more)
        _, err = await asyncio.wait_for(process.communicate(), 90)
        assert process.returncode == status
        assert (
            complaint(err)[:6] == KO(sentence, name="DISCORD_TOKEN", url="", where="", reason="")[:6]
            or sentence == "setting_wrong"
        )
        assert more.get("DISCORD_TOKEN", "?") not in err.decode() or not more["DISCORD_TOKEN"]
        assert server.gateway.identifies == []


@pytest.mark.slow
async def test_the_doctor_invites_and_looks_at_every_watched_channel(tmp_path: Path) -> None:
    store = await open_store(None, tmp_path)
    await store.configure(PLACE, ChannelSettings(watch=True, mode="reply"))
    await store.close()
    async with DiscordServer() as server:
        process = await start(server, tmp_path, "doctor", "discord")
        out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        said = out.decode()
        assert f"client_id={payloads.APPLICATION}" in said
        assert "permissions=274878008384" in said
        assert KO("discord_ok_channel", channel=payloads.CHANNEL) in said
        (role,) = server.gateway.guilds[payloads.GUILD]["roles"]
        role["permissions"] = str(1 << 10)
        server.gateway.flags = 0
        process = await start(server, tmp_path, "doctor", "discord")
        out, _ = await process.communicate()
        assert process.returncode == 78
        assert "메시지 보내기" in out.decode()
        assert f"/applications/{payloads.APPLICATION}/bot" in out.decode()
        server.gateway.guilds.clear()
        process = await start(server, tmp_path, "doctor", "discord")
        out, _ = await process.communicate()
        assert KO("discord_hidden_channel", channel=payloads.CHANNEL) in out.decode()
        assert server.gateway.identifies == [], "a doctor does not start the bot"


@pytest.mark.slow
async def test_two_processes_share_shards_over_one_postgres(tmp_path: Path, postgres: str) -> None:
    """Each connects its own shard; every guild is answered once, whichever process has it."""
    server, channels = with_guilds(4)
    store = await open_store(postgres, tmp_path / "settings")
    for guild, channel in channels.items():
        await store.configure(Place("discord", guild, channel), ChannelSettings(watch=True, mode="reply"))
    await store.close()
    async with server:
        processes = []
        for shard in ("0", "1"):
            more = {
                "DISCORD_SHARD_IDS": shard,
                "DISCORD_SHARD_COUNT": "2",
                "NUNCHI_DATABASE_URL": postgres,
                "NUNCHI_HASH_KEY": "a key that both of them are given",
            }
            (tmp_path / shard).mkdir()
            processes.append(await start(server, tmp_path / shard, "run", "discord", more=more))
        for process in processes:
            await asyncio.wait_for(heard(process, KO("discord_ready")), 90)
        assert sorted(said["shard"] for said in server.gateway.identifies) == [[0, 2], [1, 2]]
        assert await tell_all(server, channels) == set(channels.values())
        for process in processes:
            process.send_signal(signal.SIGTERM)
            _, err = await asyncio.wait_for(process.communicate(), 90)
            assert process.returncode == 0, err.decode()
