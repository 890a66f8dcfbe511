"""Who asks the store may be cancelled at any moment: no connection is lost by it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.core.cases import Query
from bot.core.events import Place
from bot.core.records import Claim
from bot.storage.cases import SqlCases
from bot.storage.opening import open_store
from tests.bot.storage.test_store import NOON

PLACE = Place("slack", "T1", "C1")


async def test_whenever_who_reads_is_cancelled_all_connections_come_back(url: str, tmp_path: Path) -> None:
    """Cancelled after one turn of the event loop, after two, and so on."""
    store = await open_store(url, tmp_path)
    cases, pool = SqlCases(store), store._engine.pool
    before = pool.checkedout()  # type: ignore[attr-defined]

    async def ask() -> None:
        await store.figures("slack", "T1", NOON - timedelta(days=1))
        await cases.search("slack", "T1", Query())
        await store.answer_to(PLACE, "m")
        await store.note("x")
        await store.claim(Claim(PLACE, "m"))

    for turns in (*range(25), 30, 40, 60, 90, 130, 200):
        tasks = [asyncio.create_task(ask()) for _ in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(60):  # also those that are still being given back
        while pool.checkedout() != before:  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
        await asyncio.gather(*(ask() for _ in range(20)))
    await store.close()
