"""Which channel's settings a message falls under: threads, and the posts of forums, belong to their channel."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

import discord

from bot.adapters.discord_asked import delivered
from bot.adapters.discord_checks import NEEDED, missing, portal, say_permissions
from bot.adapters.discord_client import Client
from bot.adapters.discord_events import inside, place
from bot.core.commands import Asker
from bot.core.events import Incoming, Place
from bot.core.ports import DeliveryError
from bot.core.service import Core

_REMEMBERED = 10_000
_FORUMS = (discord.ChannelType.forum, discord.ChannelType.media)


@dataclass(frozen=True, slots=True)
class _Parent:
    """What a thread belongs to."""

    channel: int
    forum: bool


class Places:
    """Knows threads from channels.

    Args:
        core: for the settings of channels.
        client: of discord.py, for its cache, and to ask where that does not know.
    """

    def __init__(self, core: Core, client: Client) -> None:
        self._core, self._client = core, client
        self._asked: OrderedDict[int, _Parent | None] = OrderedDict()

    async def of_watched(self, incoming: Incoming) -> Incoming | None:
        """The message with the place that its settings are those of; None if it is left alone.

        A watched channel's own messages are read, not what people say in its threads. A post of a watched forum is
        a thread, and its first message has the thread's id. A thread can also be watched itself.
        """
        if (await self._core.settings(incoming.place)).watch:
            return incoming
        parent = await self._parent(incoming.place)
        if parent is None:
            return incoming
        if not parent.forum or incoming.message != incoming.place.channel:
            return None
        return _moved(incoming, parent)

    async def of_asked(self, incoming: Incoming) -> Incoming:
        """The same for what was said to the bot: thresholds and language are those of the channel."""
        if incoming.way not in ("mention", "watched") or (await self._core.settings(incoming.place)).watch:
            return incoming
        parent = await self._parent(incoming.place)
        return incoming if parent is None else _moved(incoming, parent)

    async def all_of(self, guild: int | None, channel: int, messages: set[int]) -> list[tuple[Place, str]]:
        """Under what messages of a channel may be remembered."""
        own = place(guild, channel)
        parent = await self._parent(own) if guild is not None else None
        out = [(own, str(message)) for message in messages]
        if parent is not None:
            out += [(place(guild, parent.channel), inside(channel, message)) for message in messages]
        return out

    async def obstacles(self, asker: Asker, *, reads_content: bool) -> list[str]:
        """What is in the way of watching a channel, in sentences."""
        messages = self._core.speak(await self._core.settings(asker.place), asker.language)
        out = []
        if not reads_content:
            out.append(messages("discord_watch_content", url=portal(self._client.application_id)))
        channel = self._client.get_channel(int(asker.place.channel))
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread) and channel.guild.me is not None:
            names = missing(channel.permissions_for(channel.guild.me), NEEDED)
            if names:
                out.append(messages("discord_watch_permissions", names=say_permissions(names, messages)))
        return out

    async def closed_to_cards(self, asker: Asker) -> list[str]:
        """What is in the way of posting cards in the moderators' channel of a channel, in sentences."""
        settings = await self._core.settings(asker.place)
        moderators = settings.rule.moderators
        channel = self._client.get_channel(int(moderators)) if moderators and moderators.isdecimal() else None
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread) or channel.guild.me is None:
            return []
        sends = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
        needed = discord.Permissions(view_channel=True, attach_files=True, **{sends: True})
        names = missing(channel.permissions_for(channel.guild.me), needed)
        messages = self._core.speak(settings, asker.language)
        said = say_permissions(names, messages)
        return [messages("discord_moderators_permissions", names=said)] if names else []

    async def _parent(self, where: Place) -> _Parent | None:
        """What a channel belongs to; None if it is no thread."""
        number = int(where.channel)
        found = self._client.get_channel(number)
        if isinstance(found, discord.Thread):
            return _Parent(found.parent_id, found.parent is not None and found.parent.type in _FORUMS)
        if found is not None or not where.workspace:
            return None
        if number not in self._asked:  # e.g. a thread that was archived before the bot came
            self._asked[number] = await self._ask(number)
            if len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        return self._asked[number]

    async def _ask(self, number: int) -> _Parent | None:
        try:
            found = await delivered(self._client.fetch_channel(number))
        except DeliveryError:
            return None
        if not isinstance(found, discord.Thread):
            return None
        return _Parent(found.parent_id, found.parent is not None and found.parent.type in _FORUMS)


def _moved(incoming: Incoming, parent: _Parent) -> Incoming:
    thread = incoming.place.channel
    return replace(
        incoming,
        place=replace(incoming.place, channel=str(parent.channel)),
        message=inside(thread, incoming.message),
        source=None if incoming.source is None else inside(thread, incoming.source),
    )
