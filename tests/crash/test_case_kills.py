"""The bot killed again and again while flagged reviews come in: no number is given twice, no card posted twice.

``python -m pytest -n 0 -m crash tests/crash/test_case_kills.py -s``; ``NUNCHI_CYCLES`` and ``NUNCHI_SEED`` as in
:mod:`tests.crash.test_slack_kills`.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.core.events import ChannelSettings, Place
from bot.core.moderation import Rule
from bot.storage.opening import open_store
from tests.crash.test_slack_kills import SEED, restart, until
from tests.servers import slack_payloads as payloads
from tests.servers.slack import SlackServer

CYCLES = int(os.environ.get("NUNCHI_CYCLES", "8"))
BAD = "배송도 느리고 품질이 너무 별로예요. 다시는 안 사요"
MODERATORS = "C9"


def rows(home: Path) -> list[Any]:
    """Number, message, state and reference of the card, of each case."""
    with closing(sqlite3.connect(home / "nunchi.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT number, message, card_state, card FROM cases ORDER BY number").fetchall()


def check(server: SlackServer, home: Path) -> None:
    """What must be so at any instant."""
    found = rows(home)
    assert [number for number, *_ in found] == list(range(1, len(found) + 1))
    cards = [post for post in server.posts if post.channel == MODERATORS]
    titles = [re.match(r"사건 (\d+) · ", post.text) for post in cards]
    numbers = [int(title[1]) for title in titles if title]
    assert len(numbers) == len(set(numbers)), "no case has two cards"
    assert set(numbers) <= {number for number, *_ in found}, "the case was on the disk before its card was posted"
    there = {f"message:{post.ts}" for post in cards}
    assert all(card in there for _, _, state, card in found if state == "posted")


def some_of(server: SlackServer, acks: list[asyncio.Future[Any]], rng: random.Random) -> Callable[[], bool]:
    """A moment to die at: when some were acknowledged, or when something was posted."""
    wanted, before = rng.randrange(1, 5), len(server.posts)
    if rng.random() < 0.5:
        return lambda: sum(ack.done() for ack in acks) >= wanted
    return lambda: len(server.posts) > before


@pytest.mark.crash
async def test_killed_at_any_moment_no_number_and_no_card_is_doubled(tmp_path: Path) -> None:
    rng, sent = random.Random(SEED), 0
    store = await open_store(None, tmp_path)
    rule = Rule(negative=("log", "card"), moderators=MODERATORS)
    await store.configure(Place("slack", "T1", "C1"), ChannelSettings(watch=True, mode="silent", rule=rule))
    await store.close()
    async with SlackServer() as server:
        for _ in range(CYCLES):
            process = await restart(server, tmp_path)
            messages = [payloads.message(BAD, payloads.ts(n), user=f"U{n}") for n in range(sent, sent + 4)]
            acks = [server.send_only("events_api", message) for message in messages]
            sent += len(messages)
            await until(some_of(server, acks, rng), process)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            check(server, tmp_path)
        process = await restart(server, tmp_path)
        await until(lambda: not any(state == "waiting" for _, _, state, _ in rows(tmp_path)), process)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 60)
        check(server, tmp_path)
        states = [state for _, _, state, _ in rows(tmp_path)]
        assert states.count("claimed") <= CYCLES, "a kill leaves one card at most of which nobody knows"
        print({state: states.count(state) for state in sorted(set(states))}, "of", sent, "sent")
