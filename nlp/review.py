"""A review taken apart: verdict, evidence, clauses, aspects, and whether a person should look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from nlp.aspects import Aspect
from nlp.clauses import Clause, are_mixed
from nlp.explain import Explanation
from nlp.verdict import Verdict

Reason = Literal["complaint", "rating"]

GOOD_RATING, BAD_RATING = 4, 2
"""Stars from which, and up to which, a rating says that the customer was content or not."""


@dataclass(frozen=True, slots=True)
class Review:
    """All that is known about one review.

    Attributes:
        text: the original text.
        explanation: the verdict on the whole text, and the words behind it.
        clauses: its parts, each with a verdict of its own; their positions are those of the original text.
        aspects: what it speaks about, with the verdict of the clause.
        rating: the stars that came with it, 1..5; None if none came.
        mixed: whether at least one clause is surely positive and one surely negative.
        reasons: why a person should look at it: ``complaint`` where a review that is positive, or came with 4 or 5
            stars, holds a surely negative clause; ``rating`` where the text surely says the opposite of the stars.
    """

    text: str
    explanation: Explanation
    clauses: tuple[Clause, ...]
    aspects: tuple[Aspect, ...]
    rating: float | None
    mixed: bool
    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Verdict:
        """On the whole text."""
        return self.explanation.verdict

    @property
    def attention(self) -> bool:
        """Whether a person should look at it: there is at least one of :attr:`reasons`."""
        return bool(self.reasons)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the fields of the verdict first, then the rest."""
        return {
            **self.verdict.to_dict(),
            "evidence": [asdict(word) for word in self.explanation.words],
            "clauses": [clause.to_dict() for clause in self.clauses],
            "aspects": [asdict(aspect) for aspect in self.aspects],
            "mixed": self.mixed,
            "attention": self.attention,
            "reasons": list(self.reasons),
        }


def bundle(
    text: str,
    explanation: Explanation,
    clauses: Sequence[Clause],
    aspects: Sequence[Aspect],
    rating: float | None,
) -> Review:
    """Put the parts of a review together and see whether a person should look at it."""
    reasons = tuple(_reasons(explanation.verdict, clauses, rating))
    return Review(text, explanation, tuple(clauses), tuple(aspects), rating, are_mixed(clauses), reasons)


def _reasons(verdict: Verdict, clauses: Sequence[Clause], rating: float | None) -> list[Reason]:
    reasons: list[Reason] = []
    content = (verdict.korean and verdict.label == "positive") or (rating is not None and rating >= GOOD_RATING)
    if content and any(clause.verdict.band == "negative" for clause in clauses):
        reasons.append("complaint")
    praised = rating is not None and rating >= GOOD_RATING and verdict.band == "negative"
    blamed = rating is not None and rating <= BAD_RATING and verdict.band == "positive"
    if praised or blamed:
        reasons.append("rating")
    return reasons
