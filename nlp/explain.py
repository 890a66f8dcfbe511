"""Which words pushed a verdict, by leaving them out.

A word's weight is how much the calibrated log-odds of *positive* fall when it is erased: alone, and for the strongest
words also together with a neighbour, averaged. Erasure alone is Li et al. 2016 ("Understanding Neural Networks through
Representation Erasure", arXiv:1612.08220) after the occlusion of Zeiler and Fergus 2014 (arXiv:1311.2901); looking at
neighbours too is the locality argument of Chen et al. 2019 ("L-Shapley and C-Shapley", arXiv:1808.02610): it sees words
that say the same twice or only mean something together. A negation and what it negates, or an adverb of degree and its
word, are one piece from the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

from nlp.endings import tail
from nlp.verdict import Verdict

Span = tuple[int, int]

MOST_WORDS = 6
"""Most words that are named."""

LEAST_WEIGHT = 0.2
"""Least weight of a named word, in log-odds."""

LEAST_SHARE = 0.25
"""Least weight of a named word, as a share of the strongest one's."""

MOST_PAIRS = 4
"""Most pairs of neighbours that are erased together: the strongest, because each costs as much as a word."""

MOST_PIECES = 40
"""Most pieces that are erased one by one; of longer reviews only the parts that matter most are looked at closely."""

MOST_PARTS = 20
"""How many parts such a review is divided into, again and again until few enough pieces are left."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word, or a negation with its word, that pushed the verdict.

    Attributes:
        start: where it begins in the original text, in characters.
        end: where it ends, its last character not counted.
        text: the original text between them.
        sign: ``+`` if it speaks for positive, ``-`` if for negative.
        weight: how much it moves the calibrated log-odds of positive; has the sign's sign.
    """

    start: int
    end: int
    text: str
    sign: Literal["+", "-"]
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict and the words behind it.

    Attributes:
        verdict: on the whole text.
        log_odds: calibrated log-odds of positive, from which the weights are told.
        words: what pushed it to either side, the strongest first.
    """

    verdict: Verdict
    log_odds: float
    words: tuple[Evidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values."""
        return asdict(self)


# --- Pieces ----------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\S+")
_NOT = re.compile("^(?:안|못|않|잘안|잘못)$")
_WEAKENED = re.compile(
    "^(?:잘|더|별로|그닥|그다지|딱히|전혀|절대|절대로|다시는|다신|두번|아직|제대로|하나도|아무|별|영)$"
)
_DEGREE = re.compile(
    "^(?:너무|너무너무|넘|정말|진짜|아주|매우|엄청|완전|굉장히|무척|몹시|참|꽤|제일|가장|훨씬|좀|조금|약간|많이|딱|잘|더|덜|참|되게|상당히|대체로|역시)$"
)
_NEGATABLE = re.compile("(?:지|지가|지도|지는|지를|지만은|진|질|질|치|치는|치도)$")
_NEGATES = re.compile("^(?:않|못|마[라세]|말[았고라아]|안)")
_LACKS = re.compile("^(?:없|아니|아닌|아닙|아녜|아녀|업[어네])")
_TURNS = re.compile("^(?:안$|못|않|없|아니|아닌|아닙|말)")
_WAY = re.compile("^수(?:가|는|도)?$")
_MARKS = " .,!?~;:\"'()"


def pieces(text: str) -> list[Span]:
    """Cut a normalised text into eojeol, a negation and what it negates in one, and an adverb of degree and its word.

    ``안 좋아요``, ``나쁘지 않아요``, ``별로 안 예뻐요``, ``쓸 수 없어요`` and ``너무 커요`` are one piece each.
    """
    spans = [match.span() for match in _WORD.finditer(text)]
    words = [text[a:b].strip(_MARKS) for a, b in spans]
    joined = [False] * len(spans)  # whether a word is one piece with the next
    for i, (word, following) in enumerate(pairwise(words)):
        ends_here = text[spans[i][1] - 1] in ".!?,"
        if ends_here or not following:
            continue
        joined[i] = bool(
            _NOT.match(word)
            or _DEGREE.match(word)
            or (_NEGATABLE.search(word) and _NEGATES.match(following))
            or _LACKS.match(following)
        )  # fmt: skip
        if _WAY.match(word) and joined[i] and i and words[i - 1] and tail(words[i - 1][-1]) == _RIEUL:
            joined[i - 1] = True
    for i in range(len(words) - 2, -1, -1):
        joined[i] = joined[i] or (
            bool(_WEAKENED.match(words[i])) and joined[i + 1] and text[spans[i][1] - 1] not in ".!?,"
        )
    out: list[Span] = []
    for i, span in enumerate(spans):
        if out and i and (joined[i - 1] or (not words[i] and text[span[0]] in ".,")):
            out[-1] = (out[-1][0], span[1])
        else:
            out.append(span)
    return out


_RIEUL = 8


def morphemes(text: str, spans: Sequence[Span], cut: Callable[[str], list[str]]) -> list[Span]:
    """Pieces of one eojeol cut further, where its morphemes are what is written and none of them negates another.

    ``배송이`` becomes ``배송`` and ``이``; ``빨라요``, which an analyser takes for 빠르 and 아요, stays whole.

    Args:
        text: normalised.
        spans: of its pieces.
        cut: the morphemes of an eojeol.
    """
    out: list[Span] = []
    for start, end in spans:
        word = text[start:end]
        parts = [] if " " in word else cut(word)
        if len(parts) < 2 or "".join(parts) != word or any(_TURNS.match(part) for part in parts):
            out.append((start, end))
            continue
        for part in parts:
            out.append((start, start + len(part)))
            start += len(part)
    return out


def trim(text: str, span: Span) -> Span:
    """A span without the punctuation around its words, which is not worth naming; as it is if there is nothing else."""
    inside = text[slice(*span)]
    bare = inside.strip(" .,;:=\"'()[]<>|/\\")
    start = span[0] + inside.find(bare)
    return (start, start + len(bare)) if bare else span


def chunks(spans: Sequence[Span], most: int) -> list[Sequence[Span]]:
    """Neighbouring pieces taken together, so that there are at most ``most`` lots of about the same size."""
    size = max(1, -(-len(spans) // most))
    return [spans[i : i + size] for i in range(0, len(spans), size)]


# --- Erasing ---------------------------------------------------------------------------------------------------


def erase(text: str, spans: Sequence[Span]) -> str:
    """``text`` without some spans, which are in order and apart."""
    kept, done = [], 0
    for start, end in spans:
        kept.append(text[done:start])
        done = end
    return " ".join("".join([*kept, text[done:]]).split())


def erasures(text: str, spans: Sequence[Span]) -> list[str]:
    """``text`` without each of the spans."""
    return [erase(text, [span]) for span in spans]


def pairs_to_ask(alone: Sequence[float]) -> list[int]:
    """Which neighbours to erase together: numbers of the left ones of the :data:`MOST_PAIRS` strongest pairs.

    Args:
        alone: how much the log-odds fall without each piece.
    """
    strength = [abs(a) + abs(b) for a, b in pairwise(alone)]
    return sorted(sorted(range(len(strength)), key=lambda i: -strength[i])[:MOST_PAIRS])


def weigh(alone: Sequence[float], together: Mapping[int, float]) -> list[float]:
    """Weights of pieces.

    Args:
        alone: how much the log-odds fall without each piece.
        together: the same without piece ``i`` and the next, by ``i``.

    Returns:
        For each piece the mean of its fall alone and of what it adds to that of each neighbour.
    """
    weights = []
    for i, own in enumerate(alone):
        seen = [own]
        if i - 1 in together:
            seen.append(together[i - 1] - alone[i - 1])
        if i in together:
            seen.append(together[i] - alone[i + 1])
        weights.append(sum(seen) / len(seen))
    return weights


def strongest(weights: Sequence[float]) -> list[int]:
    """Which weights are worth naming, the strongest first."""
    order = sorted(range(len(weights)), key=lambda i: -round(abs(weights[i]), 2))  # ties by place, whatever the batch
    least = max(LEAST_WEIGHT, LEAST_SHARE * abs(weights[order[0]])) if order else 0.0
    return [i for i in order if abs(weights[i]) >= least][:MOST_WORDS]
