"""What every store does, in memory, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String

from bot.core.events import ChannelSettings, Place
from bot.core.memory import MemoryStore
from bot.core.moderation import QuietHours, Rule
from bot.core.records import Change, Claim, Due, Figures, Record, Store
from bot.storage.opening import open_store
from bot.storage.schema import metadata
from tests.bot.storage.conftest import OpenStore

PLACE = Place("slack", "T1", "C1")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RULED = ChannelSettings(
    watch=True,
    mode="reaction",
    rule=Rule(
        negative=("log", "react", "card"),
        positive=("log",),
        moderators="C9",
        exempt_roles=("R1", "R2"),
        exempt_users=("b" * 32,),
        quiet=QuietHours(time(22, 0), time(7, 30), "Asia/Seoul"),
        author_cooldown=60,
        channel_cooldown=5,
        notify_author=True,
        keep_text_days=30,
    ),
)


def record(number: int = 1, **changes: Any) -> Record:
    base = Record(
        id=f"{number:016x}",
        place=PLACE,
        message=f"m{number}",
        person="p" * 32,
        text="t" * 32,
        at=NOON,
        label="positive",
        band="positive",
        probability=0.9,
        model_id="m",
        latency=0.01,
        way="mention",
    )
    return replace(base, **changes)


async def test_notes_are_kept_over_a_restart(opens: OpenStore) -> None:
    store = await opens()
    assert await store.note("discord-commands") is None
    for value in ("old", "new"):
        await store.keep_note("discord-commands", value)
    await store.keep_note("discord-no-1", "told")
    await store.keep_note("discord-no-1", None)
    await store.keep_note("discord-no-1", None)
    await store.close()
    store = await opens()
    assert [await store.note(name) for name in ("discord-commands", "discord-no-1")] == ["new", None]
    await store.close()


async def test_settings_are_kept_over_a_restart(opens: OpenStore) -> None:
    store = await opens()
    assert await store.settings(PLACE) == ChannelSettings()
    chosen = ChannelSettings(True, "reaction", 0.7, 0.3, "en")
    await store.configure(PLACE, ChannelSettings(watch=True, mode="reply"))
    await store.configure(PLACE, chosen)
    ruled = replace(PLACE, channel="C2")
    await store.configure(ruled, RULED)
    await store.close()
    store = await opens()
    assert await store.settings(ruled) == RULED
    await store.configure(ruled, replace(RULED, rule=Rule()))
    assert (await store.settings(ruled)).rule == Rule(), "nothing is left of the old rule"
    assert await store.settings(PLACE) == chosen
    await store.configure(ruled, RULED)
    assert await store.channels() == {PLACE: chosen, ruled: RULED}
    assert await store.channels("slack", "T1") == {PLACE: chosen, ruled: RULED}
    assert await store.channels("discord") == {}
    await store.close()


async def test_what_goes_ahead_does_not_wait_for_what_waits(opens: OpenStore) -> None:
    store = await opens()
    order: list[str] = []

    async def claim(name: str, *, ahead: bool = False) -> None:
        await store.claim(Claim(PLACE, name), ahead=ahead)
        order.append(name)

    waiting = [asyncio.create_task(claim(f"m{number}")) for number in range(1_000)]
    await asyncio.sleep(0)
    await claim("ahead", ahead=True)
    assert isinstance(store, MemoryStore) or len(order) < 500
    assert await store.settle(Claim(PLACE, "ahead"), "answered", "r", ahead=True)
    assert isinstance(store, MemoryStore) or len(order) < 900
    await asyncio.gather(*waiting)
    await store.close()


async def test_of_many_who_want_a_claim_one_gets_it(opens: OpenStore) -> None:
    stores = [await opens() for _ in range(3)]
    for number in range(20):
        claim = Claim(PLACE, f"m{number}")
        won = await asyncio.gather(*(store.claim(claim) for store in stores for _ in range(4)))
        assert sum(won) == 1
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_claim_that_was_given_back_can_be_had_again(opens: OpenStore) -> None:
    store = await opens()
    claim = Claim(PLACE, "m")
    assert await store.claim(claim)
    assert await store.claim(replace(claim, revision="e1"))
    await store.release(claim)
    assert await store.claim(claim)
    assert not await store.claim(replace(claim, revision="e1"))
    await store.close()


async def test_what_is_due_of_a_claim_is_taken_up_by_one_until_it_is_done(opens: OpenStore) -> None:
    store = await opens()
    due = Due("p" * 32, NOON)
    for message in ("died", "answered", "owed", "forgotten", "released", "theirs"):
        person = "q" * 32 if message == "theirs" else due.person
        await store.claim(Claim(PLACE, message), due=replace(due, person=person))
    await store.claim(Claim(PLACE, "asked"))
    await store.settle(Claim(PLACE, "answered"), "answered", "r1")
    await store.settle(Claim(PLACE, "owed"), "answered", "r2", owed=True)
    await store.forget(PLACE, "forgotten")
    await store.release(Claim(PLACE, "released"))
    await store.delete_user("q" * 32)
    late = NOON + timedelta(minutes=1)
    assert await store.unfinished(["slack"], NOON - timedelta(seconds=1)) == []
    assert await store.unfinished(["discord"], late) == []
    found = await store.unfinished(["slack"], late)
    assert {(one.claim.message, one.tries) for one in found} == {("died", 0), ("owed", 0)}
    assert {one.due for one in found} == {due}
    assert await store.take_up(found[0], late)
    assert not await store.take_up(found[0], late), "somebody else has it"
    (first,) = [one for one in await store.unfinished(["slack"], late) if one.tries]
    assert (first.claim, first.due.at, first.tries) == (found[0].claim, late, 1)
    for one in found:
        await store.finish(one.claim)
    assert await store.unfinished(["slack"], late) == []
    assert await store.answer_to(PLACE, "owed") == "r2", "what was said of it stays"
    assert not await store.claim(Claim(PLACE, "died"))
    await store.close()


async def test_an_answer_is_found_until_its_message_is_forgotten(opens: OpenStore) -> None:
    store = await opens()
    claim = Claim(PLACE, "m1")
    await store.claim(claim)
    assert await store.answer_to(PLACE, "m1") is None
    assert await store.settle(claim, "answered", "r1")
    await store.record(record())
    assert await store.answer_to(PLACE, "m1") == "r1"
    assert await store.answer_to(replace(PLACE, workspace="T2"), "m1") is None
    assert await store.forget(PLACE, "m1") == "r1"
    assert await store.forget(PLACE, "m1") is None
    assert not await store.claim(claim), "what was forgotten is not answered after all"
    assert not await store.feedback(record().id, "q", True, NOON)
    assert not await store.settle(claim, "answered", "too late")
    assert await store.answer_to(PLACE, "m1") is None
    await store.close()


async def test_of_one_message_the_newest_verdict_is_kept(opens: OpenStore) -> None:
    store = await opens()
    await store.record(record(1))
    await store.record(record(2, message="m1", band="negative", label="negative"))
    assert await store.figures("slack", "T1", NOON) == Figures(negative=1)
    await store.close()


async def test_feedback_counts_once_for_each_person(opens: OpenStore) -> None:
    store = await opens()
    await store.record(record(1))
    assert await store.feedback(record(1).id, "a", True, NOON)
    assert await store.feedback(record(1).id, "a", False, NOON)
    assert await store.feedback(record(1).id, "b", False, NOON)
    assert not await store.feedback("unknown", "a", True, NOON)
    assert await store.figures("slack", "T1", NOON) == Figures(positive=1, wrong=2)
    assert await store.figures("slack", "T1", NOON, "C2") == Figures()
    assert await store.figures("slack", "T1", NOON + timedelta(milliseconds=1)) == Figures()
    await store.close()


async def test_a_person_is_deleted_everywhere(opens: OpenStore) -> None:
    store = await opens()
    await store.record(record(1, person="me"))
    await store.record(record(2, person="you"))
    await store.feedback(record(1).id, "you", True, NOON)
    await store.feedback(record(2).id, "me", True, NOON)
    await store.opt_out("me", True)
    await store.opt_out("me", True)
    exempt = ChannelSettings(rule=Rule(exempt_users=("me", "you")))
    await store.configure(PLACE, exempt, Change(PLACE, NOON, "U1", "me", "exempt", "add user"))
    assert await store.opted_out("me")
    assert dict(await store.delete_user("me")) == {
        "verdicts": 1,
        "feedback": 2,
        "opt_outs": 1,
        "audit": 1,
        "rules": 1,
        "cases": 0,
        "case_notes": 0,
    }
    assert set((await store.delete_user("me")).values()) == {0}
    assert not await store.opted_out("me")
    assert (await store.settings(PLACE)).rule.exempt_users == ("you",)
    assert await store.changes("slack", "T1") == [Change(PLACE, NOON, "", "", "exempt", "add user")]
    assert await store.figures("slack", "T1", NOON) == Figures(positive=1)
    await store.close()


async def test_a_workspace_is_deleted_and_no_other(opens: OpenStore) -> None:
    store = await opens()
    there = replace(PLACE, workspace="T2")
    for number, place in enumerate((PLACE, there)):
        await store.configure(place, RULED, Change(place, NOON, "U1", "a", "watch", "on"))
        await store.claim(Claim(place, "m"))
        await store.record(record(number, place=place))
        await store.feedback(record(number).id, "a", True, NOON)
    await store.opt_out("a", True)
    everything = {"channels": 1, "claims": 1, "verdicts": 1, "feedback": 1, "audit": 1}
    everything |= dict.fromkeys(("cases", "case_notes", "case_numbers"), 0)
    assert dict(await store.delete_workspace("discord", "T1")) == dict.fromkeys(everything, 0)
    assert dict(await store.delete_workspace("slack", "T1")) == everything
    assert await store.channels() == {there: RULED}
    assert await store.settings(PLACE) == ChannelSettings()
    assert [len(await store.changes("slack", team)) for team in ("T1", "T2")] == [0, 1]
    assert await store.figures("slack", "T1", NOON) == Figures()
    assert await store.figures("slack", "T2", NOON) == Figures(positive=1, right=1)
    assert await store.opted_out("a"), "a wish not to be read is kept"
    assert not await store.claim(Claim(there, "m"))
    assert await store.claim(Claim(PLACE, "m"))
    await store.close()


async def test_retention_removes_exactly_what_is_older(opens: OpenStore) -> None:
    store = await opens()
    for day in range(31):
        await store.record(record(day, message=f"d{day}", at=NOON + timedelta(days=day)))
    await store.feedback(record(3).id, "a", True, NOON)
    gone = await store.purge(NOON + timedelta(days=10))
    assert (gone["verdicts"], gone["feedback"]) == (10, 1)
    assert await store.figures("slack", "T1", NOON - timedelta(days=1)) == Figures(positive=21)
    assert (await store.purge(NOON + timedelta(days=10)))["verdicts"] == 0
    await store.close()


PLACES = st.sampled_from([PLACE, Place("slack", "T1", "C2"), Place("discord", "", "C1")])
MESSAGES, PEOPLE = st.sampled_from("abc"), st.sampled_from(["p1", "p2"])
TIMES = st.integers(0, 5).map(lambda days: NOON + timedelta(days=days))
IDS = st.sampled_from([f"{n:016x}" for n in range(4)])
CLAIMS = st.builds(Claim, PLACES, MESSAGES, st.sampled_from(["", "e1"]))
RULES = st.sampled_from([Rule(), Rule(exempt_users=("p1",)), Rule(exempt_users=("p1", "p2"), negative=("log", "card"))])
OPERATIONS = st.one_of(
    st.tuples(st.just("configure"), PLACES, st.builds(ChannelSettings, watch=st.booleans(), rule=RULES)),
    st.tuples(st.just("keep_change"), st.builds(Change, PLACES, TIMES, PEOPLE, PEOPLE, st.just("watch"))),
    st.tuples(st.just("changes"), st.sampled_from(["slack", "discord"]), st.sampled_from(["T1", ""])),
    st.tuples(st.just("settings"), PLACES),
    st.tuples(st.just("channels")),
    st.tuples(st.just("claim"), CLAIMS),
    st.tuples(st.just("release"), CLAIMS),
    st.tuples(st.just("settle"), CLAIMS, st.just("silent")),
    st.tuples(st.just("record"), PLACES, MESSAGES, PEOPLE, TIMES, st.sampled_from(["positive", "unsure", "negative"])),
    st.tuples(st.just("feedback"), IDS, PEOPLE, st.booleans(), TIMES),
    st.tuples(st.just("forget"), PLACES, MESSAGES),
    st.tuples(st.just("opt_out"), PEOPLE, st.booleans()),
    st.tuples(st.just("opted_out"), PEOPLE),
    st.tuples(st.just("delete_user"), PEOPLE),
    st.tuples(st.just("delete_workspace"), st.sampled_from(["slack", "discord"]), st.sampled_from(["T1", ""])),
    st.tuples(st.just("figures"), st.sampled_from(["slack", "discord"]), st.sampled_from(["T1", ""]), TIMES),
    st.tuples(st.just("purge"), TIMES),
    st.tuples(st.just("reopen")),
)


async def _do(store: Store, operation: tuple[Any, ...], number: int) -> Any:
    name, *arguments = operation
    if name == "record":
        place, message, person, at, band = arguments
        new = record(number % 4, place=place, message=message, person=person, at=at, band=band)
        # An id is random; one that exists already would be another message's.
        await store.forget(place, message)
        return await store.record(replace(new, id=f"{number:016x}"))
    result = await getattr(store, name)(*arguments)
    if name == "purge":  # claims carry the real time, the memory keeps none
        result = {table: count for table, count in result.items() if table != "claims"}
    return dict(result) if isinstance(result, Mapping) else result


async def _compare(operations: list[tuple[Any, ...]], url: str | None, folder: Any) -> None:
    memory, real = MemoryStore(), await open_store(url, folder)
    for number, operation in enumerate(operations):
        if operation[0] == "reopen":
            await real.close()
            real = await open_store(url, folder)
            continue
        assert await _do(real, operation, number) == await _do(memory, operation, number), operation
    await real.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATIONS, min_size=10, max_size=40))
def test_any_history_is_the_same_as_in_memory(
    operations: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_compare(operations, None, tmp_path_factory.mktemp("history")))


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATIONS, min_size=30, max_size=50))
def test_many_histories_are_the_same_as_in_memory(
    operations: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_compare(operations, None, tmp_path_factory.mktemp("history")))


async def test_the_kept_verdicts_can_be_listed(url: str, tmp_path: Any) -> None:
    store = await open_store(url, tmp_path)
    for number in range(5):
        await store.record(record(number, at=NOON + timedelta(hours=number)))
    await store.feedback(record(2).id, "a", True, NOON)
    await store.feedback(record(2).id, "b", False, NOON)
    listed = [row async for row in store.records()]
    assert [row["message"] for row in listed] == ["m0", "m1", "m2", "m3", "m4"]
    assert (listed[2]["right"], listed[2]["wrong"], listed[3]["right"]) == (1, 1, 0)
    assert [row["message"] async for row in store.records(newest=2)] == ["m3", "m4"]
    assert [row["message"] async for row in store.records(since=NOON + timedelta(hours=4))] == ["m4"]
    assert json.dumps(listed, default=str)
    await store.close()


def test_whatever_is_kept_of_people_is_known_to_be_deleted() -> None:
    """A new table or column fails here, until somebody has thought of deletion and of what it may hold."""
    of_people = {table.name for table in metadata.tables.values() if "person" in table.columns}
    assert of_people == {"claims", "verdicts", "feedback", "opt_outs", "audit", "cases", "case_notes"}, (
        "delete_user must know it too"
    )
    assert set(metadata.tables) == of_people | {
        "blanks",
        "bulletins",
        "case_numbers",
        "channels",
        "claims",
        "departures",
        "incidents",
        "installations",
        "meta",
        "notices",
        "oauth_states",
        "rules",
        "schema_version",
        "verdict_aspects",  # gone with their verdict
    }
    of_workspaces = {table.name for table in metadata.tables.values() if "workspace" in table.columns}
    known = {"channels", "rules", "claims", "verdicts", "audit", "installations", "departures"}
    known |= {"cases", "case_notes", "case_numbers"}
    known |= {"blanks", "bulletins", "notices", "incidents"}
    assert of_workspaces == known, "leaving must know it"
    words = [c for t in metadata.tables.values() for c in t.columns if isinstance(c.type, String)]
    assert max(c.type.length or 1 << 20 for c in words) <= 256, "nothing is long enough for a review"
