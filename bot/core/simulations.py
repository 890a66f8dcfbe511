"""Simulations over the last messages of a channel, while people wait: with progress, to be stopped, gone on with later.

What is read is judged and let go. After each page the counts and where to go on are noted in the store, so that whoever
comes after a restart goes on from there. A noted simulation belongs to the process that noted it last; once that was
silent for a while, another one takes it over.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.events import Button, ChannelSettings, Incoming, Link, Place, Post, Pressed, Reply
from bot.core.inference import BusyError
from bot.core.messages import Messages
from bot.core.ports import DeliveryError, History, LaterError, Platform, Poster
from bot.core.records import Claim
from bot.core.simulation import Tally, result_post
from nlp.text import normalize

if TYPE_CHECKING:
    from bot.core.service import Core

SLOTS = 4
"""Simulations at once, of all processes together."""

STALE = timedelta(minutes=3)
"""After which nobody is at a simulation any more. Longer than a page may take."""

PAGE = 100
DEFAULT = 200
_LONGEST_WAIT, _MOST_WAITS = 60.0, 10
_SHOWN, _EXPLAINED = 5, 30
PATTERN = r"(?:simulate|시뮬레이션)((?: +\d{1,5})?(?: +\d{1,2}(?:\.\d+)? +\d{1,2}(?:\.\d+)?)?| +(?:stop|중단|멈추기))"
"""The command: ``simulate``, ``simulate 200``, ``simulate 200 30 70``, ``simulate 30 70``, ``simulate stop``."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """A simulation that is on its way.

    Attributes:
        place: the channel that is read.
        target: id of the channel where its progress and its result are shown.
        wanted: how many messages are to be read.
        thresholds: instead of the channel's own; None for those.
        tally: what was found.
        seen: how many messages were gone through, those that nobody wrote included.
        before: the platform's id of the oldest message that was read; None at the beginning.
        reference: of the post that shows the progress; empty before there is one.
        surest: of flagged messages those of which the model is surest: how sure, the probability and the message's id.
            Not kept over a restart, nor are the words of :class:`Tally`.
        explained: for how many of them words were looked for.
    """

    place: Place
    target: str
    wanted: int
    thresholds: tuple[float, float] | None = None
    tally: Tally = field(default_factory=Tally)
    seen: int = 0
    before: str | None = None
    reference: str = ""
    surest: list[tuple[float, float, str]] = field(default_factory=list, compare=False)
    explained: int = field(default=0, compare=False)

    @property
    def discreet(self) -> bool:
        """Whether it is shown elsewhere than where people wrote: only there is it said which messages it is about."""
        return self.target != self.place.channel

    @property
    def shown_in(self) -> Place:
        """Where its progress is shown."""
        return replace(self.place, channel=self.target)


class StoppedError(Exception):
    """Somebody stopped a simulation, or it is another process's by now."""


class Simulations:
    """Runs them.

    Args:
        core: whose store, model and platforms.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._mine: dict[int, str] = {}
        self._begun: dict[int, Place] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, place: Place, wanted: int, thresholds: tuple[float, float] | None = None) -> str:
        """Begin one.

        Returns:
            The name of the sentence that says what came of it: ``simulate_begun``, or why it was not.
        """
        if not isinstance(self._core.posters.get(place.platform), History):
            return "simulate_nowhere"
        settings = await self._core.settings(place)
        slots = await self._slots()
        # From here on nothing is waited for: of two who begin at once the second sees what the first has taken.
        if place in self._begun.values() or any(job.place == place for job, _ in slots.values()):
            return "simulate_running"
        free = [slot for slot in range(SLOTS) if slot not in slots and slot not in self._begun]
        if not free:
            return "simulate_busy"
        job = Job(place, settings.rule.moderators or place.channel, wanted, thresholds)
        self._begin(free[0], job)
        return "simulate_begun"

    async def stop(self, place: Place) -> bool:
        """Stop that of a channel; False if there is none."""
        for slot, (job, _) in (await self._slots()).items():
            if job.place == place:
                await self._forget(slot)
                return True
        return False

    async def press(self, pressed: Pressed, platform: Platform) -> None:
        """Somebody pressed the button that stops one, below its progress."""
        incoming = pressed.incoming
        messages = self._core.speak(await self._core.settings(incoming.place), incoming.language)
        slot = pressed.button.rpartition(":")[2]
        job, _ = (await self._slots()).get(int(slot) if slot.isdecimal() else -1, (None, None))
        sentence = "simulate_gone"
        if job is not None and job.shown_in == incoming.place:
            sentence = "admin_only"
            if pressed.moderator:
                sentence = "simulate_stopping"
                await self._forget(int(slot))
                await self._core.store.keep_change(self._core.change(job.place, incoming.author, "simulate", "stop"))
        with suppress(DeliveryError):
            await platform.send(incoming, Reply(messages(sentence), private=True))

    async def go_on(self) -> int:
        """Take over what nobody is at any more; gives how many. To be called now and then."""
        taken = 0
        for slot, (job, noted) in (await self._slots()).items():
            if slot in self._mine or self._core.clock.now() - noted < STALE:
                continue
            if not isinstance(self._core.posters.get(job.place.platform), History):
                continue
            claim = Claim(job.place, f"simulation-{slot}", str(round(noted.timestamp() * 1000)))
            if await self._core.store.claim(claim):  # of several processes one
                self._begin(slot, job)
                taken += 1
        return taken

    def _begin(self, slot: int, job: Job) -> None:
        self._mine[slot], self._begun[slot] = "", job.place  # nobody else begins in it meanwhile
        task = self._core.spawn(self._run(slot, job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """The bot stops: what is noted is gone on with by whoever comes next."""
        for task in self._tasks:
            task.cancel()

    async def _run(self, slot: int, job: Job) -> None:
        try:
            outcome = await self._outcome(slot, job)
            if outcome != "stopped":
                await self._forget(slot)
        except Exception as error:  # what is noted is gone on with once it is stale
            log.error("simulation failed", extra={"event": "simulation_failed", "kind": type(error).__name__})
            outcome = "failed"
        finally:  # also where the bot stops
            self._mine.pop(slot, None)
            self._begun.pop(slot, None)
        self._core.counters.add("simulations", platform=job.place.platform, outcome=outcome)

    async def _outcome(self, slot: int, job: Job) -> str:
        try:
            await self._note(slot, job)
            await self._show(job, _progress(slot, job, await self._messages(job)))
            await self._note(slot, job)
            await self._read(slot, job)
            await self._show(job, await self._result(job))
        except StoppedError:
            await self._say(job, "simulate_stopped")
            return "stopped"
        except DeliveryError as error:
            log.warning("simulation failed", extra={"event": "simulation_failed", "kind": str(error)})
        except Exception as error:
            # Not its message: it could hold a part of a review.
            log.error("simulation failed", extra={"event": "simulation_failed", "kind": type(error).__name__})
        else:
            return "done"
        await self._say(job, "simulate_failed")
        return "failed"

    async def _read(self, slot: int, job: Job) -> None:
        platform = self._core.posters[job.place.platform]
        assert isinstance(platform, History)  # noqa: S101 - looked at before
        waits = 0
        while job.seen < job.wanted:
            try:
                page = await platform.history(job.place, job.before, min(PAGE, job.wanted - job.seen))
            except LaterError as later:
                waits += 1
                if waits > _MOST_WAITS:
                    raise
                seconds = min(max(later.seconds, 1.0), _LONGEST_WAIT)
                messages = await self._messages(job)
                await self._show(
                    job, _progress(slot, job, messages, messages("simulate_waiting", seconds=round(seconds)))
                )
                await asyncio.sleep(seconds)
                await self._note(slot, job)
                continue
            waits = 0
            await self._judge(job, page.messages)
            job.seen += page.seen
            job.before = page.oldest
            await self._note(slot, job)
            if page.oldest is None:
                return
            await self._show(job, _progress(slot, job, await self._messages(job)))

    async def _judge(self, job: Job, found: tuple[Incoming, ...]) -> None:
        core, settings = self._core, await self._settings(job)
        heard = []
        for incoming in found:
            person = core.person(incoming)
            if incoming.by_bot or await core.store.opted_out(person):
                job.tally.left_out += 1
            else:
                exempt = settings.rule.exempts(incoming.roles, person)
                heard.append((incoming.message, normalize(incoming.text), exempt))
        verdicts = await core.inference.judge_many([text for _, text, _ in heard])
        for (message, text, exempt), verdict in zip(heard, verdicts, strict=True):
            if job.tally.add(verdict, settings, exempt=exempt) and job.discreet:
                job.surest.append((abs(verdict.probability - 0.5), verdict.probability, message))
                await self._explain(job, text)
        job.surest = sorted(job.surest, reverse=True)[:_SHOWN]

    async def _explain(self, job: Job, text: str) -> None:
        """Look for the words behind some of the verdicts, while the model has time for it."""
        if job.explained >= _EXPLAINED or not self._core.inference.explains:
            return
        job.explained += 1
        with suppress(BusyError):
            job.tally.words.update((await self._core.inference.judge_and_explain(text)).evidence)

    async def _settings(self, job: Job) -> ChannelSettings:
        return trying(await self._core.settings(job.place), job.thresholds)

    async def _messages(self, job: Job) -> Messages:
        return self._core.speak(await self._core.settings(job.place))

    async def _result(self, job: Job) -> Post:
        settings, messages = await self._settings(job), await self._messages(job)
        model = self._core.inference.classifier
        links = await self._links(job, messages)
        return await asyncio.to_thread(result_post, job.place, job.tally, settings, model, messages, links)

    async def _links(self, job: Job, messages: Messages) -> tuple[Link, ...]:
        platform = self._core.posters[job.place.platform]
        assert isinstance(platform, History)  # noqa: S101 - looked at before
        found = []
        for _, probability, message in job.surest:
            url = await platform.link(job.place, message)
            if url is not None:
                found.append(Link(messages("simulate_link", percent=f"{100 * probability:.1f}"), url))
        return tuple(found)

    async def _show(self, job: Job, post: Post) -> None:
        poster: Poster = self._core.posters[job.place.platform]
        reference = None
        if job.reference:
            reference = await poster.revise(job.shown_in, job.reference, post)
        job.reference = reference or await poster.post(job.shown_in, post)

    async def _say(self, job: Job, sentence: str) -> None:
        """Say in the place of the progress how it ended; where that cannot be said, nobody looks at it."""
        try:
            messages = await self._messages(job)
            await self._show(job, Post(messages(sentence), about=job.place))
        except DeliveryError:
            self._core.counters.add("undelivered", platform=job.place.platform)

    # What is noted

    async def _slots(self) -> dict[int, tuple[Job, datetime]]:
        found = {}
        for slot in range(SLOTS):
            where, counts = [await self._core.store.note(name) for name in _names(slot)]
            job = _decode(where, counts)
            if job is not None:
                found[slot] = job
            elif slot in self._mine:  # it is being begun
                continue
        return found

    async def _note(self, slot: int, job: Job) -> None:
        """Note where it is.

        Raises:
            StoppedError: if what was noted before is not there any more.
        """
        where, counts = _names(slot)
        if self._mine[slot] and await self._core.store.note(counts) != self._mine[slot]:
            raise StoppedError
        kept = _encode(job, self._core.clock.now())
        self._mine[slot] = kept[1]
        await self._core.store.keep_note(where, kept[0])
        await self._core.store.keep_note(counts, kept[1])

    async def _forget(self, slot: int) -> None:
        for name in _names(slot):
            await self._core.store.keep_note(name, None)


def _progress(slot: int, job: Job, messages: Messages, *notes: str) -> Post:
    share = min(1.0, job.seen / job.wanted)
    bar = "▰" * round(10 * share) + "▱" * (10 - round(10 * share))
    body = messages("simulate_progress", done=f"{job.seen:,}", wanted=f"{job.wanted:,}")
    stop = Button(f"simulate:stop:{slot}", messages("simulate_stop"), "bad")
    notes = (*notes, messages("simulate_how_to_stop"))
    return Post(messages("simulate_reading"), (f"{bar} {body}",), notes=notes, buttons=(stop,), about=job.place)


def _names(slot: int) -> tuple[str, str]:
    return f"simulation-{slot}", f"simulation-{slot}-counts"


def _encode(job: Job, now: datetime) -> tuple[str, str]:
    """A job as two notes of 256 characters."""
    place = job.place
    low, high = job.thresholds or (0.0, 0.0)
    where = [place.platform, place.workspace, place.channel, job.target, str(job.wanted), f"{low:.6g}", f"{high:.6g}"]
    numbers = [round(now.timestamp()), job.seen, *job.tally.numbers()]
    return "|".join([*where, job.reference]), "|".join([job.before or "", *map(_base36, numbers)])


def _decode(where: str | None, counts: str | None) -> tuple[Job, datetime] | None:
    try:
        platform, workspace, channel, target, wanted, low, high, reference = (where or "").split("|", 7)
        before, *digits = (counts or "").split("|")
        at, seen, *numbers = [int(digit, 36) for digit in digits]
        thresholds = (float(low), float(high))
        job = Job(
            Place(platform, workspace, channel),
            target,
            int(wanted),
            thresholds if any(thresholds) else None,
            Tally.of(numbers),
            seen,
            before or None,
            reference,
        )
        return job, datetime.fromtimestamp(at, UTC)
    except ValueError:  # there is none, or it was begun this moment
        return None


def _base36(number: int) -> str:
    out = _DIGITS[number % 36]
    while number := number // 36:
        out = _DIGITS[number % 36] + out
    return out


def trying(settings: ChannelSettings, thresholds: tuple[float, float] | None) -> ChannelSettings:
    """The settings with other thresholds; as they are if None."""
    if thresholds is None:
        return settings
    return replace(settings, negative_below=thresholds[0], positive_above=thresholds[1])


def asked_in(text: str) -> str | None:
    """The value of the command that a text is; None if it is none."""
    found = re.fullmatch(PATTERN, text.strip().lower())
    return None if found is None else found[1].strip()


def parse_value(value: str) -> tuple[int, tuple[float, float] | None]:
    """How many messages, and which thresholds, a command asks for: ``200``, ``200 30 70``, ``30 70``."""
    words = re.findall(r"[\d.]+", value)
    thresholds = (float(words[-2]) / 100, float(words[-1]) / 100) if len(words) > 1 else None
    return int(words[0]) if len(words) in (1, 3) else DEFAULT, thresholds
