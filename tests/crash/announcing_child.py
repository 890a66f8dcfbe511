"""A process that announces over a SQLite file, and posts into another file: ``announcing_child.py FOLDER SEED``.

Its clock goes on by some hours with each tick. It is killed at any moment by the test that started it.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.announcing import Announcer
from bot.core.events import Place, Post
from bot.core.fingerprint import Fingerprint
from bot.core.memory import MemoryStore
from bot.core.service import Core
from bot.storage.bulletins import SqlBulletins
from bot.storage.opening import open_store
from nlp import load
from tests.bot.core.fakes import KEY

BEGIN = datetime(2026, 3, 1, 3, tzinfo=UTC)
HOURS = 8
"""Longer than it takes to be taken for dead, shorter than a day."""


class FileClock:
    """The same time for all that are killed one after the other; it goes on with each tick."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return BEGIN + timedelta(minutes=int(self._path.stat().st_size)) if self._path.exists() else BEGIN

    def monotonic(self) -> float:
        return (self.now() - BEGIN).total_seconds()

    def pass_by(self, minutes: int) -> None:
        with open(self._path, "ab") as file:
            file.write(b"." * minutes)


class FilePoster:
    """Posts lines."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self._path, self._chance = path, chance

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        await asyncio.sleep(self._chance.random() * 0.01)
        with open(self._path, "ab") as file:
            file.write(f"{place.channel} {post.headline}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(self._chance.random() * 0.01)
        return "ref"


async def main(folder: Path, seed: int) -> None:
    clock = FileClock(folder / "clock")
    store = await open_store(None, folder, Fingerprint(KEY))
    core = Core(load(), MemoryStore(), Fingerprint(KEY), clock=clock)
    core.posters["pigeon"] = FilePoster(folder / "posts", random.Random(seed))  # type: ignore[assignment]
    announcer = Announcer(core, SqlBulletins(store))
    print("ready", flush=True)
    while True:
        await announcer.tick()
        clock.pass_by(HOURS * 60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
