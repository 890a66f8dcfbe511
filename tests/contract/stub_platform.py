"""A third platform that nobody has heard of: it proves that a new one needs no edit in core, storage or nlp."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.core.events import Answer, Attachment, ChannelSettings, Incoming, Picture, Place, Post, Quote, Reply, Way
from bot.core.ports import DeliveryError
from bot.core.service import Core
from tests.contract.harness import Seen

CHANNEL = "#reviews"


class PigeonPost:
    """The platform's server: messages on strings, answers tied to them."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[str, dict[str, Any]]] = {}
        self.parcels: dict[str, tuple[str, bytes]] = {}
        self.texts: dict[str, tuple[str, str]] = {}
        self.pictures: dict[str, Picture | None] = {}
        self.refuses = False

    def tie(self, key: str, to: str, answer: Answer) -> None:
        if self.refuses:
            raise DeliveryError("hawk")
        words = (
            {"words": answer.text, "figures": answer.card and answer.card.verdict.to_dict()}
            if isinstance(answer, Reply)
            else {"words": answer.mark}
        )
        self.answers[key] = to, words


class PigeonAdapter:
    """The adapter: payloads to events, answers to payloads."""

    name = "pigeon"

    def __init__(self, core: Core, post: PigeonPost) -> None:
        self._core, self._post = core, post
        core.posters[self.name] = self

    def place(self) -> Place:
        return Place(self.name, "loft", CHANNEL)

    async def receive(self, payload: dict[str, Any]) -> None:
        if payload.get("deleted"):
            self._post.texts.pop(payload["id"], None)
            await self._core.forget(self.place(), payload["id"], self)
            return
        incoming = Incoming(
            self.place(),
            payload["id"],
            payload["from"],
            payload["text"],
            payload["way"],
            revision=payload.get("edit", ""),
            by_bot=payload.get("machine", False),
            source=payload["id"] if payload["way"] != "command" else None,
        )
        self._post.texts[payload["id"]] = payload["from"], payload["text"]
        if "parcel" in payload:
            name, content = payload["parcel"]
            await self._core.files.handle(incoming, [Attachment(name, len(content), content)], self)
        elif "why" in payload:
            question = Incoming(self.place(), payload["id"], payload["from"], "", "menu", source=payload["why"])
            await self._core.why(question, self)
        else:
            await self._core.handle(incoming, self)

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        self._post.tie(f"re:{incoming.message}", incoming.message, answer)
        return f"re:{incoming.message}"

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        self._post.tie(reference, incoming.message, answer)
        return reference

    async def retract(self, place: Place, reference: str) -> None:
        self._post.answers.pop(reference, None)
        self._post.parcels.pop(reference, None)

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        key = f"post:{len(self._post.answers)}"
        self._post.tie(key, thread or "", Reply(post.text))
        self._post.pictures[key] = post.picture
        return key

    async def revise(self, place: Place, reference: str, post: Post) -> str | None:
        if reference not in self._post.answers:
            return None
        self._post.tie(reference, self._post.answers[reference][0], Reply(post.text))
        self._post.pictures[reference] = post.picture
        return reference

    async def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        content = attachment.handle
        assert isinstance(content, bytes)
        for at in range(0, len(content), 1000):
            yield content[at : at + 1000]

    async def upload(
        self, incoming: Incoming, reference: str | None, answer: Reply, path: Path, name: str
    ) -> str | None:
        key = reference or f"re:{incoming.message}"
        self._post.tie(key, incoming.message, answer)
        self._post.parcels[key] = name, path.read_bytes()
        return key

    async def fetch(self, place: Place, message: str) -> Quote | None:
        found = self._post.texts.get(message)
        return None if found is None else Quote(*found)


class PigeonHarness:
    ways: frozenset[Way] = frozenset({"direct", "mention", "command", "menu", "watched"})
    edits = True
    bots = True
    many_users = True
    files: frozenset[Way] = frozenset({"direct", "mention"})
    whys: frozenset[Way] = frozenset({"direct", "mention", "menu", "watched"})
    place = Place("pigeon", "loft", CHANNEL)

    def __init__(self, core: Core) -> None:
        self._core, self._post = core, PigeonPost()
        self._adapter = PigeonAdapter(core, self._post)
        self._last: dict[str, Any] = {}
        self._ways: dict[str, Way] = {}
        self._edits = 0

    async def say(self, text: str, way: Way, message: str, *, author: str = "", bot: bool = False) -> None:
        self._ways[message] = way
        self._last = {"id": message, "from": author or "user", "text": text, "way": way, "machine": bot}
        await self._adapter.receive(self._last)

    async def redeliver(self) -> None:
        await self._adapter.receive(self._last)

    async def edit(self, message: str, text: str) -> None:
        self._edits += 1
        way = self._ways[message]
        self._last = {"id": message, "from": "user", "text": text, "way": way, "edit": str(self._edits)}
        await self._adapter.receive(self._last)

    async def delete(self, message: str) -> None:
        self._last = {"id": message, "deleted": True}
        await self._adapter.receive(self._last)

    async def refuse(self) -> None:
        self._post.refuses = True

    async def drop(self, name: str, content: bytes, way: Way, message: str) -> None:
        self._last = {"id": message, "from": "user", "text": "", "way": way, "parcel": (name, content)}
        await self._adapter.receive(self._last)

    async def why(self, message: str) -> str:
        await self._adapter.receive({"id": f"why-{message}", "from": "user", "text": "", "way": "menu", "why": message})
        return str(self._post.answers.pop(f"re:why-{message}")[1]["words"])

    def pictures(self) -> list[tuple[str, bytes]]:
        return [(picture.alt, picture.content) for picture in self._post.pictures.values() if picture is not None]

    def remove(self) -> None:
        self._post.answers.clear()

    def sent_files(self) -> list[tuple[str, bytes]]:
        return list(self._post.parcels.values())

    async def watch(self) -> None:
        await self._core.configure(self._adapter.place(), ChannelSettings(watch=True, mode="reply"))

    def seen(self) -> list[Seen]:
        return [
            Seen(to, words["words"], json.dumps(words, ensure_ascii=False)) for to, words in self._post.answers.values()
        ]


@asynccontextmanager
async def pigeon(core: Core) -> AsyncIterator[PigeonHarness]:
    yield PigeonHarness(core)
