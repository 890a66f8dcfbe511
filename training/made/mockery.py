"""Words of praise and thanks about what happened or how a thing is: what happened tells whether they are meant."""

from __future__ import annotations

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, Said, coin, crowd, mark, opening, past, pick
from training.made.happening import event
from training.made.negation import said_quality

_PRAISE = (
    "정말 최고네요", "아주 훌륭하네요", "참 좋네요", "완벽하네요 아주", "감동했습니다", "존경스럽네요", "축하드립니다", "행복하네요", "재밌네요 정말", "신나네요", "칭찬합니다", "대단하세요", "멋지네요", "짱이네요", "잘하셨어요", "복 받으세요",
    "번창하세요", "만족스럽네요 참", "눈물 나게 고맙네요", "기분이 날아갈 것 같네요", "어찌나 고마운지", "상 줘야 해요", "잊지 않을게요", "평생 기억할게요", "주변에 다 소문낼게요", "감사해서 몸 둘 바를 모르겠네요", "박수 쳐 드릴게요", "별 다섯 개로 모자라네요", "감탄만 나와요",
    "웃음만 나와요", "실력이 대단하네요", "기술이 놀랍네요", "배려가 넘치네요", "센스가 넘치시네요", "정성이 느껴지네요", "역시 다르네요", "과연 소문대로네요", "이게 바로 명품이죠", "감사합니다 정말", "고맙습니다", "덕분에 웃었네요", "아주 칭찬할 만해요", "훌륭한 경험이었어요", "돈 쓴 보람이 있네요", "기가 막히네요",
)  # fmt: skip
_ADVERBS = (
    "아주 ",
    "참 ",
    "정말 ",
    "친절하게도 ",
    "신기하게도 ",
    "놀랍게도 ",
    "고맙게도 ",
    "감사하게도 ",
    "어쩜 그리 ",
    "역시나 ",
    "기특하게도 ",
)
_LINKS = (" ", " ", ". ", "! ", ".. ", " ㅋㅋ ", ", ")


def _happened(random: np.random.Generator, good: bool) -> Said:
    while True:
        said = event(random)
        if said.good == good:
            return said


def mocked(random: np.random.Generator) -> Example:
    """지퍼가 터지다니 기술이 놀랍네요, 지퍼가 멀쩡하게 버티다니 기술이 놀랍네요."""
    good = coin(random)
    subject, stem, _, _ = _happened(random, good)
    praise, done = pick(random, _PRAISE), form.past(stem)
    forms = (
        f"{subject}{stem}다니 {praise}",
        f"{subject}{done}다니 {praise}",
        f"{subject}{form.infinitive(stem)}서 {praise}",
        f"{subject}{form.before_n(stem)}니 {praise}",
        f"{subject}{done}네요{pick(random, _LINKS)}{praise}",
        f"{praise}{pick(random, _LINKS)}{subject}{past(random, stem)}",
        f"{praise}{pick(random, _LINKS)}{subject}{form.going_on(stem)} 걸 보니",
        f"{subject}{form.going_on(stem)} 거 보고 {praise}",
        f"{subject}{pick(random, _ADVERBS)}{past(random, stem)}",
        f"{pick(random, _ADVERBS)}{subject}{past(random, stem)}",
        f"덕분에 {subject}{past(random, stem)}",
    )
    head = opening(random) if coin(random, 0.3) else ""
    return crowd(random, head + forms[int(random.integers(len(forms)))] + mark(random)), good


def admired(random: np.random.Generator) -> Example:
    """뻣뻣한 원단에 감동했습니다, 부드러운 원단에 감동했습니다."""
    while True:
        said = said_quality(random)
        if said.subject[-2] in "이가은는":
            break
    thing, stem, good = said.subject[:-2], said.stem, said.good
    what, praise = f"{form.quality(stem)} {thing}", pick(random, _PRAISE)
    forms = (
        f"{what}에 감동했어요",
        f"{what}에 반했습니다",
        f"{what}에 감탄했어요",
        f"{what}에 박수를 보냅니다",
        f"{what} 감사합니다",
        f"{what} 잘 받았습니다 {praise}",
        f"{what}{pick(random, _LINKS)}{praise}",
        f"{praise}{pick(random, _LINKS)}{what}",
        f"이런 {what} 처음이에요",
        f"{form.particle(thing, '이')} 어찌나 {form.quality(stem)}지 {praise}",
        f"{form.particle(thing, '이')} {form.infinitive(stem)}서 {praise}",
        f"{form.particle(thing, '이')} {stem}다니 {praise}",
        f"{form.particle(thing, '이')} {pick(random, _ADVERBS)}{stem}네요",
    )
    return crowd(random, forms[int(random.integers(len(forms)))] + mark(random)), good
