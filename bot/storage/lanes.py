"""How reads and writes reach the database.

Each write must be safe on the disk before it counts, which takes SQLite some milliseconds of waiting. So writes
that come while it waits are put into one transaction and wait together. PostgreSQL does that by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Engine, Executable
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.connections import Connections

T = TypeVar("T")

_LARGEST_GROUP = 128


class Connection(Protocol):
    """What work is done with."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        """Run a statement; what it returns is read before the work ends."""
        ...


Work = Callable[[Connection], Awaitable[T]]


class Lane(Protocol):
    """Does work, of writers in a transaction that is on the disk when the call returns.

    Work waits for nothing but its connection.
    """

    async def do(self, work: Work[T], *, ahead: bool = False) -> T:
        """Do it; its exception undoes it.

        Args:
            work: what to do.
            ahead: of all that waits. For little, so that the rest gets its turn.
        """
        ...

    async def close(self) -> None:
        """Finish what waits."""
        ...


class DirectLane:
    """A connection for each piece of work, many at once; what comes on top of that waits its turn.

    Args:
        engine: of a database that can do many things at once.
        at_once: how many; if they write, fewer than the engine has connections, so that some are left to read.
        ahead: how many more, of those that go ahead of what waits.
    """

    def __init__(self, engine: AsyncEngine, at_once: int, ahead: int = 1) -> None:
        self._connections = Connections(engine)
        # The engine's own queue gives up after half a minute, and a message would go unanswered.
        self._turns, self._ahead = asyncio.Semaphore(at_once), asyncio.Semaphore(ahead)

    async def do(self, work: Work[T], *, ahead: bool = False) -> T:
        async with (
            self._ahead if ahead else self._turns,
            self._connections.one() as connection,
            connection.begin(),
        ):
            return await work(connection)

    async def close(self) -> None:
        """Nothing waits but connections that are being given back."""
        await self._connections.close()


class GroupLane:
    """One transaction, on a thread of its own, for all the work that has come in meanwhile, one after the other.

    SQLite needs a thread anyway. One trip to it for a group is a fraction of what one for each statement, cursor and
    row costs, which is what asyncio's drivers for SQLite take.

    Args:
        engine: of a database that does one thing at a time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nunchi-store")
        self._waiting: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def do(self, work: Work[T], *, ahead: bool = False) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if ahead:
            self._waiting.appendleft((work, future))
        else:
            self._waiting.append((work, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work(), name="nunchi-store")
        return await future

    async def close(self) -> None:
        """Finish what waits."""
        if self._task is not None:
            await self._task
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

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
        return await asyncio.get_running_loop().run_in_executor(self._thread, _there, self._engine, group)

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


class _Immediate:
    """A connection in its own thread: nothing has to be waited for."""

    def __init__(self, connection: SyncConnection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)


def _there(engine: Engine, group: list[Work[Any]]) -> list[Any]:
    """In the thread: do the work."""
    with engine.begin() as connection:
        return [_done(work(_Immediate(connection))) for work in group]


def _done(work: Awaitable[T]) -> T:
    """What work gives that never waits."""
    try:
        next(iter(work.__await__()))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise RuntimeError("work waits for something else than its connection")
