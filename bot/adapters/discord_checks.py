"""Whether Discord takes the token, and what is said if it does not: one sentence that names what to mend, and where."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import aiohttp
import discord
from discord.utils import oauth_url

from bot.adapters.discord_addresses import Addresses
from bot.adapters.discord_client import Client
from bot.core.errors import ExitStatus, UserError
from bot.core.events import Place
from bot.core.messages import Messages

TOKEN = "DISCORD_TOKEN"  # noqa: S105 - its name
NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
    add_reactions=True,
    attach_files=True,
)
"""What the bot asks for when it is invited, and nothing else; ``bot/README.md`` says why for each."""

_DISCORDS_NAMES = {"read_messages": "view_channel"}
"""discord.py's own names where Discord has others by now, which its settings and ``bot/README.md`` say."""

_TOKEN_SHAPE = re.compile(r"[\w-]{10,}\.[\w-]{4,}\.[\w-]{20,}")
_SECONDS = 30.0

FATAL = {
    4004: "discord_setting_refused",
    4010: "discord_shard_wrong",
    4011: "discord_shards_needed",
    4012: "discord_version",
    4013: "discord_intents_wrong",
    4014: "discord_intent_refused",
}
"""Close codes after which no other try can help, and the sentence for each."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in Discord.

    Attributes:
        application: id of the application.
        content: whether its owner switched the message content intent on.
        shards: how many shards Discord wants it to have.
        addresses: where Discord is, with the gateway that it named.
    """

    application: int
    content: bool
    shards: int
    addresses: Addresses

    @property
    def invite(self) -> str:
        """The page to invite the bot to a server at, with the least permissions."""
        return oauth_url(self.application, permissions=NEEDED, scopes=("bot", "applications.commands"))

    @property
    def install(self) -> str:
        """The page to install it for oneself at: works in every server and in direct messages."""
        return oauth_url(self.application, scopes=("applications.commands",)) + "&integration_type=1"


def portal(application: int | None) -> str:
    """The page with the switch of the message content intent."""
    return f"https://discord.com/developers/applications/{application or ''}/bot"


def check_shape(token: str | None) -> str:
    """The token, if it is there and looks like one.

    Raises:
        UserError: if it does not.
    """
    if not token:
        raise UserError(ExitStatus.CONFIG, "discord_setting_missing", name=TOKEN)
    if not _TOKEN_SHAPE.fullmatch(token):
        raise UserError(ExitStatus.CONFIG, "discord_setting_kind", name=TOKEN)
    return token


async def check_bot(token: str | None, addresses: Addresses, places: list[Place] | None = None) -> Identity:
    """Ask Discord who the bot is, without connecting to the gateway.

    Raises:
        UserError: if Discord refuses the token, or there is no Discord.
    """
    return (await examine(token, addresses, places or []))[0]


async def examine(
    token: str | None, addresses: Addresses, places: list[Place]
) -> tuple[Identity, dict[Place, list[str] | None]]:
    """The same, and which permissions the bot lacks in each of the places; None if it cannot see the place.

    Raises:
        UserError: as :func:`check_bot`.
    """
    shape = check_shape(token)
    client = Client(addresses, content=False)
    try:
        async with asyncio.timeout(_SECONDS):
            await client.login(shape)
            shards, named, _ = await client.http.get_bot_gateway()
        info = client.application
        flags = info.flags if info is not None else discord.ApplicationFlags()
        content = flags.gateway_message_content or flags.gateway_message_content_limited
        identity = Identity(client.application_id or 0, content, shards, replace(addresses, named=named))
        lacks = {place: await _lacks(client, place) for place in places}
        return identity, lacks
    except Exception as error:
        raise (fatal(error, client.application_id) or unreachable(error, addresses)) from None
    finally:
        await client.close()


async def _lacks(client: discord.Client, place: Place) -> list[str] | None:
    try:
        guild = await client.fetch_guild(int(place.workspace))
        channel = await client.fetch_channel(int(place.channel))
        me = await guild.fetch_member(client.user.id if client.user is not None else 0)
    except (discord.NotFound, discord.Forbidden, ValueError):
        return None
    if isinstance(channel, discord.Thread):
        parent = await client.fetch_channel(channel.parent_id)
        channel = parent if isinstance(parent, discord.abc.GuildChannel) else channel
    if not isinstance(channel, discord.abc.GuildChannel):
        return None
    channel.guild = guild  # with its roles, which a channel that was asked for alone does not have
    return missing(channel.permissions_for(me), NEEDED)


def missing(have: discord.Permissions, needed: discord.Permissions) -> list[str]:
    """The names, as Discord has them, of the permissions that are needed but not there."""
    return [_DISCORDS_NAMES.get(name, name) for name, wanted in needed if wanted and not getattr(have, name)]


def say_permissions(names: Iterable[str], messages: Messages) -> str:
    """Permissions by the names that Discord's own settings show for them."""
    return ", ".join(messages(f"discord_permission_{name}") for name in names)


def fatal(error: BaseException, application: int | None) -> UserError | None:
    """What is to be mended if no other try can help; None if one can."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, discord.LoginFailure):
        return _mend(4004, application)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return _mend(4014, application)
    if isinstance(error, discord.ConnectionClosed) and error.code in FATAL:
        return _mend(error.code, application)
    return None


def _mend(code: int, application: int | None) -> UserError:
    return UserError(ExitStatus.CONFIG, FATAL[code], name=TOKEN, url=portal(application))


def unreachable(error: Exception, addresses: Addresses) -> UserError:
    """There is no Discord at that address, or it does not answer as Discord does.

    Raises:
        Exception: the error, if it is of our own making.
    """
    known = (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError, KeyError, TypeError, ValueError)
    if not isinstance(error, known):
        raise error
    reason = str(error.status) if isinstance(error, discord.HTTPException) else type(error).__name__
    return UserError(ExitStatus.IO_ERROR, "discord_unreachable", where=addresses.base, reason=reason)
