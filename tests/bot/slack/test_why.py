"""The button that says why, over a real socket with the real clients."""

from __future__ import annotations

import nlp
from bot.core.messages import Messages
from bot.core.service import Core
from tests.bot.core.fakes import make_core
from tests.contract.slack_platform import SlackHarness, slack
from tests.servers import slack_payloads as payloads
from tests.servers.slack import Mishap, Posted

KO = Messages("ko")
MIXED = "배송은 정말 빨라서 좋았는데 품질이 너무 별로예요. 다시는 안 사요"


async def press(bot: SlackHarness, value: str, channel: str = "C1") -> Posted:
    before = len(bot.server.posts)
    url = bot.server.response_url(channel, "U5")
    await bot.deliver("interactive", payloads.why(value, url, user="U5", channel=channel))
    (post,) = bot.server.posts[before:]
    assert post.only_for == "U5"
    return post


async def test_the_button_of_a_mention_in_a_thread_is_about_the_parent(bot: SlackHarness) -> None:
    bot.server.threads[payloads.ts(1)] = f"<@UBOT> {MIXED}"
    await bot.deliver("events_api", payloads.mention("어때?", payloads.ts(2), thread_ts=payloads.ts(1)))
    button = bot.server.posts[0].blocks[0]["accessory"]
    assert (button["action_id"], button["value"], button["text"]["text"]) == ("nunchi_why", payloads.ts(1), "왜?")
    post = await press(bot, button["value"])
    assert "품질 부정" in post.text
    assert MIXED not in post.text
    assert {block["text"]["type"] for block in post.blocks} == {"plain_text"}


async def test_it_is_about_the_text_as_it_is_now(bot: SlackHarness) -> None:
    bot.server.threads[payloads.ts(1)] = MIXED
    await bot.deliver("events_api", payloads.mention(MIXED, payloads.ts(1)))
    bot.server.threads[payloads.ts(1)] = "정말 좋아요 최고예요"
    assert KO("label_positive") in (await press(bot, payloads.ts(1))).text
    del bot.server.threads[payloads.ts(1)]
    assert (await press(bot, payloads.ts(1))).text == KO("why_gone")
    bot.server.mishaps["conversations.replies"].append(Mishap("error", "not_in_channel"))
    assert (await press(bot, payloads.ts(1))).text == KO("why_gone")


async def test_a_slash_command_has_no_button_and_the_menu_has(bot: SlackHarness) -> None:
    await bot.deliver("slash_commands", payloads.command(MIXED, bot.server.response_url("C1", "U1")))
    await bot.deliver("interactive", payloads.shortcut(MIXED, bot.server.response_url("C1", "U1")))
    command, menu = (post.blocks[0] for post in bot.server.posts)
    assert "accessory" not in command
    assert menu["accessory"]["value"] == payloads.ts(1)


async def test_buttons_work_after_a_restart_and_nonsense_is_left_alone(model: nlp.Analyzer) -> None:
    async with slack(make_core(model)) as bot:
        bot.server.threads[payloads.ts(1)] = MIXED
        assert "별로예요" in (await press(bot, payloads.ts(1), channel="D1")).text
        url = bot.server.response_url("C1", "U5")
        for value in ("<!channel>", "", "1", "../../x"):
            await bot.deliver("interactive", payloads.why(value, url, user="U5"))
        assert len(bot.server.posts) == 1


async def test_nothing_of_the_text_is_kept(bot: SlackHarness) -> None:
    bot.server.threads[payloads.ts(1)] = MIXED
    await press(bot, payloads.ts(1))
    core: Core = bot._core
    assert core.store._records == {}  # type: ignore[attr-defined]
    assert core.counters.get("whys", outcome="replied") == 1
