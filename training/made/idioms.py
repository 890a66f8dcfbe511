"""Denials that say how good or how bad a thing is, and what is lacking that is good or bad to lack."""

from __future__ import annotations

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, coin, crowd, mark, opening, past, pick, present
from training.made.happening import event
from training.made.negation import said_quality
from training.made.words_idioms import BAD_TO_HAVE, FIXED_PAIRS, GOOD_TO_HAVE

_LACK = (
    "없어요",
    "없네요",
    "없습니다",
    "없음",
    "없더라고요",
    "없었어요",
    "없는 제품이에요",
    "없다",
    "안 보여요",
    "찾을 수 없어요",
    "못 찾겠어요",
)
_HAVE = (
    "있어요",
    "있네요",
    "있습니다",
    "있음",
    "많아요",
    "많네요",
    "보여요",
    "보이네요",
    "있었어요",
    "눈에 띄어요",
    "한둘이 아니에요",
    "느껴져요",
)
_WHOLLY = ("", "", "", "하나도 ", "전혀 ", "딱히 ", "도무지 ", "조금도 ", "별로 ", "거의 ")


def lacked(random: np.random.Generator) -> Example:
    """아쉬운 점이 없어요, 칭찬할 데가 없어요; 아쉬운 점이 많아요, 칭찬할 데가 많아요."""
    to_have, have = coin(random), coin(random, 0.45)
    what = form.particle(pick(random, GOOD_TO_HAVE if to_have else BAD_TO_HAVE), pick(random, ("이", "이", "은")))
    end = pick(random, _HAVE) if have else pick(random, _WHOLLY) + pick(random, _LACK)
    return crowd(random, f"{opening(random)}{what} {end}{mark(random)}"), to_have == have


def superlative(random: np.random.Generator) -> Example:
    """이보다 편할 수 없어요, 이렇게 불편한 건 처음이에요: the denial says how much."""
    subject, stem, _, good = said_quality(random)
    said, more = form.quality(stem), "" if stem.endswith(("있", "없")) else "더 "
    no = pick(random, ("없어요", "없네요", "없을 거예요", "없음", "없습니다"))
    forms = (
        f"이보다 {more}{form.coming(stem)} 수 {no}",
        f"이보다 {more}{form.coming(stem)} 수가 {no}",
        f"이렇게 {said} 건 {pick(random, ('처음이에요', '못 봤어요', '본 적이 없어요', '처음 봐요'))}",
        f"이것만큼 {said} 건 {no}",
        f"이만큼 {said} 게 또 {no}",
        f"{stem}다는 말로는 부족해요",
        f"{stem}다는 말밖에 안 나와요",
        f"{stem}다는 말이 절로 나와요",
        f"{stem}다는 데 이견이 {no}",
        f"안 {said} 데가 {no}",
        f"{stem}지 않은 데가 {no}",
        f"{stem}지 않다고 하면 거짓말이죠",
        f"두말할 것 없이 {present(random, stem, True)}",
        f"말할 것도 없이 {present(random, stem, True)}",
        f"더없이 {present(random, stem, True)}",
        f"{stem}기로는 따라올 게 {no}",
        f"{said} 걸로는 둘째가라면 서럽죠",
        f"{form.coming(stem)} 줄은 알았지만 이 정도일 줄은 몰랐어요",
    )
    return crowd(random, f"{subject}{forms[int(random.integers(len(forms)))]}{mark(random)}"), good


def scoffed(random: np.random.Generator) -> Example:
    """What others say of it is denied: 부드럽기는 무슨, 불편하다는 건 다 거짓말."""
    subject, stem, _, good = said_quality(random)
    said = form.quality(stem)
    forms = (
        f"{stem}기는 무슨",
        f"{stem}기는 개뿔",
        f"{stem}긴 뭐가 {form.infinitive(stem)}요",
        f"{stem}다는 건 다 거짓말이에요",
        f"{stem}다는 말은 틀렸어요",
        f"{stem}다는 후기는 못 믿겠어요",
        f"{stem}다는 평은 이해가 안 돼요",
        f"{stem}다는 걱정은 안 해도 돼요" if not good else f"{stem}다는 기대는 접으세요",
        f"{said} 거랑은 담을 쌓았어요",
        f"{said} 것과는 정반대예요",
        f"전혀 {said} 줄 모르겠어요",
        f"{stem}다고 하는데 저는 아니었어요",
        f"{stem}다는 소리는 하지 마세요",
    )
    return crowd(random, f"{subject}{forms[int(random.integers(len(forms)))]}{mark(random)}"), not good


def unless(random: np.random.Generator) -> Example:
    """What has not happened yet, or never failed to: 한 번도 안 끊겼어요, 안 끊기는 날이 없어요."""
    while True:
        said = event(random)
        if " " not in said.stem:
            break
    verb = said.stem
    if coin(random):
        often = (
            f"안 {form.going_on(verb)} 날이 없어요",
            f"안 {form.going_on(verb)} 적이 없네요",
            f"{verb}지 않는 날이 없어요",
            f"{verb}지 않은 적이 없습니다",
            f"툭하면 {present(random, verb, False)}" if not said.good else f"늘 {present(random, verb, False)}",
            f"매번 {present(random, verb, False)}",
        )
        return crowd(random, said.subject + pick(random, often) + mark(random)), said.good
    never = (
        f"한 번도 안 {past(random, verb)}",
        f"한 번도 {verb}지 않았어요",
        f"{form.quality(verb)} 적이 없어요",
        f"{form.quality(verb)} 적이 한 번도 없네요",
        f"{form.coming(verb)} 일이 없어요",
        f"{form.coming(verb)} 기미가 없어요",
        f"{form.coming(verb)} 생각을 안 해요",
        f"{verb}는 법이 없어요" if form.tail(verb) != "ㄹ" else f"{form.going_on(verb)} 법이 없어요",
    )
    return crowd(random, said.subject + pick(random, never) + mark(random)), not said.good


def fixed(random: np.random.Generator) -> Example:
    """Turns of phrase and their opposites."""
    good = coin(random)
    said = pick(random, FIXED_PAIRS)[0 if good else 1]
    return crowd(random, opening(random) + said + mark(random)), good
