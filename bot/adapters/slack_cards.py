"""Answers as Slack's Block Kit. All text is plain text, so that nothing in it can be mark-up, a link or a ping."""

from __future__ import annotations

from html import escape
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    PlainTextObject,
    SectionBlock,
)

from bot.core.cards import bar
from bot.core.events import Card, Reaction, Reply
from bot.core.messages import Messages

FEEDBACK_ACTION, WHY_ACTION = "nunchi_feedback", "nunchi_why"
RIGHT, WRONG = "right", "wrong"

_MARKS = {"positive": "🟢", "unsure": "🟡", "negative": "🔴"}
_REACTIONS = {
    "positive": "thumbsup",
    "unsure": "thinking_face",
    "negative": "thumbsdown",
    "busy": "hourglass_flowing_sand",
}


def reaction_name(reaction: Reaction) -> str:
    """The name of the emoji to react with."""
    return _REACTIONS[reaction.mark]


def message(reply: Reply) -> dict[str, Any]:
    """The arguments of ``chat.postMessage`` and its kin that make up an answer."""
    return {
        "text": escape(reply.text, quote=False),  # this one Slack does take for mark-up
        "blocks": [block.to_dict() for block in _blocks(reply)],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _blocks(reply: Reply) -> list[Block]:
    if reply.card is None:
        return [SectionBlock(text=PlainTextObject(text=reply.text))]
    return _card(reply.card, Messages(reply.card.language))


def _card(card: Card, messages: Messages) -> list[Block]:
    details = [f"{bar(card)} {card.percent}"]
    if card.evidence:
        details.append(messages("card_evidence", words=", ".join(card.evidence)))
    details.append(messages("card_model", model=card.verdict.model_id))
    verdict = PlainTextObject(text=f"{_MARKS[card.band]} {card.title} · {card.certainty}", emoji=True)
    blocks: list[Block] = [
        SectionBlock(text=verdict, accessory=_why(card.source, messages) if card.source else None),
        ContextBlock(elements=[PlainTextObject(text=detail) for detail in details]),
    ]
    if card.id:
        blocks.append(ContextActionsBlock(elements=[_feedback(card.id, messages)]))
    return blocks


def _why(source: str, messages: Messages) -> ButtonElement:
    return ButtonElement(action_id=WHY_ACTION, text=PlainTextObject(text=messages("button_why")), value=source)


def _feedback(verdict: str, messages: Messages) -> FeedbackButtonsElement:
    right, wrong = messages("button_right"), messages("button_wrong")
    return FeedbackButtonsElement(
        action_id=FEEDBACK_ACTION,
        positive_button=FeedbackButtonObject(text=right, accessibility_label=right, value=f"{RIGHT}:{verdict}"),
        negative_button=FeedbackButtonObject(text=wrong, accessibility_label=wrong, value=f"{WRONG}:{verdict}"),
    )
