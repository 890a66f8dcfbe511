"""A digest and an incident, from the admin's command to the last word, over the real clients of both platforms."""

from __future__ import annotations

import asyncio
import io
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

import nlp
from bot.core.announcing import Announcer
from bot.core.bulletins import BulletinSettings
from bot.core.events import ChannelSettings, Place
from bot.core.fingerprint import Fingerprint
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.core.service import Core
from bot.storage.bulletins import SqlBulletins
from bot.storage.opening import open_store
from bot.storage.store import SqlStore
from tests.bot.core.fakes import KEY, HandClock, make_core
from tests.bot.core.made_reviews import fill, spread
from tests.bot.running import start
from tests.contract.discord_platform import DiscordHarness, discord
from tests.contract.slack_platform import SlackHarness, slack
from tests.servers import discord_payloads, slack_payloads
from tests.servers.discord import Mishap as DiscordMishap
from tests.servers.slack import Mishap as SlackMishap
from tests.servers.slack import SlackServer

KO = Messages("ko")
MODERATORS = {"slack": "C8", "discord": discord_payloads.FORUM}
MONTH = timedelta(days=31)


@dataclass
class Scene:
    """A bot on one of the platforms, its database and its clock."""

    core: Core
    clock: HandClock
    store: SqlStore
    on: SlackHarness | DiscordHarness

    @property
    def place(self) -> Place:
        place = self.on.place
        assert place is not None
        return place

    async def admin(self, text: str, **options: str) -> str:
        """What an admin is answered."""
        before = len(self.on.server.posts)
        if isinstance(self.on, SlackHarness):
            self.on.server.users["U2"] = {"is_admin": True}
            url = self.on.server.response_url(self.place.channel, "U2")
            await self.on.deliver("slash_commands", slack_payloads.command(text, url, user="U2"))
        else:
            path = ("nunchi", "settings", text.split()[0])
            rights = discord_payloads.MANAGE_GUILD
            payload = discord_payloads.command(*path, options=dict(options), permissions=rights)
            await self.on.deliver("INTERACTION_CREATE", payload)
        answer = self.on.server.posts.pop()
        assert len(self.on.server.posts) == before
        return answer.text

    async def tick(self, **passing: float) -> None:
        self.clock.pass_by(timedelta(**passing).total_seconds())
        assert self.core.announcer is not None
        await self.core.announcer.tick()

    def said(self) -> list[tuple[str, str | None, str]]:
        """Channel, thread and words of all posts."""
        if isinstance(self.on, SlackHarness):
            return [(post.channel, post.thread, post.text) for post in self.on.server.posts]
        threads = self.on.server.threads
        return [
            (threads[post.channel]["parent_id"], post.channel, post.text)
            if post.channel in threads
            else (post.channel, None, post.text)
            for post in self.on.server.posts
        ]

    def lose(self, times: int) -> None:
        """The channel is gone for the platform."""
        for _ in range(times):
            if isinstance(self.on, SlackHarness):
                self.on.server.mishaps["chat.postMessage"].append(SlackMishap("error", "channel_not_found"))
            else:
                self.on.server.mishaps["POST message"].append(DiscordMishap("error", 404, 10003))


@asynccontextmanager
async def scene(name: str, model: nlp.Analyzer, folder: Path) -> AsyncIterator[Scene]:
    clock = HandClock()
    store = await open_store(None, folder, Fingerprint(KEY))
    core = make_core(model, store=store, clock=clock)
    core.announcer = Announcer(core, SqlBulletins(store))
    async with (slack if name == "slack" else discord)(core) as on:
        yield Scene(core, clock, store, on)  # type: ignore[arg-type]


platforms = pytest.mark.parametrize("name", ["slack", "discord"])


@platforms
async def test_a_digest(name: str, model: nlp.Analyzer, tmp_path: Path) -> None:
    async with scene(name, model, tmp_path) as at:
        settings = ChannelSettings(watch=True, rule=Rule(moderators=MODERATORS[name]))
        await at.core.configure(at.place, settings)
        options = {"value": "daily", "time": "09:00", "zone": "Asia/Seoul", "empty": "silent"}
        answer = await at.admin("digest daily 09:00 Asia/Seoul", **options)
        assert KO("digest_daily", time="09:00", zone="Asia/Seoul", day="3월 2일") in answer
        await fill(at.store, at.place, spread(at.clock.now(), 20, 50, 10))
        await at.tick(hours=21)
        await at.tick()
        ((channel, thread, text),) = at.said()
        assert (channel, thread) == (MODERATORS[name], None)
        for words in ("리뷰 요약: 3월 1일 09:00 – 3월 2일 09:00", "50편", "10편 · 20 %"):
            assert words in text
        ((alt, content),) = at.on.pictures()
        assert "부정 10편" in alt
        assert Image.open(io.BytesIO(content)).width == 1080
        assert answer.splitlines()[0] not in await at.admin("status"), "the next one is a day later"


@platforms
async def test_an_incident(name: str, model: nlp.Analyzer, tmp_path: Path) -> None:
    async with scene(name, model, tmp_path) as at:
        await at.core.configure(at.place, ChannelSettings(watch=True))
        assert KO("alerts_promise") in await at.admin("alerts on", value="on")
        now = at.clock.now()
        await fill(at.store, at.place, spread(now - MONTH, 31 * 24 - 1, 3100, 620))
        await fill(at.store, at.place, spread(now, 18, 150, 105))
        await fill(at.store, at.place, spread(now + timedelta(hours=18), 48, 300, 60))
        for _ in range(22):
            await at.tick(hours=3)
        (_, first, alert), *rest = at.said()
        assert first is None
        assert KO("alert_headline") in alert
        assert len({thread for _, thread, _ in rest}) == 1
        assert None not in {thread for _, thread, _ in rest}
        assert KO("alert_more_headline") in rest[0][2]
        assert KO("alert_over_headline") in rest[-1][2]
        assert sum(KO("alert_over_headline") in text for _, _, text in rest) == 1


@platforms
async def test_a_channel_that_was_deleted_is_said_to_an_admin(name: str, model: nlp.Analyzer, tmp_path: Path) -> None:
    async with scene(name, model, tmp_path) as at:
        await at.core.configure(at.place, ChannelSettings(watch=True))
        assert at.core.announcer is not None
        await at.core.announcer.store.choose(at.place, BulletinSettings(digest="daily"))
        at.lose(1)
        await at.tick()
        await at.tick(minutes=30)
        assert at.said() == []
        assert at.core.counters.get("bulletins", outcome="undelivered") == 1
        assert "보내지 못했습니다" in await at.admin("status")
        await at.tick(days=1)
        assert len(at.said()) == 1
        assert "보내지 못했습니다" not in await at.admin("status")


@platforms
async def test_only_admins_choose(name: str, model: nlp.Analyzer, tmp_path: Path) -> None:
    async with scene(name, model, tmp_path) as at:
        if isinstance(at.on, SlackHarness):
            await at.on.say("digest daily", "command", "m1")
        else:
            payload = discord_payloads.command("nunchi", "settings", "digest", options={"value": "daily"})
            await at.on.deliver("INTERACTION_CREATE", payload)
        assert at.said()[0][2] == KO("admin_only")
        assert at.core.announcer is not None
        assert await at.core.announcer.store.wanted() == {}


@pytest.mark.slow
async def test_processes_catch_up_once_when_they_start(tmp_path: Path) -> None:
    place = Place("slack", "T1", "C1")
    now = datetime.now(UTC)
    store = await open_store(None, tmp_path)
    await fill(store, place, [(now - timedelta(hours=hours), "negative") for hours in range(1, 60)])
    await SqlBulletins(store).choose(place, BulletinSettings(digest="daily", since=now - timedelta(days=3)))
    await store.close()
    async with SlackServer() as server:
        for _ in range(2):
            both = [await start(server, tmp_path, "run", "slack") for _ in range(2)]
            async with asyncio.timeout(90):
                while len(server.posts) < 1 or len(server.open_sockets()) < 2:
                    await asyncio.sleep(0.01)
            for process in both:
                process.send_signal(signal.SIGTERM)
            ends = [await asyncio.wait_for(process.communicate(), 90) for process in both]
            assert [process.returncode for process in both] == [0, 0], ends
        (post,) = server.posts
        assert (post.channel, len(server.uploads)) == ("C1", 1)
        assert post.text.startswith("리뷰 요약: ")
