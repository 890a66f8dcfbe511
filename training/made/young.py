"""What the young call a thing, what they turn out to have been wrong about, and words that may mean either."""

from __future__ import annotations

import re

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, coin, pick
from training.made.words_slang import FOODS, WARES
from training.made.words_young import (
    DENIED_FRAMES,
    FEARED_FRAMES,
    NAME_FRAMES,
    NAMES_BAD,
    NAMES_GOOD,
    OPEN_THINGS,
    OPEN_WORDS,
    TURNED_FRAMES,
    VERBS_BAD,
    VERBS_GOOD,
)

_MARKS = ("", "", "", "", " ㅋㅋ", " ㅠㅠ", "!!", "..", " ㄹㅇ", " 진심", " ㅎㅎ", "~", ".", " ㄷㄷ")
_FIRMLY = ("", "", "", "ㄹㅇ ", "개", "진심 ", "걍 ", "찐으로 ", "완전 ", "핵")
_TASTED = ("맛", "JMT", "입에서", "입이", "입만", "군침", "꾸덕", "느끼")
_SLOT = re.compile(r"\{(\w*)\}(이나|이|은|을|과|으로)?")


def _filled(frame: str, **names: str) -> str:
    """A frame with its slots filled, and the particles after them in the form that the names want."""

    def one(found: re.Match[str]) -> str:
        name, kind = names[found[1] or "own"], found[2]
        if not kind:
            return name
        if kind == "이":  # before 네, 라, 지 and 었 it is the copula, which a vowel swallows, or else the subject's
            follows = frame[found.end() :][:1]
            if follows in ("", " "):
                return form.particle(name, "이")
            return name + ("이" if form.tail(name) != " " else "여" if follows == "었" else "")
        return form.particle(name, kind)

    return _SLOT.sub(one, frame).replace("여었", "였")


def _before(random: np.random.Generator, said: str) -> str:
    if coin(random, 0.5):
        return ""
    thing = pick(random, FOODS if any(word in said for word in _TASTED) else WARES)
    return pick(
        random, (f"{thing} ", f"{thing} 샀는데 ", f"이 {thing} ", f"여기 {thing} ", f"{form.particle(thing, '은')} ")
    )


def named(random: np.random.Generator) -> Example:
    """꿀템 인정, 똥템 인정; 창렬인 줄 알았는데 혜자; 꿀템은 아닌 듯."""
    good = coin(random)
    own, other = (NAMES_GOOD, NAMES_BAD) if good else (NAMES_BAD, NAMES_GOOD)
    kind = float(random.random())
    if kind < 0.4:
        text = _filled(pick(random, NAME_FRAMES), own=pick(random, own))
    elif kind < 0.75:
        frames = TURNED_FRAMES + FEARED_FRAMES if good else TURNED_FRAMES
        text = _filled(pick(random, frames), own=pick(random, own), other=pick(random, other))
    else:
        text = _filled(pick(random, DENIED_FRAMES), own=pick(random, other))
    return _before(random, text) + text + pick(random, _MARKS), good


def felt(random: np.random.Generator) -> Example:
    """지린다, 킹받음."""
    good = coin(random)
    said = pick(random, VERBS_GOOD if good else VERBS_BAD)
    firmly = pick(random, _FIRMLY)
    if " " in said or said.startswith("개"):
        firmly = "" if firmly in ("개", "핵") else firmly
    return _before(random, said) + firmly + said + pick(random, _MARKS), good


def open_word(random: np.random.Generator) -> Example:
    """가격 미쳤다 반값도 안 함, 가격 미쳤다 두 배로 올림."""
    good = coin(random)
    thing, goods, bads = pick(random, OPEN_THINGS)
    word, why = pick(random, OPEN_WORDS), pick(random, goods if good else bads)
    forms = (f"{thing} {word} {why}", f"{thing} {word} {why}", f"{why} {thing} {word}", f"{word} {thing} {why}")
    return pick(random, forms) + pick(random, _MARKS), good
