"""Two clauses of opposite sides: what joins them, and not their order alone, tells which one the writer stands by."""

from __future__ import annotations

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, Said, coin, crowd, mark, past, pick, present, strength
from training.made.happening import event
from training.made.negation import said_quality
from training.made.words_contrast import (
    ALL_ELSE_BAD,
    ALL_ELSE_GOOD,
    COMMON_BAD,
    COMMON_GOOD,
    ELSE_BAD,
    ELSE_GOOD,
    ENOUGH,
    FELT_BAD,
    FELT_GOOD,
    FORGIVEN,
    IN_VAIN,
    NOT_ENOUGH,
    VERDICT_BAD,
    VERDICT_GOOD,
)

_LITTLE = ("", "", "", "조금 ", "좀 ", "살짝 ", "약간 ", "다소 ")
_LINKS = ("하지만 ", "근데 ", "그런데 ", "그래도 ", "그렇지만 ", "반면에 ", "근데요 ")


def _clause(random: np.random.Generator, good: bool, adjective: bool | None = None) -> Said:
    """What is said of a thing, on that side."""
    told = coin(random, 0.75) if adjective is None else adjective
    if told and coin(random, 0.4):
        subject, stem = pick(random, COMMON_GOOD if good else COMMON_BAD)
        return Said(form.particle(subject, pick(random, ("이", "이", "은"))) + " ", stem, True, good)
    while True:
        said = said_quality(random) if told else event(random)
        if said.good == good:
            return said


def _both(random: np.random.Generator, good: bool, adjective: bool | None = None) -> tuple[Said, Said]:
    """A clause that is granted and the one of the other thing that counts, which is on that side."""
    counts = _clause(random, good)
    while True:
        granted = _clause(random, not good, adjective)
        if granted.subject[:2] != counts.subject[:2]:
            return granted, counts


def _said(random: np.random.Generator, said: Said) -> str:
    """As a sentence."""
    if said.adjective:
        return said.subject + (strength(random) if coin(random, 0.6) else "") + present(random, said.stem, True)
    return said.subject + past(random, said.stem)


def _adnominal(said: Said) -> str:
    return said.subject + form.quality(said.stem)


def _linked(random: np.random.Generator, said: Said) -> str:
    """As a clause that grants something: 색은 예쁘지만, 배송이 늦었는데."""
    head = said.subject + (pick(random, _LITTLE) if said.adjective else "")
    then = form.past(said.stem)
    links = [f"{then}지만", f"{then}는데", f"{then}으나", f"{then}어도", f"{then}지만요"]
    if said.adjective:
        now, stem = form.quality(said.stem), said.stem
        links = [
            f"{stem}지만",
            f"{stem}지만",
            f"{now}데",
            f"{now}데",
            f"{stem}긴 한데",
            f"{stem}긴 하지만",
            f"{stem}기는 하지만",
        ]
        links += [
            f"{stem}긴 해도",
            f"{form.infinitive(stem)}도",
            f"{form.noun(stem)}에도 불구하고",
            f"{then}지만",
            f"{now}데도",
        ]
        links += [f"{now} 편이지만", f"{now} 감이 있지만", f"{now} 건 사실이지만", f"{stem}긴 하나", f"{then}는데"]
        if form.tail(stem) == "ㄹ":
            links = [link for link in links if "에도 불구하고" not in link]
    return head + links[int(random.integers(len(links)))]


def linked(random: np.random.Generator) -> Example:
    """The last clause counts: 색은 예쁘지만 옷감이 뻣뻣해요, 옷감은 뻣뻣한데 그래도 색이 예쁘네요."""
    good = coin(random)
    granted, counts = _both(random, good)
    first = _linked(random, granted)
    if coin(random, 0.2):  # 배송도 빠르고 색도 예쁜데 …
        more = _clause(random, not good, True)
        first = f"{more.subject}{more.stem}고 {first}"
    between = pick(random, (" ", " ", " ", ", ", " 그래도 ", " 결국 ", " 정작 ", " 무엇보다 "))
    if coin(random, 0.3):
        reason = counts.subject + form.infinitive(counts.stem) + "서 "
        end = reason + pick(random, VERDICT_GOOD if good else VERDICT_BAD)
    else:
        end = _said(random, counts)
    return crowd(random, first + between + end + mark(random)), good


def apart(random: np.random.Generator) -> Example:
    """The same in two sentences, or with a verdict of a word or two."""
    good = coin(random)
    granted, counts = _both(random, good)
    end = _said(random, counts) if coin(random) else pick(random, VERDICT_GOOD if good else VERDICT_BAD)
    if coin(random, 0.4):
        return crowd(random, f"{_linked(random, granted)} {end}{mark(random)}"), good
    return crowd(random, f"{_said(random, granted)}. {pick(random, _LINKS)}{end}{mark(random)}"), good


def excepted(random: np.random.Generator) -> Example:
    """All but one thing: 배송이 느린 것 빼고는 다 좋아요, 색이 예쁜 것 말고는 볼 게 없어요."""
    good = coin(random)
    except_for = pick(
        random,
        (
            "것 빼고는",
            "거 빼고는",
            "것만 빼면",
            "거 말고는",
            "것 말고는",
            "점만 제외하면",
            "점을 빼면",
            "것 외에는",
            "걸 빼면",
        ),
    )
    rest = pick(random, ALL_ELSE_GOOD if good else ALL_ELSE_BAD)
    one = _adnominal(_clause(random, not good))
    return crowd(random, f"{one} {except_for} {rest}{mark(random)}"), good


def otherwise(random: np.random.Generator) -> Example:
    """All else is one side, and the one thing that counts the other: 다 좋은데 지퍼가 고장 났어요."""
    good = coin(random)
    rest = pick(random, ELSE_BAD if good else ELSE_GOOD)
    counts = _said(random, _clause(random, good))
    return crowd(random, f"{rest} {counts}{mark(random)}"), good


def afterthought(random: np.random.Generator) -> Example:
    """The first sentence counts, the second grants a little: 최고예요, 배송은 조금 늦었지만요."""
    good = coin(random)
    granted, counts = _both(random, good)
    first = pick(random, VERDICT_GOOD if good else VERDICT_BAD) if coin(random) else _said(random, counts)
    stem, then, little = (
        granted.stem,
        form.past(granted.stem),
        pick(random, ("조금 ", "좀 ", "살짝 ", "약간 ", "다소 ")),
    )
    if granted.adjective:
        ends = [f"{stem}긴 하지만요", f"{stem}긴 하지만", f"{stem}기는 해도요", f"{stem}긴 한데요", f"{stem}지만요"]
        if not granted.good:
            ends = [little + end for end in ends] + [
                f"{little}{stem}긴 해요",
                f"{little}{form.quality(stem)} 것만 빼고요",
            ]
        else:
            ends += [
                f"{stem}긴 한데 그게 다예요",
                f"{stem}긴 해도 그것뿐이에요",
                f"{form.quality(stem)} 거 하나만 빼고요",
            ]
    else:
        ends = [f"{then}지만요", f"{then}지만", f"{then}긴 했지만요", f"{form.quality(stem)} 것만 빼고요"]
    end = granted.subject + ends[int(random.integers(len(ends)))]
    return crowd(random, first + pick(random, (". ", ", ", " ", "! ", ".. ")) + end + mark(random)), good


def outweighed(random: np.random.Generator) -> Example:
    """What makes up for the rest, and what cannot: 아무리 예뻐도 불편하면 소용없죠, 비싸도 튼튼하니 됐어요."""
    good = coin(random)
    granted, counts = _both(random, good, True)
    even = f"{pick(random, ('아무리 ', '', '아무리 '))}{granted.subject}{form.infinitive(granted.stem)}도"
    if not counts.adjective or coin(random, 0.5):
        when = counts.subject + (form.condition(counts.stem) if counts.adjective else form.past(counts.stem) + "으면")
        text = f"{even} {when} {pick(random, ENOUGH if good else NOT_ENOUGH)}"
    elif good:
        text = f"{_linked(random, granted)} {counts.subject}{form.infinitive(counts.stem)}서 {pick(random, FORGIVEN)}"
    else:
        text = f"{granted.subject}{form.infinitive(granted.stem)}도 {counts.subject}{form.infinitive(counts.stem)}서 {pick(random, IN_VAIN)}"
    return crowd(random, text + mark(random)), good


def point(random: np.random.Generator) -> Example:
    """A point that is called good or bad, and the other: 배송이 느린 점은 아쉽지만 품질이 좋아요."""
    good = coin(random)
    granted, counts = _both(random, good)
    felt = pick(random, FELT_GOOD if granted.good else FELT_BAD)
    what = pick(random, ("점은", "건", "것은", "부분은", "점이"))
    end = _said(random, counts) if coin(random, 0.7) else pick(random, VERDICT_GOOD if good else VERDICT_BAD)
    return crowd(random, f"{_adnominal(granted)} {what} {felt} {end}{mark(random)}"), good


def instead(random: np.random.Generator) -> Example:
    """비싼 대신 튼튼해요, 싼 만큼 약해요; 가격에 비해 좋아요."""
    good = coin(random)
    granted, counts = _both(random, good, True)
    if coin(random, 0.4):
        against = pick(
            random,
            (
                "가격에 비해",
                "값에 비하면",
                "크기에 비해",
                "기대에 비해",
                "후기에 비해",
                "브랜드에 비해",
                "용량에 비해",
                "광고에 비해",
            ),
        )
        return crowd(random, f"{against} {_said(random, counts)}{mark(random)}"), good
    than = pick(random, ("대신", "대신에", "데 반해", "데 비해", "반면", "반면에", "것과 달리"))
    return crowd(random, f"{_adnominal(granted)} {than} {_said(random, counts)}{mark(random)}"), good
