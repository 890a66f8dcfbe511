"""Rules as rows of a name and a value, and back. Only what is not the default is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import time
from typing import Any

from bot.core.moderation import BANDS, QuietHours, Rule, ordered

_LISTS = {"exempt_roles": "exempt_role", "exempt_users": "exempt_user"}
_NUMBERS = ("author_cooldown", "channel_cooldown", "keep_text_days")


def to_rows(rule: Rule) -> list[tuple[str, str]]:
    """A name and a value for each thing that is not the default."""
    rows = []
    for name in (field.name for field in fields(Rule)):
        value = getattr(rule, name)
        if value == getattr(Rule(), name):
            continue
        if name in _LISTS:
            rows += [(_LISTS[name], one) for one in dict.fromkeys(value)]
        elif isinstance(value, tuple):  # actions
            rows.append((name, " ".join(value)))
        elif isinstance(value, QuietHours):
            rows.append((name, f"{value.start:%H:%M} {value.end:%H:%M} {value.zone}"))
        else:
            rows.append((name, str(int(value) if isinstance(value, bool) else value)))
    return rows


def from_rows(rows: Iterable[tuple[str, str]]) -> Rule:
    """The rule that rows hold; a name that this program does not know is left out."""
    values: dict[str, Any] = {}
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    for name, value in sorted(rows):
        if name in _LISTS.values():
            lists[f"{name}s"].append(value)
        elif name in BANDS:
            values[name] = ordered(value.split())
        elif name == "quiet":
            start, end, zone = value.split()
            values[name] = QuietHours(time.fromisoformat(start), time.fromisoformat(end), zone)
        elif name in _NUMBERS:
            values[name] = int(value)
        elif name == "notify_author":
            values[name] = value == "1"
        elif name == "moderators":
            values[name] = value
    values |= {name: tuple(found) for name, found in lists.items()}
    return Rule(**values)
