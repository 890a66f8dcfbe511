"""The steps of a message's path, and what is left of it behind."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import nlp
from bot.core.events import Answer, ChannelSettings, Incoming, Outcome, Place, Reaction, Reply, Way
from bot.core.memory import MemoryStore
from bot.core.pipeline import STEPS
from bot.core.ports import DeliveryError
from bot.core.records import Record
from bot.core.service import Core
from tests.bot.core.fakes import HandClock, SlowModel, make_core

PLACE = Place("test", "w", "c")
GOOD, BAD = "배송도 빠르고 품질도 정말 좋아요. 추천합니다!", "완전 실망했어요 다시는 안 삽니다 환불해 주세요"


class Wire:
    """A platform that keeps what it is given."""

    name = "test"

    def __init__(self) -> None:
        self.sent: list[Answer] = []
        self.updated: list[tuple[str, Answer]] = []
        self.retracted: list[str] = []
        self.broken = False

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        if self.broken:
            raise DeliveryError("broken")
        self.sent.append(answer)
        return f"r{len(self.sent)}"

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        self.updated.append((reference, answer))
        return reference

    async def retract(self, place: Place, reference: str) -> None:
        self.retracted.append(reference)


class Diary(MemoryStore):
    """A store that shows what it was told to keep."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Record] = []

    async def record(self, record: Record) -> None:
        self.kept.append(record)
        await super().record(record)


def incoming(text: str = GOOD, message: str = "1", **fields: Any) -> Incoming:
    return Incoming(PLACE, message, fields.pop("author", "u"), text, fields.pop("way", "mention"), **fields)


def words(answer: Answer) -> str:
    assert isinstance(answer, Reply)
    return answer.text


async def watched(core: Core, **settings: Any) -> None:
    await core.configure(PLACE, ChannelSettings(watch=True, **{"mode": "reply", **settings}))


async def test_the_path_is_the_one_of_the_design() -> None:
    assert [step.__name__ for step in STEPS] == [
        "own_or_bot",
        "addressed_or_watched",
        "opted_out",
        "seen_before",
        "rate_limit",
        "normalise",
        "korean_enough",
        "classify",
        "record",
        "apply_rule",
        "reply",
    ]


async def test_what_is_kept_has_neither_text_nor_names(model: nlp.Analyzer) -> None:
    store, clock = Diary(), HandClock()
    core = make_core(model, store=store, clock=clock)
    assert await core.handle(incoming(author="hong-gildong"), Wire()) is Outcome.REPLIED
    (record,) = store.kept
    verdict = model.analyze(GOOD)
    assert (record.label, record.probability) == (verdict.label, pytest.approx(verdict.probability, abs=1e-5))
    assert (record.at, record.model_id, record.way) == (clock.now(), model.model_id, "mention")
    assert "hong" not in repr(record)
    assert not any(word in repr(record) for word in GOOD.split())
    await core.handle(incoming(f"<@U1>  {GOOD}", "2", author="another"), Wire())
    assert store.kept[1].text == record.text, "equal texts are seen to be equal"
    assert store.kept[1].person != record.person


async def test_no_repr_shows_a_text() -> None:
    assert GOOD not in repr(incoming())


async def test_nothing_is_stored_of_chatter_next_to_the_bot(model: nlp.Analyzer) -> None:
    store = MemoryStore()
    core = make_core(model, store=store)
    assert await core.handle(incoming(way="watched"), Wire()) is Outcome.UNADDRESSED
    assert store._claims == {}


@pytest.mark.parametrize(("mode", "outcome"), [("reply", "replied"), ("reaction", "replied"), ("silent", "recorded")])
async def test_the_modes_of_a_watched_channel(model: nlp.Analyzer, mode: str, outcome: str) -> None:
    store, wire = Diary(), Wire()
    core = make_core(model, store=store)
    await watched(core, mode=mode)
    assert await core.handle(incoming(way="watched"), wire) == outcome
    assert len(store.kept) == 1
    assert [type(answer) for answer in wire.sent] == {"reply": [Reply], "reaction": [Reaction], "silent": []}[mode]


async def test_who_opted_out_is_not_read_but_is_answered(model: nlp.Analyzer) -> None:
    store, wire = Diary(), Wire()
    core = make_core(model, store=store)
    await watched(core)
    await store.opt_out(core.person(incoming()), True)
    assert await core.handle(incoming(way="watched"), wire) is Outcome.OPTED_OUT
    assert (store.kept, wire.sent) == ([], [])
    assert await core.handle(incoming(way="mention"), wire) is Outcome.REPLIED


async def test_a_flood_is_told_once_and_others_are_not_harmed(model: nlp.Analyzer) -> None:
    wire, clock = Wire(), HandClock()
    core = make_core(model, clock=clock, person=5)
    outcomes = []
    for i in range(100):
        outcomes.append(await core.handle(incoming(message=f"f{i}", author="flooder"), wire))
        clock.pass_by(0.01)
    assert outcomes.count(Outcome.REPLIED) == 5
    notices = [a for a in wire.sent if isinstance(a, Reply) and a.card is None]
    assert len(notices) == 1
    assert notices[0].private
    assert await core.handle(incoming(message="o", author="other"), wire) is Outcome.REPLIED
    clock.pass_by(60)
    assert await core.handle(incoming(message="f", author="flooder"), wire) is Outcome.REPLIED


async def test_no_channel_can_be_kept_busy_for_ever(model: nlp.Analyzer) -> None:
    """Two programs that look like people: each answer makes the other write again."""
    wire = Wire()
    core = make_core(model, clock=HandClock(), channel=20)
    await watched(core)
    for i in range(200):
        await core.handle(incoming(message=str(i), author=f"u{i}", way="watched"), wire)
    assert len(wire.sent) == 20
    assert core.counters.get("rate_limited", scope="channel") == 180


@pytest.mark.parametrize("mode", ["reply", "reaction", "silent"])
async def test_an_overload_is_said_in_the_way_of_the_channel(model: nlp.Analyzer, mode: str) -> None:
    slow, wire, store = SlowModel(model), Wire(), MemoryStore()
    core = make_core(slow, store=store, room=1)
    await watched(core, mode=mode)
    first = core.start(incoming(message="1", way="watched"), wire)
    await asyncio.to_thread(slow.began.wait, 60)
    second = core.start(incoming(message="2", way="watched"), wire)
    while core.inference.depth < 1:
        await asyncio.sleep(0)
    assert await core.handle(incoming(message="3", way="watched"), wire) is Outcome.BUSY
    if mode == "reply":
        assert words(wire.sent[0]) == core.speak(ChannelSettings())("busy")
    elif mode == "reaction":
        assert wire.sent == [Reaction("busy")]
    else:
        assert wire.sent == []
    slow.go_on.set()
    await asyncio.gather(first, second)
    await core.close()


async def test_a_text_of_markup_only_gets_a_hint(model: nlp.Analyzer) -> None:
    wire = Wire()
    core = make_core(model)
    assert await core.handle(incoming("<@U123> <!channel>"), wire) is Outcome.EMPTY
    assert words(wire.sent[0]) == core.speak(ChannelSettings())("text_needed")


async def test_the_channels_thresholds_make_the_band(model: nlp.Analyzer) -> None:
    store = Diary()
    core = make_core(model, store=store)
    probability = model.analyze(GOOD).probability
    await watched(core, negative_below=probability / 4, positive_above=(1 + probability) / 2)
    await core.handle(incoming(way="watched"), Wire())
    assert store.kept[0].band == "unsure"
    await watched(core, negative_below=probability / 4, positive_above=probability / 2)
    await core.handle(incoming(message="2", way="watched"), Wire())
    assert store.kept[1].band == "positive"


async def test_the_channels_language_wins_over_the_askers(model: nlp.Analyzer) -> None:
    wire = Wire()
    core = make_core(model)
    await core.handle(incoming(message="1"), wire)
    await core.handle(incoming(message="2", language="en"), wire)
    await core.configure(PLACE, ChannelSettings(language="ko"))
    await core.handle(incoming(message="3", language="en"), wire)
    assert [a.card.language for a in wire.sent if isinstance(a, Reply) and a.card] == ["ko", "en", "ko"]


async def test_an_edit_without_an_answer_to_change_says_nothing(model: nlp.Analyzer) -> None:
    store, wire = Diary(), Wire()
    core = make_core(model, store=store)
    await watched(core, mode="silent")
    await core.handle(incoming(GOOD, way="watched"), wire)
    await watched(core, mode="reply")
    assert await core.handle(incoming(BAD, way="watched", revision="e1"), wire) is Outcome.RECORDED
    assert (wire.sent, wire.updated) == ([], [])
    assert [record.band for record in store.kept] == [model.analyze(GOOD).band, model.analyze(BAD).band]


async def test_a_failure_is_an_outcome_and_no_log_shows_the_text(
    model: nlp.Analyzer, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(MemoryStore):
        async def record(self, record: Record) -> None:
            raise RuntimeError(GOOD)

    core = make_core(model, store=Broken())
    wire = Wire()
    with caplog.at_level(logging.DEBUG):
        assert await core.handle(incoming(), wire) is Outcome.FAILED
    assert [words(answer) for answer in wire.sent] == [core.speak(ChannelSettings())("failed")]
    assert GOOD not in caplog.text
    assert core.counters.get("messages", outcome="failed", platform="test") == 1


async def test_a_message_that_is_deleted_while_it_is_answered_keeps_no_answer(model: nlp.Analyzer) -> None:
    store = MemoryStore()
    core = make_core(model, store=store)

    class Slow(Wire):
        async def send(self, incoming: Incoming, answer: Answer) -> str | None:
            reference = await super().send(incoming, answer)
            await core.forget(PLACE, incoming.message, self)
            return reference

    wire = Slow()
    await core.handle(incoming(), wire)
    assert wire.retracted == ["r1"]
    assert store._records == {}


async def test_closing_finishes_what_is_on_its_way(model: nlp.Analyzer) -> None:
    slow, wire = SlowModel(model), Wire()
    core = make_core(slow)
    tasks = [core.start(incoming(message=str(i)), wire) for i in range(20)]
    await asyncio.to_thread(slow.began.wait, 60)
    closing = asyncio.create_task(core.close())
    await asyncio.sleep(0)
    assert core.in_flight == 20
    slow.go_on.set()
    assert await closing == 0
    assert [task.result() for task in tasks] == [Outcome.REPLIED] * 20
    assert len(wire.sent) == 20


async def test_closing_gives_up_on_what_takes_too_long(model: nlp.Analyzer) -> None:
    class Stuck(Wire):
        async def send(self, incoming: Incoming, answer: Answer) -> str | None:
            await asyncio.Event().wait()
            return None

    store = MemoryStore()
    core = make_core(model, store=store)
    task = core.start(incoming(), Stuck())
    assert await core.close(patience=0.2) == 1
    assert task.cancelled()
    assert [claimed.state for claimed in store._claims.values()] == ["abandoned"]
    assert await make_core(model, store=store).handle(incoming(), Wire()) is Outcome.DUPLICATE


@pytest.mark.parametrize(("way", "busy", "named"), [("watched", 8, True), ("watched", 9, False), ("mention", 9, True)])
async def test_while_much_is_on_its_way_only_who_asked_is_told_the_words(
    model: nlp.Analyzer, way: Way, busy: int, named: bool
) -> None:
    core, wire, gate = make_core(model), Wire(), asyncio.Event()
    await watched(core)
    for _ in range(busy):
        core.spawn(gate.wait())
    await core.handle(incoming(way=way, source="1"), wire)
    (answer,) = wire.sent
    assert isinstance(answer, Reply)
    assert answer.card is not None
    assert bool(answer.card.evidence) is named
    gate.set()
    await core.close()
