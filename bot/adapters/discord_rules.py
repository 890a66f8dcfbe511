"""``/nunchi rule ...``: the rule of a watched channel as slash commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Range

from bot.adapters.discord_words import Interaction, Where, both, id_of
from bot.core.commands import Command
from bot.core.moderation import BANDS, LONGEST_COOLDOWN
from bot.core.rule_commands import canonical
from bot.core.simulation import MOST_MESSAGES
from bot.core.simulations import DEFAULT

if TYPE_CHECKING:
    from bot.adapters.discord_adapter import DiscordAdapter

Choice = app_commands.Choice

_ACTIONS = (
    ("choice_mode", "mode"),
    ("choice_log", "log"),
    ("choice_react", "react"),
    ("choice_reply", "reply"),
    ("choice_card", "card"),
    ("choice_react_card", "react card"),
    ("choice_reply_card", "reply card"),
    ("choice_approve", "approve"),
    ("choice_react_approve", "react approve"),
    ("choice_reply_approve", "reply approve"),
)


def add_rules(parent: app_commands.Group, adapter: DiscordAdapter) -> None:
    """Put them below ``/nunchi``, which Discord hides from who may not; the core checks again."""
    group = app_commands.Group(name=both("discord_name_rule"), description=both("discord_about_rule"), parent=parent)
    channel_name, channel_about = both("discord_name_channel"), both("discord_about_channel")

    def rule(interaction: Interaction, value: str, channel: Where | None) -> None:
        adapter.obey(interaction, Command("rule", value), id_of(channel))

    @group.command(name=both("discord_name_show"), description=both("discord_about_show"))
    @app_commands.rename(channel=channel_name)
    @app_commands.describe(channel=channel_about)
    async def show(interaction: Interaction, channel: Where | None = None) -> None:
        rule(interaction, "show", channel)

    @group.command(name=both("discord_name_action"), description=both("discord_about_action"))
    @app_commands.rename(band=both("discord_name_band"), value=both("discord_name_value"), channel=channel_name)
    @app_commands.describe(channel=channel_about)
    @app_commands.choices(
        band=[Choice(name=both(f"band_{band}"), value=band) for band in BANDS],
        value=[Choice(name=both(name), value=value) for name, value in _ACTIONS],
    )
    async def action(interaction: Interaction, band: str, value: str, channel: Where | None = None) -> None:
        rule(interaction, f"{band} {value}", channel)

    @group.command(name=both("discord_name_moderators"), description=both("discord_about_moderators"))
    @app_commands.rename(to=both("discord_name_moderators"), channel=channel_name)
    @app_commands.describe(to=both("discord_about_moderators"), channel=channel_about)
    async def moderators(interaction: Interaction, to: Where | None = None, channel: Where | None = None) -> None:
        rule(interaction, f"moderators {'off' if to is None else to.id}", channel)

    @group.command(name=both("discord_name_exempt"), description=both("discord_about_exempt"))
    @app_commands.rename(value=both("discord_name_value"), who=both("discord_name_who"), channel=channel_name)
    @app_commands.describe(who=both("discord_about_exempt"), channel=channel_about)
    @app_commands.choices(
        value=[Choice(name=both("choice_add"), value="add"), Choice(name=both("choice_remove"), value="remove")]
    )
    async def exempt(
        interaction: Interaction, value: str, who: discord.Member | discord.Role, channel: Where | None = None
    ) -> None:
        kind = "role" if isinstance(who, discord.Role) else "user"
        rule(interaction, f"exempt {value} {kind} {who.id}", channel)

    @group.command(name=both("discord_name_quiet"), description=both("discord_about_quiet"))
    @app_commands.rename(hours=both("discord_name_hours"), zone=both("discord_name_zone"), channel=channel_name)
    @app_commands.describe(hours=both("discord_about_hours"), zone=both("discord_about_zone"), channel=channel_about)
    async def quiet(
        interaction: Interaction,
        hours: Range[str, 1, 20] = "off",
        zone: Range[str, 1, 40] = "Asia/Seoul",
        channel: Where | None = None,
    ) -> None:
        adapter.obey(interaction, Command("rule", canonical("quiet", _words(hours, zone))), id_of(channel))

    @group.command(name=both("discord_name_cooldown"), description=both("discord_about_cooldown"))
    @app_commands.rename(kind=both("discord_name_who"), seconds=both("discord_name_value"), channel=channel_name)
    @app_commands.describe(seconds=both("discord_about_cooldown"), channel=channel_about)
    @app_commands.choices(
        kind=[
            Choice(name=both("discord_name_author"), value="author"),
            Choice(name=both("discord_name_channel"), value="channel"),
        ]
    )
    async def cooldown(
        interaction: Interaction, kind: str, seconds: Range[int, 0, LONGEST_COOLDOWN], channel: Where | None = None
    ) -> None:
        rule(interaction, f"cooldown {kind} {seconds}", channel)

    @group.command(name=both("discord_name_export"), description=both("discord_about_export"))
    @app_commands.rename(channel=channel_name)
    @app_commands.describe(channel=channel_about)
    async def export(interaction: Interaction, channel: Where | None = None) -> None:
        rule(interaction, "export", channel)

    @group.command(name=both("discord_name_import"), description=both("discord_about_import"))
    @app_commands.rename(file=both("discord_name_file"), channel=channel_name)
    @app_commands.describe(file=both("discord_about_import"), channel=channel_about)
    async def import_(interaction: Interaction, file: discord.Attachment, channel: Where | None = None) -> None:
        adapter.import_rule(interaction, file, id_of(channel))

    @parent.command(name=both("discord_name_simulate"), description=both("discord_about_simulate"))
    @app_commands.rename(
        count=both("discord_name_count"),
        negative=both("discord_name_negative"),
        positive=both("discord_name_positive"),
        file=both("discord_name_file"),
        stop=both("discord_name_stop"),
        channel=channel_name,
    )
    @app_commands.describe(
        count=both("discord_about_count"),
        negative=both("discord_about_negative"),
        positive=both("discord_about_positive"),
        file=both("discord_about_simulate_file"),
        stop=both("discord_about_stop"),
        channel=channel_about,
    )
    async def simulate(
        interaction: Interaction,
        count: Range[int, 1, MOST_MESSAGES] = DEFAULT,
        negative: Range[float, 0, 100] | None = None,
        positive: Range[float, 0, 100] | None = None,
        file: discord.Attachment | None = None,
        stop: bool = False,
        channel: Where | None = None,
    ) -> None:
        if file is not None and not stop:
            tried = "" if negative is None or positive is None else f" {negative:g} {positive:g}"
            adapter.judge(interaction, f"simulate{tried}", file=file)
            return
        value = "stop" if stop else f"{count}"
        if not stop and (negative is not None or positive is not None):
            value += f" {negative or 0:g} {positive or 0:g}"
        adapter.obey(interaction, Command("simulate", value), id_of(channel))

    @group.command(name=both("discord_name_audit"), description=both("discord_about_audit"))
    @app_commands.rename(channel=channel_name)
    @app_commands.describe(channel=channel_about)
    async def audit(interaction: Interaction, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("audit"), id_of(channel))


def _words(hours: str, zone: str) -> list[str]:
    words = hours.split()
    return words if words[:1] == ["off"] else ["".join(words), *zone.split()]
