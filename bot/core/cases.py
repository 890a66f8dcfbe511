"""Cases: flagged reviews with a number, for a team to work through. No text and no names.

A case is changed by compare-and-set: who changes it says which version was seen, and of two at once one is told what
the case has become. What keeps them is a database's business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.core.events import Band, Place

State = Literal["open", "closed"]
Decision = Literal["", "right", "wrong"]
"""What a moderator says of the verdict: nothing yet, 맞음, 오탐."""
CardState = Literal["waiting", "claimed", "posted", "stale", "rolled", "none"]
"""``waiting`` to be posted; ``claimed`` by a process that posts it, or died of it; ``posted``; ``stale``: posted, and
shows what the case was before; ``rolled`` up with others into one card; ``none``: not to be posted."""
Act = Literal[
    "opened",
    "edited",
    "right",
    "wrong",
    "assign",
    "owe",
    "answered",
    "close",
    "reopen",
    "hide",
    "unhide",
    "gone",
    "contest",
]


@dataclass(frozen=True, slots=True)
class Case:
    """A flagged review.

    Attributes:
        place: its channel.
        number: of the case, in its workspace: 1, 2, 3 ... without gaps.
        message: the platform's id of the message.
        person: fingerprint of who wrote it.
        record: id of the recorded verdict.
        at: when it was opened.
        band: under the channel's thresholds then.
        probability: that the review is positive.
        model_id: which model said so.
        rule: what the channel's rule says of this band, e.g. ``log card``.
        aspects: names of the lexicon with their polarity: ``배송-``.
        state: whether somebody still has to look at it.
        decision: of a moderator.
        assignee: the platform's id of the moderator who sees to it; empty if nobody does.
        owed: whether an answer is owed.
        hidden: whether a moderator had the message hidden.
        gone: whether the message is no more.
        edited: whether it was edited since.
        contested: whether its author does not agree.
        version: how often it was changed.
        card: reference of its card; empty if it has none. Of a case that was rolled up with others: :func:`rolled_up`.
        card_channel: the moderators' channel that the card is in.
        card_state: what became of the card.
    """

    place: Place
    number: int
    message: str
    person: str
    record: str
    at: datetime
    band: Band
    probability: float
    model_id: str
    rule: str = "log card"
    aspects: tuple[str, ...] = ()
    state: State = "open"
    decision: Decision = ""
    assignee: str = ""
    owed: bool = False
    hidden: bool = False
    gone: bool = False
    edited: bool = False
    contested: bool = False
    version: int = 0
    card: str = ""
    card_channel: str = ""
    card_state: CardState = "waiting"

    @property
    def shown(self) -> bool:
        """Whether it has a card of its own."""
        return self.card_state in ("posted", "stale")

    @property
    def asks(self) -> bool:
        """Whether the rule asks a moderator for leave to hide it."""
        return "approve" in self.rule.split()


def rolled_up(roll: str, reference: str = "") -> str:
    """What :attr:`Case.card` is of a case that shares a card with others.

    Args:
        roll: random, the same for all of them; what the card's buttons know them by.
        reference: of the card; empty if nobody knows it.
    """
    return f"roll:{roll}:{reference}"


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to a case.

    Attributes:
        at: when.
        act: what.
        who: the platform's id of the moderator, never a name; empty for the bot, the author, and whoever was forgotten.
        person: fingerprint of who did it, by which it is found when they want to be forgotten.
    """

    at: datetime
    act: Act
    who: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which cases. What is None does not matter.

    Attributes:
        band, state, decision, owed: as in :class:`Case`.
        assignee: the platform's id; an empty one for those that nobody sees to.
        channel: the platform's id of the channel.
        within: likewise of several, one of which it is.
        since: opened then or later.
    """

    band: Band | None = None
    state: State | None = None
    decision: Decision | None = None
    assignee: str | None = None
    owed: bool | None = None
    channel: str | None = None
    within: tuple[str, ...] | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people say of one flagged verdict: the moderators' decision, else most of those who pressed the card.

    Attributes:
        at: when the verdict was.
        probability: that the review is positive, as the model had it.
        right: whether the verdict was.
    """

    at: datetime
    probability: float
    right: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """The card of a case that was deleted: nothing may be left on it.

    Attributes:
        place: the watched channel.
        number: that the case had.
        card: reference of the card.
        card_channel: the moderators' channel that it is in.
        tries: how often it could not be emptied.
    """

    place: Place
    number: int
    card: str
    card_channel: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a flagged review, to be kept sealed for some days.

    Attributes:
        text: it. Not shown in ``repr``.
        until: when it is deleted.
    """

    text: str = field(repr=False)
    until: datetime


class CaseStore(Protocol):
    """Remembers cases. Shared by all processes on one database."""

    async def open(self, case: Case, text: Text | None = None) -> tuple[Case, bool] | None:
        """Open a case: its number is the workspace's next. A message has one case at most.

        Args:
            case: its number is not used.
            text: to keep; it is kept only if there is something to seal it with.

        Returns:
            The message's case, and whether it is new; None if the message was forgotten meanwhile.
        """
        ...

    async def find(self, platform: str, workspace: str, number: int) -> Case | None:
        """That of a number."""
        ...

    async def of_message(self, place: Place, message: str) -> Case | None:
        """That of a message."""
        ...

    async def of_person(self, person: str) -> list[Case]:
        """Those of what a person wrote."""
        ...

    async def of_assignee(self, person: str) -> list[Case]:
        """Those that a person sees to."""
        ...

    async def change(self, case: Case, note: Note) -> Case | None:
        """Change what moderators see of a case, and note what happened.

        Args:
            case: as it shall be; its ``version`` is the one that was seen.
            note: what happened.

        Returns:
            The case as it is now; None if it is another version by now, or is no more.
        """
        ...

    async def rolled(self, moderators: Place, roll: str) -> list[Case]:
        """Those that share a card in a moderators' channel, by number."""
        ...

    async def close_rolled(self, moderators: Place, roll: str, note: Note) -> int:
        """Close all of them that are open, and note that of each: all or none; gives how many."""
        ...

    async def notes(self, case: Case) -> list[Note]:
        """What happened to a case, oldest first."""
        ...

    async def text(self, case: Case) -> str | None:
        """Its text, if that was kept and can be read."""
        ...

    async def forget_text(self, case: Case) -> None:
        """Delete its text."""
        ...

    async def search(self, platform: str, workspace: str, query: Query, most: int = 20) -> list[Case]:
        """The newest that fit, newest first."""
        ...

    async def count(self, platform: str, workspace: str, query: Query) -> int:
        """How many fit."""
        ...

    async def waiting(self, platforms: Collection[str], now: datetime, most: int = 500) -> list[Case]:
        """Those whose card is to be posted, of all workspaces of some platforms, oldest first."""
        ...

    async def lost(self, platforms: Collection[str], before: datetime, most: int = 500) -> list[Case]:
        """Those whose card somebody began to post before that moment: nobody knows whether it was."""
        ...

    async def stuck(self, platform: str, workspace: str, now: datetime) -> int:
        """How many cards could not be posted and are to be tried again."""
        ...

    async def take(self, cases: Sequence[Case], now: datetime) -> list[Case]:
        """Claim their cards; gives those that nobody else has claimed."""
        ...

    async def settle(
        self,
        cases: Sequence[Case],
        state: CardState,
        card: str = "",
        channel: str = "",
        *,
        after: datetime | None = None,
    ) -> int:
        """Say what became of cards; the versions of the cases do not matter, and stay.

        Args:
            cases: of one workspace.
            state: what became of them.
            card: reference of the card.
            channel: that it is in.
            after: not to be tried again before; only for ``waiting`` and ``stale``.

        Returns:
            How many of the cases are still there.
        """
        ...

    async def fresh(self, case: Case) -> None:
        """Its card shows this version of it, unless it was changed since."""
        ...

    async def stale(self, platforms: Collection[str], now: datetime, most: int = 20) -> list[Case]:
        """Those whose cards were to show a change by now, and do not."""
        ...

    async def blanks(self, platforms: Collection[str], now: datetime, most: int = 20) -> list[Blank]:
        """Cards of deleted cases that are to be emptied by now."""
        ...

    async def blanked(self, blank: Blank) -> None:
        """Nothing is left on a card, or nothing can be done about it."""
        ...

    async def blank_later(self, blank: Blank, at: datetime) -> None:
        """A card could not be emptied: try again then."""
        ...

    async def describe(self, case: Case, aspects: Sequence[str]) -> None:
        """Say what a case is about: names of the lexicon with their polarity."""
        ...

    async def judgements(self, place: Place, since: datetime, band: Band = "negative") -> list[Judgement]:
        """What people say of a channel's verdicts of a band, oldest first."""
        ...

    async def forget_old_texts(self, now: datetime) -> int:
        """Delete the texts whose days are over; gives how many."""
        ...
