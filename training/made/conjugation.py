"""Korean predicates and particles: from a stem to the forms that shoppers write.

A stem is a dictionary form without 다 and may be a phrase, whose last word is conjugated: ``때가 빠지``.
"""

from __future__ import annotations

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# Last syllables of stems that keep their ㅂ, and of those that change ㄷ, ㅅ, ㅎ.
_KEEPS_B = frozenset("입잡씹뽑좁접집업")
_CHANGES_D = frozenset("듣걷싣")
_CHANGES_S = frozenset("낫붓젓짓잇긋")
_CHANGES_H = frozenset("얗옇갛겋랗렇맣멓")
_KEEPS_REU = ("따르", "치르", "들르")
_MERGED = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
_SAME = frozenset("ㅏㅐㅓㅔㅕㅖ")
_BEFORE_H = {"ㅏ": "ㅐ", "ㅑ": "ㅒ", "ㅓ": "ㅔ", "ㅕ": "ㅖ"}


def _parts(syllable: str) -> tuple[int, str, str]:
    place = ord(syllable) - _FIRST
    return place // 588, _VOWELS[place % 588 // 28], _TAILS[place % 28]


def _syllable(lead: int, vowel: str, tail: str = " ") -> str:
    return chr(_FIRST + lead * 588 + _VOWELS.index(vowel) * 28 + _TAILS.index(tail))


def tail(word: str) -> str:
    """The consonant that the last syllable ends in, a blank if none (or if it is no Hangul)."""
    return _parts(word[-1])[2] if _FIRST <= ord(word[-1]) <= _LAST else " "


def with_tail(word: str, consonant: str) -> str:
    """The word with the last syllable ending in a consonant instead of what it ended in."""
    lead, vowel, _ = _parts(word[-1])
    return word[:-1] + _syllable(lead, vowel, consonant)


def particle(word: str, kind: str) -> str:
    """The word with a particle of a pair: ``이``, ``은``, ``을``, ``과``, ``이나``, ``으로``, ``이라``."""
    closed = tail(word) != " "
    if kind == "으로":
        return word + ("으로" if closed and tail(word) != "ㄹ" else "로")
    open_form = {"이": "가", "은": "는", "을": "를", "과": "와", "이나": "나", "이라": "라"}[kind]
    return word + (kind if closed else open_form)


def _irregular(stem: str) -> str:
    """Which consonant a stem loses or changes before a vowel, a blank if none."""
    last, end = stem[-1], tail(stem)
    if end == "ㅂ" and last not in _KEEPS_B:
        return end
    return end if last in _CHANGES_D | _CHANGES_S | _CHANGES_H else " "


def infinitive(stem: str) -> str:
    """The form in 아 or 어: 빠지 gives 빠져, 편하 gives 편해, 무겁 gives 무거워."""
    lead, vowel, end = _parts(stem[-1])
    irregular = _irregular(stem)
    if stem[-1] == "하":
        return stem[:-1] + "해"
    if irregular == "ㅂ":
        return with_tail(stem, " ") + ("와" if stem[-1] in "곱돕" else "워")
    if irregular == "ㅎ":
        return stem[:-1] + _syllable(lead, _BEFORE_H[vowel])
    bright = "아" if vowel in "ㅏㅗㅑ" else "어"
    if irregular == "ㄷ":
        return with_tail(stem, "ㄹ") + bright
    if irregular == "ㅅ":
        return with_tail(stem, " ") + bright
    if end != " ":
        return stem + bright
    if vowel == "ㅡ":
        before = _parts(stem[-2])[1] if len(stem) > 1 and _FIRST <= ord(stem[-2]) <= _LAST else "ㅓ"
        vowel = "ㅏ" if before in "ㅏㅗ" else "ㅓ"
        if stem[-1] == "르" and not stem.endswith(_KEEPS_REU):
            return with_tail(stem[:-1], "ㄹ") + _syllable(lead, vowel)
        return stem[:-1] + _syllable(lead, vowel)
    if vowel in _SAME:
        return stem
    return stem[:-1] + _syllable(lead, _MERGED[vowel]) if vowel in _MERGED else stem + "어"


def past(stem: str) -> str:
    """The stem of the past: 빠지 gives 빠졌."""
    return with_tail(infinitive(stem), "ㅆ")


def _joined(stem: str, consonant: str, closed: str) -> str:
    """The stem with an ending of one consonant, or of the syllable that replaces it after a consonant."""
    irregular = _irregular(stem)
    if irregular == "ㅂ":
        return with_tail(with_tail(stem, " ") + "우", consonant)
    if irregular == "ㅎ":
        return with_tail(stem, consonant)
    if irregular in ("ㅅ", "ㄷ"):
        return with_tail(stem, " " if irregular == "ㅅ" else "ㄹ") + closed
    if tail(stem) == " ":
        return with_tail(stem, consonant)
    if tail(stem) == "ㄹ":
        return with_tail(stem, "ㄻ" if consonant == "ㅁ" else consonant)
    return stem + closed


def quality(stem: str) -> str:
    """An adjective before a noun, or a verb that has happened: 좋은, 빠진, 무거운."""
    return stem + "는" if stem.endswith(("있", "없")) else _joined(stem, "ㄴ", "은")


def before_n(stem: str) -> str:
    """The stem before ㄴ, where a ㄹ falls: 늘 gives 느(네요), 좋 stays."""
    return with_tail(stem, " ") if tail(stem) == "ㄹ" else stem


def going_on(stem: str) -> str:
    """A verb before a noun: 빠지는, 느는."""
    return before_n(stem) + "는"


def coming(stem: str) -> str:
    """What will or may be: 빠질, 좋을."""
    return _joined(stem, "ㄹ", "을")


def noun(stem: str) -> str:
    """A predicate as a noun: 빠짐, 좋음, 무거움."""
    return _joined(stem, "ㅁ", "음")


def formal(stem: str) -> str:
    """빠집니다, 좋습니다."""
    return with_tail(stem, "ㅂ") + "니다" if tail(stem) in " ㄹ" else stem + "습니다"


def condition(stem: str) -> str:
    """빠지면, 좋으면, 무거우면."""
    irregular = _irregular(stem)
    if irregular == "ㅂ":
        return with_tail(stem, " ") + "우면"
    if irregular == "ㅎ":
        return with_tail(stem, " ") + "면"
    if irregular in ("ㅅ", "ㄷ"):
        return with_tail(stem, " " if irregular == "ㅅ" else "ㄹ") + "으면"
    return stem + ("면" if tail(stem) in " ㄹ" else "으면")


def plain(stem: str, adjective: bool) -> str:
    """The form of diaries and quotations: 빠진다, 먹는다, 좋다."""
    if adjective or stem.endswith(("있", "없", "았", "었", "였", "했")):
        return stem + "다"
    return with_tail(stem, "ㄴ") + "다" if tail(stem) in " ㄹ" else stem + "는다"
