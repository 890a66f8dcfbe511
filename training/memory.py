"""What ``fit`` holds in memory, measured on corpora of several sizes in a process each.

Each does as ``fit`` does with the recipe ``shop``, and then as ``compare --quick`` does with the course's network: it
reads a file, splits, encodes, judges the rows set aside, takes a few steps, compares with a linear model. Further steps
and passes hold nothing more.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.backend import load_keras

_STEPS = 10
_HELD = 2_048  # held-out rows that are asked about; what is held does not depend on how many
_WORDS = 4_000


@dataclass(frozen=True)
class Held:
    """What one size took.

    Attributes:
        rows: of the corpus.
        text_bytes: of its texts, as UTF-8.
        token_bytes: of their token ids, two bytes each.
        peak_bytes: resident set of the process at its highest.
    """

    rows: int
    text_bytes: int
    token_bytes: int
    peak_bytes: int


def made_up(path: Path, rows: int) -> Path:
    """Write lines of rating, tab, review: made-up reviews of about forty characters, no two of them the same."""
    random = np.random.default_rng(rows)
    syllables = np.array([chr(0xAC00 + 7 * n) for n in range(1_500)])
    words = np.array(["".join(random.choice(syllables, 2 + n % 3)) for n in range(_WORDS)])
    with open(path, "w", encoding="utf-8") as file:
        for number in range(rows):
            said = words[(random.random(8) ** 2 * _WORDS).astype(int)]
            file.write(f"{(1, 2, 4, 5)[number % 4]}\t{number} {' '.join(said)}\n")
    return path


def measure(recipe: str, rows: int, folder: Path) -> Held:
    """What a corpus of so many rows takes, in a process of its own.

    Args:
        recipe: ``shop``, or one of the course that :mod:`training.quick` trains.
        rows: how many.
        folder: in which the corpus is made.
    """
    path = made_up(folder / f"{rows}.tsv", rows)
    work: Callable[[str, Path], Held] = _shop if recipe == "shop" else _course
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        held = process.submit(work, recipe, path).result()
    path.unlink()
    return held


class _EnoughError(Exception):
    pass


def _shop(recipe: str, path: Path) -> Held:
    load_keras()
    from nlp import Analyzer, artifact
    from nlp.analyze import BUNDLED
    from training import baseline
    from training.adapt import adapt
    from training.evaluate import evaluate
    from training.messages import say
    from training.recipe import load
    from training.reviews import ReadRules, read_reviews
    from training.rows import Rows, split
    from training.shop import fingerprint

    reviews = read_reviews([path], ReadRules(), None)
    learn, held = split(Rows.of(reviews.rows))
    fingerprint(reviews)
    chosen, start = load(recipe), artifact.load(BUNDLED)
    assert chosen.adapt is not None  # noqa: S101 - it comes along

    def tell(what: str, done: int, of: int) -> None:
        if what == say("progress_learning") and done == _STEPS:
            raise _EnoughError

    with tempfile.TemporaryDirectory() as folder, suppress(_EnoughError):
        adapt(start, learn, True, chosen.adapt, chosen.right_when_sure, 0, Path(folder), tell)
    evaluate(Analyzer(start, threads=2), held[:_HELD])
    baseline.log_odds(baseline.fit_to_any(learn), held[:_HELD].texts)
    return _held(reviews.rows, sum(len(start.tokenizer.encode(text)) for text in Rows.of(reviews.rows).texts))


def _course(recipe: str, path: Path) -> Held:
    load_keras()
    import keras

    from training import quick
    from training.course import parts
    from training.course_network import build
    from training.course_rows import Vocabulary, closely
    from training.loop import Stream
    from training.recipe import load
    from training.reviews import ReadRules, read_reviews
    from training.rows import Rows
    from training.tokens import cut_all

    course = load(recipe).course
    assert course is not None  # noqa: S101 - the caller chose it
    reviews = read_reviews([path], ReadRules(as_taught=True), None)
    tokens = [cut_all(course.tokens, Rows.of(side).texts, Path()) for side in parts(reviews.rows)]
    words = Vocabulary(course, tokens[0])
    ids, asked = map(words.encode_all, tokens)
    keras.utils.set_random_seed(0)
    model = build(course, words.size, 2, any_length=True)
    stream = Stream(np.minimum(ids.lengths, course.length), 128, 0)
    with quick.QuickTrainer(model.get_weights(), course.task) as trainer:
        for number in range(_STEPS):
            rows = stream[number]
            trainer.step(closely(ids, rows, course), np.zeros(len(rows), np.float32), 1e-3)
    quick.ask(model, course, asked[:_HELD])
    return _held(reviews.rows, int(ids.lengths.sum() + asked.lengths.sum()))


def _held(rows: object, tokens: int) -> Held:
    from training.rows import Rows

    assert isinstance(rows, Rows)  # noqa: S101 - read_reviews gives them
    texts = sum(len(text.encode()) for text in rows.texts)
    return Held(len(rows), texts, 2 * tokens, _peak())


def _peak() -> int:
    """Highest resident set of this process. Linux's own figure, because that of ``getrusage`` outlives an ``exec``."""
    with suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
