"""The Slack bot killed again and again while events and files come in: nobody is answered twice, nothing is broken.

``python -m pytest -n 0 -m crash tests/crash -s`` prints what happened; ``NUNCHI_CYCLES`` and ``NUNCHI_SEED`` choose
how often and when.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.bot.running import start
from tests.servers import slack_payloads as payloads
from tests.servers.slack import SlackServer

CYCLES = int(os.environ.get("NUNCHI_CYCLES", "25"))
SEED = int(os.environ.get("NUNCHI_SEED", "20261122"))
NEW, OLD = 30, 10
CSV = ("리뷰\n" + "배송이 빨라요\n품질이 별로예요\n" * 200).encode()
STATES = {"claimed", "answered", "abandoned", "silent"}
LIMITS = {"NUNCHI_PERSON_PER_MINUTE": "100000", "NUNCHI_CHANNEL_PER_MINUTE": "100000", "NUNCHI_LOG_LEVEL": "ERROR"}


class Events:
    """What people did, each the same whenever it is delivered."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self.payloads: list[dict[str, Any]] = []

    def more(self, count: int, *, files: bool = False) -> list[int]:
        """New ones: mostly mentions, now and then a file in a direct message; gives their numbers."""
        first = len(self.payloads)
        for number in range(first, first + count):
            at, user = payloads.ts(number), f"U{number}"
            if files or number % 10 == 9:
                file = self._server.file(f"F{number}", "reviews.csv", CSV)
                made = payloads.message("", at, channel="D1", user=user, subtype="file_share", files=[file])
            else:
                made = payloads.mention(f"배송이 빨라요 {number}", at, user=user)
            self.payloads.append(made)
        return list(range(first, len(self.payloads)))

    def deliver(self, numbers: list[int]) -> list[asyncio.Future[dict[str, Any]]]:
        return [self._server.send_only("events_api", self.payloads[number]) for number in numbers]


def _count(watched: list[Any] | None, acks: list[asyncio.Future[dict[str, Any]]]) -> int:
    return sum(ack.done() for ack in acks) if watched is None else len(watched)


async def until(true: Callable[[], bool], process: asyncio.subprocess.Process) -> None:
    """Wait until something is so; the process must live meanwhile."""
    async with asyncio.timeout(90):
        while not true():
            assert process.returncode is None
            await asyncio.sleep(0.002)


def claims(database: Path) -> dict[str, tuple[str, str | None]]:
    """State and reference of each claim, by its message, once the database was found whole."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute("SELECT message, state, reference FROM claims").fetchall()
        stray = "SELECT count(*) FROM verdicts WHERE message NOT IN (SELECT message FROM claims)"
        assert connection.execute(stray).fetchone() == (0,)
    found = {message: (state, reference) for message, state, reference in rows}
    assert len(found) == len(rows), "one claim for each message"
    return found


def answers(server: SlackServer) -> Counter[str]:
    """How many answers each mention got."""
    return Counter(post.thread for post in server.posts if post.thread)


def check(server: SlackServer, found: dict[str, tuple[str, str | None]]) -> None:
    """What must be so at any instant."""
    answered = answers(server)
    assert set(answered.values()) <= {1}, "nobody is answered twice"
    assert {state for state, _ in found.values()} <= STATES
    assert answered.keys() <= found.keys(), "the right to answer was on the disk before the answer was sent"
    posted = {f"message:{post.ts}" for post in server.posts} | {None}
    for state, reference in found.values():
        if state == "answered" and str(reference).startswith("message:"):
            assert reference in posted, "what is said to be answered is"
        assert state != "answered" or reference is not None


async def restart(server: SlackServer, home: Path) -> asyncio.subprocess.Process:
    server.connected.clear()
    more = {**LIMITS, "TMPDIR": str(home / "tmp")}
    process = await start(server, home, "run", "slack", more=more)
    waiting: Awaitable[Any] = server.connected.wait()
    await asyncio.wait_for(waiting, 90)
    return process


@pytest.mark.crash
@pytest.mark.timeout(3600)
async def test_killed_at_any_instant_nobody_is_answered_twice(tmp_path: Path) -> None:
    pick = random.Random(SEED)
    (tmp_path / "tmp").mkdir()
    database, unacknowledged = tmp_path / "nunchi.db", list[int]()
    states: Counter[str] = Counter()
    async with SlackServer() as server:
        events = Events(server)
        for _ in range(CYCLES):
            process = await restart(server, tmp_path)
            old = pick.sample(range(len(events.payloads)), min(OLD, len(events.payloads)))
            numbers = [*unacknowledged, *events.more(NEW), *old]
            pick.shuffle(numbers)
            acks = events.deliver(numbers)
            # All that is watched for is sure to come: each new event is acknowledged, and is posted to.
            watched = pick.choice((server.posts, server.calls, None))
            instant = pick.randrange(NEW) + (0 if watched is None else len(watched))
            await until(lambda w=watched, i=instant, a=acks: _count(w, a) >= i, process)  # type: ignore[misc]
            for _ in range(pick.randrange(200)):
                await asyncio.sleep(0)
            process.kill()
            await process.communicate()
            unacknowledged = [number for number, ack in zip(numbers, acks, strict=True) if not ack.done()]
            check(server, claims(database))
        process = await restart(server, tmp_path)
        last_file: list[int] = []
        everything = list(range(len(events.payloads)))
        pick.shuffle(everything)
        for at in range(0, len(everything), 100):
            async with asyncio.timeout(90):
                await asyncio.gather(*events.deliver(everything[at : at + 100]))
        await until(lambda: len(claims(database)) == len(events.payloads), process)
        # The files of the process that lives are scored one after the other: once the last is, all are.
        while not any(str(claims(database)[payloads.ts(n)][1]).startswith("file:") for n in last_file):
            last_file = events.more(1, files=True)
            await asyncio.gather(*events.deliver(last_file))
            ts = payloads.ts(last_file[0])
            await until(lambda ts=ts: claims(database).get(ts, ("claimed",))[0] != "claimed", process)  # type: ignore[misc]
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0
        found = claims(database)
        check(server, found)
        states.update(state for state, _ in found.values())
        files = Counter(reference for _, reference in found.values() if str(reference).startswith("file:"))
        directs = sum(post.thread is None for post in server.posts)  # one for each file: its progress, then its end
        lost = len(found) - len(answers(server)) - directs
        left = sorted(path.name for path in (tmp_path / "tmp").iterdir())
    print(
        f"\n{CYCLES} kills, {len(events.payloads)} events, {len(answers(server))} answers, {len(files)} files, "
        f"claims {dict(states)}, {server.connections} connections; left in the folder for temporary files: {left}"
    )
    assert set(files.values()) == {1}
    assert directs <= sum("files" in payload["event"] for payload in events.payloads), "no file is answered twice"
    assert len(server.uploads) <= directs
    assert len(found) == len(events.payloads), "each event was claimed once"
    assert 0 <= lost <= states["claimed"] + states["abandoned"], "who got no answer was being answered when it ended"
    assert not [name for name in left if name.startswith("nunchi-file-")], "what killed processes left was swept"
