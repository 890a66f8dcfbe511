"""Cards of cases over the real clients of both platforms: what they say, and what their buttons do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nlp
from bot.core.case_book import Cases
from bot.core.cases import Query
from bot.core.events import Incoming, Pressed
from bot.core.service import Core
from tests.bot.core.mailbox import Mailbox
from tests.contract.case_core import BAD, GOOD, SAY, make
from tests.contract.case_play import Play, slack_play


async def test_a_flagged_review_gets_one_card_with_what_a_moderator_needs(played: Play, cases: Cases) -> None:
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


async def test_buttons_change_the_case_and_its_card(played: Play, cases: Cases) -> None:
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


async def test_a_button_works_after_a_restart(played: Play, core: Core, model: nlp.Analyzer, tmp_path: Path) -> None:
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


async def test_who_does_not_moderate_changes_nothing(played: Play) -> None:
    await played.watch()
    await played.say(BAD, "bad")
    before = played.cards()
    for label in ("맞음", "숨기기", "종료"):
        assert await played.press(label, moderator=False) == SAY("case_not_moderator")
    assert played.cards() == before
    assert not played.hidden("bad")


async def test_of_two_moderators_at_once_one_is_told_what_the_case_is_now(played: Play, cases: Cases) -> None:
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


async def test_hiding_waits_for_the_button_and_happens_once(played: Play) -> None:
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


async def test_what_cannot_be_hidden_is_said_and_the_case_stays_as_it_was(played: Play) -> None:
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


async def test_a_message_that_is_deleted_or_edited_shows_on_its_card(played: Play) -> None:
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


async def test_a_card_that_was_deleted_leaves_its_case(played: Play, cases: Cases) -> None:
    await played.watch()
    await played.say(BAD, "bad")
    close = played.old_press("종료")
    played.remove_cards()
    assert await close() == SAY("case_did_close", number=1)
    assert played.cards() == []
    (case,) = await cases.store.search(played.place.platform, played.place.workspace, Query())
    assert (case.state, case.card_state) == ("closed", "none")


async def test_a_forged_number_is_no_case(played: Play, cases: Cases) -> None:
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
