"""Discord, as far as the bot sees it: REST API v10 and the gateway, on a free port of this machine.

What the bot posts is kept as channels keep it, so that a test looks at what people would see. Every route can be
told to misbehave: see :class:`Mishap`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Literal
from urllib.parse import unquote

from aiohttp import web

from tests.servers.discord_gateway import Gateway
from tests.servers.discord_payloads import (
    APPLICATION,
    BOT,
    BOT_USER,
    DIRECT,
    OWNER,
    guild,
    member,
    message,
    thread,
    user,
)

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.Gtest0.0123456789abcdefghijklmnopqrstuvwxyzAB"
CONTENT_FLAG = 1 << 19


@dataclass
class Posted:
    """A message of the bot.

    Attributes:
        only_for: token of the interaction whose user alone sees it.
        to: id of the message, or the interaction, that it answers.
        raw: all that was sent for it, as text.
    """

    id: str
    channel: str
    payload: dict[str, Any]
    to: str = ""
    only_for: str | None = None
    raw: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join([self.payload.get("content") or "", *words(self.payload.get("components", []))]).strip()


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord labels it: discord.py reads no other label, not even one with a charset."""
    label = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers={**label, **(headers or {})})


def words(components: list[Any]) -> list[str]:
    """The words of text displays and buttons, in order."""
    out = []
    for component in components:
        if component["type"] == 10:
            out.append(component["content"])
        elif component["type"] == 2 and component.get("label"):
            out.append(component["label"])
        out += words(component.get("components", []))
    return out


def buttons(components: list[Any]) -> dict[str, str]:
    """The buttons' ids, by their words."""
    out = {}
    for component in components:
        if component["type"] == 2 and "custom_id" in component:
            out[component["label"]] = component["custom_id"]
        out.update(buttons(component.get("components", [])))
    return out


@dataclass(frozen=True)
class Mishap:
    """What goes wrong with one request.

    Attributes:
        kind: ``error`` answers with a status and a code; ``limited`` with 429; ``broken`` does what was asked and
            answers with 500; ``dropped`` does it and closes the connection without an answer.
        status: of an error.
        code: Discord's own number of the error.
        seconds: to wait after 429.
    """

    kind: Literal["error", "limited", "broken", "dropped"]
    status: int = 403
    code: int = 50013
    seconds: float = 0.05


@dataclass
class DiscordServer:
    """Runs while it is used as a context."""

    posts: list[Posted] = field(default_factory=list)
    reactions: set[tuple[str, str, str]] = field(default_factory=set)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    deferred: dict[str, int] = field(default_factory=dict)
    """Flags of the interactions that were told to wait, by token."""
    mishaps: dict[str, deque[Mishap]] = field(default_factory=lambda: defaultdict(deque))
    """By ``METHOD name``: ``POST message``, ``PATCH message``, ``PUT reaction``, ``POST callback`` ..."""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    """What was said before the bot looked, in any order."""
    """Messages of people that can be asked for."""
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    limit: int = 0
    """Posts that a channel takes in a quarter of a second; no limit if 0."""
    shards: int = 1

    def __post_init__(self) -> None:
        self._numbers = count(5_000_000_000_000_000_000)
        self._nonces: dict[tuple[str, str], Posted] = {}
        self._windows: dict[str, tuple[float, int]] = {}
        self._posted = asyncio.Condition()
        self.gateway = Gateway(TOKEN, BOT_USER, APPLICATION)
        self.gateway.flags = CONTENT_FLAG
        one = guild()
        self.gateway.guilds[one["id"]] = one

    async def __aenter__(self) -> DiscordServer:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/files/{name}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self._api)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.gateway.url = self.gateway_url
        self.files: dict[str, bytes] = {}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for socket in self.gateway.sockets:
            await socket.ws.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://{self.address}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://{self.address}/gateway"

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which a bot finds it and may enter."""
        return {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": self.api_url,
            "DISCORD_GATEWAY_URL": self.gateway_url,
        }

    def attach(self, name: str, content: bytes) -> dict[str, Any]:
        """A file that a message can carry."""
        self.files[name] = content
        url = f"http://{self.address}/files/{name}"
        return {"id": str(next(self._numbers)), "filename": name, "size": len(content), "url": url, "proxy_url": url}

    async def until_posted(self, condition: Any, seconds: float = 90) -> None:
        """Return once a condition holds, which is looked at whenever the bot posts."""

        async def wait() -> None:
            async with self._posted:
                await self._posted.wait_for(condition)

        await asyncio.wait_for(wait(), seconds)

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    # REST

    async def _api(self, request: web.Request) -> web.StreamResponse:
        body, files, raw = await self._body(request)
        parts = [unquote(part) for part in request.match_info["path"].split("/")]
        name = self._name(request.method, parts)
        self.calls.append((name, request.path, body))
        if parts[0] not in ("interactions", "webhooks") and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return self._error(401, 0, "401: Unauthorized")
        mishap = self.mishaps[name].popleft() if self.mishaps[name] else None
        if mishap is not None and mishap.kind == "error":
            return self._error(mishap.status, mishap.code, "no")
        if mishap is not None and mishap.kind == "limited":
            body = {"message": "limited", "retry_after": mishap.seconds, "global": False}
            return _json(body, status=429, headers={"Via": "1.1 test", "Retry-After": "1"})
        if name == "POST message" and self.limit and not self._take(parts[1]):
            body = {"message": "limited", "retry_after": 0.25, "global": False}
            return _json(body, status=429, headers={"Via": "1.1 test"})
        handler = getattr(self, "_" + name.lower().replace(" ", "_"), None)
        if handler is None:
            return self._error(404, 0, "404: Not Found")
        answer = handler(parts, body, request, files, raw)
        async with self._posted:
            self._posted.notify_all()
        if mishap is not None and mishap.kind == "broken":
            return web.Response(status=500, text="oops")
        if mishap is not None and mishap.kind == "dropped":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(answer, web.Response):
            return answer
        headers = self._headers(parts[1]) if name == "POST message" and self.limit else {}
        return _json(answer, headers=headers) if answer is not None else web.Response(status=204)

    @staticmethod
    async def _body(request: web.Request) -> tuple[Any, dict[str, bytes], str]:
        if not request.content_type.startswith("multipart/"):
            raw = (await request.read()).decode()
            return (json.loads(raw) if raw else None), {}, raw
        files, raw = {}, ""
        for name, value in (await request.post()).items():
            if name == "payload_json":
                raw = str(value)
            elif isinstance(value, web.FileField):
                files[value.filename] = value.file.read()
        return json.loads(raw), files, raw

    @staticmethod
    def _name(method: str, parts: list[str]) -> str:
        """A short name for a route."""
        match parts:
            case ["users", "@me"]:
                name = "me"
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                name = "application"
            case ["gateway", "bot"]:
                name = "gateway"
            case ["applications", _, "commands"]:
                name = "commands"
            case ["users", "@me", "channels"]:
                name = "direct"
            case ["channels", _]:
                name = "channel"
            case ["channels", _, "messages", *rest] if len(rest) <= 1:
                name = "message"
            case ["channels", _, "messages", _, "threads"]:
                name = "thread"
            case ["channels", _, "messages", _, "reactions", _, "@me"]:
                name = "reaction"
            case ["interactions", _, _, "callback"]:
                name = "callback"
            case ["webhooks", _, _, "messages", "@original"]:
                name = "original"
            case ["webhooks", _, _]:
                name = "followup"
            case ["guilds", _]:
                name = "guild"
            case ["guilds", _, "members", _]:
                name = "member"
            case _:
                name = "unknown"
        return f"{method} {name}"

    @staticmethod
    def _error(status: int, code: int, text: str) -> web.Response:
        return _json({"message": text, "code": code}, status=status)

    def _take(self, channel: str) -> bool:
        now = time.monotonic()
        begin, taken = self._windows.get(channel, (now, 0))
        if now - begin >= 0.25:
            begin, taken = now, 0
        self._windows[channel] = begin, taken + 1
        return taken < self.limit

    def _headers(self, channel: str) -> dict[str, str]:
        begin, taken = self._windows[channel]
        after = max(0.0, begin + 0.25 - time.monotonic())
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - taken)),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": "messages",
        }

    def _get_me(self, *_: Any) -> Any:
        return BOT_USER

    def _get_application(self, *_: Any) -> Any:
        return {
            "id": APPLICATION,
            "name": "눈치",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": user("9"),
            "verify_key": "k",
            "flags": self.gateway.flags,
        }

    def _get_gateway(self, *_: Any) -> Any:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return {"url": self.gateway.url, "shards": self.shards, "session_start_limit": limits}

    def _put_commands(self, parts: list[str], body: Any, *_: Any) -> Any:
        self.commands = body
        more = {"application_id": APPLICATION, "version": "1", "default_member_permissions": None, "description": ""}
        return [{**more, "id": str(next(self._numbers)), **each} for each in body]

    def _post_direct(self, parts: list[str], body: Any, *_: Any) -> Any:
        return {"id": f"7{str(body['recipient_id'])[1:]}", "type": 1, "flags": 0, "recipients": [user("9")]}

    def _get_channel(self, parts: list[str], *_: Any) -> Any:
        if parts[1] in self.threads:
            return self.threads[parts[1]]
        for each in self.gateway.guilds.values():
            for channel in each["channels"]:
                if channel["id"] == parts[1]:
                    return channel
        return self._error(404, 10003, "Unknown Channel")

    def _get_guild(self, parts: list[str], *_: Any) -> Any:
        found = self.gateway.guilds.get(parts[1])
        return found if found is not None else self._error(404, 10004, "Unknown Guild")

    def _get_member(self, parts: list[str], *_: Any) -> Any:
        return {**member(), "user": BOT_USER if parts[3] == BOT else user()}

    # Messages

    def _post_thread(self, parts: list[str], body: Any, *_: Any) -> Any:
        if parts[3] in self.threads:
            return self._error(400, 160004, "A thread has already been created for this message")
        self.threads[parts[3]] = {**thread(parts[3], parts[1]), "name": body["name"]}
        return self.threads[parts[3]]

    def _post_message(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        if any(post.id == parts[1] for post in self.posts) and parts[1] not in self.threads:
            return self._error(404, 10003, "Unknown Channel")
        key = (parts[1], str(body.get("nonce")))
        if body.get("enforce_nonce") and key in self._nonces:
            return self._show(self._nonces[key])
        reference = body.get("message_reference") or {}
        post = Posted(
            str(next(self._numbers)), parts[1], body, str(reference.get("message_id", "")), raw=raw, files=files
        )
        self.posts.append(post)
        if body.get("nonce"):
            self._nonces[key] = post
        return self._show(post)

    def _get_message(self, parts: list[str], body: Any, request: web.Request, *_: Any) -> Any:
        if len(parts) == 3:
            before = int(request.query.get("before", 1 << 63))
            older = [one for one in self.history if one["channel_id"] == parts[1] and int(one["id"]) < before]
            return sorted(older, key=lambda one: int(one["id"]), reverse=True)[: int(request.query["limit"])]
        found = self.messages.get(parts[3])
        return found if found is not None else self._error(404, 10008, "Unknown Message")

    def _patch_message(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        for post in self.posts:
            if post.id == parts[3]:
                post.payload, post.raw, post.files = {**post.payload, **body}, raw, {**post.files, **files}
                return self._show(post)
        return self._error(404, 10008, "Unknown Message")

    def _delete_message(self, parts: list[str], *_: Any) -> Any:
        before = len(self.posts)
        self.posts[:] = [post for post in self.posts if post.id != parts[3]]
        return None if len(self.posts) < before else self._error(404, 10008, "Unknown Message")

    def _put_reaction(self, parts: list[str], *_: Any) -> Any:
        self.reactions.add((parts[1], parts[3], parts[5]))

    def _delete_reaction(self, parts: list[str], *_: Any) -> Any:
        self.reactions.discard((parts[1], parts[3], parts[5]))

    def _show(self, post: Posted) -> dict[str, Any]:
        """The post as Discord shows it."""
        more = {key: post.payload[key] for key in ("components", "flags") if key in post.payload}
        shown = message(post.payload.get("content") or "", post.id, where=post.channel, author=BOT_USER, **more)
        return {**shown, "components": with_ids(shown["components"])}

    def show(self, post: Posted) -> dict[str, Any]:
        """The same, for what is sent back to the bot, e.g. when one of its buttons is pressed."""
        return self._show(post)

    # Interactions

    def _post_callback(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        token = parts[2]
        if token in self.deferred or any(post.only_for == token for post in self.posts):
            return self._error(400, 40060, "Interaction has already been acknowledged.")
        data = body.get("data") or {}
        answer: dict[str, Any] = {"interaction": {"id": parts[1], "type": 2, "response_message_loading": False}}
        if body["type"] in (5, 6):
            self.deferred[token] = data.get("flags", 0)
            answer["interaction"] |= {"response_message_id": str(next(self._numbers)), "response_message_loading": True}
        else:
            post = self._answer(parts[1], token, data, files, raw)
            answer["interaction"]["response_message_id"] = post.id
            answer["resource"] = {"type": body["type"], "message": self._show(post)}
        return answer

    def _answer(self, to: str, token: str, data: Any, files: Any, raw: str) -> Posted:
        post = Posted(str(next(self._numbers)), "interaction", data, to, token, raw, files)
        self.posts.append(post)
        return post

    def _patch_original(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        token = parts[2]
        for post in self.posts:
            if post.only_for == token:
                post.payload, post.raw, post.files = {**post.payload, **body}, raw, {**post.files, **files}
                return self._show(post)
        if token not in self.deferred:
            return self._error(404, 10015, "Unknown Webhook")
        return self._show(
            self._answer(token.removeprefix("token"), token, {**body, "deferred": self.deferred[token]}, files, raw)
        )

    def _post_followup(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        token = parts[2]
        return self._show(self._answer(token.removeprefix("token"), token, body, files, raw))


def with_ids(components: list[Any]) -> list[Any]:
    """Components as they come back: each has a number."""
    numbers = count(1)

    def number(component: dict[str, Any]) -> dict[str, Any]:
        out = {"id": next(numbers), **component}
        if "components" in component:
            out["components"] = [number(each) for each in component["components"]]
        return out

    return [number(each) for each in components]


__all__ = ["CONTENT_FLAG", "DIRECT", "OWNER", "TOKEN", "DiscordServer", "Mishap", "Posted", "buttons", "words"]
