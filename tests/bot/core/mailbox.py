"""A platform that keeps what it is given, so that a test can hold a file up, or look at the disk meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

from bot.core.events import Answer, Attachment, Incoming, Place, Quote, Reaction, Reply, Way
from bot.core.ports import DeliveryError

PLACE = Place("mailbox", "w", "c")


def sent(message: str = "1", author: str = "u", way: Way = "direct", text: str = "", **more: object) -> Incoming:
    """A message."""
    return Incoming(PLACE, message, author, text, way, **more)  # type: ignore[arg-type]


class Mailbox:
    """Messages by reference, with all that they ever said."""

    name = "mailbox"

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = {}
        self.marks: list[str] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.quotes: dict[str, Quote] = {}
        self.refuses: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()
        self.looks: Callable[[Path], None] = lambda path: None
        self._numbers = count(1)

    def words(self) -> list[str]:
        """What is to be seen now."""
        return [texts[-1] for texts in self.said.values()]

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        self._check("send")
        if isinstance(answer, Reaction):
            self.marks.append(answer.mark)
            return None
        self.said[reference := f"m{next(self._numbers)}"] = [answer.text]
        return reference

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        self._check("update")
        assert isinstance(answer, Reply)
        self.said[reference].append(answer.text)
        return reference

    async def retract(self, place: Place, reference: str) -> None:
        self.said.pop(reference, None)
        self.files.pop(reference, None)

    async def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        self._check("download")
        assert isinstance(attachment.handle, bytes)
        await self.gate.wait()
        for at in range(0, len(attachment.handle), 1 << 16):
            yield attachment.handle[at : at + (1 << 16)]

    async def upload(
        self, incoming: Incoming, reference: str | None, answer: Reply, path: Path, name: str
    ) -> str | None:
        self.looks(path)
        self._check("upload")
        assert reference is not None
        self.said[reference].append(answer.text)
        self.files[reference] = name, path.read_bytes()
        return reference

    async def fetch(self, place: Place, message: str) -> Quote | None:
        return self.quotes.get(message)

    def _check(self, what: str) -> None:
        if what in self.refuses:
            raise DeliveryError("refused")
