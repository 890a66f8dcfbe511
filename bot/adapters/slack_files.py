"""Files in Slack: what an event says of them, and how their content is fetched without showing the token to others."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_events import Payload, mapping, slack_id
from bot.core.events import Attachment
from bot.core.ports import DeliveryError

_PART = 1 << 16
_PATIENCE = aiohttp.ClientTimeout(total=300, sock_connect=20, sock_read=30)
_DEFAULT_PORTS = {"https": 443, "http": 80}


async def resolve(client: AsyncWebClient, file: Payload) -> Attachment:
    """A file of an event. Of one that came from another workspace (Slack Connect) the event says nothing but its id."""
    if file.get("file_access") == "check_file_info" or "name" not in file:
        found: object = None
        with suppress(SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            found = (await client.files_info(file=slack_id(file.get("id")))).get("file")
        file = mapping(found)
    name, size, url = file.get("name"), file.get("size"), file.get("url_private_download")
    if not isinstance(name, str) or file.get("file_access") in ("access_denied", "file_not_found"):
        return Attachment("", missing=True)
    return Attachment(name, size if isinstance(size, int) else None, url if isinstance(url, str) else None)


def is_slacks(url: str, base_url: str) -> bool:
    """Whether an address is that of the Slack whose Web API is at ``base_url``, so that the token may be shown to it.

    Slack keeps files at ``files.slack.com`` while the API is at ``slack.com``, GovSlack likewise: a host below the
    API's own is as good, with the same scheme and port.
    """
    if re.search(r"[\x00-\x20\x7f\\]", url):
        return False
    try:
        asked, base = urlsplit(url), urlsplit(base_url)
        ports = [address.port or _DEFAULT_PORTS.get(address.scheme) for address in (asked, base)]
    except ValueError:
        return False
    if asked.username is not None or asked.password is not None or not asked.hostname or not base.hostname:
        return False
    home = base.hostname.removeprefix("www.")
    below = asked.hostname.endswith(f".{home}") and not re.fullmatch(r"[\d.:]+|\[.*\]|[^.]+", home)
    return asked.scheme == base.scheme and ports[0] == ports[1] and (asked.hostname == home or below)


async def content(client: AsyncWebClient, url: object) -> AsyncIterator[bytes]:
    """The content of a file.

    Raises:
        DeliveryError: if it is not at Slack's own address, or cannot be had.
    """
    if not isinstance(url, str) or not is_slacks(url, client.base_url):
        raise DeliveryError("not_slacks_address")
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        async with _request(client, url, headers) as response:
            # A token without files:read is led to the page where people sign in.
            if response.status != 200 or response.content_type == "text/html":
                raise DeliveryError(f"http_{response.status}")
            async for part in response.content.iter_chunked(_PART):
                yield part
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DeliveryError(type(error).__name__) from None


def _request(client: AsyncWebClient, url: str, headers: dict[str, str]) -> Any:
    """Never led elsewhere: where that would be, nobody has checked."""
    session = client.session
    if session is None:
        raise DeliveryError("no_session")
    return session.get(
        url, headers=headers, allow_redirects=False, timeout=_PATIENCE, proxy=client.proxy, ssl=client.ssl or True
    )
