"""Says what is due in channels: digests at their hour, alerts when a share rises. Driven by the clock, from outside.

Nothing is remembered here that matters: what is due follows from the time, the settings and the counts, and what was
said is in the store. So it does not matter which process does it, how often it is asked, or that it died on the way:
a digest that was prepared and not sent is prepared again; one that was on its way is never sent twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.core.bulletins import BulletinSettings, BulletinStore, Counts, Notice, NoticeState
from bot.core.digest import Column, DigestFigures, digest_post, empty_post
from bot.core.events import ChannelSettings, Place, Post
from bot.core.inference import BusyError
from bot.core.ports import DeliveryError
from bot.core.slots import Often, last_slot, slot_before, zone_of
from bot.core.watching import Watch

if TYPE_CHECKING:
    from bot.core.service import Core

STALE = timedelta(minutes=10)
"""After which somebody who began to prepare something, and has not sent it, has died."""

_KEPT = timedelta(days=120)
_LONGEST = timedelta(days=31)
_STRETCHES = {"daily": 14, "weekly": 8}
_AT_ONCE = 4
"""Channels: a platform that answers slowly holds up some, not all."""

_ALL = 10**10
"""Seconds: everything in one stretch."""

_NOT_POSTED = (
    "ratelimited",
    "rate_limited",
    "ClientConnectorError",
    "ClientConnectorDNSError",
    "ConnectionRefusedError",
)
"""Errors after which nothing can have been posted, and which pass: it is tried again."""

log = logging.getLogger(__name__)


class Announcer:
    """Announces.

    Args:
        core: for the time, the languages and those who post.
        store: what is wanted and what was said.

    Attributes:
        noting: reviews of which it is still to be found out what they spoke about.
    """

    def __init__(self, core: Core, store: BulletinStore) -> None:
        self._core, self.store = core, store
        self._listening: frozenset[Place] = frozenset()
        self._swept: datetime | None = None
        self.noting: set[asyncio.Task[None]] = set()
        self._watch = Watch(core, store, self.say)

    async def tick(self) -> None:
        """Say all that is due now. Never raises; what could not be done is done at a later tick."""
        try:
            wanted = await self.store.wanted()
            self._listening = frozenset(wanted)
            await self._sweep()
        except Exception as error:
            self._failed(error)
            return
        mine = {place: settings for place, settings in wanted.items() if place.platform in self._core.posters}
        digests = [due for place, settings in mine.items() if (due := self._due(place, settings)) is not None]
        try:  # in one question for all, as most of them were sent long ago: to try to take each would write each time
            now = self._core.clock.now()
            open_ = await self.store.open_notices([notice for notice, _ in digests], now - STALE)
        except Exception as error:
            self._failed(error)
            return
        turns = asyncio.Semaphore(_AT_ONCE)
        works = [partial(self._digest, notice, slot, mine[notice.place]) for notice, slot in digests if notice in open_]
        works += [partial(self._watch.look, place, settings) for place, settings in mine.items()]
        await asyncio.gather(*(self._announce(work, turns) for work in works))

    async def _announce(self, work: Callable[[], Awaitable[None]], turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                await work()
            except Exception as error:
                self._failed(error)

    def heard(self, place: Place, verdict: str, text: str) -> None:
        """A watched review was judged: find out what it spoke about, if a digest wants to know, when there is time.

        Args:
            place: the channel.
            verdict: id of the recorded verdict.
            text: normalised; let go of afterwards.
        """
        if place in self._listening and self._core.inference.explains:
            # Not the core's own work: it is not what somebody waits for, nor what makes the bot busy.
            task = asyncio.get_running_loop().create_task(self._aspects(verdict, text))
            self.noting.add(task)
            task.add_done_callback(self.noting.discard)

    def wants(self, place: Place, settings: BulletinSettings) -> None:
        """An admin has just chosen: do not wait for the next tick to listen."""
        wanted = settings.digest != "off" or settings.alerts
        self._listening = self._listening | {place} if wanted else self._listening - {place}

    def stop(self) -> None:
        """Give up on what nobody waits for: the bot ends."""
        for task in self.noting:
            task.cancel()

    async def _aspects(self, verdict: str, text: str) -> None:
        try:
            review = await self._core.inference.review_when_idle(text)
            await self.store.record_aspects(verdict, [(aspect.name, aspect.label) for aspect in review.aspects])
        except BusyError:
            self._core.counters.add("aspects_skipped")
        except Exception as error:
            self._failed(error)

    def _due(self, place: Place, settings: BulletinSettings) -> tuple[Notice, datetime] | None:
        """The newest digest that a channel should have had, and its slot; None if it wants none yet."""
        zone = zone_of(settings.zone)
        if settings.digest == "off" or zone is None:
            return None
        slot = last_slot(self._core.clock.now(), settings.digest, settings.minute, zone)
        if settings.since is not None and slot <= settings.since:
            return None
        return Notice(place, _key(settings.digest, slot)), slot

    async def _digest(self, notice: Notice, slot: datetime, settings: BulletinSettings) -> None:
        place, zone = notice.place, zone_of(settings.zone) or ZoneInfo("UTC")

        async def make() -> Post | None:
            figures = await self._figures(place, settings, slot, zone)
            channel = await self._core.settings(place)
            messages = self._core.speak(channel)
            if figures.now.total:
                return await asyncio.to_thread(digest_post, figures, messages)
            return None if settings.empty == "silent" else empty_post(figures, messages)

        await self.say(notice, settings, make)

    async def _figures(self, place: Place, settings: BulletinSettings, slot: datetime, zone: ZoneInfo) -> DigestFigures:
        often: Often = "weekly" if settings.digest == "weekly" else "daily"
        before = partial(slot_before, often=often, minute=settings.minute, zone=zone)
        start = before(slot)
        last = await self.store.last_said(place, often)
        if last is not None:  # after downtime one digest is about all of it
            said = _slot(last)
            if said < slot:
                start = max(said, slot - _LONGEST)
        ends = [slot]
        for _ in range(_STRETCHES[often]):
            ends.append(before(ends[-1]))
        ends.reverse()
        columns = [Column(begin, end, await self._count(place, begin, end)) for begin, end in pairwise(ends)]
        return DigestFigures(
            place=place,
            zone=zone,
            start=start,
            end=slot,
            now=await self._count(place, start, slot),
            before=await self._count(place, start - (slot - start), start),
            trend=tuple(columns),
            aspects=tuple(await self.store.aspects(place, start, slot)),
            owed=await self.store.owed(place),
        )

    async def _count(self, place: Place, since: datetime, until: datetime) -> Counts:
        return sum((await self.store.counted(place, since, until, _ALL)).values(), Counts())

    async def say(
        self,
        notice: Notice,
        settings: BulletinSettings,
        make: Callable[[], Awaitable[Post | None]],
        thread: str | None = None,
    ) -> None:
        """Say something, unless it was said before or somebody else is at it.

        Args:
            notice: what.
            settings: of the channel that it is about.
            make: makes it; None if there is nothing to be said.
            thread: reference of what it follows up.
        """
        now = self._core.clock.now()
        if not await self.store.take(notice, now, now - STALE):
            return
        post = await make()
        if post is None:
            await self.store.mark(notice, "silent")
            return
        target = await self._target(notice.place, settings)
        if not await self.store.mark(notice, "sending"):
            return  # we took so long that somebody else took over
        kind = notice.key.partition(":")[0]
        poster = self._core.posters[notice.place.platform]
        try:
            reference = await poster.post(target, post, thread=thread)
        except DeliveryError as error:
            reason = str(error)[:64]
            await self.store.mark(notice, _after(reason))
            await self.store.trouble(notice.place, reason)
            self._core.counters.add("bulletins", kind=kind, outcome="undelivered")
            return
        await self.store.mark(notice, "sent", reference)
        if settings.trouble:
            await self.store.trouble(notice.place, "")
        self._core.counters.add("bulletins", kind=kind, outcome="sent")

    async def _target(self, place: Place, settings: BulletinSettings) -> Place:
        """Where to say it: the channel that was chosen, else the moderators', else the channel itself."""
        chosen = settings.to or moderators(await self._core.settings(place)) or place.channel
        return Place(place.platform, place.workspace, chosen)

    async def _sweep(self) -> None:
        now = self._core.clock.now()
        if self._swept is None or now - self._swept > timedelta(hours=6):
            self._swept = now
            await self.store.sweep(now - _KEPT)

    def _failed(self, error: Exception) -> None:
        # Not its message: it could hold a part of a review.
        self._core.counters.add("bulletins_failed")
        log.error("bulletin failed", extra={"event": "bulletin_failed", "kind": type(error).__name__})


def moderators(channel: ChannelSettings) -> str:
    """Id of the moderators' channel of a channel; empty if there is none."""
    return channel.rule.moderators or ""


def _after(reason: str) -> NoticeState:
    """What became of something that could not be delivered, by the name of the error."""
    if reason.startswith(_NOT_POSTED):
        return "claimed"
    unknown = reason[:1].isupper() or reason.startswith("http_5")  # a connection that broke, a server that did
    return "abandoned" if unknown else "refused"


def _key(often: Often, slot: datetime) -> str:
    return f"{often}:{round(slot.timestamp()):012d}"


def _slot(key: str) -> datetime:
    return datetime.fromtimestamp(int(key.partition(":")[2]), UTC)
