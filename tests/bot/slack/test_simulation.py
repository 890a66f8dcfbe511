"""A simulation over a channel's last messages, with the real client: pages, limits, what is left out, what is kept."""

from __future__ import annotations

from html import unescape
from typing import Any

import nlp
from bot.core.events import ChannelSettings
from bot.core.messages import Messages
from bot.core.moderation import Rule
from tests.bot.slack.test_ways import GOOD, PLACE, command
from tests.contract.slack_platform import SlackHarness
from tests.servers import slack_payloads as payloads
from tests.servers.slack import Mishap

KO = Messages("ko")
BAD = "완전 실망했어요. 다시는 안 삽니다. 최악이에요"


def said(number: int, text: str, user: str = "U5", **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": payloads.ts(number), "user": user, "text": text, **more}


def fill(bot: SlackHarness, messages: int) -> None:
    bot.server.history += [said(number, BAD if number % 4 == 0 else GOOD) for number in range(1, messages + 1)]


async def test_the_last_messages_are_counted_and_nothing_is_done(bot: SlackHarness, model: nlp.Analyzer) -> None:
    bot.server.users["U1"] = {"is_admin": True}
    fill(bot, 240)
    bot.server.history += [
        said(301, "nice"),
        said(302, GOOD, bot_id="B9", subtype="bot_message"),
        said(303, GOOD, "UBOT"),
        said(304, "", "U5", subtype="channel_join"),
        said(305, GOOD, "UOUT"),
    ]
    await bot._core.store.opt_out(bot._core.fingerprint.person("slack", "T1/UOUT"), True)
    await bot.deliver("slash_commands", payloads.command("simulate 245", bot.server.response_url("C1", "U1")))
    answer, result = sorted(bot.server.posts, key=lambda post: post.only_for is None)
    assert answer.text == KO("simulate_begun", channel="<#C1>")
    assert result.channel == "C1"
    band = model.analyze(BAD).band
    assert KO("simulate_headline", count="244") in result.text, "all but the one that nobody wrote"
    assert KO("simulate_band", count="60", share="25.0", actions=KO("action_log")) in result.text, band
    assert KO("simulate_left_out", unjudged="1", left_out="3") in result.text
    assert [block["type"] for block in result.blocks].count("image") == 1
    (picture,) = bot.server.uploads.values()
    assert picture.content.startswith(b"\x89PNG")
    assert "60" in picture.alt
    pages = [arguments for method, arguments in bot.server.calls if method == "conversations.history"]
    assert [int(page["limit"]) for page in pages] == [100, 100, 45]
    assert {method for method, _ in bot.server.calls} & {"chat.delete", "reactions.add"} == set()
    assert bot._core.store._records == {}  # type: ignore[attr-defined]
    assert not any("simulation" in name for name in bot._core.store._notes)  # type: ignore[attr-defined]


async def test_where_it_is_shown_and_what_it_tries_is_the_rules(bot: SlackHarness, model: nlp.Analyzer) -> None:
    bot.server.users["U1"] = {"is_admin": True}
    rule = Rule(**{model.analyze(BAD).band: ("log", "card")}, moderators="C9")
    await bot._core.configure(PLACE, ChannelSettings(rule=rule))
    fill(bot, 8)
    await bot.deliver("slash_commands", payloads.command("시뮬레이션", bot.server.response_url("C1", "U1")))
    (result,) = [post for post in bot.server.posts if post.only_for is None]
    assert result.channel == "C9"
    assert KO("simulate_flagged", flagged="2", judged="8") in result.text
    assert KO("action_card") in result.text


async def test_other_thresholds_can_be_tried(bot: SlackHarness) -> None:
    bot.server.users["U1"] = {"is_admin": True}
    fill(bot, 8)
    await bot.deliver("slash_commands", payloads.command("simulate 8 0.001 99.99", bot.server.response_url("C1", "U1")))
    (result,) = [post for post in bot.server.posts if post.only_for is None]
    assert KO("simulate_flagged", flagged="0", judged="8") in result.text
    assert unescape(await command(bot, "simulate 8 70 30")) == KO("admin_thresholds_wrong")
    assert await bot._core.store.settings(PLACE) == ChannelSettings()


async def test_slack_is_asked_again_as_late_as_it_wants(bot: SlackHarness) -> None:
    bot.server.users["U1"] = {"is_admin": True}
    bot.server.mishaps["conversations.history"].append(Mishap("limited", "1"))
    fill(bot, 8)
    await bot.deliver("slash_commands", payloads.command("simulate 8", bot.server.response_url("C1", "U1")))
    told = [arguments["text"] for method, arguments in bot.server.calls if method == "chat.update"]
    assert any(KO("simulate_waiting", seconds=1) in text for text in told)
    assert KO("simulate_headline", count="8") in bot.server.posts[-1].text


async def test_a_channel_that_cannot_be_read_is_a_sentence(bot: SlackHarness) -> None:
    bot.server.users["U1"] = {"is_admin": True}
    bot.server.mishaps["conversations.history"].append(Mishap("error", "not_in_channel"))
    await bot.deliver("slash_commands", payloads.command("simulate", bot.server.response_url("C1", "U1")))
    assert KO("simulate_failed") in bot.server.posts[-1].text
    assert await command(bot, "simulate stop") == KO("simulate_none")


async def test_members_simulate_nothing(bot: SlackHarness) -> None:
    assert await command(bot, "simulate") == KO("admin_only")
    assert await command(bot, "규칙 부정 카드") == KO("admin_only")


async def test_a_rule_is_shown_and_exported_with_names_and_no_other_markup(bot: SlackHarness) -> None:
    bot.server.users["U1"] = {"is_admin": True}
    await command(bot, "rule moderators <#C9|mods>")
    await command(bot, "rule exempt add <@U7|someone>")
    shown = await command(bot, "rule")
    assert "<#C9>" in shown
    assert bot.server.posts[-1].blocks[0]["text"]["type"] == "mrkdwn"
    exported = await command(bot, "rule export")
    assert 'channel = "C9"' in exported
    await command(bot, "rule moderators off")
    await command(bot, f"rule import {exported}")
    assert (await bot._core.store.settings(PLACE)).rule.moderators == "C9"
    changes = await command(bot, "audit")
    assert "<@U1>" in changes
    assert "U7" not in changes + exported + shown


async def test_a_file_is_tried_where_it_is_sent(bot: SlackHarness, model: nlp.Analyzer) -> None:
    rows = [GOOD, BAD, GOOD, "nice", BAD]
    file = bot.server.file("F1", "리뷰.csv", ("리뷰\n" + "\n".join(rows) + "\n").encode())
    for number, text in enumerate(("simulate", "시뮬레이션 0.001 99.99")):
        event = payloads.message(
            text, payloads.ts(number + 1), channel="D1", subtype="file_share", files=[file], user=f"U{number}"
        )
        await bot.deliver("events_api", event)
    first, second = bot.server.posts
    negative = sum(model.analyze(row).band == "negative" for row in rows[:3] + rows[4:])
    assert KO("simulate_flagged", judged="4", flagged=str(negative)) in unescape(first.text)
    assert KO("simulate_flagged", judged="4", flagged="0") in unescape(second.text)
    event = payloads.message(
        "simulate 70 30", payloads.ts(9), channel="D1", subtype="file_share", files=[file], user="U9"
    )
    await bot.deliver("events_api", event)
    assert unescape(bot.server.posts[-1].text) == KO("admin_thresholds_wrong")
    assert [upload.name for upload in bot.server.uploads.values()] == ["simulation.png"] * 2
    assert all(upload.content.startswith(b"\x89PNG") for upload in bot.server.uploads.values())
