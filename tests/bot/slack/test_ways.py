"""Every way in and out of Slack, over a real socket with the real clients."""

from __future__ import annotations

import asyncio
import json

import pytest

import nlp
from bot.core.events import ChannelSettings, Place
from bot.core.memory import MemoryStore
from bot.core.messages import Messages
from nlp.text import normalize
from tests.bot.core.fakes import make_core
from tests.contract.slack_platform import SlackHarness, slack
from tests.servers import slack_payloads as payloads
from tests.servers.slack import Mishap

KO, EN = Messages("ko"), Messages("en")
GOOD = "배송도 빠르고 품질도 정말 좋아요. 추천합니다!"
PLACE = Place("slack", "T1", "C1")


async def command(bot: SlackHarness, text: str, user: str = "U1") -> str:
    """What the slash command answers."""
    before = len(bot.server.posts)
    await bot.deliver("slash_commands", payloads.command(text, bot.server.response_url("C1", user), user=user))
    (post,) = bot.server.posts[before:]
    assert post.only_for == user
    return post.text


async def test_a_direct_message_is_answered_without_a_thread(bot: SlackHarness) -> None:
    await bot.deliver("events_api", payloads.message(GOOD, payloads.ts(1), channel="D1"))
    (post,) = bot.server.posts
    assert (post.channel, post.thread, post.only_for) == ("D1", None, None)


async def test_a_mention_is_answered_in_a_thread(bot: SlackHarness) -> None:
    await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
    (post,) = bot.server.posts
    assert (post.channel, post.thread, post.only_for) == ("C1", payloads.ts(1), None)


async def test_a_mention_comes_as_two_events_and_has_one_answer(bot: SlackHarness) -> None:
    await bot.watch()
    text = f"<@UBOT> {GOOD}"
    await asyncio.gather(
        bot.deliver("events_api", payloads.message(text, payloads.ts(1))),
        bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1))),
    )
    assert len(bot.server.posts) == 1


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("가격 < 품질 & 배송 > 기대", "가격 &lt; 품질 &amp; 배송 &gt; 기대"),
        ("정말 &lt;좋아요&gt;", "정말 &amp;lt;좋아요&amp;gt;"),
        ("https://a.example/?a=1&b=2 좋아요", "<https://a.example/?a=1&amp;b=2> 좋아요"),
        ("상품 페이지 보고 샀어요", "<https://a.example|상품 페이지> 보고 샀어요"),
        ("고마워요   또 살게요", "고마워요 <@U123> 또 살게요"),
        ("고마워요   또 살게요", "고마워요 <#C123|reviews> 또 살게요"),
        ("고마워요   또 살게요", "고마워요 <!subteam^S1|@team> 또 살게요"),
        ("<<좋아요>>", "&lt;&lt;좋아요&gt;&gt;"),
        ("< 좋아요", "< 좋아요"),
    ],
)
async def test_a_text_is_judged_as_it_was_typed(bot: SlackHarness, typed: str, sent: str) -> None:
    await bot.watch()
    bot.server.threads[payloads.ts(9)] = sent
    url = bot.server.response_url("C1", "U1")
    for kind, payload in (
        ("events_api", payloads.message(sent, payloads.ts(1))),
        ("events_api", payloads.mention(sent, payloads.ts(2))),
        ("events_api", payloads.mention("", payloads.ts(3), thread_ts=payloads.ts(9))),
        ("slash_commands", payloads.command(sent, url)),
        ("interactive", payloads.shortcut(sent, url)),
    ):
        await bot.deliver(kind, payload)
    store = bot._core.store
    assert isinstance(store, MemoryStore)
    kept = [record.text for record in store._records.values()]
    assert kept == [bot._core.fingerprint.text(normalize(typed))] * 5


async def test_a_mention_in_a_thread_asks_about_its_parent(bot: SlackHarness, model: nlp.Analyzer) -> None:
    bot.server.threads[payloads.ts(1)] = GOOD
    await bot.deliver("events_api", payloads.mention("이거 어때?", payloads.ts(2), thread_ts=payloads.ts(1)))
    (post,) = bot.server.posts
    assert post.thread == payloads.ts(1)
    assert KO(f"label_{model.analyze(GOOD).label}") in post.text


async def test_who_calls_others_too_asks_about_the_parent_all_the_same(bot: SlackHarness) -> None:
    bot.server.threads[payloads.ts(1)] = GOOD
    await bot.deliver("events_api", payloads.mention("<@U7> <@U8>", payloads.ts(2), thread_ts=payloads.ts(1)))
    (post,) = bot.server.posts
    assert post.blocks[-1]["type"] == "context_actions", "a card"


async def test_a_parent_that_cannot_be_read_gets_a_hint(bot: SlackHarness) -> None:
    bot.server.mishaps["conversations.replies"].append(Mishap("error", "not_in_channel"))
    await bot.deliver("events_api", payloads.mention("", payloads.ts(2), thread_ts=payloads.ts(1)))
    (post,) = bot.server.posts
    assert (post.text, post.only_for) == (KO("text_needed"), "U1")


async def test_talk_in_the_threads_of_a_watched_channel_is_left_alone(bot: SlackHarness) -> None:
    await bot.watch()
    await bot.deliver("events_api", payloads.message(GOOD, payloads.ts(2), thread_ts=payloads.ts(1)))
    for subtype in ("channel_join", "channel_topic", "pinned_item"):
        await bot.deliver("events_api", payloads.message(GOOD, payloads.ts(3), subtype=subtype))
    await bot.deliver("events_api", payloads.message(GOOD, payloads.ts(4), user="UBOT"))
    assert bot.server.posts == []


async def test_the_menu_of_a_message_answers_the_asker_only(bot: SlackHarness) -> None:
    url = bot.server.response_url("C1", "U1")
    await bot.deliver("interactive", payloads.shortcut(GOOD, url))
    (post,) = bot.server.posts
    assert post.only_for == "U1"
    assert post.blocks


async def test_a_reaction_is_all_there_is_and_changes_with_an_edit(bot: SlackHarness, model: nlp.Analyzer) -> None:
    await bot._core.configure(PLACE, ChannelSettings(watch=True, mode="reaction"))
    at = payloads.ts(1)
    await bot.deliver("events_api", payloads.message(GOOD, at))
    names = {"positive": "thumbsup", "unsure": "thinking_face", "negative": "thumbsdown"}
    assert bot.server.reactions == {("C1", at, names[model.analyze(GOOD).band])}
    worse = "완전 실망했어요. 다시는 안 삽니다. 최악이에요"
    await bot.deliver("events_api", payloads.changed(worse, at, payloads.ts(9), old=GOOD))
    assert bot.server.reactions == {("C1", at, names[model.analyze(worse).band])}
    await bot.deliver("events_api", payloads.deleted(at))
    assert (bot.server.reactions, bot.server.posts) == (set(), [])


async def test_an_unfurled_link_is_no_edit(bot: SlackHarness) -> None:
    await bot.watch()
    await bot.deliver("events_api", payloads.message(GOOD, payloads.ts(1)))
    calls = len(bot.server.calls)
    await bot.deliver("events_api", payloads.changed(GOOD, payloads.ts(1), payloads.ts(9), old=GOOD))
    assert len(bot.server.calls) == calls


async def test_admins_configure_by_the_command_and_others_cannot(bot: SlackHarness) -> None:
    assert await command(bot, "watch on") == KO("admin_only")
    bot.server.users["U2"] = {"is_admin": True}
    bot.server.creators["C1"] = "U3"
    assert await command(bot, "watch on", "U2") == KO("admin_watch_on", mode=KO("mode_silent")) + KO("rule_log_only")
    assert await command(bot, "mode silent", "U3") == KO("admin_mode", mode=KO("mode_silent"))
    assert await command(bot, "threshold 20 80", "U2") != KO("admin_only")
    assert await bot._core.store.settings(PLACE) == ChannelSettings(True, "silent", 0.8, 0.2, None)
    assert await command(bot, "") == KO("admin_help")
    assert KO("mode_silent") in await command(bot, "status")
    assert await command(bot, "optout") == KO("opted_out")


async def test_who_watches_a_channel_without_the_bot_is_told(bot: SlackHarness) -> None:
    bot.server.users["U2"] = {"is_admin": True}
    watched, invite = KO("admin_watch_on", mode=KO("mode_silent")) + KO("rule_log_only"), KO("slack_watch_invite")
    assert await command(bot, "watch on", "U2") == watched
    bot.server.strange.add("C1")
    assert await command(bot, "watch on", "U2") == f"{watched}\n{invite}"
    assert invite not in await command(bot, "watch on") + await command(bot, "watch off", "U2")
    bot.server.mishaps["conversations.info"].append(Mishap("error", "channel_not_found"))
    assert invite in await command(bot, "watch on", "U2"), "of a private channel that it is not in"
    bot.server.mishaps["conversations.info"].append(Mishap("error", "internal_error"))
    assert await command(bot, "watch on", "U2") == watched


async def test_every_setting_of_a_channel_has_its_command(bot: SlackHarness) -> None:
    orders = (
        "watch on",
        "watch off",
        "mode reaction",
        "threshold 20 80",
        "threshold model",
        "language en",
        "language auto",
    )
    assert {await command(bot, order) for order in orders} == {KO("admin_only")}
    assert await bot._core.store.settings(PLACE) == ChannelSettings()
    bot.server.users["U2"] = {"is_owner": True}
    said = [await command(bot, order, "U2") for order in orders]
    assert len(set(said)) == len(orders), "each says what it did"
    assert await bot._core.store.settings(PLACE) == ChannelSettings(mode="reaction")


async def test_a_command_by_mention_answers_the_asker_only(bot: SlackHarness) -> None:
    await bot.deliver("events_api", payloads.mention("help", payloads.ts(1)))
    (post,) = bot.server.posts
    assert (post.text, post.only_for) == (KO("admin_help"), "U1")


async def test_a_command_in_a_direct_message(bot: SlackHarness) -> None:
    await bot.deliver("events_api", payloads.message("감시 켜기", payloads.ts(1), channel="D1"))
    assert bot.server.posts[0].text == KO("admin_no_channel")


async def test_the_asker_is_answered_in_the_askers_language(bot: SlackHarness) -> None:
    bot.server.users["U1"] = {"locale": "en-US"}
    assert await command(bot, "help") == EN("admin_help")
    await bot.deliver("events_api", payloads.message(GOOD, payloads.ts(1), channel="D1"))
    assert "positive" in bot.server.posts[-1].text or "negative" in bot.server.posts[-1].text
    asked = [arguments for method, arguments in bot.server.calls if method == "users.info"]
    assert len(asked) == 2, "the admin question once, and the language once: it is remembered"


async def test_feedback_counts_also_after_a_restart(model: nlp.Analyzer) -> None:
    store = MemoryStore()
    async with slack(make_core(model, store=store)) as bot:
        await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
        (feedback,) = [block for block in bot.server.posts[0].blocks if block["type"] == "context_actions"]
        buttons = feedback["elements"][0]
    async with slack(make_core(model, store=store)) as bot:
        url = bot.server.response_url("C1", "U1")
        await bot.deliver("interactive", payloads.feedback(buttons["negative_button"]["value"], url))
        await bot.deliver("interactive", payloads.feedback(buttons["positive_button"]["value"], url))
        await bot.deliver("interactive", payloads.feedback("right:unknown", url))
        await bot.deliver("interactive", payloads.feedback("<!channel>", url))
        assert [post.text for post in bot.server.posts] == [
            KO("feedback_thanks"),
            KO("feedback_thanks"),
            KO("feedback_gone"),
        ]
        assert bot._core.counters.get("feedback", verdict="wrong", known="true") == 1


async def test_the_home_tab_shows_channels_and_figures(bot: SlackHarness, model: nlp.Analyzer) -> None:
    await bot.deliver("events_api", payloads.home_opened(tab="messages"))
    assert bot.server.views == {}
    await bot.deliver("events_api", payloads.home_opened())
    assert KO("home_none") in json.dumps(bot.server.views["U1"], ensure_ascii=False)
    await bot.watch()
    await bot._core.configure(Place("slack", "T2", "C2"), ChannelSettings(watch=True, mode="reply"))
    await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
    await bot.deliver("events_api", payloads.home_opened())
    texts = [
        text["text"]
        for block in bot.server.views["U1"]["blocks"]
        for text in (block.get("text"), *block.get("fields", ()))
        if text is not None
    ]
    settings = {"watch": KO("on"), "mode": KO("mode_reply"), "thresholds": KO("thresholds_model")}
    figures = dict.fromkeys(("positive", "unsure", "negative", "right", "wrong"), 0)
    figures[model.analyze(GOOD).band] = 1
    assert texts == [
        KO("home_title"),
        KO("home_ways"),
        KO("admin_help"),
        KO("home_today", **figures),
        KO("home_channels"),
        "<#C1>",
        KO("home_channel", **settings, language=KO("language_auto")),
    ], "and nothing of another workspace"


async def test_a_post_that_broke_off_is_not_posted_again(bot: SlackHarness) -> None:
    bot.server.mishaps["chat.postMessage"].append(Mishap("dropped"))
    payload = payloads.mention(GOOD, payloads.ts(1))
    await bot.deliver("events_api", payload)
    await bot.deliver("events_api", payload, retry_attempt=1, retry_reason="timeout")
    assert len(bot.server.posts) == 1
    assert bot._core.counters.get("undelivered") == 1


async def test_an_answer_of_no_slack_is_not_posted_again(bot: SlackHarness) -> None:
    bot.server.mishaps["chat.postMessage"].append(Mishap("broken"))
    await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
    assert bot.server.posts == []
    assert bot._core.counters.get("messages", outcome="undelivered") == 1


async def test_too_many_requests_are_waited_out(bot: SlackHarness) -> None:
    bot.server.mishaps["chat.postMessage"].append(Mishap("limited", "1"))
    begin = asyncio.get_running_loop().time()
    await bot.deliver("events_api", payloads.mention(GOOD, payloads.ts(1)))
    assert asyncio.get_running_loop().time() - begin >= 1
    assert len(bot.server.posts) == 1
