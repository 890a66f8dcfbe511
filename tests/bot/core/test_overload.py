"""An end to what is on its way: who comes then is told and counted, never dropped in silence, never told twice."""

from __future__ import annotations

import asyncio

import pytest

import nlp
from bot.core import overload
from bot.core.events import Attachment, ChannelSettings, Outcome
from bot.core.memory import MemoryStore
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.core.records import Claim, Due
from tests.bot.core.fakes import make_core
from tests.bot.core.mailbox import PLACE, Mailbox, sent

KO = Messages("ko")
GOOD = "배송도 빠르고 좋아요"


class StuckStore(MemoryStore):
    """A database that does not answer until a test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.asked = 0

    async def claim(self, claim: Claim, *, ahead: bool = False, due: Due | None = None) -> bool:
        self.asked += 1
        await self.go_on.wait()
        return await super().claim(claim)


class BusyStore(StuckStore):
    """A database at which much waits until a test lets it; what goes ahead does not."""

    async def claim(self, claim: Claim, *, ahead: bool = False, due: Due | None = None) -> bool:
        return await (MemoryStore.claim(self, claim) if ahead else super().claim(claim))


@pytest.fixture(autouse=True)
def a_short_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "_PATIENCE", 0.05)


async def until_idle(core: object, waiting: int) -> None:
    while core.in_flight > waiting:  # type: ignore[attr-defined]
        await asyncio.sleep(0)


async def test_beyond_the_bound_all_are_told_without_waiting_for_the_database(model: nlp.Analyzer) -> None:
    store, post = StuckStore(), Mailbox()
    core = make_core(model, store=store, backlog=10, person=1_000, channel=1_000)
    for number in range(10):
        assert core.start(sent(f"in{number}", f"u{number}", text=GOOD), post) is not None
    for number in range(500):
        assert core.start(sent(f"out{number}", f"v{number}", text=GOOD), post) is None
    core.start_file(sent("file", "w1"), [Attachment("a.csv", 1, b"x")], post)
    core.start_why(sent("why", "w2", source="in1"), post)
    await until_idle(core, 10)
    assert post.words() == [KO("busy")] * 502
    assert core.counters.get("backlog_full") == core.counters.get("messages", outcome="busy") == 502
    assert store.asked <= 10 + 8, "those who tell have asked once each, and left it alone then"
    store.go_on.set()
    await until_idle(core, 0)
    assert len(post.said) == 512
    assert core.counters.get("messages", outcome=Outcome.REPLIED) == 10
    await core.close()


async def test_who_was_told_to_come_again_is_not_answered_too(model: nlp.Analyzer) -> None:
    store, post = StuckStore(), Mailbox()
    core = make_core(model, store=store, backlog=1)
    core.start(sent("1", text=GOOD), post)
    core.start(sent("2", text=GOOD), post)
    await until_idle(core, 1)
    store.go_on.set()
    await until_idle(core, 0)
    assert core.start(sent("2", text=GOOD), post) is None, "the platform delivers it once more"
    assert core.start(sent("3", text=GOOD), post) is not None, "a new message, and there is room again"
    await until_idle(core, 0)
    assert len(post.said) == 3
    assert core.counters.get("duplicates") == 1
    await core.close()


async def test_of_several_processes_one_answers_though_others_are_full(model: nlp.Analyzer) -> None:
    store, post = MemoryStore(), Mailbox()
    full, free = (make_core(model, store=store, backlog=backlog) for backlog in (0, 10))
    for first, second in ((full, free), (free, full)):
        message = sent(f"{len(post.said)}", text=GOOD)
        for core in (first, second, full):
            core.start(message, post)
            await until_idle(core, 0)
    told, answered = post.words()
    assert told == KO("busy")
    assert answered != told
    assert full.counters.get("duplicates") == 3
    await free.close()
    await full.close()


async def test_who_is_told_is_claimed_ahead_of_all_that_waits(model: nlp.Analyzer) -> None:
    """Else whoever is told meanwhile would be answered by another process too."""
    store, post = BusyStore(), Mailbox()
    full, free = (make_core(model, store=store, backlog=backlog) for backlog in (1, 10))
    full.start(sent("waits", "u0", text=GOOD), post)
    for revision in ("", "edited"):
        full.start(sent(f"told {revision}", f"u{revision}", text=GOOD, revision=revision), post)
        await until_idle(full, 1)
        free.start(sent(f"told {revision}", f"u{revision}", text=GOOD), post)
    store.go_on.set()
    await until_idle(full, 0)
    await until_idle(free, 0)
    assert post.words().count(KO("busy")) == 2
    assert len(post.said) == 3, "and the one that waited has its answer"
    assert free.counters.get("duplicates") == 2
    await free.close()
    await full.close()


async def test_what_is_on_its_way_is_not_refused_when_it_comes_again(model: nlp.Analyzer) -> None:
    store, post = StuckStore(), Mailbox()
    core = make_core(model, store=store, backlog=1)
    assert core.start(sent("1", text=GOOD), post) is not None
    assert core.start(sent("1", text=GOOD), post) is None
    assert core.counters.get("duplicates") == 1
    assert core.counters.get("backlog_full") == 0
    store.go_on.set()
    await until_idle(core, 0)
    assert len(post.said) == 1
    assert KO("busy") not in post.words()
    await core.close()


async def test_an_edit_of_what_was_refused_is_judged(model: nlp.Analyzer) -> None:
    store, post = StuckStore(), Mailbox()
    store.go_on.set()
    core = make_core(model, store=store, backlog=1)
    core.start(sent("1", text=GOOD), post)
    core.start(sent("2", text=GOOD), post)
    await until_idle(core, 0)
    assert core.start(sent("2", text=GOOD, revision="r"), post) is not None
    await until_idle(core, 0)
    assert len(post.said) == 2
    assert KO("busy") not in post.words(), "the notice became the verdict"
    await core.close()


async def test_a_flood_of_one_person_is_told_once_at_a_time(model: nlp.Analyzer) -> None:
    post = Mailbox()
    core = make_core(model, store=StuckStore(), backlog=1)
    core.start(sent("0", text=GOOD), post)
    for number in range(1, 1_000):
        core.start(sent(str(number), text=GOOD), post)
    await until_idle(core, 1)
    assert post.words() == [KO("busy")]
    assert core.counters.get("backlog_full") == 999
    await core.close(patience=0)


async def test_a_watched_channel_gets_a_mark_and_a_silent_or_unknown_one_nothing(model: nlp.Analyzer) -> None:
    post = Mailbox()
    core = make_core(model, store=StuckStore(), backlog=0)
    core.start(sent("1", way="watched", text=GOOD), post)
    await until_idle(core, 0)
    await core.configure(PLACE, ChannelSettings(watch=True, mode="reply"))
    core.start(sent("2", way="watched", text=GOOD), post)
    core.start(sent("3", way="watched", by_bot=True, text=GOOD), post)
    await until_idle(core, 0)
    await core.configure(PLACE, ChannelSettings(watch=True, mode="silent"))
    core.start(sent("4", way="watched", text=GOOD), post)
    await until_idle(core, 0)
    assert (post.marks, post.said) == (["busy"], {})
    assert core.counters.get("backlog_full") == 4
    await core.close()


async def test_a_platform_that_takes_nothing_does_not_fill_the_memory(model: nlp.Analyzer) -> None:
    post = Mailbox()
    core = make_core(model, store=StuckStore(), backlog=0)
    tasks = asyncio.all_tasks()
    for number in range(12_000):
        core.start(sent(str(number), f"u{number}", text=GOOD), post)
    assert len(asyncio.all_tasks() - tasks) <= 8, "a few tell all of them"
    assert core.counters.get("backlog_untold") == 2_000
    await until_idle(core, 0)
    assert post.words() == [KO("busy")] * 10_000
    await core.close()


async def test_who_is_exempt_gets_no_mark_either(model: nlp.Analyzer) -> None:
    post = Mailbox()
    core = make_core(model, store=StuckStore(), backlog=0)
    await core.configure(PLACE, ChannelSettings(watch=True, mode="reply", rule=Rule(exempt_roles=("staff",))))
    core.start(sent("1", way="watched", text=GOOD, roles=("staff",)), post)
    await until_idle(core, 0)
    assert post.marks == []
    core.start(sent("2", way="watched", text=GOOD), post)
    await until_idle(core, 0)
    assert post.marks == ["busy"]
    await core.close()
