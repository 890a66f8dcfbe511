"""Cases over the real clients of both platforms: cards, buttons, notices, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import nlp
from bot.core import case_book, case_commands
from bot.core.case_book import Cases
from bot.core.cases import Query
from bot.core.commands import Asker, Command, obey, parse, status
from bot.core.events import Incoming, Pressed
from bot.core.messages import Messages
from bot.core.moderation import Flagged
from bot.core.ports import Clock
from bot.core.service import Core
from bot.storage.cases import SqlCases
from bot.storage.opening import open_store
from tests.bot.core.fakes import HandClock, make_core
from tests.bot.core.mailbox import Mailbox
from tests.contract.case_play import DiscordPlay, Play, discord_play, quiet, slack_play
from tests.contract.discord_platform import discord
from tests.servers import discord_payloads, slack_payloads
from tests.servers.discord import DiscordServer

BAD = "배송도 느리고 품질이 너무 별로예요. 다시는 안 사요"
GOOD = "배송도 빠르고 포장도 꼼꼼해서 정말 만족합니다"
SAY = Messages("ko")

PLAYS: dict[str, Callable[[Core], AbstractAsyncContextManager[Play]]] = {"discord": discord_play, "slack": slack_play}
MakePlay = Callable[[Core], AbstractAsyncContextManager[Play]]


@pytest.fixture(params=PLAYS)
def plays(request: pytest.FixtureRequest) -> MakePlay:
    return PLAYS[request.param]


async def make(model: nlp.Analyzer, folder: Path, clock: Clock | None = None, **options: Any) -> tuple[Core, Cases]:
    """A core with cases, on a database that a second one can open as well."""
    store = await open_store(None, folder)
    core = make_core(model, store=store, clock=clock, person=10_000, channel=10_000)
    core.cases = cases = Cases(core, SqlCases(store), **{"pause": 0.0, **options})
    return core, cases


async def test_a_flagged_review_gets_one_card_with_what_a_moderator_needs(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, cases = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(GOOD, "good")
        assert played.cards() == []
        await played.say(BAD, "bad")
        (card,) = played.cards()
        for words in ("사건 1 · 부정", "품질 부정", "부정 → 기록, 사건 카드", "열림", "확실합니다"):
            assert words in card
        assert BAD not in card
        assert played.labels() == ["맞음", "오탐", "숨기기", "담당", "답변 필요", "종료", "글 보기"]
        (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
        assert (case.number, case.card_state, case.card_channel) == (1, "posted", played.moderators.channel)
        assert "품질-" in case.aspects


async def test_buttons_change_the_case_and_its_card(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    core, cases = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        for label, act, shown in (
            ("오탐", "wrong", "열림 · 오탐"),
            ("맞음", "right", "열림 · 맞음"),
            ("담당", "assign", "담당 있음"),
            ("답변 필요", "owe", "답변 필요"),
            ("답변함", "answered", "담당 있음"),
            ("종료", "close", "종료 · 맞음"),
            ("다시 열기", "reopen", "열림 · 맞음"),
        ):
            assert await played.press(label) == SAY(f"case_did_{act}", number=1)
            (card,) = played.cards()
            assert shown in card
        case = await cases.store.find(played.place.platform, played.place.workspace, 1)
        assert case is not None
        acts = [note.act for note in await cases.store.notes(case)]
        assert acts == ["opened", "wrong", "right", "assign", "owe", "answered", "close", "reopen"]


async def test_a_button_works_after_a_restart(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        # Another process has the same database; it has never seen this card.
        other = await make(model, tmp_path)
        other[0].posters = core.posters
        core.cases = other[1]
        assert await played.press("종료") == SAY("case_did_close", number=1)
        assert "사건 1 · 부정 · 종료" in played.cards()[0]
        assert "품질" in played.cards()[0]  # read again, from the message as it stands
        await other[0].close()


async def test_who_does_not_moderate_changes_nothing(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        before = played.cards()
        for label in ("맞음", "숨기기", "종료"):
            assert await played.press(label, moderator=False) == SAY("case_not_moderator")
        assert played.cards() == before
        assert not played.hidden("bad")


async def test_of_two_moderators_at_once_one_is_told_what_the_case_is_now(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, cases = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        right, wrong = played.old_press("맞음"), played.old_press("오탐")
        said = await asyncio.gather(right("21"), wrong("22"))
        case = await cases.store.find(played.place.platform, played.place.workspace, 1)
        assert case is not None
        assert case.version == 1
        word = SAY(f"case_state_{case.decision}")
        assert any(SAY("case_stale", number=1, state=f"열림 · {word}") in each for each in said)
        assert f"열림 · {word}" in played.cards()[0]
        assert "그사이" in await wrong("22")  # and so is who presses a card that is out of date


async def test_hiding_waits_for_the_button_and_happens_once(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch(negative=("log", "approve"))
        await played.say(BAD, "bad")
        assert "숨길지 정해 주세요" in played.cards()[0]
        assert not played.hidden("bad")
        again = played.old_press("숨기기")
        assert await played.press("숨기기") == SAY("case_did_hide", number=1)
        assert played.hidden("bad")
        await played.delete("bad")  # which is what the platform then tells
        (card,) = played.cards()
        assert "숨김" in card
        assert SAY("case_gone") not in card
        assert "숨기기" not in played.labels()
        assert "품질이" not in card
        assert "그사이" in await again("22")


async def test_what_cannot_be_hidden_is_said_and_the_case_stays_as_it_was(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        played.refuse(9, hide=True)
        assert await played.press("숨기기") == SAY("case_hide_refused")
        assert "숨김" not in played.cards()[0]
        assert "숨기기" in played.labels()


async def test_without_an_admins_token_slack_offers_no_hiding(model: nlp.Analyzer, tmp_path: Path) -> None:
    core, _ = await make(model, tmp_path)
    async with slack_play(core, admin=False) as played:
        await played.watch()
        await played.say(BAD, "bad")
        assert "숨기기" not in played.labels()


async def test_a_message_that_is_deleted_or_edited_shows_on_its_card(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        await played.edit("bad", GOOD)
        (card,) = played.cards()
        assert SAY("case_edited") in card
        assert "사건 1 · 긍정" in card
        await played.delete("bad")
        (card,) = played.cards()
        assert SAY("case_gone") in card
        assert SAY("case_field_evidence") not in card
        assert played.labels() == ["맞음", "오탐", "담당", "답변 필요", "종료"]


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


async def test_authors_are_told_only_where_the_rule_says_so_and_can_contest(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "quiet")
        assert played.notices() == []
        await played.watch(notify_author=True)
        await played.say(BAD, "bad", author="U12")
        (notice,) = played.notices()
        assert SAY("case_notice_why") in notice
        assert BAD not in notice
        await played.press("종료")
        assert await played.contest("13") == SAY("case_contest_other")
        assert await played.contest("12") == SAY("case_contest_done")
        assert SAY("case_contested") in played.cards()[-1]
        assert "열림 · 이의제기" in played.cards()[-1]
        assert await played.contest("12") == SAY("case_contest_already")


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
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, cases = await make(model, tmp_path)

    async def locked(*_: Any) -> Any:
        raise OSError("database is locked")

    async with plays(core) as played:
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


async def test_a_card_that_was_deleted_leaves_its_case(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    core, cases = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        close = played.old_press("종료")
        played.remove_cards()
        assert await close() == SAY("case_did_close", number=1)
        assert played.cards() == []
        (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
        assert (case.state, case.card_state) == ("closed", "none")


async def test_whoever_is_forgotten_leaves_nothing_on_cards(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, cases = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad", author="U12")
        (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
        press = played.old_press("맞음")
        author = "T1/U12" if played.place.platform == "slack" else "4000000000000000012"
        said = await obey(core, Asker(played.place, author, False), Command("forget"))
        assert "사건 1건" in said
        (card,) = played.cards()
        assert SAY("case_forgotten") in card
        assert "품질" not in card
        assert played.labels() == []
        assert await press() == SAY("case_unknown")
        assert await cases.store.of_person(case.person) == []


async def test_the_cards_of_what_is_purged_are_emptied_which_no_purge_waits_for(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        assert (await core.store.purge(clock.now() + timedelta(days=1)))["cases"] == 1
        assert SAY("case_field_evidence") in played.cards()[0]
        played.refuse(1, edit=True)
        await cases.tend()
        assert SAY("case_field_evidence") in played.cards()[0], "the platform refused it"
        clock.pass_by(601)
        other = Cases(core, cases.store, pause=0.0)  # also by another process, and after a restart
        await other.tend()
        (card,) = played.cards()
        assert SAY("case_forgotten") in card
        assert SAY("case_field_evidence") not in card
        assert "품질" not in card
        assert played.labels() == []
        assert await cases.store.blanks([played.place.platform], clock.now() + timedelta(days=9)) == []


async def test_what_its_author_deleted_leaves_the_card_however_often_the_platform_refuses(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        played.refuse(2, edit=True)
        await played.delete("bad")
        for _ in range(2):
            assert SAY("case_field_evidence") in played.cards()[0]
            clock.pass_by(601)
            await cases.tend()
        (card,) = played.cards()
        assert SAY("case_gone") in card
        assert SAY("case_field_evidence") not in card


async def test_who_dies_before_the_card_is_changed_leaves_that_to_the_next(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    core, cases = await make(model, tmp_path, clock)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(cases, "forgotten", lambda *_: asyncio.sleep(0))  # dies right after the store forgot it
            await played.delete("bad")
        if played.place.platform == "slack":
            played.server.threads.clear()  # type: ignore[attr-defined]
        other, others = await make(model, tmp_path, clock)
        other.posters = core.posters
        clock.pass_by(121)
        await others.tend()
        assert SAY("case_field_evidence") not in played.cards()[0]
        await other.close()


async def test_the_text_is_kept_only_if_operator_and_rule_both_say_so(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    from cryptography.fernet import Fernet

    from bot.storage.sealing import Sealer

    clock = HandClock()
    for operator, days, kept in ((True, 3, True), (True, 0, False), (False, 3, False)):
        folder = tmp_path / f"{operator}{days}"
        core, _ = await make(model, folder, clock)
        store: Any = core.store
        core.cases = cases = Cases(
            core, SqlCases(store, Sealer([Fernet.generate_key().decode()])), keep_text=operator, pause=0
        )
        async with plays(core) as played:
            await played.watch(keep_text_days=days)
            await played.say(BAD, "bad")
            (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
            assert await cases.store.text(case) == (BAD if kept else None)
            clock.pass_by(timedelta(days=3).total_seconds())
            await cases.tend()
            assert await cases.store.text(case) is None


async def told(core: Core, played: Play, text: str, *, channel: str | None = None, **more: Any) -> str:
    """What the bot answers to a command in words."""
    command = parse(text)
    assert command is not None, text
    place = played.place if channel is None else replace(played.place, channel=channel)
    author = "T1/U21" if played.place.platform == "slack" else "4000000000000000021"
    asker = Asker(place, author, **{"admin": True, **more})
    return await obey(core, replace(asker, everywhere=more.get("everywhere", asker.admin)), command)


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


async def test_the_list_is_for_admins_and_for_moderators_in_their_channel(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
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


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_thousand_in_a_minute_are_eleven_cards_and_two_thousand_cases(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, cases = await make(model, tmp_path)
    verdict = model.analyze(BAD)
    async with plays(core) as played:
        await played.watch()
        settings = await core.settings(played.place)

        def flagged(number: int) -> Flagged:
            message = (
                str(4_000_000_000_000_000_000 + number) if played.place.platform == "discord" else f"17{number:08}.1"
            )
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


async def test_who_made_the_watched_channel_lists_what_is_its_own(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        assert "1번" in await told(core, played, "사건", everywhere=False)
        assert "품질" in await told(core, played, "사건 1", everywhere=False)
        there = played.moderators.channel
        assert "1번" in await told(core, played, "사건", everywhere=False, channel=there)


async def test_a_forged_number_is_no_case(plays: MakePlay, model: nlp.Analyzer, tmp_path: Path) -> None:
    core, cases = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        box = Mailbox()
        for button in (
            f"case:close:{'9' * 40}:0",
            f"case:close:1:{'9' * 40}",
            f"case:contest:T1:{'9' * 40}",
            "case:close:١:٠",
        ):
            asked = Incoming(played.moderators, button, "T1/U21", "", "menu")
            await cases.press(Pressed(asked, button, True), box)
        assert box.words() == [SAY("case_unknown")] * 4


async def test_a_moderator_who_is_forgotten_is_named_on_no_card(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path
) -> None:
    core, _ = await make(model, tmp_path)
    async with plays(core) as played:
        await played.watch()
        await played.say(BAD, "bad")
        person = "U21" if played.place.platform == "slack" else "4000000000000000021"
        await played.press("담당")
        shown = repr([(post.text, vars(post)) for post in played.server.posts])  # type: ignore[attr-defined]
        assert f"<@{person}>" in shown
        author = f"T1/{person}" if played.place.platform == "slack" else person
        await obey(core, Asker(played.place, author, False), Command("forget"))
        shown = repr([(post.text, vars(post)) for post in played.server.posts])  # type: ignore[attr-defined]
        assert f"<@{person}>" not in shown
        assert SAY("case_state_assigned") not in played.cards()[0]
        assert "품질" in played.cards()[0], "the case itself stays"


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


async def test_what_waits_to_be_a_case_is_forgotten_with_its_author(
    plays: MakePlay, model: nlp.Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, cases = await make(model, tmp_path)

    async def locked(*_: Any) -> Any:
        raise OSError("database is locked")

    async with plays(core) as played:
        await played.watch()
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(cases.store, "open", locked)
            await played.say(BAD, "mine", author="U12")
            await played.say(BAD, "other", author="U13")
        author = "T1/U12" if played.place.platform == "slack" else "4000000000000000012"
        await obey(core, Asker(played.place, author, False), Command("forget"))
        await cases.tend()
        await quiet(core)
        assert await cases.store.of_person(core.fingerprint.person(played.place.platform, author)) == []
        assert len(played.cards()) == 1
