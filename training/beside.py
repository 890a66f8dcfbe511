"""What networks of the course stand beside: the model in service and a linear model, on the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nlp import Analyzer, artifact
from training import baseline
from training.data import HELD_OUT_SHARE, Row
from training.evaluate import evaluate
from training.metrics import Share, share
from training.reviews import Reviews

LINEAR = "linear"
"""What the linear model is called in ``figures.jsonl``."""

_MESSAGES = 20


@dataclass(frozen=True)
class Beside:
    """One model.

    Attributes:
        name: what it is.
        accuracy: on the rows held out.
        parameters: numbers that were learned.
        message_milliseconds: median time of one review alone.
    """

    name: str
    accuracy: Share
    parameters: int
    message_milliseconds: float


def held_out(reviews: Reviews) -> tuple[list[Row], list[Row]]:
    """Rows cleaned as taught, split as ``fit`` splits them: the model in service has learnt from none of the second."""
    learn = [row for row in reviews.rows if row.place >= HELD_OUT_SHARE]
    return learn, [row for row in reviews.rows if row.place < HELD_OUT_SHARE]


def beside(reviews: Reviews, service: Path) -> list[Beside]:
    """Measure both on the rows of :func:`held_out`, which they read as they were written.

    Args:
        reviews: read as taught; with the bundled model from its own corpus, else it says nothing about what is new.
        service: folder of the model in service.
    """
    rows = [replace(row, text=text) for row, text in zip(reviews.rows, reviews.written, strict=True)]
    learn, held = [r for r in rows if r.place >= HELD_OUT_SHARE], [r for r in rows if r.place < HELD_OUT_SHARE]
    above, texts = reviews.positive_above, [row.text for row in held]
    positive = np.array([(row.rating or 0) > above for row in held])
    linear = baseline.fit_baseline(learn, above)
    odds = baseline.log_odds(linear, texts)
    model = artifact.load(service)
    analyzer = Analyzer(model)
    return [
        Beside(
            LINEAR,
            share((odds > 0) == positive),
            linear[-1].coef_.size + 1,
            _milliseconds(lambda text: baseline.log_odds(linear, [text]), texts),
        ),
        Beside(
            model.model_id,
            evaluate(analyzer, held, positive_above=above).accuracy,
            sum(weights.size for weights in model.weights.values()),
            _milliseconds(analyzer.analyze, texts),
        ),
    ]


def _milliseconds(ask: Callable[[str], object], texts: Sequence[str]) -> float:
    ask(texts[0])
    times = []
    for i in range(_MESSAGES):
        start = time.perf_counter()
        ask(texts[i % len(texts)])
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))
