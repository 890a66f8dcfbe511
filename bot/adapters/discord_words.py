"""What all slash commands share: names in two languages, and channels."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.core.messages import Messages

Interaction = discord.Interaction[Any]
Where = app_commands.AppCommandChannel | app_commands.AppCommandThread

_KO, _EN = Messages("ko"), Messages("en")


def both(name: str) -> locale_str:
    """A sentence or a name in English, which Discord shows in Korean to those who speak it."""
    return locale_str(_EN(name), ko=_KO(name))


def id_of(channel: Where | None) -> int | None:
    """The id of a channel that was chosen; None if none was."""
    return None if channel is None else channel.id
