"""What the core needs from the world, as protocols: whoever has these methods fits.

A third platform is one module with a :class:`Platform`; a third database is one with a :class:`Store`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from bot.core.events import Answer, Attachment, Band, ChannelSettings, Incoming, Place, Post, Pressed, Quote, Reply

if TYPE_CHECKING:
    from bot.core.messages import Messages
    from bot.core.moderation import Flagged
    from nlp import Explanation, Review, Verdict
    from nlp.curve import Curve


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


@runtime_checkable
class Measured(Protocol):
    """A model that says what thresholds are worth; :class:`nlp.Analyzer` is one."""

    @property
    def curve(self) -> Curve | None:
        """Precision and recall at each threshold; None if nobody measured them."""
        ...

    @property
    def bands(self) -> tuple[float, float]:
        """Its own thresholds: greatest probability of ``negative``, least of ``positive``."""
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


class Poster(Platform, Protocol):
    """A platform on which something can be said in a channel without anybody having asked.

    :attr:`bot.core.service.Core.posters` has them by the names of their platforms. What is posted is taken back by
    :meth:`Platform.retract`.
    """

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        """Post something, at most once.

        Args:
            place: the channel.
            post: what.
            thread: reference of an earlier post to follow up, in its thread; None for the channel itself.

        Returns:
            A reference by which it can be revised, followed up and retracted: at most 256 characters.

        Raises:
            DeliveryError: if it could not be posted, or nobody knows whether it was.
        """
        ...

    async def revise(self, place: Place, reference: str, post: Post) -> str | None:
        """Change an earlier post into another.

        Returns:
            The reference from now on; None if the earlier post is gone.

        Raises:
            DeliveryError: if it could not be changed.
        """
        ...


class LaterError(DeliveryError):
    """The platform wants to be asked again later.

    Args:
        seconds: in how many.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__("rate_limited")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages of a channel, from the newest to older ones.

    Attributes:
        messages: what people and programs wrote, as if the channel was watched.
        seen: how many there were, those included that nobody wrote.
        oldest: the platform's id of the oldest of them, from which to go on; None if there are no older ones.
    """

    messages: tuple[Incoming, ...] = field(repr=False)
    seen: int
    oldest: str | None


@runtime_checkable
class History(Protocol):
    """A platform on which earlier messages of a channel can be read."""

    async def history(self, place: Place, before: str | None, limit: int) -> Page:
        """Messages of a channel that are older than a message; the newest if None.

        Raises:
            LaterError: if the platform wants to be asked more slowly.
            DeliveryError: if they cannot be read.
        """
        ...

    async def link(self, place: Place, message: str) -> str | None:
        """Where a message can be seen; None if the platform does not say. Never raises DeliveryError."""
        ...


class Reader(Platform, Protocol):
    """A platform on which a message can be read again."""

    async def fetch(self, place: Place, message: str) -> Quote | None:
        """A message as it is now; None if it is gone or the bot may not see it. Never raises DeliveryError."""
        ...


@runtime_checkable
class Moderator(Poster, Reader, Protocol):
    """A platform on which cases can be worked through."""

    async def link(self, place: Place, message: str) -> str | None:
        """Where a message can be seen; None if the platform does not say. Never raises DeliveryError."""
        ...

    def hides(self, place: Place) -> bool:
        """Whether the bot may hide messages of others in a channel."""
        ...

    async def hide(self, place: Place, message: str) -> None:
        """Let nobody see a message any more.

        Raises:
            DeliveryError: if it could not be hidden.
        """
        ...

    async def tell(self, place: Place, author: str, post: Post) -> None:
        """Say something to one person only, about a channel, at most once.

        Args:
            place: the channel.
            author: the person, as :attr:`bot.core.events.Incoming.author`.
            post: what.

        Raises:
            DeliveryError: if the person cannot be told.
        """
        ...


class CaseBook(Protocol):
    """Keeps the cases of watched channels."""

    async def flagged(self, flagged: Flagged, platform: Platform) -> None:
        """A watched message whose band asks for a case, before anything is said of it in its channel.

        The message's path waits for this, and its public answer comes after it: keep the case, and post its card later.
        Whatever is raised is counted and logged, and the message goes its way.
        """
        ...

    async def forgotten(self, place: Place, message: str) -> None:
        """A message was deleted; its verdict is already."""
        ...

    async def forget_person(self, person: str) -> Callable[[], Awaitable[None]]:
        """A person wants to be forgotten, which the store does next; gives what is to be done after that."""
        ...

    async def stuck(self, place: Place) -> int:
        """How many cards of a channel's workspace could not be posted."""
        ...

    async def press(self, pressed: Pressed, platform: Platform) -> None:
        """A button of a post was pressed whose id begins with ``case:``."""
        ...

    async def command(
        self, place: Place, author: str, value: str, messages: Messages, within: Collection[str] | None = None
    ) -> str:
        """Do what a moderator's command says; gives what to answer.

        Args:
            place: where it was said.
            author: who said it.
            value: what was said.
            messages: the language to answer in.
            within: ids of the channels whose cases this person sees to; None for all of the workspace.
        """
        ...

    async def precision(self, place: Place, messages: Messages) -> str:
        """How precise a channel is, by what people say of its verdicts."""
        ...

    async def moderated(self, place: Place) -> frozenset[str]:
        """Ids of the channels whose moderators' channel a channel is."""
        ...

    async def tend(self) -> None:
        """What comes round every minute: cards that wait, claims of processes that died, texts whose days are over."""
        ...

    def stop(self) -> None:
        """The bot stops: what can wait for the next start waits."""
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
