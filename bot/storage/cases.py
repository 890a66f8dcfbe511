"""Cases in a store's database; :class:`bot.core.cases.CaseStore` says what each method is for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy import case as sql_case

from bot.core.cases import Blank, CardState, Case, Judgement, Note, Query, Text
from bot.core.events import Band, Place
from bot.core.installations import UnreadableError
from bot.storage.case_rows import (
    COLUMNS,
    FIXED,
    aspects_of,
    at_place,
    case_of,
    fits,
    in_workspace,
    is_case,
    note_values,
    of_message,
    of_roll,
    one,
    values_of,
)
from bot.storage.lanes import Connection
from bot.storage.leaving import SHOWN, STALE
from bot.storage.schema import blanks, case_notes, case_numbers, cases, claims, feedback, verdicts
from bot.storage.sealing import Sealer
from bot.storage.store import SqlStore, from_milliseconds, to_milliseconds

_AT_ONCE = 500
_SOON = timedelta(minutes=2)


class SqlCases:
    """Cases in a store's database.

    Args:
        store: the store; it is the one to be closed.
        sealer: what encrypts texts; None if the operator wants none kept.
    """

    def __init__(self, store: SqlStore, sealer: Sealer | None = None) -> None:
        self._store, self._sealer = store, sealer

    async def open(self, case: Case, text: Text | None = None) -> tuple[Case, bool] | None:
        workspace = {"platform": case.place.platform, "workspace": case.place.workspace}
        of_it = [*at_place(claims, case.place), claims.c.message == case.message]
        forgotten = select(claims.c.state).where(*of_it).with_for_update()  # who forgets it now is waited for
        number = self._store.upsert(case_numbers).values(**workspace, last=1)
        number = number.on_conflict_do_update(
            index_elements=list(workspace), set_={"last": case_numbers.c.last + 1}
        ).returning(case_numbers.c.last)
        back = update(case_numbers).where(*(case_numbers.c[name] == value for name, value in workspace.items()))

        async def work(connection: Connection) -> tuple[Case, bool] | None:
            states = (await connection.execute(forgotten)).scalars().all()
            if "forgotten" in states:
                return None
            found = await one(connection, *of_message(case.place, case.message))
            if found is not None:
                return found, False
            # The counter's row is locked until this is written or undone: no number is given twice, none is left out.
            next_number = (await connection.execute(number)).scalar_one()
            found = await one(connection, *of_message(case.place, case.message))
            if found is not None:  # another process opened it while we waited for the counter
                await connection.execute(back.values(last=case_numbers.c.last - 1))
                return found, False
            new = replace(case, number=next_number, version=0)
            await connection.execute(insert(cases), {**values_of(new), **self._sealed(new, text)})
            await connection.execute(insert(case_notes), note_values(new, 0, Note(new.at, "opened")))
            return new, True

        return await self._store.write(work)

    async def find(self, platform: str, workspace: str, number: int) -> Case | None:
        return await self._first(cases.c.platform == platform, cases.c.workspace == workspace, cases.c.number == number)

    async def of_message(self, place: Place, message: str) -> Case | None:
        return await self._first(*of_message(place, message))

    async def of_person(self, person: str) -> list[Case]:
        return await self._all(select(*COLUMNS).where(cases.c.person == person).order_by(cases.c.at))

    async def of_assignee(self, person: str) -> list[Case]:
        return await self._all(select(*COLUMNS).where(cases.c.assignee_person == person).order_by(cases.c.at))

    async def change(self, case: Case, note: Note) -> Case | None:
        changed = replace(case, version=case.version + 1)
        values = {name: value for name, value in values_of(changed).items() if name not in FIXED}
        if note.act == "assign":
            values["assignee_person"] = note.person if changed.assignee else ""
        late = to_milliseconds(note.at + _SOON)  # whoever changes it changes its card, if not dead by then
        statement = update(cases).where(*is_case(case), cases.c.version == case.version).values(**values)
        statement = statement.values(card_state=STALE, card_at=sql_case((SHOWN, late), else_=cases.c.card_at))
        if case.gone:
            statement = statement.values(sealed=None, sealed_until=None)

        async def work(connection: Connection) -> Case | None:
            if (await connection.execute(statement)).rowcount != 1:
                return None
            await connection.execute(insert(case_notes), note_values(changed, changed.version, note))
            return await one(connection, *is_case(case))

        return await self._store.write(work)

    async def rolled(self, moderators: Place, roll: str) -> list[Case]:
        return await self._all(select(*COLUMNS).where(*of_roll(moderators, roll)).order_by(cases.c.number))

    async def close_rolled(self, moderators: Place, roll: str, note: Note) -> int:
        open_ = [*of_roll(moderators, roll), cases.c.state == "open"]
        query = select(*COLUMNS).where(*open_).order_by(cases.c.number).with_for_update()

        async def work(connection: Connection) -> int:
            found = [case_of(row) for row in await connection.execute(query)]
            for begin in range(0, len(found), _AT_ONCE):
                some = found[begin : begin + _AT_ONCE]
                numbers = cases.c.number.in_([case.number for case in some])
                closed = update(cases).where(*in_workspace(moderators), numbers)
                await connection.execute(closed.values(state="closed", version=cases.c.version + 1))
                notes = [note_values(case, case.version + 1, note) for case in some]
                await connection.execute(insert(case_notes), notes)
            return len(found)

        return await self._store.write(work)

    async def notes(self, case: Case) -> list[Note]:
        query = select(case_notes).where(*is_case(case, case_notes)).order_by(case_notes.c.place)
        async with self._store.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Note(from_milliseconds(row.at), row.act, row.who, row.person) for row in rows]

    async def text(self, case: Case) -> str | None:
        async with self._store.read() as connection:
            sealed = (await connection.execute(select(cases.c.sealed).where(*is_case(case)))).scalar()
        if sealed is None or self._sealer is None:
            return None
        try:
            *whose, text = json.loads(self._sealer.open(sealed))
        except (UnreadableError, ValueError):
            return None
        return str(text) if whose == _whose(case) else None

    async def forget_text(self, case: Case) -> None:
        statement = update(cases).where(*is_case(case)).values(sealed=None, sealed_until=None)
        await self._store.write(lambda connection: connection.execute(statement))

    async def search(self, platform: str, workspace: str, query: Query, most: int = 20) -> list[Case]:
        where = fits(platform, workspace, query)
        return await self._all(select(*COLUMNS).where(*where).order_by(cases.c.number.desc()).limit(most))

    async def everything(
        self,
        query: Query,
        platform: str | None = None,
        workspace: str | None = None,
        *,
        number: int | None = None,
        newest: int | None = None,
    ) -> AsyncIterator[Case]:
        """Those that fit, of all workspaces or of one, oldest first.

        Args:
            query: which.
            platform: of one platform only.
            workspace: of one workspace only.
            number: of this number only.
            newest: only so many, the newest.
        """
        where = fits(platform, workspace, query) + ([] if number is None else [cases.c.number == number])
        order = (cases.c.at, cases.c.platform, cases.c.workspace, cases.c.number)
        statement = select(*COLUMNS).where(*where).order_by(*order)
        if newest is not None:
            last = statement.order_by(None).order_by(*(column.desc() for column in order)).limit(newest)
            for case in reversed(await self._all(last)):
                yield case
            return
        at = 0
        while found := await self._all(statement.limit(_AT_ONCE).offset(at)):
            for case in found:
                yield case
            at += len(found)

    async def count(self, platform: str, workspace: str, query: Query) -> int:
        return await self._number(select(func.count()).select_from(cases).where(*fits(platform, workspace, query)))

    async def waiting(self, platforms: Collection[str], now: datetime, most: int = 500) -> list[Case]:
        here = cases.c.platform.in_(platforms)
        where = here, cases.c.card_state == "waiting", cases.c.card_at <= to_milliseconds(now)
        return await self._all(select(*COLUMNS).where(*where).order_by(cases.c.at, cases.c.number).limit(most))

    async def lost(self, platforms: Collection[str], before: datetime, most: int = 500) -> list[Case]:
        here = cases.c.platform.in_(platforms)
        where = here, cases.c.card_state == "claimed", cases.c.card_at < to_milliseconds(before)
        return await self._all(select(*COLUMNS).where(*where).order_by(cases.c.at, cases.c.number).limit(most))

    async def stuck(self, platform: str, workspace: str, now: datetime) -> int:
        where = [cases.c.platform == platform, cases.c.workspace == workspace, cases.c.card_state == "waiting"]
        later = cases.c.card_at > to_milliseconds(now)
        return await self._number(select(func.count()).select_from(cases).where(*where, later))

    async def take(self, cases_: Sequence[Case], now: datetime) -> list[Case]:
        moment = to_milliseconds(now)
        values = {"card_state": "claimed", "card_at": moment}

        async def work(connection: Connection) -> list[Case]:
            taken = []
            for each in sorted(cases_, key=lambda one: (one.place.platform, one.place.workspace, one.number)):
                free = update(cases).where(*is_case(each), cases.c.card_state == each.card_state).values(**values)
                if each.card_state == "claimed":  # by somebody who is gone; of all that find it one gets it
                    free = free.where(cases.c.card_at < moment - 1000)
                if (await connection.execute(free)).rowcount == 1:
                    taken.append(replace(each, card_state="claimed"))
            return taken

        return await self._store.write(work)

    async def settle(
        self,
        cases_: Sequence[Case],
        state: CardState,
        card: str = "",
        channel: str = "",
        *,
        after: datetime | None = None,
    ) -> int:
        values: dict[str, Any] = {"card": card, "card_channel": channel, "card_state": state}
        if after is not None:
            values["card_at"] = to_milliseconds(after)
        numbers = [each.number for each in cases_]

        async def work(connection: Connection) -> int:
            found = 0
            for begin in range(0, len(numbers), _AT_ONCE):
                some = cases.c.number.in_(numbers[begin : begin + _AT_ONCE])
                statement = update(cases).where(*in_workspace(cases_[0].place), some).values(**values)
                found += (await connection.execute(statement)).rowcount
            return found

        return await self._store.write(work) if numbers else 0

    async def fresh(self, case: Case) -> None:
        same = cases.c.version == case.version, cases.c.card_state == "stale"
        statement = update(cases).where(*is_case(case), *same).values(card_state="posted")
        await self._store.write(lambda connection: connection.execute(statement))

    async def stale(self, platforms: Collection[str], now: datetime, most: int = 20) -> list[Case]:
        here = cases.c.platform.in_(platforms)
        where = here, cases.c.card_state == "stale", cases.c.card_at <= to_milliseconds(now)
        return await self._all(select(*COLUMNS).where(*where).order_by(cases.c.card_at).limit(most))

    async def blanks(self, platforms: Collection[str], now: datetime, most: int = 20) -> list[Blank]:
        where = blanks.c.platform.in_(platforms), blanks.c.due <= to_milliseconds(now)
        async with self._store.read() as connection:
            rows = (await connection.execute(select(blanks).where(*where).order_by(blanks.c.due).limit(most))).all()
        return [
            Blank(Place(row.platform, row.workspace, row.channel), row.number, row.card, row.card_channel, row.tries)
            for row in rows
        ]

    async def blanked(self, blank: Blank) -> None:
        statement = delete(blanks).where(*in_workspace(blank.place, blanks), blanks.c.number == blank.number)
        await self._store.write(lambda connection: connection.execute(statement))

    async def blank_later(self, blank: Blank, at: datetime) -> None:
        statement = update(blanks).where(*in_workspace(blank.place, blanks), blanks.c.number == blank.number)
        statement = statement.values(due=to_milliseconds(at), tries=blank.tries + 1)
        await self._store.write(lambda connection: connection.execute(statement))

    async def describe(self, case: Case, aspects: Sequence[str]) -> None:
        values = {"aspects": aspects_of(aspects)}
        statement = update(cases).where(*is_case(case)).values(**values)
        await self._store.write(lambda connection: connection.execute(statement))

    async def judgements(self, place: Place, since: datetime, band: Band = "negative") -> list[Judgement]:
        moment = to_milliseconds(since)
        decided = select(cases.c.at, cases.c.probability, cases.c.decision, cases.c.message).where(
            *at_place(cases, place), cases.c.band == band, cases.c.decision != "", cases.c.at >= moment
        )
        right = func.sum(sql_case((feedback.c.agrees, 1), else_=-1)).label("right")
        said = (
            select(verdicts.c.at, verdicts.c.probability, right, verdicts.c.message)
            .join(feedback, feedback.c.verdict == verdicts.c.id)
            .where(*at_place(verdicts, place), verdicts.c.band == band, verdicts.c.at >= moment)
            .group_by(verdicts.c.at, verdicts.c.probability, verdicts.c.message)
        )
        async with self._store.read() as connection:
            by_moderators = (await connection.execute(decided)).all()
            by_others = (await connection.execute(said)).all()
        found = {message: (at, probability, votes > 0) for at, probability, votes, message in by_others if votes}
        found |= {message: (at, probability, said == "right") for at, probability, said, message in by_moderators}
        return [Judgement(from_milliseconds(at), shown, sound) for at, shown, sound in sorted(found.values())]

    async def forget_old_texts(self, now: datetime) -> int:
        old = update(cases).where(cases.c.sealed_until <= to_milliseconds(now)).values(sealed=None, sealed_until=None)

        async def work(connection: Connection) -> int:
            return (await connection.execute(old)).rowcount

        return await self._store.write(work)

    def _sealed(self, of: Case, text: Text | None) -> dict[str, Any]:
        if text is None or self._sealer is None:
            return {"sealed": None, "sealed_until": None}
        content = json.dumps([*_whose(of), text.text], ensure_ascii=False).encode("utf-8", "replace")
        return {"sealed": self._sealer.seal(content), "sealed_until": to_milliseconds(text.until)}

    async def _first(self, *where: ColumnElement[bool]) -> Case | None:
        async with self._store.read() as connection:
            row = (await connection.execute(select(*COLUMNS).where(*where))).first()
        return None if row is None else case_of(row)

    async def _all(self, query: Any) -> list[Case]:
        async with self._store.read() as connection:
            return [case_of(row) for row in await connection.execute(query)]

    async def _number(self, query: Any) -> int:
        async with self._store.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)


def _whose(case: Case) -> list[Any]:
    """Sealed beside its text, so that no text is shown with another case."""
    return [case.place.platform, case.place.workspace, case.number, case.message]
