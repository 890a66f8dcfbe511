"""What the bot says of a channel without being asked: digests and alerts. What is chosen, counted and remembered.

Everything here is of a channel. Nothing is of a person: there is no field for an author.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.core.events import Place

Digest = Literal["off", "daily", "weekly"]
Empty = Literal["line", "silent"]
Ending = Literal["over", "usual"]
"""How an incident ended: the share fell again, or it stayed so long that it is the usual one now."""

NoticeState = Literal["claimed", "sending", "sent", "silent", "abandoned", "refused"]
"""``claimed``: somebody prepares it, and if they die somebody else may. ``sending``: it is on its way, and never goes
twice. ``silent``: there was nothing to say. ``abandoned``: nobody knows whether it arrived. ``refused``: it did not."""


@dataclass(frozen=True, slots=True)
class BulletinSettings:
    """What the admins of a channel want to be told.

    Attributes:
        digest: whether, and how often, there is one.
        minute: of the day at which it comes, 0..1439.
        zone: name of the time zone of that day.
        empty: what is said if there was no review.
        alerts: whether a rise of the negative share is told.
        to: id of the channel to tell it in; empty for the moderators' channel, and where there is none the channel.
        since: when the digest was last set: what was due before is not owed.
        trouble: why the last thing could not be said; empty if it could.
    """

    digest: Digest = "off"
    minute: int = 9 * 60
    zone: str = "Asia/Seoul"
    empty: Empty = "line"
    alerts: bool = False
    to: str = ""
    since: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Reviews by band."""

    positive: int = 0
    unsure: int = 0
    negative: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.positive + self.unsure + self.negative

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.positive + other.positive, self.unsure + other.unsure, self.negative + other.negative)


@dataclass(frozen=True, slots=True)
class AspectCounts:
    """How often an aspect was praised and blamed.

    Attributes:
        name: as the model's lexicon has it, e.g. ``배송``; never from a review.
        positive: reviews that praise it.
        negative: reviews that blame it.
    """

    name: str
    positive: int
    negative: int

    @property
    def total(self) -> int:
        """How often it was spoken of."""
        return self.positive + self.negative


@dataclass(frozen=True, slots=True)
class Incident:
    """A rise of the negative share.

    Attributes:
        id: random.
        place: the channel.
        began: when the share began to rise, as far as can be told.
        opened: when it was sure.
        usual: the share of negative reviews before.
        closed: when it was over; None while it is not.
        ending: how it ended; None while it has not.
    """

    id: str
    place: Place
    began: datetime
    opened: datetime
    usual: float
    closed: datetime | None = None
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be said once: a digest of one slot, an alert, one of its follow-ups, its end.

    Attributes:
        place: the channel that it is about.
        key: what it is, e.g. ``daily:001772326800``; at most 64 characters.
    """

    place: Place
    key: str


class BulletinStore(Protocol):
    """Remembers what is wanted and what was said; shared by all processes on one database."""

    async def bulletins(self, place: Place) -> BulletinSettings:
        """What the admins of a channel chose; the defaults if nothing."""
        ...

    async def choose(self, place: Place, settings: BulletinSettings) -> None:
        """Choose it. :attr:`BulletinSettings.trouble` goes with it."""
        ...

    async def wanted(self) -> dict[Place, BulletinSettings]:
        """All channels that want a digest or alerts."""
        ...

    async def trouble(self, place: Place, reason: str) -> None:
        """Remember why nothing could be said; empty if something could."""
        ...

    async def counted(self, place: Place, since: datetime, until: datetime, seconds: int) -> dict[int, Counts]:
        """Watched reviews of a channel.

        Returns:
            Counts by number of the stretch of so many seconds since 1970; only those with any.
        """
        ...

    async def aspects(self, place: Place, since: datetime, until: datetime) -> list[AspectCounts]:
        """What these reviews spoke about, most often first."""
        ...

    async def owed(self, place: Place) -> int:
        """How many open cases of a channel want an answer."""
        ...

    async def record_aspects(self, verdict: str, aspects: Sequence[tuple[str, str]]) -> None:
        """Keep what a review spoke about, as pairs of name and label; of a verdict that is gone nothing."""
        ...

    async def incidents(self, place: Place, since: datetime) -> list[Incident]:
        """Those that are open, or were closed since then; oldest first."""
        ...

    async def open_incident(self, incident: Incident) -> bool:
        """Keep a new one; False if the channel has one already."""
        ...

    async def close_incident(self, id: str, at: datetime, ending: Ending) -> bool:  # noqa: A002
        """End one; False if it has ended already."""
        ...

    async def take(self, notice: Notice, now: datetime, stale: datetime) -> bool:
        """Try to get the right to say something; False if somebody has or had it.

        Args:
            notice: what.
            now: the time.
            stale: whoever got it before then, and has not begun to send it, has died.
        """
        ...

    async def open_notices(self, notices: Sequence[Notice], stale: datetime) -> set[Notice]:
        """Those of some that :meth:`take` may give the right to say; asks, and writes nothing."""
        ...

    async def mark(self, notice: Notice, state: NoticeState, reference: str | None = None) -> bool:
        """Say what became of it.

        Returns:
            False if it was not this process's any more: then nothing may be sent.
        """
        ...

    async def said(self, notice: Notice) -> tuple[NoticeState, str | None] | None:
        """What became of it, and its reference; None if nobody has begun."""
        ...

    async def last_said(self, place: Place, kind: str) -> str | None:
        """The greatest key of a kind that was said or kept silent, e.g. of ``daily``; None if there is none."""
        ...

    async def sweep(self, before: datetime) -> int:
        """Delete what was said, and incidents that ended, before then; gives how many."""
        ...
