"""What Discord sends for what people do, as its documentation shows it."""

from __future__ import annotations

from itertools import count
from typing import Any

APPLICATION, BOT, OWNER = "1000000000000000001", "1000000000000000001", "1000000000000000009"
GUILD = "2000000000000000000"
CHANNEL, FORUM, DIRECT = "3000000000000000001", "3000000000000000002", "3000000000000000003"
MANAGE_GUILD, EVERYTHING = 1 << 5, (1 << 53) - 1

_numbers = count(1)

BOT_USER = {"id": BOT, "username": "nunchi", "discriminator": "0", "avatar": None, "bot": True, "global_name": None}


def snowflake() -> str:
    """An id that nothing else has; its time is in 2024."""
    return str((1200000000000 + next(_numbers) * 1000) * (1 << 22) >> 1)


def user(number: str = "11", *, bot: bool = False) -> dict[str, Any]:
    """A person, or a program."""
    at = f"40000000000000{int(number):05}"
    return {"id": at, "username": "u", "discriminator": "0", "avatar": None, "bot": bot, "global_name": "사람"}


def member(number: str = "11", **more: Any) -> dict[str, Any]:
    """A person in a guild."""
    return {
        "user": user(number),
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        **more,
    }


def channel(channel: str, kind: int = 0, guild: str = GUILD, **more: Any) -> dict[str, Any]:
    """A channel of a guild: 0 text, 15 forum."""
    return {
        "id": channel,
        "type": kind,
        "guild_id": guild,
        "name": "리뷰",
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "flags": 0,
        **more,
    }


def thread(thread: str, parent: str, guild: str = GUILD) -> dict[str, Any]:
    """A thread, or a post of a forum."""
    return {
        "id": thread,
        "type": 11,
        "guild_id": guild,
        "parent_id": parent,
        "owner_id": user()["id"],
        "name": "글",
        "message_count": 0,
        "member_count": 1,
        "rate_limit_per_user": 0,
        "total_message_sent": 0,
        "flags": 0,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": "2024-01-01T00:00:00+00:00",
            "locked": False,
        },
    }


def guild(
    guild: str = GUILD, channels: list[dict[str, Any]] | None = None, permissions: int = EVERYTHING, **more: Any
) -> dict[str, Any]:
    """A guild as GUILD_CREATE tells it."""
    role = {"id": guild, "name": "@everyone", "permissions": str(permissions), "position": 0, "color": 0}
    role |= {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
    return {
        "id": guild,
        "name": "길드",
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": OWNER,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role],
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "ko",
        "nsfw_level": 0,
        "stickers": [],
        "premium_progress_bar_enabled": False,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "large": False,
        "member_count": 2,
        "members": [{**member(), "user": BOT_USER}],
        "channels": channels
        if channels is not None
        else [channel(CHANNEL, guild=guild), channel(FORUM, 15, guild, available_tags=[], default_forum_layout=0)],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        **more,
    }


def message(text: str, at: str, *, where: str = CHANNEL, person: str = "11", **more: Any) -> dict[str, Any]:
    """A message in a channel of the guild, or, with ``guild_id=None``, a direct one."""
    author = more.pop("author", user(person))
    out = {
        "id": at,
        "channel_id": where,
        "guild_id": GUILD,
        "author": author,
        "content": text,
        "timestamp": "2024-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [BOT_USER] if f"<@{BOT}>" in text else [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        "components": [],
        **more,
    }
    if out["guild_id"] is None:
        del out["guild_id"]
        out["channel_type"] = 1
    elif not author.get("bot"):
        out["member"] = {name: value for name, value in member(person).items() if name != "user"} | more.get(
            "member", {}
        )
    return out


def reply(text: str, at: str, parent: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A message that replies to another."""
    reference = {"message_id": parent["id"], "channel_id": parent["channel_id"], "guild_id": GUILD}
    return message(text, at, type=19, message_reference=reference, referenced_message=parent, **more)


def edited(sent: dict[str, Any], text: str, second: int = 1) -> dict[str, Any]:
    """What MESSAGE_UPDATE says of it."""
    return {**sent, "content": text, "edited_timestamp": f"2024-01-01T00:01:{second:02}.000000+00:00"}


def deleted(at: str, *, where: str = CHANNEL) -> dict[str, Any]:
    """What MESSAGE_DELETE says."""
    return {"id": at, "channel_id": where, "guild_id": GUILD}


def interaction(kind: int, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Something done with a command, a menu or a button.

    Args:
        kind: 2 a command, 3 a component.
        data: what was done.
        more: ``person``, ``permissions``, ``where``, ``locale``, ``guild_id`` (None in a direct message).
    """
    person, where, guild_id = more.pop("person", "11"), more.pop("where", CHANNEL), more.pop("guild_id", GUILD)
    permissions = str(more.pop("permissions", 0))
    at = more.pop("at", None) or snowflake()
    out = {
        "id": at,
        "application_id": APPLICATION,
        "type": kind,
        "token": f"token{at}",
        "version": 1,
        "data": data,
        "channel_id": where,
        "channel": channel(where) if guild_id else {"id": where, "type": 1, "flags": 0},
        "locale": more.pop("locale", "ko"),
        "guild_locale": "ko",
        "entitlements": [],
        "authorizing_integration_owners": {"0": guild_id or "0"},
        "context": 0 if guild_id else 1,
        "app_permissions": str(EVERYTHING),
        "attachment_size_limit": 10_000_000,
        **more,
    }
    if guild_id:
        out["guild_id"] = guild_id
        out["guild"] = {"id": guild_id, "locale": "ko", "features": []}
        out["member"] = member(person, permissions=permissions)
    else:
        out["user"] = user(person)
    return out


def command(name: str, *path: str, options: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """``command("sentiment", options={"text": "..."})``, ``command("nunchi", "settings", "watch", options=...)``."""
    kinds = {bool: 5, int: 4, float: 10, str: 3}
    given = [{"name": key, "type": kinds[type(value)], "value": value} for key, value in (options or {}).items()]
    for depth, part in enumerate(reversed(path)):
        given = [{"name": part, "type": 1 if depth == 0 else 2, "options": given}]
    data = {"id": snowflake(), "name": name, "type": 1, "options": given, **more.pop("data", {})}
    return interaction(2, data, **more)


def menu(name: str, about: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The menu of a message: Discord hands it in whole, whatever the intents are."""
    data = {"id": snowflake(), "name": name, "type": 3, "target_id": about["id"]}
    return interaction(2, {**data, "resolved": {"messages": {about["id"]: about}}}, **more)


def button(custom_id: str, on: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A button of a message of the bot."""
    return interaction(3, {"custom_id": custom_id, "component_type": 2}, message=on, **more)
