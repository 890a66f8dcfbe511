"""Files in Discord: where they may be fetched from, and how."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import aiohttp
import discord

from bot.adapters.discord_addresses import Addresses
from bot.core.events import Attachment
from bot.core.ports import DeliveryError

_PART = 1 << 16
_PATIENCE = aiohttp.ClientTimeout(total=300, sock_connect=20, sock_read=30)


def attachments(files: Sequence[discord.Attachment]) -> list[Attachment]:
    """The files of a message, for the core."""
    return [Attachment(file.filename, file.size, file.url) for file in files]


async def content(addresses: Addresses, url: object) -> AsyncIterator[bytes]:
    """The content of a file. No token is shown for it: the address itself is signed.

    Raises:
        DeliveryError: if it is not at Discord's own address, or cannot be had.
    """
    if not isinstance(url, str) or not addresses.may_fetch(url):
        raise DeliveryError("not_discords_address")
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise DeliveryError(f"http_{response.status}")
            async for part in response.content.iter_chunked(_PART):
                yield part
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DeliveryError(type(error).__name__) from None
