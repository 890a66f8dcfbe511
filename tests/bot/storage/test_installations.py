"""Installations: sealed at rest, shared by workers, gone when a workspace leaves, readable after a change of key."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings, Place
from bot.core.installations import Installation, UnreadableError
from bot.core.records import Claim
from bot.storage.installations import STATE_SECONDS, SqlInstallations
from bot.storage.opening import open_store
from bot.storage.schema import installations
from bot.storage.sealing import Sealer, load_sealer
from bot.storage.store import SqlStore
from tests.bot.core.fakes import HandClock
from tests.bot.storage.test_store import record

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
CANARY = "xoxb-canary-0123456789"


def installation(workspace: str = "T1", token: str = CANARY, *, clock: HandClock | None = None) -> Installation:
    return Installation("slack", workspace, token, f"U{workspace}", f"B{workspace}", (clock or HandClock()).now())


@pytest.fixture
async def store(url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(url, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def opened(store: SqlStore, *keys: str, clock: HandClock | None = None) -> SqlInstallations:
    return SqlInstallations(store, Sealer(keys or (OLD,)), clock)


async def test_a_worker_sees_what_another_one_saved(store: SqlStore, url: str, tmp_path: Path) -> None:
    here = opened(store)
    assert await here.find("slack", "T1") is None
    for workspace in ("T1", "T2"):
        await here.save(installation(workspace, f"xoxb-{workspace}"))
    await here.save(installation("T1", "xoxb-newer"))
    other = await open_store(url, tmp_path)
    there = opened(other)
    assert await there.find("slack", "T1") == installation("T1", "xoxb-newer")
    assert await there.find("slack", "T2") == installation("T2", "xoxb-T2")
    assert await there.find("discord", "T2") is None
    assert [place[:2] for place in await other.installed()] == [("slack", "T1"), ("slack", "T2")]
    await other.close()


def test_no_token_is_shown() -> None:
    assert CANARY not in repr(installation())
    assert OLD not in repr(Sealer([OLD])) + str(vars(Sealer([OLD])))


async def test_no_token_and_no_state_is_in_the_file(tmp_path: Path) -> None:
    store = await open_store(None, tmp_path)
    here = SqlInstallations(store, load_sealer(None, tmp_path))
    await here.prepare()
    await here.save(installation())
    state = await here.issue_state()
    before = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert await here.find("slack", "T1") == installation()
    await store.close()
    raw = before + b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "token.key")
    assert b"installations" in raw
    for secret in (CANARY, CANARY[5:], state, "UT1"):
        assert secret.encode() not in raw


async def test_the_key_file_is_the_owners_only_and_made_once(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        sealers = await asyncio.gather(*(asyncio.to_thread(load_sealer, None, tmp_path) for _ in range(8)))
    finally:
        os.umask(old)
    assert len({sealer.fingerprints for sealer in sealers}) == 1
    key = tmp_path / "token.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o640)
    with pytest.raises(UserError) as caught:
        load_sealer(None, tmp_path)
    assert (caught.value.status, caught.value.sentence) == (ExitStatus.CONFIG, "seal_key_readable")


NO_KEYS = {"none": "", "signs": " , ", "short": "short", "cut": OLD[:-1], "one of two": OLD + " x", "words": "가" * 44}


@pytest.mark.parametrize("case", NO_KEYS)
def test_what_is_no_key_is_one_sentence_without_it(tmp_path: Path, case: str) -> None:
    given = NO_KEYS[case]
    with pytest.raises(UserError) as caught:
        load_sealer(given, tmp_path)
    assert caught.value.sentence == "seal_key_wrong"
    assert not given.strip() or given not in str(caught.value.values)
    assert list(tmp_path.iterdir()) == []


def test_both_spellings_of_a_key_are_one_key(tmp_path: Path) -> None:
    assert (
        load_sealer(f"{'a+/' * 14}a=", tmp_path).fingerprints == load_sealer(f"{'a-_' * 14}a=", tmp_path).fingerprints
    )


async def test_a_key_is_changed_without_installing_anew(store: SqlStore) -> None:
    assert await opened(store, OLD).prepare() == 0
    await opened(store, OLD).save(installation())
    assert await opened(store, OLD, NEW).prepare() == 0, "not yet: others may know only the old one"
    both = opened(store, NEW, OLD)
    assert await both.prepare() == 1
    assert await both.prepare() == 0
    assert await opened(store, NEW).prepare() == 0
    assert await opened(store, NEW).find("slack", "T1") == installation()
    with pytest.raises(UnreadableError):
        await opened(store, OLD).find("slack", "T1")


async def test_a_wrong_key_is_one_sentence(store: SqlStore) -> None:
    await opened(store, OLD).prepare()
    with pytest.raises(UserError) as caught:
        await opened(store, NEW).prepare()
    assert (caught.value.status, caught.value.sentence) == (ExitStatus.CONFIG, "database_other_seal")


async def test_of_workers_that_start_at_once_with_different_keys_one_wins(store: SqlStore) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(4)]
    results = await asyncio.gather(*(opened(store, key).prepare() for key in keys), return_exceptions=True)
    assert sorted(str(result) for result in results) == ["0", *["database_other_seal"] * 3]


async def test_a_row_cannot_be_moved_to_another_workspace(store: SqlStore) -> None:
    here = opened(store)
    await here.save(installation("T1"))
    await here.save(installation("T2", "xoxb-other"))
    move = "UPDATE installations SET sealed = (SELECT sealed FROM installations WHERE workspace = 'T1')"
    await store.write(lambda connection: connection.execute(text(move)))
    assert await here.find("slack", "T1") == installation("T1")
    with pytest.raises(UnreadableError):
        await here.find("slack", "T2")


async def test_a_damaged_row_does_not_stop_the_others(store: SqlStore) -> None:
    here = opened(store, OLD)
    await here.prepare()
    await here.save(installation("T1"))
    await here.save(installation("T2", "xoxb-other"))
    spoil = installations.update().where(installations.c.workspace == "T1").values(sealed=b"gAAAA-damaged")
    await store.write(lambda connection: connection.execute(spoil))
    assert await opened(store, NEW, OLD).prepare() == 1
    assert await opened(store, NEW).find("slack", "T2") == installation("T2", "xoxb-other")


async def fill(store: SqlStore, workspace: str, number: int) -> None:
    place = Place("slack", workspace, "C1")
    await store.configure(place, ChannelSettings(watch=True, mode="reply"))
    await store.claim(Claim(place, "m"))
    await store.record(record(number, place=place))
    await store.feedback(record(number).id, "a", True, HandClock().now())


async def rows(store: SqlStore) -> set[str]:
    """The workspaces that anything is kept of."""
    found = set()
    for table in ("channels", "claims", "verdicts", "installations"):
        async with store.read() as connection:
            found |= {row[0] for row in await connection.execute(text(f"SELECT workspace FROM {table}"))}
    return found


async def test_who_leaves_is_forgotten_and_nobody_else(store: SqlStore, clock: HandClock) -> None:
    here = opened(store, clock=clock)
    for number, workspace in enumerate(("T1", "T2")):
        await here.save(installation(workspace))
        await fill(store, workspace, number)
    assert await here.remove(installation("T1"))
    assert await rows(store) == {"T2"}
    assert not await here.remove(installation("T1"))
    # Another worker had begun with a message of T1.
    await store.record(record(7, place=Place("slack", "T1", "C1")))
    assert await here.sweep() == 0, "it may not have ended yet"
    clock.pass_by(3601)
    assert await here.sweep() == 1
    assert await rows(store) == {"T2"}
    assert await here.sweep() == 0


async def test_who_comes_back_meanwhile_stays(store: SqlStore, clock: HandClock) -> None:
    here = opened(store, clock=clock)
    first = installation(clock=clock)
    await here.save(first)
    await here.remove(first)
    clock.pass_by(1)
    again = replace(installation(token="xoxb-again", clock=clock))
    await here.save(again)
    assert not await here.remove(first), "what is said of the old one is not of the new one"
    await fill(store, "T1", 1)
    clock.pass_by(7200)
    assert await here.sweep() == 0
    assert await here.find("slack", "T1") == again
    assert await rows(store) == {"T1"}


async def test_a_state_is_good_once_and_not_for_long(store: SqlStore, clock: HandClock) -> None:
    here, there = opened(store, clock=clock), opened(store, clock=clock)
    state = await here.issue_state()
    assert sorted(await asyncio.gather(*(w.consume_state(state) for w in (here, there) * 4))) == [False] * 7 + [True]
    for hostile in ("", "made up", "\x00", "\ud800", "x" * 100_000, state):
        assert not await here.consume_state(hostile)
    late = await here.issue_state()
    clock.pass_by(STATE_SECONDS - 1)
    in_time = await here.issue_state()
    clock.pass_by(1)
    assert not await there.consume_state(late)
    await here.sweep()
    async with store.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM oauth_states"))).scalar() == 1
    assert await there.consume_state(in_time)


async def test_leaving_is_all_or_nothing(store: SqlStore) -> None:
    here = opened(store)
    await here.save(installation())
    await fill(store, "T1", 1)
    await store.write(lambda connection: connection.execute(text("ALTER TABLE verdicts RENAME TO hidden")))
    with pytest.raises(Exception, match="verdicts"):
        await here.remove(installation())
    await store.write(lambda connection: connection.execute(text("ALTER TABLE hidden RENAME TO verdicts")))
    assert await here.find("slack", "T1") is not None
    assert await rows(store) == {"T1"}


async def test_installations_stay_when_old_verdicts_go(store: SqlStore, clock: HandClock) -> None:
    here = opened(store)
    await here.save(installation())
    await store.purge(clock.now() + timedelta(days=999))
    assert await here.find("slack", "T1") is not None
