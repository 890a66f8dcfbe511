"""The slash commands and the menu, in English with Korean names, and when Discord is told of them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Range, locale_str

from bot.adapters.discord_bulletins import add_bulletins
from bot.adapters.discord_cases import add_cases
from bot.adapters.discord_client import Client
from bot.adapters.discord_rules import add_rules
from bot.adapters.discord_words import Interaction, Where, both, id_of
from bot.core.commands import Command
from bot.core.service import Core

if TYPE_CHECKING:
    from bot.adapters.discord_adapter import DiscordAdapter

Choice = app_commands.Choice

_NOTE = "discord-commands"


class Korean(app_commands.Translator):
    """Gives Discord the Korean words."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        korean = string.extras.get("ko")
        return str(korean) if locale is discord.Locale.korean and korean is not None else None


async def synchronise(client: Client, core: Core) -> bool:
    """Tell Discord of the commands if they are others than the last time; whether it was told.

    Raises:
        discord.DiscordException: if Discord does not take them.
    """
    await client.tree.set_translator(Korean())
    translator = client.tree.translator
    assert translator is not None  # noqa: S101 - just set
    payload = [await command.get_translated_payload(client.tree, translator) for command in client.tree.get_commands()]
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    wanted = f"{client.application_id}:{digest}"
    if await core.store.note(_NOTE) == wanted:
        return False
    await client.tree.sync()
    await core.store.keep_note(_NOTE, wanted)
    return True


def add_commands(client: Client, adapter: DiscordAdapter) -> None:
    """Put the commands on the client's tree."""
    _add_judging(client, adapter)
    group = _settings(adapter)
    add_rules(group, adapter)
    add_cases(group, adapter)
    client.tree.add_command(group)
    client.tree.add_command(_own_data(adapter))


def _add_judging(client: Client, adapter: DiscordAdapter) -> None:
    @client.tree.command(name=both("discord_name_sentiment"), description=both("discord_about_sentiment"))
    @app_commands.rename(
        text=both("discord_name_text"), file=both("discord_name_file"), public=both("discord_name_public")
    )
    @app_commands.describe(
        text=both("discord_about_text"), file=both("discord_about_file"), public=both("discord_about_public")
    )
    async def sentiment(
        interaction: Interaction,
        text: Range[str, 1, 4000] = "",
        file: discord.Attachment | None = None,
        public: bool = False,
    ) -> None:
        adapter.judge(interaction, text, file=file, public=public)

    @client.tree.context_menu(name=both("discord_name_menu"))
    async def menu(interaction: Interaction, message: discord.Message) -> None:
        adapter.judge(interaction, message.content, about=message)


def _settings(adapter: DiscordAdapter) -> app_commands.Group:
    """``/nunchi settings ...``: Discord hides it from who may not, and the core checks again."""
    group = app_commands.Group(
        name=both("discord_name_nunchi"),
        description=both("discord_about_settings"),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    settings = app_commands.Group(
        name=both("discord_name_settings"), description=both("discord_about_settings"), parent=group
    )
    channel_name, channel_about = both("discord_name_channel"), both("discord_about_channel")

    @settings.command(name=both("discord_name_watch"), description=both("discord_about_watch"))
    @app_commands.rename(value=both("discord_name_value"), channel=channel_name)
    @app_commands.describe(value=both("discord_about_watch"), channel=channel_about)
    @app_commands.choices(value=[Choice(name=both("on"), value="on"), Choice(name=both("off"), value="off")])
    async def watch(interaction: Interaction, value: str, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("watch", value), id_of(channel))

    @settings.command(name=both("discord_name_mode"), description=both("discord_about_mode"))
    @app_commands.rename(value=both("discord_name_value"), channel=channel_name)
    @app_commands.describe(value=both("discord_about_mode"), channel=channel_about)
    @app_commands.choices(
        value=[
            Choice(name=both("mode_reply"), value="reply"),
            Choice(name=both("mode_reaction"), value="reaction"),
            Choice(name=both("mode_silent"), value="silent"),
        ]
    )
    async def mode(interaction: Interaction, value: str, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("mode", value), id_of(channel))

    @settings.command(name=both("discord_name_thresholds"), description=both("discord_about_thresholds"))
    @app_commands.rename(
        negative=both("discord_name_negative"), positive=both("discord_name_positive"), channel=channel_name
    )
    @app_commands.describe(
        negative=both("discord_about_negative"), positive=both("discord_about_positive"), channel=channel_about
    )
    async def thresholds(
        interaction: Interaction,
        negative: Range[float, 0, 100] | None = None,
        positive: Range[float, 0, 100] | None = None,
        channel: Where | None = None,
    ) -> None:
        own = negative is not None and positive is not None
        half = (negative is None) is not (positive is None)  # one alone says nothing: the sentence for that
        value = f"{negative:g} {positive:g}" if own else "0 0" if half else "model"
        adapter.obey(interaction, Command("threshold", value), id_of(channel))

    @settings.command(name=both("discord_name_language"), description=both("discord_about_language"))
    @app_commands.rename(value=both("discord_name_value"), channel=channel_name)
    @app_commands.describe(value=both("discord_about_language"), channel=channel_about)
    @app_commands.choices(
        value=[
            Choice(name=both("language_ko"), value="ko"),
            Choice(name=both("language_en"), value="en"),
            Choice(name=both("language_auto"), value="auto"),
        ]
    )
    async def language(interaction: Interaction, value: str, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("language", value), id_of(channel))

    add_bulletins(settings, adapter)

    @settings.command(name=both("discord_name_status"), description=both("discord_about_status"))
    @app_commands.rename(channel=channel_name)
    @app_commands.describe(channel=channel_about)
    async def status(interaction: Interaction, channel: Where | None = None) -> None:
        adapter.obey(interaction, Command("status"), id_of(channel))

    return group


def _own_data(adapter: DiscordAdapter) -> app_commands.Group:
    """What everybody may say of what is kept of them."""
    group = app_commands.Group(name=both("discord_name_own"), description=both("discord_about_own"))

    @group.command(name=both("discord_name_help"), description=both("discord_about_help"))
    async def help_(interaction: Interaction) -> None:
        adapter.obey(interaction, Command("help"))

    @group.command(name=both("discord_name_optout"), description=both("discord_about_optout"))
    async def optout(interaction: Interaction) -> None:
        adapter.obey(interaction, Command("optout"))

    @group.command(name=both("discord_name_optin"), description=both("discord_about_optin"))
    async def optin(interaction: Interaction) -> None:
        adapter.obey(interaction, Command("optin"))

    @group.command(name=both("discord_name_forget"), description=both("discord_about_forget"))
    async def forget(interaction: Interaction) -> None:
        adapter.obey(interaction, Command("forget"))

    return group
