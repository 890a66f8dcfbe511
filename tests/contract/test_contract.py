"""What every adapter must do, whatever its platform."""

from __future__ import annotations

import asyncio

import nlp
from bot.core.cards import card_reply, make_card
from bot.core.events import ChannelSettings
from bot.core.messages import Messages
from tests.bot.core.fakes import SlowModel, make_core
from tests.contract.harness import MakeHarness
from tests.hostile import HOSTILE

REVIEWS = (
    "배송도 빠르고 포장도 꼼꼼해서 정말 만족합니다",
    "한 번 쓰고 고장났어요. 환불도 안 해 주네요",
    "색은 예쁜데 생각보다 작아서 고민이에요",
    "ㅋㅋㅋ 이걸 돈 받고 파네",
    "그냥 그래요",
    "사장님이 친절하고 음식이 따뜻했어요 👍",
)


async def test_the_same_text_gets_the_same_words_everywhere(platform: MakeHarness, model: nlp.Analyzer) -> None:
    messages = Messages("ko")
    core = make_core(model)
    async with platform(core) as played:
        for way in sorted(played.ways - {"watched"}):
            for i, text in enumerate(REVIEWS):
                await played.say(text, way, f"{way}{i}")
                expected = card_reply(make_card(model.analyze(text), ChannelSettings(), messages), messages).text
                (seen,) = [seen for seen in played.seen() if seen.to == f"{way}{i}"]
                assert expected in seen.text


async def test_a_watched_channel_is_read_once_it_is_watched(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        if "watched" not in played.ways:
            return
        await played.say(REVIEWS[0], "watched", "1")
        assert played.seen() == []
        await played.watch()
        await played.say(REVIEWS[0], "watched", "2")
        await played.say("nothing to see here", "watched", "3")
        assert [seen.to for seen in played.seen()] == ["2"]


async def test_an_event_delivered_four_times_has_one_answer(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        for way in sorted(played.ways - {"watched"}):
            before = len(played.seen())
            await played.say(REVIEWS[0], way, f"once-{way}")
            for _ in range(3):
                await played.redeliver()
            assert len(played.seen()) == before + 1


async def test_programs_are_not_answered(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        if not played.bots:
            return
        await played.watch()
        for way in sorted(played.ways & {"direct", "mention", "watched"}):
            await played.say(REVIEWS[0], way, f"bot-{way}", bot=True)
        assert played.seen() == []


async def test_nothing_that_a_user_wrote_comes_back(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model, person=10_000, channel=10_000)) as played:
        for way in sorted(played.ways - {"watched"}):
            for i, hostile in enumerate(HOSTILE[::10]):
                text = f"{hostile} 배송이 빨라요 {hostile}"
                await played.say(text, way, f"h{way}{i}")
                (seen,) = [seen for seen in played.seen() if seen.to == f"h{way}{i}"]
                assert hostile.strip() not in seen.raw


async def test_who_comes_when_the_queue_is_full_is_told(platform: MakeHarness, model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    core = make_core(slow, room=1)
    async with platform(core) as played:
        if not played.many_users:
            return
        way = "direct"
        running = [asyncio.create_task(played.say(REVIEWS[0], way, "first"))]
        await asyncio.to_thread(slow.began.wait, 10)  # the model has the first one, so there is room for one more
        running.append(asyncio.create_task(played.say(REVIEWS[1], way, "second")))
        while core.inference.depth < 1:
            await asyncio.sleep(0)
        await asyncio.wait_for(played.say(REVIEWS[2], way, "third"), 10)
        assert [seen.text for seen in played.seen()] == [Messages("ko")("busy")]
        slow.go_on.set()
        await asyncio.gather(*running)
        assert core.counters.get("busy", reason="queue_full") == 1
        assert len(played.seen()) == 3


async def test_an_edit_changes_the_answer_in_place(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        if not played.edits:
            return
        await played.watch()
        await played.say(REVIEWS[0], "watched", "1")
        (before,) = played.seen()
        await played.edit("1", REVIEWS[1])
        await played.redeliver()
        (after,) = played.seen()
        assert before.text != after.text
        assert after.to == "1"


async def test_a_message_that_becomes_a_review_by_an_edit_is_answered(
    platform: MakeHarness, model: nlp.Analyzer
) -> None:
    async with platform(make_core(model)) as played:
        if not played.edits:
            return
        await played.watch()
        await played.say("hello", "watched", "1")
        assert played.seen() == []
        await played.edit("1", REVIEWS[0])
        assert [seen.to for seen in played.seen()] == ["1"]
        await played.edit("1", "hello again")
        assert played.seen() == []


async def test_what_is_deleted_is_forgotten(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        if not played.edits:
            return
        await played.watch()
        await played.say(REVIEWS[0], "watched", "1")
        assert len(played.seen()) == 1
        await played.delete("1")
        assert played.seen() == []
        await played.edit("1", REVIEWS[1])  # came late
        assert played.seen() == []


async def test_an_answer_that_is_refused_is_not_sent_again(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        if not played.edits:
            return
        await played.refuse()
        await played.say(REVIEWS[0], "direct", "1")
        await played.redeliver()
        assert played.seen() == []
        assert core.counters.get("undelivered") == 1
        assert core.counters.get("duplicates") == 1
