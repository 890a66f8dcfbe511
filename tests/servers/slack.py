"""Slack, as far as the bot sees it: Web API, Socket Mode and addresses to respond to, on a free port of this machine.

What the bot posts is kept as channels keep it, so that a test looks at what people would see. Each method of the
Web API can be told to misbehave: see :class:`Mishap`.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.servers.slack_oauth import SlackOAuth, Tenant

BOT_USER, BOT_TOKEN, APP_TOKEN = "UBOT", "xoxb-test", "xapp-test"
SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,files:read,files:write,groups:history,groups:read,"
    "im:history,reactions:write,users:read"
)


@dataclass
class Posted:
    """A message of the bot."""

    channel: str
    ts: str
    text: str
    blocks: list[Any]
    thread: str | None = None
    only_for: str | None = None
    raw: str = ""
    token: str = ""


@dataclass(frozen=True)
class Mishap:
    """What goes wrong with one call.

    Attributes:
        kind: ``error`` answers with a name; ``limited`` with 429; ``broken`` with 500; ``dropped`` does what was
            asked and then closes the connection without an answer.
        value: the error's name, or the seconds of ``Retry-After``.
    """

    kind: Literal["error", "limited", "broken", "dropped"]
    value: str = ""


@dataclass
class Uploaded:
    """A file of the bot."""

    name: str
    content: bytes
    channel: str = ""
    thread: str | None = None
    alt: str = ""


@dataclass
class SlackServer:
    """Runs while it is used as a context."""

    posts: list[Posted] = field(default_factory=list)
    reactions: set[tuple[str, str, str]] = field(default_factory=set)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    views: dict[str, Any] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    """What was said before the bot looked, in any order."""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    creators: dict[str, str] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    """More that is known of channels, e.g. ``is_private``."""
    strange: set[str] = field(default_factory=set)
    """Channels that the bot is not in."""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    uploads: dict[str, Uploaded] = field(default_factory=dict)
    shown: list[tuple[str, str]] = field(default_factory=list)
    """Paths that are not of the API, and the ``Authorization`` that they were asked with."""
    mishaps: dict[str, deque[Mishap]] = field(default_factory=lambda: defaultdict(deque))
    scopes: str = SCOPES
    redirect: bool = False
    """Whether who asks for a file is led elsewhere."""
    deaf: bool = False
    """Whether new sockets answer no ping: the connection is up, but nobody listens."""

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.connected = asyncio.Event()
        self.oauth = SlackOAuth(self.scopes)
        self.oauth.tenants[BOT_TOKEN] = Tenant("T1", BOT_USER, "B1")
        self.connections = 0

    async def __aenter__(self) -> SlackServer:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/socket", self._socket)
        app.router.add_get("/oauth/v2/authorize", self.oauth.authorize)
        app.router.add_post("/respond/{channel}/{user}", self._respond)
        app.router.add_get("/files/{file}", self._file)
        app.router.add_post("/upload/{file}", self._upload)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for socket in self._sockets:
            await socket.close()
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"http://{self.address}/api/"

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which a bot finds it and may enter."""
        return {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": self.base_url}

    def response_url(self, channel: str, user: str) -> str:
        return f"http://{self.address}/respond/{channel}/{user}"

    def file(self, file: str, name: str, content: bytes) -> dict[str, Any]:
        """Keep a file; gives what events say of it."""
        self.files[file] = name, content
        url = f"http://{self.address}/files/{file}"
        return {"id": file, "name": name, "size": len(content), "mode": "hosted", "url_private_download": url}

    # Socket Mode

    async def send(self, kind: str, payload: dict[str, Any], **retry: Any) -> dict[str, Any]:
        """Send an envelope and wait for its acknowledgement."""
        return await self.send_only(kind, payload, **retry)

    def send_only(
        self, kind: str, payload: dict[str, Any], socket: int = -1, **retry: Any
    ) -> asyncio.Future[dict[str, Any]]:
        """Send an envelope; what it gives is done when it is acknowledged."""
        envelope = f"e{next(self._numbers)}"
        ack: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[envelope] = ack
        message = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": False,
            **retry,
        }
        asyncio.get_running_loop().create_task(self._send(json.dumps(message, ensure_ascii=False), socket))
        return ack

    async def _send(self, text: str, socket: int) -> None:
        with suppress(ConnectionError):  # it was closed this moment; nobody will acknowledge
            await self._sockets[socket].send_str(text)

    def open_sockets(self) -> list[int]:
        """Which sockets are open, by their number."""
        return [number for number, socket in enumerate(self._sockets) if not socket.closed]

    async def send_raw(self, text: str) -> None:
        """Send a frame that need not be an envelope."""
        await self._sockets[-1].send_str(text)

    async def disconnect(self) -> None:
        """Tell the bot that this socket will be closed, as Slack does every few hours."""
        self.connected.clear()
        await self.send_raw(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    async def drop(self) -> None:
        """Close all sockets, as a network does that breaks off."""
        for socket in self._sockets:
            await socket.close()

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        deaf = self.deaf
        self._sockets.append(socket)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.connected.set()
        async for message in socket:
            if message.type is WSMsgType.PING and not deaf:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                response = json.loads(message.data)
                ack = self._acks.pop(response.get("envelope_id"), None)
                if ack is not None and not ack.done():
                    ack.set_result(response)
        return socket

    # Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        raw = (await request.read()).decode()
        arguments = json.loads(raw) if request.content_type == "application/json" else dict(await request.post())
        arguments.update(request.query)
        arguments["token"] = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((method, arguments))
        mishap = self.mishaps[method].popleft() if self.mishaps[method] else None
        if mishap is not None and mishap.kind == "error":
            return web.json_response({"ok": False, "error": mishap.value})
        if mishap is not None and mishap.kind == "limited":
            headers = {"Retry-After": mishap.value}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if mishap is not None and mishap.kind == "broken":
            return web.Response(status=500, text="oops")
        error = self._error(method, arguments["token"])
        answer: dict[str, Any]
        if error:
            answer = {"ok": False, "error": error}
        elif method == "oauth.v2.access":
            answer = self.oauth.access(request.headers.get("Authorization", ""), arguments)
        else:
            answer = {"ok": True, **getattr(self, "_" + method.replace(".", "_"), lambda a, r: {})(arguments, raw)}
        if mishap is not None and mishap.kind == "dropped":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    def _error(self, method: str, token: str) -> str:
        """What is wrong with a token; empty if nothing is."""
        if method == "oauth.v2.access":
            return ""
        if method == "apps.connections.open":
            return "" if token == APP_TOKEN else "invalid_auth"
        tenant = self.oauth.tenants.get(token)
        return "invalid_auth" if tenant is None else tenant.dead

    def _auth_test(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        tenant = self.oauth.tenants[arguments["token"]]
        return {
            "team_id": tenant.team,
            "user_id": tenant.bot_user,
            "bot_id": tenant.bot,
            "url": "https://test.slack.com/",
        }

    def _apps_uninstall(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        self.oauth.tenants[arguments["token"]].dead = "account_inactive"
        return {}

    def _apps_connections_open(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        return {"url": f"ws://{self.address}/socket"}

    def _post(self, arguments: dict[str, Any], raw: str, only_for: str | None = None) -> dict[str, Any]:
        ts = f"1700000000.{next(self._numbers):06}"
        blocks = arguments.get("blocks", [])
        blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
        self.posts.append(
            Posted(
                arguments["channel"],
                ts,
                arguments["text"],
                blocks,
                arguments.get("thread_ts"),
                only_for,
                raw,
                arguments.get("token", ""),
            )
        )
        return {"ts": ts, "channel": arguments["channel"]}

    def _chat_postMessage(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:  # noqa: N802
        return self._post(arguments, raw)

    def _chat_postEphemeral(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:  # noqa: N802
        self._post(arguments, raw, arguments["user"])
        return {"message_ts": self.posts[-1].ts}

    def _chat_update(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        found = [post for post in self.posts if post.ts == arguments["ts"]]
        if not found:
            return {"ok": False, "error": "message_not_found"}
        (post,) = found
        post.text, post.blocks, post.raw = arguments["text"], arguments["blocks"], raw
        return {"ts": post.ts}

    def _chat_delete(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        self.posts[:] = [post for post in self.posts if post.ts != arguments["ts"]]
        return {}

    def _reactions_add(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        self.reactions.add((arguments["channel"], arguments["timestamp"], arguments["name"]))
        return {}

    def _reactions_remove(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        self.reactions.discard((arguments["channel"], arguments["timestamp"], arguments["name"]))
        return {}

    def _users_info(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        return {"user": {"locale": "ko-KR", **self.users.get(arguments["user"], {})}}

    def _conversations_info(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        channel = arguments["channel"]
        known = {"creator": self.creators.get(channel, "U0"), "is_member": channel not in self.strange}
        return {"channel": {**known, **self.channels.get(channel, {})}}

    def _chat_getPermalink(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:  # noqa: N802
        at = arguments["message_ts"].replace(".", "")
        return {"permalink": f"https://test.slack.com/archives/{arguments['channel']}/p{at}"}

    def _conversations_replies(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        at = arguments["ts"]
        parent = {"ts": "1500000000.000001", "user": "U7", "text": "a parent that nobody asked about"}
        return {"messages": [parent, {"ts": at, "user": "U1", "text": self.threads[at]}] if at in self.threads else []}

    def _conversations_history(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        before = arguments.get("latest")
        older = [one for one in self.history if before is None or float(one["ts"]) < float(before)]
        page = sorted(older, key=lambda one: float(one["ts"]), reverse=True)[: int(arguments["limit"])]
        return {"messages": page, "has_more": len(older) > len(page)}

    def _files_info(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        name, content = self.files[arguments["file"]]
        return {"file": self.file(arguments["file"], name, content)}

    def _files_getUploadURLExternal(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:  # noqa: N802
        file = f"FUP{next(self._numbers)}"
        self.uploads[file] = Uploaded(arguments["filename"], b"", alt=arguments.get("alt_txt", ""))
        return {"file_id": file, "upload_url": f"http://{self.address}/upload/{file}"}

    def _files_completeUploadExternal(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:  # noqa: N802
        (file,) = json.loads(arguments["files"])
        uploaded = self.uploads[file["id"]]
        uploaded.channel, uploaded.thread = arguments.get("channel_id", ""), arguments.get("thread_ts")
        if arguments.get("initial_comment"):
            self._post({**arguments, "channel": uploaded.channel, "text": arguments["initial_comment"]}, raw)
        return {"files": [{"id": file["id"], "title": file["title"]}]}

    def _files_delete(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        del self.uploads[arguments["file"]]
        return {}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self.shown.append((request.path, request.headers.get("Authorization", "")))
        if "files:read" not in self.scopes:
            return web.Response(text="<html>sign in</html>", content_type="text/html")
        if self.redirect or self._error("files", self.shown[-1][1].removeprefix("Bearer ")):
            return web.Response(status=302, headers={"Location": "/files/elsewhere"})
        return web.Response(body=self.files[request.match_info["file"]][1], content_type="application/octet-stream")

    async def _upload(self, request: web.Request) -> web.Response:
        self.shown.append((request.path, request.headers.get("Authorization", "")))
        self.uploads[request.match_info["file"]].content = await request.read()
        return web.Response(text="OK")

    def _views_publish(self, arguments: dict[str, Any], raw: str) -> dict[str, Any]:
        view = arguments["view"]
        self.views[arguments["user_id"]] = json.loads(view) if isinstance(view, str) else view
        return {}

    async def _respond(self, request: web.Request) -> web.Response:
        raw = (await request.read()).decode()
        assert json.loads(raw).get("response_type", "ephemeral") == "ephemeral"
        arguments = {"blocks": [], **json.loads(raw), "channel": request.match_info["channel"]}
        self._post(arguments, raw, request.match_info["user"])
        return web.Response(text="ok")
