"""A case as moderators see it. Of the message only evidence words of plain Hangul are shown, while it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.core.cards import in_words
from bot.core.cases import Case
from bot.core.events import Button, Link, Post
from bot.core.messages import Messages

_SIGNS = {"+": "label_positive", "-": "label_negative"}


@dataclass(frozen=True, slots=True)
class Look:
    """What can be said of the message as it stands now.

    Attributes:
        evidence: words that decided it, as :mod:`bot.core.evidence` gives them.
        aspects: what it is about, as in :class:`~bot.core.cases.Case`; none if that was not looked for.
        readable: whether it could be read.
        link: where it can be seen; empty if nobody says.
        answered: whether the bot answered it in its channel.
        hides: whether the bot can hide it.
    """

    evidence: tuple[str, ...] = field(default=(), repr=False)
    aspects: tuple[str, ...] = ()
    readable: bool = True
    link: str = ""
    answered: bool = False
    hides: bool = False


def case_post(case: Case, look: Look, messages: Messages) -> Post:
    """The card of a case."""
    closed, there = case.state == "closed", not (case.gone or case.hidden)
    title = "case_title_closed" if closed else "case_title_asks" if case.asks and there else "case_title"
    fields = [(messages("case_field_verdict"), say_verdict(case, messages))]
    if look.evidence and there:
        fields.append((messages("case_field_evidence"), ", ".join(look.evidence)))
    if aspects := say_aspects(look.aspects or case.aspects, messages):
        fields.append((messages("case_field_aspects"), aspects))
    fields.append((messages("case_field_rule"), say_rule(case, messages)))
    done = [
        messages(name) for name, so in (("case_does_reply", look.answered), ("case_state_hidden", case.hidden)) if so
    ]
    if done:
        fields.append((messages("case_field_done"), ", ".join(done)))
    fields.append((messages("case_field_state"), say_state(case, messages)))
    body = [
        messages(sentence)
        for sentence, wanted in {
            "case_gone": case.gone,
            "case_unread": there and not look.readable,
            "case_edited": case.edited and there,
            "case_contested": case.contested,
        }.items()
        if wanted
    ]
    return Post(
        messages(title, number=case.number, band=messages(f"case_band_{case.band}")),
        body=tuple(body),
        fields=tuple(fields),
        notes=(messages("case_note_model", model=case.model_id),),
        buttons=_buttons(case, look, messages),
        links=(Link(messages("case_link"), look.link),) if look.link and there else (),
        about=case.place,
        people=((messages("case_assignee"), case.assignee),) if case.assignee else (),
        tone="plain" if closed else case.band,
    )


def _buttons(case: Case, look: Look, messages: Messages) -> tuple[Button, ...]:
    names = ["right", "wrong"]
    if case.state == "closed":
        names.append("reopen")
    else:
        if look.hides and not (case.gone or case.hidden):
            names.append("hide")
        names += ["assign", "answered" if case.owed else "owe", "close"]
    styles = {"right": "good", "wrong": "plain", "hide": "bad"}
    return tuple(
        Button(f"case:{name}:{case.number}:{case.version}", messages(f"case_{name}"), styles.get(name, "plain"))  # type: ignore[arg-type]
        for name in names
    )


def say_state(case: Case, messages: Messages) -> str:
    """What a case has become, in a few words."""
    names = [
        case.state,
        case.decision,
        "owed" if case.owed else "",
        "assigned" if case.assignee else "",
        "hidden" if case.hidden else "",
        "gone" if case.gone else "",
        "contested" if case.contested else "",
    ]
    return " · ".join(messages(f"case_state_{name}") for name in names if name)


def say_aspects(aspects: Sequence[str], messages: Messages) -> str:
    """What a review is about: ``배송 부정, 품질 긍정``."""
    return ", ".join(f"{aspect[:-1]} {messages(_SIGNS[aspect[-1]])}" for aspect in aspects if aspect[-1:] in _SIGNS)


def say_verdict(case: Case, messages: Messages) -> str:
    """What the model said, in words."""
    positive = case.probability >= 0.5
    label, confidence = ("positive", case.probability) if positive else ("negative", 1 - case.probability)
    title, certainty, figure = in_words(label, confidence, case.band, messages)
    return messages("card_text", title=title, certainty=certainty, percent=figure)


def say_rule(case: Case, messages: Messages) -> str:
    """What the rule does with such a review."""
    actions = ", ".join(messages(f"case_does_{action}") for action in case.rule.split())
    return f"{messages(f'case_band_{case.band}')} → {actions}"


def rolled_post(
    first: int, count: int, roll: str, messages: Messages, *, why: str = "case_rolled_why", left: int | None = None
) -> Post:
    """The one card of many cases.

    Args:
        first: the number of the first.
        count: how many they are.
        roll: by which its buttons know them.
        messages: the language.
        why: the name of the sentence that says why there is one card only.
        left: how many of them are open; all if None.
    """
    title = "case_rolled" if count > 1 else "case_rolled_one"
    body = [messages(why, first=first), *([] if left is None else [messages("case_rolled_left", left=left)])]
    buttons = [Button(f"case:list:{roll}", messages("case_rolled_list"))]
    if left != 0:
        buttons.append(Button(f"case:seen:{roll}", messages("case_rolled_seen"), "good"))
    tone: Literal["plain", "unsure"] = "plain" if left == 0 else "unsure"
    headline = messages(title, first=first, others=count - 1)
    return Post(headline, body=tuple(body), buttons=tuple(buttons), tone=tone)


def forgotten_post(number: int, messages: Messages) -> Post:
    """What is left of a card when its case was deleted."""
    return Post(messages("case_rolled_one", first=number), body=(messages("case_forgotten"),))


def notice_post(case: Case, messages: Messages) -> Post:
    """What an author is told in private."""
    contest = Button(f"case:contest:{case.place.workspace}:{case.number}", messages("case_contest"))
    return Post(messages("case_notice"), body=(messages("case_notice_why"),), buttons=(contest,), about=case.place)
