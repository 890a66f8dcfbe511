"""Who keeps the cases of watched channels: opens them, and does what moderators and authors press.

A button carries the version of the case that its card showed. Who presses one that is out of date, because somebody
else was quicker, changes nothing and is told what the case has become.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.case_card import say_state
from bot.core.case_commands import judged, obey_case, promised, say_precision, say_precisions, say_rolled
from bot.core.case_posting import CasePosting, refused
from bot.core.cases import Act, Case, CaseStore, Note, Text
from bot.core.events import Place, Post, Pressed, Reply
from bot.core.messages import Messages
from bot.core.moderation import Flagged
from bot.core.ports import DeliveryError, Moderator, Platform
from bot.core.precision import drifted
from bot.core.records import Claim
from bot.core.unfinished import take_up_unfinished

if TYPE_CHECKING:
    from bot.core.service import Core

ACTS: tuple[Act, ...] = ("right", "wrong", "assign", "owe", "answered", "close", "reopen", "hide")
"""What a moderator can do with a case."""

_TRIES, _MOST_LATE = 8, 10_000
_ROLL = re.compile("[0-9a-f]{16}")
_NUMBER = re.compile("[0-9]{1,9}")  # no more fits into the database


class Cases:
    """The :class:`bot.core.ports.CaseBook`.

    Args:
        core: what the cases belong to.
        store: remembers them.
        keep_text: whether the operator lets texts be kept where a channel's rule wants it.
        most_cards, pause: see :class:`~bot.core.case_posting.CasePosting`.
    """

    def __init__(
        self, core: Core, store: CaseStore, *, keep_text: bool = False, most_cards: int = 10, pause: float = 2.0
    ) -> None:
        self._core, self.store, self._keep_text = core, store, keep_text
        self.posting = CasePosting(core, store, most=most_cards, pause=pause)
        self._late: deque[tuple[Flagged, Platform]] = deque(maxlen=_MOST_LATE)

    async def flagged(self, flagged: Flagged, platform: Platform) -> None:
        try:
            await self._flagged(flagged, platform)
        except Exception:  # e.g. the database is locked: it is tried again, see tend
            self._late.append((flagged, platform))
            raise

    async def _flagged(self, flagged: Flagged, platform: Platform) -> None:
        incoming, rule = flagged.incoming, flagged.rule
        if incoming.revision:
            known = await self.store.of_message(incoming.place, incoming.message)
            if known is not None:
                await self._edited(known, flagged)
                return
        if not flagged.asks:
            return
        case = Case(
            incoming.place,
            0,
            incoming.message,
            self._core.person(incoming),
            flagged.record,
            flagged.at,
            flagged.band,
            flagged.verdict.probability,
            flagged.verdict.model_id,
            " ".join(flagged.actions),
        )
        text = None
        if self._keep_text and rule.keep_text_days:
            text = Text(flagged.text, flagged.at + timedelta(days=rule.keep_text_days))
        opened = await self.store.open(case, text)
        if opened is None or not opened[1]:
            return
        self._core.counters.add("cases", platform=platform.name, band=flagged.band)
        self.posting.remember(opened[0], flagged.text, flagged.evidence)
        self.posting.wake()
        if rule.notify_author:
            self.posting.notify(opened[0], incoming.author)

    async def _edited(self, case: Case, flagged: Flagged) -> None:
        self.posting.forget(case.place, case.message)
        self.posting.remember(case, flagged.text, flagged.evidence)
        verdict = flagged.verdict
        said = verdict.probability, verdict.model_id, flagged.band
        if case.edited and said == (case.probability, case.model_id, case.band):
            return  # it was noted before, by a process that died of what came next
        await self.store.forget_text(case)  # it is another text now
        changed = await self._must(
            case,
            lambda now: replace(
                now,
                edited=True,
                band=flagged.band,
                probability=verdict.probability,
                model_id=verdict.model_id,
                record=flagged.record,
                aspects=(),
            ),
            "edited",
        )
        if changed is not None:
            await self.posting.refresh(changed)

    async def forgotten(self, place: Place, message: str) -> None:
        self.posting.forget(place, message)
        case = await self.store.of_message(place, message)
        if case is None or case.hidden or case.gone:
            return
        waiting = bool(case.card_state == "waiting" and await self.store.take([case], self._core.clock.now()))
        state = "closed" if waiting else case.state  # nobody has seen it, and there is nothing left to see
        changed = await self._must(case, lambda now: replace(now, gone=True, state=state), "gone")
        if waiting:
            await self.store.settle([case], "none")
        elif changed is not None:
            await self.posting.refresh(changed)

    async def forget_person(self, person: str) -> Callable[[], Awaitable[None]]:
        mine = [late for late in self._late if self._core.person(late[0].incoming) == person]
        for late in mine:  # it was to be tried again, and would bring back what is deleted now
            self._late.remove(late)
        theirs, seen_to = await self.store.of_person(person), await self.store.of_assignee(person)

        async def after() -> None:
            for case in theirs:
                self.posting.forget(case.place, case.message)
            await self.posting.blank()
            for case in seen_to:  # their cards name somebody who is not named any more
                await self.posting.refresh(case)

        return after

    async def stuck(self, place: Place) -> int:
        return await self.store.stuck(place.platform, place.workspace, self._core.clock.now())

    async def command(
        self, place: Place, author: str, value: str, messages: Messages, within: Collection[str] | None = None
    ) -> str:
        return await obey_case(self, self._core, place, author, value, messages, within)

    async def precision(self, place: Place, messages: Messages) -> str:
        return await say_precisions(self._core, self.store, place, messages)

    async def moderated(self, place: Place) -> frozenset[str]:
        found = await self._core.store.channels(place.platform, place.workspace)
        return frozenset(of.channel for of, settings in found.items() if settings.rule.moderators == place.channel)

    async def post_again(self, case: Case, messages: Messages) -> str:
        """Let a case get a card that has none: it was rolled up with others, or the card was deleted."""
        if case.shown:
            return messages("case_again_there", number=case.number)
        if case.gone or not await self.store.take([case], self._core.clock.now()):
            return messages("case_unknown" if not case.gone else "case_gone")
        await self.store.settle([case], "waiting", after=self._core.clock.now())
        self.posting.wake()
        return messages("case_again", number=case.number)

    async def tend(self) -> None:
        late, self._late = self._late, deque(maxlen=_MOST_LATE)
        for flagged, platform in late:
            with suppress(Exception):  # it is late again then
                await self.flagged(flagged, platform)
        await take_up_unfinished(self._core, self.store)
        await self.posting.tend()

    def stop(self) -> None:
        self.posting.stop()

    async def press(self, pressed: Pressed, platform: Platform) -> None:
        incoming = pressed.incoming
        messages = self._core.speak(await self._core.settings(incoming.place), incoming.language)
        _, act, *rest = pressed.button.split(":")
        if act == "contest":
            said = await self._contest(pressed, rest, messages)
        else:
            said = await self._pressed(pressed, act, rest, messages)
        with suppress(DeliveryError):
            await platform.send(incoming, Reply(said, private=True))

    async def _pressed(self, pressed: Pressed, act: str, rest: list[str], messages: Messages) -> str:
        place = pressed.incoming.place
        if act in ("list", "seen") and len(rest) == 1 and _ROLL.fullmatch(rest[0]):
            if not pressed.moderator:
                return messages("case_not_moderator")
            return await self._rolled(place, act, rest[0], pressed.incoming.author, messages)
        if len(rest) != 2 or not all(map(_NUMBER.fullmatch, rest)) or act not in ACTS:
            return messages("case_unknown")
        case = await self.store.find(place.platform, place.workspace, int(rest[0]))
        if case is None or case.card_channel != place.channel:
            return messages("case_unknown")
        if not pressed.moderator:
            return messages("case_not_moderator")
        return await self.act(replace(case, version=int(rest[1])), act, pressed.incoming.author, messages)

    async def _rolled(self, place: Place, act: str, roll: str, author: str, messages: Messages) -> str:
        """What a button of the one card of many cases does: list them, or close all that are open."""
        found = await self.store.rolled(place, roll)
        if not found:
            return messages("case_unknown")
        if act == "list":
            return say_rolled(found, messages)
        closed = await self.store.close_rolled(place, roll, self._note("close", place, author))
        if not closed:
            return messages("case_rolled_none")
        value = f"close {found[0].number}-{found[-1].number} ({closed})"
        await self._core.store.keep_change(self._core.change(place, author, "cases", value))
        await self.posting.refresh_rolled(place, roll)
        return messages("case_rolled_closed", count=closed)

    async def act(self, case: Case, act: Act, author: str, messages: Messages) -> str:
        """Do something with a case, for a moderator who may.

        Args:
            case: its ``version`` is the one that the moderator saw.
            act: one of :data:`ACTS`.
            author: the moderator, as :attr:`bot.core.events.Incoming.author`.
            messages: the language to answer in.

        Returns:
            What to tell the moderator.
        """
        now = await self.store.find(case.place.platform, case.place.workspace, case.number)
        if now is None:
            return messages("case_unknown")
        if now.version != case.version or (act == "hide" and (now.hidden or now.gone)):
            return await self._stale(now, messages)
        if act == "hide":
            return await self._hide(now, author, messages)
        changed = await self.store.change(_after(now, act, author), self._note(act, now.place, author))
        if changed is None:
            return await self._stale(now, messages)
        await self.posting.refresh(changed)
        if act in ("right", "wrong"):
            await self._alarm(changed.place)
        return messages(f"case_did_{act}", number=case.number)

    async def _alarm(self, place: Place) -> None:
        """Say once, of a channel and a model, that it is wrong more often than was promised."""
        settings, core = await self._core.settings(place), self._core
        _, promise = promised(core, settings)
        poster, moderators = core.posters.get(place.platform), settings.rule.moderators
        if promise is None or poster is None or not moderators:
            return
        if not drifted(await judged(core, self.store, place), promise):
            return
        claim = Claim(place, f"drift:{core.inference.model_id}"[:128])
        if not await core.store.claim(claim):
            return
        messages = core.speak(settings)
        words = await say_precision(core, self.store, place, messages)
        try:
            post = Post(messages("precision_alarm"), body=(words,), about=place, tone="unsure")
            await poster.post(replace(place, channel=moderators), post)
        except DeliveryError as error:
            core.counters.add("undelivered", platform=place.platform)
            if refused(error):  # the next decision tries again
                await core.store.release(claim)

    async def _stale(self, case: Case, messages: Messages) -> str:
        now = await self.store.find(case.place.platform, case.place.workspace, case.number)
        if now is None:
            return messages("case_unknown")
        await self.posting.refresh(now)
        return messages("case_stale", number=case.number, state=say_state(now, messages))

    async def _hide(self, case: Case, author: str, messages: Messages) -> str:
        platform = self._core.posters.get(case.place.platform)
        if not isinstance(platform, Moderator) or not platform.hides(case.place):
            return messages("case_hide_not_here")
        # First the case, then the message: of two moderators one hides it. Its deletion, which the platform then
        # tells, is known for what it is.
        changed = await self.store.change(replace(case, hidden=True), self._note("hide", case.place, author))
        if changed is None:
            return await self._stale(case, messages)
        try:
            await platform.hide(case.place, case.message)
        except DeliveryError:
            self._core.counters.add("undelivered", platform=case.place.platform)
            await self._must(changed, lambda now: replace(now, hidden=False), "unhide")
            await self.posting.refresh(changed)
            return messages("case_hide_refused")
        self.posting.forget(case.place, case.message)
        await self.posting.refresh(changed)
        return messages("case_did_hide", number=case.number)

    async def _contest(self, pressed: Pressed, rest: list[str], messages: Messages) -> str:
        if len(rest) != 2 or not _NUMBER.fullmatch(rest[1]):
            return messages("case_unknown")
        case = await self.store.find(pressed.incoming.place.platform, rest[0], int(rest[1]))
        if case is None:
            return messages("case_unknown")
        if case.person != self._core.person(pressed.incoming):
            return messages("case_contest_other")
        if case.contested:
            return messages("case_contest_already")
        changed = await self._must(case, lambda now: replace(now, contested=True, state="open"), "contest")
        if changed is not None:
            await self.posting.refresh(changed)
        return messages("case_contest_done")

    async def _must(self, case: Case, change: Callable[[Case], Case], act: Act) -> Case | None:
        """Change a case whatever others do to it meanwhile; None if it is no more."""
        now: Case | None = case
        for _ in range(_TRIES):
            if now is None:
                return None
            changed = await self.store.change(change(now), Note(self._core.clock.now(), act))
            if changed is not None:
                return changed
            now = await self.store.find(case.place.platform, case.place.workspace, case.number)
        return None

    def _note(self, act: Act, place: Place, author: str) -> Note:
        return Note(self._core.clock.now(), act, author, self._core.fingerprint.person(place.platform, author))


def _after(case: Case, act: Act, author: str) -> Case:
    match act:
        case "right" | "wrong":
            return replace(case, decision=act)
        case "assign":
            return replace(case, assignee="" if case.assignee == author else author)
        case "owe" | "answered":
            return replace(case, owed=act == "owe")
        case _:
            return replace(case, state="closed" if act == "close" else "open")
