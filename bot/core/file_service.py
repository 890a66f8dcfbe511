"""Files of reviews that people send: fetched, scored, sent back, with one message that shows how far it is.

One file at a time is scored, and one of each person waits at most. What the model has to do goes between the batches
of chat (:meth:`bot.core.inference.Inference.judge_many`), all that blocks goes to a thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import ExitStatus, UserError
from bot.core.events import Attachment, ChannelSettings, Incoming, Outcome, Reply
from bot.core.file_folders import private_folder, sweep
from bot.core.file_progress import FileJob, show_progress
from bot.core.file_work import FileLimits, Scored, Stopped, private_file, score_file, sentence, suffix
from bot.core.messages import Messages
from bot.core.ports import DeliveryError, FilePlatform
from bot.core.records import Claim, ClaimState
from bot.core.scoring import UNJUDGED
from bot.core.simulation import band_fields, picture, summary
from bot.core.simulations import asked_in, parse_value, trying

if TYPE_CHECKING:
    from bot.core.service import Core
    from nlp import Verdict

_LAST_WORDS = 3.0
"""Seconds for the sentence that a file was given up."""

log = logging.getLogger(__name__)


class FileService:
    """Scores files.

    Args:
        core: whose model, store and counters.
        limits: how large, how many.
    """

    def __init__(self, core: Core, limits: FileLimits) -> None:
        self._core, self._limits = core, limits
        self._gate = asyncio.Semaphore(1)
        self._jobs: dict[str, tuple[FileJob, asyncio.Task[object]]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nunchi-file")
        self._stopping = False
        self._swept = False

    async def handle(self, incoming: Incoming, attachments: Sequence[Attachment], platform: FilePlatform) -> Outcome:
        """Score a file. Never raises, except when cancelled: whatever goes wrong is an outcome, and counted."""
        outcome = Outcome.FAILED
        try:
            outcome = await self._handle(incoming, attachments, platform)
        except Exception as error:
            # Not its message: it could hold a part of the file.
            log.error("file failed", extra={"event": "file_failed", "kind": type(error).__name__})
        self._core.counters.add("files", platform=platform.name, outcome=outcome)
        return outcome

    def stop(self) -> None:
        """Give up what is being done, except what is being sent already; those who wait are told."""
        self._stopping = True
        for job, task in self._jobs.values():
            if not job.sending:
                task.cancel()

    def close(self) -> None:
        """Let the thread go, after the last job."""
        self._thread.shutdown(wait=False)

    async def _handle(self, incoming: Incoming, attachments: Sequence[Attachment], platform: FilePlatform) -> Outcome:
        core = self._core
        if incoming.by_bot:
            return Outcome.BY_BOT
        settings = await core.settings(incoming.place)
        claim = Claim(incoming.place, incoming.message)
        if not await core.store.claim(claim):
            core.counters.add("duplicates", platform=platform.name)
            return Outcome.DUPLICATE
        job = FileJob(incoming, attachments, platform, core.speak(settings, incoming.language), claim)
        person = core.person(incoming)
        asked = asked_in(incoming.text)
        if asked is not None:
            thresholds = parse_value(asked)[1]
            if thresholds is not None and not 0 < thresholds[0] < thresholds[1] < 1:
                return await self._end(job, job.messages("admin_thresholds_wrong"), Outcome.REFUSED)
            job.settings = trying(settings, thresholds)
        permission = core.person_limit.ask((incoming.place.platform, incoming.author))
        if permission != "yes":
            core.counters.add("rate_limited", scope="person")
            if permission == "first_no":
                return await self._end(job, job.messages("rate_limited"), Outcome.RATE_LIMITED)
            await self._settle(job, "silent")
            return Outcome.RATE_LIMITED
        refusal = self._refusal(job, person)
        if refusal is not None:
            return await self._end(job, refusal, Outcome.REFUSED)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._jobs[person] = job, task
        try:
            return await self._work(job)
        except asyncio.CancelledError:
            if not self._stopping or job.sending:
                with suppress(Exception):
                    await self._settle(job, "abandoned")
                raise
            return await self._give_up(job)
        except Stopped:
            return await self._give_up(job)
        except UserError as error:
            name, values = sentence(error)
            return await self._end(job, job.messages(name, **values), Outcome.REFUSED)
        except Exception:
            await self._end(job, job.messages("file_failed"), Outcome.FAILED)
            raise
        finally:
            del self._jobs[person]

    def _refusal(self, job: FileJob, person: str) -> str | None:
        """Why this file is not even fetched, in a sentence."""
        core, limits, messages = self._core, self._limits, job.messages
        tables = [file for file in job.attachments if suffix(file.name)]
        if not tables:
            return messages("file_not_fetched" if any(file.missing for file in job.attachments) else "file_kind")
        if len(tables) > 1:
            return messages("file_one_only")
        if (tables[0].size or 0) > limits.bytes:
            return _too_large(limits, messages)
        if person in self._jobs:
            return messages("file_one_at_a_time")
        if self._stopping:
            return messages("file_stopped")
        if len(self._jobs) > limits.room:
            core.counters.add("busy", reason="files_full")
            return messages("busy")
        return None

    async def _work(self, job: FileJob) -> Outcome:
        waits = self._gate.locked()
        job.said = job.messages("file_waiting" if waits else "file_reading")
        try:
            job.reference = await job.platform.send(job.incoming, Reply(job.said))
        except DeliveryError:
            return await self._undelivered(job)
        async with self._gate:
            if not self._swept:
                self._swept = True
                await asyncio.to_thread(sweep)
            progress = asyncio.create_task(show_progress(job, self._limits.progress))
            try:
                with private_folder() as folder:
                    (attachment,) = (file for file in job.attachments if suffix(file.name))
                    source = folder / f"reviews{suffix(attachment.name)}"
                    try:
                        await self._fetch(job, attachment, source)
                    except DeliveryError:
                        return await self._end(job, job.messages("file_not_fetched"), Outcome.REFUSED)
                    scored = await self._score(job, source)
                    job.sending = True
                    job.finish()
                    await progress
                    return await self._send(job, scored)
            finally:
                job.finish()
                await asyncio.shield(progress)

    async def _fetch(self, job: FileJob, attachment: Attachment, source: Path) -> None:
        size = 0
        with private_file(source) as file:
            async for part in job.platform.download(attachment):
                size += len(part)
                if size > self._limits.bytes:
                    raise UserError(ExitStatus.BAD_DATA, "file_too_large", **_megabytes(self._limits))
                await asyncio.to_thread(file.write, part)

    async def _score(self, job: FileJob, source: Path) -> Scored:
        """In the thread; when this is cancelled, the thread is waited for."""
        loop = asyncio.get_running_loop()

        def tick(phase: str, done: int, total: int | None) -> None:
            if job.stop.is_set():
                raise Stopped
            job.state = phase, done, total
            loop.call_soon_threadsafe(job.changed.set)

        inference = self._core.inference
        model = inference.classifier  # of the whole file, although another may be put into service meanwhile

        def judge(texts: Sequence[str]) -> list[Verdict]:
            waiting = asyncio.run_coroutine_threadsafe(inference.judge_many(texts, model), loop)
            while True:
                try:
                    verdicts = waiting.result(timeout=1)
                    if job.settings is not None:
                        for verdict in verdicts:
                            job.tally.add(verdict, job.settings)
                    return verdicts
                except TimeoutError:
                    if job.stop.is_set():
                        waiting.cancel()
                        raise Stopped from None

        work = loop.run_in_executor(self._thread, score_file, source, judge, tick, self._limits)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            job.stop.set()
            await asyncio.wait([work])
            if not work.cancelled():
                work.exception()  # that it stopped is no news
            raise

    async def _send(self, job: FileJob, scored: Scored) -> Outcome:
        if job.settings is not None:
            return await self._send_simulation(job, job.settings, scored.path.with_name("simulation.png"))
        counts = {band: f"{scored.counts.get(band, 0):,}" for band in ("positive", "negative", "unsure", UNJUDGED)}
        words = job.messages("file_done", rows=f"{scored.rows:,}", column=scored.column, **counts)
        if scored.cut:
            words += "\n" + job.messages("file_cut", texts=f"{scored.cut:,}")
        return await self._deliver(job, words, scored.path, f"nunchi-scored{scored.path.suffix}")

    async def _send_simulation(self, job: FileJob, settings: ChannelSettings, path: Path) -> Outcome:
        model = self._core.inference.classifier

        def drawn() -> None:
            with private_file(path) as file:
                file.write(picture(job.tally, settings, model, job.messages).content)

        await asyncio.to_thread(drawn)
        fields = [f"{name}: {value}" for name, value in band_fields(job.tally, settings, job.messages)]
        words = "\n".join([*summary(job.tally, settings, model, job.messages), *fields])
        return await self._deliver(job, words, path, path.name)

    async def _deliver(self, job: FileJob, words: str, path: Path, name: str) -> Outcome:
        try:
            reference = await job.platform.upload(job.incoming, job.reference, Reply(words), path, name)
        except DeliveryError:
            self._core.counters.add("undelivered", platform=job.platform.name)
            return await self._end(job, job.messages("file_not_sent"), Outcome.UNDELIVERED, "abandoned")
        return await self._settled(job, "answered", reference, Outcome.REPLIED)

    async def _end(self, job: FileJob, words: str, outcome: Outcome, state: ClaimState = "answered") -> Outcome:
        """Say how it ended, in the message that showed the progress if there is one."""
        job.finish()
        try:
            if job.reference is None:
                reference = await job.platform.send(job.incoming, Reply(words))
            else:
                reference = await job.platform.update(job.incoming, job.reference, Reply(words))
        except DeliveryError:
            return await self._undelivered(job)
        return await self._settled(job, state, reference, outcome)

    async def _give_up(self, job: FileJob) -> Outcome:
        """Say that the bot stops; who is stopping cannot wait for long."""
        try:
            async with asyncio.timeout(_LAST_WORDS):
                return await self._end(job, job.messages("file_stopped"), Outcome.STOPPED, "abandoned")
        except TimeoutError:
            await self._settle(job, "abandoned")
            return Outcome.STOPPED

    async def _settled(self, job: FileJob, state: ClaimState, reference: str | None, outcome: Outcome) -> Outcome:
        if not await self._settle(job, state, reference) and reference is not None:
            with suppress(DeliveryError):  # the message was deleted meanwhile, and so is what was said of it
                await job.platform.retract(job.incoming.place, reference)
        return outcome

    async def _undelivered(self, job: FileJob) -> Outcome:
        self._core.counters.add("undelivered", platform=job.platform.name)
        await self._settle(job, "abandoned")
        return Outcome.UNDELIVERED

    async def _settle(self, job: FileJob, state: ClaimState, reference: str | None = None) -> bool:
        return await self._core.store.settle(job.claim, state, reference)


def _megabytes(limits: FileLimits) -> dict[str, object]:
    return {"limit": f"{limits.bytes / (1 << 20):g}"}


def _too_large(limits: FileLimits, messages: Messages) -> str:
    return messages("file_too_large", **_megabytes(limits))
