"""What the core needs from the world, as protocols: whoever has these methods fits.

A third platform is one module with a :class:`Platform`; a third database is one with a :class:`Store`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from bot.core.events import Answer, Attachment, Band, ChannelSettings, Incoming, Place, Quote, Reply

if TYPE_CHECKING:
    from nlp import Explanation, Review, Verdict


class DeliveryError(Exception):
    """An answer could not be delivered, or nobody knows whether it was. It is not sent again.

    Args:
        reason: the platform's short name of the error, e.g. ``channel_not_found``. Never text of a user.
    """


class Classifier(Protocol):
    """A model; :class:`nlp.Analyzer` is one. Called from one thread only."""

    @property
    def model_id(self) -> str: ...

    def analyze_batch(self, texts: Sequence[str]) -> list[Verdict]:
        """A verdict for each text, in order."""
        ...


@runtime_checkable
class Explainer(Protocol):
    """A model that can say why; :class:`nlp.Analyzer` is one. Called from the thread of its verdicts."""

    def explain(self, text: str) -> Explanation:
        """The words behind the verdict on a text."""
        ...

    def review(self, text: str) -> Review:
        """A text taken apart: evidence, clauses, aspects."""
        ...


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The time of day, with a time zone."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...


class Platform(Protocol):
    """A chat platform as the core sees it. Raises :class:`DeliveryError` where it cannot do what it should."""

    @property
    def name(self) -> str:
        """Short and lower case: ``slack``."""
        ...

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        """Answer a message, at most once.

        Returns:
            A reference by which the answer can be changed later; None if it cannot be.
        """
        ...

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        """Change the answer ``reference`` into another; gives the reference from now on."""
        ...

    async def retract(self, place: Place, reference: str) -> None:
        """Take an answer back."""
        ...


class FilePlatform(Platform, Protocol):
    """A platform on which files can be sent. :meth:`Platform.update` is what shows progress."""

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The content of a file, in parts. Whoever reads it stops where it gets too long.

        Raises:
            DeliveryError: if it cannot be had; also while it is read.
        """
        ...

    async def upload(
        self, incoming: Incoming, reference: str | None, answer: Reply, path: Path, name: str
    ) -> str | None:
        """Change the answer ``reference`` into another that has a file, at most once.

        Args:
            incoming: what is answered.
            reference: of the answer that showed the progress; None if there is none: then send a new one.
            answer: the words.
            path: of the file.
            name: what to call it.

        Returns:
            A reference by which all of it can be taken back; None if it cannot be.
        """
        ...


class Reader(Platform, Protocol):
    """A platform on which a message can be read again."""

    async def fetch(self, place: Place, message: str) -> Quote | None:
        """A message as it is now; None if it is gone or the bot may not see it. Never raises DeliveryError."""
        ...


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

    async def configure(self, place: Place, settings: ChannelSettings) -> None:
        """Choose them."""
        ...

    async def channels(self, platform: str | None = None, workspace: str | None = None) -> dict[Place, ChannelSettings]:
        """All channels with settings of their own, or those of a platform, or of a workspace."""
        ...

    async def claim(self, claim: Claim, *, ahead: bool = False) -> bool:
        """Try to get a claim; False if somebody else has it or had it.

        Args:
            claim: which.
            ahead: not to wait for all that waits to be written. For the few who say that there is no room.
        """
        ...

    async def release(self, claim: Claim) -> None:
        """Give a claim back: nothing was said and nothing recorded."""
        ...

    async def settle(
        self, claim: Claim, state: ClaimState, reference: str | None = None, *, ahead: bool = False
    ) -> bool:
        """Say what became of a claim, and by which reference its answer can be changed; ``ahead`` as of a claim.

        Returns:
            False if the message was forgotten meanwhile: then it stays so.
        """
        ...

    async def answer_to(self, place: Place, message: str) -> str | None:
        """The reference of the answer that a message has."""
        ...

    async def record(self, record: Record) -> None:
        """Keep a verdict; of one message only the newest is kept."""
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
        """Delete all that is kept of a person, the opt-out too; gives how many rows of which table."""
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
            name: at most 32 characters, beginning with the platform's name.
            value: at most 256 characters. Never a text or a name of a user.
        """
        ...

    async def figures(self, platform: str, workspace: str, since: datetime, channel: str | None = None) -> Figures:
        """Counts since a moment, of a workspace or of one of its channels."""
        ...

    async def purge(self, before: datetime) -> Mapping[str, int]:
        """Delete claims, verdicts and feedback that are older; gives how many rows of which table."""
        ...

    async def close(self) -> None:
        """Finish what was begun."""
        ...
