"""A verdict in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.terminal import in_colour

if TYPE_CHECKING:
    from nlp import Verdict

_COLOURS = {"positive": "green", "negative": "red", "unsure": "yellow"}
_NEARLY_CERTAIN = 0.995


def in_words(verdict: Verdict, messages: Messages) -> str:
    """One line: the verdict, how sure, which model."""
    if not verdict.korean:
        return messages("answer_not_korean")
    word = in_colour(messages(f"label_{verdict.label}"), _COLOURS[verdict.band])
    sentence = "answer_unsure" if verdict.band == "unsure" else "answer"
    return messages(sentence, label=word, confidence=_percent(verdict.confidence, messages), model=verdict.model_id)


def as_json(verdict: Verdict) -> str:
    """One line: a JSON object with every field of the verdict."""
    return to_json(verdict.to_dict())


def _percent(share: float, messages: Messages) -> str:
    # Nothing is 100 % sure.
    return messages("percent_most") if share >= _NEARLY_CERTAIN else messages("percent", value=round(100 * share))
