"""A process that dies between its claim of a watched message and the case of it: the case is opened by the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nlp
from bot.core import service, unfinished
from bot.core.case_book import Cases
from bot.core.cases import Query
from bot.core.commands import Asker, Command, obey
from bot.core.pipeline import LEASE, STEPS, seen_before
from bot.core.service import Core
from tests.bot.core.fakes import HandClock
from tests.contract.case_core import BAD, GOOD, MakePlay, locked, make
from tests.contract.case_play import DiscordPlay, Play, discord_play, quiet

CLAIMED = STEPS.index(seen_before) + 1
LATER = LEASE.total_seconds() + 1


class Dying:
    """Says things to a bot that dies of each of them after so many steps of its path."""

    def __init__(self, played: Play, patch: pytest.MonkeyPatch) -> None:
        self._played, self._patch = played, patch

    async def say(self, text: str, message: str, steps: int, author: str = "") -> None:
        with self._patch.context() as meanwhile:
            meanwhile.setattr(service, "STEPS", STEPS[:steps])
            await self._played.say(text, message, author)

    async def edit(self, message: str, text: str, steps: int) -> None:
        with self._patch.context() as meanwhile:
            meanwhile.setattr(service, "STEPS", STEPS[:steps])
            await self._played.edit(message, text)


async def next_process(core: Core, model: nlp.Analyzer, folder: Path, clock: HandClock) -> tuple[Core, Cases]:
    """Another one on the same database, which has heard nothing of what was said to the first."""
    other, cases = await make(model, folder, clock)
    other.posters = core.posters
    return other, cases


async def test_wherever_it_dies_after_the_claim_the_case_is_opened_once_and_nothing_is_said_twice(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    core, _ = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch(negative=("log", "reply", "card"))
        dying, cuts = Dying(played, monkeypatch), range(CLAIMED, len(STEPS))
        for cut in cuts:
            await dying.say(BAD, f"m{cut}", cut)
            await dying.say(GOOD, f"good{cut}", cut)
        other, cases = await next_process(core, model, tmp_path, clock)
        await cases.tend()
        await quiet(other)
        assert len(played.cards()) == 1, "of the one that died after its case; the others may still be at it"
        clock.pass_by(LATER)
        for _ in range(2):
            await cases.tend()
            await quiet(other)
        found = await cases.store.search(played.place.platform, played.place.workspace, Query())
        assert sorted(case.number for case in found) == list(range(1, len(cuts) + 1))
        assert len({case.message for case in found}) == len(cuts)
        assert len(played.cards()) == len(cuts)
        assert len(posts_of(played)) == len(cuts), "and no answer: it may have been there already"
        assert other.counters.get("taken_up", platform=played.place.platform) == 2 * len(cuts)
        assert await other.store.unfinished([played.place.platform], clock.now()) == []
        records = [row async for row in other.store.records()]  # type: ignore[attr-defined]
        assert len(records) == 2 * len(cuts), "the figures are whole too"
        await other.close()


def posts_of(played: Play) -> list[Any]:
    """All that the bot has posted, anywhere."""
    server: Any = played.server  # type: ignore[attr-defined]
    return list(server.posts)


async def test_an_edit_that_made_it_a_bad_review_is_not_lost_either(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    core, _ = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch()
        await played.say(GOOD, "m")
        await Dying(played, monkeypatch).edit("m", BAD, CLAIMED)
        if not isinstance(played, DiscordPlay):
            played.server.threads[played.harness._ts["m"]] = BAD  # type: ignore[attr-defined]
        other, cases = await next_process(core, model, tmp_path, clock)
        clock.pass_by(LATER)
        await cases.tend()
        await quiet(other)
        (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
        assert case.band == "negative"
        await other.close()


async def test_what_is_gone_or_unwanted_meanwhile_gets_no_case(
    model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    core, _ = await make(model, tmp_path, clock)
    async with discord_play(core) as played:
        await played.watch()
        dying = Dying(played, monkeypatch)
        for name, author in (("deleted", "U11"), ("forgotten", "U12"), ("exempt", "U13"), ("unread", "U14")):
            if name == "exempt":
                person = core.fingerprint.person("discord", "4000000000000000013")
                await played.watch(exempt_users=(person,))
            await dying.say(BAD, name, CLAIMED, author)
            await played.watch()
        await played.delete("deleted")
        await obey(core, Asker(played.place, "4000000000000000012", False), Command("forget"))
        played.server.messages.clear()  # the platform does not let them be read
        other, cases = await next_process(core, model, tmp_path, clock)
        for _ in range(12):
            clock.pass_by(2**13 * 60)
            await cases.tend()
            await quiet(other)
        assert played.cards() == []
        assert other.counters.get("cases_lost", platform=played.place.platform) == 1, "it is counted, and said"
        await other.close()


async def test_of_two_processes_one_takes_it_up(
    model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    core, _ = await make(model, tmp_path, clock)
    async with discord_play(core) as played:
        await played.watch()
        await Dying(played, monkeypatch).say(BAD, "m", CLAIMED)
        others = [await next_process(core, model, tmp_path, clock) for _ in range(2)]
        clock.pass_by(LATER)
        (found,) = await others[0][0].store.unfinished([played.place.platform], clock.now())
        assert await others[0][0].store.take_up(found, clock.now() + LEASE)
        await others[1][1].tend()
        assert not await others[1][0].store.take_up(found, clock.now() + LEASE)
        await quiet(others[1][0])
        assert played.cards() == []
        clock.pass_by(LATER)  # that one died as well
        await others[1][1].tend()
        await quiet(others[1][0])
        assert len(played.cards()) == 1
        for other, _ in others:
            await other.close()


async def test_a_case_that_could_not_be_written_outlives_its_process(
    model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with discord_play(core) as played:
        await played.watch()
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(cases.store, "open", locked)
            await played.say(BAD, "m")
        other, others = await next_process(core, model, tmp_path, clock)  # what the first had in memory is gone
        clock.pass_by(LATER)
        await others.tend()
        await quiet(other)
        assert len(played.cards()) == 1
        await other.close()


def test_each_try_waits_longer_than_the_one_before() -> None:
    waits = [unfinished._wait(tries) for tries in range(unfinished._MOST_TRIES)]
    assert waits == sorted(set(waits))
    assert waits[-1].total_seconds() < 12 * 3600
