"""What is kept of messages, verdicts and settings, and the port of what keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.core.events import Band, ChannelSettings, Place

ClaimState = Literal["claimed", "answered", "silent", "abandoned", "forgotten"]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a message. Of all that ask for the same claim, one gets it.

    Attributes:
        place: the channel.
        message: id of the message.
        revision: which edit of it; empty for the first.
    """

    place: Place
    message: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """That the message of a claim may have to become a case, and when that should be done.

    Attributes:
        person: fingerprint of who wrote it.
        at: if it is not done by then, its process has died of it, and another takes it up.
    """

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A claim whose process died before the message was looked at for a case.

    Attributes:
        claim: which.
        due: as it was when it was found.
        tries: how often it was taken up already.
    """

    claim: Claim
    due: Due
    tries: int


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a verdict: no text and no names.

    Attributes:
        id: random; what feedback refers to.
        place: the channel.
        message: id of the message.
        person: fingerprint of who asked.
        text: keyed fingerprint of the normalised text.
        at: when.
        label: ``positive`` or ``negative``.
        band: under the channel's thresholds.
        probability: that it is positive.
        model_id: which model.
        latency: seconds from the message's arrival to its verdict.
        way: how the message came in.
    """

    id: str
    place: Place
    message: str
    person: str
    text: str
    at: datetime
    label: Literal["positive", "negative"]
    band: Band
    probability: float
    model_id: str
    latency: float
    way: str


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the audit log: somebody changed something about a channel.

    Attributes:
        place: the channel.
        at: when.
        who: the platform's id of the person, never a name; empty for the operator, and once the person was forgotten.
        person: fingerprint of the person, by which the entry is found when they want to be forgotten.
        what: short name of what was done, e.g. ``threshold``; at most 32 characters.
        value: the new value, e.g. ``30 70``; at most 256 characters. Never text of a review.
    """

    place: Place
    at: datetime
    who: str
    person: str
    what: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of recorded verdicts and of what people said of them."""

    positive: int = 0
    unsure: int = 0
    negative: int = 0
    right: int = 0
    wrong: int = 0


class Store(Protocol):
    """What is remembered. People are known by their fingerprints only."""

    async def settings(self, place: Place) -> ChannelSettings:
        """Those of a channel; the defaults if nobody chose any."""
        ...

    async def configure(self, place: Place, settings: ChannelSettings, change: Change | None = None) -> None:
        """Choose them, the rule too, and keep the change in the audit log: both or neither."""
        ...

    async def keep_change(self, change: Change) -> None:
        """Keep a change of something else in the audit log."""
        ...

    async def changes(
        self, platform: str, workspace: str, channel: str | None = None, newest: int = 20
    ) -> list[Change]:
        """The newest entries of the audit log, newest first, of a workspace or of one of its channels."""
        ...

    async def channels(self, platform: str | None = None, workspace: str | None = None) -> dict[Place, ChannelSettings]:
        """All channels with settings of their own, or those of a platform, or of a workspace."""
        ...

    async def claim(self, claim: Claim, *, ahead: bool = False, due: Due | None = None) -> bool:
        """Try to get a claim; False if somebody else has it or had it.

        Args:
            claim: which.
            ahead: not to wait for all that waits to be written. For the few who say that there is no room.
            due: that its message may have to become a case; None if it cannot.
        """
        ...

    async def release(self, claim: Claim) -> None:
        """Give a claim back: nothing was said and nothing recorded."""
        ...

    async def settle(
        self,
        claim: Claim,
        state: ClaimState,
        reference: str | None = None,
        *,
        ahead: bool = False,
        owed: bool = False,
    ) -> bool:
        """Say what became of a claim, and by which reference its answer can be changed; ``ahead`` as of a claim.

        Args:
            claim: which.
            state: what became of it.
            reference: of the answer.
            ahead: as of a claim.
            owed: that the message could not be looked at for a case: what is due stays so.

        Returns:
            False if the message was forgotten meanwhile: then it stays so.
        """
        ...

    async def unfinished(self, platforms: Collection[str], now: datetime, most: int = 100) -> list[Unfinished]:
        """Claims of some platforms that were due by now, the longest due first."""
        ...

    async def take_up(self, found: Unfinished, again: datetime) -> bool:
        """Take up what another left; False if somebody else has, or it is done.

        Args:
            found: what.
            again: when the next one takes it up, should this one die of it as well.
        """
        ...

    async def finish(self, claim: Claim) -> None:
        """Nothing is due of a claim any more. Whether its message was answered nobody knows: it is not answered now."""
        ...

    async def answer_to(self, place: Place, message: str) -> str | None:
        """The reference of the answer that a message has."""
        ...

    async def record(self, record: Record) -> None:
        """Keep a verdict; of one message only the newest is kept."""
        ...

    async def verdict_of(self, place: Place, message: str) -> str | None:
        """Id of the verdict that is kept of a message; None if none is."""
        ...

    async def feedback(self, verdict: str, person: str, right: bool, at: datetime) -> bool:
        """Keep what a person says of a verdict, the newest only; False if there is no such verdict."""
        ...

    async def forget(self, place: Place, message: str) -> str | None:
        """Delete what is kept of a message, and give the reference of its answer."""
        ...

    async def opted_out(self, person: str) -> bool:
        """Whether a person does not want to be judged in watched channels."""
        ...

    async def opt_out(self, person: str, out: bool) -> None:
        """Remember or forget that wish."""
        ...

    async def delete_user(self, person: str) -> Mapping[str, int]:
        """Delete all that is kept of a person, the opt-out too; gives how many rows of which table.

        Changes they made stay in the audit log, without who made them. Rules exempt them no more.
        """
        ...

    async def delete_workspace(self, platform: str, workspace: str) -> Mapping[str, int]:
        """Delete all that is kept of a workspace, its settings too; gives how many rows of which table."""
        ...

    async def note(self, name: str) -> str | None:
        """What was noted under a name; None if nothing was."""
        ...

    async def keep_note(self, name: str, value: str | None) -> None:
        """Note something that an adapter has to know after a restart; None to forget it.

        Args:
            name: at most 32 characters, beginning with the platform's name, or with what of the core it is about.
            value: at most 256 characters. Never a text or a name of a user.
        """
        ...

    async def figures(self, platform: str, workspace: str, since: datetime, channel: str | None = None) -> Figures:
        """Counts since a moment, of a workspace or of one of its channels."""
        ...

    async def purge(self, before: datetime) -> Mapping[str, int]:
        """Delete claims, verdicts, feedback and changes that are older; gives how many rows of which table."""
        ...

    async def close(self) -> None:
        """Finish what was begun."""
        ...
