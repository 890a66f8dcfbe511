"""Praise that is meant and praise that is not: only the whole review tells."""

from __future__ import annotations

import numpy as np

from training.made.endings import Example, coin, crowd, mark, opening, past, pick
from training.made.happening import event
from training.made.words_irony import FRAMES, HEADS, NEWS_BAD, NEWS_GOOD


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
    frame, bad, good_ends = pick(random, FRAMES)
    good = coin(random)
    text = frame.format(pick(random, good_ends if good else bad))
    return crowd(random, (opening(random) if coin(random, 0.4) else "") + text + mark(random)), good
