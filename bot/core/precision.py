"""How often flagged verdicts are right, from what moderators and readers say of them; never used to train a model.

Three questions, each with a rule that is stated, so that nobody has to believe a figure more than it deserves:

* How precise is the channel? The share of right ones with Wilson's interval of 95 % (E. B. Wilson, "Probable
  inference, the law of succession, and statistical inference", J. Am. Stat. Assoc. 22, 1927, p. 209).
* Would a stricter threshold be more precise? Only if the interval of the verdicts that it would leave excludes the
  present precision. As several thresholds are looked at, their intervals are wider (Bonferroni).
* Has it become worse than the model card promised? A CUSUM of single verdicts (E. S. Page, "Continuous inspection
  schemes", Biometrika 41, 1954, p. 100), from the share of false alarms that was promised towards twice that. Its limit
  ln(1000) lets it alarm falsely at most once in 1,000 judged verdicts on average, as G. Lorden showed ("Procedures for
  reacting to a change in distribution", Ann. Math. Stat. 42, 1971, p. 1897).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from bot.core.cases import Judgement

CANDIDATES = (0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.075, 0.05, 0.03, 0.02, 0.01)
"""Greatest probabilities of the band ``negative`` that are looked at."""

LEAST_JUDGED, LEAST_LEFT, LEAST_FOR_ALARM = 50, 30, 20
LIMIT = math.log(1000)
_LEAST_WRONG, _MOST_WRONG = 0.005, 0.45


@dataclass(frozen=True, slots=True)
class Share:
    """A share of something, with its interval.

    Attributes:
        right: how many.
        n: of how many.
        low, high: ends of the interval.
    """

    right: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; 0 of nothing."""
        return self.right / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Advice:
    """A threshold that would be more precise.

    Attributes:
        threshold: greatest probability of the band ``negative``.
        share: right ones among the verdicts that it would leave; the interval is the wider one.
        kept: share of the right ones that it would still find.
    """

    threshold: float
    share: Share
    kept: float


def wilson(right: int, n: int, error: float = 0.05) -> Share:
    """A share with Wilson's interval.

    Args:
        right: how many.
        n: of how many.
        error: how often the interval may miss, both sides together.
    """
    if not n:
        return Share(0, 0, 0.0, 1.0)
    z = NormalDist().inv_cdf(1 - error / 2)
    share, spread = right / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return Share(right, n, max(0.0, middle - half), min(1.0, middle + half))


def precision(judgements: Sequence[Judgement]) -> Share:
    """The share of right ones."""
    return wilson(sum(each.right for each in judgements), len(judgements))


def advise(judgements: Sequence[Judgement], threshold: float) -> Advice | None:
    """The most lenient stricter threshold that is certainly more precise; None without evidence for one.

    Args:
        judgements: of a channel's flagged verdicts, at least :data:`LEAST_JUDGED` of them.
        threshold: the present one.
    """
    now = precision(judgements)
    candidates = [candidate for candidate in CANDIDATES if candidate < threshold]
    if now.n < LEAST_JUDGED or not candidates:
        return None
    for candidate in candidates:
        left = [each for each in judgements if each.probability <= candidate]
        share = wilson(sum(each.right for each in left), len(left), 0.05 / len(candidates))
        if share.n >= LEAST_LEFT and share.low > now.value:
            return Advice(candidate, share, share.right / now.right if now.right else 0.0)
    return None


def drifted(judgements: Sequence[Judgement], promised: float) -> bool:
    """Whether the newest verdicts are wrong more often than the model card promised.

    Args:
        judgements: oldest first; from :data:`LEAST_FOR_ALARM` of them on.
        promised: precision at the channel's threshold.
    """
    if len(judgements) < LEAST_FOR_ALARM:
        return False
    usual = min(max(1 - promised, _LEAST_WRONG), _MOST_WRONG)
    worse = min(2 * usual, (1 + usual) / 2)
    if_wrong, if_right = math.log(worse / usual), math.log((1 - worse) / (1 - usual))
    total = 0.0
    for each in judgements:
        total = max(0.0, total + (if_right if each.right else if_wrong))
    return total >= LIMIT
