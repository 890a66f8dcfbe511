"""How a sentence of a review ends, and the chance that chooses it."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from training.made import conjugation as form

Example = tuple[str, bool]
_T = TypeVar("_T")

_MARKS = ("", "", "", "", ".", ".", "!", "~", "..", "!!", " ㅎㅎ", " ㅠㅠ", " ㅋㅋ", "~~")
_STRONG = ("", "", "", "", "", "정말 ", "진짜 ", "너무 ", "꽤 ", "완전 ", "확실히 ", "아주 ", "참 ")
OPENINGS = (
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "일단 ",
    "음.. ",
    "참고로 ",
    "결론부터 말하면 ",
    "솔직히 ",
    "두 번째 구매인데 ",
    "처음 사 봤는데 ",
    "고민하다 샀는데 ",
    "후기 보고 샀는데 ",
)
"""How a review may begin, whatever it then says."""


class Said(NamedTuple):
    """What is said of a thing.

    Attributes:
        subject: the thing with its particle and a blank; may be empty.
        stem: the predicate.
        adjective: whether the predicate is an adjective (or 있다, 없다).
        good: whether it is praise.
    """

    subject: str
    stem: str
    adjective: bool
    good: bool


def pick(random: np.random.Generator, items: tuple[_T, ...]) -> _T:
    """One of the items, each as likely."""
    return items[int(random.integers(len(items)))]


def coin(random: np.random.Generator, chance: float = 0.5) -> bool:
    """Whether something of this chance happens."""
    return bool(random.random() < chance)


def mark(random: np.random.Generator) -> str:
    """What follows the last word; says nothing of praise or blame."""
    return pick(random, _MARKS)


def strength(random: np.random.Generator) -> str:
    """An adverb of degree or nothing."""
    return pick(random, _STRONG)


def opening(random: np.random.Generator) -> str:
    """How a review may begin, whatever it then says."""
    return pick(random, OPENINGS)


def present(random: np.random.Generator, stem: str, adjective: bool) -> str:
    """The predicate as the end of a sentence about now."""
    said = form.infinitive(stem)
    ends = (
        said + "요",
        said + "요",
        said + "요",
        form.before_n(stem) + "네요",
        form.before_n(stem) + "네요",
        form.formal(stem),
        stem + "더라구요",
        stem + "더라고요",
        form.noun(stem) if form.tail(stem) != "ㄹ" else form.past(stem) + "음",  # few write 늚
        form.plain(stem, adjective),
        said,
        form.before_n(stem) + "네",
    )
    return pick(random, ends)


def past(random: np.random.Generator, stem: str) -> str:
    """The predicate as the end of a sentence about what has happened."""
    done = form.past(stem)
    ends = ("어요", "어요", "어요", "네요", "네요", "습니다", "음", "다", "어", "더라구요", "더라고요", "네")
    return done + pick(random, ends)


def crowd(random: np.random.Generator, text: str) -> str:
    """The text, now and then without blanks, as from a telephone."""
    return text.replace(" ", "") if coin(random, 0.06) else text
