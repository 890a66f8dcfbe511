"""How a database is opened: its file, its key, its version, and what is said if it cannot be."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings, Place
from bot.core.fingerprint import Fingerprint
from bot.core.records import Claim
from bot.storage import schema
from bot.storage.lanes import Connection
from bot.storage.migrations import MIGRATIONS, migrate
from bot.storage.opening import _make_file, database_url, load_key, open_store
from tests.bot.core.fakes import KEY


async def test_the_file_is_the_owners_only_and_safe(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        home = tmp_path / "new" / "home"
        load_key(None, home)
        store = await open_store(None, home)
        await store.configure(Place("slack", "T", "C"), ChannelSettings())
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
        assert set(modes.values()) == {0o600}
        assert {"nunchi.db", "nunchi.db-wal", "hash.key"} <= set(modes)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        async with store._engine.connect() as connection:
            pragmas = [
                (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert pragmas == ["wal", 2, 1]  # 2 is FULL
        await store.close()
    finally:
        os.umask(old)


async def test_the_key_is_made_once(tmp_path: Path) -> None:
    keys = await asyncio.gather(*(asyncio.to_thread(load_key, None, tmp_path) for _ in range(8)))
    assert len({key.key() for key in keys}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["hash.key"]


async def test_another_key_is_refused(url: str, tmp_path: Path) -> None:
    await (await open_store(url, tmp_path, Fingerprint(KEY))).close()
    await (await open_store(url, tmp_path)).close()
    with pytest.raises(UserError) as caught:
        await open_store(url, tmp_path, Fingerprint(KEY[::-1]))
    assert caught.value.sentence == "database_other_key"
    with pytest.raises(UserError):
        load_key("short", tmp_path)


async def test_a_newer_database_is_refused(url: str, tmp_path: Path) -> None:
    await (await open_store(url, tmp_path)).close()
    engine = create_async_engine(database_url(url, tmp_path))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE schema_version SET version = 99"))
    await engine.dispose()
    with pytest.raises(UserError) as caught:
        await open_store(url, tmp_path)
    assert caught.value.sentence == "database_newer"


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "not an address", "postgresql://u:secret@h", "sqlite://"])
async def test_an_address_that_fits_nothing(tmp_path: Path, url: str) -> None:
    with pytest.raises(UserError) as caught:
        await open_store(url, tmp_path)
    assert (caught.value.sentence, caught.value.values) == ("database_url", {})


async def test_a_server_that_is_not_there_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        await open_store("postgresql://me:secret@127.0.0.1:1/d", tmp_path)
    assert caught.value.status is ExitStatus.IO_ERROR
    assert caught.value.values["where"] == "127.0.0.1/d"
    assert "secret" not in str(caught.value.values)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "nunchi.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(UserError) as caught:
        await open_store(None, tmp_path)
    assert caught.value.sentence == "database_unreachable"


def _shape(connection: object) -> dict[str, object]:
    found = inspect(connection)
    assert found is not None
    return {
        table: (
            sorted(
                (c["name"], str(c["type"]).replace("REAL", "FLOAT").replace("DOUBLE PRECISION", "FLOAT"), c["nullable"])
                for c in columns
            ),
            found.get_pk_constraint(table)["constrained_columns"],
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            sorted(str(i["name"]) for i in found.get_indexes(table)),
            sorted(
                (tuple(f["constrained_columns"]), f["options"].get("ondelete")) for f in found.get_foreign_keys(table)
            ),
        )
        for table, columns in ((t, found.get_columns(t)) for t in found.get_table_names())
    }


async def shape(connection: AsyncConnection) -> dict[str, object]:
    return await connection.run_sync(_shape)


async def test_the_migrations_end_in_the_schema_that_the_code_uses(url: str, tmp_path: Path) -> None:
    await (await open_store(url, tmp_path)).close()
    made = create_async_engine(database_url(url, tmp_path))
    sqlite = url.startswith("sqlite")
    async with made.connect() as connection:
        migrated = await shape(connection)
        if not sqlite:
            await connection.run_sync(lambda c: schema.metadata.drop_all(c))
            await connection.run_sync(lambda c: schema.metadata.create_all(c))
            assert await shape(connection) == migrated
            await connection.rollback()
    await made.dispose()
    if sqlite:
        fresh = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/fresh.db")
        async with fresh.begin() as connection:
            await connection.run_sync(schema.metadata.create_all)
            assert await shape(connection) == migrated
        await fresh.dispose()


ROWS = {
    "channels": "INSERT INTO channels (platform, workspace, channel, watch, mode)"
    " VALUES ('slack', 'T', 'C', TRUE, 'silent')",
    "claims": "INSERT INTO claims (platform, workspace, channel, message, revision, state, reference, at)"
    " VALUES ('slack', 'T', 'C', 'm', '', 'answered', 'r', 1)",
    "verdicts": "INSERT INTO verdicts VALUES"
    " ('v', 'slack', 'T', 'C', 'm', 'p', 't', 1, 'positive', 'positive', 0.9, 'model', 0.1, 'mention')",
    "feedback": "INSERT INTO feedback VALUES ('v', 'p', TRUE, 1)",
    "installations": "INSERT INTO installations VALUES ('slack', 'T', '', 1)",
}


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
async def test_rows_of_every_earlier_schema_are_kept(url: str, tmp_path: Path, version: int) -> None:
    engine = create_async_engine(database_url(url, tmp_path))
    async with engine.begin() as connection:
        await migrate(connection, version)
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
        for table, statement in ROWS.items():
            if table in tables:
                await connection.execute(text(statement))
    await engine.dispose()
    store = await open_store(url, tmp_path, Fingerprint(KEY))
    place = Place("slack", "T", "C")
    if "channels" in tables:
        assert await store.settings(place) == ChannelSettings(watch=True, mode="silent")
        assert not await store.claim(Claim(place, "m"))
        assert await store.answer_to(place, "m") == "r"
    if "verdicts" in tables:
        assert [row["right"] async for row in store.records()] == [1]
    if "installations" in tables:
        assert await store.installed() == [("slack", "T", datetime.fromtimestamp(0.001, UTC))]
    await store.close()
    await (await open_store(url, tmp_path, Fingerprint(KEY))).close()


@pytest.mark.slow
async def test_a_migration_that_dies_on_the_way_leaves_the_database_as_it_was(url: str, tmp_path: Path) -> None:
    for version in range(len(MIGRATIONS)):
        engine = create_async_engine(database_url(url, tmp_path))
        async with engine.begin() as connection:
            if url.startswith("sqlite"):
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await migrate(connection, version)
            before = await shape(connection)
        with pytest.raises(ConnectionError):
            async with engine.begin() as connection:
                if url.startswith("sqlite"):
                    await connection.exec_driver_sql("BEGIN IMMEDIATE")
                await migrate(connection)
                raise ConnectionError("died")
        async with engine.connect() as connection:
            assert await shape(connection) == before
        await engine.dispose()


async def test_processes_that_start_at_once_migrate_once(url: str, tmp_path: Path) -> None:
    stores = await asyncio.gather(*(open_store(url, tmp_path, Fingerprint(KEY)) for _ in range(5)))
    await asyncio.gather(*(store.close() for store in stores))


def test_connections_that_race_for_a_new_file_all_get_in(tmp_path: Path) -> None:
    """SQLite answers "database is locked" at once, timeout or not, where two change the journal mode."""

    def write(path: Path, together: threading.Barrier) -> None:
        together.wait()
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
            connection.execute("CREATE TABLE IF NOT EXISTS t (x)")

    with ThreadPoolExecutor(5) as pool:
        for number in range(60):
            path = tmp_path / f"{number}.db"
            _make_file(path)
            together = threading.Barrier(5)
            list(pool.map(write, [path] * 5, [together] * 5))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


async def test_a_store_waits_for_another_writer_and_goes_on(tmp_path: Path) -> None:
    store = await open_store(None, tmp_path)
    other = sqlite3.connect(tmp_path / "nunchi.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    claiming = asyncio.create_task(store.claim(Claim(Place("slack", "T", "C"), "m")))
    await asyncio.sleep(0.3)  # it waits, and so do we
    assert not claiming.done()
    assert await store.settings(Place("slack", "T", "C")) == ChannelSettings(), "reading waits for nobody"
    other.execute("COMMIT")
    assert await claiming
    other.close()
    await store.close()


async def test_one_bad_write_does_not_take_others_down(tmp_path: Path) -> None:
    store = await open_store(None, tmp_path)
    place = Place("slack", "T", "C")

    async def bad(connection: Connection) -> None:
        await connection.execute(text("INSERT INTO no_such_table VALUES (1)"))

    jobs = [store.claim(Claim(place, str(n))) for n in range(10)]
    results = await asyncio.gather(*jobs, store._writer.do(bad), store.claim(Claim(place, "0")), return_exceptions=True)
    assert results[:10] == [True] * 10
    assert isinstance(results[10], Exception)
    assert results[11] is False
    await store.close()
