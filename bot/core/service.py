"""The bot without its platforms: what they hand in is judged, answered, remembered and forgotten here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.clock import SystemClock
from bot.core.counters import Counters
from bot.core.events import Attachment, ChannelSettings, Incoming, Outcome, Place, Pressed
from bot.core.file_service import FileService
from bot.core.file_work import FileLimits
from bot.core.fingerprint import Fingerprint
from bot.core.inference import Inference
from bot.core.limits import RateLimit
from bot.core.messages import Language, Messages
from bot.core.moderation import Cooldown
from bot.core.overload import Overload
from bot.core.pipeline import STEPS, Passage, admit_failure
from bot.core.ports import CaseBook, Classifier, Clock, DeliveryError, FilePlatform, Platform, Poster, Reader
from bot.core.records import Change, Claim, Store
from bot.core.simulations import Simulations
from bot.core.why import answer_why

if TYPE_CHECKING:
    from bot.core.announcing import Announcer

_SETTINGS_SECONDS = 5.0
"""How long another process may still see what an admin has just changed."""

_LEAVING_SECONDS = 30.0
"""How long what is on its way may take when a workspace leaves."""

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of everything.

    Attributes:
        room: texts that may wait for the model.
        batch: texts that the model judges at once.
        patience: seconds that a text may wait for its turn.
        person: requests of a person in a minute.
        channel: requests of a channel in a minute, however many people they come from.
        backlog: events that may be on their way, those that wait for the database included.
        files: how large, and how many.
    """

    room: int = 512
    batch: int = 32
    patience: float = 2.0
    person: int = 30
    channel: int = 600
    backlog: int = 2_000
    files: FileLimits = field(default_factory=FileLimits)


class Core:
    """Everything that is the same on every platform.

    Args:
        classifier: the model.
        store: the memory.
        fingerprint: makes people and texts unreadable before they are stored.
        clock: the time.
        language: of those who do not say which.
        limits: how much of everything.

    Attributes:
        announcer: what says digests and alerts; None if nobody does.
        posters: what posts in channels unasked, by the name of its platform; an adapter puts itself there.
        cases: who keeps the cases of watched channels; None if nobody does.
    """

    def __init__(
        self,
        classifier: Classifier,
        store: Store,
        fingerprint: Fingerprint,
        *,
        clock: Clock | None = None,
        language: Language = "ko",
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        self.store, self.fingerprint, self.language = store, fingerprint, language
        self.clock: Clock = clock or SystemClock()
        self.counters = Counters()
        self.posters: dict[str, Poster] = {}
        self.announcer: Announcer | None = None
        self.inference = Inference(
            classifier, self.counters, room=limits.room, batch=limits.batch, patience=limits.patience
        )
        self.person_limit = RateLimit(self.clock, limits.person)
        self.channel_limit = RateLimit(self.clock, limits.channel)
        self.cooldown = Cooldown(self.clock)
        self.cases: CaseBook | None = None
        self.simulations = Simulations(self)
        self._settings: dict[Place, tuple[float, ChannelSettings]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._under_way: set[tuple[Place, str, str, str]] = set()
        self._backlog = limits.backlog
        self._overload = Overload(self)
        self.files = FileService(self, limits.files)

    async def handle(self, incoming: Incoming, platform: Platform) -> Outcome:
        """Let a message go its path. Never raises: whatever goes wrong is an outcome, and counted.

        Args:
            incoming: the message.
            platform: where it came from.
        """
        passage = Passage(incoming, platform, self.clock.monotonic())
        try:
            outcome = await self._walk(passage)
        except asyncio.CancelledError:  # the bot stops and cannot wait any longer
            if passage.claim is not None:
                with suppress(Exception):
                    await self.store.settle(passage.claim, "abandoned", owed=passage.owed)
            raise
        except Exception as error:
            # Not its message: it could hold a part of a review.
            log.error("message failed", extra={"event": "message_failed", "kind": type(error).__name__})
            await self._admit(passage)
            outcome = Outcome.FAILED
        self.counters.add("messages", platform=platform.name, outcome=outcome)
        return outcome

    async def walk(self, incoming: Incoming, platform: Platform) -> Outcome:
        """The same, but whatever goes wrong is raised."""
        return await self._walk(Passage(incoming, platform, self.clock.monotonic()))

    async def _walk(self, passage: Passage) -> Outcome:
        for step in STEPS:
            outcome = await step(self, passage)
            if outcome is not None:
                return outcome
        raise AssertionError("the last step always ends the path")

    async def _admit(self, passage: Passage) -> None:
        """Say that it went wrong to who asked, if nothing was said yet."""
        if passage.claim is None or passage.said or passage.watched:
            return
        with suppress(Exception):  # whatever was wrong may still be
            await admit_failure(self, passage)

    def start(
        self,
        incoming: Incoming,
        platform: Platform,
        work: Callable[[], Coroutine[Any, Any, Any]] | None = None,
    ) -> asyncio.Task[Any] | None:
        """Let a message go its path while the caller acknowledges it; :meth:`close` waits for it.

        Where too much is on its way already, the asker is told to come again and it is counted; neither waits for
        what waits for the database. What was told so, or is on its way in this process, is a duplicate.

        Args:
            incoming: the message.
            platform: where it came from.
            work: what to do with it; :meth:`handle` it if None.

        Returns:
            The task; None if there was no room, or it is a duplicate.
        """
        key = incoming.place, incoming.message, incoming.revision, incoming.way
        if key in self._under_way or self._overload.was_refused(incoming):
            self.counters.add("duplicates", platform=platform.name)
            return None
        if self.full:
            self._overload.refuse(incoming, platform)
            self.counters.add("messages", platform=platform.name, outcome=Outcome.BUSY)
            return None
        task = self.spawn((work or partial(self.handle, incoming, platform))())
        self._under_way.add(key)
        task.add_done_callback(lambda _: self._under_way.discard(key))
        return task

    def start_file(
        self, incoming: Incoming, attachments: Sequence[Attachment], platform: FilePlatform
    ) -> asyncio.Task[Any] | None:
        """Score the file of a message, as :meth:`start` judges a text: the scored file is sent back.

        Args:
            incoming: the message; :func:`bot.core.file_work.is_for_scoring` says whether it is about its files.
            attachments: all files of the message. Those that are no tables are left alone, of more than one table
                it is said that one is enough.
            platform: where it came from.
        """
        return self.start(incoming, platform, partial(self.files.handle, incoming, attachments, platform))

    def start_why(self, incoming: Incoming, platform: Reader) -> asyncio.Task[Any] | None:
        """Say why, to who pressed the button of a card: ``incoming.source`` is the message that was judged.

        The text is read again from the platform. ``incoming.message`` is the interaction, its text is not used.
        """
        return self.start(incoming, platform, partial(self.why, incoming, platform))

    async def why(self, incoming: Incoming, platform: Reader) -> Outcome:
        """The same in the caller's task. Never raises."""
        outcome = Outcome.FAILED
        try:
            outcome = await answer_why(self, incoming, platform)
        except Exception as error:
            log.error("why failed", extra={"event": "why_failed", "kind": type(error).__name__})
        self.counters.add("whys", platform=platform.name, outcome=outcome)
        return outcome

    @property
    def full(self) -> bool:
        """Whether as much is on its way as may be."""
        return len(self._running) >= self._backlog

    def is_under_way(self, claim: Claim) -> bool:
        """Whether a watched message is on its way in this process."""
        return (claim.place, claim.message, claim.revision, "watched") in self._under_way

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do something that :meth:`close` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def forget(self, place: Place, message: str, platform: Platform) -> bool:
        """A message was deleted: delete what is kept of it, and the answer to it.

        Returns:
            Whether there was an answer.
        """
        reference = await self.store.forget(place, message)
        if self.cases is not None:
            await self.cases.forgotten(place, message)
        if reference is None:
            return False
        try:
            await platform.retract(place, reference)
        except DeliveryError:
            self.counters.add("undelivered", platform=platform.name)
        return True

    async def press(self, pressed: Pressed, platform: Platform) -> None:
        """Somebody pressed a button of a post. Never raises."""
        name = pressed.button.partition(":")[0]
        try:
            if name == "case" and self.cases is not None:
                await self.cases.press(pressed, platform)
            elif name == "simulate":
                await self.simulations.press(pressed, platform)
        except Exception as error:
            log.error("press failed", extra={"event": "press_failed", "kind": type(error).__name__})
        self.counters.add("presses", platform=platform.name)

    async def left(self, platform: str, workspace: str) -> None:
        """The bot was removed from a workspace: delete all that is kept of it, once and for all.

        Deleted at once, and again when what is on its way has come to its end: that may still write.
        """
        others = {task for task in self._running if task is not asyncio.current_task()}
        await self.store.delete_workspace(platform, workspace)
        if others:
            await asyncio.wait(others, timeout=_LEAVING_SECONDS)
            await self.store.delete_workspace(platform, workspace)
        kept = self._settings.items()
        self._settings = {p: found for p, found in kept if (p.platform, p.workspace) != (platform, workspace)}
        self.counters.add("workspaces_left", platform=platform)
        log.info("a workspace left", extra={"event": "workspace_left", "platform": platform})

    async def feedback(self, verdict: str, platform: str, author: str, right: bool) -> bool:
        """Somebody says whether a verdict is right; False if the verdict is not known any more."""
        person = self.fingerprint.person(platform, author)
        known = await self.store.feedback(verdict, person, right, self.clock.now())
        self.counters.add("feedback", verdict="right" if right else "wrong", known=str(known).lower())
        return known

    async def settings(self, place: Place) -> ChannelSettings:
        """Those of a channel, at most a few seconds old."""
        now = self.clock.monotonic()
        kept = self._settings.get(place)
        if kept is not None and now - kept[0] < _SETTINGS_SECONDS:
            return kept[1]
        settings = await self.store.settings(place)
        if len(self._settings) > 10_000:
            self._settings.clear()
        self._settings[place] = now, settings
        return settings

    def known_settings(self, place: Place) -> ChannelSettings | None:
        """Those of a channel as they were when somebody last asked; None if nobody did."""
        kept = self._settings.get(place)
        return None if kept is None else kept[1]

    async def configure(self, place: Place, settings: ChannelSettings, change: Change | None = None) -> None:
        """An admin chose them, which the audit log keeps."""
        await self.store.configure(place, settings, change)
        self._settings[place] = self.clock.monotonic(), settings

    def change(self, place: Place, author: str, what: str, value: str = "") -> Change:
        """An entry for the audit log, of now."""
        person = self.fingerprint.person(place.platform, author)
        return Change(place, self.clock.now(), author, person, what, value)

    def person(self, incoming: Incoming) -> str:
        """The fingerprint of who asks."""
        return self.fingerprint.person(incoming.place.platform, incoming.author)

    def speak(self, settings: ChannelSettings, asked: Language | None = None) -> Messages:
        """The channel's language, else the asker's, else the operator's."""
        return self.speak_in(settings.language or asked)

    def speak_in(self, language: Language | None) -> Messages:
        """That language, else the operator's."""
        return Messages(language or self.language)

    @property
    def in_flight(self) -> int:
        """How many messages are on their way."""
        return len(self._running)

    async def close(self, patience: float = 8.0) -> int:
        """Finish what is on its way, give up on what takes longer, close the store.

        Args:
            patience: seconds to wait.

        Returns:
            How many messages were given up on. Their claims stay, so that nobody answers them twice.
        """
        self.files.stop()
        self.simulations.close()
        if self.cases is not None:
            self.cases.stop()
        if self.announcer is not None:
            self.announcer.stop()
        late: set[asyncio.Task[Any]] = set()
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            self.counters.add("abandoned", len(late))
        self.files.close()
        await self.inference.close()
        await self.store.close()
        return len(late)
