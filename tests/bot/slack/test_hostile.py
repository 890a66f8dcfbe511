"""The whole corpus of hostile strings through everything that Slack can be told: nothing of it comes out again."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from slack_bolt.listener import asyncio_runner
from slack_sdk.models.blocks import Block

import nlp
from bot.adapters.slack_cards import message
from bot.adapters.slack_home import home_view
from bot.core.events import Answer, Attachment, ChannelSettings, Incoming, Outcome, Place, Quote, Reply, Way
from bot.core.messages import Messages
from bot.core.service import Core
from tests.bot.core.fakes import make_core
from tests.bot.core.mailbox import Mailbox, sent
from tests.contract.slack_platform import SlackHarness
from tests.hostile import HOSTILE
from tests.servers import slack_payloads as payloads

MARKUP = set("<>@[]`*~|#\\\x1b\u202e\u2066\u200b\u2060\ufeff\x07＜＞＠")
WAYS: tuple[Way, ...] = ("direct", "mention", "command", "menu")


class SlackMail(Mailbox):
    """Keeps what would be sent to Slack."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        self._keep(answer)
        return await super().send(incoming, answer)

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        self._keep(answer)
        return await super().update(incoming, reference, answer)

    async def upload(
        self, incoming: Incoming, reference: str | None, answer: Reply, path: Path, name: str
    ) -> str | None:
        self._keep(answer)
        self.sent.append({"text": name})
        return await super().upload(incoming, reference, answer, path, name)

    def _keep(self, answer: Answer) -> None:
        assert isinstance(answer, Reply)
        self.sent.append(message(answer))


def texts(value: object) -> Iterator[str]:
    """All that is shown of what is sent to Slack."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def look(sent_to_slack: list[dict[str, Any]], hostile: str) -> int:
    """That nothing of a string is in it, and that it keeps Slack's limits; gives how much there was to look at."""
    for arguments in sent_to_slack:
        shown = list(texts(arguments))
        assert shown
        for block in Block.parse_all(arguments.get("blocks", [])):
            block.validate_json()
        assert not set("".join(shown)) & MARKUP, hostile
        assert hostile.strip() not in "\n".join(shown)
        assert "evil" not in json.dumps(arguments)
        assert '"mrkdwn"' not in json.dumps(arguments)
    return len(sent_to_slack)


@pytest.fixture
async def core(model: nlp.Analyzer) -> Core:
    return make_core(model, person=100_000, channel=100_000)


async def test_cards_notices_and_reasons(core: Core) -> None:
    outcomes: set[Outcome] = set()
    for number, hostile in enumerate(HOSTILE):
        post, way = SlackMail(), WAYS[number % len(WAYS)]
        review = f"{hostile} 배송은 정말 빨라서 좋았는데{hostile} {hostile}품질이 너무 별로예요 {hostile}"
        post.quotes["review"] = Quote("u", review)
        asked = sent(f"a{number}", way=way, text=review, source="review", thread=hostile, handle=hostile)
        outcomes.add(await core.handle(asked, post))
        outcomes.add(await core.handle(sent(f"b{number}", way=way, text=hostile), post))
        outcomes.add(await core.why(sent(f"c{number}", way="menu", source="review"), post))
        assert look(post.sent, hostile) == 3
    assert outcomes == {Outcome.REPLIED, Outcome.NOT_KOREAN, Outcome.EMPTY}
    await core.close()


async def test_files(core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    outcomes: dict[str, set[Outcome]] = {}
    kinds = {
        "csv": "{0},리뷰\n{0},배송이 빨라요 {0}\n{0},{0}\n",
        "txt": "{0} 별로예요\n{0}\n",
        "jsonl": '{{"리뷰": "배송이 빨라요"}}\n{0}\n',
        "tsv": "{0}\t{0}\n1\t2\n",
        "pdf": "{0}",
    }
    for number, hostile in enumerate(HOSTILE):
        # Those that are read take their turns; what is refused unread costs nothing.
        kind = tuple(kinds)[number % len(kinds)]
        for suffix in {kind, "pdf"}:
            post = SlackMail()
            content = kinds[suffix].format(hostile.replace("\t", " ")).encode()
            attachment = Attachment(f"{hostile}.{suffix}", len(content), content)
            outcome = await core.files.handle(sent(f"{number}{suffix}", author=f"u{number}"), [attachment], post)
            outcomes.setdefault(suffix, set()).add(outcome)
            assert look(post.sent, hostile) >= 1
    assert outcomes["csv"] >= {Outcome.REPLIED}
    assert outcomes["jsonl"] == outcomes["pdf"] == {Outcome.REFUSED}
    await core.close()


async def test_the_home_tab(core: Core) -> None:
    for number, hostile in enumerate(HOSTILE):
        await core.configure(Place("slack", f"T{number}", hostile), ChannelSettings(watch=True, mode="reply"))
        for language in ("ko", "en"):
            view = await home_view(core, f"T{number}", Messages(language))
            *shown, channel, _ = texts(view)
            assert channel == "<#>", "Slack names a channel by its id, and this is none"
            assert hostile.strip() not in "\n".join(shown)
            assert "evil" not in json.dumps(view)
    await core.close()


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bolt looks every hundredth of a second whether a listener has acknowledged, five hundred times here."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 10)

    monkeypatch.setattr(asyncio_runner, "asyncio", SimpleNamespace(sleep=sleep, ensure_future=asyncio.ensure_future))


@pytest.mark.usefixtures("quick_looks")
async def test_commands_and_buttons_with_strange_values(bot: SlackHarness) -> None:
    for number, hostile in enumerate(HOSTILE[::5]):
        before, user = len(bot.server.posts), f"U{number}"
        url = bot.server.response_url("C1", user)
        for text in (f"watch {hostile}", f"threshold {hostile} 70", f"language {hostile}", hostile):
            await bot.deliver("slash_commands", payloads.command(text, url, user=user))
        for value in (hostile, f"right:{hostile}", f"{hostile}:1"):
            await bot.deliver("interactive", payloads.feedback(value, url, user=user))
        await bot.deliver("interactive", payloads.why(hostile, url, user=user))
        posts = bot.server.posts[before:]
        assert look([{"text": post.text, "blocks": post.blocks} for post in posts], hostile) == 5
        assert posts[-1].text == Messages("ko")("feedback_gone")
