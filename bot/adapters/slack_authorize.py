"""Whose bot an event is for: Bolt asks before it lets a listener hear of it.

Nothing is asked of Slack on the way to an acknowledgement; what is wrong with a token shows when it is used.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

REVOKED = frozenset({"account_inactive", "token_revoked"})
"""Slack's names for a token that will never be good again; other errors may pass."""


async def is_alive(client: AsyncWebClient) -> bool:
    """Whether Slack still takes a client's token. If it cannot be asked, no: who asks was told that it does not."""
    try:
        await client.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
        return False
    return True


class OneWorkspace(AsyncAuthorize):
    """There is one token, and it is for every event.

    Args:
        token: of the bot.
        bot_user: its user id.
    """

    def __init__(self, token: str | None, bot_user: str) -> None:
        self._result = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token, bot_user_id=bot_user)

    async def __call__(self, **request: Any) -> AuthorizeResult | None:
        """Who the bot is."""
        return self._result
