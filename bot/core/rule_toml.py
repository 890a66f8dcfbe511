"""A channel's rule as a document: exported to TOML and imported from it, each field checked."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings, Mode, Place
from bot.core.messages import Language
from bot.core.moderation import (
    ACTIONS,
    BANDS,
    LONGEST_COOLDOWN,
    LONGEST_KEPT_DAYS,
    MOST_EXEMPT,
    OF_MODE,
    QuietHours,
    Rule,
    ordered,
)

_LANGUAGES = ("ko", "en", "auto")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PERSON = re.compile(r"[0-9a-f]{32}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LINE = re.compile(r"at line (\d+)")

_NAMES = {
    "": ("mode", "language", "thresholds", "actions", "moderators", "exempt", "quiet", "cooldown", "cases"),
    "thresholds": ("negative_below", "positive_above"),
    "actions": BANDS,
    "moderators": ("channel",),
    "exempt": ("roles", "users"),
    "quiet": ("start", "end", "zone"),
    "cooldown": ("author", "channel"),
    "cases": ("notify_author", "keep_text_days"),
}
"""Names of a document, and of each of its tables."""


def to_document(settings: ChannelSettings) -> dict[str, Any]:
    """A channel's rule as plain values. What is the default is left out; whether it is watched is no part of it."""
    rule = settings.rule
    document: dict[str, Any] = {"mode": settings.mode, "language": settings.language or "auto"}
    tables: dict[str, dict[str, Any]] = {
        "thresholds": {"negative_below": settings.negative_below, "positive_above": settings.positive_above},
        "actions": {band: list(own) for band in BANDS if (own := rule.own(band)) is not None},
        "moderators": {"channel": rule.moderators},
        "exempt": {"roles": list(rule.exempt_roles), "users": list(rule.exempt_users)},
        "cooldown": {"author": rule.author_cooldown, "channel": rule.channel_cooldown},
        "cases": {"notify_author": rule.notify_author, "keep_text_days": rule.keep_text_days},
    }
    if rule.quiet is not None:
        quiet = rule.quiet
        tables["quiet"] = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}", "zone": quiet.zone}
    for name in _NAMES[""]:
        kept = {key: value for key, value in tables.get(name, {}).items() if value not in (None, [], 0, False)}
        if kept:
            document[name] = kept
    return document


def to_toml(settings: ChannelSettings, prefix: str = "") -> str:
    """The document as TOML.

    Args:
        settings: of the channel.
        prefix: a key under which all of it is; none if empty.
    """
    document = to_document(settings)
    lines = [f"{key} = {json.dumps(value)}" for key, value in document.items() if not isinstance(value, dict)]
    if prefix:
        prefix = json.dumps(prefix)
        lines.insert(0, f"[{prefix}]")
    for table, values in document.items():
        if isinstance(values, dict):
            lines += ["", f"[{prefix}.{table}]" if prefix else f"[{table}]"]
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def parse(text: str) -> dict[str, Any]:
    """TOML as plain values.

    Raises:
        UserError: naming the line, if it is none.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a figure of thousands of digits is no TOMLDecodeError
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise UserError(ExitStatus.BAD_DATA, "rule_toml_line", line=line) from None


def from_toml(text: str, settings: ChannelSettings) -> ChannelSettings:
    """Settings with the rule that a TOML text says; whether the channel is watched stays.

    Raises:
        UserError: naming the line or the field, if it cannot be.
    """
    return from_document(parse(text), settings)


def from_document(document: Mapping[str, Any], settings: ChannelSettings, where: str = "") -> ChannelSettings:
    """The same of plain values.

    Args:
        document: as :func:`to_document` gives it.
        settings: whose ``watch`` stays.
        where: what comes before the names of fields where one is wrong.
    """
    read = _Reader(document, where)
    negative, positive = read.share("thresholds", "negative_below"), read.share("thresholds", "positive_above")
    if (negative is None) is not (positive is None) or (
        negative is not None and positive is not None and not 0 < negative < positive < 1
    ):
        raise read.wrong("thresholds", "rule_wrong_thresholds")
    rule = Rule(
        **{band: read.actions(band) for band in BANDS},
        moderators=read.text("moderators", "channel", _ID),
        exempt_roles=read.ids("roles", _ID),
        exempt_users=read.ids("users", _PERSON),
        quiet=read.quiet(),
        author_cooldown=read.number("cooldown", "author", LONGEST_COOLDOWN),
        channel_cooldown=read.number("cooldown", "channel", LONGEST_COOLDOWN),
        notify_author=read.truth("cases", "notify_author"),
        keep_text_days=read.number("cases", "keep_text_days", LONGEST_KEPT_DAYS),
    )
    language = read.choice("language", _LANGUAGES, "auto")
    return replace(
        settings,
        mode=cast(Mode, read.choice("mode", tuple(OF_MODE), "silent")),
        language=None if language == "auto" else cast(Language, language),
        negative_below=negative,
        positive_above=positive,
        rule=rule,
    )


def all_to_toml(channels: Mapping[Place, ChannelSettings]) -> str:
    """The rules of many channels: a table each, named ``platform/workspace/channel``."""
    return "\n".join(to_toml(settings, name_of(place)) for place, settings in channels.items())


def all_from_toml(text: str, channels: Mapping[Place, ChannelSettings]) -> dict[Place, ChannelSettings]:
    """The settings of every channel that a text has a rule for; whether it is watched stays.

    Raises:
        UserError: naming the line or the field, if they cannot be.
    """
    found = {}
    for name, document in parse(text).items():
        parts = name.split("/")
        fits = len(parts) == 3 and re.fullmatch(r"[a-z]{1,16}", parts[0]) and _ID.fullmatch(parts[2])
        if not fits or not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", parts[1]) or not isinstance(document, Mapping):
            shown = name if re.fullmatch(r"[\w/.-]{1,80}", name) else "?"
            raise UserError(ExitStatus.BAD_DATA, "rule_wrong_place", field=shown)
        place = Place(*parts)
        found[place] = from_document(document, channels.get(place, ChannelSettings()), f"{name}.")
    return found


def name_of(place: Place) -> str:
    """A channel as a key."""
    return "/".join((place.platform, place.workspace, place.channel))


def quiet_hours(start: str, end: str, zone: str, wrong: Callable[[str], UserError]) -> QuietHours:
    """Quiet hours as somebody wrote them.

    Args:
        start: e.g. ``22:00``.
        end: the same.
        zone: e.g. ``Asia/Seoul``.
        wrong: makes the error from the name of its sentence.

    Raises:
        UserError: if they cannot be.
    """
    if not _CLOCK.fullmatch(start) or not _CLOCK.fullmatch(end) or start == end:
        raise wrong("rule_wrong_clock")
    try:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{0,40}", zone):
            raise ValueError
        ZoneInfo(zone)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder of zones an OSError
        raise wrong("rule_wrong_zone") from None
    except KeyError:
        raise wrong("rule_wrong_zone") from None
    return QuietHours(time.fromisoformat(start), time.fromisoformat(end), zone)


class _Reader:
    """Reads fields and says which one is wrong."""

    def __init__(self, document: Mapping[str, Any], where: str) -> None:
        self._document, self._where = document, where
        self._check_names("", document)
        for name in _NAMES:
            if name and name in document:
                if not isinstance(document[name], Mapping):
                    raise self.wrong(name, "rule_wrong_table", names=", ".join(_NAMES[name]))
                self._check_names(name, document[name])

    def wrong(self, field: str, sentence: str, **values: object) -> UserError:
        return UserError(ExitStatus.BAD_DATA, sentence, field=f"{self._where}{field}", **values)

    def _check_names(self, table: str, values: Mapping[str, Any]) -> None:
        for name in values:
            if name not in _NAMES[table]:
                # Only a plain name is repeated: nothing that somebody wrote may become mark-up.
                shown = name if re.fullmatch(r"[A-Za-z_]{1,40}", name) else "?"
                field = f"{table}.{shown}" if table else shown
                raise self.wrong(field, "rule_wrong_name", names=", ".join(_NAMES[table]))

    def _get(self, table: str, name: str) -> Any:
        return self._document.get(table, {}).get(name)

    def actions(self, band: str) -> Any:
        value = self._get("actions", band)
        if value is None:
            return None
        known = isinstance(value, list) and all(isinstance(one, str) and one in ACTIONS for one in value)
        if not known or {"react", "reply"} <= set(value):
            raise self.wrong(f"actions.{band}", "rule_wrong_actions", names=", ".join(ACTIONS))
        return ordered(value)

    def text(self, table: str, name: str, pattern: re.Pattern[str]) -> str | None:
        value = self._get(table, name)
        if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
            raise self.wrong(f"{table}.{name}", "rule_wrong_id")
        return value

    def ids(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        value = self._get("exempt", name)
        if value is None:
            return ()
        fits = isinstance(value, list) and all(isinstance(one, str) and pattern.fullmatch(one) for one in value)
        if not fits or len(value) > MOST_EXEMPT:
            raise self.wrong(f"exempt.{name}", "rule_wrong_ids", most=MOST_EXEMPT)
        return tuple(sorted(set(value)))

    def quiet(self) -> QuietHours | None:
        table = self._document.get("quiet")
        if table is None:
            return None
        start, end, zone = (str(table.get(name, "")) for name in ("start", "end", "zone"))
        return quiet_hours(start, end, zone or "Asia/Seoul", lambda sentence: self.wrong("quiet", sentence))

    def share(self, table: str, name: str) -> float | None:
        value = self._get(table, name)
        if value is not None and (type(value) not in (int, float) or not 0 < value < 1):
            raise self.wrong(f"{table}.{name}", "rule_wrong_thresholds")
        return None if value is None else float(value)

    def number(self, table: str, name: str, most: int) -> int:
        value = self._get(table, name)
        if value is not None and (type(value) is not int or not 0 <= value <= most):
            raise self.wrong(f"{table}.{name}", "rule_wrong_number", most=most)
        return value or 0

    def truth(self, table: str, name: str) -> bool:
        value = self._get(table, name)
        if value is not None and type(value) is not bool:
            raise self.wrong(f"{table}.{name}", "rule_wrong_truth")
        return bool(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._document.get(name, default)
        if value not in choices:
            raise self.wrong(name, "rule_wrong_choice", names=", ".join(choices))
        return cast(str, value)
