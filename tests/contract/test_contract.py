"""What every adapter must do, whatever its platform."""

from __future__ import annotations

import asyncio

import nlp
from bot.core.cards import card_reply, make_card
from bot.core.events import ChannelSettings
from bot.core.evidence import safe_words
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

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
"""How old and password-protected workbooks begin."""


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
        await asyncio.to_thread(slow.began.wait, 60)  # the model has the first one, so there is room for one more
        running.append(asyncio.create_task(played.say(REVIEWS[1], way, "second")))
        while core.inference.depth < 1:
            await asyncio.sleep(0)
        await asyncio.wait_for(played.say(REVIEWS[2], way, "third"), 60)
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


MIXED = "배송은 정말 빨라서 좋았는데 품질이 너무 별로예요. 다시는 안 사요"


async def test_a_file_comes_back_scored_once(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        for way in sorted(played.files):
            before = len(played.seen())
            content = "번호,리뷰\n1,정말 좋아요 추천합니다\n2,완전 실망했어요 최악이에요\n".encode()
            await played.drop("손님 <!channel> 리뷰.csv", content, way, f"file-{way}")
            await played.redeliver()
            name, scored = played.sent_files()[-1]
            lines = scored.decode().splitlines()
            assert lines[0] == "번호,리뷰,label,probability,confidence,band,korean,rating,expected_rating"
            assert [line.split(",")[2] for line in lines[1:]] == ["positive", "negative"]
            assert name == "nunchi-scored.csv"
            assert any("2행" in seen.text for seen in played.seen())
            assert not any(part in seen.raw for seen in played.seen()[before:] for part in ("<!channel>", "손님"))
        assert len(played.sent_files()) == len(played.files)


async def test_a_file_that_cannot_be_read_is_one_sentence(platform: MakeHarness, model: nlp.Analyzer) -> None:
    messages = Messages("ko")
    files = {"사진.png": ("file_kind", b"\x89PNG"), "빈.csv": ("input_empty", b""), "옛.xls": ("input_xls", OLE)}
    async with platform(make_core(model)) as played:
        for way in sorted(played.files):
            for name, (sentence, content) in files.items():
                await played.drop(name, content, way, f"{way}-{name}")
                assert messages(sentence) in played.seen()[-1].text
        assert played.sent_files() == []


async def test_why_names_words_and_aspects_and_repeats_nothing_else(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        if "watched" in played.whys:
            await played.watch()
        for way in sorted(played.whys):
            await played.say(f"{MIXED} {HOSTILE[0]}", way, f"why-{way}")
            said = await played.why(f"why-{way}")
            words = safe_words(word.text for word in model.explain(MIXED).words)
            assert any(word in said for word in words)
            assert "품질" in said
            assert MIXED not in said
            assert HOSTILE[0] not in said


async def test_why_after_the_text_is_gone_is_a_sentence(platform: MakeHarness, model: nlp.Analyzer) -> None:
    async with platform(make_core(model)) as played:
        if not (played.edits and "watched" in played.whys):
            return
        await played.watch()
        await played.say(MIXED, "watched", "gone")
        await played.delete("gone")
        assert await played.why("gone") == Messages("ko")("why_gone")
