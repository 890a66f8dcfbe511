"""What is said in Slack unasked: posts with fields, buttons and a picture, as Block Kit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any, TypeVar

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_call import call
from bot.adapters.slack_events import mapping, slack_id, timestamp
from bot.core.events import Picture, Place, Post
from bot.core.ports import DeliveryError

T = TypeVar("T")

BUTTON_ACTION, LINK_ACTION = "nunchi_button", "nunchi_link"
"""Begin the ``action_id`` of every button: they must differ within a block."""

_HEADLINE, _TEXT, _FIELD, _LABEL, _ALT, _FIELDS = 150, 3000, 2000, 75, 2000, 10
_MARKS = {"plain": "", "positive": "🟢 ", "unsure": "🟡 ", "negative": "🔴 "}
_STYLES = {"plain": None, "good": "primary", "bad": "danger"}
_PAUSES = (0.5, 1.0, 2.0)
"""Seconds between two tries to show a picture: Slack refuses the message while it still looks at the file."""


class SlackPoster:
    """Posts in channels of a workspace.

    Args:
        client: of the Web API.
        admin: the same with the token of an admin, by which messages of others are deleted; None if there is none.
    """

    def __init__(self, client: AsyncWebClient, admin: AsyncWebClient | None = None) -> None:
        self._client, self._admin = client, admin

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        under = {"thread_ts": _timestamp(thread)} if thread is not None else {}

        async def say(file: str) -> str:
            said = {**arguments(post, file), **under, "unfurl_links": False, "unfurl_media": False}
            posted = await call(self._client.chat_postMessage(channel=place.channel, **said))
            return f"message:{posted['ts']}"

        return await self._with_picture(post.picture, say)

    async def revise(self, place: Place, reference: str, post: Post) -> str | None:
        at = _timestamp(reference)

        async def change(file: str) -> str | None:
            try:
                request = self._client.chat_update(channel=place.channel, ts=at, **arguments(post, file))
                await call(request, frozenset())
            except DeliveryError as error:
                if str(error) in ("message_not_found", "thread_not_found"):
                    return None
                raise
            return reference

        return await self._with_picture(post.picture, change)

    async def link(self, place: Place, message: str) -> str | None:
        try:
            found = await call(self._client.chat_getPermalink(channel=place.channel, message_ts=message), frozenset())
        except DeliveryError:
            return None
        link = found.get("permalink")
        return link if isinstance(link, str) else None

    def hides(self, place: Place) -> bool:
        return self._admin is not None

    async def hide(self, place: Place, message: str) -> None:
        if self._admin is None:
            raise DeliveryError("no_admin_token")
        await call(self._admin.chat_delete(channel=place.channel, ts=message))

    async def tell(self, place: Place, author: str, post: Post) -> None:
        user = author.rpartition("/")[2]
        await call(self._client.chat_postEphemeral(channel=place.channel, user=user, **arguments(post, "")))

    async def _with_picture(self, picture: Picture | None, say: Callable[[str], Awaitable[T]]) -> T:
        """Say something with a picture: the file is there before the message that shows it."""
        if picture is None:
            return await say("")
        sent = await call(
            self._client.files_upload_v2(
                content=picture.content,
                filename=picture.name,
                title=picture.name,
                alt_txt=picture.alt[:_ALT],
                request_file_info=False,
            )
        )
        file = slack_id(mapping((sent.get("files") or [{}])[0]).get("id"))
        for pause in _PAUSES:
            try:
                return await say(file)
            except DeliveryError as error:  # an error that Slack names: nothing was posted
                if str(error) != "invalid_blocks":
                    raise
            await asyncio.sleep(pause)
        return await say(file)


def arguments(post: Post, file: str) -> dict[str, Any]:
    """What ``chat.postMessage`` and ``chat.update`` are given alike."""
    return {
        "text": escape(_cut(post.text, _TEXT), quote=False),  # this one Slack does take for mark-up
        "blocks": [block.to_dict() for block in _blocks(post, file)],
    }


def _blocks(post: Post, file: str) -> list[Block]:
    headline = PlainTextObject(text=_cut(_MARKS[post.tone] + post.headline, _HEADLINE), emoji=True)
    blocks: list[Block] = [HeaderBlock(text=headline)]
    channel = slack_id(post.about.channel) if post.about is not None else ""
    if channel:  # the channel's name is Slack's to show, and only to those who may see it
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=f"<#{channel}>")]))
    blocks += [SectionBlock(text=PlainTextObject(text=_cut(text, _TEXT))) for text in post.body if text]
    people = [(label, slack_id(person.rpartition("/")[2])) for label, person in post.people]
    named = [
        MarkdownTextObject(text=f"{escape(label, quote=False)}: <@{person}>") for label, person in people if person
    ]
    if named:  # likewise; and when a message is changed, nobody is pinged
        blocks.append(ContextBlock(elements=named))
    if post.fields:
        texts = [PlainTextObject(text=_cut(f"{name}\n{value}", _FIELD)) for name, value in post.fields[:_FIELDS]]
        blocks.append(SectionBlock(fields=texts))
    if file and post.picture is not None:
        blocks.append(ImageBlock(alt_text=_cut(post.picture.alt, _ALT), slack_file=SlackFile(id=file)))
    if post.notes:
        blocks.append(ContextBlock(elements=[PlainTextObject(text=_cut("\n".join(post.notes), _TEXT))]))
    buttons = _buttons(post)
    if buttons:
        blocks.append(ActionsBlock(elements=buttons))
    return blocks


def _buttons(post: Post) -> list[ButtonElement]:
    return [
        *(
            ButtonElement(
                action_id=f"{BUTTON_ACTION}_{number}",
                text=PlainTextObject(text=_cut(button.label, _LABEL)),
                value=button.id,
                style=_STYLES[button.style],
            )
            for number, button in enumerate(post.buttons)
        ),
        *(
            ButtonElement(
                action_id=f"{LINK_ACTION}_{number}", text=PlainTextObject(text=_cut(link.label, _LABEL)), url=link.url
            )
            for number, link in enumerate(post.links)
        ),
    ]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _timestamp(reference: str) -> str:
    kind, _, rest = reference.partition(":")
    at = timestamp(rest)
    if kind != "message" or not at:
        raise DeliveryError("no_reference")
    return at
