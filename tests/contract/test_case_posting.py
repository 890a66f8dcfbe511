"""Cards that cannot be posted at once, or are too many, or might be posted twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import nlp
from bot.core.case_book import Cases
from bot.core.cases import Query
from bot.core.commands import status
from bot.core.events import Incoming
from bot.core.moderation import Flagged
from bot.core.service import Core
from tests.bot.core.fakes import HandClock
from tests.contract.case_core import BAD, SAY, MakePlay, locked, make
from tests.contract.case_play import Play, discord_play, quiet
from tests.servers import discord_payloads


async def test_a_message_deleted_before_its_card_is_posted_gets_none(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, cases = await make(model, tmp_path, HandClock())
    async with plays(core) as played:
        await played.watch()
        played.refuse(9)
        await played.say(BAD, "bad")
        await played.delete("bad")
        (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
        assert (case.gone, case.state, case.card_state) == (True, "closed", "none")


async def test_a_burst_is_rolled_up_and_no_case_is_lost(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    core, cases = await make(model, tmp_path, most_cards=3)
    async with plays(core) as played:
        await played.watch()
        for number in range(3):
            await played.say(BAD, f"m{number}")
        await asyncio.gather(*(played.say(BAD, f"n{number}") for number in range(30)))
        await quiet(core)
        cards = played.cards()
        assert len(cards) == 4
        assert SAY("case_rolled", first=4, others=29) in cards[-1]
        found = await cases.store.search(played.place.platform, played.place.workspace, Query(), 100)
        assert sorted(case.number for case in found) == list(range(1, 34))
        assert sorted(case.card_state for case in found) == ["posted"] * 3 + ["rolled"] * 30


async def test_a_refused_card_waits_is_told_of_and_posted_later_once(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch()
        played.refuse(1)
        await played.say(BAD, "one")
        await played.say(BAD, "two")
        assert played.cards() == [] or len(played.cards()) == 1  # Discord is not asked again for ten minutes
        settings = await core.settings(played.place)
        assert "카드를 올리지 못한 사건" in await status(core, played.place, settings, SAY)
        clock.pass_by(601)
        await cases.tend()
        await quiet(core)
        assert len(played.cards()) == 2
        assert "카드를 올리지 못한 사건" not in await status(core, played.place, settings, SAY)
        await cases.tend()
        await quiet(core)
        assert len(played.cards()) == 2


async def test_without_a_moderators_channel_cases_wait_for_one(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch(moderators=None)
        await played.say(BAD, "one")
        assert played.cards() == []
        await played.watch()
        clock.pass_by(601)
        await cases.tend()
        await quiet(core)
        assert "사건 1" in played.cards()[0]


async def test_a_card_that_may_have_been_posted_is_not_posted_twice_but_told_of(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    """A process dies between the claim and the note that the card is there."""
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch(moderators=None)
        await played.say(BAD, "one")
        clock.pass_by(601)
        store = cases.store
        taken = await store.take(await store.waiting([played.place.platform], clock.now()), clock.now())
        assert len(taken) == 1
        await played.watch()
        await cases.tend()
        await quiet(core)
        assert played.cards() == []
        clock.pass_by(660)
        other = Cases(core, cases.store, pause=0.0)  # as another process that is there at the same time
        for _ in range(2):
            await asyncio.gather(cases.tend(), other.tend())
            await quiet(core)
        (card,) = played.cards()
        assert SAY("case_lost_why", first=1) in card


async def test_of_two_processes_one_posts_a_card(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch(moderators=None)
        for number in range(4):
            await played.say(BAD, f"m{number}")
        await played.watch()
        clock.pass_by(601)
        other = Cases(core, cases.store, pause=0.0)
        await asyncio.gather(cases.tend(), other.tend())
        await quiet(core)
        assert sorted(card.splitlines()[0].strip("#● 🔴") for card in played.cards()) == [
            f"사건 {number} · 부정" for number in range(1, 5)
        ]


async def test_a_locked_database_delays_a_case_and_loses_none(
    played: Play, core: Core, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    await played.watch()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(cases.store, "open", locked)
        await played.say(BAD, "bad")
        await cases.tend()
    assert played.cards() == []
    assert core.counters.get("cases_failed", platform=played.place.platform) == 1
    for _ in range(2):
        await cases.tend()
        await quiet(core)
    assert len(played.cards()) == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_thousand_in_a_minute_are_eleven_cards_and_two_thousand_cases(
    played: Play, core: Core, cases: Cases, model: nlp.Analyzer
) -> None:
    verdict = model.analyze(BAD)
    await played.watch()
    settings = await core.settings(played.place)

    def flagged(number: int) -> Flagged:
        message = str(4_000_000_000_000_000_000 + number) if played.place.platform == "discord" else f"17{number:08}.1"
        incoming = Incoming(played.place, message, "T1/U12", BAD, "watched", source=message)
        at, actions = core.clock.now(), settings.actions("negative")
        return Flagged(incoming, BAD, verdict, "negative", (), f"{number:x}", settings, actions, ("log",), at)

    platform = core.posters[played.place.platform]
    for begin in range(0, 2_000, 100):
        await asyncio.gather(*(cases.flagged(flagged(begin + n), platform) for n in range(100)))
    await quiet(core)
    assert len(played.cards()) == 11
    assert SAY("case_rolled", first=11, others=1_989) in played.cards()[-1]
    found = await cases.store.search(played.place.platform, played.place.workspace, Query(), 3_000)
    assert sorted(case.number for case in found) == list(range(1, 2_001))
    assert {case.card_state for case in found} == {"posted", "rolled"}


async def test_no_card_goes_to_another_guild_that_the_bot_is_in(model: nlp.Analyzer, tmp_path: Path) -> None:
    core, cases = await make(model, tmp_path)
    async with discord_play(core) as played:
        other = "2000000000000000077"
        theirs = discord_payloads.channel("3000000000000000077", guild=other)
        hidden = discord_payloads.thread("3000000000000000078", "3000000000000000077", guild=other)
        await played.harness.deliver("GUILD_CREATE", discord_payloads.guild(other, [theirs]))
        played.server.threads[hidden["id"]] = hidden  # not in the cache
        for channel in (theirs["id"], hidden["id"]):
            await played.watch(moderators=channel)
            await played.say(BAD, f"bad {channel}")
        assert [post for post in played.server.posts if post.channel in (theirs["id"], hidden["id"])] == []
        assert await cases.stuck(played.place) == 2, "which the status says"
