"""Digests and alerts by a clock that a test moves, over a real database."""

from __future__ import annotations

import asyncio
import io
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.event import listen

import nlp
from bot.core import trend
from bot.core.bulletins import BulletinSettings, Counts, Incident, Notice
from bot.core.events import ChannelSettings, Incoming, Place
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.core.watching import Beginning, find
from tests.bot.core.fakes import HandClock
from tests.bot.core.made_reviews import PLACE, Bot, Loft, announcing, fill, spread

KO = Messages("ko")
NOW = HandClock().time
"""12:00 in Seoul."""

NAME = "김눈치"


@pytest.fixture
async def bot(model: nlp.Analyzer, tmp_path: Path) -> Any:
    async with announcing(model, tmp_path) as made:
        yield made


def a_day(day: int, reviews: int = 30, negative: int = 6) -> list[tuple[datetime, str]]:
    """Reviews of the day before 9 o'clock of a day of March 2026 in Seoul."""
    return spread(datetime(2026, 2, 28, tzinfo=UTC) + timedelta(days=day - 1), 23, reviews, negative)


# Digests


async def test_a_digest_comes_once_at_its_hour(bot: Bot) -> None:
    await fill(bot.store, PLACE, a_day(1, 40, 4) + a_day(2))
    await fill(bot.store, PLACE, a_day(2), way="mention")  # none of the channel's own
    await bot.choose(digest="daily", since=NOW)
    await bot.tick()
    assert bot.headlines == [], "what was due before it was wanted is not owed"
    await bot.tick(hours=20, minutes=59)
    assert bot.headlines == []
    await bot.tick(minutes=1)
    await bot.tick()
    await bot.tick(hours=23)
    ((place, post, thread),) = bot.loft.posts
    assert (place, thread, post.about) == (PLACE, None, PLACE)
    assert post.headline == "리뷰 요약: 3월 1일 09:00 – 3월 2일 09:00"
    fields = dict(post.fields)
    assert fields["리뷰"] == "30편 (지난번 40편)"
    assert (fields["긍정"], fields["부정"]) == ("24편 · 80 %", "6편 · 20 %")
    assert fields["부정의 몫"] == "20 % (지난번 10 %, +10%p)"


async def test_what_was_sent_costs_one_question_for_all_channels_and_no_write(bot: Bot) -> None:
    asked: list[str] = []
    for lane in (bot.store._writer, bot.store._looker):
        listen(lane._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))  # type: ignore[attr-defined]
    listen(bot.store._engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for number in range(40):
        place = replace(PLACE, channel=f"C{number}")
        await bot.announcer.store.choose(place, BulletinSettings("daily", 540, "Asia/Seoul"))
    await bot.tick()
    assert len(bot.loft.posts) == 40
    asked.clear()
    for _ in range(3):
        await bot.tick(seconds=30)
    assert len(bot.loft.posts) == 40
    assert [statement for statement in asked if not statement.lstrip().startswith("SELECT")] == []
    assert len(asked) == 3 * 2, "who wants one, and which are still to be sent; not one for each channel"


async def test_its_picture_is_for_a_phone_and_has_words(bot: Bot) -> None:
    await fill(bot.store, PLACE, a_day(1) + a_day(2, 30, 9))
    await bot.choose(digest="daily")
    await bot.tick(hours=21)
    picture = bot.loft.posts[0][1].picture
    assert picture is not None
    image = Image.open(io.BytesIO(picture.content))
    assert (image.format, image.width) == ("PNG", 1080)
    assert "부정이 가장 많은 막대는 3/1 (9편)" in picture.alt


async def test_it_is_drawn_beside_the_event_loop(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    real = trend.draw

    def draw(*given: Any) -> bytes:
        threads.append(threading.current_thread())
        return real(*given)

    monkeypatch.setattr("bot.core.digest.draw", draw)
    await fill(bot.store, PLACE, a_day(1))
    await bot.choose(digest="daily")
    await bot.tick()
    assert [thread is threading.main_thread() for thread in threads] == [False]


async def test_after_downtime_there_is_one_about_all_of_it(bot: Bot) -> None:
    await bot.choose(digest="daily", since=NOW)
    await fill(bot.store, PLACE, a_day(2))
    await bot.tick(hours=21)
    await fill(bot.store, PLACE, a_day(3) + a_day(4))
    await bot.tick(days=3)
    await bot.tick()
    assert bot.headlines[1:] == ["리뷰 요약: 3월 2일 09:00 – 3월 5일 09:00"]
    assert dict(bot.loft.posts[1][1].fields)["리뷰"] == "60편 (지난번 30편)"


@pytest.mark.parametrize(("empty", "said"), [("line", 1), ("silent", 0)])
async def test_nothing_happened(bot: Bot, empty: str, said: int) -> None:
    await bot.choose(digest="daily", empty=empty)
    await bot.tick()
    await bot.tick()
    assert len(bot.loft.posts) == said
    if said:
        post = bot.loft.posts[0][1]
        assert (post.fields, post.picture) == ((), None)
        assert post.headline == "2월 28일 09:00부터 3월 1일 09:00까지 리뷰가 없었습니다."


async def test_a_new_time_zone_makes_no_second_one(bot: Bot) -> None:
    await fill(bot.store, PLACE, a_day(2))
    await bot.choose(digest="daily", since=NOW)
    await bot.tick(hours=21)
    await bot.choose(digest="daily", zone="Asia/Tokyo", since=bot.core.clock.now())
    await bot.tick()
    await bot.choose(digest="daily", zone="Asia/Kolkata", since=bot.core.clock.now())
    await bot.tick(hours=3)
    assert len(bot.loft.posts) == 1
    await bot.tick(minutes=30)
    assert bot.headlines[1] == "3월 2일 05:30부터 3월 2일 09:00까지 리뷰가 없었습니다."


async def test_the_first_of_each_week_is_about_a_week(bot: Bot) -> None:
    for day in range(1, 10):
        await fill(bot.store, PLACE, a_day(day, 10, 2))
    await bot.choose(digest="daily", since=NOW)
    await bot.tick(hours=21)  # Monday
    await bot.choose(digest="weekly", since=bot.core.clock.now())
    await bot.tick(days=6, hours=23)
    assert len(bot.loft.posts) == 1
    await bot.tick(hours=1)
    assert bot.headlines[1] == "리뷰 요약: 3월 2일 09:00 – 3월 9일 09:00"
    post = bot.loft.posts[1][1]
    assert dict(post.fields)["리뷰"] == "70편 (지난번 20편)"
    assert post.picture is not None
    assert post.picture.alt.startswith("1/12부터 3/2까지 막대 8개로")


async def test_a_clock_that_goes_back_says_nothing_twice(bot: Bot) -> None:
    await bot.choose(digest="daily")
    await bot.tick()
    await bot.tick(hours=-30)
    await bot.tick(hours=30)
    assert len(bot.loft.posts) == 2  # that of the day before was not said yet
    await bot.tick(hours=-30)
    await bot.tick(hours=30)
    assert len(bot.loft.posts) == 2


async def test_it_goes_to_the_moderators_or_where_it_is_told(bot: Bot) -> None:
    await bot.core.configure(PLACE, ChannelSettings(watch=True, rule=Rule(moderators="C8")))
    await bot.choose(digest="daily")
    await bot.tick()
    await bot.choose(digest="daily", to="C9")
    await bot.tick(days=1)
    assert [place.channel for place, _, _ in bot.loft.posts] == ["C8", "C9"]


async def test_several_processes_say_it_once(model: nlp.Analyzer, tmp_path: Path, postgres: str) -> None:
    loft, clock = Loft(), HandClock()
    process = partial(announcing, model, tmp_path, postgres, clock, loft)
    async with process() as one, process() as two:
        for number in range(12):
            place = Place(PLACE.platform, PLACE.workspace, f"C{number}")
            await one.choose(place, digest="daily")
        await asyncio.gather(*(each.tick() for each in (one, two, one, two)))
    assert len(loft.posts) == 12


async def test_who_dies_before_sending_is_followed_by_somebody_else(bot: Bot) -> None:
    await bot.choose(digest="daily")
    slot = Notice(PLACE, f"daily:{int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()):012d}")
    assert await bot.announcer.store.take(slot, bot.core.clock.now(), bot.core.clock.now())  # and dies
    await bot.tick(minutes=9)
    assert bot.loft.posts == []
    await bot.tick(minutes=2)
    await bot.tick(minutes=30)
    assert len(bot.loft.posts) == 1
    assert not await bot.announcer.store.mark(slot, "sending"), "should the dead one wake up, it is too late"


async def test_who_dies_while_sending_is_not_followed(bot: Bot) -> None:
    await bot.choose(digest="daily", since=datetime(2026, 2, 1, tzinfo=UTC))
    bot.loft.lost = True
    await bot.tick()
    bot.loft.lost = False
    await bot.tick(minutes=30)
    assert len(bot.loft.posts) == 1
    await fill(bot.store, PLACE, a_day(2))
    await bot.tick(days=1)
    assert len(bot.loft.posts) == 2


async def test_a_channel_that_is_gone_is_said_in_the_status_until_it_works(bot: Bot) -> None:
    await bot.choose(digest="daily")
    bot.loft.refuses = "channel_not_found"
    await bot.tick()
    await bot.tick(minutes=30)
    assert bot.core.counters.get("bulletins", outcome="undelivered") == 1
    assert (await bot.announcer.store.bulletins(PLACE)).trouble == "channel_not_found"
    bot.loft.refuses = ""
    await bot.tick(days=1)
    assert bot.headlines == ["3월 1일 09:00부터 3월 2일 09:00까지 리뷰가 없었습니다."]
    assert (await bot.announcer.store.bulletins(PLACE)).trouble == ""


async def test_what_certainly_was_not_posted_is_tried_again(bot: Bot) -> None:
    await bot.choose(digest="daily")
    bot.loft.refuses = "ClientConnectorError"
    await bot.tick()
    bot.loft.refuses = ""
    await bot.tick(minutes=11)
    await bot.tick(minutes=11)
    assert len(bot.loft.posts) == 1


async def test_a_database_that_is_away_for_a_moment_loses_nothing(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    await bot.choose(digest="daily")
    for name in ("wanted", "take", "counted"):
        with monkeypatch.context() as away:

            async def locked(*_: object, **__: object) -> Any:
                raise OSError("database is locked")

            away.setattr(bot.announcer.store, name, locked)
            await bot.tick()
        assert bot.loft.posts == []
    assert bot.core.counters.get("bulletins_failed") == 3
    await bot.tick(minutes=11)
    await bot.tick(minutes=11)
    assert len(bot.loft.posts) == 1


async def test_what_reviews_are_about_is_counted_and_no_text_is_kept(bot: Bot, tmp_path: Path) -> None:
    await bot.choose(digest="daily", since=NOW)
    await bot.tick()
    text = "배송은 정말 빠르고 좋은데 품질은 너무 별로예요 실망했어요"
    for number in range(3):
        incoming = Incoming(PLACE, f"m{number}", NAME, text, "watched", source=f"m{number}")
        await bot.core.handle(incoming, bot.loft)  # type: ignore[arg-type]
    assert bot.core.in_flight == 0, "it makes nobody wait"
    await asyncio.gather(*bot.announcer.noting)
    await bot.tick(hours=21)
    about = dict(bot.loft.posts[0][1].fields)["무엇에 대한 이야기"]
    assert "배송 (긍정 3 · 부정 0)" in about
    assert "품질 (긍정 0 · 부정 3)" in about
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("nunchi.db"))
    assert "실망했어요".encode() not in kept
    await bot.store.delete_user(bot.core.fingerprint.person(PLACE.platform, NAME))
    assert await bot.announcer.store.aspects(PLACE, NOW, bot.core.clock.now()) == []


async def test_what_is_still_to_be_counted_at_the_end_is_let_go(bot: Bot) -> None:
    await bot.choose(digest="daily")
    await bot.tick()
    for number in range(300):
        bot.announcer.heard(PLACE, f"{number:016x}", "배송이 빨라요")
    left = list(bot.announcer.noting)
    await asyncio.sleep(0)
    bot.announcer.stop()
    await asyncio.wait(left)
    assert any(task.cancelled() for task in left)
    assert bot.core.counters.get("aspects_skipped") == 300 - 256
    assert bot.core.counters.get("bulletins_failed") == 0


async def test_nobody_is_in_a_digest_or_an_alert(bot: Bot) -> None:
    for number in range(9):
        incoming = Incoming(PLACE, f"m{number}", f"{NAME}{number % 3}", "품질이 최악이에요 환불해 주세요", "watched")
        await bot.core.handle(incoming, bot.loft)  # type: ignore[arg-type]
    await fill(bot.store, PLACE, [*usual_month(), *[(NOW, "negative")] * 50])
    await bot.choose(digest="daily", alerts=True)
    await bot.tick(hours=21)
    people = [bot.core.fingerprint.person(PLACE.platform, f"{NAME}{number}") for number in range(3)]
    assert len(bot.loft.posts) == 2
    for _, post, _ in bot.loft.posts:
        said = f"{post!r} {post.text}"
        assert [name for name in (NAME, "somebody", *people) if name in said] == []


# Alerts


def usual_month(until: datetime = NOW, a_day: int = 100, negative: int = 20) -> list[tuple[datetime, str]]:
    """Reviews of 31 days."""
    return spread(until - timedelta(days=31), 31 * 24 - 1, 31 * a_day, 31 * negative)


async def test_an_incident_from_its_first_word_to_its_last(bot: Bot) -> None:
    await fill(bot.store, PLACE, usual_month())
    await bot.choose(alerts=True)
    await bot.tick()
    assert bot.headlines == []
    bad = spread(NOW, 12, 100, 70)
    await fill(bot.store, PLACE, bad)
    for _ in range(12):
        await bot.tick(hours=1)
    ((_, alert, thread),) = [post for post in bot.loft.posts if post[2] is None]
    assert (alert.headline, alert.tone, thread) == (KO("alert_headline"), "negative", None)
    assert "평소에는 21 %입니다" in alert.body[0] or "평소에는 20 %입니다" in alert.body[0]
    assert alert.body[0].startswith("3월 1일 1")
    await fill(bot.store, PLACE, spread(NOW + timedelta(hours=12), 48, 300, 60))
    for _ in range(16):
        await bot.tick(hours=3)
    follow_ups = [post for post in bot.loft.posts if post[1].headline == KO("alert_more_headline")]
    assert 1 <= len(follow_ups) <= 3
    assert {thread for _, _, thread in bot.loft.posts[1:]} == {"ref:1"}
    over = bot.loft.posts[-1][1]
    assert (over.headline, over.tone) == (KO("alert_over_headline"), "positive")
    assert len(bot.loft.posts) == 2 + len(follow_ups)
    for _ in range(4):
        await bot.tick(hours=6)
    assert len(bot.loft.posts) == 2 + len(follow_ups), "it is over"


async def test_what_stays_becomes_the_usual(bot: Bot) -> None:
    await fill(bot.store, PLACE, usual_month())
    await fill(bot.store, PLACE, spread(NOW, 24 * 10, 1000, 500))
    await bot.choose(alerts=True)
    for _ in range(20):
        await bot.tick(hours=12)
    firsts = [post.headline for _, post, thread in bot.loft.posts if thread is None]
    assert firsts == [KO("alert_headline")]
    assert bot.headlines[-1] == KO("alert_usual_headline")


async def test_processes_and_restarts_find_one_incident(model: nlp.Analyzer, tmp_path: Path, postgres: str) -> None:
    loft, clock = Loft(), HandClock()
    process = partial(announcing, model, tmp_path, postgres, clock, loft)
    async with process() as bot:
        await fill(bot.store, PLACE, [*usual_month(), *spread(NOW, 8, 80, 64)])
        await bot.choose(alerts=True)
    clock.pass_by(8 * 3600)
    for _ in range(3):
        async with process() as one, process() as two:
            await asyncio.gather(one.tick(), two.tick())
        clock.pass_by(900)
    assert [post.headline for _, post, _ in loft.posts] == [KO("alert_headline")]


async def test_too_few_reviews_say_nothing(bot: Bot) -> None:
    await fill(bot.store, PLACE, usual_month(a_day=6, negative=1))
    await fill(bot.store, PLACE, spread(NOW, 12, 50, 50))
    await bot.choose(alerts=True)
    await bot.tick(hours=12)
    assert bot.loft.posts == []


async def test_an_incident_is_followed_up_every_six_hours_at_most(bot: Bot) -> None:
    await fill(bot.store, PLACE, usual_month())
    await fill(bot.store, PLACE, spread(NOW, 26, 1300, 900))
    await bot.choose(alerts=True)
    for _ in range(26):
        await bot.tick(hours=1)
    assert bot.headlines == [KO("alert_headline"), *[KO("alert_more_headline")] * 4]


def test_what_was_an_incident_is_not_the_usual() -> None:
    looks, now = 31 * 96, int(NOW.timestamp()) // 900
    rows = {now - looks + look: Counts(8, 0, 2) for look in range(looks)}
    bad = {now - looks + look: Counts(2, 0, 8) for look in range(96, 8 * 96)}
    doubled = {now - look: Counts(6, 0, 4) for look in range(1, 97)}
    began, closed = NOW - timedelta(days=30), NOW - timedelta(days=23)
    past = Incident("past", PLACE, began, began, 0.2, closed, "over")
    found = find({**rows, **bad, **doubled}, [past], NOW)
    assert isinstance(found, Beginning)
    assert found.usual == pytest.approx(0.2, abs=0.01)
    assert NOW - found.began <= timedelta(hours=25)
    assert find({**rows, **bad, **doubled}, [], NOW) is None, "it would hide in the other one's shadow"
    assert find(rows, [], NOW) is None


def test_what_became_the_usual_is() -> None:
    looks, now = 31 * 96, int(NOW.timestamp()) // 900
    rows = {now - looks + look: Counts(8, 0, 2) if look < looks / 2 else Counts(5, 0, 5) for look in range(looks)}
    began = NOW - timedelta(days=15, hours=12)
    settled = Incident("settled", PLACE, began, began, 0.2, began + timedelta(days=7), "usual")
    assert find(rows, [settled], NOW) is None
    worse = {now - look: Counts(2, 0, 8) for look in range(1, 97)}
    found = find({**rows, **worse}, [settled], NOW)
    assert isinstance(found, Beginning)
    assert found.usual == pytest.approx(0.5, abs=0.01)
