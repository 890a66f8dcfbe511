"""``nunchi run slack --http`` as processes: workers that share installations, and settings that do not fit."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet

from tests.bot.running import start
from tests.bot.slack.oauth import cookies, mention
from tests.bot.slack.test_http import SECRET, sign
from tests.servers.slack import BOT_TOKEN, SlackServer
from tests.servers.slack_oauth import CLIENT_ID, CLIENT_SECRET

MANY = {
    "SLACK_BOT_TOKEN": "",
    "SLACK_APP_TOKEN": "",
    "SLACK_CLIENT_ID": CLIENT_ID,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
    "SLACK_SIGNING_SECRET": SECRET,
    "NUNCHI_HTTP_PORT": "0",
}
"""The settings of a bot that many workspaces install."""


@dataclass
class Running:
    """A worker, and what it has logged so far."""

    process: asyncio.subprocess.Process
    url: str
    log: bytearray
    reading: asyncio.Task[None]


async def read(process: asyncio.subprocess.Process, log: bytearray) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        log += line


@asynccontextmanager
async def running(server: SlackServer, home: Path, *words: str, more: dict[str, str]) -> AsyncIterator[Running]:
    """``nunchi run slack ...`` until the end of the context, and that it ended well."""
    process = await start(server, home, "run", "slack", *words, more=more)
    log = bytearray()
    reading = asyncio.create_task(read(process, log))
    try:
        while not (found := re.search(rb"listening on (127\.0\.0\.1:\d+)", bytes(log))):
            assert not reading.done(), log.decode()
            await asyncio.sleep(0.02)
        yield Running(process, f"http://{found[1].decode()}", log, reading)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 90)
        await reading
        assert process.returncode == 0, log.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def post(session: aiohttp.ClientSession, url: str, payload: dict[str, object]) -> int:
    body = json.dumps(payload).encode()
    headers = {"Content-Type": "application/json", **sign(body, time.time())}
    async with session.post(f"{url}/slack/events", data=body, headers=headers) as response:
        return response.status


async def test_two_processes_share_installations_and_leave_no_token(tmp_path: Path, postgres: str) -> None:
    more = {**MANY, "NUNCHI_DATABASE_URL": postgres, "NUNCHI_HASH_KEY": "k" * 32}
    async with SlackServer() as server:
        async with (
            running(server, tmp_path, "--http", more=more) as one,
            running(server, tmp_path, "--http", more=more) as two,
            aiohttp.ClientSession(cookie_jar=cookies(one.url, two.url)) as browser,
        ):
            server.oauth.redirect_uri = f"{two.url}/slack/oauth_redirect"
            pages = ""
            for team in ("T1", "T2"):
                server.oauth.team = team
                async with browser.get(f"{one.url}/slack/install") as response:
                    assert response.status == 200
                    pages += await response.text()
            events = [mention(team, number) for number in range(5) for team in ("T1", "T2")]
            deliveries = [post(browser, url, event) for event in events for url in (one.url, two.url)]
            assert set(await asyncio.gather(*deliveries)) == {200}
            for url in (one.url, two.url):
                async with browser.get(f"{url}/healthz") as response:
                    assert (response.status, (await response.json())["store"]) == (200, True)
                async with browser.get(f"{url}/metrics") as response:
                    pages += await response.text()
        by_token = [post.token for post in server.posts]
        assert sorted(by_token) == sorted([server.oauth.token(team) for team in ("T1", "T2")] * 5)
        shown = await start(server, tmp_path, "settings", "show", more=more)
        settings, _ = await shown.communicate()
        logged = await start(server, tmp_path, "log", "export", more=more)
        exported, _ = await logged.communicate()
    assert b"slack/T1" in settings
    assert b"slack/T2" in settings
    assert len(exported.splitlines()) == 10
    everything = bytes(one.log + two.log) + settings + exported + pages.encode()
    for secret in (b"xoxb-", b"canary", CLIENT_SECRET.encode(), SECRET.encode()):
        assert secret not in everything
    assert b"Traceback" not in everything


@pytest.mark.slow
async def test_changing_the_key_takes_two_restarts_and_a_wrong_one_is_a_sentence(tmp_path: Path) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    async with SlackServer() as server:
        for key in (old, f"{new} {old}", new):
            more = {**MANY, "NUNCHI_TOKEN_KEY": key}
            async with (
                running(server, tmp_path, "--http", more=more) as bot,
                aiohttp.ClientSession(cookie_jar=cookies(bot.url)) as browser,
            ):
                server.oauth.redirect_uri = f"{bot.url}/slack/oauth_redirect"
                if key == old:
                    await (await browser.get(f"{bot.url}/slack/install")).read()
                event = mention("T1", len(server.posts))
                assert await post(browser, bot.url, event) == 200
        assert [post.token for post in server.posts] == [server.oauth.token("T1")] * 3
        process = await start(server, tmp_path, "run", "slack", "--http", more={**MANY, "NUNCHI_TOKEN_KEY": old})
        _, err = await asyncio.wait_for(process.communicate(), 90)
    said = [line for line in err.decode().splitlines() if not line.startswith("{")]
    assert process.returncode == 78
    assert len(said) == 1
    assert "NUNCHI_TOKEN_KEY" in said[0]
    assert old not in err.decode()


CASES = {
    "no secret": ({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET"),
    "no id": ({"SLACK_CLIENT_ID": ""}, "SLACK_CLIENT_ID"),
    "no signing": ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET"),
    "wrong id": ({"SLACK_CLIENT_ID": "9.9"}, "SLACK_CLIENT_ID"),
    "wrong secret": ({"SLACK_CLIENT_SECRET": "canary"}, "SLACK_CLIENT_SECRET"),
    "two ways": ({"SLACK_BOT_TOKEN": BOT_TOKEN}, "SLACK_BOT_TOKEN"),
    "no address": ({"SLACK_REDIRECT_URI": "not an address"}, "SLACK_REDIRECT_URI"),
}


@pytest.mark.parametrize(
    "case", [case if case == "wrong secret" else pytest.param(case, marks=pytest.mark.slow) for case in CASES]
)
async def test_a_setting_that_does_not_fit_is_a_sentence_that_names_it(tmp_path: Path, case: str) -> None:
    changes, name = CASES[case]
    async with SlackServer() as server:
        process = await start(server, tmp_path, "doctor", "slack", "--http", more={**MANY, **changes})
        out, err = await asyncio.wait_for(process.communicate(), 90)
    assert (process.returncode, out) == (78, b"")
    assert len(err.decode().splitlines()) == 1
    assert name in err.decode()
    assert "canary" not in err.decode()


async def test_doctor_finds_nothing_and_changes_nothing(tmp_path: Path) -> None:
    async with SlackServer() as server:
        process = await start(server, tmp_path, "doctor", "slack", "--http", more=MANY)
        out, err = await asyncio.wait_for(process.communicate(), 90)
    assert (process.returncode, err) == (0, b"")
    assert "SLACK_CLIENT_ID" in out.decode()
    assert list(tmp_path.iterdir()) == []


async def test_socket_mode_with_metrics_and_settings_that_are_for_http(tmp_path: Path) -> None:
    """Bolt reads SLACK_CLIENT_ID from the environment by itself, and would forget the bot's token."""
    more = {"SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET, "NUNCHI_METRICS_PORT": "0"}
    async with SlackServer() as server:
        async with running(server, tmp_path, more=more) as bot, aiohttp.ClientSession() as session:
            await asyncio.wait_for(server.connected.wait(), 90)
            await asyncio.wait_for(server.send("events_api", mention("T1")), 90)
            while not server.posts:
                await asyncio.sleep(0.02)
            while True:
                async with session.get(f"{bot.url}/metrics") as response:
                    if 'nunchi_messages_total{outcome="replied",platform="slack"} 1.0' in await response.text():
                        break
            async with session.get(f"{bot.url}/healthz") as response:
                assert (response.status, (await response.json())["slack"]) == (200, True)
            async with session.get(f"{bot.url}/metrics") as response:
                assert 'nunchi_silence_seconds{platform="slack"}' in await response.text()
        assert [post.token for post in server.posts] == [BOT_TOKEN]
