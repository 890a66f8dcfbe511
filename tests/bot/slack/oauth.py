"""Workers of a bot that many workspaces install, a local Slack, and a browser."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

import nlp
from bot.adapters.http_server import HttpServer
from bot.adapters.slack_http import PATH
from bot.adapters.slack_service import SlackConfig, SlackService
from bot.core.ports import Clock
from bot.core.service import Core
from bot.storage.installations import SqlInstallations
from bot.storage.opening import open_store
from bot.storage.sealing import load_sealer
from bot.storage.store import SqlStore
from tests.bot.core.fakes import HandClock, SlowModel, make_core
from tests.bot.slack.test_http import SECRET, sign
from tests.servers import slack_payloads as payloads
from tests.servers.slack import BOT_USER, SlackServer
from tests.servers.slack_oauth import CLIENT_ID, CLIENT_SECRET

GOOD = "배송도 빠르고 품질도 정말 좋아요"


@dataclass
class Worker:
    """A process of the bot, as far as Slack and a browser see it."""

    server: SlackServer
    core: Core
    store: SqlStore
    installations: SqlInstallations
    url: str
    browser: aiohttp.ClientSession = field(repr=False)

    async def get(self, path: str, browser: aiohttp.ClientSession | None = None, **options: Any) -> tuple[int, str]:
        """What a browser gets to see, after all redirections."""
        async with (browser or self.browser).get(self.url + path, **options) as response:
            return response.status, await response.text()

    async def install(self, team: str | None) -> tuple[int, str]:
        """Somebody installs the app in a workspace, or denies it at the last moment."""
        self.server.oauth.team = team
        return await self.get("/slack/install")

    async def send(self, payload: dict[str, Any], *, form: bool = False) -> int:
        """Slack sends an event; what it gives is its status, once all it began has ended."""
        before = set(self.core._running)
        status = await self.send_only(payload, form=form)
        while mine := self.core._running - before:
            await asyncio.wait(mine)
            await asyncio.sleep(0)
        return status

    async def send_only(self, payload: dict[str, Any], *, form: bool = False) -> int:
        """The same, without waiting for more than the acknowledgement; what people press comes as a form."""
        text = json.dumps(payload)
        body = (urlencode({"payload": text}) if form else text).encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {"Content-Type": kind, **sign(body, time.time())}
        async with self.browser.post(self.url + PATH, data=body, headers=headers) as response:
            await response.read()
            return response.status


def cookies(*urls: str) -> aiohttp.CookieJar:
    """A browser's cookies; this machine is as safe as HTTPS to it."""
    return aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(url).origin() for url in urls])


@asynccontextmanager
async def worker(
    server: SlackServer,
    model: nlp.Analyzer | SlowModel,
    home: Path,
    *,
    url: str | None = None,
    clock: Clock | None = None,
    **config: Any,
) -> AsyncIterator[Worker]:
    """A worker over the database ``url``, or the file of the data folder."""
    store = await open_store(url, home)
    clock = clock or HandClock()
    core = make_core(model, store=store, clock=clock, patience=60)
    installations = SqlInstallations(store, load_sealer(None, home), clock)
    await installations.prepare()
    given = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **config}
    service = SlackService(core, SlackConfig(None, None, SECRET, server.base_url, True, port=0, **given), installations)
    await service.open()
    assert isinstance(service.front, HttpServer)
    base = f"http://127.0.0.1:{service.front.port}"
    server.oauth.redirect_uri = f"{base}/slack/oauth_redirect"
    try:
        async with aiohttp.ClientSession(cookie_jar=cookies(base)) as browser:
            yield Worker(server, core, store, installations, base, browser)
    finally:
        await service.stop_listening()
        await core.close()
        await service.close()


def of(team: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The same, but of another workspace, which knows the bot under another id."""
    text = json.dumps(payload).replace('"T1"', f'"{team}"').replace(BOT_USER, f"{BOT_USER}{team}")
    return {**json.loads(text), **more}


def mention(team: str, number: int = 1, text: str = GOOD) -> dict[str, Any]:
    """Somebody mentions the bot in a workspace."""
    return of(team, payloads.mention(text, payloads.ts(number)))


def uninstalled(team: str, **more: Any) -> dict[str, Any]:
    """A workspace uninstalled the app."""
    return of(team, payloads.event({"type": "app_uninstalled"}), **more)


def revoked(team: str, **tokens: list[str]) -> dict[str, Any]:
    """Tokens of a workspace were revoked: ``oauth=`` of people, ``bot=`` the bot's."""
    return of(team, payloads.event({"type": "tokens_revoked", "tokens": tokens}))
