"""What admins say of a channel's rule: the grammar of it, and what it changes.

A command's value has one spelling whatever the language it was given in, e.g. ``negative react card``: it is what the
audit log keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings
from bot.core.moderation import LONGEST_COOLDOWN, LONGEST_KEPT_DAYS, MOST_EXEMPT, OF_MODE, Rule, ordered, public
from bot.core.rule_toml import from_toml, quiet_hours

_BANDS = {"부정": "negative", "확인필요": "unsure", "긍정": "positive"}
_ACTIONS = {
    "기록": "log",
    "기록만": "log",
    "반응": "react",
    "답글": "reply",
    "카드": "card",
    "승인": "approve",
    "방식": "mode",
    "방식대로": "mode",
}
_SAME = {
    "여기": "here",
    "끄기": "off",
    "켜기": "on",
    "더하기": "add",
    "빼기": "remove",
    "작성자": "author",
    "채널": "channel",
}
_NAMES = {
    "운영채널": "moderators",
    "예외": "exempt",
    "조용한시간": "quiet",
    "간격": "cooldown",
    "알림": "notify",
    "본문보관": "keep",
    "내보내기": "export",
    "가져오기": "import",
    "보기": "show",
}
_ENGLISH = {"negative", "unsure", "positive", *_NAMES.values()}
_FIRST = re.compile(r"(?:rule|규칙)(?:[ \n]+(\S+))?((?:[ \n].*)?)", re.IGNORECASE | re.DOTALL)
_FENCE = re.compile(r"```(?:toml)?\s*\n?(.*?)```", re.DOTALL)
_MENTION = re.compile(r"<([@#]&?)!?([A-Za-z0-9]{1,32})(?:\|[^<>]*)?>")
_LONGEST = 8_000
WRONG = "wrong"


def parse_rule(text: str) -> str | None:
    """The value of the command ``rule`` that a text is; None if it is none of that kind.

    A text that begins as one but does not end as one is the value ``wrong``: it is nobody's review.
    """
    found = _FIRST.fullmatch(text.strip())
    if found is None or len(text) > _LONGEST:
        return None
    first = (found[1] or "show").lower()
    first = _BANDS.get(first, _NAMES.get(first, first))
    if first not in _ENGLISH:
        return None
    rest = found[2].strip()
    if first == "import":
        fenced = _FENCE.search(rest)
        # What phones make of a quotation mark is no TOML.
        return f"import\n{(fenced[1] if fenced else rest).translate(_QUOTES)}"
    return canonical(first, rest.split())


_QUOTES = {ord(mark): '"' for mark in "“”„"}


def canonical(first: str, words: list[str]) -> str:
    """The one spelling of a command of these words; ``wrong`` if there is none."""
    if first in ("show", "export"):
        return WRONG if words else first
    if first in _BANDS.values():
        actions = [_ACTIONS.get(word.lower(), word.lower()) for word in words if word != "+"]
        known = set(actions) <= set(_ACTIONS.values()) and ("mode" not in actions or len(actions) == 1)
        return f"{first} {' '.join(actions)}" if actions and known and len(actions) <= 4 else WRONG
    plain = [_SAME.get(word, word) for word in words]
    mentions = [_MENTION.fullmatch(word) for word in plain]
    match first, len(plain):
        case "moderators", 1:
            found = mentions[0]
            if plain[0].lower() in ("here", "off"):
                return f"moderators {plain[0].lower()}"
            return f"moderators {found[2]}" if found and found[1] == "#" else WRONG
        case "exempt", 2:
            found = mentions[1]
            if plain[0].lower() in ("add", "remove") and found and found[1] != "#":
                return f"exempt {plain[0].lower()} {'role' if found[1] == '@&' else 'user'} {found[2]}"
            return WRONG
        case "quiet", 1 if plain[0].lower() == "off":
            return "quiet off"
        case "quiet", 1 | 2:
            start, dash, end = plain[0].replace("~", "-").replace("–", "-").partition("-")
            return f"quiet {start} {end} {plain[1] if len(plain) == 2 else 'Asia/Seoul'}" if dash else WRONG
        case "cooldown", 2 if plain[0].lower() in ("author", "channel") and plain[1].isdecimal():
            return f"cooldown {plain[0].lower()} {plain[1][:6]}"
        case "notify", 1 if plain[0].lower() in ("on", "off"):
            return f"notify {plain[0].lower()}"
        case "keep", 1 if plain[0].isdecimal():
            return f"keep {plain[0][:4]}"
    return WRONG


@dataclass(frozen=True, slots=True)
class Around:
    """What a change needs to know besides its words.

    Attributes:
        channel: the platform's id of the channel that the command was given in.
        person: makes the fingerprint of somebody from the platform's id.
    """

    channel: str
    person: Callable[[str], str]


def apply(settings: ChannelSettings, value: str, around: Around) -> tuple[ChannelSettings, str]:
    """The settings after a command, and what the audit log keeps of it.

    Args:
        settings: before.
        value: as :func:`parse_rule` gives it, neither ``show`` nor ``export``.
        around: what else there is to know.

    Raises:
        UserError: if it cannot be; its sentence says why.
    """
    verb, _, rest = value.partition("\n" if value.startswith("import") else " ")
    if verb == "import":
        return from_toml(rest, settings), "import"
    if verb == WRONG:
        raise _wrong("rule_help")
    words = rest.split()
    changes: dict[str, Any] = _CHANGES.get(verb, _of_band)(settings.rule, [verb, *words], around)
    if verb == "exempt" and words[1] == "user":
        value = " ".join(["exempt", *words[:2]])  # who it is is known by the fingerprint only
    return replace(settings, rule=replace(settings.rule, **changes)), value


def with_mode(settings: ChannelSettings, mode: Any) -> ChannelSettings:
    """The settings with another mode: what every band shows in the channel is what it says, its cases stay."""
    changes: dict[str, Any] = {}
    for band in ("negative", "unsure", "positive"):
        own = settings.rule.own(band)
        if own is not None:
            said = public(OF_MODE[mode])
            changes[band] = ordered([*({*own} - {"react", "reply"}), *([said] if said else [])])
    return replace(settings, mode=mode, rule=replace(settings.rule, **changes))


def _wrong(sentence: str, **values: object) -> UserError:
    return UserError(ExitStatus.BAD_DATA, sentence, **values)


def _of_band(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    band, *actions = words
    if actions == ["mode"]:
        return {band: None}
    if {"react", "reply"} <= set(actions):
        raise _wrong("rule_react_or_reply")
    return {band: ordered(actions)}


def _moderators(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    return {"moderators": {"here": around.channel, "off": None}.get(words[1], words[1])}


def _exempt(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    _, verb, kind, who = words
    name = f"exempt_{kind}s"
    one = who if kind == "role" else around.person(who)
    others = [other for other in getattr(rule, name) if other != one]
    if verb == "add" and len(others) >= MOST_EXEMPT:
        raise _wrong("rule_wrong_ids", field=name, most=MOST_EXEMPT)
    return {name: tuple(sorted([*others, one] if verb == "add" else others))}


def _quiet(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    if words[1:] == ["off"]:
        return {"quiet": None}
    start, end, zone = [word.zfill(5) if word[:1].isdecimal() else word for word in words[1:]]
    return {"quiet": quiet_hours(start, end, zone, lambda sentence: _wrong(sentence, field="quiet"))}


def _cooldown(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    return {f"{words[1]}_cooldown": _number(words[2], f"cooldown {words[1]}", LONGEST_COOLDOWN)}


def _notify(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    return {"notify_author": words[1] == "on"}


def _keep(rule: Rule, words: list[str], around: Around) -> dict[str, Any]:
    return {"keep_text_days": _number(words[1], "keep", LONGEST_KEPT_DAYS)}


def _number(word: str, field: str, most: int) -> int:
    if int(word) > most:
        raise _wrong("rule_wrong_number", field=field, most=most)
    return int(word)


_CHANGES: dict[str, Callable[[Rule, list[str], Around], dict[str, Any]]] = {
    "moderators": _moderators,
    "exempt": _exempt,
    "quiet": _quiet,
    "cooldown": _cooldown,
    "notify": _notify,
    "keep": _keep,
}
