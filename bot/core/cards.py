"""Verdicts in words, the same on every platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.events import Band, Card, ChannelSettings, Reply
from bot.core.messages import Messages

if TYPE_CHECKING:
    from nlp import Verdict

NEARLY_CERTAIN = 0.995
_CERTAIN, _LIKELY = 0.95, 0.85


def percent(share: float, messages: Messages) -> str:
    """A confidence as a figure. Nothing is 100 % sure."""
    return messages("percent_most") if share >= NEARLY_CERTAIN else messages("percent", value=round(100 * share))


def bar(card: Card) -> str:
    """How sure, as ten boxes."""
    return "▰" * card.bar + "▱" * (10 - card.bar)


def in_words(label: str, confidence: float, band: Band, messages: Messages) -> tuple[str, str, str]:
    """A verdict as a title, how sure it is in words, and as a figure."""
    said = messages(f"label_{label}")
    title = messages("card_title_unsure", label=said) if band == "unsure" else said
    return title, messages(f"certainty_{_certainty(confidence, band)}"), percent(confidence, messages)


def make_card(
    verdict: Verdict,
    settings: ChannelSettings,
    messages: Messages,
    id: str = "",  # noqa: A002
    *,
    evidence: tuple[str, ...] = (),
    source: str = "",
) -> Card:
    """The card of a verdict.

    Args:
        verdict: the figures.
        settings: of the channel, for its thresholds.
        messages: the language.
        id: of the recorded verdict, for feedback.
        evidence: words that decided it, as :mod:`bot.core.evidence` gives them.
        source: id of the message, for the button "why".
    """
    band = settings.band(verdict)
    title, certainty, figure = in_words(verdict.label, verdict.confidence, band, messages)
    return Card(
        verdict=verdict,
        band=band,
        title=title,
        certainty=certainty,
        percent=figure,
        bar=round(10 * verdict.confidence),
        evidence=evidence,
        language=messages.language,
        id=id,
        source=source,
    )


def card_reply(card: Card, messages: Messages, *, private: bool = False) -> Reply:
    """The reply that shows a card."""
    text = messages("card_text", title=card.title, certainty=card.certainty, percent=card.percent)
    return Reply(text, card, private)


def _certainty(confidence: float, band: Band) -> str:
    if band == "unsure":
        return "unsure"
    if confidence >= _CERTAIN:
        return "certain"
    return "likely" if confidence >= _LIKELY else "rather"
