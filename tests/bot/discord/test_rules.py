"""Rules and simulations by slash commands, with the real client."""

from __future__ import annotations

from datetime import time

import nlp
from bot.core.events import ChannelSettings
from bot.core.messages import Messages
from bot.core.moderation import QuietHours, Rule
from tests.bot.core.fakes import make_core
from tests.bot.discord.test_ways import BAD, GOOD, NAME, use, write
from tests.contract.discord_platform import PLACE, DiscordHarness, discord
from tests.servers import discord_payloads as payloads
from tests.servers.discord import DiscordServer

KO = Messages("ko")
ADMIN = {"permissions": payloads.MANAGE_GUILD}
PATH = ("nunchi", "rule")


async def test_a_rule_is_made_of_commands(bot: DiscordHarness) -> None:
    assert await use(bot, *PATH, "show") == KO("admin_only")
    action = {"band": "negative", "value": "react card"}
    assert KO("action_react") in await use(bot, *PATH, "action", options=action, **ADMIN)
    hours = {"hours": "22:00 - 08:00", "zone": "Europe/Paris"}
    assert "22:00" in await use(bot, *PATH, "quiet", options=hours, **ADMIN)
    await use(bot, *PATH, "cooldown", options={"who": "author", "value": 60}, **ADMIN)
    chosen = await bot._core.store.settings(PLACE)
    quiet = QuietHours(time(22), time(8), "Europe/Paris")
    assert chosen.rule == Rule(negative=("log", "react", "card"), quiet=quiet, author_cooldown=60)
    await use(bot, *PATH, "quiet", **ADMIN)
    assert (await bot._core.store.settings(PLACE)).rule.quiet is None
    assert "[cooldown]" in await use(bot, *PATH, "export", **ADMIN)
    assert len((await use(bot, *PATH, "audit", **ADMIN)).splitlines()) == 5


async def test_who_chooses_moderators_channel_that_is_closed_to_the_bot_is_told(bot: DiscordHarness) -> None:
    closed = payloads.channel("3000000000000000009")
    closed["permission_overwrites"] = [{"id": payloads.GUILD, "type": 0, "allow": "0", "deny": str(1 << 11)}]
    role = {**payloads.guild()["roles"][0], "permissions": str(payloads.EVERYTHING & ~(1 << 3))}
    await bot.deliver("GUILD_ROLE_UPDATE", {"guild_id": payloads.GUILD, "role": role})
    await bot.deliver("CHANNEL_CREATE", closed)
    settings = ChannelSettings(rule=Rule(moderators=closed["id"]))
    await bot._core.configure(PLACE, settings)
    lacks = KO("discord_moderators_permissions", names="메시지 보내기, 파일 첨부")
    assert (await use(bot, *PATH, "show", **ADMIN)).endswith(f"\n{lacks}")
    assert lacks not in await use(bot, *PATH, "show") + await use(bot, *PATH, "export", **ADMIN)
    await bot.deliver("CHANNEL_UPDATE", {**closed, "permission_overwrites": []})
    assert lacks not in await use(bot, *PATH, "show", **ADMIN)


async def test_a_rule_comes_from_a_file(bot: DiscordHarness) -> None:
    for content, outcome in ((b'mode = "reaction"\n', "rule_changed"), (b"mode = \n", "rule_toml_line")):
        file = bot.server.attach("rule.toml", content)
        payload = payloads.command(*PATH, "import", options={"file": int(file["id"])}, **ADMIN)
        payload["data"]["options"][0]["options"][0]["options"][0] |= {"type": 11, "value": file["id"]}
        payload["data"]["resolved"] = {"attachments": {file["id"]: file}}
        await bot.deliver("INTERACTION_CREATE", payload)
        assert bot.server.posts[-1].text.startswith(KO(outcome, line=1))
    assert await bot._core.store.settings(PLACE) == ChannelSettings(mode="reaction")


async def test_roles_that_discord_tells_are_exempt(bot: DiscordHarness, model: nlp.Analyzer) -> None:
    await bot._core.configure(PLACE, ChannelSettings(watch=True, mode="reply", rule=Rule(exempt_roles=("77",))))
    role = {**payloads.guild(payloads.GUILD)["roles"][0], "id": "77", "name": "staff"}
    await bot.deliver("GUILD_ROLE_CREATE", {"guild_id": payloads.GUILD, "role": role})
    await write(bot, payloads.message(GOOD, payloads.snowflake(), member={"roles": ["77"]}))
    assert bot.server.posts == []
    await write(bot, payloads.message(GOOD, payloads.snowflake()))
    assert len(bot.server.posts) == 1


async def test_the_last_messages_of_a_channel(bot: DiscordHarness, model: nlp.Analyzer) -> None:
    ids = sorted((payloads.snowflake() for _ in range(130)), key=int)
    bot.server.history = [payloads.message(BAD if i % 5 == 0 else GOOD, at) for i, at in enumerate(ids)]
    bot.server.history[3]["author"] = payloads.user("99", bot=True)
    bot.server.history[4]["type"] = 7
    bot.server.history[6]["content"] = f"{NAME} {GOOD}"
    payload = payloads.command("nunchi", "simulate", options={"count": 500}, **ADMIN)
    await bot.deliver("INTERACTION_CREATE", payload)
    result = next(post for post in bot.server.posts if KO("simulate_headline", count="128") in post.text)
    assert KO("simulate_flagged", flagged="26", judged="127") in result.text
    ((name, content),) = result.files.items()
    assert name.endswith(".png")
    assert content.startswith(b"\x89PNG")
    assert [call for call, *_ in bot.server.calls].count("GET message") == 2
    assert bot._core.store._records == {}  # type: ignore[attr-defined]


async def test_without_the_intent_it_says_why_nothing_is_read(model: nlp.Analyzer) -> None:
    server = DiscordServer()
    server.gateway.flags = 0
    async with discord(make_core(model), server) as bot:
        await bot.deliver("INTERACTION_CREATE", payloads.command("nunchi", "simulate", **ADMIN))
        assert any("Message Content Intent" in post.text for post in bot.server.posts)


async def test_a_file_is_tried_by_the_command(bot: DiscordHarness, model: nlp.Analyzer) -> None:
    file = bot.server.attach("reviews.csv", f"리뷰\n{GOOD}\n{BAD}\n".encode())
    payload = payloads.command("nunchi", "simulate", options={"file": int(file["id"])}, **ADMIN)
    payload["data"]["options"][0]["options"][0] |= {"type": 11, "value": file["id"]}
    payload["data"]["resolved"] = {"attachments": {file["id"]: file}}
    await bot.deliver("INTERACTION_CREATE", payload)
    (post,) = bot.server.posts
    assert KO("simulate_flagged", judged="2", flagged="1") in post.text.replace("\\", "")
    assert list(post.files) == ["simulation.png"]
