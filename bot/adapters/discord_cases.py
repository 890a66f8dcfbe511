"""``/nunchi cases`` and ``/nunchi precision`` as slash commands; moderators who may not see them can write the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.app_commands import Range

from bot.adapters.discord_words import Interaction, Where, both, id_of
from bot.core.case_commands import parse_case
from bot.core.commands import Command

if TYPE_CHECKING:
    from bot.adapters.discord_adapter import DiscordAdapter


def add_cases(parent: app_commands.Group, adapter: DiscordAdapter) -> None:
    """Put them below ``/nunchi``, which Discord hides from who may not; the core checks again."""

    @parent.command(name=both("discord_name_cases"), description=both("discord_about_cases"))
    @app_commands.rename(what=both("discord_name_what"))
    @app_commands.describe(what=both("discord_about_what"))
    async def cases(interaction: Interaction, what: Range[str, 0, 60] = "") -> None:
        value = parse_case(f"cases {what}".strip())
        adapter.obey(interaction, Command("help") if value is None else Command("cases", value))

    @parent.command(name=both("discord_name_precision"), description=both("discord_about_precision"))
    @app_commands.rename(channel=both("discord_name_channel"))
    @app_commands.describe(channel=both("discord_about_channel"))
    async def precision(interaction: Interaction, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("precision"), id_of(channel))
