"""What Slack knows of a person: the language, and who may change a channel."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_call import error_name
from bot.core.messages import Language
from bot.core.ports import Clock

_REMEMBERED, _SECONDS = 5_000, 3_600.0


class People:
    """Asks Slack, and remembers the language for an hour.

    Args:
        client: of the Web API.
        clock: the time.
    """

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._languages: OrderedDict[str, tuple[float, Language | None]] = OrderedDict()

    async def language(self, user: str) -> Language | None:
        """What a person's Slack speaks; None if it is neither language of ours, or Slack does not say."""
        now = self._clock.monotonic()
        kept = self._languages.get(user)
        if kept is not None and now - kept[0] < _SECONDS:
            return kept[1]
        locale = str((await self._user(user)).get("locale") or "")[:2]
        language: Language | None = "ko" if locale == "ko" else "en" if locale == "en" else None
        self._languages[user] = now, language
        if len(self._languages) > _REMEMBERED:
            self._languages.popitem(last=False)
        return language

    async def administers(self, user: str) -> bool:
        """Whether a person is an admin or owner of the workspace."""
        found = await self._user(user)
        return bool(found.get("is_admin") or found.get("is_owner"))

    async def may_configure(self, user: str, channel: str) -> bool:
        """Whether a person is an admin or owner of the workspace, or made the channel."""
        if await self.administers(user):
            return True
        try:
            info = (await self._client.conversations_info(channel=channel))["channel"]
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return False
        return bool(user) and info.get("creator") == user

    async def moderates(self, user: str, channel: str) -> bool:
        """Whether a person who is in a channel moderates it: who may configure it, and everybody in a private one.

        Slack knows no moderators. Into a private channel one is invited by its members: they say who moderates.
        """
        if await self.may_configure(user, channel):
            return True
        try:
            info = (await self._client.conversations_info(channel=channel))["channel"]
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return False
        return bool(user) and info.get("is_private") is True and not info.get("is_im")

    async def sees(self, channel: str) -> bool:
        """Whether the bot is in a channel; of one that is private and not open to it Slack says that there is none."""
        try:
            info = (await self._client.conversations_info(channel=channel))["channel"]
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            return not (isinstance(error, SlackApiError) and error_name(error) == "channel_not_found")
        return info.get("is_member") is not False

    async def _user(self, user: str) -> Any:
        try:
            return (await self._client.users_info(user=user, include_locale=True))["user"] or {}
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return {}
