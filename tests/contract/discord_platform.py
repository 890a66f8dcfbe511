"""Discord, played by a local server; between it and the bot is the real discord.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from bot.adapters.discord_addresses import Addresses
from bot.adapters.discord_service import DiscordConfig, DiscordService
from bot.core.events import ChannelSettings, Place, Way
from bot.core.service import Core
from tests.contract.harness import Seen
from tests.servers import discord_payloads as payloads
from tests.servers.discord import TOKEN, DiscordServer, Mishap, buttons

PLACE = Place("discord", payloads.GUILD, payloads.CHANNEL)


def config(server: DiscordServer, **changes: Any) -> DiscordConfig:
    """What the bot is told to talk to the local server."""
    addresses = Addresses(server.api_url, server.gateway_url)
    return DiscordConfig(TOKEN, **{"addresses": addresses, "identify_pause": 0, "first_pause": 0.05, **changes})


class DiscordHarness:
    ways: frozenset[Way] = frozenset({"direct", "mention", "command", "menu", "watched"})
    edits = True
    bots = True
    many_users = True
    files: frozenset[Way] = frozenset({"command", "direct", "mention"})
    whys: frozenset[Way] = frozenset({"direct", "mention", "menu", "watched"})
    place = PLACE

    def __init__(self, core: Core, server: DiscordServer, service: DiscordService) -> None:
        self._core, self.server, self.service = core, server, service
        self._numbers = count(11)
        self._sent: dict[str, dict[str, Any]] = {}
        self._ids: dict[str, str] = {}
        self._last: Callable[[], Any] = lambda: None

    async def deliver(self, name: str, payload: dict[str, Any]) -> None:
        """Let something happen, and wait until what it began has ended."""
        before = set(self._core._running)
        await self.server.gateway.dispatch(name, payload)
        await self.read()
        while mine := self._core._running - before:
            await asyncio.wait(mine)
            await asyncio.sleep(0)

    async def read(self) -> None:
        """Return when the client has read all that it was told."""
        # Not by asking it for a heartbeat: discord.py sends no more than 110 of these answers in a minute.
        client = self.service.client
        assert client is not None
        async with asyncio.timeout(90):
            for session in self.server.gateway.live():
                while client._get_websocket(shard_id=session.shard[0]).sequence != session.events[-1]["s"]:
                    await asyncio.sleep(0)
            for _ in range(3):  # what listens to it has begun
                await asyncio.sleep(0)

    async def say(self, text: str, way: Way, message: str, *, author: str = "", bot: bool = False) -> None:
        at, person = payloads.snowflake(), author.removeprefix("U") or "11"
        more: dict[str, Any] = {"author": payloads.user(person, bot=True)} if bot else {}
        name, payload = {
            "direct": lambda: direct(text, at, person, **more),
            "watched": lambda: ("MESSAGE_CREATE", payloads.message(text, at, person=person, **more)),
            "mention": lambda: (
                "MESSAGE_CREATE",
                payloads.message(f"<@{payloads.BOT}> {text}", at, person=person, **more),
            ),
            "command": lambda: (
                "INTERACTION_CREATE",
                payloads.command("sentiment", options={"text": text}, at=at, person=person),
            ),
            "menu": lambda: (
                "INTERACTION_CREATE",
                payloads.menu("Judge this review", payloads.message(text, payloads.snowflake()), at=at, person=person),
            ),
        }[way]()
        self._sent[message], self._ids[at] = payload, message
        self._keep(payload)
        self._last = lambda: self.deliver(name, payload)
        await self._last()

    async def redeliver(self) -> None:
        await self._last()

    async def edit(self, message: str, text: str) -> None:
        changed = payloads.edited(self._sent[message], text, next(self._numbers) % 60)
        self._keep(changed)
        self._last = lambda: self.deliver("MESSAGE_UPDATE", changed)
        await self._last()

    def _keep(self, payload: dict[str, Any]) -> None:
        """Let a message be asked for again."""
        for sent in [payload, *payload.get("data", {}).get("resolved", {}).get("messages", {}).values()]:
            if "content" in sent:
                self.server.messages[sent["id"]] = sent

    async def drop(self, name: str, content: bytes, way: Way, message: str) -> None:
        file, at = self.server.attach(name, content), payloads.snowflake()
        self._ids[at] = message
        if way == "command":
            options, resolved = {"file": int(file["id"])}, {"attachments": {file["id"]: file}}
            event, payload = "INTERACTION_CREATE", payloads.command("sentiment", options=options, at=at)
            payload["data"]["options"][0] |= {"type": 11, "value": file["id"]}
            payload["data"]["resolved"] = resolved
        elif way == "direct":
            event, payload = direct("", at, attachments=[file])
        else:
            event, payload = "MESSAGE_CREATE", payloads.message(f"<@{payloads.BOT}>", at, attachments=[file])
        self._last = lambda: self.deliver(event, payload)
        await self._last()

    async def why(self, message: str) -> str:
        posts = [post for post in self.server.posts if self._ids.get(post.to) == message]
        if posts:
            custom_id, shown = buttons(posts[-1].payload["components"])["왜?"], self.server.show(posts[-1])
        else:
            sent = self._sent[message]
            custom_id = f"nunchi:why:{sent['id']}"
            row = {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "custom_id": custom_id}]}
            author = payloads.BOT_USER
            shown = payloads.message("", payloads.snowflake(), author=author, components=[row], flags=1 << 15)
        await self.deliver("INTERACTION_CREATE", payloads.button(custom_id, shown, person="55"))
        answer = self.server.posts.pop()
        assert answer.payload.get("deferred", answer.payload["flags"]) & 64
        return answer.text

    def pictures(self) -> list[tuple[str, bytes]]:
        return [
            (file["description"], post.files[file["filename"]])
            for post in self.server.posts
            for file in post.payload.get("attachments") or []
        ]

    def remove(self) -> None:
        self.server.posts.clear()

    def sent_files(self) -> list[tuple[str, bytes]]:
        return [(name, content) for post in self.server.posts for name, content in post.files.items()]

    async def delete(self, message: str) -> None:
        self.server.messages.pop(self._sent[message]["id"], None)
        await self.deliver("MESSAGE_DELETE", payloads.deleted(self._sent[message]["id"]))

    async def refuse(self) -> None:
        for _ in range(10):
            self.server.mishaps["POST message"].append(Mishap("error"))

    async def watch(self) -> None:
        await self._core.configure(PLACE, ChannelSettings(watch=True, mode="reply"))

    def seen(self) -> list[Seen]:
        return [
            Seen(self._ids.get(post.to, ""), post.text, json.dumps(post.payload, ensure_ascii=False) + post.raw)
            for post in self.server.posts
        ]


def direct(text: str, at: str, person: str = "11", **more: Any) -> tuple[str, dict[str, Any]]:
    """A direct message."""
    return "MESSAGE_CREATE", payloads.message(
        text, at, where=payloads.DIRECT, person=person, **{"guild_id": None, **more}
    )


@asynccontextmanager
async def discord(core: Core, server: DiscordServer | None = None, **changes: Any) -> AsyncIterator[DiscordHarness]:
    async with server or DiscordServer() as server:
        service = DiscordService(core, config(server, **changes))
        await service.open()
        try:
            yield DiscordHarness(core, server, service)
        finally:
            await service.stop_listening()
            await core.close()
            await service.close()
