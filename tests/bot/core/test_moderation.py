"""What a channel's rule does with its messages."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

import nlp
from bot.core.case_card import Look
from bot.core.case_posting import Seen
from bot.core.events import Band, ChannelSettings, Outcome, Post, Reaction, Reply
from bot.core.moderation import Cooldown, Flagged, QuietHours, Rule
from bot.core.pipeline import Passage
from bot.core.ports import Platform
from bot.core.service import Core
from tests.bot.core.fakes import HandClock, make_core
from tests.bot.core.test_pipeline import BAD, GOOD, PLACE, Wire, incoming

NIGHT = QuietHours(time(22), time(8))  # in Korea


class Book:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.flagged_ones: list[Flagged] = []
        self.said_before: list[int] = []
        self.broken = False

    async def flagged(self, flagged: Flagged, platform: Platform) -> None:
        if self.broken:
            raise RuntimeError("broken")
        self.flagged_ones.append(flagged)
        assert isinstance(platform, Wire)
        self.said_before.append(len(platform.sent))


async def ruled(core: Core, rule: Rule, **settings: Any) -> Book:
    core.cases = book = Book()
    await core.configure(PLACE, ChannelSettings(watch=True, rule=rule, **settings))
    return book


def band_of(model: nlp.Analyzer, text: str) -> Band:
    return model.analyze(text).band


def acting(model: nlp.Analyzer, *actions: Any) -> Rule:
    """A rule that does this with the band of the bad review."""
    return Rule(**{band_of(model, BAD): actions})


async def test_a_band_does_what_its_rule_says_and_others_what_the_mode_says(model: nlp.Analyzer) -> None:
    core, wire = make_core(model), Wire()
    book = await ruled(core, acting(model, "log", "react", "card"), mode="reply")
    assert await core.handle(incoming(GOOD, "1", way="watched"), wire) is Outcome.REPLIED
    assert await core.handle(incoming(BAD, "2", way="watched", roles=("r1",)), wire) is Outcome.REPLIED
    first, second = wire.sent
    assert isinstance(first, Reply)
    assert second == Reaction(band_of(model, BAD))
    (flagged,) = book.flagged_ones
    assert (flagged.incoming.message, flagged.incoming.roles, flagged.actions) == (
        "2",
        ("r1",),
        ("log", "react", "card"),
    )
    assert (flagged.taken, flagged.asks, flagged.at) == (("log",), True, flagged.at)
    assert book.said_before == [1], "a case is kept before anything is said, so that a crash cannot lose it"
    assert flagged.record in core.store._records  # type: ignore[attr-defined]
    assert BAD not in repr(flagged)
    assert flagged.text in BAD


async def test_only_watched_messages_are_acted_on(model: nlp.Analyzer) -> None:
    core, wire = make_core(model), Wire()
    book = await ruled(core, acting(model, "log", "card"), mode="silent")
    assert await core.handle(incoming(BAD, way="mention"), wire) is Outcome.REPLIED
    assert book.flagged_ones == []


@pytest.mark.parametrize("by", ["role", "user"])
async def test_the_exempt_are_counted_and_left_alone(model: nlp.Analyzer, by: str) -> None:
    core, wire = make_core(model), Wire()
    person = core.person(incoming())
    rule = acting(model, "log", "reply", "card")
    rule = Rule(
        **{band_of(model, BAD): rule.own(band_of(model, BAD))},
        **({"exempt_roles": ("r7",)} if by == "role" else {"exempt_users": (person,)}),
    )
    book = await ruled(core, rule, mode="reply")
    assert await core.handle(incoming(BAD, way="watched", roles=("r1", "r7")), wire) is Outcome.RECORDED
    assert (wire.sent, book.flagged_ones) == ([], [])
    assert len(core.store._records) == 1  # type: ignore[attr-defined]
    assert await core.handle(incoming(BAD, "2", way="watched", author="other"), wire) is Outcome.REPLIED
    assert len(book.flagged_ones) == 1


async def test_quiet_hours_open_cases_and_say_nothing(model: nlp.Analyzer) -> None:
    clock, wire = HandClock(), Wire()  # noon in Korea
    core = make_core(model, clock=clock)
    rule = Rule(**{band_of(model, BAD): ("log", "reply", "card")}, quiet=NIGHT)
    book = await ruled(core, rule, mode="reaction")
    await core.handle(incoming(BAD, "1", way="watched"), wire)
    clock.pass_by(11 * 3600)
    assert await core.handle(incoming(BAD, "2", way="watched"), wire) is Outcome.RECORDED
    await core.handle(incoming(GOOD, "3", way="watched"), wire)
    assert len(wire.sent) == 1
    assert await core.handle(incoming(BAD, "1", way="watched", revision="e1"), wire) is Outcome.UPDATED
    assert await core.handle(incoming(GOOD, "4", way="mention"), wire) is Outcome.REPLIED, "who asks is answered"
    assert [flagged.incoming.message for flagged in book.flagged_ones] == ["1", "2", "1"]


async def test_a_cooldown_answers_once_and_opens_every_case(model: nlp.Analyzer) -> None:
    clock, wire = HandClock(), Wire()
    core = make_core(model, clock=clock)
    rule = Rule(**{band_of(model, BAD): ("log", "reply", "card")}, author_cooldown=60, channel_cooldown=5)
    book = await ruled(core, rule)
    for number, (author, wait) in enumerate([("a", 1), ("b", 5), ("b", 1), ("a", 54), ("a", 0)]):
        await core.handle(incoming(BAD, str(number), way="watched", author=author), wire)
        clock.pass_by(wait)
    # a at 0 answered; b at 1 waits for the channel; b at 6; a at 7 waits for herself; a at 61.
    assert len(wire.sent) == 3
    assert len(book.flagged_ones) == 5
    assert core.counters.get("cooled_down") == 2


async def test_a_case_book_that_fails_stops_nothing(model: nlp.Analyzer, caplog: pytest.LogCaptureFixture) -> None:
    core, wire = make_core(model), Wire()
    book = await ruled(core, acting(model, "log", "reply", "card"))
    book.broken = True
    with caplog.at_level(logging.ERROR):
        assert await core.handle(incoming(BAD, way="watched"), wire) is Outcome.REPLIED
    assert core.counters.get("cases_failed") == 1
    assert "broken" not in caplog.text


async def test_an_edit_is_handed_in_whatever_its_band_is_now(model: nlp.Analyzer) -> None:
    assert band_of(model, BAD) != band_of(model, GOOD)
    core, wire = make_core(model), Wire()
    book = await ruled(core, acting(model, "log", "card"))
    await core.handle(incoming(BAD, way="watched"), wire)
    await core.handle(incoming(GOOD, way="watched", revision="e1"), wire)
    assert [flagged.asks for flagged in book.flagged_ones] == [True, False]


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        (QuietHours(time(22), time(8)), ["22:00", "23:59", "00:00", "07:59"], ["08:00", "21:59"]),
        (QuietHours(time(12), time(13)), ["12:00", "12:59"], ["11:59", "13:00"]),
    ],
)
def test_quiet_hours_over_midnight(hours: QuietHours, inside: list[str], outside: list[str]) -> None:
    def at(clock: str) -> datetime:  # Korea is nine hours ahead of UTC
        hour, minute = map(int, clock.split(":"))
        return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour - 9, minutes=minute)

    assert all(at(clock) in hours for clock in inside)
    assert not any(at(clock) in hours for clock in outside)


def test_quiet_hours_follow_the_clocks_of_their_zone() -> None:
    paris = QuietHours(time(22), time(8), "Europe/Paris")
    assert datetime(2026, 1, 10, 6, 30, tzinfo=UTC) in paris, "07:30 in winter"
    assert datetime(2026, 7, 10, 6, 30, tzinfo=UTC) not in paris, "08:30 in summer"


def test_what_a_cooldown_remembers_is_bounded() -> None:
    clock = HandClock()
    cooldown = Cooldown(clock)
    for number in range(30_000):
        assert cooldown.allows(Rule(author_cooldown=60), "c", number)
    assert len(cooldown._last) <= 10_000


def test_no_repr_shows_what_somebody_wrote() -> None:
    word = "별로예요"
    shown = (
        Post("사건 1", body=(word,), fields=(("근거", word),)),
        Look((word,)),
        Seen((word,)),
        Passage(incoming(word, "1"), Wire(), 0.0, text=word, evidence=(word,)),
    )
    assert word not in repr(shown)
