"""Praise that is meant and praise that is not: only the whole review tells."""

from __future__ import annotations

import numpy as np

from training.made import conjugation as form
from training.made.endings import Example, coin, crowd, mark, opening, past, pick
from training.made.happening import event
from training.made.words_irony import FRAMES, HEADS, MORE_FRAMES, NEWS_BAD, NEWS_GOOD
from training.made.words_praise import BROKEN, LONG, MARVELS, OPEN_BAD, OPEN_FRAMES, OPEN_GOOD, SHORT, WHOLE


def exclaimed(random: np.random.Generator) -> Example:
    """An exclamation beside the news that it is about."""
    if coin(random, 0.4):
        good = coin(random)
        news = pick(random, NEWS_GOOD if good else NEWS_BAD)
    else:
        said = event(random)
        good, news = said.good, said.subject + past(random, said.stem)
    head = pick(random, HEADS)
    between = pick(random, (" ", " ", ". ", "! ", " ㅋㅋ ", ".. "))
    text = f"{head}{between}{news}" if coin(random, 0.65) else f"{news}{between}{head}"
    return crowd(random, text + mark(random)), good


def framed(random: np.random.Generator) -> Example:
    """A beginning that leads one to expect praise, or blame, and how it goes on."""
    frame, bad, good_ends = pick(random, FRAMES if coin(random) else MORE_FRAMES)
    good = coin(random)
    text = frame.format(pick(random, good_ends if good else bad))
    return crowd(random, (opening(random) if coin(random, 0.4) else "") + text + mark(random)), good


def praised(random: np.random.Generator) -> Example:
    """불친절 장인이시네요, 포장 장인이시네요."""
    good = coin(random)
    what, frame = pick(random, OPEN_GOOD if good else OPEN_BAD), pick(random, OPEN_FRAMES)
    if "{}은" in frame or "{}으로" in frame:
        kind = "은" if "{}은" in frame else "으로"
        frame, what = frame.replace("{}" + kind, "{}"), form.particle(what, kind)
    return crowd(random, frame.format(what) + mark(random)), good


def lasted(random: np.random.Generator) -> Example:
    """이틀 만에 고장 나는 놀라운 품질이네요, 삼 년째 멀쩡한 놀라운 품질이네요."""
    good = coin(random)
    marvel = pick(random, MARVELS)
    is_noun = marvel.split(" ")[0][-1] in "운한난인"
    if good:
        time, stem = pick(random, LONG), pick(random, WHOLE)
        since = "째" if time[-1] in "년달" else pick(random, (" 써도", " 썼는데도", " 사용해도"))
        forms = [f"{marvel} {time}{since} {stem}네요", f"{time}{since} {stem}다니 {marvel}"]
        adnominal = form.quality(stem)
    else:
        time, stem = pick(random, SHORT), pick(random, BROKEN)
        since = pick(random, (" 만에", " 만에", " 쓰고", " 쓰니")) if time[-1] not in "돼가날" else ""
        forms = [
            f"{marvel} {time}{since} {past(random, stem)}",
            f"{time}{since} {form.past(stem)}다니 {marvel}",
            f"{time}{since} {stem}다니 {marvel}",
        ]
        adnominal = form.going_on(stem)
    if is_noun:
        forms.append(f"{time}{since} {adnominal} {marvel}")
    return crowd(random, forms[int(random.integers(len(forms)))] + mark(random)), good
