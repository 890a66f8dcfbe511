"""The slash commands for digests and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.app_commands import Range

from bot.adapters.discord_words import Interaction, Where, both, id_of
from bot.core.commands import Command

if TYPE_CHECKING:
    from bot.adapters.discord_adapter import DiscordAdapter

Choice = app_commands.Choice


def add_bulletins(group: app_commands.Group, adapter: DiscordAdapter) -> None:
    """Put them into the group of the settings."""
    channel_name, channel_about = both("discord_name_channel"), both("discord_about_channel")

    @group.command(name=both("discord_name_digest"), description=both("discord_about_digest"))
    @app_commands.rename(
        value=both("discord_name_value"),
        time=both("discord_name_time"),
        zone=both("discord_name_zone"),
        empty=both("discord_name_empty"),
        to=both("discord_name_to"),
        channel=channel_name,
    )
    @app_commands.describe(
        value=both("discord_about_digest"),
        time=both("discord_about_time"),
        zone=both("discord_about_zone"),
        empty=both("discord_about_empty"),
        to=both("discord_about_to"),
        channel=channel_about,
    )
    @app_commands.choices(
        value=[
            Choice(name=both("discord_daily"), value="daily"),
            Choice(name=both("discord_weekly"), value="weekly"),
            Choice(name=both("off"), value="off"),
        ],
        empty=[
            Choice(name=both("digest_empty_line"), value="line"),
            Choice(name=both("digest_empty_silent"), value="silent"),
        ],
    )
    async def digest(
        interaction: Interaction,
        value: str,
        time: Range[str, 4, 5] | None = None,
        zone: Range[str, 2, 40] | None = None,
        empty: str | None = None,
        to: Where | None = None,
        channel: Where | None = None,
    ) -> None:
        at = None if time is None or ":" in time else f"{time}:"  # no time: the sentence for that
        words = (value, at or time, zone and zone.replace(" ", "_"), empty, to and f"to {to.id}")
        command = Command("digest", " ".join(word for word in words if word))
        adapter.obey(interaction, command, id_of(channel))

    @group.command(name=both("discord_name_alerts"), description=both("discord_about_alerts"))
    @app_commands.rename(value=both("discord_name_value"), channel=channel_name)
    @app_commands.describe(value=both("discord_about_alerts"), channel=channel_about)
    @app_commands.choices(value=[Choice(name=both("on"), value="on"), Choice(name=both("off"), value="off")])
    async def alerts(interaction: Interaction, value: str, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("alerts", value), id_of(channel))
