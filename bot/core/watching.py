"""Looks at a channel every quarter of an hour: opens an incident, follows it up, closes it.

What is found follows from the counts alone, so that several processes, and one after a restart, find the same.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from bot.core import alerts
from bot.core.alerts import BASELINE_DAYS, BLOCK_LOOKS, LIMIT, LOOK_SECONDS, RECENT_DAYS
from bot.core.bulletins import BulletinSettings, BulletinStore, Counts, Ending, Incident, Notice
from bot.core.events import Place, Post
from bot.core.incident_posts import alert_post, ending_post, follow_up_post
from bot.core.slots import zone_of

if TYPE_CHECKING:
    from bot.core.service import Core

FOLLOW_UP = timedelta(hours=6)
"""At most one follow-up in each."""

LONGEST = timedelta(days=7)
"""What has not fallen after that is the new usual."""

LEAST_NEW = 5
"""Negative reviews in a stretch without which there is nothing to follow up."""

_TOLD_FOR = timedelta(days=1)
_LOOK = timedelta(seconds=LOOK_SECONDS)
_DAYS = timedelta(days=BASELINE_DAYS + RECENT_DAYS)
_LOOKS, _RECENT = _DAYS // _LOOK, timedelta(days=RECENT_DAYS) // _LOOK


class Say(Protocol):
    """:meth:`bot.core.announcing.Announcer.say`."""

    async def __call__(
        self,
        notice: Notice,
        settings: BulletinSettings,
        make: Callable[[], Awaitable[Post | None]],
        thread: str | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Beginning:
    """That the share has risen.

    Attributes:
        began: since when, as far as can be told.
        usual: the share before.
    """

    began: datetime
    usual: float


@dataclass(frozen=True, slots=True)
class End:
    """That an incident has ended.

    Attributes:
        id: which.
        at: when.
        ending: how.
    """

    id: str
    at: datetime
    ending: Ending


class Watch:
    """Watches over the negative share of channels.

    Args:
        core: for the time and the languages.
        store: the counts, and what was found.
        say: says something once.
    """

    def __init__(self, core: Core, store: BulletinStore, say: Say) -> None:
        self._core, self._store, self._say = core, store, say
        self._looked: dict[Place, datetime] = {}

    async def look(self, place: Place, settings: BulletinSettings) -> None:
        """Look at a channel, if it was not looked at since the last quarter of an hour began."""
        seconds = self._core.clock.now().timestamp()
        now = datetime.fromtimestamp(seconds - seconds % LOOK_SECONDS, UTC)
        if not settings.alerts or self._looked.get(place) == now:
            return
        incidents = await self._store.incidents(place, now - _DAYS)
        counts = await self._store.counted(place, now - _DAYS, now, LOOK_SECONDS)
        await self._judge(place, now, counts, incidents)
        for incident in await self._store.incidents(place, now - _TOLD_FOR):
            await self._tell(incident, settings, now)
        self._looked[place] = now

    async def _judge(
        self, place: Place, now: datetime, counts: dict[int, Counts], incidents: Sequence[Incident]
    ) -> None:
        """Open what begins and close what ends."""
        found = await asyncio.to_thread(find, counts, incidents, now)
        if isinstance(found, Beginning):
            incident = Incident(secrets.token_hex(8), place, found.began, now, found.usual)
            await self._store.open_incident(incident)
        elif found is not None:
            await self._store.close_incident(found.id, found.at, found.ending)

    async def _tell(self, incident: Incident, settings: BulletinSettings, now: datetime) -> None:
        """Say of an incident what has not been said yet."""
        place, store = incident.place, self._store
        zone = zone_of(settings.zone) or ZoneInfo("UTC")
        messages = self._core.speak(await self._core.settings(place))
        first = Notice(place, f"alert:{incident.id}")

        async def alert() -> Post:
            counts = await self._count(place, incident.began, now)
            aspects = await store.aspects(place, incident.began, now)
            return alert_post(incident, counts, tuple(aspects), zone, messages)

        async def more() -> Post:
            return follow_up_post(incident, counts, messages)

        async def ending() -> Post:
            ended = incident.closed or now
            return ending_post(incident, await self._count(place, incident.began, ended), zone, messages)

        said = await store.said(first)
        if said is None or said[0] == "claimed":
            if incident.closed is None:
                await self._say(first, settings, alert)
            return
        thread = said[1]
        if incident.closed is not None:
            await self._say(Notice(place, f"over:{incident.id}"), settings, ending, thread)
            return
        stretch = (now - incident.opened) // FOLLOW_UP
        end = incident.opened + stretch * FOLLOW_UP
        if stretch:
            counts = await self._count(place, end - FOLLOW_UP, end)
            if counts.negative >= LEAST_NEW and counts.negative > incident.usual * counts.total:
                await self._say(Notice(place, f"more:{incident.id}:{stretch:03d}"), settings, more, thread)

    async def _count(self, place: Place, since: datetime, until: datetime) -> Counts:
        return sum((await self._store.counted(place, since, until, 10**10)).values(), Counts())


def find(counts: Mapping[int, Counts], incidents: Sequence[Incident], now: datetime) -> Beginning | End | None:
    """What the counts say that is not known yet. Some hundredths of a second: not for the event loop.

    Args:
        counts: by number of the look since 1970.
        incidents: of the last days, oldest first.
        now: when a look begins; the looks before it count.
    """
    first = now - _DAYS
    number = int(first.timestamp()) // LOOK_SECONDS
    negative, total = np.zeros(_LOOKS, dtype=np.int64), np.zeros(_LOOKS, dtype=np.int64)
    for look, row in counts.items():
        if 0 <= look - number < _LOOKS:
            negative[look - number], total[look - number] = row.negative, row.total
    usual = _usual(negative, total, [_looks(incident, first, now) for incident in incidents])
    moves = alerts.steps(negative, total, usual)
    there = next((incident for incident in incidents if incident.closed is None), None)
    if there is not None:
        course = alerts.follow(moves[_look_of(there.opened, first) :], LIMIT, True)
        if course.closed.any():
            return End(there.id, there.opened + (int(np.argmax(course.closed)) + 1) * _LOOK, "over")
        return End(there.id, now, "usual") if now - there.opened >= LONGEST else None
    ends = [_look_of(incident.closed, first) for incident in incidents if incident.closed is not None]
    begin = max([_LOOKS - _RECENT, *ends])
    course = alerts.follow(moves[begin:])
    return Beginning(first + (begin + int(course.since)) * _LOOK, float(usual.share)) if course.open else None


def _usual(negative: alerts.Array, total: alerts.Array, incidents: Sequence[tuple[slice, bool]]) -> alerts.Baseline:
    """The baseline: without the last days, and without what was not usual.

    Args:
        negative: of each look, ``(looks,)``.
        total: likewise.
        incidents: which looks each took, and whether its level is the usual one since.
    """
    counts = np.ones(len(total), dtype=np.int64)
    for looks, became_usual in incidents:
        if became_usual:
            counts[: looks.start] = 0
            counts[looks] = 1
        else:
            counts[looks] = 0
    counts[-_RECENT:] = 0
    blocks = (-1, BLOCK_LOOKS)
    return alerts.baseline((negative * counts).reshape(blocks).sum(-1), (total * counts).reshape(blocks).sum(-1))


def _looks(incident: Incident, first: datetime, now: datetime) -> tuple[slice, bool]:
    begin, end = (_look_of(at, first) for at in (incident.began, incident.closed or now))
    return slice(begin, end), incident.ending == "usual"


def _look_of(at: datetime, first: datetime) -> int:
    return max(0, (at - first) // _LOOK)
