"""Discord's gateway: sessions that can be resumed, sockets that close with every code there is, zlib streams."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

MESSAGE_CONTENT = 1 << 15
KNOWN_INTENTS = (1 << 26) - 1
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass
class Session:
    """What Discord remembers of a client: all that it was told, so that it can be told again."""

    id: str
    shard: tuple[int, int]
    intents: int
    events: list[dict[str, Any]] = field(default_factory=list)
    socket: Socket | None = None
    seen: int = 0
    """The sequence number that the client's last heartbeat named."""
    valid: bool = True


class Socket:
    """A connection, compressed if the client wants it."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, fragments: int) -> None:
        self.ws, self.request, self._fragments = ws, request, fragments
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self.beats: list[float] = []

    async def send(self, payload: dict[str, Any]) -> None:
        text = json.dumps(payload)  # also half a character, as an escape
        with suppress(ConnectionError, RuntimeError):  # it was closed this moment
            if self._deflate is None:
                await self.ws.send_str(text)
                return
            data = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            # Without the suffix at its end a message is not over: it may come in several frames.
            size = self._fragments or len(data)
            whole = (len(data) - 5) // size * size
            for piece in [*(data[i : i + size] for i in range(0, whole, size)), data[whole:]]:
                await self.ws.send_bytes(piece)


class Gateway:
    """All sessions, and what is to go wrong with them.

    Attributes:
        heartbeat: seconds between two heartbeats that clients are told to send.
        refuse: close codes for the next connections: each is closed with it right after it identified or resumed.
        unavailable: how many of the next connections get no socket, but an error.
        closed_hello: how many of the next connections are closed before anything is said.
        deaf: whether heartbeats get no answer.
        flags: of the application.
        fragments: bytes of a frame of a compressed message; whole ones if 0.
        identifies: what clients said to begin a session.
        resumes: what they said to go on with one.
    """

    def __init__(self, token: str, bot: dict[str, Any], application: str) -> None:
        self._token, self._bot, self._application = token, bot, application
        self.heartbeat = 41.25
        self.refuse: list[int] = []
        self.closed_hello = 0
        self.unavailable = 0
        self.deaf = False
        self.flags = 0
        self.fragments = 0
        self.max_shards = 10_000
        self.guilds: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, Session] = {}
        self.identifies: list[dict[str, Any]] = []
        self.resumes: list[dict[str, Any]] = []
        self.sockets: list[Socket] = []
        self.url = self.resume_url = ""
        self._numbers = count(1)
        self._heard = asyncio.Condition()

    # What a test does

    def session_of(self, guild: str | None) -> list[Session]:
        """The sessions that an event of a guild goes to."""
        number = int(guild or 0) >> 22
        return [s for s in self.sessions.values() if s.valid and number % s.shard[1] == s.shard[0]]

    async def dispatch(self, name: str, data: dict[str, Any], guild: str | None = None) -> None:
        """Something happens: every session that it concerns is told, now or when it resumes."""
        for session in self.session_of(guild if guild is not None else data.get("guild_id")):
            await self._tell(session, name, data)

    async def seen(self) -> None:
        """Return when every client has read all that it was told. Sparingly: 110 times in a minute at most."""
        waiting = self.live()
        for session in waiting:
            assert session.socket is not None
            await session.socket.send({"op": HEARTBEAT, "d": None})
        await self.until(lambda: all(session.seen >= session.events[-1]["s"] for session in waiting))

    async def until(self, condition: Any, seconds: float = 90) -> None:
        """Return once a condition holds, which is looked at whenever a client says something."""

        async def wait() -> None:
            async with self._heard:
                await self._heard.wait_for(condition)

        await asyncio.wait_for(wait(), seconds)

    async def connected(self, sessions: int = 1) -> None:
        """Return once so many sessions are connected and told to be ready."""
        await self.until(lambda: len(self.live()) >= sessions)

    def live(self) -> list[Session]:
        """The sessions that have a connection."""
        return [session for session in self.sessions.values() if session.valid and session.socket is not None]

    async def close(self, code: int, session: Session | None = None) -> None:
        """Close a connection with a code."""
        for each in [session] if session else self.live():
            socket, each.socket = each.socket, None
            if socket is not None:
                await socket.ws.close(code=code)

    def drop(self) -> None:
        """Cut every connection without a word."""
        for session in self.live():
            assert session.socket is not None
            transport = session.socket.request.transport
            session.socket = None
            assert transport is not None
            transport.abort()

    async def tell_to_reconnect(self) -> None:
        """Opcode 7, as before a restart of Discord's own."""
        for session in self.live():
            assert session.socket is not None
            socket, session.socket = session.socket, None
            await socket.send({"op": RECONNECT, "d": None})

    async def invalidate(self, resumable: bool) -> None:
        """Opcode 9."""
        for session in self.live():
            assert session.socket is not None
            socket, session.socket, session.valid = session.socket, None, resumable
            await socket.send({"op": INVALID_SESSION, "d": resumable})

    # What Discord does

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """A connection from its beginning to its end."""
        if self.unavailable > 0:
            self.unavailable -= 1
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(max_msg_size=4096)
        await ws.prepare(request)
        if self.closed_hello > 0:
            self.closed_hello -= 1
            await ws.close(code=4000)
            return ws
        socket = Socket(ws, request, self.fragments)
        self.sockets.append(socket)
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": round(1000 * self.heartbeat)}})
        session: Session | None = None
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                break
            payload = json.loads(message.data)
            if payload["op"] == HEARTBEAT:
                socket.beats.append(time.monotonic())
                if session is not None:
                    session.seen = max(session.seen, payload["d"] or 0)
                if not self.deaf:
                    await socket.send({"op": HEARTBEAT_ACK, "d": None})
            elif payload["op"] == IDENTIFY:
                session = await self._identify(socket, payload["d"])
            elif payload["op"] == RESUME:
                session = await self._resume(socket, payload["d"])
            async with self._heard:
                self._heard.notify_all()
        if session is not None and session.socket is socket:
            session.socket = None
            session.valid = session.valid and ws.close_code not in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
        async with self._heard:
            self._heard.notify_all()
        return ws

    async def _refused(self, socket: Socket, said: dict[str, Any]) -> bool:
        if said["token"] != self._token:
            await socket.ws.close(code=4004)
        elif self.refuse:
            await socket.ws.close(code=self.refuse.pop(0))
        else:
            return False
        return True

    async def _identify(self, socket: Socket, said: dict[str, Any]) -> Session | None:
        self.identifies.append(said)
        if await self._refused(socket, said):
            return None
        shard = tuple(said.get("shard", (0, 1)))
        allowed = self.flags & (1 << 18 | 1 << 19)
        code = (
            4013
            if said["intents"] & ~KNOWN_INTENTS
            else 4014
            if said["intents"] & MESSAGE_CONTENT and not allowed
            else 4010
            if shard[0] >= shard[1]
            else 4011
            if shard[1] > self.max_shards
            else None
        )
        if code is not None:
            await socket.ws.close(code=code)
            return None
        session = Session(f"session{next(self._numbers)}", (shard[0], shard[1]), said["intents"], socket=socket)
        self.sessions[session.id] = session
        mine = [guild for key, guild in self.guilds.items() if int(key) >> 22 and self._is_mine(session, key)]
        ready = {
            "v": 10,
            "user": self._bot,
            "session_id": session.id,
            "resume_gateway_url": self.resume_url or self.url,
            "shard": list(shard),
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in mine],
            "application": {"id": self._application, "flags": self.flags},
        }
        await self._tell(session, "READY", ready)
        for guild in mine:
            await self._tell(session, "GUILD_CREATE", guild)
        return session

    @staticmethod
    def _is_mine(session: Session, guild: str) -> bool:
        return (int(guild) >> 22) % session.shard[1] == session.shard[0]

    async def _resume(self, socket: Socket, said: dict[str, Any]) -> Session | None:
        self.resumes.append(said)
        if await self._refused(socket, said):
            return None
        session = self.sessions.get(said["session_id"])
        if session is None or not session.valid or said["seq"] is None:
            await socket.send({"op": INVALID_SESSION, "d": False})
            return None
        session.socket = socket
        for event in [event for event in session.events if event["s"] > said["seq"]]:
            await socket.send(event)
        await self._tell(session, "RESUMED", {})
        return session

    async def _tell(self, session: Session, name: str, data: dict[str, Any]) -> None:
        event = {"op": DISPATCH, "t": name, "s": len(session.events) + 1, "d": self._visible(session, name, data)}
        session.events.append(event)
        if session.socket is not None:
            await session.socket.send(event)

    def _visible(self, session: Session, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Without the intent the content of what was not said to the bot is empty."""
        if session.intents & MESSAGE_CONTENT or not name.startswith("MESSAGE_") or "content" not in data:
            return data
        mine = [user["id"] for user in data.get("mentions", [])]
        if "guild_id" not in data or self._bot["id"] in mine:
            parent = data.get("referenced_message")
            if parent and "guild_id" in data:
                return {**data, "referenced_message": {**parent, "content": ""}}
            return data
        return {**data, "content": "", "attachments": []}
