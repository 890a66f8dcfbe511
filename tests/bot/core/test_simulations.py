"""Simulations on their way: stopped, broken off, gone on with, and what is noted of them."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import Any

import pytest

import nlp
from bot.core.commands import Asker, Command, obey, parse
from bot.core.distribution import Distribution, draw
from bot.core.events import ChannelSettings, Incoming, Place, Post, Pressed, Reply
from bot.core.memory import MemoryStore
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.core.ports import DeliveryError, Page
from bot.core.service import Core
from bot.core.simulation import Tally, flags
from bot.core.simulations import SLOTS, STALE, Job, _decode, _encode
from tests.bot.core.fakes import HandClock, make_core
from tests.bot.core.test_pipeline import BAD, GOOD, Wire

PLACE = Place("test", "w", "c")
ADMIN = Asker(PLACE, "boss", admin=True)
KO = Messages("ko")


class Past(Wire):
    """A platform with a past: message ``n`` is bad for every fifth."""

    def __init__(self, messages: int) -> None:
        super().__init__()
        self.messages = messages
        self.shown: list[Post] = []
        self.asked: list[str | None] = []
        self.hold: asyncio.Event | None = None
        self.reached = asyncio.Event()
        self.error: Exception | None = None

    async def post(self, place: Place, post: Post, *, thread: str | None = None) -> str:
        self.shown.append(post)
        return f"message:{len(self.shown)}"

    async def revise(self, place: Place, reference: str, post: Post) -> str | None:
        assert reference.startswith("message:")
        self.shown[int(reference.partition(":")[2]) - 1] = post
        return reference

    async def link(self, place: Place, message: str) -> str | None:
        return f"https://chat.example/{message}"

    async def history(self, place: Place, before: str | None, limit: int) -> Page:
        self.asked.append(before)
        if self.hold is not None and len(self.asked) > 1:
            self.reached.set()
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        newest = int(before) - 1 if before else self.messages
        numbers = range(newest, max(0, newest - limit), -1)
        said = tuple(Incoming(place, str(n), f"u{n % 7}", BAD if n % 5 == 0 else GOOD, "watched") for n in numbers)
        return Page(said, len(said), said[-1].message if said and int(said[-1].message) > 1 else None)


def meeting(model: nlp.Analyzer, past: Past, store: MemoryStore | None = None, clock: HandClock | None = None) -> Core:
    core = make_core(model, store=store or MemoryStore(), clock=clock or HandClock())
    core.posters["test"] = past  # type: ignore[assignment]
    return core


async def finished(core: Core) -> None:
    while core._running:
        await asyncio.wait(core._running)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("simulate", ""),
        ("시뮬레이션 500", "500"),
        ("simulate 200 30 70.5", "200 30 70.5"),
        ("simulate 30 70", "30 70"),
        ("simulate stop", "stop"),
        ("시뮬레이션 중단", "stop"),
    ],
)
def test_the_command(text: str, value: str) -> None:
    assert parse(text) == Command("simulate", value)


def test_a_review_is_no_command() -> None:
    assert parse("시뮬레이션 게임이 재미있어요") is None


@pytest.mark.parametrize("text", ["simulate this", "simulate 200 300"])
def test_what_is_neither_is_told_how_to_simulate(text: str) -> None:
    assert parse(text) == Command("help", "simulate")


async def test_who_comes_after_a_restart_goes_on_and_ends_with_the_same_counts(model: nlp.Analyzer) -> None:
    whole, past = Past(350), Past(350)
    core = meeting(model, whole)
    assert await core.simulations.start(PLACE, 350) == "simulate_begun"
    await finished(core)

    clock, store = HandClock(), MemoryStore()
    first = meeting(model, past, store, clock)
    past.hold = asyncio.Event()
    await first.simulations.start(PLACE, 350)
    await past.reached.wait()
    await first.close(0)
    assert not any(GOOD[:5] in note or BAD[:5] in note for note in store._notes.values())

    second = meeting(model, past, store, clock)
    assert await second.simulations.go_on() == 0, "the other one may still be at it"
    clock.pass_by(STALE.total_seconds())
    past.hold = None
    third = meeting(model, past, store, clock)
    taken = await asyncio.gather(second.simulations.go_on(), third.simulations.go_on())
    assert sum(taken) == 1, "of several processes one goes on"
    await finished(second)
    await finished(third)
    (shown,) = past.shown
    assert shown == whole.shown[0], "and its result is in the place of the progress"
    assert past.asked.count(None) == 1, "what was read is not read again"
    assert not store._notes


async def test_a_simulation_can_be_stopped_from_any_process(model: nlp.Analyzer) -> None:
    past, store = Past(350), MemoryStore()
    core, other = meeting(model, past, store), meeting(model, past, store)
    past.hold = asyncio.Event()
    await obey(core, ADMIN, Command("simulate", "350"))
    await past.reached.wait()
    assert await obey(other, ADMIN, Command("simulate", "350")) == KO("simulate_running")
    assert await obey(other, ADMIN, Command("simulate", "stop")) == KO("simulate_stopping")
    past.hold.set()
    await finished(core)
    assert past.shown[-1].headline == KO("simulate_stopped")
    assert past.shown[-1].picture is None
    assert await obey(core, ADMIN, Command("simulate", "stop")) == KO("simulate_none")
    assert len(past.asked) == 2
    assert not store._notes


async def test_only_moderators_see_which_messages_and_why(model: nlp.Analyzer) -> None:
    past = Past(40)
    core = meeting(model, past)
    await core.simulations.start(PLACE, 40)
    await finished(core)
    assert past.shown[-1].links == ()
    assert "−" not in past.shown[-1].text
    await core.configure(PLACE, ChannelSettings(rule=Rule(moderators="m")))
    await core.simulations.start(PLACE, 40)
    await finished(core)
    assert len(past.shown[-1].links) == 5
    assert {int(link.url.rpartition("/")[2]) % 5 for link in past.shown[-1].links} == {0}
    assert "−" in past.shown[-1].text, "evidence words"
    assert BAD not in past.shown[-1].text


async def test_the_button_below_the_progress_stops_it_and_only_for_moderators(model: nlp.Analyzer) -> None:
    past, store = Past(350), MemoryStore()
    core, other = meeting(model, past, store), meeting(model, past, store)
    past.hold = asyncio.Event()
    await core.simulations.start(PLACE, 350)
    await past.reached.wait()
    (button,) = past.shown[0].buttons
    pressed = Pressed(Incoming(PLACE, "p", "mod", "", "menu"), button.id, moderator=False)
    for one, sentence in (
        (pressed, "admin_only"),
        (replace(pressed, incoming=replace(pressed.incoming, place=replace(PLACE, channel="x"))), "simulate_gone"),
        (replace(pressed, button="simulate:stop:x", moderator=True), "simulate_gone"),
        (replace(pressed, moderator=True), "simulate_stopping"),
        (replace(pressed, moderator=True), "simulate_gone"),
    ):
        await other.press(one, past)
        assert past.sent[-1] == Reply(KO(sentence), private=True)
    past.hold.set()
    await finished(core)
    assert past.shown[-1].headline == KO("simulate_stopped")
    assert past.shown[-1].buttons == ()
    assert [(change.who, change.what) for change in await store.changes("test", "w")] == [("mod", "simulate")]


async def test_there_is_room_for_some_at_once(model: nlp.Analyzer) -> None:
    past = Past(350)
    core = meeting(model, past)
    past.hold = asyncio.Event()
    said = []
    for number in range(SLOTS + 1):
        said.append(await core.simulations.start(replace(PLACE, channel=f"c{number}"), 350))
        await asyncio.sleep(0)
    assert said == ["simulate_begun"] * SLOTS + ["simulate_busy"]
    past.hold.set()
    await finished(core)
    assert await core.simulations.start(PLACE, 1) == "simulate_begun"
    await finished(core)


@pytest.mark.parametrize("error", [DeliveryError("channel_not_found"), RuntimeError("secret")])
async def test_what_goes_wrong_is_a_sentence_and_leaves_nothing(
    model: nlp.Analyzer, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    past, store = Past(10), MemoryStore()
    past.error = error
    core = meeting(model, past, store)
    await core.simulations.start(PLACE, 10)
    await finished(core)
    assert past.shown[-1].headline == KO("simulate_failed")
    assert not store._notes
    assert "secret" not in caplog.text


async def test_a_platform_without_a_past_says_so(model: nlp.Analyzer) -> None:
    core = make_core(model)
    assert await obey(core, ADMIN, Command("simulate")) == KO("simulate_nowhere")


def test_a_job_is_noted_in_two_notes_of_256_characters() -> None:
    tally = Tally.of([2_000] * 26)
    number = "9" * 20
    place = Place("discord", number, number)
    job = Job(place, number, 2_000, (0.12345, 0.98765), tally, 2_000, number, f"message:{number}:{number}")
    notes = _encode(job, HandClock().now())
    assert max(map(len, notes)) <= 256
    assert _decode(*notes) == (job, HandClock().now())


@pytest.mark.parametrize("notes", [(None, None), ("", ""), ("a|b|c|d|5|0|0|", "|1|2"), ("x" * 256, "y" * 256)])
def test_notes_that_are_none_are_no_job(notes: tuple[Any, Any]) -> None:
    assert _decode(*notes) is None


def test_a_rule_that_only_logs_is_tried_on_the_negative_ones() -> None:
    assert [flags(ChannelSettings(), band) for band in ("negative", "unsure", "positive")] == [True, False, False]
    assert all(flags(ChannelSettings(mode="reply"), band) for band in ("negative", "unsure", "positive"))


@pytest.mark.parametrize("bins", [(0,) * 20, (1,) + (0,) * 19, (0,) * 19 + (123_456,)])
def test_every_distribution_can_be_drawn(bins: tuple[int, ...]) -> None:
    from PIL import Image

    for low, high in ((0.001, 0.999), (0.5, 0.5), (0.1, 0.9)):
        drawn = draw(Distribution("글의 판단 분포", "긍정일 확률", bins, low, high, ("부정", "확인 필요", "긍정")))
        assert drawn.startswith(b"\x89PNG")
        assert len(drawn) < 60_000
        assert Image.open(io.BytesIO(drawn)).size == (1080, 780)


async def test_of_two_who_begin_at_once_each_has_a_place_of_its_own(model: nlp.Analyzer) -> None:
    past, elsewhere = Past(100), replace(PLACE, channel="d")
    core = meeting(model, past)
    begun = await asyncio.gather(*(core.simulations.start(place, 100) for place in (PLACE, PLACE, elsewhere)))
    assert sorted(begun) == ["simulate_begun", "simulate_begun", "simulate_running"]
    await finished(core)
    assert [post.about for post in past.shown] == [PLACE, elsewhere], "neither is shown in the other's place"


class FullStore(MemoryStore):
    """A database that takes no notes away."""

    full = True

    async def keep_note(self, name: str, value: str | None) -> None:
        if value is None and self.full:
            raise OSError
        await super().keep_note(name, value)


async def test_a_database_that_fails_at_the_end_leaves_no_simulation_that_nobody_is_at(model: nlp.Analyzer) -> None:
    clock, store = HandClock(), FullStore()
    core = meeting(model, Past(50), store, clock)
    await core.simulations.start(PLACE, 50)
    await finished(core)
    assert await core.simulations.start(PLACE, 50) == "simulate_running", "it is still noted"
    store.full = False
    clock.pass_by(STALE.total_seconds())
    assert await core.simulations.go_on() == 1
    await finished(core)
    assert not store._notes
