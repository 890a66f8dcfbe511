"""How admins choose digests and alerts, in the words of both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import nlp
from bot.core.bulletins import BulletinSettings
from bot.core.commands import Asker, obey, parse
from bot.core.events import ChannelSettings
from bot.core.messages import Messages
from tests.bot.core.fakes import make_core
from tests.bot.core.made_reviews import PLACE, Bot, announcing

KO = Messages("ko")
ADMIN = Asker(PLACE, "boss", admin=True)


@pytest.fixture
async def bot(model: nlp.Analyzer, tmp_path: Path) -> AsyncIterator[Bot]:
    async with announcing(model, tmp_path) as made:
        yield made


async def say(bot: Bot, text: str, asker: Asker = ADMIN) -> str:
    command = parse(text)
    assert command is not None, text
    return await obey(bot.core, asker, command)


async def chosen(bot: Bot) -> BulletinSettings:
    found = await bot.announcer.store.bulletins(PLACE)
    return replace(found, since=None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("digest daily",), BulletinSettings("daily")),
        (("요약 매주 18:05 america/new_york",), BulletinSettings("weekly", 18 * 60 + 5, "America/New_York")),
        (("digest daily 7:00 UTC", "요약 매주"), BulletinSettings("weekly", 420, "UTC")),
        (("digest daily", "digest off"), BulletinSettings("off")),
        (("요약 빈 날 조용히",), BulletinSettings(empty="silent")),
        (("digest empty silent", "요약 빈날 한 줄"), BulletinSettings()),
        (("digest to <#C0AB12|name>",), BulletinSettings(to="C0AB12")),
        (("digest to c0ab12cd3",), BulletinSettings(to="C0AB12CD3")),
        (("요약 보낼 곳 여기",), BulletinSettings(to="C1")),
        (("digest to here", "digest to moderators"), BulletinSettings()),
        (("알림 켜기",), BulletinSettings(alerts=True)),
        (("alerts on", "alerts off"), BulletinSettings()),
    ],
)
async def test_what_is_said_is_chosen(bot: Bot, said: tuple[str, ...], expected: BulletinSettings) -> None:
    for text in said:
        assert "요약: " in await say(bot, text)
    assert await chosen(bot) == expected
    changes = await bot.store.changes(PLACE.platform, PLACE.workspace)
    assert len(changes) == len(said), "each is in the audit log"


@pytest.mark.parametrize(
    "text", ["digest daily 24:00", "digest daily 9:60", "digest weekly mars/olympus", "digest daily 09:00 asia/busan"]
)
async def test_no_such_time_changes_nothing(bot: Bot, text: str) -> None:
    assert await say(bot, text) == KO("digest_wrong")
    assert await chosen(bot) == BulletinSettings()
    assert await bot.store.changes(PLACE.platform, PLACE.workspace) == []


async def test_members_choose_nothing(bot: Bot) -> None:
    for text in ("digest daily", "alerts on"):
        assert await say(bot, text, replace(ADMIN, admin=False)) == KO("admin_only")
        assert await say(bot, text, replace(ADMIN, in_channel=False)) == KO("admin_no_channel")
    assert await chosen(bot) == BulletinSettings()


async def test_an_unwatched_channel_is_told_so(bot: Bot) -> None:
    assert KO("bulletins_not_watched") not in await say(bot, "digest daily")
    await bot.core.configure(PLACE, ChannelSettings())
    assert KO("bulletins_not_watched") in await say(bot, "alerts on")
    assert KO("bulletins_not_watched") not in await say(bot, "alerts off") or (await chosen(bot)).digest != "off"


async def test_a_bot_without_a_database_says_so(model: nlp.Analyzer) -> None:
    core = make_core(model)
    command = parse("digest daily")
    assert command is not None
    assert await obey(core, ADMIN, command) == KO("bulletins_none")
    await core.close()


def test_the_help_names_the_native_means() -> None:
    assert "AutoMod" in KO("admin_help")
    assert "AutoMod" in Messages("en")("admin_help")
