"""What Discord sends, as events of the core."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.core.events import Incoming, Place, Way
from bot.core.messages import Language

PLATFORM = "discord"

_SPOKEN = (discord.MessageType.default, discord.MessageType.reply)
"""Types of messages that somebody wrote; all others say that something happened."""


def place(guild: int | None, channel: int) -> Place:
    """A channel; direct messages are in no workspace."""
    return Place(PLATFORM, "" if guild is None else str(guild), str(channel))


def language(*locales: discord.Locale | None) -> Language | None:
    """The first language of ours among those that Discord names; None if it names none."""
    for locale in locales:
        if locale is not None and locale.value[:2] in ("ko", "en"):
            return "ko" if locale.value[:2] == "ko" else "en"
    return None


def from_message(message: discord.Message, bot: int, *, revision: str = "") -> Incoming | None:
    """A message, or, with ``revision``, an edit of one; None if nobody said it.

    Args:
        message: it.
        bot: the bot's own user id.
        revision: which edit it is.
    """
    if message.type not in _SPOKEN:
        return None
    guild = message.guild.id if message.guild is not None else None
    mentioned = mentions(message.content, bot)
    way: Way = "direct" if guild is None else "mention" if mentioned else "watched"
    return Incoming(
        place(guild, message.channel.id),
        str(message.id),
        str(message.author.id),
        without_mention(message.content, bot),
        way,
        revision=revision,
        by_bot=message.author.bot or message.webhook_id is not None,
        # Most guilds never chose a language and are said to be American: only Korean means something.
        language="ko" if message.guild and message.guild.preferred_locale is discord.Locale.korean else None,
        source=str(message.id),
        roles=roles(message.author),
    )


def roles(author: discord.abc.User) -> tuple[str, ...]:
    """The ids of somebody's roles; none of whom Discord names without them, e.g. in a direct message."""
    return tuple(str(role.id) for role in author.roles) if isinstance(author, discord.Member) else ()


def revision(message: discord.Message) -> str:
    """Which edit of a message this is; empty if it was none, but e.g. a link that unfolded."""
    return "" if message.edited_at is None else f"{message.edited_at.timestamp():.3f}"


def inside(thread: object, message: object) -> str:
    """A message in a thread, where the thread's channel is the place: ``thread-message``."""
    return f"{thread}-{message}"


def where_is(place: Place, message: str) -> tuple[int, int]:
    """The channel or thread that a message is in, and its id there.

    Raises:
        ValueError: if it is no message's id.
    """
    thread, _, number = message.rpartition("-")
    return int(thread or place.channel), int(number)


def from_interaction(
    interaction: discord.Interaction[Any], text: str, way: Way, handle: object, about: str | None = None
) -> Incoming | None:
    """A command, a menu or a button. Its interaction is its message; ``about`` is the message that holds its text."""
    where = interaction.channel_id
    if where is None:
        return None
    return Incoming(
        place(interaction.guild_id, where),
        str(interaction.id),
        str(interaction.user.id),
        text,
        way,
        by_bot=interaction.user.bot,
        language=language(interaction.locale, interaction.guild_locale),
        handle=handle,
        source=about,
    )


def mentions(text: str, bot: int) -> bool:
    """Whether a text names the bot. A reply to the bot pings it without naming it."""
    return f"<@{bot}>" in text or f"<@!{bot}>" in text


def without_mention(text: str, bot: int) -> str:
    """A text without the bot's own name."""
    return re.sub(rf"<@!?{bot}>", " ", text).strip()


def parent(message: discord.Message) -> int | None:
    """Id of the message that a reply answers."""
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None:
        return None
    return reference.message_id
