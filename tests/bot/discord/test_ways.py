"""Every way in and out of Discord, over a real gateway with the real client."""

from __future__ import annotations

from typing import Any

import pytest

import nlp
from bot.core.events import ChannelSettings, Place
from bot.core.memory import MemoryStore
from bot.core.messages import Messages
from tests.bot.core.fakes import make_core
from tests.contract.discord_platform import PLACE, DiscordHarness, direct, discord
from tests.servers import discord_payloads as payloads
from tests.servers.discord import DiscordServer, Mishap, buttons

KO, EN = Messages("ko"), Messages("en")
GOOD = "배송도 빠르고 품질도 정말 좋아요. 추천합니다!"
BAD = "완전 실망했어요. 다시는 안 삽니다. 최악이에요"
NAME = f"<@{payloads.BOT}>"


async def write(bot: DiscordHarness, payload: dict[str, Any]) -> None:
    await bot.deliver("MESSAGE_CREATE", payload)


async def use(bot: DiscordHarness, *words: str, **more: Any) -> str:
    """What a slash command answers, to its user only."""
    before = len(bot.server.posts)
    await bot.deliver("INTERACTION_CREATE", payloads.command(*words, **more))
    (post,) = bot.server.posts[before:]
    assert post.payload["flags"] & 64, "the asker only"
    return post.text


async def test_a_direct_message_is_answered_there(bot: DiscordHarness) -> None:
    await bot.deliver(*direct(GOOD, at := payloads.snowflake()))
    (post,) = bot.server.posts
    assert (post.channel, post.to) == (payloads.DIRECT, at)


async def test_a_mention_is_answered_by_a_reply_that_pings_nobody(bot: DiscordHarness) -> None:
    await write(bot, payloads.message(f"{NAME} {GOOD} @everyone", at := payloads.snowflake()))
    (post,) = bot.server.posts
    assert (post.channel, post.to) == (payloads.CHANNEL, at)
    assert post.payload["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert post.payload["flags"] & 4, "embeds are suppressed"
    assert (post.payload["nonce"], post.payload["enforce_nonce"]) == (at, True)


async def test_a_reply_with_a_mention_asks_about_its_parent(bot: DiscordHarness, model: nlp.Analyzer) -> None:
    parent = payloads.message(GOOD, payloads.snowflake())
    await write(bot, payloads.reply(f"{NAME} 이거 어때?", at := payloads.snowflake(), parent))
    (post,) = bot.server.posts
    assert post.to == at
    assert KO(f"label_{model.analyze(GOOD).label}") in post.text


async def test_a_parent_that_discord_leaves_out_is_asked_for(bot: DiscordHarness, model: nlp.Analyzer) -> None:
    parent = payloads.message(BAD, payloads.snowflake())
    bot.server.messages[parent["id"]] = parent
    await write(bot, {**payloads.reply(NAME, payloads.snowflake(), parent), "referenced_message": None})
    asked = payloads.reply(NAME, payloads.snowflake(), parent)
    del asked["referenced_message"]
    await write(bot, asked)
    gone = payloads.reply(NAME, payloads.snowflake(), payloads.message(BAD, payloads.snowflake()))
    del gone["referenced_message"]
    await write(bot, gone)
    null, found, missing = bot.server.posts
    assert null.text == missing.text == KO("text_needed"), "null says that the parent was deleted"
    assert KO(f"label_{model.analyze(BAD).label}") in found.text


async def test_without_the_intent_a_hidden_parent_is_explained(model: nlp.Analyzer) -> None:
    server = DiscordServer()
    server.gateway.flags = 0
    async with discord(make_core(model), server) as bot:
        await bot.watch()
        await write(bot, payloads.message(GOOD, payloads.snowflake()))
        assert bot.server.posts == [], "what is not said to the bot has no words"
        await write(bot, payloads.reply(NAME, payloads.snowflake(), payloads.message(GOOD, payloads.snowflake())))
        await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake()))
        hidden, seen = bot.server.posts
        assert hidden.text == KO("discord_parent_hidden")
        assert KO("label_positive") in seen.text
        answer = await use(
            bot, "nunchi", "settings", "watch", options={"value": "on"}, permissions=payloads.MANAGE_GUILD
        )
        assert f"https://discord.com/developers/applications/{payloads.APPLICATION}/bot" in answer
        assert "Message Content Intent" in answer


async def test_a_reply_to_the_bot_without_its_name_is_talk(bot: DiscordHarness) -> None:
    await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake()))
    card = bot.server.show(bot.server.posts[0])
    talk = payloads.reply("고마워요 정말 좋네요", payloads.snowflake(), card, mentions=[payloads.BOT_USER])
    await write(bot, talk)
    assert len(bot.server.posts) == 1


async def test_the_slash_command_answers_at_once_and_publicly_if_asked(bot: DiscordHarness) -> None:
    assert KO("label_positive") in await use(bot, "sentiment", options={"text": GOOD})
    await bot.deliver("INTERACTION_CREATE", payloads.command("sentiment", options={"text": GOOD, "public": True}))
    assert not bot.server.posts[-1].payload["flags"] & 64
    assert bot.server.deferred == {}
    assert await use(bot, "sentiment") == KO("text_needed")


async def test_the_menu_needs_no_intent_and_answers_the_asker_only(bot: DiscordHarness) -> None:
    about = payloads.message(BAD, payloads.snowflake())
    await bot.deliver("INTERACTION_CREATE", payloads.menu("Judge this review", about, guild_id=None))
    (post,) = bot.server.posts
    assert KO("label_negative") in post.text
    assert post.payload["flags"] & 64


async def test_it_works_in_a_guild_where_only_the_user_installed_it(bot: DiscordHarness) -> None:
    elsewhere = str(int(payloads.GUILD) + (7 << 22))
    assert KO("label_positive") in await use(
        bot, "sentiment", options={"text": GOOD}, guild_id=elsewhere, where="99", integration_owners={"1": "11"}
    )


async def test_a_reaction_is_all_there_is_and_changes_with_an_edit(bot: DiscordHarness, model: nlp.Analyzer) -> None:
    await bot._core.configure(PLACE, ChannelSettings(watch=True, mode="reaction"))
    marks = {"positive": "👍", "unsure": "🤔", "negative": "👎"}
    sent = payloads.message(GOOD, at := payloads.snowflake())
    await write(bot, sent)
    assert bot.server.reactions == {(payloads.CHANNEL, at, marks[model.analyze(GOOD).band])}
    await bot.deliver("MESSAGE_UPDATE", payloads.edited(sent, BAD))
    assert bot.server.reactions == {(payloads.CHANNEL, at, marks[model.analyze(BAD).band])}
    await bot.deliver("MESSAGE_DELETE", payloads.deleted(at))
    assert (bot.server.reactions, bot.server.posts) == (set(), [])


async def test_a_link_that_unfolds_is_no_edit(bot: DiscordHarness) -> None:
    await bot.watch()
    sent = payloads.message(GOOD, payloads.snowflake())
    await write(bot, sent)
    calls = len(bot.server.calls)
    await bot.deliver("MESSAGE_UPDATE", {**sent, "embeds": [{"type": "link", "title": "x"}]})
    assert len(bot.server.calls) == calls


async def test_posts_of_a_watched_forum_are_read_and_talk_in_threads_is_not(bot: DiscordHarness) -> None:
    await bot.watch()
    await bot._core.configure(
        Place("discord", payloads.GUILD, payloads.FORUM), ChannelSettings(watch=True, mode="reply")
    )
    post, side = payloads.snowflake(), payloads.snowflake()
    await bot.deliver("THREAD_CREATE", payloads.thread(post, payloads.FORUM))
    await bot.deliver("THREAD_CREATE", payloads.thread(side, payloads.CHANNEL))
    first = payloads.message(GOOD, post, where=post)
    await write(bot, first)
    await write(bot, payloads.message(BAD, payloads.snowflake(), where=post))
    await write(bot, payloads.message(BAD, payloads.snowflake(), where=side))
    (answer,) = bot.server.posts
    assert (answer.channel, answer.to) == (post, post)
    assert KO("card_evidence", words="")[:5] in answer.text
    bot.server.messages[post] = first
    await bot.deliver(
        "INTERACTION_CREATE",
        payloads.button(buttons(answer.payload["components"])["왜?"], bot.server.show(answer), where=post),
    )
    assert KO("label_positive") in bot.server.posts.pop().text
    assert KO("label_positive") in answer.text
    await bot.deliver("MESSAGE_UPDATE", payloads.edited(first, BAD))
    assert KO("label_negative") in answer.text
    await bot.deliver("MESSAGE_DELETE", payloads.deleted(post, where=post))
    assert bot.server.posts == []


async def test_a_thread_can_be_watched_itself(bot: DiscordHarness) -> None:
    side = payloads.snowflake()
    await bot.deliver("THREAD_CREATE", payloads.thread(side, payloads.CHANNEL))
    await bot._core.configure(Place("discord", payloads.GUILD, side), ChannelSettings(watch=True, mode="reply"))
    await write(bot, payloads.message(BAD, payloads.snowflake(), where=side))
    assert [post.channel for post in bot.server.posts] == [side]


async def test_a_thread_that_the_cache_does_not_know_is_asked_for_once(bot: DiscordHarness) -> None:
    await bot._core.configure(
        Place("discord", payloads.GUILD, payloads.FORUM), ChannelSettings(watch=True, mode="reply")
    )
    old = payloads.snowflake()
    bot.server.threads[old] = payloads.thread(old, payloads.FORUM)
    sent = payloads.message(GOOD, old, where=old)
    await write(bot, sent)
    await bot.deliver("MESSAGE_UPDATE", payloads.edited(sent, BAD))
    assert KO("label_negative") in bot.server.posts[0].text
    assert [name for name, *_ in bot.server.calls].count("GET channel") == 1


async def test_many_deleted_at_once_are_forgotten(bot: DiscordHarness) -> None:
    await bot.watch()
    ids = [payloads.snowflake() for _ in range(3)]
    for at in ids:
        await write(bot, payloads.message(GOOD, at))
    assert len(bot.server.posts) == 3
    gone = {"ids": ids[:2], "channel_id": payloads.CHANNEL, "guild_id": payloads.GUILD}
    await bot.deliver("MESSAGE_DELETE_BULK", gone)
    assert [post.to for post in bot.server.posts] == ids[2:]


@pytest.mark.parametrize("kind", [6, 7, 8, 18, 24])
async def test_what_nobody_wrote_is_left_alone(bot: DiscordHarness, kind: int) -> None:
    await bot.watch()
    await write(bot, payloads.message(GOOD, payloads.snowflake(), type=kind))
    assert bot.server.posts == []


async def test_webhooks_and_the_bot_itself_are_left_alone(bot: DiscordHarness) -> None:
    await bot.watch()
    await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake(), webhook_id="77"))
    await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake(), author=payloads.BOT_USER))
    assert bot.server.posts == []


async def test_admins_configure_and_others_cannot_even_if_discord_shows_it(bot: DiscordHarness) -> None:
    admin = {"permissions": payloads.MANAGE_GUILD}
    path = ("nunchi", "settings")
    assert await use(bot, *path, "watch", options={"value": "on"}) == KO("admin_only")
    assert await bot._core.store.settings(PLACE) == ChannelSettings()
    assert await use(bot, *path, "watch", options={"value": "on"}, **admin) == KO(
        "admin_watch_on", mode=KO("mode_silent")
    ) + KO("rule_log_only")
    assert await use(bot, *path, "mode", options={"value": "silent"}, **admin) == KO(
        "admin_mode", mode=KO("mode_silent")
    )
    given = {"negative": 20.0, "positive": 80.0}
    assert KO("admin_thresholds_wrong") != await use(bot, *path, "thresholds", options=given, **admin)
    assert await bot._core.store.settings(PLACE) == ChannelSettings(True, "silent", 0.8, 0.2, None)
    half = {"negative": 20.0}
    assert await use(bot, *path, "thresholds", options=half, **admin) == KO("admin_thresholds_wrong")
    await use(bot, *path, "thresholds", **admin)
    await use(bot, *path, "language", options={"value": "en"}, **admin)
    assert await bot._core.store.settings(PLACE) == ChannelSettings(True, "silent", None, None, "en")
    assert EN("mode_silent") in await use(bot, *path, "status", **admin)


async def test_another_channel_can_be_configured_and_what_is_in_the_way_is_said(bot: DiscordHarness) -> None:
    closed = payloads.channel(payloads.FORUM, 15, available_tags=[], default_forum_layout=0)
    closed["permission_overwrites"] = [{"id": payloads.GUILD, "type": 0, "allow": "0", "deny": str(1 << 6)}]
    # The owner of the role has everything, so the bot is only kept out where it is no administrator.
    await bot.deliver("GUILD_ROLE_UPDATE", {"guild_id": payloads.GUILD, "role": without_administrator()})
    await bot.deliver("CHANNEL_UPDATE", closed)
    payload = payloads.command(
        "nunchi", "settings", "watch", options={"value": "on"}, permissions=payloads.MANAGE_GUILD
    )
    resolved = {payloads.FORUM: {"id": payloads.FORUM, "type": 15, "name": "x", "permissions": "0", "flags": 0}}
    payload["data"]["resolved"] = {"channels": resolved}
    payload["data"]["options"][0]["options"][0]["options"].append(
        {"name": "channel", "type": 7, "value": payloads.FORUM}
    )
    await bot.deliver("INTERACTION_CREATE", payload)
    assert (await bot._core.store.settings(Place("discord", payloads.GUILD, payloads.FORUM))).watch
    assert "반응 추가하기" in bot.server.posts[-1].text


def without_administrator() -> dict[str, Any]:
    (role,) = payloads.guild(permissions=payloads.EVERYTHING & ~(1 << 3))["roles"]
    return dict(role)


async def test_everybody_may_say_what_is_kept_of_them(bot: DiscordHarness) -> None:
    assert await use(bot, "my-record", "help") == KO("admin_help")
    assert await use(bot, "my-record", "optout") == KO("opted_out")
    await bot.watch()
    await write(bot, payloads.message(GOOD, payloads.snowflake()))
    assert bot.server.posts[1:] == [bot.server.posts[-1]], "only the two answers"
    assert await use(bot, "my-record", "optin", guild_id=None) == KO("opted_in")
    assert await use(bot, "my-record", "forget") == KO("forgotten", verdicts=0, feedback=0, cases=0)


async def test_commands_by_text_work_by_mention_and_directly(bot: DiscordHarness) -> None:
    await write(bot, payloads.message(f"{NAME} help", payloads.snowflake()))
    await bot.deliver(*direct("감시 켜기", payloads.snowflake()))
    assert [post.text for post in bot.server.posts] == [KO("admin_help"), KO("admin_no_channel")]


async def test_the_asker_is_answered_in_the_askers_language(bot: DiscordHarness) -> None:
    assert EN("label_positive") in await use(bot, "sentiment", options={"text": GOOD}, locale="en-GB")
    assert KO("label_positive") in await use(bot, "sentiment", options={"text": GOOD}, locale="ja")


async def test_buttons_work_after_a_restart(model: nlp.Analyzer) -> None:
    store = MemoryStore()
    async with discord(make_core(model, store=store)) as bot:
        await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake()))
        shown = bot.server.show(bot.server.posts[0])
        ids = buttons(shown["components"])
        assert list(ids) == ["맞아요", "틀려요", "왜?"]
    async with discord(make_core(model, store=store)) as bot:
        for custom_id in (ids["틀려요"], ids["맞아요"], "nunchi:right:0123", "nunchi:right:<@1>"):
            row = [{"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "custom_id": custom_id}]}]
            on = shown if custom_id in ids.values() else {**shown, "components": row}
            await bot.deliver("INTERACTION_CREATE", payloads.button(custom_id, on))
        said = [KO("feedback_thanks"), KO("feedback_thanks"), KO("feedback_gone")]
        assert [post.text for post in bot.server.posts] == said
        assert bot._core.counters.get("feedback", verdict="wrong", known="true") == 1


async def test_the_file_of_a_stranger_is_not_fetched(bot: DiscordHarness) -> None:
    for url in ("http://127.0.0.2/x.csv", "http://169.254.169.254/x.csv", "file:///x.csv", "http://u@127.0.0.1/x.csv"):
        file = {**bot.server.attach("x.csv", b"a"), "url": url}
        await bot.deliver(*direct("", payloads.snowflake(), attachments=[file]))
        assert bot.server.posts[-1].text == KO("file_not_fetched")


async def test_a_post_that_broke_off_is_not_posted_again(bot: DiscordHarness) -> None:
    bot.server.mishaps["POST message"].append(Mishap("dropped"))
    payload = payloads.message(f"{NAME} {GOOD}", payloads.snowflake())
    await write(bot, payload)
    await write(bot, payload)
    assert len(bot.server.posts) == 1
    assert bot._core.counters.get("undelivered") == 1


async def test_a_post_that_discord_says_failed_is_tried_again_and_there_once(bot: DiscordHarness) -> None:
    bot.server.mishaps["POST message"].append(Mishap("broken"))
    await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake()))
    assert [name for name, *_ in bot.server.calls].count("POST message") == 2
    assert len(bot.server.posts) == 1
    assert bot._core.counters.get("messages", outcome="replied") == 1


async def test_too_many_requests_are_waited_out(bot: DiscordHarness) -> None:
    bot.server.mishaps["POST message"].append(Mishap("limited"))
    await write(bot, payloads.message(f"{NAME} {GOOD}", payloads.snowflake()))
    assert len(bot.server.posts) == 1


async def test_the_limit_of_a_channel_is_kept_to(bot: DiscordHarness) -> None:
    bot.server.limit = 2
    await bot.watch()
    for number in range(6):
        await bot.server.gateway.dispatch(
            "MESSAGE_CREATE", payloads.message(GOOD, payloads.snowflake(), person=str(20 + number))
        )
    await bot.server.until_posted(lambda: len(bot.server.posts) == 6)


async def test_a_loop_of_answers_ends(model: nlp.Analyzer) -> None:
    async with discord(make_core(model, channel=5)) as bot:
        await bot.watch()
        for number in range(12):
            await write(bot, payloads.message(GOOD, payloads.snowflake(), person=str(20 + number)))
        assert len(bot.server.posts) == 5
