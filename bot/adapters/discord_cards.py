"""Answers as components of Discord. Nothing in them comes from a user but evidence words of plain Hangul.

Components (version 2) instead of embeds: their words can be read aloud, no link in them unfolds, and a message that
was a notice can become a card.
"""

from __future__ import annotations

from discord import ui
from discord.utils import escape_markdown

from bot.adapters.discord_buttons import Opinion
from bot.core.cards import bar
from bot.core.events import Card, Reaction, Reply
from bot.core.messages import Messages

MARKS = {"positive": "🟢", "unsure": "🟡", "negative": "🔴"}
COLOURS = {"positive": 0x2E8B57, "unsure": 0xD4A017, "negative": 0xC0392B}
_REACTIONS = {"positive": "👍", "unsure": "🤔", "negative": "👎", "busy": "⏳"}


def reaction_emoji(mark: str) -> str:
    """The emoji to react with."""
    return _REACTIONS[mark]


def is_mark(mark: str) -> bool:
    """Whether it is one that :class:`Reaction` has."""
    return mark in _REACTIONS


def view(reply: Reply, file: str = "") -> ui.LayoutView:
    """The components that make up an answer.

    Args:
        reply: the answer.
        file: name of the file that comes along; empty if none does.
    """
    # Without a timeout, and stopped: nothing of it stays in memory, its buttons are known by their ids.
    made = ui.LayoutView(timeout=None)
    if reply.card is None:
        made.add_item(ui.TextDisplay(reply.text))
    else:
        made.add_item(_card(reply, reply.card, Messages(reply.card.language)))
    if file:
        made.add_item(ui.File(f"attachment://{file}"))
    made.stop()
    return made


def _card(reply: Reply, card: Card, messages: Messages) -> ui.Container[ui.LayoutView]:
    details = [f"{bar(card)} {card.percent}"]
    if card.evidence:
        details.append(messages("card_evidence", words=", ".join(card.evidence)))
    details.append(messages("card_model", model=escape_markdown(card.verdict.model_id)))
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOURS[card.band])
    container.add_item(ui.TextDisplay(f"### {MARKS[card.band]} {reply.text}"))
    container.add_item(ui.TextDisplay("\n".join(f"-# {detail}" for detail in details)))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if card.id:
        row.add_item(Opinion("right", card.id, messages("button_right")))
        row.add_item(Opinion("wrong", card.id, messages("button_wrong")))
    if card.source:
        row.add_item(Opinion("why", card.source, messages("button_why")))
    if row.children:
        container.add_item(row)
    return container


def reaction_reference(channel: int, message: int, reaction: Reaction) -> str:
    """By what a reaction is found again."""
    return f"reaction:{channel}:{message}:{reaction.mark}"
