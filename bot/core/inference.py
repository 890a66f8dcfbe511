"""The model on a thread of its own, in micro-batches, behind a queue that ends somewhere.

The event loop only waits: a slow model delays answers, never acknowledgements and heartbeats.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.counters import Counters
from bot.core.ports import Classifier

if TYPE_CHECKING:
    from nlp import Verdict


class BusyError(Exception):
    """There is no room, or no time, to judge one more text now."""


@dataclass(frozen=True, slots=True, repr=False)
class _Job:
    text: str
    future: asyncio.Future[Verdict]
    deadline: float


class Inference:
    """Judges texts one batch after the other, in the order they came.

    Args:
        classifier: the model.
        counters: where refusals and batches are counted.
        room: texts that may wait.
        batch: texts that are judged at once.
        patience: seconds that a text waits for its turn before it is refused.
    """

    def __init__(
        self, classifier: Classifier, counters: Counters, *, room: int = 512, batch: int = 32, patience: float = 2.0
    ) -> None:
        self._classifier, self._counters = classifier, counters
        self._room, self._batch, self._patience = room, batch, patience
        self._waiting: deque[_Job] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nunchi-model")
        self._worker: asyncio.Task[None] | None = None
        self._began: float | None = None

    @property
    def model_id(self) -> str:
        """Which model judges."""
        return self._classifier.model_id

    def replace(self, classifier: Classifier) -> None:
        """Let another model judge from the next batch on; texts that one has begun with, it finishes."""
        self._classifier = classifier
        self._counters.add("model_replaced")

    @property
    def depth(self) -> int:
        """How many texts wait."""
        return len(self._waiting)

    @property
    def busy(self) -> float:
        """Seconds that the model has had the batch that it is at; 0 if it is at none."""
        return 0.0 if self._began is None else asyncio.get_running_loop().time() - self._began

    async def judge(self, text: str) -> Verdict:
        """The verdict of a text.

        Raises:
            BusyError: if the queue is full, or the text's turn did not come in time.
        """
        if len(self._waiting) >= self._room:
            self._counters.add("busy", reason="queue_full")
            raise BusyError
        loop = asyncio.get_running_loop()
        job = _Job(text, loop.create_future(), loop.time() + self._patience)
        self._waiting.append(job)
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work(), name="nunchi-inference")
        return await job.future

    async def close(self) -> None:
        """Finish what waits, then let the thread go."""
        if self._worker is not None:
            await self._worker
        self._thread.shutdown()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while jobs := self._next(loop.time()):
            self._counters.add("batches")
            self._began = loop.time()
            try:
                verdicts = await loop.run_in_executor(
                    self._thread, self._classifier.analyze_batch, [job.text for job in jobs]
                )
            except Exception as error:
                self._counters.add("inference_failed", len(jobs))
                for job in jobs:
                    _finish(job, error)
            else:
                for job, verdict in zip(jobs, verdicts, strict=True):
                    _finish(job, verdict)
            finally:
                self._began = None

    def _next(self, now: float) -> list[_Job]:
        """The next batch, without those who waited too long or went away."""
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < self._batch:
            job = self._waiting.popleft()
            if job.future.done():
                continue
            if now > job.deadline:
                self._counters.add("busy", reason="too_late")
                _finish(job, BusyError())
            else:
                jobs.append(job)
        return jobs


def _finish(job: _Job, result: Verdict | Exception) -> None:
    if job.future.done():
        return
    if isinstance(result, Exception):
        job.future.set_exception(result)
    else:
        job.future.set_result(result)
