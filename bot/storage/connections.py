"""Connections to read and write with, none of which is lost when who asked for it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


class Connections:
    """Those of an engine's pool.

    SQLAlchemy gives a connection back at the end of its context. Who is cancelled while one is being opened never gets
    that far, and the pool is one short for good: so it is opened, and given back, by tasks that nobody cancels.

    Args:
        engine: whose.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._tasks: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[AsyncConnection]:
        """A connection, given back at the end."""
        coming = self._spawn(self._open())
        try:
            connection = await asyncio.shield(coming)
        except asyncio.CancelledError:
            coming.add_done_callback(self._unwanted)
            raise
        try:
            yield connection
        finally:
            await asyncio.shield(self._spawn(connection.close()))

    async def close(self) -> None:
        """Wait until those that nobody wants any more are given back."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
            await asyncio.sleep(0)  # what follows from that has begun

    async def _open(self) -> AsyncConnection:
        return await self._engine.connect()

    def _unwanted(self, coming: asyncio.Task[AsyncConnection]) -> None:
        if not coming.cancelled() and coming.exception() is None:
            self._spawn(coming.result().close())

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
