"""Cases in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, event, select

import nlp
from bot.core.announcing import Announcer
from bot.core.case_book import Cases
from bot.core.cases import Case, Note, Query, Text
from bot.core.events import ChannelSettings, Incoming, Outcome, Place
from bot.core.records import Claim
from bot.storage.bulletins import SqlBulletins
from bot.storage.cases import SqlCases
from bot.storage.opening import open_store
from bot.storage.schema import cases as table
from bot.storage.sealing import Sealer
from bot.storage.store import SqlStore
from tests.bot.core.fakes import HandClock, make_core
from tests.bot.core.test_pipeline import BAD, GOOD, Wire
from tests.bot.storage.test_store import NOON, record

PLACE = Place("slack", "T1", "C1")
KEY = Fernet.generate_key().decode()


def case(message: str = "m1", **changes: Any) -> Case:
    new = Case(PLACE, 0, message, "p" * 32, "r1", NOON, "negative", 0.03, "m", aspects=("배송-", "품질-"))
    return replace(new, **changes)


async def opened(kept: SqlCases, message: str = "m1", text: Text | None = None, **changes: Any) -> Case:
    found = await kept.open(case(message, **changes), text)
    assert found is not None
    return found[0]


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(url, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def kept(store: SqlStore) -> SqlCases:
    return SqlCases(store, Sealer([KEY]))


async def test_a_case_is_kept_as_it_was_opened(kept: SqlCases) -> None:
    first, second = await opened(kept), await opened(kept, "m2")
    assert (first, second.number) == (case(number=1), 2)
    assert await kept.find("slack", "T1", 1) == first == await kept.of_message(PLACE, "m1")
    assert await kept.open(case()) == (first, False)
    assert (await opened(kept, "m3", place=Place("slack", "T2", "C1"))).number == 1
    assert await kept.find("slack", "T9", 1) is None
    assert [(note.act, note.who) for note in await kept.notes(first)] == [("opened", "")]


async def test_numbers_have_no_gaps_however_many_stores_open_cases_at_once(url: str, tmp_path: Path) -> None:
    stores = [await open_store(url, tmp_path) for _ in range(3)]
    shared = [f"both{n}" for n in range(15)]  # each store is handed these
    own = [[f"s{s}-{n}" for n in range(15)] for s in range(3)]
    got = await asyncio.gather(
        *(SqlCases(stores[s]).open(case(m)) for s in range(3) for m in [*shared, *own[s]]), return_exceptions=True
    )
    assert not [each for each in got if isinstance(each, BaseException)]
    found = await SqlCases(stores[0]).search("slack", "T1", Query(), 100)
    assert sorted(each.number for each in found) == list(range(1, 61))
    assert len({each.message for each in found}) == 60
    for each in stores:
        await each.close()


PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.storage.cases import SqlCases
from bot.storage.opening import open_store
from tests.bot.storage.test_cases import case

async def main(url, home, name):
    store = await open_store(url, Path(home))
    for n in range(20):
        await SqlCases(store).open(case(f"{name}{n}" if n % 2 else f"both{n}"))
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
async def test_numbers_have_no_gaps_over_several_processes(url: str, tmp_path: Path) -> None:
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, url, str(tmp_path), name) for name in "ab"
    ]
    assert [await process.wait() for process in processes] == [0, 0]
    store = await open_store(url, tmp_path)
    found = await SqlCases(store).search("slack", "T1", Query(), 100)
    assert sorted(each.number for each in found) == list(range(1, 31))
    await store.close()


async def test_of_two_who_change_a_case_at_once_one_does(kept: SqlCases) -> None:
    seen = await opened(kept)
    right = replace(seen, decision="right"), Note(NOON, "right", "U1", "f1")
    wrong = replace(seen, decision="wrong"), Note(NOON, "wrong", "U2", "f2")
    done = await asyncio.gather(kept.change(*right), kept.change(*wrong))
    (won,) = [each for each in done if each is not None]
    assert won.version == 1
    assert await kept.find("slack", "T1", 1) == won
    assert [note.act for note in await kept.notes(won)] == ["opened", won.decision]


async def test_a_card_is_taken_by_one_and_a_change_leaves_it_alone(url: str, tmp_path: Path, kept: SqlCases) -> None:
    other = SqlCases(await open_store(url, tmp_path))
    for n in range(5):
        await opened(kept, f"m{n}")
    waiting = await kept.waiting(["slack"], NOON)
    assert len(waiting) == 5
    assert await kept.waiting(["discord"], NOON) == []
    mine, theirs = await asyncio.gather(kept.take(waiting, NOON), other.take(waiting, NOON))
    assert sorted(each.number for each in mine + theirs) == [1, 2, 3, 4, 5]
    assert await kept.waiting(["slack"], NOON) == []
    assert await kept.settle([waiting[0]], "posted", "message:1", "C9") == 1
    changed = await kept.change(replace(waiting[0], owed=True), Note(NOON, "owe", "U1", "f1"))
    assert changed is not None
    assert (changed.card, changed.card_state, changed.owed) == ("message:1", "stale", True)
    soon = NOON + timedelta(minutes=2)  # until then it is whoever made the change that has the card changed
    assert await kept.stale(["slack"], soon - timedelta(seconds=1)) == await kept.stale(["discord"], soon) == []
    assert await kept.stale(["slack"], soon) == [changed]
    await kept.fresh(waiting[0])  # shows what it was before
    assert await kept.stale(["slack"], soon) == [changed]
    await kept.fresh(changed)
    assert await kept.stale(["slack"], soon) == []
    assert [each.number for each in await kept.lost(["slack"], NOON + timedelta(minutes=9))] == [2, 3, 4, 5]
    later = NOON + timedelta(minutes=9)
    lost = await kept.lost(["slack"], later)
    again = await asyncio.gather(kept.take(lost, later), other.take(lost, later))
    assert sorted(each.number for taken in again for each in taken) == [2, 3, 4, 5]
    await kept.settle([waiting[1]], "waiting", after=NOON + timedelta(hours=1))
    assert await kept.settle([replace(waiting[1], number=99)], "none") == 0
    await kept.describe(waiting[1], ["가격+"])
    described = await kept.find("slack", "T1", waiting[1].number)
    assert described is not None
    assert (described.aspects, described.version) == (("가격+",), 0)
    assert await kept.waiting(["slack"], NOON) == []
    assert await kept.stuck("slack", "T1", NOON) == 1
    assert [each.number for each in await kept.waiting(["slack"], NOON + timedelta(hours=1))] == [2]
    await other._store.close()


async def test_what_was_forgotten_gets_no_case(store: SqlStore, kept: SqlCases) -> None:
    await store.claim(Claim(PLACE, "m1"))
    await store.forget(PLACE, "m1")
    assert await kept.open(case()) is None
    assert (await opened(kept, "m2")).number == 1


async def test_cases_are_found_by_what_they_are(kept: SqlCases) -> None:
    await opened(kept, "m1")
    await opened(kept, "m2", band="unsure", at=NOON + timedelta(days=1))
    third = await opened(kept, "m3", place=Place("slack", "T1", "C2"))
    taken = await kept.change(replace(third, assignee="U1", owed=True), Note(NOON, "assign", "U1", "f1"))
    assert taken is not None
    await kept.change(replace(taken, state="closed", decision="wrong"), Note(NOON, "close", "U1", "f1"))
    for query, numbers in {
        Query(): [3, 2, 1],
        Query(band="negative"): [3, 1],
        Query(state="open"): [2, 1],
        Query(state="closed", decision="wrong"): [3],
        Query(assignee="U1", owed=True): [3],
        Query(assignee=""): [2, 1],
        Query(channel="C2"): [3],
        Query(since=NOON + timedelta(hours=1)): [2],
    }.items():
        assert [each.number for each in await kept.search("slack", "T1", query)] == numbers
        assert await kept.count("slack", "T1", query) == len(numbers)
    assert [each.number for each in await kept.search("slack", "T1", Query(), 1)] == [3]


async def test_a_text_is_sealed_kept_for_its_days_and_goes_with_its_message(store: SqlStore, kept: SqlCases) -> None:
    secret = "배송이 너무 늦어요"
    first = await opened(kept, "m1", Text(secret, NOON + timedelta(days=3)))
    second = await opened(kept, "m2", Text(secret, NOON + timedelta(days=9)))
    async with store.read() as connection:
        rows = (await connection.execute(select(table))).all()
    assert secret not in str(rows)
    assert secret.encode() not in b"".join(row.sealed for row in rows)
    assert await kept.text(first) == secret
    assert await SqlCases(store, Sealer([Fernet.generate_key().decode()])).text(first) is None
    assert await SqlCases(store).text(first) is None
    assert await kept.forget_old_texts(NOON + timedelta(days=3)) == 1
    assert (await kept.text(first), await kept.text(second)) == (None, secret)
    assert await kept.change(replace(second, gone=True), Note(NOON, "gone")) is not None
    assert await kept.text(second) is None
    third = await opened(SqlCases(store), "m3", Text(secret, NOON + timedelta(days=3)))
    assert await kept.text(third) is None


async def test_a_text_moved_to_another_case_is_not_read(store: SqlStore, kept: SqlCases) -> None:
    first = await opened(kept, "m1", Text("남의 글", NOON + timedelta(days=3)))
    second = await opened(kept, "m2")
    stolen = select(table.c.sealed).where(table.c.number == first.number).scalar_subquery()
    await store.write(
        lambda connection: connection.execute(
            table.update().where(table.c.number == second.number).values(sealed=stolen)
        )
    )
    assert await kept.text(second) is None


async def test_who_wrote_or_moderated_is_forgotten(store: SqlStore, kept: SqlCases) -> None:
    await opened(kept, "m1", person="writer")
    second = await opened(kept, "m2")
    taken = await kept.change(replace(second, assignee="U1"), Note(NOON, "assign", "U1", "moderator"))
    assert taken is not None
    assert [each.number for each in await kept.of_person("writer")] == [1]
    assert (await store.delete_user("writer"))["cases"] == 1
    assert (await store.delete_user("moderator"))["case_notes"] == 2
    left = await kept.search("slack", "T1", Query())
    assert [(each.number, each.assignee) for each in left] == [(2, "")]
    assert [(note.act, note.who, note.person) for note in await kept.notes(left[0])] == [
        ("opened", "", ""),
        ("assign", "", ""),
    ]
    assert (await opened(kept, "m3")).number == 3  # a number is given once


async def test_cases_go_with_their_workspace_and_with_time(store: SqlStore, kept: SqlCases) -> None:
    await opened(kept, "m1", at=NOON - timedelta(days=91))
    await opened(kept, "m2")
    await opened(kept, "m3", place=Place("slack", "T2", "C1"))
    assert (await store.purge(NOON - timedelta(days=90)))["cases"] == 1
    counts = await store.delete_workspace("slack", "T1")
    assert (counts["cases"], counts["case_notes"], counts["case_numbers"]) == (1, 1, 1)
    assert await kept.count("slack", "T2", Query()) == 1


async def test_a_moderator_weighs_more_than_the_others(store: SqlStore, kept: SqlCases) -> None:
    for number, band in enumerate(["negative", "negative", "negative", "positive"]):
        await store.record(record(number, band=band, label="negative", probability=0.1, at=NOON))
        await store.feedback(record(number).id, "a", True, NOON)
    await store.feedback(record(1).id, "b", False, NOON)  # as many as against
    await store.feedback(record(2).id, "a", False, NOON)
    seen = await opened(kept, "m2", at=NOON + timedelta(seconds=1))
    await kept.change(replace(seen, decision="right"), Note(NOON, "right", "U1", "f1"))
    said = await kept.judgements(PLACE, NOON - timedelta(days=1))
    assert [(each.probability, each.right) for each in said] == [(0.1, True), (0.03, True)]
    assert said[1].at == datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
    assert await kept.judgements(PLACE, NOON + timedelta(days=1)) == []


async def test_a_channel_without_a_rule_costs_no_more_statements_than_without_moderation(
    model: nlp.Analyzer, url: str, tmp_path: Path
) -> None:
    seen: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        counts = []
        for channel, moderated in (("C1", False), ("C2", True)):
            store = await open_store(url, tmp_path)
            core = make_core(model, store=store, clock=HandClock())  # settings are read again after some seconds
            if moderated:
                core.cases, core.announcer = Cases(core, SqlCases(store)), Announcer(core, SqlBulletins(store))
                await core.announcer.tick()
            place = Place("slack", "T1", channel)
            await core.configure(place, ChannelSettings(watch=True))
            seen.clear()
            for message, text in enumerate((BAD, GOOD, BAD)):
                incoming = Incoming(place, str(message), "T1/U1", text, "watched")
                assert await core.handle(incoming, Wire()) is Outcome.RECORDED
            counts.append(sorted(seen))
            await core.close()
        assert counts[0] == counts[1]
        assert any("verdicts" in statement for statement in counts[0])
    finally:
        event.remove(Engine, "before_cursor_execute", count)
