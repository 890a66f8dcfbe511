"""The gateway at its worst: every close code, resumes, new sessions, silence; nothing lost and nothing doubled."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

import nlp
from bot.adapters.discord_checks import FATAL
from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.ops.monitoring import health
from bot.ops.running import LoopLag
from tests.bot.core.fakes import HandClock, SlowModel, make_core
from tests.contract.discord_platform import DiscordHarness, config, discord
from tests.servers import discord_payloads as payloads
from tests.servers.discord import TOKEN, DiscordServer

GOOD = "배송도 빠르고 품질도 정말 좋아요"
RESUMABLE = (1000, 1001, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 4999)


async def write(server: DiscordServer, count: int, first: int = 20) -> list[str]:
    """So many people write in the watched channel; gives the ids of their messages."""
    ids = [payloads.snowflake() for _ in range(count)]
    for number, at in enumerate(ids):
        await server.gateway.dispatch("MESSAGE_CREATE", payloads.message(GOOD, at, person=str(first + number)))
    return ids


async def answered_once(server: DiscordServer, ids: list[str]) -> None:
    await server.until_posted(lambda: len(server.posts) >= len(ids))
    assert Counter(post.to for post in server.posts) == Counter(ids)


async def interrupted(bot: DiscordHarness, interrupt: Any) -> None:
    """Messages come before, while and after something happens to the connection."""
    await bot.watch()
    gateway = bot.server.gateway
    ids = await write(bot.server, 3)
    await interrupt()
    ids += await write(bot.server, 3, 30)
    await gateway.until(lambda: len(gateway.resumes) >= 1 and gateway.live())
    ids += await write(bot.server, 3, 40)
    await answered_once(bot.server, ids)
    assert len(gateway.identifies) == 1, "the session was resumed"


@pytest.mark.parametrize("code", RESUMABLE)
async def test_a_close_that_can_be_resumed_loses_nothing(bot: DiscordHarness, code: int) -> None:
    await interrupted(bot, lambda: bot.server.gateway.close(code))


async def test_a_connection_that_breaks_loses_nothing(bot: DiscordHarness) -> None:
    async def drop() -> None:
        bot.server.gateway.drop()

    await interrupted(bot, drop)


async def test_opcode_7_loses_nothing(bot: DiscordHarness) -> None:
    await interrupted(bot, bot.server.gateway.tell_to_reconnect)


async def test_opcode_9_that_can_be_resumed_loses_nothing(bot: DiscordHarness) -> None:
    await interrupted(bot, lambda: bot.server.gateway.invalidate(True))


async def test_a_gateway_that_is_away_for_a_while_loses_nothing(bot: DiscordHarness) -> None:
    """discord.py would begin a new session after the first failure."""

    async def away() -> None:
        bot.server.gateway.unavailable, bot.server.gateway.closed_hello = 2, 2
        await bot.server.gateway.close(4000)

    await interrupted(bot, away)


async def test_a_dead_session_is_begun_anew(bot: DiscordHarness) -> None:
    await bot.watch()
    gateway = bot.server.gateway
    for number, resumable in enumerate((False, False)):
        await gateway.invalidate(resumable)
        await gateway.until(lambda n=number: len(gateway.identifies) == n + 2 and gateway.live())  # type: ignore[misc]
        bot.server.posts.clear()
        await answered_once(bot.server, await write(bot.server, 2, 50 + 10 * number))


async def test_a_session_that_cannot_be_resumed_any_more_is_begun_anew(bot: DiscordHarness) -> None:
    await bot.watch()
    gateway = bot.server.gateway
    (session,) = gateway.live()
    session.valid = False
    await gateway.close(4009, session)
    await gateway.until(lambda: len(gateway.identifies) == 2 and gateway.live())
    assert len(gateway.resumes) == 1
    await answered_once(bot.server, await write(bot.server, 2))


async def test_many_drops_lose_nothing_and_double_nothing(model: nlp.Analyzer) -> None:
    pick = random.Random(8)
    async with discord(make_core(model)) as bot:
        await bot.watch()
        gateway, ids = bot.server.gateway, []
        for round_ in range(20):
            ids += await write(bot.server, 2, 100 + 2 * round_)
            what = pick.choice([lambda: gateway.close(pick.choice(RESUMABLE)), gateway.tell_to_reconnect])
            seen = len(gateway.resumes)
            await what()
            ids += await write(bot.server, 1, 200 + round_)
            await gateway.until(lambda n=seen: len(gateway.resumes) > n and gateway.live())  # type: ignore[misc]
        await answered_once(bot.server, ids)


@pytest.mark.parametrize("fragments", [1, 5, 64])
async def test_a_compressed_message_may_come_in_pieces(model: nlp.Analyzer, fragments: int) -> None:
    server = DiscordServer()
    server.gateway.fragments = fragments
    async with discord(make_core(model), server) as bot:
        await bot.watch()
        await answered_once(bot.server, await write(bot.server, 3))
        assert server.gateway.sockets[0].request.query["compress"] == "zlib-stream"


async def test_a_connection_that_went_deaf_is_made_anew(model: nlp.Analyzer) -> None:
    server = DiscordServer()
    server.gateway.heartbeat = 0.1
    async with discord(make_core(model), server, deaf_after=1.0) as bot:
        await bot.watch()
        server.gateway.deaf = True
        (session,) = server.gateway.live()
        session.socket = None  # nothing more gets through
        ids = await write(bot.server, 2)
        await server.gateway.until(lambda: server.gateway.resumes)
        server.gateway.deaf = False
        await answered_once(bot.server, ids)


async def test_heartbeats_go_on_while_the_model_takes_its_time(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    server = DiscordServer()
    server.gateway.heartbeat = 0.05
    async with discord(make_core(slow), server) as bot:
        await bot.watch()
        ids = await write(bot.server, 1)
        await asyncio.to_thread(slow.began.wait, 60)
        (session,) = server.gateway.live()
        assert session.socket is not None
        beats = session.socket.beats
        before = len(beats)
        await server.gateway.until(lambda: len(beats) >= before + 20)
        assert bot.server.posts == []
        slow.go_on.set()
        await answered_once(bot.server, ids)
        assert len(server.gateway.identifies) == 1


async def test_a_shard_that_stays_away_is_seen_from_outside(model: nlp.Analyzer) -> None:
    clock, server = HandClock(), DiscordServer()
    core = make_core(model, clock=clock)
    async with discord(core, server) as bot:
        await bot.watch()
        heard = {"discord": bot.service}
        assert (await health(core, heard=heard))["discord"] is True
        server.gateway.unavailable = 3
        await server.gateway.close(4000)
        while not bot.service._away:
            await asyncio.sleep(0)
        assert (await health(core, heard=heard))["status"] == "ok", "to resume takes a moment"
        clock.pass_by(bot.service.most_silence + 1)
        told = await health(core, heard=heard)
        assert (told["status"], told["discord"]) == ("unwell", False)
        await server.gateway.until(lambda: server.gateway.resumes and server.gateway.live())
        await answered_once(server, await write(server, 1))
        assert (await health(core, heard=heard))["status"] == "ok"


class HardModel(SlowModel):
    """A real model that works for five seconds at each batch, and shares Python's lock with the event loop as it does.

    Attributes:
        worked: how often it has judged the batch by then.
    """

    SECONDS = 5.0
    worked = 0

    def analyze_batch(self, texts: Sequence[str]) -> list[nlp.Verdict]:
        end = time.monotonic() + self.SECONDS
        self.began.set()
        while time.monotonic() < end:
            verdicts = self._model.analyze_batch(texts)
            self.worked += 1
        return verdicts


async def test_heartbeats_are_not_late_while_the_model_works_for_five_seconds(model: nlp.Analyzer) -> None:
    hard, server, lag = HardModel(model), DiscordServer(), LoopLag()
    server.gateway.heartbeat = 0.25
    async with discord(make_core(hard), server) as bot:
        await bot.watch()
        (session,) = server.gateway.live()
        assert session.socket is not None
        measuring = asyncio.create_task(lag.measure())
        begin = time.monotonic()
        await answered_once(server, await write(server, 1))
        measuring.cancel()
        assert hard.worked > 1, "it did not sleep"
        beats = [beat for beat in session.socket.beats if beat > begin]
        pauses = [after - before for before, after in pairwise([begin, *beats])]
        # On a machine that is five times slower, too; a loop that waits for the model beats once, five seconds late.
        assert len(beats) >= 4
        assert max(*pauses, lag.longest) < HardModel.SECONDS / 2
        assert len(server.gateway.sockets) == 1, "nobody thought that the connection was dead"


async def test_an_answer_that_takes_long_is_promised_first(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    async with discord(make_core(slow), defer_after=0.05) as bot:
        payload = payloads.command("sentiment", options={"text": GOOD})
        waiting = asyncio.create_task(bot.deliver("INTERACTION_CREATE", payload))
        await bot.server.until_posted(lambda: bot.server.deferred)
        assert bot.server.deferred == {payload["token"]: 64}
        slow.go_on.set()
        await waiting
        (post,) = bot.server.posts
        assert Messages("ko")("label_positive") in post.text
        assert post.payload["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize("code", sorted(FATAL))
async def test_a_close_for_good_is_one_sentence(model: nlp.Analyzer, code: int) -> None:
    from bot.adapters.discord_service import DiscordService

    core = make_core(model)
    async with DiscordServer() as server:
        server.gateway.refuse = [code]
        service = DiscordService(core, config(server))
        with pytest.raises(UserError) as caught:
            await service.open()
        await service.stop_listening()
        await service.close()
        assert (caught.value.status, caught.value.sentence) == (ExitStatus.CONFIG, FATAL[code])
        assert len(server.gateway.identifies) == 1, "it is not tried again"
    await core.close()


async def test_a_close_for_good_ends_a_bot_that_runs(bot: DiscordHarness) -> None:
    await bot.server.gateway.close(4004)
    with pytest.raises(UserError) as caught:
        await asyncio.wait_for(bot.service.wait(), 90)
    sentence = Messages("ko")(caught.value.sentence, **caught.value.values)
    assert "DISCORD_TOKEN" in sentence
    assert TOKEN not in sentence


async def test_an_intent_that_is_refused_names_the_page_to_click(bot: DiscordHarness) -> None:
    bot.server.gateway.flags = 0
    await bot.server.gateway.invalidate(False)
    with pytest.raises(UserError) as caught:
        await asyncio.wait_for(bot.service.wait(), 90)
    sentence = Messages("ko")(caught.value.sentence, **caught.value.values)
    assert f"https://discord.com/developers/applications/{payloads.APPLICATION}/bot" in sentence
    assert "Message Content Intent" in sentence


async def test_events_of_no_shape_leave_the_connection_up(bot: DiscordHarness) -> None:
    await bot.watch()
    whole = payloads.message(GOOD, payloads.snowflake())
    strange: list[Any] = [
        None,
        [],
        "x",
        7,
        {},
        {"id": "x"},
        *({k: v for k, v in whole.items() if k != d} for d in whole),
    ]
    strange += [{**whole, key: value} for key in whole for value in (None, [], {"a": 1}, "\ud800", 1 << 70)]
    for payload in strange:
        (session,) = bot.server.gateway.live()
        await bot.server.gateway._tell(session, "MESSAGE_CREATE", payload)
    await bot.read()
    bot.server.posts.clear()
    fresh = await write(bot.server, 1)
    await bot.server.until_posted(lambda: any(post.to == fresh[0] for post in bot.server.posts))
    assert len(bot.server.gateway.identifies) == 1


async def test_only_the_least_is_asked_for(model: nlp.Analyzer) -> None:
    server = DiscordServer()
    server.gateway.flags = 0
    async with discord(make_core(model), server):
        (said,) = server.gateway.identifies
        assert said["intents"] == 1 << 0 | 1 << 9 | 1 << 12
    server = DiscordServer()
    async with discord(make_core(model), server):
        assert server.gateway.identifies[0]["intents"] == 1 << 0 | 1 << 9 | 1 << 12 | 1 << 15
