"""Typing errors as people make them on Korean keyboards, for training and for the noise test."""

from __future__ import annotations

import numpy as np

from nlp.text import is_hangul_syllable

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

KINDS = ("split", "drop", "swap", "vowel")
"""Split into jamo, left out, swapped with the next, wrong vowel."""


def _parts(char: str) -> tuple[int, int, int]:
    code = ord(char) - 0xAC00
    return code // 588, code % 588 // 28, code % 28


def corrupt(text: str, share: float, kind: str, random: np.random.Generator) -> str:
    """Spoil about ``share`` of a text's Hangul syllables in one way.

    Args:
        text: any text.
        share: 0..1.
        kind: one of :data:`KINDS`.
        random: source of randomness.
    """
    chars = list(text)
    i = 0
    while i < len(chars):
        if not is_hangul_syllable(chars[i]) or random.random() >= share:
            i += 1
            continue
        lead, vowel, tail = _parts(chars[i])
        if kind == "split":
            chars[i] = _LEADS[lead] + _VOWELS[vowel] + _TAILS[tail]
        elif kind == "drop":
            chars[i] = ""
        elif kind == "vowel":
            other = (vowel + 1 + int(random.integers(len(_VOWELS) - 1))) % len(_VOWELS)
            chars[i] = chr(0xAC00 + (lead * len(_VOWELS) + other) * 28 + tail)
        elif kind == "swap" and i + 1 < len(chars):
            chars[i], chars[i + 1] = chars[i + 1], chars[i]
            i += 1
        i += 1
    return "".join(chars)


def misspell(text: str, random: np.random.Generator, most: float = 0.25) -> str:
    """Spoil up to ``most`` of a text's syllables in one way chosen at random; blanks may go, too; never everything."""
    if random.random() < 0.2:
        text = text.replace(" ", "")
    return corrupt(text, most * random.random(), KINDS[int(random.integers(len(KINDS)))], random).strip() or text
