"""How a method of Slack's Web API is called, and what its errors are called."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.ports import DeliveryError

_HARMLESS = frozenset({"already_reacted", "no_reaction", "message_not_found", "cant_update_message", "file_not_found"})


async def call(request: Awaitable[Any], harmless: frozenset[str] = _HARMLESS) -> Any:
    """What a method gives.

    Args:
        request: the call.
        harmless: errors that are none: what was to be changed is as it should be, or gone.

    Raises:
        DeliveryError: if it fails, with Slack's own name of the error.
    """
    try:
        return await request
    except SlackApiError as error:
        reason = error_name(error)
        if reason in harmless:
            return error.response
        raise DeliveryError(reason) from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise DeliveryError(type(error).__name__) from None


def error_name(error: SlackApiError) -> str:
    """Slack's short name of an error."""
    try:
        return str(error.response["error"])
    except (KeyError, TypeError, ValueError, AttributeError):  # what answered was not Slack
        return "unknown"
