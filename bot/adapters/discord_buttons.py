"""The buttons of a card. Their ids say all that is needed, so that they work after a restart, in any process."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Literal, cast

import discord
from discord import ui

OpinionName = Literal["right", "wrong", "why"]
Listener = Callable[["discord.Interaction[Any]", OpinionName, str], Awaitable[None]]

TEMPLATE = r"nunchi:(?P<opinion>right|wrong|why):(?P<about>[0-9a-f]{1,32}|\d{1,20}-\d{1,20})"

POST_TEMPLATE = r"nunchi:post:(?P<name>[a-z][A-Za-z0-9:._-]{0,79})"

_STYLES = {"right": discord.ButtonStyle.success, "wrong": discord.ButtonStyle.danger}
_POST_STYLES = {"good": discord.ButtonStyle.success, "bad": discord.ButtonStyle.danger}


class Opinion(ui.DynamicItem[ui.Button[Any]], template=TEMPLATE):
    """맞아요, 틀려요, 왜?

    Args:
        opinion: which.
        about: id of the recorded verdict, or, for ``why``, where the text is.
        label: its words.
    """

    def __init__(self, opinion: OpinionName, about: str, label: str) -> None:
        style = _STYLES.get(opinion, discord.ButtonStyle.secondary)
        super().__init__(ui.Button(label=label, style=style, custom_id=f"nunchi:{opinion}:{about}"))
        self._opinion, self._about = opinion, about

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Opinion:
        return cls(cast(OpinionName, match["opinion"]), match["about"], "-")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.opinion(interaction, self._opinion, self._about)


class PostButton(ui.DynamicItem[ui.Button[Any]], template=POST_TEMPLATE):
    """A button of a :class:`bot.core.events.Post`.

    Args:
        name: the core's own id of it.
        label: its words.
        style: see :class:`bot.core.events.Button`.
    """

    def __init__(self, name: str, label: str, style: str = "plain") -> None:
        colour = _POST_STYLES.get(style, discord.ButtonStyle.secondary)
        super().__init__(ui.Button(label=label[:80], style=colour, custom_id=f"nunchi:post:{name}"))
        self._name = name

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> PostButton:
        return cls(match["name"], "-")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.pressed(interaction, self._name)
