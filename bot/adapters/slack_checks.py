"""Whether Slack takes the tokens, and what is said if it does not: one sentence that names the setting to mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_platform import error_name
from bot.core.errors import ExitStatus, UserError

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "reactions:write",
        "users:read",
    }
)
"""What the bot needs; the manifest asks for exactly these, and ``bot/README.md`` says why for each."""

_PREFIXES = {BOT_TOKEN: "xoxb-", APP_TOKEN: "xapp-"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in Slack."""

    workspace: str
    user: str


def check_shape(name: str, value: str | None) -> str:
    """The token, if it is there and of the right kind.

    Raises:
        UserError: if it is not.
    """
    if not value:
        raise UserError(ExitStatus.CONFIG, "slack_setting_missing", name=name)
    prefix = _PREFIXES.get(name, "")
    if not value.startswith(prefix):
        raise UserError(ExitStatus.CONFIG, "slack_setting_kind", name=name, prefix=prefix)
    return value


async def check_bot(client: AsyncWebClient) -> Identity:
    """Ask Slack who the bot is.

    Raises:
        UserError: if Slack refuses the token, it lacks scopes, or there is no Slack.
    """
    response = await _ask(client.auth_test(), client, BOT_TOKEN)
    granted = next((v for k, v in response.headers.items() if k.lower() == "x-oauth-scopes"), None)
    if granted is not None:
        missing = SCOPES - {scope.strip() for scope in str(granted).split(",")}
        if missing:
            raise UserError(ExitStatus.CONFIG, "slack_scopes", names=", ".join(sorted(missing)))
    return Identity(str(response["team_id"]), str(response["user_id"]))


async def check_app(client: AsyncWebClient, token: str) -> None:
    """Ask Slack for a socket, which is not opened.

    Raises:
        UserError: if Slack refuses the token, or there is no Slack.
    """
    await _ask(client.apps_connections_open(app_token=token), client, APP_TOKEN)


async def _ask(request: Any, client: AsyncWebClient, name: str) -> Any:
    try:
        return await request
    except SlackApiError as error:
        raise UserError(ExitStatus.CONFIG, "slack_setting_refused", name=name, reason=error_name(error)) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = type(error).__name__
        raise UserError(ExitStatus.IO_ERROR, "slack_unreachable", where=client.base_url, reason=reason) from None
