"""Each event four times, to four processes over one PostgreSQL, as Slack's retries and reconnects may bring it."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.core.messages import Messages
from bot.storage.opening import open_store
from tests.bot.running import start
from tests.servers import slack_payloads as payloads
from tests.servers.slack import SlackServer

PROCESSES, DELIVERIES = 4, 4


async def deliver(server: SlackServer, number: int, pick: random.Random) -> None:
    """Send an event to any process; what is not acknowledged in time is sent again, as Slack does."""
    payload = payloads.mention(f"배송이 빨라요 {number}", payloads.ts(number), user=f"U{number}")
    for _ in range(5):
        ack = server.send_only("events_api", payload, socket=pick.choice(server.open_sockets()))
        done, _ = await asyncio.wait([ack], timeout=10)
        if done:
            return
    raise TimeoutError("nobody acknowledges")


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stderr is not None
    return await process.stderr.read()


def logged(err: bytes) -> list[dict[str, str]]:
    """The lines of a log."""
    return [json.loads(line) for line in err.decode().splitlines() if line.startswith("{")]


async def storm(events: int, postgres: str, folder: Path, **settings: str) -> None:
    """Let it come, and look at what is left."""
    limits = {"NUNCHI_PERSON_PER_MINUTE": "1000000", "NUNCHI_CHANNEL_PER_MINUTE": "1000000", "NUNCHI_QUEUE": "100000"}
    async with SlackServer() as server:
        more = {"NUNCHI_DATABASE_URL": postgres, "NUNCHI_LOG_LEVEL": "INFO", **limits, **settings}
        processes = [await start(server, folder, "run", "slack", more=more) for _ in range(PROCESSES)]
        # Read all the time: a process whose log nobody reads stands still once the pipe is full.
        logs = [asyncio.create_task(_read(process)) for process in processes]
        while server.connections < PROCESSES:
            server.connected.clear()
            await asyncio.wait_for(server.connected.wait(), 60)
        pick = random.Random(events)
        deliveries = [number for number in range(events) for _ in range(DELIVERIES)]
        pick.shuffle(deliveries)
        begin = time.monotonic()
        delivered: set[int] = set()
        for at in range(0, len(deliveries), 200):
            await asyncio.gather(*(deliver(server, number, pick) for number in deliveries[at : at + 200]))
            delivered.update(deliveries[at : at + 200])
            while len(server.posts) < len(delivered) - 200:  # it does not outrun four processes for ever
                await asyncio.sleep(0.05)
        patience = time.monotonic() + 120
        while len(server.posts) < events and time.monotonic() < patience:
            await asyncio.sleep(0.05)
        kinds: Counter[object] = Counter()
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process, log in zip(processes, logs, strict=True):
            err = await asyncio.wait_for(log, 60)
            assert await process.wait() == 0, err.decode()
            kinds.update((line.get("logger"), line.get("where"), line.get("kind")) for line in logged(err))
        seconds = time.monotonic() - begin
        posts = Counter(post.thread for post in server.posts)
        store = await open_store(postgres, folder)
        states = await store.claim_states()
        await store.close()
    print(f"{events} events x {DELIVERIES}: {sum(posts.values())} posts, claims {states}, {seconds:.1f} s")
    busy = sum(post.text == Messages()("busy") for post in server.posts)
    print(f"{server.connections} connections; told to come again {busy}; logged {kinds}")
    assert set(posts.values()) == {1}, "nobody was answered twice"
    assert sum(states.values()) == events, "each event has one claim"
    assert states.get("answered", 0) == len(posts) == events, "nobody was left without an answer"


async def test_a_small_storm(postgres: str, tmp_path: Path) -> None:
    await storm(100, postgres, tmp_path)


@pytest.mark.slow
async def test_a_small_storm_that_is_too_much(postgres: str, tmp_path: Path) -> None:
    """Who is told to come again by one process is not answered by another."""
    await storm(100, postgres, tmp_path, NUNCHI_BACKLOG="10")


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("events", "backlog"), [(3_000, "200"), (3_000, "2000"), (10_000, "2000")])
async def test_a_great_storm(events: int, backlog: str, postgres: str, tmp_path: Path) -> None:
    await storm(events, postgres, tmp_path, NUNCHI_BACKLOG=backlog)
