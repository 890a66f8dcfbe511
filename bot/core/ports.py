"""What the core needs from the world, as protocols: whoever has these methods fits.

A third platform is one module with a :class:`Platform`; a third database is one with a
:class:`bot.core.records.Store`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bot.core.events import Answer, Attachment, Incoming, Place, Post, Pressed, Quote, Reply

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
