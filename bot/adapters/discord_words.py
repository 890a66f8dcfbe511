"""Names of commands and what they are about, in English with Korean beside."""

from __future__ import annotations

from discord.app_commands import locale_str

from bot.core.messages import Messages

_KO, _EN = Messages("ko"), Messages("en")


def both(name: str) -> locale_str:
    """A sentence or a name in English, which Discord shows in Korean to those who speak it."""
    return locale_str(_EN(name), ko=_KO(name))
