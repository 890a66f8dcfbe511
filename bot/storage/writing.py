"""How writes reach the database.

Each write must be safe on the disk before it counts, which takes SQLite some milliseconds of waiting. So writes
that come while it waits are put into one transaction and wait together. PostgreSQL does that by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

_LARGEST_GROUP = 128


class Writer(Protocol):
    """Does work in a transaction that is on the disk when the call returns."""

    async def do(self, work: Work[T]) -> T:
        """Do it; its exception undoes it."""
        ...

    async def close(self) -> None:
        """Finish what waits."""
        ...


class DirectWriter:
    """A transaction for each piece of work, many at once; what comes on top of that waits its turn.

    Args:
        engine: of a database that can write many things at once.
        at_once: how many; fewer than the engine has connections, so that some are left to read.
    """

    def __init__(self, engine: AsyncEngine, at_once: int) -> None:
        self._engine = engine
        # The engine's own queue gives up after half a minute, and a message would go unanswered.
        self._turns = asyncio.Semaphore(at_once)

    async def do(self, work: Work[T]) -> T:
        async with self._turns, self._engine.begin() as connection:
            return await work(connection)

    async def close(self) -> None:
        """Nothing waits."""


class GroupWriter:
    """One transaction for all the work that has come in meanwhile, one after the other.

    Args:
        engine: of a database that writes one thing at a time.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def do(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work(), name="nunchi-writer")
        return await future

    async def close(self) -> None:
        """Finish what waits."""
        if self._task is not None:
            await self._task

    async def _work(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_GROUP))]
            try:
                results = await self._together([work for work, _ in group])
            except Exception:
                for work, future in group:
                    await self._alone(work, future)
            else:
                for (_, future), result in zip(group, results, strict=True):
                    if not future.done():
                        future.set_result(result)

    async def _together(self, group: list[Work[Any]]) -> list[Any]:
        async with self._engine.begin() as connection:
            return [await work(connection) for work in group]

    async def _alone(self, work: Work[Any], future: asyncio.Future[Any]) -> None:
        """One of a group that failed: only the one whose fault it was shall hear of it."""
        try:
            (result,) = await self._together([work])
        except Exception as error:
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)
