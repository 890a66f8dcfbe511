"""The cards of cases in moderators' channels: posted once, changed when their case is, rolled up when they are many.

A card is claimed in the database before it is posted, so that of several processes one posts it. Who dies in between
leaves the claim: nobody knows whether that card is there, so it is not posted again, but its number is told.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from bot.core.case_card import Look, case_post, forgotten_post, notice_post, rolled_post
from bot.core.cases import Case, CaseStore, rolled_up
from bot.core.events import Place
from bot.core.evidence import safe_word, signed_words
from bot.core.inference import BusyError
from bot.core.messages import Messages
from bot.core.ports import DeliveryError, Moderator

if TYPE_CHECKING:
    from bot.core.service import Core
    from nlp import Review

T = TypeVar("T")

RETRY = timedelta(minutes=10)
"""Until a card that was refused is tried again, and after which one that was begun is lost."""
_MOST_BLANKS = 9
"""Tries to empty a card: some two days, in which a channel may be opened to the bot again."""
_WINDOW, _ROLL_SECONDS = 60.0, 300.0
_REMEMBERED, _LOCKS = 1_000, 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the message of a case gave when it was read.

    Attributes:
        evidence: words that decided it.
        aspects: what it is about; None if that is not known.
        readable: whether it could be read.
    """

    evidence: tuple[str, ...] = field(default=(), repr=False)
    aspects: tuple[str, ...] | None = None
    readable: bool = True


@dataclass(slots=True)
class _Roll:
    """A card that stands for many."""

    id: str
    reference: str
    began: float
    first: int
    count: int


class CasePosting:
    """Posts and changes cards.

    Args:
        core: for its platforms, settings and clock.
        store: the cases.
        most: cards that a moderators' channel gets in a minute; more are rolled up.
        pause: seconds in which more may come before a rolled-up card is changed.
    """

    def __init__(self, core: Core, store: CaseStore, *, most: int = 10, pause: float = 2.0) -> None:
        self._core, self._store, self._most, self._pause = core, store, most, pause
        self._seen: OrderedDict[tuple[Place, str], Seen] = OrderedDict()
        self._texts: OrderedDict[tuple[Place, str], str] = OrderedDict()
        self._times: dict[Place, deque[float]] = {}
        self._rolls: dict[Place, _Roll] = {}
        self._locks = [asyncio.Lock() for _ in range(_LOCKS)]
        self._notices: deque[tuple[Case, str]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._again = False
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin with nothing more."""
        self._stopping.set()

    def remember(self, case: Case, text: str, evidence: tuple[str, ...]) -> None:
        """What a new case's message says, in memory only, so that it need not be read again for its card."""
        key = case.place, case.message
        _keep(self._texts, key, text)
        _keep(self._seen, key, Seen(evidence))

    def forget(self, place: Place, message: str) -> None:
        """Remember nothing of a message."""
        self._seen.pop((place, message), None)
        self._texts.pop((place, message), None)

    def wake(self) -> None:
        """There may be cards to post."""
        if self._task is not None and not self._task.done():
            self._again = True
        elif not self._stopping.is_set():
            self._task = self._core.spawn(self._drain())

    def notify(self, case: Case, author: str) -> None:
        """Tell an author in private, soon."""
        self._notices.append((case, author))
        if self._telling is None or self._telling.done():
            self._telling = self._core.spawn(self._tell())

    async def tend(self) -> None:
        """What comes round every minute: texts whose days are over, claims of who died, cards to try again."""
        now = self._core.clock.now()
        await self._store.forget_old_texts(now)
        for place, group in await self._by_channel(await self._store.lost(list(self._core.posters), now - RETRY)):
            if place is not None and (lost := await self._store.take(group, now)):
                await self._roll(place, lost, why="case_lost_why")
        self.wake()
        await self.blank()
        for case in await self._store.stale(list(self._core.posters), now):
            await self.refresh(case)

    async def refresh(self, case: Case) -> None:
        """Let a card show what its case is now. Of several who do so at once the last sees to it."""
        lock = self._locks[case.number % _LOCKS]
        async with lock:
            while True:
                now = await self._store.find(case.place.platform, case.place.workspace, case.number)
                if now is None or not now.shown:
                    return
                where = replace(now.place, channel=now.card_channel)
                if not await self._revise(where, now):
                    return
                await self._store.fresh(now)
                again = await self._store.find(case.place.platform, case.place.workspace, case.number)
                if again is None or again.version == now.version:
                    return

    async def blank(self) -> None:
        """Leave nothing on the cards of cases that were deleted: some of them now, what is left at the next turn."""
        for blank in await self._store.blanks(list(self._core.posters), self._core.clock.now()):
            poster = self._core.posters[blank.place.platform]
            post = forgotten_post(blank.number, await self._messages(blank.place))
            try:
                await poster.revise(replace(blank.place, channel=blank.card_channel), blank.card, post)
            except DeliveryError:
                self._core.counters.add("undelivered", platform=poster.name)
                if blank.tries + 1 < _MOST_BLANKS:
                    await self._store.blank_later(blank, self._core.clock.now() + RETRY * 2**blank.tries)
                    continue
                self._core.counters.add("cards_left", platform=poster.name)
                log.warning("card not emptied", extra={"event": "case_card_left", "platform": poster.name})
            await self._store.blanked(blank)

    # Posting

    async def _drain(self) -> None:
        try:
            while not self._stopping.is_set():
                self._again = False
                waiting = await self._store.waiting(list(self._core.posters), self._core.clock.now())
                if not waiting and not self._again:
                    return
                rolled = False
                for place, group in await self._by_channel(waiting):
                    rolled |= await self._post_all(place, group)
                if rolled:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._stopping.wait(), self._pause)
        except Exception as error:  # e.g. the database: they wait on, see tend
            log.error("cards not posted", extra={"event": "case_cards_failed", "kind": type(error).__name__})

    async def _by_channel(self, cases: Sequence[Case]) -> list[tuple[Place | None, list[Case]]]:
        """Cases by the moderators' channel that their rules name now; None where there is none."""
        found = []
        for case in cases:
            rule = (await self._core.settings(case.place)).rule
            found.append((None if not rule.moderators else replace(case.place, channel=rule.moderators), case))

        def key(each: tuple[Place | None, Case]) -> tuple[str, str, str]:
            place, case = each
            return case.place.platform, case.place.workspace, "" if place is None else place.channel

        return [
            (group[0][0], [case for _, case in group])
            for _, part in groupby(sorted(found, key=key), key)
            if (group := list(part))
        ]

    async def _post_all(self, place: Place | None, cases: list[Case]) -> bool:
        """Post the cards of a channel; whether some were rolled up."""
        poster = self._core.posters.get(cases[0].place.platform)
        if place is None or not isinstance(poster, Moderator):
            await self._later(cases)
            return False
        room = self._room(place)
        for number, case in enumerate(cases[:room]):
            if not await self._post(poster, place, case):
                await self._later(cases[number:])
                return False
        rest = await self._store.take(cases[room:], self._core.clock.now())
        if rest:
            await self._roll(place, rest)
        return bool(rest)

    def _room(self, place: Place) -> int:
        times, now = self._times.setdefault(place, deque()), self._core.clock.monotonic()
        while times and now - times[0] >= _WINDOW:
            times.popleft()
        return max(0, self._most - len(times))

    async def _post(self, poster: Moderator, place: Place, waiting: Case) -> bool:
        """Post a card; False if the channel takes none now."""
        if not await self._store.take([waiting], self._core.clock.now()):
            return True  # another process has it
        case = await self._store.find(waiting.place.platform, waiting.place.workspace, waiting.number)
        if case is None:
            return True
        if case.gone:
            await self._store.settle([case], "none")
            return True
        self._times[place].append(self._core.clock.monotonic())
        post = case_post(case, await self._look(poster, case), await self._messages(case.place))
        try:
            reference = await poster.post(place, post)
        except DeliveryError as error:
            self._core.counters.add("undelivered", platform=poster.name)
            if refused(error):
                await self._store.settle([case], "waiting", after=self._core.clock.now() + RETRY)
                return False
            return True  # it may be there: it is told of later, and not posted again
        if not await self._store.settle([case], "posted", reference, place.channel):
            with suppress(DeliveryError):  # it was deleted meanwhile
                await poster.retract(place, reference)
            return True
        self._core.counters.add("case_cards", platform=poster.name)
        now = await self._store.find(case.place.platform, case.place.workspace, case.number)
        if now is not None and now.version != case.version:
            await self.refresh(now)
        return True

    async def _later(self, cases: Iterable[Case]) -> None:
        for _, part in groupby(cases, lambda case: (case.place.platform, case.place.workspace)):
            taken = await self._store.take(list(part), self._core.clock.now())
            await self._store.settle(taken, "waiting", after=self._core.clock.now() + RETRY)

    async def _roll(self, place: Place, cases: Sequence[Case], *, why: str = "case_rolled_why") -> None:
        """One card for many, which a burst goes on to use."""
        poster = self._core.posters[place.platform]
        messages, now = await self._messages(cases[0].place), self._core.clock.monotonic()
        grows = why == "case_rolled_why"
        roll = self._rolls.get(place) if grows else None
        try:
            if roll is not None and now - roll.began < _ROLL_SECONDS:
                roll.count += len(cases)
                post = rolled_post(roll.first, roll.count, roll.id, messages)
                if await poster.revise(place, roll.reference, post) is None:
                    roll = None
            else:
                roll = None
            if roll is None:
                first = min(case.number for case in cases)
                roll = _Roll(secrets.token_hex(8), "", now, first, len(cases))
                roll.reference = await poster.post(place, rolled_post(first, len(cases), roll.id, messages, why=why))
                if grows:
                    self._rolls[place] = roll
        except DeliveryError as error:
            self._core.counters.add("undelivered", platform=place.platform)
            if refused(error):
                await self._store.settle(cases, "waiting", after=self._core.clock.now() + RETRY)
                return
        shared = "" if roll is None else rolled_up(roll.id, roll.reference)
        await self._store.settle(cases, "rolled", shared, place.channel)
        self._core.counters.add("case_cards_rolled", len(cases), platform=place.platform)

    async def refresh_rolled(self, moderators: Place, roll: str) -> None:
        """Let the one card of many cases show how many of them are open."""
        cases = await self._store.rolled(moderators, roll)
        poster = self._core.posters.get(moderators.platform)
        reference = next((found for case in cases if (found := case.card.split(":", 2)[2])), "")
        if poster is None or not reference:
            return
        left, messages = sum(case.state == "open" for case in cases), await self._messages(cases[0].place)
        post = rolled_post(cases[0].number, len(cases), roll, messages, left=left)
        try:
            await poster.revise(moderators, reference, post)
        except DeliveryError:
            self._core.counters.add("undelivered", platform=moderators.platform)

    async def _revise(self, place: Place, case: Case) -> bool:
        """Change a card; False if that cannot be done now."""
        poster = self._core.posters.get(place.platform)
        if not isinstance(poster, Moderator):
            return False
        post = case_post(case, await self._look(poster, case), await self._messages(case.place))
        try:
            reference = await poster.revise(place, case.card, post)
        except DeliveryError:
            self._core.counters.add("undelivered", platform=poster.name)
            later = self._core.clock.now() + RETRY  # what it shows may be what its author has deleted
            await self._store.settle([case], "stale", case.card, case.card_channel, after=later)
            return False
        if reference is None:  # somebody deleted the card; the case stays in the list
            await self._store.settle([case], "none")
        return reference is not None

    # What a card shows

    async def _look(self, platform: Moderator, case: Case) -> Look:
        there = not (case.gone or case.hidden)
        seen = await self._read(platform, case) if there else Seen()
        return Look(
            seen.evidence,
            seen.aspects or (),
            seen.readable,
            (await platform.link(case.place, case.message) or "") if there else "",
            await self._core.store.answer_to(case.place, case.message) is not None,
            platform.hides(case.place),
        )

    async def _read(self, platform: Moderator, case: Case) -> Seen:
        key = case.place, case.message
        seen, text = self._seen.get(key), self._texts.pop(key, None)
        if seen is not None and text is None:
            return seen
        if text is None:
            quote = await platform.fetch(case.place, case.message)
            if quote is None:
                return Seen(readable=False)
            text = quote.text
        try:
            review = await self._core.inference.review(text)
        except (BusyError, ValueError):  # the verdict is there; what it is about is not said
            return seen or Seen()
        evidence = seen.evidence if seen is not None and seen.evidence else signed_words(review.explanation.words)
        seen = Seen(evidence, aspects_of(review))
        _keep(self._seen, key, seen)
        if seen.aspects and seen.aspects != case.aspects:
            await self._store.describe(case, seen.aspects)
        return seen

    async def _messages(self, place: Place) -> Messages:
        return self._core.speak(await self._core.settings(place))

    # What authors are told

    async def _tell(self) -> None:
        while self._notices and not self._stopping.is_set():
            case, author = self._notices.popleft()
            poster = self._core.posters.get(case.place.platform)
            if not isinstance(poster, Moderator):
                continue
            try:
                await poster.tell(case.place, author, notice_post(case, await self._messages(case.place)))
            except DeliveryError:  # e.g. who takes no direct messages
                self._core.counters.add("undelivered", platform=case.place.platform)
            except Exception as error:
                log.error("notice failed", extra={"event": "case_notice_failed", "kind": type(error).__name__})


def refused(error: DeliveryError) -> bool:
    """Whether a platform certainly did not do it: it said so itself. Of a broken connection nobody knows."""
    reason = str(error)
    if reason in ("unknown", "internal_error", "fatal_error", "service_unavailable", "request_timeout"):
        return False
    return bool(re.fullmatch(r"http_4\d\d(_\d+)?|[a-z][a-z_]*", reason))


def aspects_of(review: Review) -> tuple[str, ...]:
    """What a review is about: names of the lexicon with their polarity, each once."""
    pairs = (f"{aspect.name}{'+' if aspect.label == 'positive' else '-'}" for aspect in review.aspects)
    return tuple(dict.fromkeys(pair for pair in pairs if safe_word(pair[:-1]) and " " not in pair))


def _keep(kept: OrderedDict[tuple[Place, str], T], key: tuple[Place, str], value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
