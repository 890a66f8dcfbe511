"""Why a verdict: evidence, clauses and aspects in a few lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.commands.answer import in_words
from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.core.visible import one_line
from bot.terminal import in_colour

if TYPE_CHECKING:
    from nlp import Review
    from nlp.clauses import Clause

_COLOURS = {"positive": "green", "negative": "red", "unsure": "yellow", "+": "green", "-": "red"}
_SIGNS = {"positive": "+", "negative": "−", "unsure": "?", "+": "+", "-": "−"}
_DOUBT = {"positive": "", "negative": "", "unsure": "?"}
_MOST_CLAUSES = 12
_LONGEST_CLAUSE = 160


def explained(review: Review, messages: Messages) -> str:
    """The verdict and, below it, what it comes from.

    A clause stands on a line of its own: its sign, its text with the evidence coloured, and what it is about.
    """
    lines = [in_words(review.verdict, messages)]
    if not review.verdict.korean:
        return lines[0]
    if review.explanation.words:
        words = " · ".join(
            in_colour(f"{_SIGNS[w.sign]}{one_line(w.text).strip()}", _COLOURS[w.sign]) for w in review.explanation.words
        )
        lines.append(messages("explain_evidence", words=words))
    shown = review.clauses[:_MOST_CLAUSES]
    if len(shown) > 1 or review.aspects:
        for number, clause in enumerate(shown):
            band = clause.verdict.band
            sign = in_colour(_SIGNS[band], _COLOURS[band])
            lines.append(f"  {sign} {_coloured(review, clause)}{_about(review, number)}")
    if len(review.clauses) > len(shown):
        lines.append(messages("explain_more", clauses=len(review.clauses) - len(shown)))
    if review.mixed and "complaint" not in review.reasons:
        lines.append(messages("explain_mixed"))
    lines += [messages(f"explain_{reason}") for reason in review.reasons]
    return "\n".join(lines)


def as_json(review: Review) -> str:
    """One line: a JSON object with every field of the verdict, then evidence, clauses and aspects."""
    return to_json(review.to_dict())


def _about(review: Review, clause: int) -> str:
    """What a clause is about: ``[배송 +, 품질 −?]``."""
    names = [
        f"{one_line(aspect.name)} {in_colour(_SIGNS[aspect.label] + _DOUBT[aspect.band], _COLOURS[aspect.band])}"
        for aspect in review.aspects
        if aspect.clause == clause
    ]
    return f"  [{', '.join(names)}]" if names else ""


def _coloured(review: Review, clause: Clause) -> str:
    """A clause, the evidence in it coloured."""
    inside = sorted(
        (max(w.start, clause.start), min(w.end, clause.end), w.sign)
        for w in review.explanation.words
        if w.start < clause.end and clause.start < w.end
    )
    end = clause.end if clause.end - clause.start <= _LONGEST_CLAUSE else clause.start + _LONGEST_CLAUSE
    parts, done = [], clause.start
    for start, stop, sign in inside:
        if start >= end:
            break
        parts += [(review.text[done:start], ""), (review.text[start:stop], sign)]
        done = stop
    parts.append((review.text[done:end] if done < end else "", ""))
    return _join(parts) + ("…" if end < clause.end else "")


def _join(parts: Iterable[tuple[str, str]]) -> str:
    out = []
    for text, sign in parts:
        text = one_line(text)
        out.append(in_colour(text, _COLOURS[sign]) if sign else text)
    return "".join(out).strip()
