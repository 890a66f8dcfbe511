"""How the young write, and words that only look rude or alarming."""

from __future__ import annotations

import numpy as np

from training.made.endings import Example, coin, crowd, mark, opening, pick
from training.made.words_slang import FOODS, INNOCENT_BAD, INNOCENT_GOOD, SLANG_BAD, SLANG_GOOD, WARES

_TASTES = ("맛", "JMT", "밥도둑", "맥주", "짬", "물린", "배 터지게")
_ALONE = ("배송", "사람", "집", "이거", "가격", "영업", "도둑", "구라", "사기")
_MARKS = ("", "", "", " ㅋㅋ", " ㅋㅋㅋ", " ㅠㅠ", " ㅠ", "!!", "!", "..", " ㄹㅇ", " 진심", " ㅇㅇ", " ㅎㅎ", "~")
_BEFORE = (
    "",
    "",
    "",
    "와 ",
    "진심 ",
    "이거 ",
    "여기 거 ",
    "ㄹㅇ ",
    "걍 ",
    "아니 ",
    "하 ",
    "솔직히 ",
    "내 기준 ",
    "친구가 ",
)


def slang(random: np.random.Generator) -> Example:
    """A thing and what the young call it."""
    good = coin(random)
    said = pick(random, SLANG_GOOD if good else SLANG_BAD)
    before = pick(random, _BEFORE[:-1])
    if coin(random, 0.6) and not any(word in said for word in _ALONE):
        thing = pick(random, FOODS if any(word in said for word in _TASTES) else WARES)
        before += pick(random, (f"{thing} ", f"{thing} 샀는데 ", f"이번에 산 {thing} ", f"여기 {thing} "))
    return before + said + pick(random, _MARKS), good


def innocent(random: np.random.Generator) -> Example:
    """벌레 퇴치 잘 돼요, and 벌레가 더 꼬여요."""
    good = coin(random)
    text = pick(random, INNOCENT_GOOD if good else INNOCENT_BAD)
    return crowd(random, opening(random) + text + mark(random)), good
