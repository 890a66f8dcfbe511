"""Made-up verdicts in a real store, and a platform that only posts."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nlp
from bot.core.announcing import Announcer
from bot.core.bulletins import BulletinSettings
from bot.core.events import ChannelSettings, Place, Post
from bot.core.fingerprint import Fingerprint
from bot.core.ports import Clock, DeliveryError
from bot.core.service import Core
from bot.storage.bulletins import SqlBulletins
from bot.storage.opening import open_store
from bot.storage.schema import verdicts
from bot.storage.statements import place_values
from bot.storage.store import SqlStore, to_milliseconds
from tests.bot.core.fakes import KEY, HandClock, make_core

PLACE = Place("pigeon", "loft", "C1")


async def fill(store: SqlStore, place: Place, reviews: Iterable[tuple[datetime, str]], way: str = "watched") -> None:
    """Put verdicts of these moments and bands into the store."""
    rows = [
        {
            **place_values(place),
            "id": (id_ := secrets.token_hex(8)),
            "message": f"m{id_}",
            "person": "somebody" * 4,
            "text": "t" * 32,
            "at": to_milliseconds(at),
            "label": "negative" if band == "negative" else "positive",
            "band": band,
            "probability": 0.5,
            "model_id": "m",
            "latency": 0.0,
            "way": way,
        }
        for at, band in reviews
    ]
    if rows:
        await store.write(lambda connection: connection.execute(verdicts.insert(), rows))


def spread(start: datetime, hours: float, reviews: int, negative: int) -> list[tuple[datetime, str]]:
    """Reviews evenly over so many hours, negative ones evenly among them."""
    gap = timedelta(hours=hours) / max(1, reviews)
    bands = [
        "negative" if (i + 1) * negative // reviews > i * negative // reviews else "positive" for i in range(reviews)
    ]
    return [(start + i * gap, band) for i, band in enumerate(bands)]


class Loft:
    """A platform on which the bot only posts."""

    name = PLACE.platform

    def __init__(self) -> None:
        self.posts: list[tuple[Place, Post, str | None]] = []
        self.refuses = ""
        self.lost = False

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        if self.refuses:
            raise DeliveryError(self.refuses)
        self.posts.append((place, post, thread))
        if self.lost:
            raise DeliveryError("TimeoutError")
        return f"ref:{len(self.posts)}"


class Bot:
    """A bot that announces: one process."""

    def __init__(self, core: Core, store: SqlStore, loft: Loft) -> None:
        self.core, self.store, self.loft = core, store, loft
        self.announcer = core.announcer = Announcer(core, SqlBulletins(store))
        core.posters[loft.name] = loft  # type: ignore[assignment]

    async def choose(self, place: Place = PLACE, **changes: Any) -> None:
        await self.announcer.store.choose(place, BulletinSettings(**changes))

    async def tick(self, **passing: float) -> None:
        """Let time pass, then do what is due."""
        clock = self.core.clock
        assert isinstance(clock, HandClock)
        clock.pass_by(timedelta(**passing).total_seconds())
        await self.announcer.tick()

    @property
    def headlines(self) -> list[str]:
        return [post.headline for _, post, _ in self.loft.posts]


@asynccontextmanager
async def announcing(
    model: nlp.Analyzer, folder: Path, url: str | None = None, clock: Clock | None = None, loft: Loft | None = None
) -> AsyncIterator[Bot]:
    """A bot on a real database; several on one address are several processes."""
    store = await open_store(url, folder, Fingerprint(KEY))
    core = make_core(model, store=store, clock=clock or HandClock())
    await core.configure(PLACE, ChannelSettings(watch=True))
    try:
        yield Bot(core, store, loft or Loft())
    finally:
        await core.close()
