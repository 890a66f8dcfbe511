"""Slack: what comes in by every way there is, handed to the core. Replies go out by :mod:`bot.adapters.slack_platform`.

Every listener acknowledges first and works then, in a task that the core waits for when the bot stops.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters import slack_events as events
from bot.adapters.slack_authorize import OneWorkspace, is_alive
from bot.adapters.slack_cards import FEEDBACK_ACTION, RIGHT, WRONG
from bot.adapters.slack_events import PLATFORM
from bot.adapters.slack_home import home_view
from bot.adapters.slack_people import People
from bot.adapters.slack_platform import SlackPlatform, make_client
from bot.core.commands import Asker, obey, parse
from bot.core.events import Incoming
from bot.core.messages import Messages
from bot.core.ports import Claim, DeliveryError
from bot.core.service import Core

COMMAND, SHORTCUT = "/nunchi", "nunchi_judge"

log = logging.getLogger(__name__)

Ack = Callable[[], Awaitable[Any]]


class SlackAdapter:
    """Listens to Slack for the core.

    Args:
        core: what answers.
        client: of the Web API, with the bot's token.
        bot_user: the bot's own user id.
    """

    def __init__(self, core: Core, client: AsyncWebClient, bot_user: str) -> None:
        self._core, self._client, self._bot_user = core, client, bot_user
        self.platform = SlackPlatform(client)
        self._people = People(client, core.clock)

    def app(self) -> AsyncApp:
        """The Bolt app of this one workspace. Signatures are checked before it, see :mod:`bot.adapters.slack_http`."""
        app = AsyncApp(
            client=make_client(None, self._client.base_url, self._client.session),
            authorize=OneWorkspace(self._client.token, self._bot_user),  # type: ignore[arg-type]  # Bolt takes it, and does not say so
            request_verification_enabled=False,
            logger=logging.getLogger("slack_bolt.nunchi"),
        )
        listen(app, lambda context: self, self._on_gone)
        return app

    async def _on_message(self, body: dict[str, Any]) -> None:
        found = events.from_message(body, self._bot_user)
        if isinstance(found, events.Deleted):
            self._core.spawn(self._core.forget(found.place, found.message, self.platform))
        elif found is not None and found.way == "watched":
            self._core.start(found, self.platform)
        elif found is not None:
            self._core.spawn(self._asked(found))

    async def _on_mention(self, body: dict[str, Any]) -> None:
        found = events.from_mention(body, self._bot_user)
        if found is not None:
            self._core.spawn(self._mentioned(found, events.parent(body)))

    async def _on_command(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        found = events.from_command(body)
        if found is not None:
            self._core.spawn(self._asked(found))

    async def _on_shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        found = events.from_shortcut(body)
        if found is not None:
            self._core.spawn(self._judged(found))

    async def _on_feedback(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        self._core.spawn(self._feedback(body))

    async def _on_home(self, body: dict[str, Any]) -> None:
        event = events.mapping(body.get("event"))
        user = events.slack_id(event.get("user"))
        if user and event.get("tab") == "home":
            self._core.spawn(self._home(user, events.workspace(body)))

    async def _on_gone(self, body: dict[str, Any]) -> None:
        if events.is_gone(body):
            self._core.spawn(self._gone(events.workspace(body)))

    async def _gone(self, workspace: str) -> None:
        if not await is_alive(self._client):  # it was not installed anew since
            await self._core.store.delete_workspace(PLATFORM, workspace)

    async def _mentioned(self, incoming: Incoming, parent: str) -> None:
        if parent and not incoming.by_bot and parse(incoming.text or "-") is None:
            text = await self._text_of(incoming.place.channel, parent)
            await self._judged(replace(incoming, text=text))
        else:
            await self._asked(incoming)

    async def _asked(self, incoming: Incoming) -> None:
        """A review or a command."""
        command = None if incoming.by_bot or incoming.revision else parse(incoming.text)
        if command is None:
            await self._judged(incoming)
            return
        if not await self._core.store.claim(Claim(incoming.place, incoming.message)):
            return
        user = incoming.author.rpartition("/")[2]
        asker = Asker(
            incoming.place,
            incoming.author,
            await self._people.may_configure(user, incoming.place.channel),
            await self._people.language(user),
            in_channel=not incoming.place.channel.startswith("D"),
        )
        sentence = await obey(self._core, asker, command)
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, sentence)
        await self._core.store.settle(Claim(incoming.place, incoming.message), "silent")

    async def _judged(self, incoming: Incoming) -> None:
        if incoming.by_bot:
            return
        language = await self._people.language(incoming.author.rpartition("/")[2])
        await self._core.handle(replace(incoming, language=language), self.platform)

    async def _text_of(self, channel: str, ts: str) -> str:
        """What a message says; nothing if Slack does not tell."""
        try:
            found = await self._client.conversations_replies(channel=channel, ts=ts, limit=1, inclusive=True)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return ""
        messages = found.get("messages") or [{}]
        text = events.mapping(messages[0]).get("text")
        return text if isinstance(text, str) else ""

    async def _feedback(self, body: dict[str, Any]) -> None:
        actions = body.get("actions")
        action = events.mapping(actions[0] if isinstance(actions, list) and actions else None)
        opinion, _, verdict = str(action.get("value")).partition(":")
        user = events.slack_id(events.mapping(body.get("user")).get("id"))
        if opinion not in (RIGHT, WRONG) or not user:
            return
        author = events.author(body, user)
        known = await self._core.feedback(verdict, self.platform.name, author, opinion == RIGHT)
        incoming = events.from_shortcut(body)
        if incoming is None:
            return
        settings = await self._core.settings(incoming.place)
        messages = self._core.speak(settings, await self._people.language(user))
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, messages("feedback_thanks" if known else "feedback_gone"))

    async def _home(self, user: str, workspace: str) -> None:
        language = await self._people.language(user)
        view = await home_view(self._core, workspace, Messages(language or self._core.language))
        with suppress(SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            await self._client.views_publish(user_id=user, view=view)


def listen(app: AsyncApp, pick: Callable[[AsyncBoltContext], SlackAdapter], gone: Callable[..., Any]) -> None:
    """Let adapters listen to an app.

    Args:
        app: the app.
        pick: finds the adapter of the workspace that something comes from.
        gone: hears that the app was uninstalled or that its tokens were revoked; then there is no adapter.
    """

    def acknowledged(method: Callable[[SlackAdapter, Ack, dict[str, Any]], Awaitable[None]]) -> Any:
        async def listener(ack: Ack, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await method(pick(context), ack, body)

        return listener

    def event(method: Callable[[SlackAdapter, dict[str, Any]], Awaitable[None]]) -> Any:
        async def listener(body: dict[str, Any], context: AsyncBoltContext) -> None:
            await method(pick(context), body)

        return listener

    app.event("message")(event(SlackAdapter._on_message))
    app.event("app_mention")(event(SlackAdapter._on_mention))
    app.event("app_home_opened")(event(SlackAdapter._on_home))
    app.command(COMMAND)(acknowledged(SlackAdapter._on_command))
    app.message_shortcut(SHORTCUT)(acknowledged(SlackAdapter._on_shortcut))
    app.action(FEEDBACK_ACTION)(acknowledged(SlackAdapter._on_feedback))
    app.event("app_uninstalled")(gone)
    app.event("tokens_revoked")(gone)
    app.error(_on_error)


async def _on_error(error: Exception) -> None:
    # Not its message: it could hold a part of a review.
    log.error("listener failed", extra={"event": "slack_listener_failed", "kind": type(error).__name__})
