"""What can be said to the bot besides a review: settings of a channel, figures, one's own wishes.

A platform with commands of its own makes a :class:`Command` from them; one that has only text uses :func:`parse`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from bot.core.bulletin_commands import BULLETIN_GRAMMAR, bulletin_status, obey_bulletin
from bot.core.case_commands import parse_case
from bot.core.clock import KOREA
from bot.core.errors import UserError
from bot.core.events import ChannelSettings, Mode, Place
from bot.core.messages import Language, Messages
from bot.core.moderation import Rule
from bot.core.ports import CaseBook
from bot.core.records import Figures
from bot.core.rule_commands import Around, apply, parse_rule, with_mode
from bot.core.rule_toml import to_toml
from bot.core.rule_words import mention, say_changes, say_names, say_rule, say_thresholds
from bot.core.service import Core
from bot.core.simulation import MOST_MESSAGES
from bot.core.simulations import PATTERN, parse_value

Verb = Literal[
    "help",
    "status",
    "watch",
    "mode",
    "threshold",
    "language",
    "optout",
    "optin",
    "forget",
    "digest",
    "alerts",
    "rule",
    "audit",
    "simulate",
    "cases",
    "precision",
]

ADMIN_VERBS = frozenset({"watch", "mode", "threshold", "language", "digest", "alerts", "rule", "audit", "simulate"})
CASE_VERBS = frozenset({"cases", "precision"})
MODES: tuple[Mode, ...] = ("reply", "reaction", "silent")
_MOST_CHANGES = 50

_GRAMMAR: tuple[tuple[Verb, str], ...] = (
    ("help", r"help|도움말"),
    ("status", r"status|상태"),
    ("watch", r"(?:watch|감시) +(on|off|켜기|끄기)"),
    ("mode", r"(?:mode|방식) +(reply|reaction|silent|답글|반응|기록만)"),
    ("threshold", r"(?:threshold|기준) +(model|모델|\d{1,3}(?:\.\d+)? +\d{1,3}(?:\.\d+)?)"),
    ("language", r"(?:language|언어) +(ko|en|auto|한국어|영어|자동)"),
    ("simulate", PATTERN),
    ("audit", r"(?:audit|변경 *기록)(?: +(\d{1,3}))?"),
    ("optout", r"optout|opt-out|내 *글 *읽지 *않기"),
    ("optin", r"optin|opt-in|내 *글 *읽기"),
    ("forget", r"forget +me|내 *기록 *지우기|내 *정보 *삭제"),
    ("precision", r"precision|정밀도"),
    *BULLETIN_GRAMMAR,
)

_SAME = {
    "켜기": "on",
    "끄기": "off",
    "답글": "reply",
    "반응": "reaction",
    "기록만": "silent",
    "모델": "model",
    "한국어": "ko",
    "영어": "en",
    "자동": "auto",
    "중단": "stop",
    "멈추기": "stop",
}

_EXAMPLES: dict[str, str] = {
    "watch": "watch on, watch off",
    "mode": "mode reply, mode reaction, mode silent",
    "threshold": "threshold 30 70, threshold model",
    "language": "language ko, language en, language auto",
    "simulate": "simulate 200, simulate 200 30 70, simulate stop",
    "audit": "audit, audit 50",
    "digest": "digest daily 09:00 Asia/Seoul, digest weekly 09:00, digest off",
    "alerts": "alerts on, alerts off",
    "cases": "cases, cases negative open 7d, cases 12, cases 12 wrong",
    "rule": "rule, rule negative card, rule help",
}
"""What to say of a command that was begun but does not end as one."""

_BEGINNINGS = {
    "감시": "watch",
    "방식": "mode",
    "기준": "threshold",
    "언어": "language",
    "시뮬레이션": "simulate",
    "변경기록": "audit",
    "요약": "digest",
    "알림": "alerts",
    "사건": "cases",
    "규칙": "rule",
}
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what it is given: ``Command("watch", "on")``; of one begun only, ``Command("help", "watch")``."""

    verb: Verb
    value: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who gives a command.

    Attributes:
        place: where.
        author: the platform's id of the person.
        admin: whether the platform lets this person change the channel.
        language: what the person's platform speaks.
        in_channel: whether the place is a channel, rather than a direct message.
        moderator: whether the platform lets this person moderate the place.
        everywhere: whether the platform lets this person change every channel of the workspace. Where anybody may make
            a channel of their own, who may change that one may not see to the cases of all others.
    """

    place: Place
    author: str
    admin: bool
    language: Language | None = None
    in_channel: bool = True
    moderator: bool = False
    everywhere: bool = False


def parse(text: str) -> Command | None:
    """The command that a text is; None if it is a review. The whole text must be the command.

    Text without Hangul after a command's first word could not be judged: whoever wrote it is told how it goes on.
    """
    plain = re.sub(r"(<#\w+)\|[^>]*>", r"\1>", text.strip().lower())  # a channel, without its name
    if not plain:
        return Command("help")
    rule = parse_rule(text)
    if rule is not None:
        return Command("rule", rule)
    cases = parse_case(text)
    if cases is not None:
        return Command("cases", cases)
    if len(plain) > 60:
        return None
    for verb, pattern in _GRAMMAR:
        match = re.fullmatch(pattern, plain)
        if match is not None:
            value = (match[1] if match.re.groups else "") or ""
            return Command(verb, _SAME.get(value.strip(), value.strip()))
    first, _, rest = plain.partition(" ")
    begun = _BEGINNINGS.get(first, first)
    return Command("help", begun) if begun in _EXAMPLES and not _HANGUL.search(rest) else None


async def obey(core: Core, asker: Asker, command: Command) -> str:
    """Do what a command says.

    Returns:
        The sentence to answer with, for the asker only. It repeats nothing of what was typed.
    """
    settings = await core.settings(asker.place)
    messages = core.speak(settings, asker.language)
    if command.verb in ADMIN_VERBS:
        if not asker.in_channel:
            return messages("admin_no_channel")
        if not asker.admin:
            return messages("admin_only")
        if command.verb == "rule":
            return await _rule(core, asker, settings, command.value, messages)
        if command.verb == "simulate":
            return await _simulate(core, asker.place, command.value, settings, messages)
        if command.verb == "audit":
            newest = min(max(int(command.value or 20), 1), _MOST_CHANGES)
            place = asker.place
            changes = await core.store.changes(place.platform, place.workspace, place.channel, newest)
            return say_changes(changes, messages)
        if command.verb in ("digest", "alerts"):
            return await obey_bulletin(core, asker.place, asker.author, command.verb, command.value, messages)
        return await _configure(core, asker, settings, command, messages)
    if command.verb in CASE_VERBS:
        return await _cases(core, asker, command, messages)
    if command.verb == "status":
        return await status(core, asker.place, settings, messages)
    person = core.fingerprint.person(asker.place.platform, asker.author)
    if command.verb == "optout":
        await core.store.opt_out(person, True)
        return messages("opted_out")
    if command.verb == "optin":
        await core.store.opt_out(person, False)
        return messages("opted_in")
    if command.verb == "forget":
        after = await core.cases.forget_person(person) if core.cases is not None else None
        counts = await core.store.delete_user(person)
        if after is not None:
            await after()
        named = {name: counts.get(name, 0) for name in ("verdicts", "feedback", "cases")}
        return messages("forgotten", **named)
    if command.value == "rule":
        return messages("rule_help")
    if command.value:
        return messages("command_unfinished", examples=_EXAMPLES[command.value])
    return messages("admin_help") + ("" if core.cases is None else "\n" + messages("case_help"))


async def _cases(core: Core, asker: Asker, command: Command, messages: Messages) -> str:
    """What is asked of cases: by admins anywhere in the workspace, by others of the channels that they see to."""
    if core.cases is None:
        return messages("admin_help")
    if not asker.in_channel:
        return messages("admin_no_channel")
    within = None if asker.everywhere else await _theirs(core.cases, asker)
    if within is not None and not within:
        return messages("case_not_moderator")
    if command.verb == "precision":
        return await core.cases.precision(asker.place, messages)
    return await core.cases.command(asker.place, asker.author, command.value, messages, within)


async def _theirs(cases: CaseBook, asker: Asker) -> frozenset[str]:
    """Ids of the channels whose cases somebody sees to in a place: its own, and those whose cases come to it."""
    own = frozenset({asker.place.channel} if asker.admin else ())
    return own | (await cases.moderated(asker.place) if asker.admin or asker.moderator else frozenset())


async def status(core: Core, place: Place, settings: ChannelSettings, messages: Messages) -> str:
    """Settings and today's figures of a channel."""
    figures = await today(core, place.platform, place.workspace, place.channel)
    told = await bulletin_status(core, place, messages)
    sentence = messages(
        "admin_status",
        **describe(settings, messages),
        positive=figures.positive,
        unsure=figures.unsure,
        negative=figures.negative,
        right=figures.right,
        wrong=figures.wrong,
        model=core.inference.model_id,
        depth=core.inference.depth,
    )
    stuck = await core.cases.stuck(place) if core.cases is not None else 0
    lines = [sentence, told, messages("case_stuck", count=stuck) if stuck else ""]
    return "\n".join(line for line in lines if line)


async def today(core: Core, platform: str, workspace: str, channel: str | None = None) -> Figures:
    """The figures since midnight in Korea."""
    midnight: datetime = core.clock.now().astimezone(KOREA).replace(hour=0, minute=0, second=0, microsecond=0)
    return await core.store.figures(platform, workspace, midnight, channel)


def describe(settings: ChannelSettings, messages: Messages) -> dict[str, str]:
    """The settings of a channel in words, by name."""
    if settings.positive_above is None or settings.negative_below is None:
        thresholds = messages("thresholds_model")
    else:
        low, high = (f"{100 * share:g}" for share in (settings.negative_below, settings.positive_above))
        thresholds = messages("thresholds_own", low=low, high=high)
    return {
        "watch": messages("on" if settings.watch else "off"),
        "mode": messages(f"mode_{settings.mode}"),
        "thresholds": thresholds,
        "language": messages(f"language_{settings.language or 'auto'}"),
    }


async def _configure(core: Core, asker: Asker, old: ChannelSettings, command: Command, messages: Messages) -> str:
    place, author = asker.place, asker.author
    new = changed(old, command)
    if new is None:
        return messages("admin_thresholds_wrong")
    await core.configure(place, new, core.change(place, author, command.verb, command.value))
    messages = core.speak(new, messages.language)
    words = describe(new, messages)
    if command.verb == "watch":
        if not new.watch:
            return messages("admin_watch_off")
        quietly = new.mode == "silent" and new.rule == Rule()
        return messages("admin_watch_on", mode=words["mode"]) + (messages("rule_log_only") if quietly else "")
    if command.verb == "mode":
        return messages("admin_mode", mode=words["mode"])
    if command.verb == "threshold":
        return messages("admin_thresholds", thresholds=say_thresholds(new, core.inference.classifier, messages))
    return messages("admin_language", language=words["language"])


async def _simulate(core: Core, place: Place, value: str, settings: ChannelSettings, messages: Messages) -> str:
    if value == "stop":
        return messages("simulate_stopping" if await core.simulations.stop(place) else "simulate_none")
    wanted, thresholds = parse_value(value)
    if thresholds is not None and not 0 < thresholds[0] < thresholds[1] < 1:
        return messages("admin_thresholds_wrong")
    sentence = await core.simulations.start(place, min(max(wanted, 1), MOST_MESSAGES), thresholds)
    return messages(sentence, channel=mention("#", settings.rule.moderators or place.channel))


async def _rule(core: Core, asker: Asker, old: ChannelSettings, value: str, messages: Messages) -> str:
    if value == "export":
        return "\n".join([f"```\n{to_toml(old)}```", *say_names(old, messages)])
    if value == "show":
        return say_rule(old, core.inference.classifier, messages)
    # Of somebody else in the same workspace: an author's id may say before the slash which one it is.
    workspace = asker.author[: asker.author.rfind("/") + 1]
    around = Around(asker.place.channel, lambda who: core.fingerprint.person(asker.place.platform, f"{workspace}{who}"))
    try:
        new, kept = apply(old, value, around)
    except UserError as error:
        return messages(error.sentence, **error.values)
    await core.configure(asker.place, new, core.change(asker.place, asker.author, "rule", kept))
    messages = core.speak(new, messages.language)
    return f"{messages('rule_changed')}\n{say_rule(new, core.inference.classifier, messages)}"


def changed(settings: ChannelSettings, command: Command) -> ChannelSettings | None:
    """The settings after a command; None if its thresholds cannot be."""
    if command.verb == "watch":
        return replace(settings, watch=command.value == "on")
    if command.verb == "mode":
        return with_mode(settings, command.value)
    if command.verb == "language":
        return replace(settings, language=None if command.value == "auto" else cast(Language, command.value))
    if command.value == "model":
        return replace(settings, positive_above=None, negative_below=None)
    low, high = (float(figure) / 100 for figure in command.value.split())
    if not 0 < low < high < 1:
        return None
    return replace(settings, negative_below=low, positive_above=high)
