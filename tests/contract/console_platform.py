"""The terminal, played: what is typed, and what is printed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.adapters.console import Console
from bot.core.events import Answer, Reply, Way
from bot.core.service import Core
from tests.contract.harness import Seen


class ConsoleHarness:
    ways: frozenset[Way] = frozenset({"direct"})
    edits = False
    bots = False
    many_users = False
    files: frozenset[Way] = frozenset()
    whys: frozenset[Way] = frozenset()
    place = None

    def __init__(self, core: Core) -> None:
        self._printed: list[Seen] = []
        self._message = ""
        self._console = Console(core, self._print)

    def _print(self, answer: Answer) -> None:
        assert isinstance(answer, Reply)
        raw = answer.text + json.dumps(answer.card and answer.card.verdict.to_dict())
        self._printed.append(Seen(self._message, answer.text, raw))

    async def say(self, text: str, way: Way, message: str, *, author: str = "", bot: bool = False) -> None:
        self._message = message
        await self._console.ask(text)

    async def redeliver(self) -> None:
        """A terminal types nothing by itself."""

    async def edit(self, message: str, text: str) -> None:
        raise NotImplementedError

    async def delete(self, message: str) -> None:
        raise NotImplementedError

    async def refuse(self) -> None:
        raise NotImplementedError

    async def watch(self) -> None:
        raise NotImplementedError

    async def drop(self, name: str, content: bytes, way: Way, message: str) -> None:
        raise NotImplementedError

    async def why(self, message: str) -> str:
        raise NotImplementedError

    def pictures(self) -> list[tuple[str, bytes]]:
        return []

    def remove(self) -> None:
        raise NotImplementedError

    def sent_files(self) -> list[tuple[str, bytes]]:
        return []

    def seen(self) -> list[Seen]:
        return list(self._printed)


@asynccontextmanager
async def console(core: Core) -> AsyncIterator[ConsoleHarness]:
    yield ConsoleHarness(core)
