"""Answers as Slack's Block Kit. All text is plain text, so that nothing in it can be mark-up, a link or a ping."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.core.cards import bar
from bot.core.events import Card, Reaction, Reply
from bot.core.messages import Messages

FEEDBACK_ACTION, WHY_ACTION = "nunchi_feedback", "nunchi_why"
RIGHT, WRONG = "right", "wrong"

_MARKUP = re.compile(r"(<[@#][A-Z0-9]{1,32}>|```)")
"""What admins are shown of ids and of documents, see :mod:`bot.core.rule_words`."""

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
        "text": marked_up(reply.text),  # this one Slack does take for mark-up
        "blocks": [block.to_dict() for block in _blocks(reply)],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def marked_up(text: str) -> str:
    """A sentence of ours as mark-up: its mentions of people and channels are shown by name, all else is as it is.

    No text of a user is in it, and who is mentioned is not told: it is only their name that is shown.
    """
    parts = _MARKUP.split(text)
    return "".join(part if number % 2 else escape(part, quote=False) for number, part in enumerate(parts))


def _blocks(reply: Reply) -> list[Block]:
    if reply.card is None:
        if _MARKUP.search(reply.text) is None:
            return [SectionBlock(text=PlainTextObject(text=reply.text))]
        return [SectionBlock(text=MarkdownTextObject(text=marked_up(reply.text), verbatim=True))]
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
