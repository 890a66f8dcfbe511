"""What is said in Discord unasked: posts with fields, buttons and a picture, as components."""

from __future__ import annotations

import io
import re
import secrets
from collections import OrderedDict
from typing import Any

import discord
from discord import ui
from discord.utils import escape_markdown, escape_mentions

from bot.adapters.discord_asked import delivered
from bot.adapters.discord_buttons import PostButton
from bot.adapters.discord_cards import COLOURS, MARKS
from bot.adapters.discord_client import Client
from bot.adapters.discord_events import where_is
from bot.adapters.discord_permissions import Permissions
from bot.core.events import Place, Post
from bot.core.ports import DeliveryError

_TOTAL, _PART, _ALT, _ROW = 4000, 1500, 1024, 5
_THREAD_NAME = 100
_REMEMBERED = 10_000
_GONE, _NO_CHANNEL, _HAS_THREAD = "10008", "10003", "160004"


class DiscordPoster:
    """Posts in channels.

    Args:
        client: of discord.py.
        permissions: knows where the bot may not speak.
    """

    def __init__(self, client: Client, permissions: Permissions) -> None:
        self._client, self._permissions = client, permissions
        self._guilds: OrderedDict[int, str] = OrderedDict()

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        channel = _number(place.channel)
        if thread is None:
            async with self._permissions.needed(place, channel):
                await self._check_guild(place, channel)
            return await self._post(place, channel, post)
        where, message = _message(thread)
        try:  # the thread of a message has the message's own id
            return await self._post(place, message, post)
        except DeliveryError as error:
            if _code(error) != _NO_CHANNEL:
                raise
        begun = await self._begin_thread(place, where, message, post.headline)
        if begun:
            return await self._post(place, message, post)
        return await self._post(place, where, post, reply_to=message)

    async def revise(self, place: Place, reference: str, post: Post) -> str | None:
        channel, message = _message(reference)
        said = self._client.get_partial_messageable(channel).get_partial_message(message)
        none = discord.AllowedMentions.none()
        try:
            async with self._permissions.needed(place, channel):
                await delivered(said.edit(view=post_view(post), attachments=_files(post), allowed_mentions=none))
        except DeliveryError as error:
            if _code(error) in (_GONE, _NO_CHANNEL):
                return None
            raise
        return reference

    async def link(self, place: Place, message: str) -> str | None:
        try:
            channel, number = where_is(place, message)
        except ValueError:
            return None
        return f"https://discord.com/channels/{place.workspace or '@me'}/{channel}/{number}"

    def hides(self, place: Place) -> bool:
        found = self._client.get_channel(int(place.channel)) if place.channel.isdecimal() else None
        if isinstance(found, discord.abc.GuildChannel) and found.guild.me is not None:
            return found.permissions_for(found.guild.me).manage_messages
        return True  # e.g. a guild of another process: who presses the button is told if it cannot be

    async def hide(self, place: Place, message: str) -> None:
        try:
            channel, number = where_is(place, message)
        except ValueError:
            raise DeliveryError("no_message") from None
        try:
            await delivered(self._client.get_partial_messageable(channel).get_partial_message(number).delete())
        except DeliveryError as error:
            if _code(error) != _GONE:
                raise

    async def tell(self, place: Place, author: str, post: Post) -> None:
        direct = await delivered(self._client.create_dm(discord.Object(_number(author))))
        none = discord.AllowedMentions.none()
        await delivered(direct.send(view=post_view(post), suppress_embeds=True, allowed_mentions=none))

    async def _check_guild(self, place: Place, channel: int) -> None:
        """See that a channel is in the guild it is named by: admins name channels by number, and the bot is in others.

        Raises:
            DeliveryError: if it is another's, or Discord does not say.
        """
        known = self._client.get_channel(channel)
        guild = self._guilds.get(channel, "")
        if known is None and not guild:  # e.g. a thread that was archived before the bot came
            known = await delivered(self._client.fetch_channel(channel))
        if isinstance(known, discord.abc.GuildChannel | discord.Thread):
            guild = str(known.guild.id)
            self._guilds[channel] = guild
            if len(self._guilds) > _REMEMBERED:
                self._guilds.popitem(last=False)
        if guild != place.workspace:
            raise DeliveryError("other_guild")

    async def _post(self, place: Place, channel: int, post: Post, reply_to: int | None = None) -> str:
        more: dict[str, Any] = {}
        if reply_to is not None:
            more["reference"] = discord.MessageReference(
                message_id=reply_to, channel_id=channel, fail_if_not_exists=False
            )
        async with self._permissions.needed(place, channel):
            posted = await delivered(
                self._client.get_partial_messageable(channel).send(
                    view=post_view(post),
                    files=_files(post),
                    suppress_embeds=True,
                    allowed_mentions=discord.AllowedMentions.none(),
                    nonce=secrets.token_hex(12),  # discord.py tries again by itself; Discord then posts it once
                    **more,
                )
            )
        return f"message:{channel}:{posted.id}"

    async def _begin_thread(self, place: Place, channel: int, message: int, name: str) -> bool:
        """Begin the thread of a message; whether there is one now."""
        request = self._client.http.start_thread_with_message(
            channel, message, name=name[:_THREAD_NAME], auto_archive_duration=1440
        )
        try:
            await delivered(request)
        except DeliveryError as error:  # e.g. no permission: it can still be a reply
            return _code(error) == _HAS_THREAD
        return True


def post_view(post: Post) -> ui.LayoutView:
    """The components that make up a post."""
    # Without a timeout, and stopped: nothing of it stays in memory, its buttons are known by their ids.
    made = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOURS.get(post.tone))
    mark = f"{MARKS[post.tone]} " if post.tone in MARKS else ""
    left = _TOTAL
    for text in [f"### {mark}{_plain(post.headline)}", *_paragraphs(post)]:
        shown = text if len(text) <= min(left, _PART) else text[: max(0, min(left, _PART) - 1)] + "…"
        left -= len(shown)
        if left > 0:
            container.add_item(ui.TextDisplay(shown))
    if post.picture is not None:
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        gallery.add_item(media=f"attachment://{_file_name(post)}", description=post.picture.alt[:_ALT])
        container.add_item(gallery)
    items: list[ui.Item[Any]] = [PostButton(button.id, button.label, button.style) for button in post.buttons]
    items += [ui.Button(label=link.label[:80], url=link.url) for link in post.links]
    for begin in range(0, len(items), _ROW):
        container.add_item(ui.ActionRow(*items[begin : begin + _ROW]))
    made.add_item(container)
    made.stop()
    return made


def _paragraphs(post: Post) -> list[str]:
    out = [f"<#{post.about.channel}>"] if post.about is not None and post.about.channel.isdecimal() else []
    out += [_plain(text) for text in post.body if text]
    if post.fields:
        out.append("\n".join(f"**{_plain(name)}** {_plain(value)}" for name, value in post.fields))
    out += [f"**{_plain(label)}** <@{person}>" for label, person in post.people if person.isdecimal()]
    if post.notes:
        out.append("\n".join(f"-# {_plain(note)}" for note in post.notes))
    return out


def _plain(text: str) -> str:
    escaped = re.sub(r"(?<!\\)\[", r"\[", escape_markdown(text, ignore_links=False))  # it leaves all but the first
    return escape_mentions(escaped).replace("<", "<\N{ZERO WIDTH SPACE}")


def _files(post: Post) -> list[discord.File]:
    if post.picture is None:
        return []
    file = discord.File(
        io.BytesIO(post.picture.content), filename=_file_name(post), description=post.picture.alt[:_ALT]
    )
    return [file]


def _file_name(post: Post) -> str:
    return re.sub(r"[^\w.-]", "_", post.picture.name if post.picture is not None else "", flags=re.ASCII)


def _number(channel: str) -> int:
    if not channel.isdecimal():
        raise DeliveryError("no_channel")
    return int(channel)


def _message(reference: str) -> tuple[int, int]:
    kind, channel, message, *_ = [*reference.split(":"), "", ""]
    if kind != "message" or not (channel.isdecimal() and message.isdecimal()):
        raise DeliveryError("no_reference")
    return int(channel), int(message)


def _code(error: DeliveryError) -> str:
    return str(error).rpartition("_")[2]
