"""What buyers do, can, must, want and need not do."""

from __future__ import annotations

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, coin, crowd, mark, opening, pick

_GOOD = (
    "추천하", "칭찬하", "재구매하", "또 사", "쟁여 두", "주변에 소문내", "자랑하", "매일 쓰", "자주 입", "아껴 쓰", "선물하", "믿고 사", "단골이 되", "두 개 사", "친구한테 권하", "계속 먹", "별 다섯 개 주",
    "재주문하", "들고 다니", "신고 다니", "오래 쓰", "안심하고 쓰", "가족에게 추천하", "박수 치",
)  # fmt: skip
_BAD = (
    "환불하", "반품하", "버리", "욕하", "신고하", "항의하", "중고로 팔", "처박아 두", "따지", "교환하", "별 하나 주", "소비자원에 고발하", "돌려보내", "탈퇴하",
    "발길을 끊", "수리 맡기", "불평하", "고객센터와 싸우",
)  # fmt: skip


_FELT_GOOD = ("만족하", "반하", "감탄하", "사랑하", "감동하", "칭찬하", "기뻐하", "고마워하", "좋아하", "놀라며 웃")
_FELT_BAD = ("실망하", "후회하", "화내", "짜증 내", "분노하", "욕하", "속상해하", "괴로워하", "싫어하", "찝찝해하")


def _refused(stem: str) -> str:
    """The stem with 안 where speech puts it: 추천 안 하, 안 버리, 발길을 안 끊."""
    head, blank, verb = stem.rpartition(" ")
    if verb.endswith("하") and len(verb) > 2 and verb[-2] not in "해아워어":
        return f"{head}{blank}{verb[:-1]} 안 하"
    return f"{head}{blank}안 {verb}"


def _felt(random: np.random.Generator) -> Example:
    """What buyers cannot help feeling, or have no reason to feel."""
    good, turned = coin(random), coin(random)
    stem = pick(random, _FELT_GOOD if good else _FELT_BAD)
    lack = pick(random, ("없어요", "없네요", "없습니다", "없음", "없겠어요", "없더라구요"))
    will = form.coming(stem)
    if turned:
        forms = (
            f"{will} 이유가 {lack}",
            f"{will} 구석이 {lack}",
            f"{will} 일이 {lack}",
            f"{will} 데가 하나도 {lack}",
            f"전혀 {will} 게 {lack}",
        )
    else:
        forms = (
            f"{will} 수밖에 {lack}",
            f"{stem}지 않을 수 {lack}",
            f"{form.coming(_refused(stem))} 수가 {lack}",
            f"{stem}지 않고는 못 배기겠어요",
            f"{stem}게 되네요",
        )
    return forms[int(random.integers(len(forms)))], good != turned


def deed(random: np.random.Generator) -> Example:
    """추천할 수밖에 없어요, 추천할 마음이 없어요, 반품할 이유가 없네요."""
    if coin(random, 0.25):
        text, positive = _felt(random)
        return crowd(random, opening(random) + text + mark(random)), positive
    good, turned = coin(random), coin(random)
    stem = pick(random, _GOOD if good else _BAD)
    lack = pick(random, ("없어요", "없네요", "없습니다", "없음", "없을 것 같아요", "없더라구요"))
    have = pick(random, ("있어요", "있네요", "충분해요", "많아요", "생겼어요"))
    will = form.coming(stem)
    if turned:
        forms = [
            f"{will} 이유가 {pick(random, ('', '하나도 ', '전혀 ', '도무지 '))}{lack}",
            f"{will} 생각이 {pick(random, ('', '전혀 ', '조금도 ', '눈곱만큼도 '))}{lack}",
            f"{will} 마음이 {pick(random, ('', '절대 ', '하나도 '))}{pick(random, ('없어요', '안 들어요', '안 생겨요'))}",
            f"{will} 일이 {lack}",
            f"{will} 일은 절대 {lack}",
            f"{stem}고 싶지 않아요",
            f"{stem}고 싶은 마음이 안 드네요",
            f"{stem}지 않을 거예요",
            f"{will} 필요가 {lack}",
        ]
        forms += (
            [f"{will} 수가 {lack}", f"도저히 못 {form.coming(stem)} 것 같아요"]
            if good
            else [f"{will} 틈이 {lack}", f"{stem}려다가 마음이 바뀌었어요"]
        )
    else:
        forms = [
            f"{will} 수밖에 {lack}",
            f"{stem}지 않을 수 {lack}",
            f"{form.coming(_refused(stem))} 수가 {lack}",
            f"{stem}지 않고는 못 배기겠어요",
            f"{will} 이유가 {have}",
            f"{will} 마음이 {pick(random, ('굴뚝같아요', '생겼어요', '들어요', '생기네요'))}",
            f"{stem}고 싶은 마음뿐이에요",
            f"{stem}고 싶어졌어요",
            f"결국 {form.past(stem)}{pick(random, ('어요', '네요', '습니다', '음', '어'))}",
            f"{form.coming(_refused(stem))} 이유가 없잖아요",
            f"{stem}게 되네요",
            f"{stem}기로 했어요",
        ]
    text = pick(random, tuple(forms))
    return crowd(random, opening(random) + text + mark(random)), good != turned
