"""The commands that Discord is told of: names in both languages, when they are told, who may see them."""

from __future__ import annotations

from typing import Any

import pytest

import nlp
from bot.core.memory import MemoryStore
from tests.bot.core.fakes import make_core
from tests.contract.discord_platform import DiscordHarness, discord
from tests.servers.discord import DiscordServer, Mishap


def named(commands: list[dict[str, Any]], *path: str) -> dict[str, Any]:
    """A command by its Korean names."""
    (found,) = [each for each in commands if each["name_localizations"]["ko"] == path[0]]
    return found if len(path) == 1 else named(found["options"], *path[1:])


async def test_names_are_english_with_korean_ones(bot: DiscordHarness) -> None:
    commands = bot.server.commands
    assert [each["name"] for each in commands] == ["sentiment", "nunchi", "my-record", "Judge this review"]
    assert named(commands, "감정")["name"] == "sentiment"
    assert [option["name_localizations"]["ko"] for option in named(commands, "감정")["options"]] == [
        "글",
        "파일",
        "공개",
    ]
    assert named(commands, "리뷰 감정 분석")["type"] == 3
    settings = named(commands, "눈치", "설정")
    assert [each["name_localizations"]["ko"] for each in settings["options"]] == [
        "감시",
        "방식",
        "기준",
        "언어",
        "요약",
        "알림",
        "상태",
    ]
    choices = named(commands, "눈치", "설정", "감시")["options"][0]["choices"]
    assert [choice["name_localizations"] for choice in choices] == [{"ko": "켜짐"}, {"ko": "꺼짐"}]
    assert len(commands) <= 5, "of menus discord.py takes no more"


async def test_settings_are_hidden_from_others_and_the_rest_works_everywhere(bot: DiscordHarness) -> None:
    settings = named(bot.server.commands, "눈치")
    assert (settings["default_member_permissions"], settings["contexts"]) == (1 << 5, [0])
    assert settings["integration_types"] == [0]
    for name in ("감정", "내기록", "리뷰 감정 분석"):
        command = named(bot.server.commands, name)
        assert command["default_member_permissions"] is None
        assert (sorted(command["contexts"]), sorted(command["integration_types"])) == ([0, 1, 2], [0, 1])


async def test_discord_is_told_once_and_again_only_if_they_changed(
    model: nlp.Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore()

    async def told(drops: int = 0) -> int:
        async with discord(make_core(model, store=store)) as bot:
            for _ in range(drops):
                seen = len(bot.server.gateway.identifies)
                await bot.server.gateway.invalidate(False)
                await bot.server.gateway.until(lambda n=seen: len(bot.server.gateway.identifies) > n)  # type: ignore[misc]
            return [name for name, *_ in bot.server.calls].count("PUT commands")

    assert await told(drops=2) == 1, "not at each session"
    assert await told() == 0, "not at each start"
    monkeypatch.setattr("bot.core.messages_ko.DISCORD_ABOUT_SENTIMENT", "다른 설명")
    assert await told() == 1


async def test_commands_that_are_refused_do_not_stop_the_bot(model: nlp.Analyzer) -> None:
    store, server = MemoryStore(), DiscordServer()
    server.mishaps["PUT commands"].append(Mishap("error", 400, 50035))
    async with discord(make_core(model, store=store), server) as bot:
        assert bot.server.commands == []
    async with discord(make_core(model, store=store)) as bot:
        assert bot.server.commands, "it is tried again at the next start"
