"""Why: who asks, by the button of a card, gets the words, clauses and aspects behind a verdict, alone.

The text is read again from the platform, judged again and let go; of it only what :mod:`bot.core.evidence` lets
through is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.core.cards import card_reply, make_card
from bot.core.events import ChannelSettings, Incoming, Outcome, Reply
from bot.core.evidence import MOST_WORDS, safe_word, safe_words
from bot.core.inference import BusyError
from bot.core.messages import Messages
from bot.core.ports import DeliveryError, Reader
from nlp.text import is_korean, normalize

if TYPE_CHECKING:
    from bot.core.service import Core
    from nlp import Review
    from nlp.explain import Evidence

_MOST_CLAUSES = 6
_MOST_ASPECTS = 8


async def answer_why(core: Core, incoming: Incoming, platform: Reader) -> Outcome:
    """Answer the button of a card, for the asker only; see :meth:`bot.core.service.Core.why`."""
    settings = await core.settings(incoming.place)
    messages = core.speak(settings, incoming.language)
    permission = core.person_limit.ask((incoming.place.platform, incoming.author))
    if permission != "yes":
        core.counters.add("rate_limited", scope="person")
        if permission == "no":
            return Outcome.RATE_LIMITED
        text, outcome = messages("rate_limited"), Outcome.RATE_LIMITED
    else:
        text, outcome = await _reasons(core, incoming, platform, settings, messages)
    try:
        await platform.send(incoming, Reply(text, private=True))
    except DeliveryError:
        core.counters.add("undelivered", platform=platform.name)
        return Outcome.UNDELIVERED
    return outcome


async def _reasons(
    core: Core, incoming: Incoming, platform: Reader, settings: ChannelSettings, messages: Messages
) -> tuple[str, Outcome]:
    quote = None if incoming.source is None else await platform.fetch(incoming.place, incoming.source)
    if quote is None or not core.inference.explains:
        return messages("why_gone"), Outcome.EMPTY
    if quote.author and quote.author != incoming.author:
        person = core.fingerprint.person(incoming.place.platform, quote.author)
        if await core.store.opted_out(person):
            return messages("why_gone"), Outcome.OPTED_OUT
    if not is_korean(normalize(quote.text)):
        return messages("answer_not_korean"), Outcome.NOT_KOREAN
    try:
        review = await core.inference.review(quote.text)
    except BusyError:
        return messages("busy"), Outcome.BUSY
    return explain(review, settings, messages), Outcome.REPLIED


def explain(review: Review, settings: ChannelSettings, messages: Messages) -> str:
    """A review taken apart, in a few lines."""
    lines = [card_reply(make_card(review.verdict, settings, messages), messages).text]
    words = review.explanation.words
    for sign, sentence in (("+", "why_positive"), ("-", "why_negative")):
        if shown := _listed(word for word in words if word.sign == sign):
            lines.append(messages(sentence, words=shown))
    if len(lines) == 1:
        lines.append(messages("why_no_word"))
    if len(review.clauses) > 1 and review.mixed:
        lines.append(messages("why_mixed"))
        lines += _clauses(review, messages)
    elif review.aspects:
        lines.append(messages("why_aspects", aspects=_aspects(review, None, messages)))
    if "complaint" in review.reasons:
        lines.append(messages("explain_complaint").strip())
    return "\n".join(lines)


def _clauses(review: Review, messages: Messages) -> list[str]:
    """A line for each clause: not its text, but what it says of what, and the words that say so."""
    out = []
    for number, clause in enumerate(review.clauses[:_MOST_CLAUSES]):
        inside = (word for word in review.explanation.words if clause.start <= word.start < clause.end)
        parts = [messages(f"why_band_{clause.verdict.band}"), _aspects(review, number, messages), _listed(inside)]
        out.append(messages("why_clause", number=number + 1, about=" · ".join(filter(None, parts))))
    return out


def _aspects(review: Review, clause: int | None, messages: Messages) -> str:
    """What is spoken about, and how: ``배송 긍정, 품질 부정``."""
    pairs = (
        f"{safe_word(aspect.name)} {messages(f'label_{aspect.label}')}"
        for aspect in review.aspects
        if clause in (None, aspect.clause) and safe_word(aspect.name)
    )
    return ", ".join(list(dict.fromkeys(pairs))[:_MOST_ASPECTS])


def _listed(words: Iterable[Evidence]) -> str:
    return ", ".join(safe_words(word.text for word in words)[:MOST_WORDS])
