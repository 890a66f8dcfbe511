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
from types import TracebackType
from typing import Any, Literal
from urllib.parse import unquote

from aiohttp import web

from tests.servers.discord_posts import Posted, buttons, words
from tests.servers.discord_routes import CONTENT_FLAG, TOKEN, Routes, as_json, error


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
class DiscordServer(Routes):
    """Runs while it is used as a context."""

    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    mishaps: dict[str, deque[Mishap]] = field(default_factory=lambda: defaultdict(deque))
    """By ``METHOD name``: ``POST message``, ``PATCH message``, ``PUT reaction``, ``POST callback`` ..."""
    limit: int = 0
    """Posts that a channel takes in a quarter of a second; no limit if 0."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._windows: dict[str, tuple[float, int]] = {}
        self._posted = asyncio.Condition()

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
            return error(401, 0, "401: Unauthorized")
        mishap = self.mishaps[name].popleft() if self.mishaps[name] else None
        if mishap is not None and mishap.kind == "error":
            return error(mishap.status, mishap.code, "no")
        if mishap is not None and mishap.kind == "limited":
            body = {"message": "limited", "retry_after": mishap.seconds, "global": False}
            return as_json(body, status=429, headers={"Via": "1.1 test", "Retry-After": "1"})
        if name == "POST message" and self.limit and not self._take(parts[1]):
            body = {"message": "limited", "retry_after": 0.25, "global": False}
            return as_json(body, status=429, headers={"Via": "1.1 test"})
        handler = getattr(self, "_" + name.lower().replace(" ", "_"), None)
        if handler is None:
            return error(404, 0, "404: Not Found")
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
        return as_json(answer, headers=headers) if answer is not None else web.Response(status=204)

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


__all__ = ["CONTENT_FLAG", "TOKEN", "DiscordServer", "Mishap", "Posted", "buttons", "words"]
