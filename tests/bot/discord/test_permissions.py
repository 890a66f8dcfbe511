"""A channel that refuses the bot: the admin is told once, and nothing is tried again until something changed."""

from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest

from bot.adapters.discord_checks import NEEDED, missing, say_permissions
from bot.core.messages import Language, Messages
from tests.bot.discord.test_connection import write
from tests.contract.discord_platform import DiscordHarness
from tests.servers import discord_payloads as payloads
from tests.servers.discord import Mishap

KO = Messages("ko")
README = (Path(__file__).parents[3] / "bot" / "README.md").read_text("utf-8")


def posts(bot: DiscordHarness) -> int:
    """How often the bot tried to post in the watched channel."""
    return [path for name, path, _ in bot.server.calls if name == "POST message"].count(
        f"/api/v10/channels/{payloads.CHANNEL}/messages"
    )


async def refused(bot: DiscordHarness, count: int) -> None:
    """People write, and the bot may not answer."""
    for number in range(count):
        text = "배송이 정말 빨라요"
        await bot.deliver("MESSAGE_CREATE", payloads.message(text, payloads.snowflake(), person=str(20 + number)))


async def test_it_is_told_once_and_not_retried(bot: DiscordHarness) -> None:
    await bot.watch()
    bot.server.mishaps["POST message"].append(Mishap("error", 403, 50013))
    await refused(bot, 5)
    assert posts(bot) == 1
    (told,) = bot.server.posts
    assert told.text == KO("discord_no_permission", channel=f"<#{payloads.CHANNEL}>")
    assert ("POST direct", {"recipient_id": int(payloads.OWNER)}) in [(n, body) for n, _, body in bot.server.calls]
    assert bot._core.counters.get("undelivered") == 5


async def test_it_is_tried_again_once_roles_changed_and_told_again_if_lost_again(bot: DiscordHarness) -> None:
    await bot.watch()
    bot.server.mishaps["POST message"].append(Mishap("error", 403, 50013))
    await refused(bot, 1)
    (role,) = payloads.guild()["roles"]
    await bot.deliver("GUILD_ROLE_UPDATE", {"guild_id": payloads.GUILD, "role": {**role, "permissions": "0"}})
    bot.server.posts.clear()
    await refused(bot, 2)
    assert len(bot.server.posts) == 2
    bot.server.mishaps["POST message"].append(Mishap("error", 403, 50013))
    await refused(bot, 1)
    assert bot.server.posts[-1].text == KO("discord_no_permission", channel=f"<#{payloads.CHANNEL}>")


async def test_an_admin_who_takes_no_messages_is_left_alone(bot: DiscordHarness) -> None:
    await bot.watch()
    bot.server.mishaps["POST message"].extend([Mishap("error", 403, 50013), Mishap("error", 403, 50007)])
    await refused(bot, 3)
    assert bot.server.posts == []
    assert len([name for name, *_ in bot.server.calls if name == "POST message"]) == 2


async def test_other_channels_are_answered(bot: DiscordHarness) -> None:
    await bot.watch()
    bot.server.mishaps["POST message"].append(Mishap("error", 403, 50013))
    await refused(bot, 1)
    await bot.deliver("INTERACTION_CREATE", payloads.command("sentiment", options={"text": "정말 좋아요"}))
    assert KO("label_positive") in bot.server.posts[-1].text
    await write(bot.server, 0)


def test_the_readme_says_why_each_permission_is_needed() -> None:
    table = README.partition("초대 주소가 청하는 권한")[2].partition("\n서버가 많으면")[0]
    documented = set(re.findall(r"`([a-z_]+)`", table))
    assert discord.Permissions(**dict.fromkeys(documented, True)) == NEEDED


@pytest.mark.parametrize(("language", "first"), [("ko", "채널 보기"), ("en", "View Channel")])
def test_permissions_are_said_by_the_names_that_discord_shows(language: Language, first: str) -> None:
    names = missing(discord.Permissions.none(), NEEDED)
    said = say_permissions(names, Messages(language)).split(", ")
    assert len(set(said)) == len(names) == 6
    assert first in said
    assert not [word for word in said if "_" in word]
