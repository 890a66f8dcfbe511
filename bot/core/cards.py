"""Verdicts in words, the same on every platform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.core.events import Band, Card, ChannelSettings, Reply
from bot.core.messages import Messages

if TYPE_CHECKING:
    from nlp import Verdict

NEARLY_CERTAIN = 0.995
_CERTAIN, _LIKELY = 0.95, 0.85
_MOST_WORDS = 5

_PLAIN_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]{1,12}")


def percent(share: float, messages: Messages) -> str:
    """A confidence as a figure. Nothing is 100 % sure."""
    return messages("percent_most") if share >= NEARLY_CERTAIN else messages("percent", value=round(100 * share))


def bar(card: Card) -> str:
    """How sure, as ten boxes."""
    return "▰" * card.bar + "▱" * (10 - card.bar)


def make_card(verdict: Verdict, settings: ChannelSettings, messages: Messages, id: str = "") -> Card:  # noqa: A002
    """The card of a verdict.

    Args:
        verdict: the figures.
        settings: of the channel, for its thresholds.
        messages: the language.
        id: of the recorded verdict, for feedback.
    """
    band = settings.band(verdict)
    label = messages(f"label_{verdict.label}")
    return Card(
        verdict=verdict,
        band=band,
        title=messages("card_title_unsure", label=label) if band == "unsure" else label,
        certainty=messages(f"certainty_{_certainty(verdict, band)}"),
        percent=percent(verdict.confidence, messages),
        bar=round(10 * verdict.confidence),
        evidence=safe_words(getattr(verdict, "evidence", ())),
        language=messages.language,
        id=id,
    )


def card_reply(card: Card, messages: Messages, *, private: bool = False) -> Reply:
    """The reply that shows a card."""
    text = messages("card_text", title=card.title, certainty=card.certainty, percent=card.percent)
    return Reply(text, card, private)


def safe_words(words: Iterable[str]) -> tuple[str, ...]:
    """Those words that are Hangul and nothing else, so that none can be mark-up, a link or a ping."""
    return tuple(word for word in words if _PLAIN_HANGUL.fullmatch(word))[:_MOST_WORDS]


def _certainty(verdict: Verdict, band: Band) -> str:
    if band == "unsure":
        return "unsure"
    if verdict.confidence >= _CERTAIN:
        return "certain"
    return "likely" if verdict.confidence >= _LIKELY else "rather"
