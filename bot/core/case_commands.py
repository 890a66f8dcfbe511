"""Cases as commands in words, for what a card cannot do: the list, a case without a card, how precise a channel is.

사건                              the newest that are open
사건 부정 열림 담당없음 7일            those that fit
사건 12                           one of them
사건 12 맞음|오탐|숨기기|담당|...      what its buttons would do
정밀도                            live precision of this channel
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from bot.core.case_card import say_aspects, say_rule, say_state, say_verdict
from bot.core.cases import Act, Case, CaseStore, Judgement, Query
from bot.core.clock import KOREA
from bot.core.events import Band, ChannelSettings, Place
from bot.core.messages import Messages
from bot.core.ports import Moderator
from bot.core.precision import LEAST_JUDGED, advise, drifted, precision
from bot.core.rule_words import mention, thresholds_of

if TYPE_CHECKING:
    from bot.core.case_book import Cases
    from bot.core.service import Core

MOST_LISTED, _MOST_RANGES = 15, 100
JUDGED_DAYS = 90

_ACTS = {
    "right": "right|맞음",
    "wrong": "wrong|오탐",
    "hide": "hide|숨기기",
    "assign": "assign|담당",
    "owe": "owe|답변 ?필요",
    "answered": "answered|답변함",
    "close": "close|종료",
    "reopen": "reopen|다시 ?열기",
    "card": "card|카드",
}
_FILTERS = {
    "negative": "negative|부정",
    "unsure": "unsure|확인 ?필요",
    "positive": "positive|긍정",
    "open": "open|열림",
    "closed": "closed|종료",
    "mine": "mine|내 ?것",
    "nobody": "nobody|담당 ?없음",
    "owed": "owed|답변 ?필요",
    "right": "right|맞음",
    "wrong": "wrong|오탐",
    "undecided": "undecided|미정",
}
_DAYS = r"(\d{1,3}) ?(?:days?|d|일)"
_ACT = "|".join(_ACTS.values())
_FILTER = "|".join([*_FILTERS.values(), _DAYS.replace("(", "(?:", 1)])
_ONE = rf"(?P<number>\d{{1,9}})(?: +(?P<act>{_ACT}))?"
_SOME = rf"(?P<filter>(?:{_FILTER})(?: +(?:{_FILTER}))*)"
_CASES = re.compile(rf"(?:cases?|사건)(?: +(?:{_ONE}|{_SOME}))?")


def parse_case(text: str) -> str | None:
    """The value of a command about cases, e.g. ``12 right`` or ``negative open 7d``; None if a text is none."""
    match = _CASES.fullmatch(text.strip().lower())
    if match is None:
        return None
    if match["number"] is not None:
        act = "" if match["act"] is None else _canonical(match["act"], _ACTS)
        return f"{int(match['number'])} {act}".strip()
    words = re.findall(rf"(?:{_FILTER})(?= |$)", match["filter"] or "")
    return " ".join(_canonical(word, _FILTERS) for word in words)


def _canonical(word: str, names: dict[str, str]) -> str:
    days = re.fullmatch(_DAYS, word)
    if days is not None:
        return f"{int(days[1])}d"
    return next(name for name, pattern in names.items() if re.fullmatch(pattern, word))


def query_of(words: Sequence[str], now: datetime, author: str = "") -> Query:
    """What the words of a list ask for, said by ``author``."""
    values: dict[str, Any] = {}
    for word in words:
        if word in ("negative", "unsure", "positive"):
            values["band"] = cast(Band, word)
        elif word in ("open", "closed"):
            values["state"] = word
        elif word in ("mine", "nobody"):
            values["assignee"] = author if word == "mine" else ""
        elif word == "owed":
            values["owed"] = True
        elif word in ("right", "wrong", "undecided"):
            values["decision"] = "" if word == "undecided" else word
        else:
            values["since"] = now - timedelta(days=int(word[:-1]))
    return Query(**values)


async def obey_case(
    book: Cases,
    core: Core,
    place: Place,
    author: str,
    value: str,
    messages: Messages,
    within: Collection[str] | None = None,
) -> str:
    """Do what a command about cases says, for somebody who may.

    Args:
        book: the cases.
        core: what they belong to.
        place: where it was said.
        author: who said it, as :attr:`bot.core.events.Incoming.author`.
        value: as :func:`parse_case` gives it.
        messages: the language to answer in.
        within: ids of the channels whose cases this person sees to; None for all of the workspace.
    """
    words, channels = value.split(), None if within is None else tuple(within)
    if not words or not words[0].isdecimal():
        query = query_of(words, core.clock.now(), author) if words else Query(state="open")
        return await _list(book.store, core, place, replace(query, within=channels), messages)
    case = await book.store.find(place.platform, place.workspace, int(words[0]))
    if case is None or (channels is not None and case.place.channel not in channels):
        return messages("case_unknown")
    if len(words) == 1:
        return await _one(book.store, core, case, messages)
    if words[1] == "card":
        return await book.post_again(case, messages)
    return await book.act(case, cast(Act, words[1]), author, messages)


async def _list(store: CaseStore, core: Core, place: Place, query: Query, messages: Messages) -> str:
    found = await store.search(place.platform, place.workspace, query, MOST_LISTED)
    if not found:
        return messages("case_list_none")
    total = await store.count(place.platform, place.workspace, query)
    lines = [messages("case_list_head", count=total)]
    lines += [f"{line_of(case, messages)} · {mention('#', case.place.channel)}" for case in found]
    if total > len(found):
        lines.append(messages("case_list_more", count=total - len(found)))
    return "\n".join(lines)


def say_rolled(cases: Sequence[Case], messages: Messages) -> str:
    """Cases that share a card: those that are open, a line for each of the first and the numbers of the others."""
    left = [case for case in cases if case.state == "open"]
    lines = [messages("case_rolled_head", count=len(cases), left=len(left))]
    lines += [f"{line_of(case, messages)} · {mention('#', case.place.channel)}" for case in left[:MOST_LISTED]]
    if more := _ranges([case.number for case in left[MOST_LISTED:]]):
        lines.append(messages("case_rolled_more", numbers=more))
    return "\n".join(lines)


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in words: ``16–20, 22``; of very many of them the first."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    words = ["–".join(map(str, part)) for part in parts]
    return ", ".join(words[:_MOST_RANGES]) + (" …" if len(words) > _MOST_RANGES else "")


def line_of(case: Case, messages: Messages) -> str:
    """A case on a line."""
    return messages(
        "case_line",
        number=case.number,
        at=f"{case.at.astimezone(KOREA):%m-%d %H:%M}",
        band=messages(f"case_band_{case.band}"),
        state=say_state(case, messages),
    )


async def _one(store: CaseStore, core: Core, case: Case, messages: Messages) -> str:
    platform = core.posters.get(case.place.platform)
    there = isinstance(platform, Moderator) and not (case.gone or case.hidden)
    link = await platform.link(case.place, case.message) if there and isinstance(platform, Moderator) else None
    lines = [line_of(case, messages), say_verdict(case, messages)]
    lines += [aspects] if (aspects := say_aspects(case.aspects, messages)) else []
    lines += [say_rule(case, messages), *([link] if link else [])]
    for note in await store.notes(case):
        who = f" {mention('@', note.who.rpartition('/')[2])}" if note.who else ""
        lines.append(f"{note.at.astimezone(KOREA):%m-%d %H:%M} {messages(f'case_act_{note.act}')}{who}")
    return "\n".join(lines)


async def judged(core: Core, store: CaseStore, place: Place) -> list[Judgement]:
    """What was said of a channel's negative verdicts lately."""
    return await store.judgements(place, core.clock.now() - timedelta(days=JUDGED_DAYS))


def promised(core: Core, settings: ChannelSettings) -> tuple[float | None, float | None]:
    """The channel's threshold of the band ``negative``, and the precision that the model card promises there."""
    found = thresholds_of(settings, core.inference.classifier)
    point = found.curve.at_negative(found.negative) if found.curve is not None and found.negative is not None else None
    return found.negative, None if point is None else point.precision


async def say_precisions(core: Core, store: CaseStore, place: Place, messages: Messages) -> str:
    """How precise a channel is; of a moderators' channel: each channel whose cases come to it."""
    channels = await core.store.channels(place.platform, place.workspace)
    theirs = [other for other, settings in channels.items() if settings.rule.moderators == place.channel]
    if not theirs or place in theirs:
        return await say_precision(core, store, place, messages)
    parts = [f"{mention('#', other.channel)} {await say_precision(core, store, other, messages)}" for other in theirs]
    return "\n".join(parts[:MOST_LISTED])


async def say_precision(core: Core, store: CaseStore, place: Place, messages: Messages) -> str:
    """How precise a channel's negative verdicts are, by what people say of them."""
    said = await judged(core, store, place)
    share = precision(said)
    if not share.n:
        return messages("precision_none", days=JUDGED_DAYS)
    figures = {"value": share.value, "low": share.low, "high": share.high}
    lines = [
        messages(
            "precision_now", n=share.n, days=JUDGED_DAYS, **{name: f"{figure:.2f}" for name, figure in figures.items()}
        )
    ]
    threshold, promise = promised(core, await core.settings(place))
    if promise is not None:
        lines.append(messages("precision_promised", promised=f"{promise:.2f}"))
        if drifted(said, promise):
            lines.append(messages("precision_drifted"))
    if share.n < LEAST_JUDGED:
        lines.append(messages("precision_few", n=share.n, least=LEAST_JUDGED))
    elif threshold is not None:
        advice = advise(said, threshold)
        if advice is None:
            lines.append(messages("precision_no_advice"))
        else:
            lines.append(
                messages(
                    "precision_advice",
                    threshold=f"{100 * advice.threshold:g}",
                    value=f"{advice.share.value:.2f}",
                    low=f"{advice.share.low:.2f}",
                    high=f"{advice.share.high:.2f}",
                    n=advice.share.n,
                    kept=round(100 * advice.kept),
                )
            )
    return "\n".join(lines)
