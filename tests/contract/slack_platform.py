"""Slack, played by a local server; between it and the bot are the real slack-bolt and slack-sdk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from bot.adapters.slack_service import SlackConfig, SlackService
from bot.core.events import ChannelSettings, Place, Way
from bot.core.service import Core
from tests.contract.harness import Seen
from tests.servers import slack_payloads as payloads
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, Mishap, Posted, SlackServer


class SlackHarness:
    ways: frozenset[Way] = frozenset({"direct", "mention", "command", "menu", "watched"})
    edits = True
    bots = True
    many_users = True
    files: frozenset[Way] = frozenset({"direct", "mention"})
    whys: frozenset[Way] = frozenset({"direct", "mention", "menu", "watched"})
    place = Place("slack", "T1", "C1")

    def __init__(self, core: Core, server: SlackServer) -> None:
        self._core, self.server = core, server
        self._numbers = count(1)
        self._ts: dict[str, str] = {}
        self._ways: dict[str, Way] = {}
        self._users: dict[str, str] = {}
        self._posted_for: dict[str, str] = {}
        self._last: Callable[[], Any] = lambda: None

    async def deliver(self, kind: str, payload: dict[str, Any], **retry: Any) -> None:
        """Hand in an envelope, and wait until what it began has ended."""
        before = set(self._core._running)
        await self.server.send(kind, payload, **retry)
        while mine := self._core._running - before:
            await asyncio.wait(mine)
            await asyncio.sleep(0)

    async def say(self, text: str, way: Way, message: str, *, author: str = "", bot: bool = False) -> None:
        user, at = author or "U1", payloads.ts(next(self._numbers))
        self._ts[message], self._ways[message] = at, way
        self.server.threads[payloads.ts(1) if way == "menu" else at] = text
        more: dict[str, Any] = {"bot_id": "B9", "subtype": "bot_message"} if bot else {}
        url = self.server.response_url("C1", f"U-{message}".upper().replace("-", "X"))
        self._users[url.rsplit("/", 1)[1]] = message
        kind, payload = {
            "direct": lambda: ("events_api", payloads.message(text, at, channel="D1", user=user, **more)),
            "watched": lambda: ("events_api", payloads.message(text, at, user=user, **more)),
            "mention": lambda: ("events_api", payloads.mention(text, at, user=user, **more)),
            "command": lambda: ("slash_commands", payloads.command(text, url, user=user)),
            "menu": lambda: ("interactive", payloads.shortcut(text, url, user=user)),
        }[way]()
        self._last = lambda: self.deliver(kind, payload, retry_attempt=1, retry_reason="timeout")
        before = {post.ts for post in self.server.posts}
        await self.deliver(kind, payload)
        for post in self.server.posts:
            if post.ts not in before:
                self._posted_for.setdefault(post.ts, message)

    async def redeliver(self) -> None:
        await self._last()

    async def edit(self, message: str, text: str) -> None:
        revision = payloads.ts(5000 + next(self._numbers))
        payload = payloads.changed(text, self._ts[message], revision)
        self._last = lambda: self.deliver("events_api", payload, retry_attempt=1)
        await self.deliver("events_api", payload)

    async def drop(self, name: str, content: bytes, way: Way, message: str) -> None:
        at = self._ts[message] = payloads.ts(next(self._numbers))
        files = [self.server.file(f"F{next(self._numbers)}", name, content)]
        if way == "direct":
            payload = payloads.message("", at, channel="D1", subtype="file_share", files=files)
        else:
            payload = payloads.mention("", at, files=files)
        self._last = lambda: self.deliver("events_api", payload, retry_attempt=1)
        before = {post.ts for post in self.server.posts}
        await self.deliver("events_api", payload)
        for post in self.server.posts:
            if post.ts not in before:
                self._posted_for.setdefault(post.ts, message)

    async def why(self, message: str) -> str:
        posts = [post for post in self.server.posts if message in (self._posted_for.get(post.ts), self._of(post))]
        value = posts[-1].blocks[0]["accessory"]["value"] if posts else self._ts[message]
        channel = posts[-1].channel if posts else "C1"
        url = self.server.response_url(channel, "UWHY")
        await self.deliver("interactive", payloads.why(value, url, channel=channel))
        answer = self.server.posts.pop()
        assert answer.only_for == "UWHY"
        return answer.text

    def _of(self, post: Posted) -> str | None:
        return self._users.get(post.only_for or "")

    def pictures(self) -> list[tuple[str, bytes]]:
        blocks = [block for post in self.server.posts for block in post.blocks if block["type"] == "image"]
        return [(block["alt_text"], self.server.uploads[block["slack_file"]["id"]].content) for block in blocks]

    def remove(self) -> None:
        self.server.posts.clear()

    def sent_files(self) -> list[tuple[str, bytes]]:
        return [(file.name, file.content) for file in self.server.uploads.values()]

    async def delete(self, message: str) -> None:
        self.server.threads.pop(self._ts[message], None)
        await self.deliver("events_api", payloads.deleted(self._ts[message]))

    async def refuse(self) -> None:
        for _ in range(10):
            self.server.mishaps["chat.postMessage"].append(Mishap("error", "channel_not_found"))

    async def watch(self) -> None:
        await self._core.configure(Place("slack", "T1", "C1"), ChannelSettings(watch=True, mode="reply"))

    def seen(self) -> list[Seen]:
        names = {at: message for message, at in self._ts.items()}
        out = []
        for post in self.server.posts:
            to = (
                self._users.get(post.only_for or "")
                or names.get(post.thread or "")
                or self._posted_for.get(post.ts, "")
            )
            out.append(Seen(to, post.text, json.dumps(post.blocks, ensure_ascii=False) + post.text + post.raw))
        return out


@asynccontextmanager
async def slack(core: Core) -> AsyncIterator[SlackHarness]:
    async with SlackServer() as server:
        service = SlackService(core, SlackConfig(BOT_TOKEN, APP_TOKEN, None, server.base_url))
        await service.open()
        await server.connected.wait()
        try:
            yield SlackHarness(core, server)
        finally:
            await service.stop_listening()
            await core.close()
            await service.close()
