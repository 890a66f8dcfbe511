"""What authors and moderators of cases are told, and what is kept of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import nlp
from bot.core.case_book import Cases
from bot.core.cases import Query
from bot.core.commands import Asker, Command, obey
from bot.core.service import Core
from bot.storage.cases import SqlCases
from tests.bot.core.fakes import HandClock
from tests.contract.case_core import BAD, SAY, MakePlay, author_id, locked, make
from tests.contract.case_play import Play, quiet


async def test_authors_are_told_only_where_the_rule_says_so_and_can_contest(played: Play) -> None:
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


async def test_whoever_is_forgotten_leaves_nothing_on_cards(played: Play, core: Core, cases: Cases) -> None:
    await played.watch()
    await played.say(BAD, "bad", author="U12")
    (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
    press = played.old_press("맞음")
    author = author_id(played, "12")
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


async def test_a_moderator_who_is_forgotten_is_named_on_no_card(played: Play, core: Core) -> None:
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


async def test_what_waits_to_be_a_case_is_forgotten_with_its_author(
    played: Play, core: Core, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    await played.watch()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(cases.store, "open", locked)
        await played.say(BAD, "mine", author="U12")
        await played.say(BAD, "other", author="U13")
    author = author_id(played, "12")
    await obey(core, Asker(played.place, author, False), Command("forget"))
    await cases.tend()
    await quiet(core)
    assert await cases.store.of_person(core.fingerprint.person(played.place.platform, author)) == []
    assert len(played.cards()) == 1
