"""More than there is room for, from a real socket, while the database does not answer: all are told."""

from __future__ import annotations

import asyncio

import pytest

import nlp
from bot.core import overload
from bot.core.messages import Messages
from tests.bot.core.fakes import make_core
from tests.bot.core.test_overload import StuckStore
from tests.contract.slack_platform import slack
from tests.servers import slack_payloads as payloads

BUSY = Messages("ko")("busy")
GOOD = "배송도 빠르고 품질도 정말 좋아요"


async def test_every_way_in_is_told_while_the_database_stands_still(
    model: nlp.Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overload, "_PATIENCE", 0.05)
    store = StuckStore()
    core = make_core(model, store=store, backlog=20, person=1_000, channel=1_000)
    async with slack(core) as bot:
        url = bot.server.response_url("C1", "UX")
        for number in range(20):
            await bot.server.send("events_api", payloads.mention(GOOD, payloads.ts(number), user=f"U{number}"))
        late = [
            ("events_api", payloads.mention(GOOD, payloads.ts(30), user="UA")),
            ("events_api", payloads.message(GOOD, payloads.ts(31), channel="D1", user="UB")),
            ("slash_commands", payloads.command(GOOD, url, user="UC")),
            ("slash_commands", payloads.command("status", url, user="UD")),
            ("interactive", payloads.shortcut(GOOD, url, user="UE")),
            ("interactive", payloads.feedback("right:0", url, user="UF")),
            ("interactive", payloads.why(payloads.ts(30), url, user="UG")),
            ("events_api", payloads.message("", payloads.ts(32), channel="D2", user="UH", files=[{"id": "F1"}])),
        ]
        for kind, payload in late:
            await bot.server.send(kind, payload)
        while len(bot.server.posts) < len(late):
            await asyncio.sleep(0.01)
        assert {post.text for post in bot.server.posts} == {BUSY}
        assert core.counters.get("backlog_full", platform="slack") == len(late)
        await bot.server.send("events_api", payloads.home_opened())
        store.go_on.set()
        while core.in_flight:
            await asyncio.sleep(0.01)
        assert len(bot.server.posts) == len(late) + 20
        assert bot.server.views == {}
        await bot.deliver(*late[0])
        assert len(bot.server.posts) == len(late) + 20, "who was told to come again is not answered too"
