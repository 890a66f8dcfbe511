"""Finds the database that the settings name, makes it what it should be, and opens the store in it."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.core.errors import ExitStatus, UserError
from bot.core.fingerprint import KEY_BYTES, Fingerprint
from bot.storage import schema
from bot.storage.keyfile import key_file, make_home
from bot.storage.lanes import DirectLane, GroupLane
from bot.storage.migrations import migrate
from bot.storage.store import SqlStore

DATABASE, KEY = "nunchi.db", "hash.key"
_SLOWEST_OTHER_WRITER = 10.0
_CONNECTIONS, _WRITES_AT_ONCE, _WRITES_AHEAD = 16, 11, 2
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}


def database_url(url: str | None, home: Path) -> URL:
    """The address of the database.

    Args:
        url: from the settings; None for the file in the data folder.
        home: the data folder.

    Raises:
        UserError: if it is no address of a SQLite or PostgreSQL database.
    """
    if url is None:
        return URL.create("sqlite+aiosqlite", database=str(home / DATABASE))
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UserError(ExitStatus.CONFIG, "database_url") from None
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None or not parsed.database:
        raise UserError(ExitStatus.CONFIG, "database_url")
    query = dict(parsed.query)
    if "sslmode" in query:  # what libpq calls it
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername=driver, query=query)


def load_key(given: str | None, home: Path) -> Fingerprint:
    """The key of the fingerprints: the given one, else that of the data folder, made at the first time.

    Raises:
        UserError: if it is too short, or its file can be neither read nor made.
    """
    try:
        if given is not None:
            return Fingerprint(given.encode())
        return Fingerprint(key_file(home / KEY, secrets.token_bytes(KEY_BYTES)))
    except ValueError:
        raise UserError(ExitStatus.CONFIG, "setting_wrong", name="NUNCHI_HASH_KEY") from None
    except OSError as error:
        raise UserError(ExitStatus.CONFIG, "home_unusable", path=home, reason=error.strerror) from None


async def open_store(url: str | None, home: Path, fingerprint: Fingerprint | None = None) -> SqlStore:
    """Open the store, bringing its tables to the schema of today.

    Args:
        url: of the database; None for the file in the data folder.
        home: the data folder.
        fingerprint: what will make the fingerprints; None if none will be made.

    Raises:
        UserError: if the database cannot be opened, is newer than this program, or holds fingerprints that were
            made with another key.
    """
    address = database_url(url, home)
    sqlite = address.get_backend_name() == "sqlite"
    try:
        if sqlite:
            _make_file(Path(address.database or ""))
        engine = _sqlite_engine(address) if sqlite else _postgres_engine(address)
    except OSError as error:
        raise UserError(ExitStatus.CONFIG, "home_unusable", path=address.database, reason=error.strerror) from None
    except (ModuleNotFoundError, NoSuchModuleError):
        raise UserError(ExitStatus.CONFIG, "database_driver") from None
    try:
        async with engine.begin() as connection:
            await migrate(connection)
            if fingerprint is not None:
                await _same_key(connection, fingerprint)
    except (DBAPIError, OSError, TimeoutError) as error:
        await engine.dispose()
        # Not its message: it could hold the password.
        reason = type(getattr(error, "orig", None) or error).__name__
        raise UserError(ExitStatus.IO_ERROR, "database_unreachable", where=_where(address), reason=reason) from None
    except BaseException:
        await engine.dispose()
        raise
    if sqlite:
        return SqlStore(engine, GroupLane(_sqlite_lane(address)), GroupLane(_sqlite_lane(address, reads_only=True)))
    reading = engine.execution_options(isolation_level="AUTOCOMMIT")
    return SqlStore(engine, DirectLane(engine, _WRITES_AT_ONCE, _WRITES_AHEAD), DirectLane(reading, _CONNECTIONS))


def _where(address: URL) -> str:
    return str(address.database) if address.host is None else f"{address.host}/{address.database}"


async def _same_key(connection: Any, fingerprint: Fingerprint) -> None:
    wanted = schema.meta.c.name == "hash_key"
    found = (await connection.execute(select(schema.meta.c.value).where(wanted))).scalar()
    if found is None:
        await connection.execute(schema.meta.insert().values(name="hash_key", value=fingerprint.key()))
    elif found != fingerprint.key():
        raise UserError(ExitStatus.CONFIG, "database_other_key")


def _make_file(path: Path) -> None:
    """The database's file, for its owner only; what SQLite puts next to it gets the same mode.

    A new file gets its journal mode before it gets its name: SQLite does not wait for others when it changes the mode,
    so that of several processes that start at once all but one would fail.
    """
    make_home(path.parent)
    if path.exists() and path.stat().st_size:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(fresh)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        for file in (fresh, *(fresh.with_name(fresh.name + end) for end in ("-wal", "-shm"))):
            file.unlink(missing_ok=True)


def _sqlite_engine(address: URL) -> AsyncEngine:
    engine = create_async_engine(address, connect_args={"timeout": _SLOWEST_OTHER_WRITER})
    _prepare(engine.sync_engine)
    return engine


def _sqlite_lane(address: URL, *, reads_only: bool = False) -> Engine:
    """The same for a thread that does nothing else."""
    plain = address.set(drivername="sqlite")
    engine = create_engine(plain, connect_args={"timeout": _SLOWEST_OTHER_WRITER})
    _prepare(engine, transactions=not reads_only)
    return engine


def _prepare(engine: Engine, *, transactions: bool = True) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy says, not where sqlite3 guesses
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if not transactions:
        return

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # Takes the lock at once: a transaction that reads first cannot wait for a writer later. Reading alone
        # needs neither lock nor transaction.
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgres_engine(address: URL) -> AsyncEngine:
    return create_async_engine(
        address, pool_size=_CONNECTIONS, max_overflow=0, pool_pre_ping=True, connect_args={"timeout": 10}
    )
