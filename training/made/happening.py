"""What happens to a thing: the verb turns the verdict, or the thing turns the verb's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.made import conjugation as form
from training.made.endings import OPENINGS, Example, Said, coin, crowd, mark, past, pick, present
from training.made.words_happenings import AMOUNTS, GRANTED_BAD, GRANTED_GOOD, HAPPENINGS, TURNING

_DENIED = ("안 ", "않", "못", "없", "다 ", "거들떠", "진통제")
_LATER = (
    "",
    "",
    "",
    "",
    "한 달 쓰니 ",
    "며칠 지나니 ",
    "쓰다 보니 ",
    "써 보니까 ",
    "이거 쓰고 ",
    "바꾸고 나서 ",
    "두 달째인데 ",
)
_FIRMLY = ("", "", "", "", "진짜 ", "정말 ", "확실히 ")
_WHOLLY = (
    "",
    "",
    "",
    "전혀 ",
    "하나도 ",
    "절대 ",
    "아직까지 ",
    "도무지 ",
    "좀처럼 ",
    "도통 ",
    "결코 ",
    "별로 ",
    "그다지 ",
)
_NOT_NOW = (
    "지 않아요",
    "지 않네요",
    "지 않습니다",
    "지 않음",
    "질 않네요",
    "지도 않아요",
    "지는 않네요",
    "지 않더라구요",
    "지 않는다",
)
_NOT_THEN = ("지 않았어요", "지 않았습니다", "지 않았음", "지도 않았어요", "질 않았네요")
_CANNOT = ("지 못해요", "지 못하네요", "지를 못해요", "지 못했어요", "질 못하네요", "지 못함")


def _happening(random: np.random.Generator) -> Said:
    things, good_verbs, bad_verbs = pick(random, HAPPENINGS)
    good = coin(random)
    thing = pick(random, things)
    subject = form.particle(thing, pick(random, ("이", "이", "은"))) + " "
    return Said(subject, pick(random, good_verbs if good else bad_verbs), False, good)


def _turning(random: np.random.Generator) -> Said:
    verb, good_things, bad_things = pick(random, TURNING)
    good = coin(random)
    return Said(pick(random, good_things if good else bad_things) + " ", verb, False, good)


def _amount(random: np.random.Generator) -> Said:
    nouns, boon, less, more = pick(random, AMOUNTS)
    grows = coin(random)
    subject = form.particle(pick(random, nouns), pick(random, ("이", "이", "이", "이", "은"))) + " "
    return Said(subject, pick(random, more if grows else less), False, grows == boon)


def _can_be_denied(said: Said) -> bool:
    """Whether 안 or 지 않다 sounds right: not after an adverb, nor of 빈 상자를 받다."""
    told = said.subject[-2] in ("이가은는을를" if said.good else "이가은는")
    head = said.stem.rpartition(" ")[0]
    simple = not head or (" " not in head and (head[-1] in "이가을를" or head in ("잘", "오래")))
    return told and simple and not any(word in said.subject + said.stem for word in _DENIED)


def _denied(random: np.random.Generator, said: Said) -> str:
    """The sentence that says it does not happen, without its subject."""
    wholly = pick(random, _WHOLLY)
    head, _, verb = said.stem.rpartition(" ")
    if len(verb) <= 3 and not verb.endswith("하") and coin(random, 0.45):
        said_so = past(random, verb) if coin(random) else present(random, verb, False)
        return wholly + (head + " " if head else "") + "안 " + said_so
    if said.good and coin(random, 0.3):
        return wholly + said.stem + pick(random, _CANNOT)
    return wholly + said.stem + pick(random, _NOT_NOW if coin(random, 0.7) else _NOT_THEN)


def _told(random: np.random.Generator, said: Said, denied: bool) -> str:
    if denied:
        return said.subject + _denied(random, said)
    firmly = pick(random, _FIRMLY) if " " not in said.stem and said.subject[-2] in "이가은는을를" else ""
    if said.stem.endswith("줄") or coin(random, 0.6):
        return said.subject + firmly + past(random, said.stem)
    return said.subject + firmly + present(random, said.stem, False)


def _hoped(random: np.random.Generator, said: Said, denied: bool) -> str:
    """What was feared or hoped for, and whether it came."""
    if said.good:
        hope = pick(random, ("까 반신반의했는데", " 줄 알고 샀는데", " 거라 기대했는데", "까 싶었는데"))
    else:
        hope = pick(random, ("까 봐 걱정했는데", "까 불안했는데", "까 싶었는데", " 줄 알았는데"))
    if denied:
        end = _denied(random, said)
    else:
        end = pick(random, ("정말 ", "진짜로 ", "역시나 ", "바로 ", "정말로 ")) + past(random, said.stem)
    return f"{said.subject}{form.coming(said.stem)}{hope} {end}"


def _report(
    random: np.random.Generator, draw: Callable[[np.random.Generator], Said], befores: tuple[str, ...]
) -> Example:
    """Half good, denied or not, so that a denial tells nothing by itself."""
    good, denied, hoped = coin(random), coin(random, 0.35), coin(random, 0.12)
    while True:
        said = draw(random)
        if (said.good != denied) != good or (denied and not _can_be_denied(said)):
            continue
        if not hoped or (" " not in said.stem and _can_be_denied(said)):
            break
    text = (_hoped if hoped else _told)(random, said, denied)
    return crowd(random, pick(random, befores) + text + mark(random)), good


def verb_change(random: np.random.Generator) -> Example:
    """A thing lasts or breaks, arrives or does not, soaks in or stays outside."""
    return _report(random, _happening, OPENINGS)


def turning(random: np.random.Generator) -> Example:
    """A verb that is judged by what it is said of: 살이 빠졌어요, 털이 빠져요."""
    return _report(random, _turning, _LATER)


def amount(random: np.random.Generator) -> Example:
    """More or less of something good or bad: 통증이 줄었어요, 전기세가 늘었어요."""
    return _report(random, _amount, _LATER)


def event(random: np.random.Generator) -> Said:
    """Something that happens, for a frame that says it in its own way."""
    return pick(random, (_happening, _happening, _turning, _amount))(random)


def conceded(random: np.random.Generator) -> Example:
    """One thing granted, and the other that the writer stands by: 색은 예쁘지만 금방 찢어졌어요."""
    good = coin(random)
    while True:
        said = event(random)
        if said.good == good:
            break
    granted = pick(random, GRANTED_BAD if good else GRANTED_GOOD)
    link = pick(random, ("지만", "긴 한데", "기는 하지만", "긴 하지만", "긴 해도", "았지만"))
    if link == "았지만":
        granted, link = form.past(granted), "지만"
    return crowd(random, f"{granted}{link} {_told(random, said, False)}{mark(random)}"), good
