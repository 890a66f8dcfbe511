"""Digests and alerts in the database; :class:`bot.core.bulletins.BulletinStore` says what each method is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.schema import Table

from bot.core.bulletins import (
    AspectCounts,
    BulletinSettings,
    Counts,
    Ending,
    Incident,
    Notice,
    NoticeState,
)
from bot.core.events import Place
from bot.storage.lanes import Connection
from bot.storage.schema import bulletins, cases, incidents, notices, verdict_aspects, verdicts
from bot.storage.statements import place_values
from bot.storage.store import SqlStore, from_milliseconds, to_milliseconds

_AT_ONCE = 200
_PLACE = ["platform", "workspace", "channel"]
_NEXT: dict[NoticeState, tuple[str, ...]] = {"claimed": ("claimed", "sending"), "sending": ("claimed",)}
"""From which states there is a way to these two; to all others there is one from any that is not final."""


class SqlBulletins:
    """What is wanted and what was said.

    Args:
        store: in whose database.
    """

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def bulletins(self, place: Place) -> BulletinSettings:
        async with self._store.read() as connection:
            row = (await connection.execute(select(bulletins).where(_at(bulletins, place)))).first()
        return BulletinSettings() if row is None else _settings(row)

    async def choose(self, place: Place, settings: BulletinSettings) -> None:
        values = {
            "digest": settings.digest,
            "minute": settings.minute,
            "zone": settings.zone,
            "empty": settings.empty,
            "alerts": settings.alerts,
            "destination": settings.to,
            "since": None if settings.since is None else to_milliseconds(settings.since),
            "trouble": settings.trouble[:64],
        }
        statement = self._store.upsert(bulletins).values(**place_values(place), **values)
        statement = statement.on_conflict_do_update(index_elements=_PLACE, set_=values)
        await self._store.write(lambda connection: connection.execute(statement))

    async def wanted(self) -> dict[Place, BulletinSettings]:
        query = select(bulletins).where(or_(bulletins.c.digest != "off", bulletins.c.alerts)).order_by(*_columns())
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
        return {Place(row.platform, row.workspace, row.channel): _settings(row) for row in rows}

    async def trouble(self, place: Place, reason: str) -> None:
        statement = update(bulletins).where(_at(bulletins, place)).values(trouble=reason[:64])
        await self._store.write(lambda connection: connection.execute(statement))

    async def counted(self, place: Place, since: datetime, until: datetime, seconds: int) -> dict[int, Counts]:
        stretch = verdicts.c.at - verdicts.c.at % (1000 * seconds)
        query = (
            select(stretch, verdicts.c.band, func.count())
            .where(_within(place, since, until))
            .group_by(stretch, verdicts.c.band)
        )
        found: dict[int, dict[str, int]] = defaultdict(dict)
        async with self._store.read() as connection:
            for begin, band, count in await connection.execute(query):
                found[begin // (1000 * seconds)][band] = count
        return {number: Counts(**bands) for number, bands in found.items()}

    async def aspects(self, place: Place, since: datetime, until: datetime) -> list[AspectCounts]:
        query = (
            select(verdict_aspects.c.aspect, verdict_aspects.c.label, func.count())
            .join(verdicts, verdicts.c.id == verdict_aspects.c.verdict)
            .where(_within(place, since, until))
            .group_by(verdict_aspects.c.aspect, verdict_aspects.c.label)
        )
        found: dict[str, dict[str, int]] = defaultdict(lambda: {"positive": 0, "negative": 0})
        async with self._store.read() as connection:
            for name, label, count in await connection.execute(query):
                found[name][label] = count
        counted = [AspectCounts(name, by["positive"], by["negative"]) for name, by in found.items()]
        return sorted(counted, key=lambda aspect: (-aspect.total, aspect.name))

    async def owed(self, place: Place) -> int:
        query = select(func.count()).select_from(cases).where(_at(cases, place), cases.c.owed, cases.c.state == "open")
        async with self._store.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def record_aspects(self, verdict: str, aspects: Sequence[tuple[str, str]]) -> None:
        exists = select(verdicts.c.id).where(verdicts.c.id == verdict).with_for_update(read=True)
        statement = self._store.upsert(verdict_aspects).on_conflict_do_nothing()
        values = [{"verdict": verdict, "aspect": name[:32], "label": label} for name, label in sorted(set(aspects))]

        async def work(connection: Connection) -> None:
            if values and (await connection.execute(exists)).first() is not None:
                await connection.execute(statement, values)

        await self._store.write(work)

    async def incidents(self, place: Place, since: datetime) -> list[Incident]:
        recent = or_(incidents.c.is_open == 1, incidents.c.closed >= to_milliseconds(since))
        query = select(incidents).where(_at(incidents, place), recent).order_by(incidents.c.opened, incidents.c.id)
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
        return [_incident(row) for row in rows]

    async def open_incident(self, incident: Incident) -> bool:
        values = {
            "id": incident.id,
            **place_values(incident.place),
            "began": to_milliseconds(incident.began),
            "opened": to_milliseconds(incident.opened),
            "usual": incident.usual,
            "is_open": 1,
        }
        statement = self._store.upsert(incidents).values(**values)
        statement = statement.on_conflict_do_nothing(index_elements=[*_PLACE, "is_open"])

        async def work(connection: Connection) -> bool:
            return (await connection.execute(statement)).rowcount == 1

        return await self._store.write(work)

    async def close_incident(self, id: str, at: datetime, ending: Ending) -> bool:  # noqa: A002
        statement = (
            update(incidents)
            .where(incidents.c.id == id, incidents.c.is_open == 1)
            .values(is_open=None, closed=to_milliseconds(at), ending=ending)
        )

        async def work(connection: Connection) -> bool:
            return (await connection.execute(statement)).rowcount == 1

        return await self._store.write(work)

    async def take(self, notice: Notice, now: datetime, stale: datetime) -> bool:
        at = to_milliseconds(now)
        new = self._store.upsert(notices).values(**_name(notice), state="claimed", at=at).on_conflict_do_nothing()
        old = (
            update(notices)
            .where(_is(notice), notices.c.state == "claimed", notices.c.at < to_milliseconds(stale))
            .values(at=at)
        )

        async def work(connection: Connection) -> bool:
            if (await connection.execute(new)).rowcount == 1:
                return True
            return (await connection.execute(old)).rowcount == 1

        return await self._store.write(work)

    async def open_notices(self, notices_: Sequence[Notice], stale: datetime) -> set[Notice]:
        columns = notices.c.platform, notices.c.workspace, notices.c.channel, notices.c.name
        taken = or_(notices.c.state != "claimed", notices.c.at >= to_milliseconds(stale))
        found = set(notices_)
        async with self._store.read() as connection:
            for begin in range(0, len(notices_), _AT_ONCE):
                keys = [tuple(_name(notice).values()) for notice in notices_[begin : begin + _AT_ONCE]]
                rows = await connection.execute(select(*columns).where(tuple_(*columns).in_(keys), taken))
                found -= {Notice(Place(*place), name) for *place, name in rows}
        return found

    async def mark(self, notice: Notice, state: NoticeState, reference: str | None = None) -> bool:
        before = _NEXT.get(state, ("claimed", "sending"))
        statement = update(notices).where(_is(notice), notices.c.state.in_(before))
        statement = statement.values(state=state, reference=reference)

        async def work(connection: Connection) -> bool:
            return (await connection.execute(statement)).rowcount == 1

        return await self._store.write(work)

    async def said(self, notice: Notice) -> tuple[NoticeState, str | None] | None:
        query = select(notices.c.state, notices.c.reference).where(_is(notice))
        async with self._store.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else (row.state, row.reference)

    async def last_said(self, place: Place, kind: str) -> str | None:
        of_kind = notices.c.name.like(f"{kind}:%")
        query = select(func.max(notices.c.name)).where(
            _at(notices, place), of_kind, notices.c.state.in_(("sent", "silent"))
        )
        async with self._store.read() as connection:
            found: str | None = (await connection.execute(query)).scalar()
        return found

    async def sweep(self, before: datetime) -> int:
        limit = to_milliseconds(before)
        old = (delete(notices).where(notices.c.at < limit), delete(incidents).where(incidents.c.closed < limit))

        async def work(connection: Connection) -> int:
            return sum([(await connection.execute(statement)).rowcount for statement in old])

        return await self._store.write(work)


def _columns() -> list[Any]:
    return [bulletins.c[name] for name in _PLACE]


def _at(table: Table, place: Place) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in place_values(place).items()))


def _within(place: Place, since: datetime, until: datetime) -> ColumnElement[bool]:
    """Watched reviews of a channel: what was asked of the bot elsewhere in it is none of the channel's own."""
    begin, end = to_milliseconds(since), to_milliseconds(until)
    return and_(_at(verdicts, place), verdicts.c.at >= begin, verdicts.c.at < end, verdicts.c.way == "watched")


def _name(notice: Notice) -> dict[str, str]:
    return {**place_values(notice.place), "name": notice.key}


def _is(notice: Notice) -> ColumnElement[bool]:
    return and_(_at(notices, notice.place), notices.c.name == notice.key)


def _settings(row: Any) -> BulletinSettings:
    since = None if row.since is None else from_milliseconds(row.since)
    return BulletinSettings(
        row.digest, row.minute, row.zone, row.empty, row.alerts, row.destination, since, row.trouble
    )


def _incident(row: Any) -> Incident:
    return Incident(
        row.id,
        Place(row.platform, row.workspace, row.channel),
        from_milliseconds(row.began),
        from_milliseconds(row.opened),
        row.usual,
        None if row.closed is None else from_milliseconds(row.closed),
        row.ending,
    )
