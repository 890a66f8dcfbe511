"""Whether Slack takes the tokens, and what is said if it does not: one sentence that names the setting to mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_call import error_name
from bot.core.errors import ExitStatus, UserError

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
CLIENT_ID, CLIENT_SECRET, ADMIN_TOKEN = "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_ADMIN_USER_TOKEN"
# What answered was not Slack, or it was Slack on a bad day.
_NOT_THE_TOKEN = frozenset(
    {"unknown", "fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}
)
_REFUSALS = {"invalid_client_id": CLIENT_ID, "bad_client_secret": CLIENT_SECRET}

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

_PREFIXES = {BOT_TOKEN: "xoxb-", APP_TOKEN: "xapp-", ADMIN_TOKEN: "xoxp-"}


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


async def check_admin(client: AsyncWebClient, workspace: str) -> None:
    """Ask Slack whose token deletes messages of others.

    Raises:
        UserError: if Slack refuses the token, it is one of another workspace, or there is no Slack.
    """
    response = await _ask(client.auth_test(), client, ADMIN_TOKEN)
    if str(response["team_id"]) != workspace:
        raise UserError(ExitStatus.CONFIG, "slack_other_workspace", name=ADMIN_TOKEN, other=BOT_TOKEN)


async def check_credentials(client: AsyncWebClient, client_id: str, client_secret: str) -> None:
    """Hand Slack a code that it never issued: with the right credentials that is all it has to complain about.

    Raises:
        UserError: if it complains about them, or there is no Slack.
    """
    request = client.oauth_v2_access(client_id=client_id, client_secret=client_secret, code="nunchi-doctor")
    try:
        await request
    except SlackApiError as error:
        reason = error_name(error)
        if reason in _REFUSALS:
            name = _REFUSALS[reason]
            raise UserError(ExitStatus.CONFIG, "slack_credential_refused", name=name, reason=reason) from None
        if reason in _NOT_THE_TOKEN:
            raise UserError(ExitStatus.IO_ERROR, "slack_unreachable", where=client.base_url, reason=reason) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = type(error).__name__
        raise UserError(ExitStatus.IO_ERROR, "slack_unreachable", where=client.base_url, reason=reason) from None


async def _ask(request: Any, client: AsyncWebClient, name: str) -> Any:
    try:
        return await request
    except SlackApiError as error:
        reason = error_name(error)
        if reason in _NOT_THE_TOKEN:
            raise UserError(ExitStatus.IO_ERROR, "slack_unreachable", where=client.base_url, reason=reason) from None
        if name == APP_TOKEN:
            raise UserError(ExitStatus.CONFIG, "slack_app_refused", name=name, reason=reason) from None
        raise UserError(ExitStatus.CONFIG, "slack_setting_refused", name=name, reason=reason) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = type(error).__name__
        raise UserError(ExitStatus.IO_ERROR, "slack_unreachable", where=client.base_url, reason=reason) from None
