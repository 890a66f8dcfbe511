"""HTTP mode: Slack calls the bot. Nothing of a request is looked at before its signature is found right."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable, Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.core.counters import Counters

PATH = "/slack/events"
WINDOW = 300
"""Seconds that a signature is good for, as Slack recommends."""

_LARGEST_BODY = 1 << 20
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def is_signed(secret: str, timestamp: str | None, signature: str | None, body: bytes, now: float) -> bool:
    """Whether a request was signed with the secret, a short time ago. Total: hostile headers are just wrong.

    Args:
        secret: the signing secret.
        timestamp: header ``X-Slack-Request-Timestamp``.
        signature: header ``X-Slack-Signature``.
        body: as it came.
        now: seconds since 1970.
    """
    if not secret or timestamp is None or signature is None:
        return False
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    digest = hmac.digest(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hex()
    return hmac.compare_digest(f"v0={digest}", signature)


def make_web_app(
    app: AsyncApp,
    secret: str,
    counters: Counters,
    clock: Callable[[], float] = time.time,
    routes: Iterable[web.RouteDef] = (),
) -> web.Application:
    """The web application: one path for Slack, which answers 401 to whatever is not signed, and what else there is.

    Args:
        app: what the events are for.
        secret: the signing secret.
        counters: where refused requests are counted.
        clock: seconds since 1970.
        routes: for others than Slack.
    """

    async def receive(request: web.Request) -> web.Response:
        timestamp, signature = (request.headers.get(f"X-Slack-{h}") for h in ("Request-Timestamp", "Signature"))
        try:
            body = await request.read()
        except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError):  # too long, or broken off
            body = None
        if body is None or not is_signed(secret, timestamp, signature, body, clock()):
            counters.add("unsigned", platform="slack")
            return web.Response(status=401)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return web.Response(status=400)
        headers: dict[str, str | Sequence[str]] = dict(request.headers.items())
        try:
            bolt_request = AsyncBoltRequest(body=text, query=request.query_string, headers=headers)
            return await to_aiohttp_response(await app.async_dispatch(bolt_request))
        except Exception:  # what a listener raises does not come here; Bolt itself expects the shapes that Slack sends
            counters.add("malformed", platform="slack")
            return web.Response(status=400)

    out = web.Application(client_max_size=_LARGEST_BODY)
    out.router.add_post(PATH, receive)
    out.add_routes(routes)
    return out
