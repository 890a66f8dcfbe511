"""Logs without texts and secrets, the hourly purge, and how the lag of the loop is measured."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
from datetime import timedelta

import pytest

import nlp
from bot.core.memory import MemoryStore
from bot.ops.logs import JsonLines, redact
from bot.ops.running import LoopLag, announce_again_and_again, purge_again_and_again, spare_what_stays
from tests.bot.core.fakes import HandClock, make_core
from tests.bot.storage.test_store import record

SECRETS = (
    "xoxb-123-456-abcDEF",
    "xapp-1-A0-123-abc",
    "xoxe-1-My0xLW",
    "v0=" + "a1" * 32,
    "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_token_passes_the_log(secret: str) -> None:
    ours = logging.LogRecord("bot.x", logging.INFO, "x.py", 1, "token %s", (secret,), None)
    ours.event = f"with {secret}"
    try:
        raise ValueError(secret)
    except ValueError as error:
        failed = logging.LogRecord(
            "bot.x", logging.ERROR, "x.py", 1, "m", (), (type(error), error, error.__traceback__)
        )
    for made in (ours, failed):
        line = JsonLines().format(made)
        assert secret not in line
        assert json.loads(line)["level"] == made.levelname
    assert "ValueError" in JsonLines().format(failed)


def test_no_password_of_a_database_passes_the_log() -> None:
    assert redact("postgresql://me:hunter2@host/db") == "postgresql://[redacted]@host/db"


def test_what_libraries_say_is_not_repeated() -> None:
    theirs = logging.LogRecord("slack_bolt.app", logging.WARNING, "app.py", 7, "Unhandled: %s", ("비밀 글",), None)
    line = JsonLines().format(theirs)
    assert "비밀" not in line
    assert json.loads(line)["logger"] == "slack_bolt.app"


async def test_the_purge_follows_the_clock(model: nlp.Analyzer) -> None:
    store, clock = MemoryStore(), HandClock()
    core = make_core(model, store=store, clock=clock)
    await store.record(record(1, at=clock.now() - timedelta(days=91)))
    await store.record(record(2, at=clock.now() - timedelta(days=89)))
    purging = asyncio.create_task(purge_again_and_again(core, 90))
    while len(store._records) == 2:
        await asyncio.sleep(0)
    purging.cancel()
    assert [kept.id for kept in store._records.values()] == [record(2).id]


async def test_a_blocked_loop_is_noticed() -> None:
    lag = LoopLag(every=0.01)
    measuring = asyncio.create_task(lag.measure())
    await asyncio.sleep(0.02)
    time.sleep(0.2)
    await asyncio.sleep(0.02)
    measuring.cancel()
    assert 0.15 < lag.longest < 60


def test_what_stays_is_not_looked_through_again() -> None:
    before = gc.get_freeze_count()
    try:
        spare_what_stays()
        assert gc.get_freeze_count() > before + 10_000, "the modules alone are more"
    finally:
        gc.unfreeze()


class Announcing:
    """Ticks that can be held up."""

    def __init__(self) -> None:
        self.began, self.ended = 0, 0
        self.go_on, self.reached = asyncio.Event(), asyncio.Event()
        self.wanted = 1

    async def tick(self) -> None:
        self.began += 1
        if self.began == self.wanted:
            self.reached.set()
        await self.go_on.wait()
        self.ended += 1


async def test_what_is_due_is_done_again_and_again() -> None:
    announcing = Announcing()
    announcing.wanted = 3
    announcing.go_on.set()
    chore = asyncio.create_task(announce_again_and_again(announcing, HandClock(), every=0.001))
    async with asyncio.timeout(90):
        await announcing.reached.wait()
    chore.cancel()
    await asyncio.gather(chore, return_exceptions=True)
    assert announcing.ended == announcing.began


async def test_a_bot_that_stops_finishes_what_it_was_announcing() -> None:
    announcing = Announcing()
    chore = asyncio.create_task(announce_again_and_again(announcing, HandClock()))
    async with asyncio.timeout(90):
        await announcing.reached.wait()
    chore.cancel()
    await asyncio.sleep(0)
    assert not chore.done()
    announcing.go_on.set()
    await asyncio.gather(chore, return_exceptions=True)
    assert (chore.cancelled(), announcing.ended) == (True, 1)
