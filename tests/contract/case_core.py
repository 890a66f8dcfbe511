"""A core with cases on both platforms, and what is said to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nlp
from bot.core.case_book import Cases
from bot.core.commands import Asker, obey, parse
from bot.core.messages import Messages
from bot.core.ports import Clock
from bot.core.service import Core
from bot.storage.cases import SqlCases
from bot.storage.opening import open_store
from tests.bot.core.fakes import make_core
from tests.contract.case_play import Play, discord_play, slack_play

BAD = "배송도 느리고 품질이 너무 별로예요. 다시는 안 사요"
GOOD = "배송도 빠르고 포장도 꼼꼼해서 정말 만족합니다"
SAY = Messages("ko")

MakePlay = Callable[[Core], AbstractAsyncContextManager[Play]]
PLAYS: dict[str, MakePlay] = {"discord": discord_play, "slack": slack_play}


async def make(model: nlp.Analyzer, folder: Path, clock: Clock | None = None, **options: Any) -> tuple[Core, Cases]:
    """A core with cases, on a database that a second one can open as well."""
    store = await open_store(None, folder)
    core = make_core(model, store=store, clock=clock, person=10_000, channel=10_000)
    core.cases = cases = Cases(core, SqlCases(store), **{"pause": 0.0, **options})
    return core, cases


def author_id(played: Play, person: str) -> str:
    """Somebody, as the platform's adapter names them; a person has two digits."""
    return f"T1/U{person}" if played.place.platform == "slack" else f"40000000000000000{person}"


async def locked(*_: Any) -> Any:
    """Stands in for anything that a store does."""
    raise OSError("database is locked")


async def told(core: Core, played: Play, text: str, *, channel: str | None = None, **more: Any) -> str:
    """What the bot answers to a command in words."""
    command = parse(text)
    assert command is not None, text
    place = played.place if channel is None else replace(played.place, channel=channel)
    asker = Asker(place, author_id(played, "21"), **{"admin": True, **more})
    return await obey(core, replace(asker, everywhere=more.get("everywhere", asker.admin)), command)
