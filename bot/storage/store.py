"""The store in a database; :class:`bot.core.records.Store` says what each method is for."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from time import time_ns
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import Table

from bot.core.events import ChannelSettings, Place
from bot.core.moderation import Rule
from bot.core.records import Change, Claim, ClaimState, Due, Figures, Record, Unfinished
from bot.storage.connections import Connections
from bot.storage.lanes import Connection, Lane, Work
from bot.storage.leaving import SHOWN, delete_cases, delete_workspace, forget_moderator
from bot.storage.rules import from_rows, to_rows
from bot.storage.schema import (
    audit,
    bulletins,
    cases,
    channels,
    claims,
    feedback,
    installations,
    meta,
    opt_outs,
    rules,
    verdicts,
)
from bot.storage.statements import (
    NO_RULE,
    NOTHING_DUE,
    OLDER_VERDICT,
    OPTED_OUT,
    RULE,
    SETTINGS,
    SETTLE,
    VERDICT,
    asked,
    claim_values,
    place_values,
)

T = TypeVar("T")


def to_milliseconds(at: datetime) -> int:
    """A moment as it is stored."""
    return round(at.timestamp() * 1000)


def from_milliseconds(stored: int) -> datetime:
    """A stored moment."""
    return datetime.fromtimestamp(stored / 1000, UTC)


class SqlStore:
    """Channel settings, claims, verdicts, feedback and opt-outs. Reads wait for no write.

    Args:
        engine: of the database, its tables those of today.
        writer: how to write to it.
        looker: how to read from it what every message needs.
    """

    def __init__(self, engine: AsyncEngine, writer: Lane, looker: Lane) -> None:
        self._engine, self._writer, self._looker = engine, writer, looker
        self._reader = Connections(engine.execution_options(isolation_level="AUTOCOMMIT"))
        # A cursor of PostgreSQL lives in a transaction; a transaction of SQLite would hold up all writers.
        self._streamer = Connections(engine) if engine.dialect.name == "postgresql" else self._reader
        self._upsert: Any = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        self._claim = self._upsert(claims).on_conflict_do_nothing()

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection to read with: what keeps other tables in this database needs one."""
        return self._reader.one()

    async def write(self, work: Work[T]) -> T:
        """Do work in a transaction that is on the disk when the call returns."""
        return await self._writer.do(work)

    def upsert(self, table: Table) -> Any:
        """An INSERT of this database's dialect, which can say what to do on a conflict."""
        return self._upsert(table)

    async def settings(self, place: Place) -> ChannelSettings:
        values = asked(place_values(place))

        async def work(connection: Connection) -> ChannelSettings:
            row = (await connection.execute(SETTINGS, values)).first()
            if row is None:
                return ChannelSettings()
            return _settings(row, from_rows(tuple(r) for r in await connection.execute(RULE, values)))

        return await self._looker.do(work)

    async def configure(self, place: Place, settings: ChannelSettings, change: Change | None = None) -> None:
        values = {
            "watch": settings.watch,
            "mode": settings.mode,
            "positive_above": settings.positive_above,
            "negative_below": settings.negative_below,
            "language": settings.language,
        }
        statement = self._upsert(channels).values(**place_values(place), **values)
        statement = statement.on_conflict_do_update(index_elements=["platform", "workspace", "channel"], set_=values)
        kept = [{**place_values(place), "name": name, "value": value} for name, value in to_rows(settings.rule)]

        async def work(connection: Connection) -> None:
            await connection.execute(statement)  # first: of two admins at once the second waits here
            await connection.execute(NO_RULE, asked(place_values(place)))
            if kept:
                await connection.execute(rules.insert(), kept)
            if change is not None:
                await connection.execute(audit.insert(), _change_values(change))

        await self._writer.do(work)

    async def keep_change(self, change: Change) -> None:
        values = _change_values(change)
        await self._writer.do(lambda connection: connection.execute(audit.insert(), values))

    async def changes(
        self, platform: str, workspace: str, channel: str | None = None, newest: int = 20
    ) -> list[Change]:
        query = select(audit).where(audit.c.platform == platform, audit.c.workspace == workspace)
        if channel is not None:
            query = query.where(audit.c.channel == channel)
        async with self._reader.one() as connection:
            rows = (await connection.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(newest))).all()
        return [
            Change(
                Place(row.platform, row.workspace, row.channel),
                from_milliseconds(row.at),
                row.who,
                row.person,
                row.what,
                row.value,
            )
            for row in rows
        ]

    async def channels(self, platform: str | None = None, workspace: str | None = None) -> dict[Place, ChannelSettings]:
        query = select(channels).order_by(channels.c.platform, channels.c.workspace, channels.c.channel)
        if platform is not None:
            query = query.where(channels.c.platform == platform)
        if workspace is not None:
            query = query.where(channels.c.workspace == workspace)
        async with self._reader.one() as connection:
            rows = (await connection.execute(query)).all()
            kept: dict[Place, list[tuple[str, str]]] = {}
            for platform_, workspace_, channel, name, value in await connection.execute(select(rules)):
                kept.setdefault(Place(platform_, workspace_, channel), []).append((name, value))
        places = ((Place(row.platform, row.workspace, row.channel), row) for row in rows)
        return {place: _settings(row, from_rows(kept.get(place, ()))) for place, row in places}

    async def claim(self, claim: Claim, *, ahead: bool = False, due: Due | None = None) -> bool:
        values = {**claim_values(claim), "state": "claimed", "at": to_milliseconds(datetime.now(UTC)), **NOTHING_DUE}
        if due is not None:
            values |= {"due": to_milliseconds(due.at), "person": due.person}

        async def work(connection: Connection) -> bool:
            return (await connection.execute(self._claim, values)).rowcount == 1

        return await self._writer.do(work, ahead=ahead)

    async def release(self, claim: Claim) -> None:
        statement = delete(claims).where(_is(claim))
        await self._writer.do(lambda connection: connection.execute(statement))

    async def settle(
        self,
        claim: Claim,
        state: ClaimState,
        reference: str | None = None,
        *,
        ahead: bool = False,
        owed: bool = False,
    ) -> bool:
        values = {**asked(claim_values(claim)), "state": state, "reference": reference}
        if not owed:
            values |= NOTHING_DUE

        async def work(connection: Connection) -> bool:
            return (await connection.execute(SETTLE, values)).rowcount == 1

        return await self._writer.do(work, ahead=ahead)

    async def unfinished(self, platforms: Collection[str], now: datetime, most: int = 100) -> list[Unfinished]:
        late = claims.c.due <= to_milliseconds(now)
        query = select(claims).where(late, claims.c.platform.in_(platforms)).order_by(claims.c.due).limit(most)

        async def work(connection: Connection) -> list[Unfinished]:
            return [_unfinished(row) for row in await connection.execute(query)]

        return await self._looker.do(work)

    async def take_up(self, found: Unfinished, again: datetime) -> bool:
        statement = update(claims).where(_is(found.claim), claims.c.due == to_milliseconds(found.due.at))
        statement = statement.values(due=to_milliseconds(again), tries=found.tries + 1)

        async def work(connection: Connection) -> bool:
            return (await connection.execute(statement)).rowcount == 1

        return await self._writer.do(work)

    async def finish(self, claim: Claim) -> None:
        state = case((claims.c.state == "claimed", "abandoned"), else_=claims.c.state)
        statement = update(claims).where(_is(claim)).values(state=state, **NOTHING_DUE)
        await self._writer.do(lambda connection: connection.execute(statement))

    async def answer_to(self, place: Place, message: str) -> str | None:
        return await self._looker.do(lambda connection: _answer_to(connection, place, message))

    async def record(self, record: Record) -> None:
        older = asked({**place_values(record.place), "message": record.message})
        values = {
            **place_values(record.place),
            "id": record.id,
            "message": record.message,
            "person": record.person,
            "text": record.text,
            "at": to_milliseconds(record.at),
            "label": record.label,
            "band": record.band,
            "probability": record.probability,
            "model_id": record.model_id,
            "latency": record.latency,
            "way": record.way,
        }

        async def work(connection: Connection) -> None:
            await connection.execute(OLDER_VERDICT, older)
            await connection.execute(VERDICT, values)

        await self._writer.do(work)

    async def verdict_of(self, place: Place, message: str) -> str | None:
        query = select(verdicts.c.id).where(_at(verdicts, place), verdicts.c.message == message)

        async def work(connection: Connection) -> str | None:
            return (await connection.execute(query)).scalar()

        return await self._looker.do(work)

    async def feedback(self, verdict: str, person: str, right: bool, at: datetime) -> bool:
        exists = select(verdicts.c.id).where(verdicts.c.id == verdict).with_for_update(read=True)
        values = {"agrees": right, "at": to_milliseconds(at)}
        statement = self._upsert(feedback).values(verdict=verdict, person=person, **values)
        statement = statement.on_conflict_do_update(index_elements=["verdict", "person"], set_=values)

        async def work(connection: Connection) -> bool:
            if (await connection.execute(exists)).first() is None:
                return False
            await connection.execute(statement)
            return True

        return await self._writer.do(work)

    async def forget(self, place: Place, message: str) -> str | None:
        where = and_(_at(claims, place), claims.c.message == message)
        forgotten = update(claims).where(where).values(state="forgotten", reference=None, **NOTHING_DUE)
        gone = delete(verdicts).where(_at(verdicts, place), verdicts.c.message == message)
        card = update(cases).where(_at(cases, place), cases.c.message == message, SHOWN).values(card_state="stale")

        async def work(connection: Connection) -> str | None:
            reference = await _answer_to(connection, place, message)
            await connection.execute(forgotten)
            await connection.execute(gone)
            await connection.execute(card)  # it names words of the message: see that it does not, whoever dies now
            return reference

        return await self._writer.do(work)

    async def opted_out(self, person: str) -> bool:
        values = asked({"person": person})

        async def work(connection: Connection) -> bool:
            return (await connection.execute(OPTED_OUT, values)).first() is not None

        return await self._looker.do(work)

    async def opt_out(self, person: str, out: bool) -> None:
        statement: Any = delete(opt_outs).where(opt_outs.c.person == person)
        if out:
            statement = self._upsert(opt_outs).values(person=person).on_conflict_do_nothing()
        await self._writer.do(lambda connection: connection.execute(statement))

    async def delete_user(self, person: str) -> Mapping[str, int]:
        mine = select(verdicts.c.id).where(verdicts.c.person == person)
        nobody = update(audit).where(audit.c.person == person).values(who="", person="")
        exempt = delete(rules).where(rules.c.name == "exempt_user", rules.c.value == person)
        due = update(claims).where(claims.c.due.is_not(None), claims.c.person == person).values(**NOTHING_DUE)
        said = delete(feedback).where((feedback.c.person == person) | feedback.c.verdict.in_(mine))

        async def work(connection: Connection) -> Mapping[str, int]:
            await connection.execute(due)  # it would bring back what is deleted here
            return {
                "feedback": (await connection.execute(said)).rowcount,
                "verdicts": (await connection.execute(delete(verdicts).where(verdicts.c.person == person))).rowcount,
                "opt_outs": (await connection.execute(delete(opt_outs).where(opt_outs.c.person == person))).rowcount,
                "audit": (await connection.execute(nobody)).rowcount,
                "rules": (await connection.execute(exempt)).rowcount,
                "cases": await delete_cases(connection, cases.c.person == person),
                "case_notes": await forget_moderator(connection, person),
            }

        return await self._writer.do(work)

    async def delete_workspace(self, platform: str, workspace: str) -> Mapping[str, int]:
        return await self._writer.do(lambda connection: delete_workspace(connection, platform, workspace))

    async def installed(self) -> list[tuple[str, str, datetime]]:
        """Platform and id of each workspace that installed the app, and when; their tokens stay sealed."""
        table = installations.c
        query = select(table.platform, table.workspace, table.at).order_by(table.platform, table.workspace)
        async with self._reader.one() as connection:
            rows = (await connection.execute(query)).all()
        return [(platform, workspace, from_milliseconds(at)) for platform, workspace, at in rows]

    async def forget_installations(self) -> int:
        """Delete the tokens of all workspaces, and which key they were sealed with; gives how many there were."""

        async def work(connection: Connection) -> int:
            await connection.execute(delete(meta).where(meta.c.name == "token_key"))
            return (await connection.execute(delete(installations))).rowcount

        return await self._writer.do(work)

    async def forget_settings(self) -> int:
        """Delete the settings of all channels; gives of how many."""

        async def work(connection: Connection) -> int:
            for table in (rules, bulletins):
                await connection.execute(delete(table))
            return (await connection.execute(delete(channels))).rowcount

        return await self._writer.do(work)

    async def note(self, name: str) -> str | None:
        query = select(meta.c.value).where(meta.c.name == name)

        async def work(connection: Connection) -> str | None:
            return (await connection.execute(query)).scalar()

        return await self._looker.do(work)  # who asks may be cancelled: there that leaves no connection open

    async def keep_note(self, name: str, value: str | None) -> None:
        statement: Any = delete(meta).where(meta.c.name == name)
        if value is not None:
            statement = self._upsert(meta).values(name=name, value=value)
            statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
        await self._writer.do(lambda connection: connection.execute(statement))

    async def figures(self, platform: str, workspace: str, since: datetime, channel: str | None = None) -> Figures:
        where = [
            verdicts.c.platform == platform,
            verdicts.c.workspace == workspace,
            verdicts.c.at >= to_milliseconds(since),
        ]
        if channel is not None:
            where.append(verdicts.c.channel == channel)
        bands = select(verdicts.c.band, func.count()).where(*where).group_by(verdicts.c.band)
        said = (
            select(feedback.c.agrees, func.count())
            .join(verdicts, verdicts.c.id == feedback.c.verdict)
            .where(*where)
            .group_by(feedback.c.agrees)
        )
        async with self._reader.one() as connection:
            counts: dict[Any, int] = dict(tuple(row) for row in await connection.execute(bands))
            opinions: dict[Any, int] = {bool(agrees): n for agrees, n in await connection.execute(said)}
        return Figures(
            counts.get("positive", 0),
            counts.get("unsure", 0),
            counts.get("negative", 0),
            opinions.get(True, 0),
            opinions.get(False, 0),
        )

    async def purge(self, before: datetime) -> Mapping[str, int]:
        limit = to_milliseconds(before)
        old = select(verdicts.c.id).where(verdicts.c.at < limit)

        async def work(connection: Connection) -> Mapping[str, int]:
            said = await connection.execute(delete(feedback).where(feedback.c.verdict.in_(old)))
            judged = await connection.execute(delete(verdicts).where(verdicts.c.at < limit))
            claimed = await connection.execute(delete(claims).where(claims.c.at < limit))
            told = await connection.execute(delete(audit).where(audit.c.at < limit))
            return {
                "claims": claimed.rowcount,
                "verdicts": judged.rowcount,
                "feedback": said.rowcount,
                "audit": told.rowcount,
                "cases": await delete_cases(connection, cases.c.at < limit),
            }

        return await self._writer.do(work)

    async def records(
        self, since: datetime | None = None, newest: int | None = None
    ) -> AsyncIterator[Mapping[str, Any]]:
        """The kept verdicts, oldest first, with how many people agreed and disagreed.

        Args:
            since: only those from then on.
            newest: only so many, the newest.
        """
        right = func.coalesce(func.sum(case((feedback.c.agrees, 1), else_=0)), 0)
        query = (
            select(verdicts, right.label("right"), (func.count(feedback.c.person) - right).label("wrong"))
            .outerjoin(feedback, feedback.c.verdict == verdicts.c.id)
            .group_by(verdicts.c.id)
        )
        if since is not None:
            query = query.where(verdicts.c.at >= to_milliseconds(since))
        if newest is not None:
            inner = query.order_by(verdicts.c.at.desc(), verdicts.c.id.desc()).limit(newest).subquery()
            query = select(inner).order_by(inner.c.at, inner.c.id)
        else:
            query = query.order_by(verdicts.c.at, verdicts.c.id)
        async with self._streamer.one() as connection, connection.stream(query) as rows:
            async for row in rows:
                values = dict(row._mapping)
                values["at"] = from_milliseconds(values["at"])
                yield values

    async def claim_states(self) -> dict[str, int]:
        """How many claims there are of each state."""
        query = select(claims.c.state, func.count()).group_by(claims.c.state)
        async with self._reader.one() as connection:
            return dict(tuple(row) for row in await connection.execute(query))

    async def close(self) -> None:
        await self._writer.close()
        await self._looker.close()
        await self._reader.close()
        await self._streamer.close()
        await self._engine.dispose()


def _at(table: Table, place: Place) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in place_values(place).items()))


def _is(claim: Claim) -> ColumnElement[bool]:
    return and_(*(claims.c[name] == value for name, value in claim_values(claim).items()))


def _unfinished(row: Any) -> Unfinished:
    claim = Claim(Place(row.platform, row.workspace, row.channel), row.message, row.revision)
    return Unfinished(claim, Due(row.person or "", from_milliseconds(row.due)), row.tries or 0)


def _settings(row: Any, rule: Rule) -> ChannelSettings:
    return ChannelSettings(row.watch, row.mode, row.positive_above, row.negative_below, row.language, rule)


def _change_values(change: Change) -> dict[str, Any]:
    return {
        **place_values(change.place),
        "id": f"{time_ns():016x}{secrets.token_hex(4)}",  # in the order of writing
        "at": to_milliseconds(change.at),
        "who": change.who,
        "person": change.person,
        "what": change.what,
        "value": change.value,
    }


async def _answer_to(connection: Connection, place: Place, message: str) -> str | None:
    query = (
        select(claims.c.reference)
        .where(_at(claims, place), claims.c.message == message, claims.c.reference.is_not(None))
        .order_by(claims.c.at.desc())
        .limit(1)
    )
    return (await connection.execute(query)).scalar()
