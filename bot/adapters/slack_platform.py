"""Slack as the core sees it: how an answer is posted, changed and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack_call import call, error_name
from bot.adapters.slack_cards import message, reaction_name
from bot.adapters.slack_events import PLATFORM, from_message, mapping, plain, slack_id, timestamp, without_mention
from bot.adapters.slack_files import content
from bot.adapters.slack_posts import SlackPoster
from bot.core.events import Answer, Attachment, Incoming, Place, Quote, Reaction, Reply
from bot.core.ports import DeliveryError, LaterError, Page

_TIMEOUT = 20
_MOST_WAITS = 3


def make_client(
    token: str | None,
    base_url: str,
    session: aiohttp.ClientSession | None = None,
    kind: type[AsyncWebClient] = AsyncWebClient,
) -> AsyncWebClient:
    """A client of the Web API.

    Only what Slack certainly did not do is tried again, which is what 429 says. A connection that broke may have
    carried the post, so the SDK's own retry of it would post twice.
    """
    return kind(
        token,
        base_url=base_url,
        timeout=_TIMEOUT,
        session=session,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=_MOST_WAITS)],
    )


class SlackPlatform(SlackPoster):
    """Answers in Slack.

    Args:
        client: of the Web API.
        bot_user: the bot's own user id, which is left out of what others wrote.
        admin: see :class:`~bot.adapters.slack_posts.SlackPoster`.
    """

    name = PLATFORM

    def __init__(self, client: AsyncWebClient, bot_user: str = "", admin: AsyncWebClient | None = None) -> None:
        super().__init__(client, admin)
        self._bot_user = bot_user

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        if isinstance(answer, Reaction):
            return await self._react(incoming.place, incoming.message, answer)
        if incoming.way in ("command", "menu"):
            await self._respond(incoming, answer)
            return None
        arguments = {**message(answer), "channel": incoming.place.channel}
        if incoming.thread is not None:
            arguments["thread_ts"] = incoming.thread
        if answer.private:
            user = incoming.author.rpartition("/")[2]
            await call(self._client.chat_postEphemeral(user=user, **arguments))
            return None
        posted = await call(self._client.chat_postMessage(**arguments))
        return f"message:{posted['ts']}"

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        kind, _, rest = reference.partition(":")
        if isinstance(answer, Reply) and kind == "message" and not answer.private:
            arguments = {k: v for k, v in message(answer).items() if not k.startswith("unfurl")}
            await call(self._client.chat_update(channel=incoming.place.channel, ts=rest, **arguments))
            return reference
        if isinstance(answer, Reaction) and reference == _reaction(incoming.message, answer):
            return reference
        await self.retract(incoming.place, reference)
        return await self.send(incoming, answer)

    async def retract(self, place: Place, reference: str) -> None:
        kind, _, rest = reference.partition(":")
        if kind == "message":
            await call(self._client.chat_delete(channel=place.channel, ts=rest))
        elif kind == "reaction":
            ts, _, name = rest.partition(":")
            await call(self._client.reactions_remove(channel=place.channel, timestamp=ts, name=name))
        elif kind == "file":
            file, _, ts = rest.partition(":")
            await call(self._client.files_delete(file=file))
            if ts:
                await call(self._client.chat_delete(channel=place.channel, ts=ts))

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return content(self._client, attachment.handle)

    async def upload(
        self, incoming: Incoming, reference: str | None, answer: Reply, path: Path, name: str
    ) -> str | None:
        _, _, ts = (reference or "").partition(":")
        sent = await call(
            self._client.files_upload_v2(
                channel=incoming.place.channel,
                thread_ts=incoming.thread,
                file=await asyncio.to_thread(path.read_bytes),
                filename=name,
                title=name,
                initial_comment=None if ts else answer.text,
            )
        )
        if reference is not None and ts:
            with suppress(DeliveryError):  # the file is what matters, and it is there
                await self.update(incoming, reference, answer)
        file = slack_id(mapping((sent.get("files") or [{}])[0]).get("id"))
        return f"file:{file}:{ts}" if file else reference

    async def fetch(self, place: Place, message: str) -> Quote | None:
        try:  # also of a message in a thread, before which its parent may come
            found = await self._client.conversations_replies(
                channel=place.channel, ts=message, oldest=message, latest=message, inclusive=True, limit=2
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return None
        for candidate in map(mapping, found.get("messages") or []):
            text, user = candidate.get("text"), slack_id(candidate.get("user"))
            if candidate.get("ts") == message and candidate.get("subtype") != "tombstone" and isinstance(text, str):
                return Quote(f"{place.workspace}/{user}" if user else "", plain(without_mention(text, self._bot_user)))
        return None

    async def history(self, place: Place, before: str | None, limit: int) -> Page:
        # By the time instead of Slack's cursor, which is not good for long: it must still be after a restart.
        arguments: dict[str, Any] = {"channel": place.channel, "limit": limit}
        if before is not None:
            arguments |= {"latest": before, "inclusive": False}
        try:
            found = await self._impatient.conversations_history(**arguments)
        except SlackApiError as error:
            if error_name(error) == "ratelimited" or getattr(error.response, "status_code", 0) == 429:
                raise LaterError(_retry_after(error.response.headers)) from None
            raise DeliveryError(error_name(error)) from None
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise DeliveryError(type(error).__name__) from None
        messages = [mapping(message) for message in found.get("messages") or []]
        body = {"team_id": place.workspace}
        heard = (
            from_message({**body, "event": {**message, "channel": place.channel}}, self._bot_user)
            for message in messages
        )
        spoken = tuple(one for one in heard if isinstance(one, Incoming) and one.way == "watched" and one.text)
        oldest = timestamp(messages[-1].get("ts")) if messages and found.get("has_more") else ""
        return Page(spoken, len(messages), oldest or None)

    @cached_property
    def _impatient(self) -> AsyncWebClient:
        """Says at once that Slack wants to be asked later, instead of waiting for it: people see a progress."""
        client = self._client
        return AsyncWebClient(
            client.token, base_url=client.base_url, timeout=_TIMEOUT, session=client.session, retry_handlers=[]
        )

    async def whisper(self, incoming: Incoming, text: str) -> None:
        """Say a sentence that only the asker sees."""
        await self.send(incoming, Reply(text, private=incoming.way != "direct"))

    async def _react(self, place: Place, to: str, reaction: Reaction) -> str:
        await call(self._client.reactions_add(channel=place.channel, timestamp=to, name=reaction_name(reaction)))
        return _reaction(to, reaction)

    async def _respond(self, incoming: Incoming, reply: Reply) -> None:
        """Through the interaction's own address, which also works where the bot is no member."""
        if not isinstance(incoming.handle, str):
            raise DeliveryError("no_response_url")
        webhook = AsyncWebhookClient(
            incoming.handle,
            timeout=_TIMEOUT,
            session=self._client.session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=_MOST_WAITS)],
        )
        arguments = message(reply)
        try:
            response = await webhook.send(response_type="ephemeral", replace_original=False, **arguments)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise DeliveryError(type(error).__name__) from None
        if response.status_code != 200:
            raise DeliveryError(f"http_{response.status_code}")


def _retry_after(headers: Mapping[str, Any]) -> float:
    """Seconds that Slack wants to be waited; a minute if it does not say."""
    found = next((value for name, value in headers.items() if str(name).lower() == "retry-after"), "60")
    said = str(found[0] if isinstance(found, list) and found else found)
    return float(said) if said.isdecimal() else 60.0


def _reaction(to: str, reaction: Reaction) -> str:
    return f"reaction:{to}:{reaction_name(reaction)}"
