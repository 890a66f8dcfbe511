"""The bot killed with SIGKILL between its claim of a review and the case of it: the next one opens the case, once.

``python -m pytest -n 0 -m crash tests/crash/test_unfinished_kills.py``.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.core.events import ChannelSettings, Place
from bot.core.moderation import Rule
from bot.storage.opening import open_store
from tests.bot import dying_at
from tests.bot.running import child_environment
from tests.crash.test_slack_kills import restart, until
from tests.servers import slack_payloads as payloads
from tests.servers.slack import SlackServer

BAD = "배송도 느리고 품질이 너무 별로예요. 다시는 안 사요"
POINTS = (
    "bot.core.inference:Inference.judge_and_explain",  # claimed only
    "bot.storage.store:SqlStore.record",
    "bot.storage.cases:SqlCases.open",  # judged and recorded
    "bot.storage.cases:SqlCases.take",  # the case is there, its card not
    "bot.storage.store:SqlStore.settle",
)


def rows(home: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(home / "nunchi.db")) as connection:
        return connection.execute(query).fetchall()


async def dies(server: SlackServer, home: Path, where: str, message: dict[str, Any]) -> None:
    """A bot hears a review and is killed at a point of its path."""
    server.connected.clear()
    own = {"NUNCHI_HOME": str(home), "NUNCHI_LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        dying_at.__file__,
        where,
        "run",
        "slack",
        env=child_environment(**{**own, **server.environment}),
        cwd=home,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(90):
        await server.connected.wait()
        server.send_only("events_api", message)
        assert await process.wait() == -signal.SIGKILL, where


@pytest.mark.crash
@pytest.mark.timeout(900)
async def test_killed_between_claim_and_case_the_case_is_opened_once_by_the_next(tmp_path: Path) -> None:
    store = await open_store(None, tmp_path)
    rule = Rule(negative=("log", "reply", "card"), moderators="C9")
    await store.configure(Place("slack", "T1", "C1"), ChannelSettings(watch=True, mode="silent", rule=rule))
    await store.close()
    (tmp_path / "tmp").mkdir()
    async with SlackServer() as server:
        for number, where in enumerate(POINTS):
            at = payloads.ts(number)
            server.threads[at] = BAD
            await dies(server, tmp_path, where, payloads.message(BAD, at, user=f"U{number}"))
            assert len(rows(tmp_path, "SELECT 1 FROM claims")) == number + 1, where
        answered = len([post for post in server.posts if post.channel == "C1"])
        with closing(sqlite3.connect(tmp_path / "nunchi.db")) as connection:
            connection.execute("UPDATE claims SET due = 1 WHERE due IS NOT NULL")  # some minutes later
            connection.execute("UPDATE cases SET card_at = 1 WHERE card_state = 'claimed'")
            connection.commit()
        process = await restart(server, tmp_path)
        await until(lambda: len(rows(tmp_path, "SELECT 1 FROM cases")) == len(POINTS), process)
        await until(
            lambda: (
                not rows(tmp_path, "SELECT 1 FROM claims WHERE due IS NOT NULL")
                and not rows(tmp_path, "SELECT 1 FROM cases WHERE card_state IN ('waiting', 'claimed')")
            ),
            process,
        )
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 60)
        numbers = [number for (number,) in rows(tmp_path, "SELECT number FROM cases ORDER BY number")]
        assert numbers == list(range(1, len(POINTS) + 1))
        assert len(rows(tmp_path, "SELECT DISTINCT message FROM cases")) == len(POINTS)
        titles = [post.text.split(" · ")[0] for post in server.posts if post.channel == "C9"]
        assert len(titles) == len(set(titles)) == len(POINTS), "each has one card, or is told of once"
        assert len([post for post in server.posts if post.channel == "C1"]) == answered, "nobody is answered twice"
