"""What can be said to the bot besides a review."""

from __future__ import annotations

from dataclasses import replace

import pytest

import nlp
from bot.core.commands import Asker, Command, changed, obey, parse
from bot.core.events import ChannelSettings, Incoming, Place
from tests.bot.core.fakes import HandClock, make_core
from tests.bot.core.test_pipeline import Wire
from tests.hostile import HOSTILE

PLACE = Place("test", "w", "c")
ADMIN = Asker(PLACE, "boss", admin=True)
MEMBER = Asker(PLACE, "member", admin=False)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Command("help")),
        ("  도움말 ", Command("help")),
        ("STATUS", Command("status")),
        ("watch on", Command("watch", "on")),
        ("감시 끄기", Command("watch", "off")),
        ("mode reaction", Command("mode", "reaction")),
        ("방식 기록만", Command("mode", "silent")),
        ("threshold 30 70", Command("threshold", "30 70")),
        ("기준 모델", Command("threshold", "model")),
        ("language auto", Command("language", "auto")),
        ("내 글 읽지 않기", Command("optout")),
        ("forget me", Command("forget")),
        ("내정보삭제", Command("forget")),
        ("digest off", Command("digest", "off")),
        ("digest daily 09:00 Asia/Seoul", Command("digest", "daily 09:00 asia/seoul")),
        ("요약 매주 9:30", Command("digest", "매주 9:30")),
        ("요약 빈 날 한 줄", Command("digest", "빈 날 한 줄")),
        (
            "digest to <#C123|general-and-a-name-as-long-as-slack-lets-it-be-for-channels>",
            Command("digest", "to <#c123>"),
        ),
        ("alerts on", Command("alerts", "on")),
        ("알림 끄기", Command("alerts", "off")),
        ("알림 받고 샀는데 좋아요", None),
        ("요약 매일 보내 주셔서 좋아요", None),
        ("digest to everyone", None),
        ("audit", Command("audit")),
        ("변경기록 5", Command("audit", "5")),
        ("watch", None),
        ("watch on please", None),
        ("상태가 좋아요", None),
        ("도움말이 별로예요", None),
        ("help " * 100, None),
    ],
)
def test_only_a_whole_text_is_a_command(text: str, command: Command | None) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(
    ("value", "thresholds"),
    [("30 70", (0.3, 0.7)), ("0.5 99.5", (0.005, 0.995)), ("70 30", None), ("0 50", None), ("50 100", None)],
)
def test_thresholds(value: str, thresholds: tuple[float, float] | None) -> None:
    settings = changed(ChannelSettings(), Command("threshold", value))
    found = None if settings is None else (settings.negative_below, settings.positive_above)
    assert found == (None if thresholds is None else pytest.approx(thresholds))


async def test_admins_change_a_channel_and_members_do_not(model: nlp.Analyzer) -> None:
    core = make_core(model)
    for command in (Command("watch", "on"), Command("mode", "silent"), Command("threshold", "20 80")):
        assert await obey(core, MEMBER, command) == core.speak(ChannelSettings())("admin_only")
    assert await core.store.settings(PLACE) == ChannelSettings()
    said = [
        await obey(core, ADMIN, command)
        for command in (
            Command("watch", "on"),
            Command("mode", "silent"),
            Command("threshold", "20 80"),
            Command("language", "en"),
        )
    ]
    assert await core.store.settings(PLACE) == ChannelSettings(True, "silent", 0.8, 0.2, "en")
    assert "기록만" in said[0], "a new channel is only logged"
    assert "기록만" in said[1]
    assert "80" in said[2]
    assert said[3] == "Language of the answers in this channel: English"


async def test_a_direct_message_is_no_channel(model: nlp.Analyzer) -> None:
    core = make_core(model)
    answer = await obey(core, replace(ADMIN, in_channel=False), Command("watch", "on"))
    assert answer == core.speak(ChannelSettings())("admin_no_channel")


async def test_status_counts_the_day_of_korea(model: nlp.Analyzer) -> None:
    clock = HandClock()  # noon in Korea
    core = make_core(model, clock=clock)
    await core.handle(Incoming(PLACE, "1", "u", "정말 좋아요 만족합니다 추천해요", "mention"), Wire())
    band = model.analyze("정말 좋아요 만족합니다 추천해요").band
    word = {"positive": "긍정 1", "unsure": "확인 필요 1", "negative": "부정 1"}[band]
    assert word in await obey(core, MEMBER, Command("status"))
    clock.pass_by(12.5 * 3600)
    assert word not in await obey(core, MEMBER, Command("status"))


async def test_a_person_can_leave_come_back_and_be_forgotten(model: nlp.Analyzer) -> None:
    core = make_core(model)
    person = core.fingerprint.person("test", "member")
    await obey(core, MEMBER, Command("optout"))
    assert await core.store.opted_out(person)
    await obey(core, MEMBER, Command("optin"))
    assert not await core.store.opted_out(person)
    await core.handle(Incoming(PLACE, "1", "member", "정말 좋아요", "mention"), Wire())
    assert "1건" in await obey(core, MEMBER, Command("forget"))
    assert sum((await core.store.delete_user(person)).values()) == 0


def test_no_hostile_text_is_a_command() -> None:
    assert {parse(text) for text in HOSTILE} == {None}
