"""What a review is about: delivery, price, size ..., each with the verdict of the clause that speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.verdict import Band, Label

LEANING = 2.0
"""How far words that praise or blame move log-odds: 작다 is bad of a size, whatever else it may be."""


@dataclass(frozen=True, slots=True)
class Word:
    """A place in the original text.

    Attributes:
        start: its first character.
        end: behind its last.
        text: the original text between them.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that a clause speaks about.

    Attributes:
        name: as in the lexicon, e.g. ``배송``.
        label: what the clause says of it.
        probability: that this is positive: the clause's, moved by words that praise or blame the aspect.
        band: whether that is sure.
        clause: number of the clause, from 0.
        words: the words that named it.
    """

    name: str
    label: Label
    probability: float
    band: Band
    clause: int
    words: tuple[Word, ...]


def lean(log_odds: float, leaning: int) -> float:
    """Log-odds moved towards what words say.

    Args:
        log_odds: of positive, as the model has them.
        leaning: how many words praise, less how many blame.
    """
    return log_odds + LEANING * ((leaning > 0) - (leaning < 0))
