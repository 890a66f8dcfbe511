"""Slack: what comes in by every way there is, handed to the core. Replies go out by :mod:`bot.adapters.slack_platform`.

Every listener acknowledges first and works then, in a task that the core waits for when the bot stops.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters import slack_events as events
from bot.adapters.slack_authorize import OneWorkspace, is_alive
from bot.adapters.slack_cards import FEEDBACK_ACTION, RIGHT, WHY_ACTION, WRONG
from bot.adapters.slack_events import PLATFORM
from bot.adapters.slack_files import resolve
from bot.adapters.slack_home import home_view
from bot.adapters.slack_people import People
from bot.adapters.slack_platform import SlackPlatform, make_client
from bot.adapters.slack_posts import BUTTON_ACTION, LINK_ACTION
from bot.core.commands import CASE_VERBS, Asker, Command, obey, parse
from bot.core.events import Incoming, Pressed
from bot.core.file_work import is_for_scoring
from bot.core.messages import Language, Messages
from bot.core.ports import DeliveryError
from bot.core.records import Claim
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
        admin: see :class:`~bot.adapters.slack_posts.SlackPoster`.
    """

    def __init__(self, core: Core, client: AsyncWebClient, bot_user: str, admin: AsyncWebClient | None = None) -> None:
        self._core, self._client, self._bot_user = core, client, bot_user
        self.platform = SlackPlatform(client, bot_user, admin)
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
        if isinstance(found, events.Deleted):  # whoever wants to be forgotten is, however much there is to do
            self._core.spawn(self._core.forget(found.place, found.message, self.platform))
        elif found is not None and found.way == "watched":
            self._core.start(found, self.platform)
        elif found is not None and (files := events.files(body)):
            self._begin(found, self._sent, files)
        elif found is not None:
            self._begin(found, self._asked)

    async def _on_mention(self, body: dict[str, Any]) -> None:
        found = events.from_mention(body, self._bot_user)
        if found is not None and (files := events.files(body)):
            self._begin(found, self._sent, files)
        elif found is not None:
            self._begin(found, self._mentioned, events.parent(body))

    async def _on_command(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        found = events.from_command(body)
        if found is not None:
            self._begin(found, self._asked)

    async def _on_shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        found = events.from_shortcut(body)
        if found is not None:
            self._begin(found, self._judged)

    async def _on_feedback(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        pressed = events.from_action(body)
        if pressed is not None:
            self._begin(pressed[0], self._feedback, pressed[1])

    async def _on_why(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        pressed = events.from_action(body)
        if pressed is not None and events.timestamp(pressed[1]):
            self._begin(replace(pressed[0], source=pressed[1]), self._why)

    async def _on_button(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()
        pressed = events.from_action(body)
        if pressed is not None:
            self._begin(pressed[0], self._pressed, pressed[1])

    async def _on_link(self, ack: Ack, body: dict[str, Any]) -> None:
        await ack()  # Slack has led there already, and tells of it all the same

    async def _on_home(self, body: dict[str, Any]) -> None:
        event = events.mapping(body.get("event"))
        user = events.slack_id(event.get("user"))
        if self._core.full:  # the tab is drawn when it is next opened
            self._core.counters.add("backlog_full", platform=self.platform.name)
        elif user and event.get("tab") == "home":
            self._core.spawn(self._home(user, events.workspace(body)))

    async def _on_gone(self, body: dict[str, Any]) -> None:
        if events.is_gone(body):
            self._core.spawn(self._gone(events.workspace(body)))

    async def _gone(self, workspace: str) -> None:
        if not await is_alive(self._client):  # it was not installed anew since
            await self._core.store.delete_workspace(PLATFORM, workspace)

    def _begin(self, incoming: Incoming, work: Callable[..., Coroutine[Any, Any, None]], *more: object) -> None:
        """Work on something if there is room; who asked is told if there is none."""
        self._core.start(incoming, self.platform, partial(work, incoming, *more))

    async def _mentioned(self, incoming: Incoming, parent: str) -> None:
        if parent and not incoming.by_bot and parse(incoming.text or "-") is None:
            quote = await self.platform.fetch(incoming.place, parent)
            await self._judged(replace(incoming, text="" if quote is None else quote.text, source=parent))
        else:
            await self._asked(incoming)

    async def _sent(self, incoming: Incoming, files: list[events.Payload]) -> None:
        """Files, perhaps with words."""
        if incoming.by_bot:
            return
        attachments = [await resolve(self._client, file) for file in files]
        if is_for_scoring(incoming.text, attachments):
            spoken = replace(incoming, language=await self._language(incoming))
            await self._core.files.handle(spoken, attachments, self.platform)
        else:
            await self._asked(incoming)

    async def _why(self, incoming: Incoming) -> None:
        await self._core.why(replace(incoming, language=await self._language(incoming)), self.platform)

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
            moderator=command.verb in CASE_VERBS and await self._people.moderates(user, incoming.place.channel),
            everywhere=command.verb in CASE_VERBS and await self._people.administers(user),
        )
        sentence = await obey(self._core, asker, command)
        if asker.admin and asker.in_channel:
            sentence += await self._obstacles(asker, command)
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, sentence)
        await self._core.store.settle(Claim(incoming.place, incoming.message), "silent")

    async def _obstacles(self, asker: Asker, command: Command) -> str:
        """What is to be said besides if the bot is not in a channel that a command needs it in; else nothing."""
        settings = await self._core.settings(asker.place)
        if command == Command("watch", "on"):
            channel, sentence = asker.place.channel, "slack_watch_invite"
        elif command.verb == "rule" and command.value != "export" and settings.rule.moderators:
            channel, sentence = settings.rule.moderators, "slack_moderators_invite"
        else:
            return ""
        seen = await self._people.sees(channel)
        return "" if seen else "\n" + self._core.speak(settings, asker.language)(sentence)

    async def _judged(self, incoming: Incoming) -> None:
        if incoming.by_bot:
            return
        language = await self._language(incoming)
        await self._core.handle(replace(incoming, language=language), self.platform)

    async def _language(self, incoming: Incoming) -> Language | None:
        return await self._people.language(incoming.author.rpartition("/")[2])

    async def _feedback(self, incoming: Incoming, value: str) -> None:
        opinion, _, verdict = value.partition(":")
        if opinion not in (RIGHT, WRONG):
            return
        known = await self._core.feedback(verdict, self.platform.name, incoming.author, opinion == RIGHT)
        settings = await self._core.settings(incoming.place)
        messages = self._core.speak(settings, await self._language(incoming))
        with suppress(DeliveryError):
            await self.platform.whisper(incoming, messages("feedback_thanks" if known else "feedback_gone"))

    async def _pressed(self, incoming: Incoming, button: str) -> None:
        spoken = replace(incoming, language=await self._language(incoming))
        moderator = await self._people.moderates(incoming.author.rpartition("/")[2], incoming.place.channel)
        await self._core.press(Pressed(spoken, button, moderator), self.platform)

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
    app.action(WHY_ACTION)(acknowledged(SlackAdapter._on_why))
    app.action(re.compile(rf"{BUTTON_ACTION}_\d+"))(acknowledged(SlackAdapter._on_button))
    app.action(re.compile(rf"{LINK_ACTION}_\d+"))(acknowledged(SlackAdapter._on_link))
    app.event("app_uninstalled")(gone)
    app.event("tokens_revoked")(gone)
    app.error(_on_error)


async def _on_error(error: Exception) -> None:
    # Not its message: it could hold a part of a review.
    log.error("listener failed", extra={"event": "slack_listener_failed", "kind": type(error).__name__})
