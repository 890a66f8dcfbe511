"""Cases in lists and figures, and who may see them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import nlp
from bot.core import case_book, case_commands
from bot.core.cases import Query
from bot.core.service import Core
from tests.bot.core.fakes import HandClock
from tests.contract.case_core import BAD, SAY, MakePlay, make, told
from tests.contract.case_play import DiscordPlay, Play, quiet, slack_play
from tests.contract.discord_platform import discord
from tests.servers import discord_payloads, slack_payloads
from tests.servers.discord import DiscordServer


async def test_the_list_finds_shows_and_works_through_cases(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path, most_cards=1)
    async with plays(core) as played:
        await played.watch()
        for number in range(3):
            await played.say(BAD, f"m{number}")
        assert await told(core, played, "사건 긍정") == SAY("case_list_none")
        assert (await told(core, played, "사건")).splitlines()[0] == SAY("case_list_head", count=3)
        assert "판단이 맞다고" in await told(core, played, "사건 3 맞음")
        assert "담당을 바꾸었습니다" in await told(core, played, "cases 2 assign")
        (mine,) = (await told(core, played, "사건 내것 열림 7일")).splitlines()[1:]
        assert mine.startswith("2번")
        assert SAY("case_did_hide", number="2") in await told(core, played, "사건 2 숨기기")
        shown = await told(core, played, "사건 3")
        assert all(words in shown for words in ("3번", "맞음", "부정 →", "사건이 되었습니다", "https://"))
        assert BAD not in shown
        assert await told(core, played, "사건 99") == SAY("case_unknown")


async def test_the_list_is_for_admins_and_for_moderators_in_their_channel(played: Play, core: Core) -> None:
    await played.watch()
    await played.say(BAD, "bad")
    there = played.moderators.channel
    for command in ("사건", "사건 1 종료", "정밀도"):
        assert await told(core, played, command, admin=False) == SAY("case_not_moderator")
        assert await told(core, played, command, admin=False, moderator=True) == SAY("case_not_moderator")
        assert await told(core, played, command, admin=False, channel=there) == SAY("case_not_moderator")
    assert "1번" in await told(core, played, "사건", admin=False, moderator=True, channel=there)
    assert await told(core, played, "사건", in_channel=False) == SAY("admin_no_channel")


async def test_a_case_that_was_rolled_up_can_have_a_card_of_its_own(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    clock = HandClock()
    core, _ = await make(model, tmp_path, clock, most_cards=1)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "one")
        await played.say(BAD, "two")
        assert len(played.cards()) == 2
        clock.pass_by(61)
        assert await told(core, played, "사건 2 카드") == SAY("case_again", number=2)
        await quiet(core)
        assert "사건 2 · 부정" in played.cards()[-1]
        assert await told(core, played, "사건 2 카드") == SAY("case_again_there", number=2)


async def test_cases_that_share_a_card_are_listed_and_closed_by_its_buttons(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, cases = await make(model, tmp_path, most_cards=1)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "one")
        await asyncio.gather(*(played.say(BAD, f"n{number}") for number in range(20)))
        await quiet(core)
        assert played.labels() == [SAY("case_rolled_list"), SAY("case_rolled_seen")]
        for label in played.labels():
            assert await played.press(label, moderator=False) == SAY("case_not_moderator")
        other = await make(model, tmp_path)  # after a restart
        other[0].posters, core.cases = core.posters, other[1]
        listed = await played.press(SAY("case_rolled_list"))
        assert SAY("case_rolled_head", count=20, left=20) in listed
        assert SAY("case_rolled_more", numbers="17–21") in listed
        seen = played.old_press(SAY("case_rolled_seen"))
        assert await seen("21") == SAY("case_rolled_closed", count=20)
        assert played.labels() == [SAY("case_rolled_list")]
        assert SAY("case_rolled_left", left=0) in played.cards()[-1]
        assert await seen("22") == SAY("case_rolled_none"), "of two at once one is told that it is done"
        found = await cases.store.search(played.place.platform, played.place.workspace, Query(), 100)
        assert [case.number for case in found if case.state == "open"] == [1]
        notes = await cases.store.notes(found[0])
        assert [note.act for note in notes] == ["opened", "close"]
        assert notes[-1].who
        (change,) = await core.store.changes(played.place.platform, played.place.workspace)
        assert (change.place, change.what, change.value) == (played.moderators, "cases", "close 2-21 (20)")
        await other[0].close()


async def test_decisions_are_what_precision_says_and_one_alarm_follows(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, _ = await make(model, tmp_path, most_cards=100)
    monkeypatch.setattr(case_book, "promised", lambda core, settings: (0.3, 0.97))
    monkeypatch.setattr(case_commands, "promised", lambda core, settings: (0.3, 0.97))
    async with plays(core) as played:
        await played.watch()
        assert await told(core, played, "정밀도") == SAY("precision_none", days=90)
        for number in range(24):
            await played.say(BAD, f"m{number}")
            await told(core, played, f"사건 {number + 1} {'맞음' if number % 2 else '오탐'}")
        said = await told(core, played, "정밀도")
        assert "0.50 (95 % 구간 0.31–0.69, 지난 90일의 24건)" in said
        assert SAY("precision_drifted") in said
        assert (
            await told(core, played, "정밀도", channel=played.moderators.channel) == f"<#{played.place.channel}> {said}"
        )
        assert sum(SAY("precision_alarm") in card for card in played.cards()) == 1


async def test_who_made_a_channel_sees_to_its_cases_and_to_no_others(model: nlp.Analyzer, tmp_path: Path) -> None:
    core, cases = await make(model, tmp_path)
    async with slack_play(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        played.server.creators["C5"] = "U5"

        async def say(text: str, user: str) -> str:
            payload = slack_payloads.command(text, played.server.response_url("C5", user), user=user)
            await played.harness.deliver("slash_commands", {**payload, "channel_id": "C5"})
            return played.server.posts.pop().text

        # Anybody may make a channel, and let its own cases come to it.
        for text in ("rule moderators here", "사건", "사건 1", "사건 1 숨기기", "사건 1 카드"):
            said = await say(text, "U5")
            assert "부정" not in said or text.startswith("rule"), text
        assert not played.hidden("bad")
        assert await say("사건", "U6") == SAY("case_not_moderator")
        played.server.users["U7"] = {"is_admin": True}
        assert "1번" in await say("사건", "U7")
        (case,) = await cases.store.search("slack", "T1", Query())
        assert case.version == 0


async def test_who_made_the_watched_channel_lists_what_is_its_own(played: Play, core: Core) -> None:
    await played.watch()
    await played.say(BAD, "bad")
    assert "1번" in await told(core, played, "사건", everywhere=False)
    assert "품질" in await told(core, played, "사건 1", everywhere=False)
    there = played.moderators.channel
    assert "1번" in await told(core, played, "사건", everywhere=False, channel=there)


async def test_who_moderates_a_discord_channel_is_said_by_that_channel(model: nlp.Analyzer, tmp_path: Path) -> None:
    core, _ = await make(model, tmp_path)
    server = DiscordServer()
    (guild,) = server.gateway.guilds.values()
    guild["roles"][0]["permissions"] = str(~(1 << 13 | 1 << 5 | 1 << 3) & discord_payloads.EVERYTHING)
    chosen = {"id": "4000000000000000021", "type": 1, "allow": str(1 << 13), "deny": "0"}
    there = "3000000000000000009"
    guild["channels"].append(discord_payloads.channel(there, permission_overwrites=[chosen]))
    async with discord(core, server) as harness:
        played = DiscordPlay(core, harness)
        await played.watch()
        await played.say(BAD, "bad")

        async def ask(person: str) -> str:
            text = f"<@{discord_payloads.BOT}> 사건"
            at = discord_payloads.snowflake()
            payload = discord_payloads.message(text, at, where=there, person=person)
            await harness.deliver("MESSAGE_CREATE", payload)
            return str(server.posts.pop().text)

        assert await ask("22") == SAY("case_not_moderator")
        assert "1번" in await ask("21")
