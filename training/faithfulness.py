"""Whether explanations are faithful: does leaving out the named words change the verdict more than other words do?

For each review the words that an explanation names for the verdict are erased, and beside it as many words drawn at
random (the comprehensiveness of DeYoung et al. 2020, "ERASER", arXiv:1911.03429, against a random baseline). Words are
eojeol here, whatever pieces the explanation took together.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp import Analyzer
from nlp.explain import erase
from training.metrics import Share, share

DRAWS = 5
"""Random erasures of each review."""


@dataclass(frozen=True)
class Faithfulness:
    """What erasing did, over all reviews.

    Attributes:
        named: mean fall of the probability of the verdict when the named words are erased, 0..1.
        random: the same for as many random words.
        named_flips: share of verdicts that the first turns.
        random_flips: share that the second turns.
        more: reviews in which the named words do more than the mean of the random draws.
        words: mean share of a review's words that were erased.
        left_out: reviews that were not measured: nothing was named, or nothing but what was named.
    """

    named: float
    random: float
    named_flips: float
    random_flips: float
    more: Share
    words: float
    left_out: int


def measure(
    analyzer: Analyzer, texts: Sequence[str], progress: Callable[[int], None] = lambda done: None
) -> Faithfulness:
    """Measure an analyzer's explanations.

    Args:
        analyzer: the model.
        texts: normalised reviews.
        progress: told how many are done.
    """
    pick = random.Random(0)  # noqa: S311 - the same draws in every run
    falls, flips, shares = [], [], []
    for done, text in enumerate(texts, 1):
        progress(done)
        explanation = analyzer.explain(text)
        sign = "+" if explanation.verdict.label == "positive" else "-"
        words = _words(text)
        named = [w for w in words if any(e.start < w[1] and w[0] < e.end and e.sign == sign for e in explanation.words)]
        if not named or len(named) == len(words):
            continue
        draws = [sorted(pick.sample(words, len(named))) for _ in range(DRAWS)]
        verdicts = analyzer.analyze_batch([erase(text, spans) for spans in (named, *draws)])
        sure = [v.probability if sign == "+" else 1 - v.probability for v in (explanation.verdict, *verdicts)]
        falls.append([sure[0] - s for s in sure[1:]])
        flips.append([v.label != explanation.verdict.label for v in verdicts])
        shares.append(len(named) / len(words))
    if not falls:
        nothing = share([])
        return Faithfulness(np.nan, np.nan, np.nan, np.nan, nothing, np.nan, len(texts))
    fall, flip = np.array(falls), np.array(flips)
    return Faithfulness(
        named=float(fall[:, 0].mean()),
        random=float(fall[:, 1:].mean()),
        named_flips=float(flip[:, 0].mean()),
        random_flips=float(flip[:, 1:].mean()),
        more=share(fall[:, 0] > fall[:, 1:].mean(axis=1)),
        words=float(np.mean(shares)),
        left_out=len(texts) - len(falls),
    )


def _words(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for word in text.split(" "):
        if word:
            spans.append((start, start + len(word)))
        start += len(word) + 1
    return spans
