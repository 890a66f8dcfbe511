"""``nunchi doctor discord``: whether the bot could be started, and where to invite it, without starting it."""

from __future__ import annotations

import asyncio

from bot.adapters.discord_checks import Identity, examine, portal, say_permissions
from bot.adapters.discord_service import check_shards
from bot.commands.run import discord_config
from bot.commands.store import open_configured
from bot.core.errors import ExitStatus
from bot.core.events import Place
from bot.core.messages import Messages
from bot.settings import Settings, load_settings
from bot.terminal import say


def doctor_discord(messages: Messages) -> ExitStatus:
    """Ask Discord what it thinks of the token, the intents, and the channels that are watched.

    Returns:
        ``CONFIG`` if a watched channel cannot be read or answered.

    Raises:
        UserError: what is to be mended first.
    """
    identity, lacks = asyncio.run(_examine(load_settings()))
    say(messages("discord_ok_bot", shards=identity.shards))
    say(messages("discord_invite", url=identity.invite))
    say(messages("discord_install", url=identity.install))
    if identity.content:
        say(messages("discord_ok_content"))
    else:
        say(messages("discord_no_content", url=portal(identity.application)))
    healthy = identity.content or not lacks
    for place, names in lacks.items():
        healthy = healthy and names == []
        if names is None:
            say(messages("discord_hidden_channel", channel=place.channel))
        elif names:
            say(messages("discord_lacks_channel", channel=place.channel, names=say_permissions(names, messages)))
        else:
            say(messages("discord_ok_channel", channel=place.channel))
    return ExitStatus.OK if healthy else ExitStatus.CONFIG


async def _examine(settings: Settings) -> tuple[Identity, dict[Place, list[str] | None]]:
    config = discord_config(settings)
    check_shards(config)
    store = await open_configured(settings)
    try:
        places = [place for place, chosen in (await store.channels("discord")).items() if chosen.watch]
    finally:
        await store.close()
    return await examine(config.token, config.addresses, places)
