"""What Slack sends for what people do, as its documentation shows it."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.servers.slack import BOT_USER

_numbers = count(1)

CHANNEL, DIRECT = "C1", "D1"


def ts(number: int) -> str:
    """The timestamp, and so the id, of a message."""
    return f"16{number:08}.000100"


def event(inner: dict[str, Any]) -> dict[str, Any]:
    """An event of the Events API."""
    number = next(_numbers)
    return {
        "token": "t",
        "team_id": "T1",
        "api_app_id": "A1",
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{number:08}",
        "event_time": 1700000000 + number,
        "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": BOT_USER, "is_bot": True}],
    }


def message(text: str, at: str, *, channel: str = CHANNEL, user: str = "U1", **more: Any) -> dict[str, Any]:
    """Somebody writes in a channel, or directly to the bot."""
    kind = "im" if channel.startswith("D") else "channel"
    inner = {"type": "message", "channel": channel, "channel_type": kind, "user": user, "text": text, "ts": at}
    return event({**inner, "team": "T1", "event_ts": at, **more})


def mention(text: str, at: str, *, user: str = "U1", **more: Any) -> dict[str, Any]:
    """Somebody mentions the bot."""
    inner = {"type": "app_mention", "channel": CHANNEL, "user": user, "text": f"<@{BOT_USER}> {text}", "ts": at}
    return event({**inner, "team": "T1", "event_ts": at, **more})


def changed(text: str, at: str, revision: str, *, channel: str = CHANNEL, user: str = "U1", old: str = "?") -> Any:
    """Somebody edits a message."""
    inner = {"type": "message", "user": user, "text": text, "ts": at, "edited": {"user": user, "ts": revision}}
    return event(
        {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": channel,
            "channel_type": "im" if channel.startswith("D") else "channel",
            "ts": revision,
            "event_ts": revision,
            "message": inner,
            "previous_message": {**inner, "text": old},
        }
    )


def deleted(at: str, *, channel: str = CHANNEL) -> dict[str, Any]:
    """Somebody deletes a message."""
    inner = {"type": "message", "subtype": "message_deleted", "channel": channel, "channel_type": "channel"}
    return event({**inner, "deleted_ts": at, "ts": ts(9), "event_ts": ts(9), "hidden": True})


def command(text: str, response_url: str, *, user: str = "U1", trigger: str = "") -> dict[str, Any]:
    """Somebody uses the slash command."""
    return {
        "token": "t",
        "team_id": "T1",
        "team_domain": "test",
        "channel_id": CHANNEL,
        "channel_name": "reviews",
        "user_id": user,
        "user_name": "u",
        "command": "/nunchi",
        "text": text,
        "api_app_id": "A1",
        "response_url": response_url,
        "trigger_id": trigger or f"{next(_numbers)}.1.abc",
    }


def shortcut(text: str, response_url: str, *, user: str = "U1", trigger: str = "") -> dict[str, Any]:
    """Somebody uses the bot's entry in the menu of a message."""
    return {
        "type": "message_action",
        "token": "t",
        "action_ts": "1.1",
        "team": {"id": "T1", "domain": "test"},
        "user": {"id": user, "name": "u"},
        "channel": {"id": CHANNEL, "name": "reviews"},
        "callback_id": "nunchi_judge",
        "trigger_id": trigger or f"{next(_numbers)}.1.abc",
        "message_ts": ts(1),
        "message": {"type": "message", "user": "U2", "ts": ts(1), "text": text},
        "response_url": response_url,
    }


def feedback(value: str, response_url: str, *, user: str = "U1") -> dict[str, Any]:
    """Somebody presses a button of a card."""
    return {
        "type": "block_actions",
        "token": "t",
        "team": {"id": "T1", "domain": "test"},
        "user": {"id": user, "name": "u", "team_id": "T1"},
        "channel": {"id": CHANNEL, "name": "reviews"},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": ts(1), "channel_id": CHANNEL},
        "trigger_id": f"{next(_numbers)}.1.abc",
        "response_url": response_url,
        "actions": [
            {
                "type": "feedback_buttons",
                "action_id": "nunchi_feedback",
                "block_id": "b",
                "value": value,
                "action_ts": "1",
            }
        ],
    }


def why(value: str, response_url: str, *, user: str = "U1", channel: str = CHANNEL) -> dict[str, Any]:
    """Somebody presses the button of a card that asks why."""
    pressed = feedback(value, response_url, user=user)
    pressed["channel"]["id"] = pressed["container"]["channel_id"] = channel
    pressed["actions"] = [{"type": "button", "action_id": "nunchi_why", "block_id": "b", "value": value}]
    return pressed


def home_opened(user: str = "U1", tab: str = "home") -> dict[str, Any]:
    """Somebody opens the Home tab."""
    return event({"type": "app_home_opened", "user": user, "channel": DIRECT, "tab": tab, "event_ts": ts(1)})
