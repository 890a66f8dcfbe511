"""The routes of the local Discord's REST API: each answers, and remembers what the bot did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from tests.servers.discord_gateway import Gateway
from tests.servers.discord_payloads import APPLICATION, BOT, BOT_USER, guild, member, message, thread, user
from tests.servers.discord_posts import Posted, with_ids

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.Gtest0.0123456789abcdefghijklmnopqrstuvwxyzAB"
CONTENT_FLAG = 1 << 19


def as_json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord labels it: discord.py reads no other label, not even one with a charset."""
    label = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers={**label, **(headers or {})})


def error(status: int, code: int, text: str) -> web.Response:
    """A refusal with Discord's own number of it."""
    return as_json({"message": text, "code": code}, status=status)


@dataclass
class Routes:
    """One method for each route, ``METHOD name`` in small letters; see ``DiscordServer._name``."""

    posts: list[Posted] = field(default_factory=list)
    reactions: set[tuple[str, str, str]] = field(default_factory=set)
    commands: list[dict[str, Any]] = field(default_factory=list)
    deferred: dict[str, int] = field(default_factory=dict)
    """Flags of the interactions that were told to wait, by token."""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Messages of people that can be asked for."""
    history: list[dict[str, Any]] = field(default_factory=list)
    """What was said before the bot looked, in any order."""
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    shards: int = 1

    def __post_init__(self) -> None:
        self._numbers = count(5_000_000_000_000_000_000)
        self._nonces: dict[tuple[str, str], Posted] = {}
        self.gateway = Gateway(TOKEN, BOT_USER, APPLICATION)
        self.gateway.flags = CONTENT_FLAG
        one = guild()
        self.gateway.guilds[one["id"]] = one

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
        return error(404, 10003, "Unknown Channel")

    def _get_guild(self, parts: list[str], *_: Any) -> Any:
        found = self.gateway.guilds.get(parts[1])
        return found if found is not None else error(404, 10004, "Unknown Guild")

    def _get_member(self, parts: list[str], *_: Any) -> Any:
        return {**member(), "user": BOT_USER if parts[3] == BOT else user()}

    # Messages

    def _post_thread(self, parts: list[str], body: Any, *_: Any) -> Any:
        if parts[3] in self.threads:
            return error(400, 160004, "A thread has already been created for this message")
        self.threads[parts[3]] = {**thread(parts[3], parts[1]), "name": body["name"]}
        return self.threads[parts[3]]

    def _post_message(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        if any(post.id == parts[1] for post in self.posts) and parts[1] not in self.threads:
            return error(404, 10003, "Unknown Channel")
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
        return found if found is not None else error(404, 10008, "Unknown Message")

    def _patch_message(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        for post in self.posts:
            if post.id == parts[3]:
                post.payload, post.raw, post.files = {**post.payload, **body}, raw, {**post.files, **files}
                return self._show(post)
        return error(404, 10008, "Unknown Message")

    def _delete_message(self, parts: list[str], *_: Any) -> Any:
        before = len(self.posts)
        self.posts[:] = [post for post in self.posts if post.id != parts[3]]
        return None if len(self.posts) < before else error(404, 10008, "Unknown Message")

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
            return error(400, 40060, "Interaction has already been acknowledged.")
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
            return error(404, 10015, "Unknown Webhook")
        return self._show(
            self._answer(token.removeprefix("token"), token, {**body, "deferred": self.deferred[token]}, files, raw)
        )

    def _post_followup(self, parts: list[str], body: Any, request: web.Request, files: Any, raw: str) -> Any:
        token = parts[2]
        return self._show(self._answer(token.removeprefix("token"), token, body, files, raw))
