"""What digests and alerts are remembered by, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.bulletins import AspectCounts, BulletinSettings, Counts, Incident, Notice
from bot.core.events import Place
from bot.core.fingerprint import Fingerprint
from bot.storage.bulletins import SqlBulletins
from bot.storage.opening import open_store
from bot.storage.schema import cases
from bot.storage.statements import place_values
from bot.storage.store import SqlStore
from tests.bot.core.fakes import KEY
from tests.bot.core.made_reviews import fill

PLACE, OTHER = Place("slack", "T1", "C1"), Place("slack", "T1", "C2")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DIGEST = Notice(PLACE, "digest:1")


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(url, tmp_path, Fingerprint(KEY))
    yield opened
    await opened.close()


@pytest.fixture
def told(store: SqlStore) -> SqlBulletins:
    return SqlBulletins(store)


async def test_what_is_chosen_is_kept(told: SqlBulletins) -> None:
    assert await told.bulletins(PLACE) == BulletinSettings()
    chosen = BulletinSettings("weekly", 61, "Asia/Tokyo", "silent", True, "C9", NOON, "gone")
    await told.choose(OTHER, BulletinSettings())
    await told.choose(PLACE, replace(chosen, minute=5))
    await told.choose(PLACE, chosen)
    assert await told.wanted() == {PLACE: chosen}
    await told.trouble(PLACE, "")
    assert (await told.bulletins(PLACE)).trouble == ""


async def test_of_many_who_want_to_say_it_one_may(told: SqlBulletins) -> None:
    got = await asyncio.gather(*(told.take(DIGEST, NOON, NOON - MINUTE) for _ in range(20)))
    assert sorted(got) == [False] * 19 + [True]
    assert await told.take(Notice(OTHER, DIGEST.key), NOON, NOON - MINUTE)


async def test_what_may_still_be_said_is_asked_for_many_at_once(told: SqlBulletins) -> None:
    names = ("new", "claimed", "stale", "sending", "sent", "silent")
    notices = {name: replace(DIGEST, key=f"digest:{name}") for name in names}
    for name in names[1:]:
        await told.take(notices[name], NOON - 10 * MINUTE if name == "stale" else NOON, NOON)
    for name in names[3:]:
        await told.mark(notices[name], name)  # type: ignore[arg-type]
    others = [replace(notices["sent"], place=replace(PLACE, channel=f"C{number}")) for number in range(2, 402)]
    found = await told.open_notices([*notices.values(), *others], NOON - MINUTE)
    assert found == {notices["new"], notices["stale"], *others}
    assert await told.open_notices([], NOON) == set()


async def test_who_dies_before_sending_is_replaced_once_and_later_never(told: SqlBulletins) -> None:
    later = NOON + 5 * MINUTE
    await told.take(DIGEST, NOON, NOON)
    assert not await told.take(DIGEST, later, NOON), "not stale yet"
    got = await asyncio.gather(*(told.take(DIGEST, later, later - MINUTE) for _ in range(10)))
    assert sum(got) == 1
    sending = await asyncio.gather(told.mark(DIGEST, "sending"), told.mark(DIGEST, "sending"))
    assert sorted(sending) == [False, True]
    assert not await told.take(DIGEST, later + 90 * MINUTE, later + 80 * MINUTE)
    assert await told.said(DIGEST) == ("sending", None)
    assert await told.mark(DIGEST, "sent", "message:1")
    assert await told.said(DIGEST) == ("sent", "message:1")
    assert not await told.mark(DIGEST, "claimed"), "what was sent stays so"


async def test_the_last_that_was_said(told: SqlBulletins) -> None:
    assert await told.last_said(PLACE, "digest") is None
    for number, state in enumerate(("sent", "silent", "refused", "abandoned")):
        notice = Notice(PLACE, f"digest:{number:012d}")
        await told.take(notice, NOON, NOON)
        await told.mark(notice, state)  # type: ignore[arg-type]
    await told.take(Notice(PLACE, "over:zzz"), NOON, NOON)
    assert await told.last_said(PLACE, "digest") == f"digest:{1:012d}"


async def test_watched_reviews_are_counted_by_their_time(store: SqlStore, told: SqlBulletins) -> None:
    await fill(store, PLACE, [(NOON, "negative"), (NOON + MINUTE, "unsure"), (NOON + 16 * MINUTE, "negative")])
    await fill(store, PLACE, [(NOON - MINUTE / 60, "positive"), (NOON + 60 * MINUTE, "positive")])
    await fill(store, PLACE, [(NOON, "negative")], way="mention")
    await fill(store, OTHER, [(NOON, "negative")])
    first = int(NOON.timestamp()) // 900
    found = await told.counted(PLACE, NOON, NOON + 60 * MINUTE, 900)
    assert found == {first: Counts(0, 1, 1), first + 1: Counts(0, 0, 1)}


async def test_one_incident_at_a_time(told: SqlBulletins) -> None:
    made = [Incident(f"{number:016x}", PLACE, NOON, NOON, 0.2) for number in range(5)]
    assert sum(await asyncio.gather(*map(told.open_incident, made))) == 1
    (there,) = await told.incidents(PLACE, NOON)
    assert there in made
    ends = await asyncio.gather(*(told.close_incident(there.id, NOON + MINUTE, "over") for _ in range(3)))
    assert sum(ends) == 1
    assert await told.incidents(PLACE, NOON) == [replace(there, closed=NOON + MINUTE, ending="over")]
    assert await told.incidents(PLACE, NOON + 2 * MINUTE) == []
    assert await told.open_incident(replace(made[0], id="f" * 16))
    assert await told.open_incident(replace(made[0], id="e" * 16, place=OTHER))


async def test_aspects_go_with_their_verdict(store: SqlStore, told: SqlBulletins) -> None:
    await fill(store, PLACE, [(NOON, "negative")] * 2)
    ids = [row["id"] async for row in store.records()]
    for id_ in ids:
        await told.record_aspects(id_, [("배송", "positive"), ("품질", "negative"), ("품질", "negative")])
    await told.record_aspects("gone", [("배송", "positive")])
    expected = [AspectCounts("배송", 2, 0), AspectCounts("품질", 0, 2)]
    assert await told.aspects(PLACE, NOON, NOON + MINUTE) == expected
    await store.purge(NOON + MINUTE)
    await fill(store, PLACE, [(NOON, "negative")])
    assert await told.aspects(PLACE, NOON, NOON + MINUTE) == []


async def test_answers_owed_are_those_of_open_cases(store: SqlStore, told: SqlBulletins) -> None:
    def case(number: int, **changes: object) -> dict[str, object]:
        words = {column.name: "" for column in cases.c if not column.nullable}
        numbers = {column.name: 0 for column in cases.c if str(column.type) in ("INTEGER", "BIGINT", "FLOAT")}
        flags = {column.name: False for column in cases.c if str(column.type) == "BOOLEAN"}
        rest = {"number": number, "message": f"m{number}", "state": "open", "owed": True, "sealed_until": None}
        return {**words, **numbers, **flags, **rest, **place_values(PLACE), **changes}

    rows = [case(1), case(2), case(3, owed=False), case(4, state="closed"), case(5, channel="C2")]
    for row in rows:
        await store.write(lambda connection, row=row: connection.execute(cases.insert(), row))  # type: ignore[misc]
    assert await told.owed(PLACE) == 2


async def test_all_of_it_goes_with_its_workspace_and_with_time(store: SqlStore, told: SqlBulletins) -> None:
    for place in (PLACE, replace(PLACE, workspace="T2")):
        await told.choose(place, BulletinSettings(alerts=True))
        await told.take(Notice(place, "digest:1"), NOON, NOON)
        await told.open_incident(Incident(place.workspace, place, NOON, NOON, 0.2))
    await store.delete_workspace("slack", "T1")
    assert list(await told.wanted()) == [replace(PLACE, workspace="T2")]
    assert (await told.said(DIGEST), await told.incidents(PLACE, NOON)) == (None, [])
    assert await told.sweep(NOON + MINUTE) == 1
    await told.close_incident("T2", NOON, "over")
    assert await told.sweep(NOON + MINUTE) == 1
    await store.forget_settings()
    assert await told.wanted() == {}
