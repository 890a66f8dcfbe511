"""The model on a thread of its own, in micro-batches, behind a queue that ends somewhere.

The event loop only waits: a slow model delays answers, never acknowledgements and heartbeats. Chat comes first: what
takes longer, a review taken apart or a lot of a file's rows, has its turn between two batches, one at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.counters import Counters
from bot.core.evidence import signed_words
from bot.core.ports import Classifier, Explainer

if TYPE_CHECKING:
    from nlp import Review, Verdict

_MOST_EXPLAINED = 4
"""Texts of one batch whose evidence is looked for: each costs as much as ten verdicts, so only while it is quiet."""

_ROOM_FOR_REVIEWS = 32
_ROOM_WHEN_IDLE = 256

T = TypeVar("T")


class BusyError(Exception):
    """There is no room, or no time, to judge one more text now."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the words behind it.

    Attributes:
        verdict: of the text.
        evidence: as :func:`bot.core.evidence.signed_words` gives it; empty where it was not asked for, or the model
            had no time or no way to say.
    """

    verdict: Verdict
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class _Job:
    text: str
    future: asyncio.Future[Judged]
    deadline: float
    explain: bool


@dataclass(frozen=True, slots=True, repr=False)
class _Call:
    """Something else for the model's thread."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]
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
        self._counters = counters
        self._take(classifier)
        self._room, self._batch, self._patience = room, batch, patience
        self._waiting: deque[_Job] = deque()
        self._reviews: deque[_Call] = deque()
        self._lots: deque[_Call] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nunchi-model")
        self._worker: asyncio.Task[None] | None = None
        self._began: float | None = None

    @property
    def model_id(self) -> str:
        """Which model judges."""
        return self._classifier.model_id

    @property
    def classifier(self) -> Classifier:
        """The model that judges; what comes in several lots can be kept to it, see :meth:`judge_many`."""
        return self._classifier

    def replace(self, classifier: Classifier) -> None:
        """Let another model judge, and say why, from the next batch on; texts that one has begun with, it finishes."""
        self._take(classifier)
        self._counters.add("model_replaced")

    def _take(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._explains = isinstance(classifier, Explainer)  # which takes a while, and each message asks

    @property
    def depth(self) -> int:
        """How many texts wait."""
        return len(self._waiting)

    @property
    def busy(self) -> float:
        """Seconds that the model has had what it is at; 0 if it is at nothing."""
        return 0.0 if self._began is None else asyncio.get_running_loop().time() - self._began

    @property
    def explains(self) -> bool:
        """Whether the model can say why."""
        return self._explains

    async def judge(self, text: str) -> Verdict:
        """The verdict of a text.

        Raises:
            BusyError: if the queue is full, or the text's turn did not come in time.
        """
        return (await self.judge_and_explain(text, explain=False)).verdict

    async def judge_and_explain(self, text: str, *, explain: bool = True) -> Judged:
        """The verdict of a text, and the words behind it if there is time to look for them.

        Raises:
            BusyError: as :meth:`judge`.
        """
        if len(self._waiting) >= self._room:
            self._counters.add("busy", reason="queue_full")
            raise BusyError
        loop = asyncio.get_running_loop()
        job = _Job(text, loop.create_future(), loop.time() + self._patience, explain)
        self._waiting.append(job)
        self._wake()
        return await job.future

    async def review(self, text: str) -> Review:
        """A text taken apart.

        Raises:
            BusyError: if too many wait for this, or its turn did not come in time.
            ValueError: if the model cannot say why; see :attr:`explains`.
        """
        explainer = self._classifier
        if not isinstance(explainer, Explainer):
            raise ValueError("this model does not explain")
        if len(self._reviews) >= _ROOM_FOR_REVIEWS:
            self._counters.add("busy", reason="reviews_full")
            raise BusyError
        return await self._call(self._reviews, lambda: explainer.review(text), self._patience)

    async def review_when_idle(self, text: str) -> Review:
        """A text taken apart, that nobody waits for: it has its turn when there is time.

        Raises:
            BusyError: if too many wait for this.
            ValueError: as :meth:`review`.
        """
        explainer = self._classifier
        if not isinstance(explainer, Explainer):
            raise ValueError("this model does not explain")
        if len(self._lots) >= _ROOM_WHEN_IDLE:
            self._counters.add("busy", reason="idle_full")
            raise BusyError
        return await self._call(self._lots, lambda: explainer.review(text))

    async def judge_many(self, texts: Sequence[str], classifier: Classifier | None = None) -> list[Verdict]:
        """Verdicts of many texts that nobody waits for this second; they wait as long as it takes.

        Args:
            texts: to judge, all by one model.
            classifier: which, although another may have replaced it; that which judges if None.
        """
        model = classifier or self._classifier
        out: list[Verdict] = []
        for at in range(0, len(texts), self._batch):
            out += await self._call(self._lots, partial(model.analyze_batch, texts[at : at + self._batch]))
        return out

    async def close(self) -> None:
        """Finish what waits, then let the thread go."""
        if self._worker is not None:
            await self._worker
        self._thread.shutdown()

    async def _call(self, queue: deque[_Call], work: Callable[[], T], patience: float = float("inf")) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        queue.append(_Call(work, future, loop.time() + patience))
        self._wake()
        return await future

    def _wake(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._work(), name="nunchi-inference")

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting or self._reviews or self._lots:
            if jobs := self._next(loop.time()):
                await self._judge(jobs)
            for queue in (self._reviews, self._lots):
                await self._call_next(queue)

    async def _judge(self, jobs: list[_Job]) -> None:
        self._counters.add("batches")
        asked = [job.explain for job in jobs]
        quiet = not self._waiting and sum(asked) <= _MOST_EXPLAINED
        texts, explain = [job.text for job in jobs], asked if quiet else [False] * len(jobs)
        try:
            judged = await self._run(partial(_verdicts, self._classifier, texts, explain))
        except Exception as error:
            self._counters.add("inference_failed", len(jobs))
            for job in jobs:
                _finish(job.future, error)
        else:
            for job, result in zip(jobs, judged, strict=True):
                _finish(job.future, result)

    async def _run(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        try:
            return await loop.run_in_executor(self._thread, work)
        finally:
            self._began = None

    async def _call_next(self, queue: deque[_Call]) -> None:
        while queue:
            call = queue.popleft()
            if call.future.done():
                continue
            if asyncio.get_running_loop().time() > call.deadline:
                self._counters.add("busy", reason="too_late")
                _finish(call.future, BusyError())
                continue
            try:
                result = await self._run(call.work)
            except Exception as error:
                self._counters.add("inference_failed")
                _finish(call.future, error)
            else:
                _finish(call.future, result)
            return

    def _next(self, now: float) -> list[_Job]:
        """The next batch, without those who waited too long or went away."""
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < self._batch:
            job = self._waiting.popleft()
            if job.future.done():
                continue
            if now > job.deadline:
                self._counters.add("busy", reason="too_late")
                _finish(job.future, BusyError())
            else:
                jobs.append(job)
        return jobs


def _verdicts(model: Classifier, texts: Sequence[str], explain: Sequence[bool]) -> list[Judged]:
    """In the model's thread: verdicts and evidence of one and the same model."""
    verdicts = model.analyze_batch(texts)
    if not isinstance(model, Explainer):
        return [Judged(verdict) for verdict in verdicts]
    return [
        Judged(verdict, signed_words(model.explain(text).words) if wanted else ())
        for text, verdict, wanted in zip(texts, verdicts, explain, strict=True)
    ]


def _finish(future: asyncio.Future[T], result: T | Exception) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
