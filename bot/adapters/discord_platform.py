"""Answers in Discord: replies, reactions, answers to interactions."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import discord

from bot.adapters.discord_asked import Asked, delivered
from bot.adapters.discord_cards import is_mark, reaction_emoji, reaction_reference, view
from bot.adapters.discord_events import PLATFORM, from_message, where_is, without_mention
from bot.adapters.discord_files import content
from bot.adapters.discord_posts import DiscordPoster
from bot.core.events import Answer, Attachment, Incoming, Place, Quote, Reaction, Reply
from bot.core.ports import DeliveryError, Page

_HARMLESS = ("10008", "10003", "10014")
"""Unknown message, channel, emoji: what was to be changed is gone already."""


class DiscordPlatform(DiscordPoster):
    """Answers in Discord.

    Args:
        client: of discord.py.
        permissions: knows where the bot may not speak.
    """

    name = PLATFORM

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        if isinstance(incoming.handle, Asked) and isinstance(answer, Reply):
            await incoming.handle.say(answer)
            return None
        if isinstance(answer, Reply) and answer.private and incoming.way == "watched":
            answer = Reaction("busy")  # nobody asked, and nothing can be said to one person only
        channel, message = where_is(incoming.place, incoming.message)
        if isinstance(answer, Reaction):
            return await self._react(incoming.place, channel, message, answer)
        reference = discord.MessageReference(message_id=message, channel_id=channel, fail_if_not_exists=False)
        async with self._permissions.needed(incoming.place, channel):
            posted = await delivered(
                self._channel(channel).send(
                    view=view(answer),
                    reference=reference,
                    mention_author=False,
                    suppress_embeds=True,
                    nonce=nonce(incoming),
                )
            )
        return f"message:{channel}:{posted.id}"

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        kind, channel, message, mark = _parts(reference)
        if isinstance(answer, Reply) and kind == "message" and not (answer.private and incoming.way == "watched"):
            said = self._channel(channel).get_partial_message(message)
            async with self._permissions.needed(incoming.place, channel):
                await _harmless(
                    delivered(said.edit(view=view(answer), allowed_mentions=discord.AllowedMentions.none()))
                )
            return reference
        if isinstance(answer, Reaction) and kind == "reaction" and mark == answer.mark:
            return reference
        await self.retract(incoming.place, reference)
        return await self.send(incoming, answer)

    async def retract(self, place: Place, reference: str) -> None:
        kind, channel, message, mark = _parts(reference)
        said = self._channel(channel).get_partial_message(message)
        if kind == "message":
            await _harmless(delivered(said.delete()))
        elif kind == "reaction" and is_mark(mark) and self._client.user is not None:
            await _harmless(delivered(said.remove_reaction(reaction_emoji(mark), self._client.user)))

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return content(self._client.addresses, attachment.handle)

    async def upload(
        self, incoming: Incoming, reference: str | None, answer: Reply, path: Path, name: str
    ) -> str | None:
        if isinstance(incoming.handle, Asked):
            await incoming.handle.say(answer, discord.File(path, filename=name))
            return None
        if reference is None:
            raise DeliveryError("no_reference")
        _, channel, message, _ = _parts(reference)
        said = self._channel(channel).get_partial_message(message)
        async with self._permissions.needed(incoming.place, channel):
            await delivered(
                said.edit(
                    view=view(answer, name),
                    attachments=[discord.File(path, filename=name)],
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            )
        return reference

    async def fetch(self, place: Place, message: str) -> Quote | None:
        try:
            channel, number = where_is(place, message)
            found = await delivered(self._channel(channel).fetch_message(number))
        except (DeliveryError, ValueError):
            return None
        if not found.content:  # Discord does not tell the words without the intent
            return None
        bot = self._client.user
        return Quote(str(found.author.id), without_mention(found.content, bot.id if bot is not None else 0))

    async def history(self, place: Place, before: str | None, limit: int) -> Page:
        # Discord tells of earlier messages without the roles of their authors, and waits itself where it is asked to.
        try:
            channel, guild = int(place.channel), int(place.workspace)
            older = None if before is None else discord.Object(int(before))
        except ValueError:
            raise DeliveryError("no_channel") from None
        found = await delivered(_earlier(self._client.get_partial_messageable(channel, guild_id=guild), limit, older))
        bot = self._client.user.id if self._client.user is not None else 0
        heard = [from_message(message, bot) for message in found]
        spoken = tuple(
            replace(one, place=place, way="watched") for one in heard if one and one.way != "mention" and one.text
        )
        return Page(spoken, len(found), str(found[-1].id) if len(found) == limit else None)

    async def whisper(self, incoming: Incoming, text: str) -> None:
        """Say a sentence, to the asker only where Discord can do that."""
        await self.send(incoming, Reply(text, private=incoming.way != "direct"))

    async def _react(self, place: Place, channel: int, message: int, reaction: Reaction) -> str:
        on = self._channel(channel).get_partial_message(message)
        async with self._permissions.needed(place, channel):
            await _harmless(delivered(on.add_reaction(reaction_emoji(reaction.mark))))
        return reaction_reference(channel, message, reaction)

    def _channel(self, channel: int) -> discord.PartialMessageable:
        # Not looked up: a thread that the cache does not know can be answered all the same.
        return self._client.get_partial_messageable(channel)


def nonce(incoming: Incoming) -> str:
    """The same for every try to send the same answer, so that Discord posts it once. At most 25 characters."""
    message = incoming.message.rpartition("-")[2]
    if not incoming.revision:
        return message
    return f"{message}-{zlib.crc32(incoming.revision.encode()) & 0xFFFF:04x}"


async def _earlier(
    channel: discord.PartialMessageable, limit: int, older: discord.Object | None
) -> list[discord.Message]:
    return [message async for message in channel.history(limit=limit, before=older)]


def _parts(reference: str) -> tuple[str, int, int, str]:
    kind, channel, message, *rest = [*reference.split(":"), "", ""]
    if not (channel.isdecimal() and message.isdecimal()):
        raise DeliveryError("no_reference")
    return kind, int(channel), int(message), rest[0]


async def _harmless(request: object) -> None:
    try:
        await request  # type: ignore[misc]
    except DeliveryError as error:
        if str(error).rpartition("_")[2] not in _HARMLESS:
            raise
