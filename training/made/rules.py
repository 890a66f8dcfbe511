"""The rules, each as often as it is used."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.made.contrast import afterthought, apart, excepted, instead, linked, otherwise, outweighed, point
from training.made.deeds import deed
from training.made.endings import Example
from training.made.happening import amount, conceded, turning, verb_change
from training.made.idioms import fixed, lacked, scoffed, superlative, unless
from training.made.irony import exclaimed, framed, lasted, praised
from training.made.negation import asked, compared, emphatic, neighbour, quality, remembered, wholly, wished
from training.made.slang import innocent, slang
from training.made.young import felt, named, open_word

SHARES: dict[Callable[[np.random.Generator], Example], int] = {
    verb_change: 5,
    turning: 3,
    amount: 2,
    conceded: 2,
    exclaimed: 3,
    framed: 4,
    neighbour: 3,
    wholly: 3,
    emphatic: 2,
    compared: 2,
    wished: 2,
    remembered: 2,
    asked: 2,
    deed: 2,
    slang: 2,
    quality: 1,
    innocent: 1,
    linked: 4,
    apart: 2,
    excepted: 2,
    otherwise: 1,
    afterthought: 2,
    outweighed: 2,
    point: 1,
    instead: 1,
    praised: 1,
    lasted: 1,
    lacked: 2,
    superlative: 2,
    scoffed: 1,
    unless: 2,
    fixed: 2,
    named: 2,
    felt: 1,
    open_word: 1,
}
"""Out of all, how many times each rule is used."""
RULES = tuple(rule for rule, share in SHARES.items() for _ in range(share))
