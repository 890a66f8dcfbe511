"""What Slack sends, as events of the core. Pure functions: what does not have the shape that it should is None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.events import Incoming, Place, Way

PLATFORM = "slack"

_SPOKEN = (None, "file_share", "me_message", "thread_broadcast")
"""Subtypes of messages that a person wrote; all others say that something happened."""

_MOST_FILES = 10

_ID = re.compile(r"[A-Z0-9]{1,32}")
_TS = re.compile(r"\d{1,16}\.\d{1,10}")

_BRACKETS = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message is gone."""

    place: Place
    message: str


def mapping(value: object) -> Payload:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def slack_id(value: object) -> str:
    """The value if it is one of Slack's ids, else an empty string."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def timestamp(value: object) -> str:
    """The value if it is a message's timestamp, which is its id, else an empty string."""
    return value if isinstance(value, str) and _TS.fullmatch(value) else ""


def workspace(body: Payload) -> str:
    """The id of the workspace that the app is installed in; of a channel shared by several, not the other one."""
    authorizations = body.get("authorizations")
    installed = mapping(authorizations[0] if isinstance(authorizations, list) and authorizations else None)
    team = installed.get("team_id") or body.get("team_id") or mapping(body.get("team")).get("id")
    return slack_id(team) or slack_id(body.get("enterprise_id"))


def author(body: Payload, user: object) -> str:
    """A person's id, unique on the platform; empty if there is none."""
    found = slack_id(user)
    return f"{workspace(body)}/{found}" if found else ""


def is_gone(body: Payload) -> bool:
    """Whether an event says that the app was uninstalled, or that its own token was revoked and not just a person's."""
    event = mapping(body.get("event"))
    return event.get("type") == "app_uninstalled" or bool(mapping(event.get("tokens")).get("bot"))


def files(body: Payload) -> list[Payload]:
    """What an event says of the files that came with its message, also with an edited one."""
    event = mapping(body.get("event"))
    found = mapping(event.get("message")).get("files") if "message" in event else event.get("files")
    return [mapping(file) for file in found[:_MOST_FILES]] if isinstance(found, list) else []


def from_message(body: Payload, bot_user: str) -> Incoming | Deleted | None:
    """A ``message`` event: a direct message, one in a channel, an edit or a deletion.

    Args:
        body: of the event.
        bot_user: the bot's own user id.
    """
    event = mapping(body.get("event"))
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        return _deleted(body, event, event.get("deleted_ts"))
    if subtype == "message_changed":
        return _changed(body, event, bot_user)
    if subtype not in _SPOKEN and subtype != "bot_message":
        return None
    return _message(body, event, event, bot_user)


def _changed(body: Payload, event: Payload, bot_user: str) -> Incoming | Deleted | None:
    new, old = mapping(event.get("message")), mapping(event.get("previous_message"))
    if new.get("subtype") == "tombstone":  # deleted, but there are replies to it
        return _deleted(body, event, new.get("ts"))
    if new.get("text") == old.get("text") or new.get("subtype") not in _SPOKEN:
        return None  # e.g. a link was unfurled
    revision = timestamp(mapping(new.get("edited")).get("ts")) or timestamp(event.get("ts"))
    return _message(body, event, new, bot_user, revision) if revision else None


def _message(body: Payload, event: Payload, message: Payload, bot_user: str, revision: str = "") -> Incoming | None:
    direct = event.get("channel_type") == "im"
    text, ts, thread = message.get("text"), timestamp(message.get("ts")), timestamp(message.get("thread_ts"))
    text = "" if text is None and message.get("files") else text
    if not isinstance(text, str):
        return None
    mentions = bool(bot_user) and f"<@{bot_user}" in text
    if mentions and not direct:
        if not revision:
            return None  # comes as app_mention too
        if thread and thread != ts:
            return None  # it asked about another message
    elif not direct and thread and thread != ts and message.get("subtype") != "thread_broadcast":
        return None  # people who talk about a review
    way: Way = "direct" if direct else "mention" if mentions else "watched"
    by_bot = bool(message.get("bot_id")) or message.get("subtype") == "bot_message" or message.get("user") == bot_user
    return _incoming(
        body,
        channel=event.get("channel"),
        message=ts,
        user=message.get("user") or ("BOT" if by_bot else None),
        text=without_mention(text, bot_user),
        way=way,
        thread=(thread or None) if direct else (thread or ts),
        revision=revision,
        by_bot=by_bot,
        source=ts,
    )


def _deleted(body: Payload, event: Payload, ts: object) -> Deleted | None:
    channel, message = slack_id(event.get("channel")), timestamp(ts)
    return Deleted(Place(PLATFORM, workspace(body), channel), message) if channel and message else None


def from_mention(body: Payload, bot_user: str) -> Incoming | None:
    """An ``app_mention`` event."""
    event = mapping(body.get("event"))
    ts, text = timestamp(event.get("ts")), event.get("text")
    return _incoming(
        body,
        channel=event.get("channel"),
        message=ts,
        user=event.get("user") or ("BOT" if event.get("bot_id") else None),
        text=without_mention(text, bot_user) if isinstance(text, str) else None,
        way="mention",
        thread=timestamp(event.get("thread_ts")) or ts,
        by_bot=bool(event.get("bot_id")),
        source=ts,
    )


def parent(body: Payload) -> str:
    """The message that a mention in a thread asks about; empty if it is not in a thread."""
    event = mapping(body.get("event"))
    thread = timestamp(event.get("thread_ts"))
    return thread if thread != event.get("ts") else ""


def from_command(body: Payload) -> Incoming | None:
    """A slash command. Its interaction is its message."""
    return _incoming(
        body,
        channel=body.get("channel_id"),
        message=_interaction(body),
        user=body.get("user_id"),
        text=body.get("text") or "",
        way="command",
        handle=body.get("response_url"),
    )


def from_shortcut(body: Payload) -> Incoming | None:
    """The menu of a message was used."""
    message = mapping(body.get("message"))
    return _incoming(
        body,
        channel=mapping(body.get("channel")).get("id"),
        message=_interaction(body),
        user=mapping(body.get("user")).get("id"),
        text=message.get("text") or "",
        way="menu",
        handle=body.get("response_url"),
        source=timestamp(message.get("ts")) or None,
    )


def from_action(body: Payload) -> tuple[Incoming, str] | None:
    """A button of a card was pressed, and its value. The interaction is the message; there is no text."""
    actions = body.get("actions")
    value = mapping(actions[0] if isinstance(actions, list) and actions else None).get("value")
    found = _incoming(
        body,
        channel=mapping(body.get("channel")).get("id") or mapping(body.get("container")).get("channel_id"),
        message=_interaction(body),
        user=mapping(body.get("user")).get("id"),
        text="",
        way="menu",
        handle=body.get("response_url"),
    )
    return None if found is None or not isinstance(value, str) else (found, value)


def without_mention(text: str, bot_user: str) -> str:
    """A text without the bot's own name."""
    return re.sub(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>", " ", text).strip() if bot_user else text


def plain(text: str) -> str:
    """A text as its author typed it, and as it comes from any other platform.

    Slack puts links between angle brackets, and escapes the author's own ``&``, ``<`` and ``>``. Mentions stay as they
    are, to be normalised away: what is said to somebody else is no command to the bot.
    """
    text = _BRACKETS.sub(lambda found: found[0] if found[1][:1] in ("@", "#", "!") else found[2] or found[1], text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _interaction(body: Payload) -> str:
    trigger = body.get("trigger_id")
    return f"trigger:{trigger}" if isinstance(trigger, str) and re.fullmatch(r"[\w.-]{1,100}", trigger) else ""


def _incoming(
    body: Payload,
    *,
    channel: object,
    message: str,
    user: object,
    text: object,
    way: Way,
    thread: str | None = None,
    revision: str = "",
    by_bot: bool = False,
    handle: object = None,
    source: str | None = None,
) -> Incoming | None:
    where, who = slack_id(channel), author(body, user)
    if not (where and message and who and isinstance(text, str)):
        return None
    place = Place(PLATFORM, workspace(body), where)
    return Incoming(
        place,
        message,
        who,
        plain(text),
        way,
        thread=thread,
        revision=revision,
        by_bot=by_bot,
        handle=handle,
        source=source,
    )
