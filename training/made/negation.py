"""Qualities said, denied, denied twice, compared, wished for, remembered and asked about."""

from __future__ import annotations

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, Said, coin, crowd, mark, opening, past, pick, present, strength
from training.made.words_phrases import (
    ASKED_BAD,
    ASKED_GOOD,
    NEAR_BAD,
    NEAR_GOOD,
    RIVALS,
    WISHED_BAD,
    WISHED_GOOD,
)
from training.made.words_qualities import QUALITIES, TURNS

_WHOLLY = (
    "전혀", "하나도", "절대", "결코", "별로", "그닥", "그다지", "조금도", "딱히", "그리", "크게",
    "영", "도무지", "도통", "생각만큼", "좀처럼", "기대만큼", "후기만큼",
)  # fmt: skip
_NOT = (
    "지 않아요", "지 않네요", "지 않습니다", "지 않음", "지 않더라구요", "지가 않아요", "지가 않네요", "지는 않아요", "지는 않네요", "지도 않아요", "진 않아요", "진 않네요",
    "지 않았어요", "지 않았음", "질 않아요", "지 않다", "지 않아", "지 않은 편이에요", "지 않은 편", "지 않은 것 같아요", "지 않아 보여요", "지는 않은 듯",
)  # fmt: skip


def said_quality(random: np.random.Generator) -> Said:
    """A thing and an adjective that praises or blames it."""
    things, good_words, bad_words = pick(random, QUALITIES)
    good = coin(random)
    subject = form.particle(pick(random, things), pick(random, ("이", "이", "은"))) + " "
    return Said(subject, pick(random, good_words if good else bad_words), True, good)


def _deniable(random: np.random.Generator) -> Said:
    """A quality that is no denial itself: nobody writes 형편없지 않아요."""
    while True:
        said = said_quality(random)
        if not said.stem.endswith(("없", "찮")):
            return said


def _finished(random: np.random.Generator, text: str, good: bool) -> Example:
    return crowd(random, opening(random) + text + mark(random)), good


def _bare(random: np.random.Generator, text: str, good: bool) -> Example:
    """Without an opening, which might say that this was the first time."""
    return crowd(random, text + mark(random)), good


def quality(random: np.random.Generator) -> Example:
    """A thing and its praise or blame, plainly."""
    said = said_quality(random)
    end = past(random, said.stem) if coin(random, 0.25) else present(random, said.stem, True)
    return _finished(random, said.subject + strength(random) + end, said.good)


def neighbour(random: np.random.Generator) -> Example:
    """Denied, or nearly: 나쁘지 않은 편이에요, 비싸다고 할 정도는 아니에요, 편하다고는 못 하겠어요."""
    if coin(random, 0.2):
        good = coin(random)
        return _finished(random, pick(random, NEAR_GOOD if good else NEAR_BAD), good)
    subject, stem, _, good = _deniable(random)
    kind = int(random.integers(5))
    if kind <= 1:
        return _finished(random, subject + stem + pick(random, _NOT), not good)
    if kind == 2 and " " not in stem and len(stem) <= 3:
        return _finished(random, f"{subject}안 {present(random, stem, True)}", not good)
    said = form.quality(stem)
    ends = (
        f"{stem}다고 할 정도는 아니에요",
        f"{stem}다고 보기는 어려워요",
        f"{stem}다는 생각은 안 들어요",
        f"{stem}다는 느낌은 없네요",
        f"{stem}다고는 못 하겠어요",
        f"{said} 것과는 거리가 멀어요",
        f"{said} 건 아니에요",
        f"{said} 정도까진 아니네요",
        f"{said} 줄은 모르겠어요",
        f"{said} 느낌이 전혀 없어요",
        f"{said} 편은 아니에요",
        f"{said} 축에는 못 들어요",
    )
    return _finished(random, subject + pick(random, ends), not good)


def wholly(random: np.random.Generator) -> Example:
    """Adverbs that wait for a negation, on good words and on bad."""
    subject, stem, _, good = _deniable(random)
    adverb = pick(random, _WHOLLY if good else _WHOLLY[:11])
    if len(stem) <= 3 and " " not in stem and coin(random, 0.4):
        return _finished(random, f"{subject}{adverb} 안 {present(random, stem, True)}", not good)
    return _finished(random, f"{subject}{adverb} {stem}{pick(random, _NOT[:17])}", not good)


def emphatic(random: np.random.Generator) -> Example:
    """Negations in form only: 여간 좋은 게 아니에요, 이만저만 불편한 게 아니에요."""
    subject, stem, _, good = said_quality(random)
    said, ends = form.quality(stem), ("아니에요", "아니네요", "아닙니다", "아님", "아니더라구요", "아니었어요")
    how = pick(random, ("여간", "여간", "이만저만", "보통", "이만저만", "보통"))
    nots = ("지 않아요", "지 않네요", "지가 않아요", "지 않습니다", "지 않더라구요")
    forms = (
        f"{how} {said} 게 {pick(random, ends)}",
        f"{how} {said} 게 {pick(random, ends)}",
        f"여간 {stem}{pick(random, nots)}",
        f"{said} 게 한두 군데가 {pick(random, ends)}" if not good else f"{how} {said} 것이 {pick(random, ends)}",
        f"{said} 정도가 {how} {pick(random, ends)}" if how != "여간" else f"여간 {said} 것이 {pick(random, ends)}",
        f"얼마나 {said}지 몰라요" if not said.endswith("는") else f"여간 {said} 게 {pick(random, ends)}",
        f"장난 아니게 {present(random, stem, True)}",
        f"더할 수 없이 {present(random, stem, True)}",
        f"이루 말할 수 없이 {present(random, stem, True)}",
        f"{stem}기 그지없{pick(random, ('어요', '네요', '습니다'))}",
        f"{stem}기만 {pick(random, ('해요', '하네요', '합니다', '함'))}",
        f"{form.coming(stem)} 수밖에 없{pick(random, ('어요', '네요', '겠어요'))}",
        f"안 {form.coming(stem)} 수가 없{pick(random, ('어요', '네요', '겠어요'))}",
    )
    return _finished(random, subject + pick(random, forms), good)


def compared(random: np.random.Generator) -> Example:
    """Against another shop's, the last one, the expectation."""
    rival, good = pick(random, RIVALS), coin(random)
    if coin(random, 0.45):
        said = said_quality(random)
        head = pick(
            random, (f"{rival}보다 ", f"{rival}보다 훨씬 ", f"{rival}보다 더 ", "기대보다 ", "생각보다 ", "예상보다 ")
        )
        if coin(random, 0.3) and not said.stem.endswith(("없", "찮")):
            return _bare(random, f"{said.subject}{head}{said.stem}{pick(random, _NOT[:17])}", not said.good)
        return _bare(random, said.subject + head + present(random, said.stem, True), said.good)
    if good:
        ends = (
            f"{rival}보다 {present(random, '낫', True)}", f"{rival}보다 백배 {present(random, '낫', True)}", f"{rival} 못지않아요", f"{rival} 저리 가라예요",
            f"이제 {rival} 생각이 안 나요", f"{rival} 안 사고 이거 사길 잘했어요", f"{rival}보다 못한 게 하나도 없어요", f"{rival}에 뒤지지 않네요",
            f"{rival}{_with(rival)} 비교하면 확실히 위예요", f"{rival}보다 한 수 위네요", f"이게 {rival}보다 윗길이에요", f"{rival} 쓸 때보다 만족도가 높아요",
            f"{rival} 부럽지 않네요", f"{rival}보다 못할 게 없어요", f"{rival} 쓰다 이거 쓰니 신세계예요", f"{rival} 쓰다가 갈아탔는데 못 돌아가겠어요",
        )  # fmt: skip
    else:
        ends = (
            f"{rival}보다 {present(random, '못하', True)}", f"{rival}보다 한참 {present(random, '못하', True)}", f"{rival}만 못해요", f"차라리 {form.particle(rival, '이')} 나아요",
            f"자꾸 {rival} 생각이 나요", f"그냥 {rival} 살 걸 그랬어요", f"{rival}보다 나은 게 하나도 없어요", f"{rival}에 한참 뒤져요", f"{rival}보다 나을 게 없어요",
            f"{rival}{_with(rival)} 비교하면 확실히 아래예요", f"{rival}보다 한 수 아래네요", f"이게 {rival}보다 낫다니 말도 안 돼요", f"{rival} 쓸 때보다 만족도가 떨어져요",
            f"{rival} 발끝에도 못 미쳐요", f"{form.particle(rival, '으로')} 다시 돌아갈래요", f"{rival} 두고 괜히 갈아탔어요",
        )  # fmt: skip
    return _bare(random, pick(random, ends), good)


def _with(word: str) -> str:
    return form.particle(word, "과")[len(word) :]


def wished(random: np.random.Generator) -> Example:
    """What one wishes or thought would be is not so; what one feared is not so either."""
    if coin(random, 0.25):
        good = coin(random)
        return _finished(random, pick(random, WISHED_GOOD if good else WISHED_BAD), good)
    things, good_words, bad_words = pick(random, QUALITIES)
    subject = form.particle(pick(random, things), "이") + " "
    good = coin(random)
    mine, other = (good_words, bad_words) if good else (bad_words, good_words)
    other_stem, end = pick(random, other), present(random, pick(random, mine), True)
    thought = form.coming(other_stem)
    forms = [
        f"{thought} 줄 알았는데 {end}",
        f"{thought} 거라 생각했는데 {end}",
        f"{other_stem}다고 해서 반신반의했는데 {end}",
        f"{other_stem}다는 후기랑 다르게 {end}",
        f"{other_stem}기는커녕 {end}",
        f"{other_stem}다더니 {end}",
    ]
    if good:
        forms += [
            f"{form.condition(other_stem)} 어쩌나 했는데 괜한 걱정이었어요",
            f"{thought}까 봐 걱정했는데 전혀 아니네요",
            f"{form.past(other_stem)}으면 반품했을 텐데 다행히 {end}",
            f"이 정도로 {form.condition(pick(random, mine))} 더 바랄 게 없어요",
        ]
    else:
        forms += [
            f"조금만 더 {form.condition(other_stem)} 좋겠어요",
            f"{form.condition(other_stem)} 좋을 텐데 그렇지 못하네요",
            f"{form.past(other_stem)}으면 재구매했을 텐데요",
            f"{thought} 거라는 기대가 무너졌어요",
        ]
    return _finished(random, subject + pick(random, tuple(forms)), good)


def remembered(random: np.random.Generator) -> Example:
    """First the one and now the other; how it is now is the verdict."""
    if coin(random, 0.4):
        subject, stem, _, good = said_quality(random)
        later = pick(
            random, ("갈수록 ", "점점 ", "예전보다 ", "요즘 들어 ", "저번보다 ", "전보다 ", "전보다 더 ", "지난번보다 ")
        )
        return _bare(random, subject + later + past(random, form.infinitive(stem) + "지"), good)
    subject, good_stem, bad_stem = pick(random, TURNS)
    good = coin(random)
    first, now = (bad_stem, good_stem) if good else (good_stem, bad_stem)
    before = pick(random, ("처음엔", "처음에는", "예전에는", "전에는", "처음 받았을 땐", "원래는", "옛날엔"))
    after = pick(random, ("지금은", "이제는", "요즘은", "나중엔", "갈수록", "시간이 지나니", "언제부턴가"))
    turned = present(random, now, True) if coin(random) else past(random, form.infinitive(now) + "지")
    link = pick(random, ("는데", "지만", "는데요", "으나"))
    order = f"{before} {subject}" if coin(random) else f"{subject} {before}"
    return crowd(random, f"{order} {form.past(first)}{link} {after} {turned}{mark(random)}"), good


def asked(random: np.random.Generator) -> Example:
    """Questions that want no answer."""
    if coin(random, 0.5):
        good = coin(random)
        return _finished(random, pick(random, ASKED_GOOD if good else ASKED_BAD), good)
    subject, stem, _, good = said_quality(random)
    said = form.quality(stem)
    tail = pick(random, ("?", "??", "", "ㅋㅋ?", "?!"))
    if coin(random):
        wondered = (
            f"어쩜 이렇게 {stem}죠",
            f"어떻게 이렇게 {form.coming(stem)} 수가 있나요",
            f"왜 이렇게 {said} 거죠",
            f"이렇게 {form.coming(stem)} 일인가요",
        )
        return crowd(random, subject + pick(random, wondered) + tail), good
    forms = (
        f"{stem}다는 분들은 뭘 보신 거죠", f"누가 {stem}대요", f"대체 어디가 {stem}다는 거예요", f"어디가 {said} 건지 모르겠네요", f"{stem}다니 무슨 소리예요",
        f"{form.coming(stem)} 리가 있나요", f"이게 어딜 봐서 {said} 건가요", f"{stem}다는 말 누가 했어요",
    )  # fmt: skip
    return crowd(random, subject + pick(random, forms) + tail), not good
