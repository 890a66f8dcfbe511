"""Parts of the world that a test must be able to hold in its hand: the time, and a model that takes its time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import nlp
from bot.core.fingerprint import Fingerprint
from bot.core.memory import MemoryStore
from bot.core.ports import Clock
from bot.core.records import Store
from bot.core.service import Core, Limits

KEY = b"0123456789abcdef0123456789abcdef"


class HandClock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.time += timedelta(seconds=seconds)


class SlowModel:
    """A real model that waits before each batch until a test lets it go on."""

    def __init__(self, model: nlp.Analyzer) -> None:
        self._model = model
        self.go_on = threading.Event()
        self.began = threading.Event()
        self.batches: list[int] = []

    @property
    def model_id(self) -> str:
        return self._model.model_id

    def analyze_batch(self, texts: Sequence[str]) -> list[nlp.Verdict]:
        self.batches.append(len(texts))
        self.began.set()
        assert self.go_on.wait(120)
        return self._model.analyze_batch(texts)


def make_core(
    model: nlp.Analyzer | SlowModel, *, store: Store | None = None, clock: Clock | None = None, **limits: float
) -> Core:
    """A core on a real model, with its memory in memory, and more patience than a busy machine needs."""
    return Core(
        model,
        store if store is not None else MemoryStore(),
        Fingerprint(KEY),
        clock=clock,
        limits=Limits(**{"patience": 60.0, **limits}),  # type: ignore[arg-type]
    )
