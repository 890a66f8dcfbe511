"""How fast a model is on this machine: ``python -m nlp.bench``.

Every line of the table holds a raw figure, its ratio to something a reader knows, and the target where there
is one. All is measured in one run: processes and memory first (in processes of their own), then the model on
one thread, then the same network in Keras where TensorFlow is installed. Nothing is assumed about what else
the machine does meanwhile; the load is printed above the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.util import find_spec
from math import exp, log
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, NoReturn

import numpy as np

from nlp import artifact, bench_processes
from nlp.analyze import BUNDLED, Analyzer
from nlp.artifact import Artifact
from nlp.config import NetworkConfig
from nlp.sealed import ArtifactError
from nlp.text import normalize

_USAGE, _NO_MODEL = 64, 78  # exit statuses of sysexits.h

_LENGTHS = (20, 40, 100)
_EXPLAINED = 60
_COURSE_LENGTH = 100
_MEDIAN, _P95 = 29, 102  # characters of a shopping review

_PHRASES = """배송이 하루 만에 왔어요|포장이 꼼꼼해서 좋았습니다|색이 사진이랑 많이 달라요|
한 달 쓰니까 고장 났어요|가격 대비 훌륭합니다|두 번은 안 살 것 같아요|
부모님이 정말 좋아하세요|냄새가 심해서 환기 중입니다|사이즈가 딱 맞아요|
설명서가 없어서 헤맸네요|재구매했어요 ㅎㅎ|전화를 안 받으시네요 ㅠㅠ|
튼튼하고 가벼워요|마감이 거칠어서 손을 다쳤어요|아이가 매일 가지고 놀아요|
맛은 그냥 그래요|양이 많아서 온 가족이 먹었어요|유통기한이 얼마 안 남았네요|
소음이 없어서 밤에도 써요|충전이 너무 느려요|디자인이 예뻐서 선물했어요|
박스가 찢어져서 왔습니다|생각보다 얇아서 비쳐요|세탁해도 줄지 않아요|
가성비 최고예요!!|교환하는 데 보름 걸렸어요|향이 은은하고 오래가요|
끈적거려서 못 쓰겠어요|조립이 쉬워서 혼자 했어요|돈이 아깝습니다""".replace("\n", "").split("|")


@dataclass(frozen=True)
class Figure:
    """A line of the table.

    Attributes:
        section: what part of the benchmark it belongs to.
        name: what was measured.
        value: the raw figure; None if it could not be measured.
        unit: of the raw figure.
        ratio: the figure beside another one, and
        ratio_of: in words, what over what.
        target: in words; empty if there is none.
        ok: whether the target is met; None if there is none, or nothing was measured.
        note: why there is no figure, or how it was counted.
    """

    section: str
    name: str
    value: float | None
    unit: str
    ratio: float | None = None
    ratio_of: str = ""
    target: str = ""
    ok: bool | None = None
    note: str = ""

    def beside(self, ratio: float | None, ratio_of: str) -> Figure:
        return replace(self, ratio=ratio, ratio_of=ratio_of) if ratio is not None else self

    def against(self, target: str, ok: Callable[[float], bool], what: float | None) -> Figure:
        return replace(self, target=target, ok=None if what is None else ok(what))


def reviews(count: int, seed: int = 0, length: int | None = None) -> list[str]:
    """Texts as long as shopping reviews are (log-normal: median 29, 95th percentile 102 characters).

    Args:
        count: how many.
        seed: the same seed gives the same texts.
        length: all of this length instead, in characters.
    """
    pick = random.Random(seed)  # noqa: S311 (the same texts in every run)
    spread = log(_P95 / _MEDIAN) / 1.645
    out = []
    for _ in range(count):
        size = length or max(2, round(exp(pick.gauss(log(_MEDIAN), spread))))
        text = pick.choice(_PHRASES)
        while len(text) < size:
            text += " " + pick.choice(_PHRASES)
        out.append(text[: size - 1] + ("요" if text[size - 1].isspace() else text[size - 1]))
    return out


def flops(config: NetworkConfig, tokens: int) -> int:
    """Floating-point operations of the matrix products for one text (a multiplication and an addition are two).

    Counted are the recurrent layers and the layers above them, which is where the work is; gates' activations,
    pooling, the look-up of vectors and the wide part's sums are not.

    Args:
        config: shape of the network.
        tokens: length of the text; padding is not work.
    """
    gates = {"lstm": 4, "gru": 3, "rnn": 1}[config.cell]
    directions = 1 + config.bidirectional
    width, total = config.embedding, 0
    for units in config.units:
        total += tokens * directions * 2 * gates * units * (width + units)
        width = directions * units
    width *= len(config.pooling.split("+"))
    for units in (config.hidden, len(config.ratings)):
        if units:
            total += 2 * width * units
            width = units
    return total


def _seconds(call: Callable[[Any], object], texts: Sequence[Any], times: int) -> list[float]:
    """Seconds of each of ``times`` calls, after a few that do not count."""
    for text in texts[:5]:
        call(text)
    out = []
    for i in range(times):
        text = texts[i % len(texts)]
        start = perf_counter()
        call(text)
        out.append(perf_counter() - start)
    return out


def _percentile(seconds: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return 1000 * quantiles(seconds, n=100, method="inclusive")[percent - 1]


def milliseconds(analyzer: Analyzer, length: int) -> float:
    """Milliseconds that a review of so many characters takes, the median of 500 calls."""
    return _percentile(_seconds(analyzer.analyze, reviews(50, length, length), 500), 50)


def measure_single(analyzer: Analyzer, model: Artifact, *, quick: bool) -> Iterator[Figure]:
    """One review at a time on one thread, and what Keras' ``predict`` takes for the same review."""
    own = {n: _seconds(analyzer.analyze, reviews(50, n, n), 30 if quick else 2000) for n in _LENGTHS}
    keras, why = {}, ""
    if find_spec("tensorflow") is None:
        why = "TensorFlow is not installed"
    else:
        padded, plain = _keras(model)
        times = 3 if quick else 30
        keras = {n: _seconds(padded, reviews(50, n, n)[:1], times) for n in _LENGTHS}
        bare = _seconds(plain, reviews(50, 40, 40)[:1], times)
    for n in _LENGTHS:
        p50, p99 = (_percentile(own[n], p) for p in (50, 99))
        ratio = _percentile(keras[n], 50) / p50 if keras else None
        line = Figure("one review", f"analyze, {n} characters, p50", p50, "ms", note=why)
        line = line.beside(ratio, "x faster than predict")
        if n == 40:
            line = line.against(">= 150 x", lambda r: r >= 150, ratio)
        yield line
        yield Figure("one review", f"analyze, {n} characters, p99", p99, "ms").beside(p99 / p50, "x p50")
    why_ms = _percentile(_seconds(analyzer.explain, reviews(50, 60, _EXPLAINED), 30 if quick else 500), 50)
    line = Figure("one review", f"explain, {_EXPLAINED} characters, p50", why_ms, "ms")
    yield line.against("<= 10 ms", lambda ms: ms <= 10, why_ms).beside(why_ms / _percentile(own[40], 50), "x analyze")
    for n in _LENGTHS:
        value = _percentile(keras[n], 50) if keras else None
        note = why or f"as in the course: one text, padded to {_COURSE_LENGTH}"
        yield Figure("Keras", f"predict, {n} characters, p50", value, "ms", note=note)
    if keras:
        value = _percentile(bare, 50)
        ratio = value / _percentile(own[40], 50)
        note = "the fastest call that Keras has, without padding; not what the target is about"
        yield Figure("Keras", "predict_on_batch, 40 characters, p50", value, "ms", note=note).beside(ratio, "x analyze")


def _keras(model: Artifact) -> tuple[Callable[[str], object], Callable[[str], object]]:
    """The same network in Keras: called as in the course, text by text and padded; and as fast as Keras can."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from nlp import network
    from nlp.ngrams import hash_ngrams
    from nlp.tokenizer import CharTokenizer

    config, tokenizer = model.settings.network, model.tokenizer
    components = tokenizer.components() if isinstance(tokenizer, CharTokenizer) and config.jamo else None
    keras_model = network.build(config, tokenizer.size, components)
    network.set_weights(keras_model, config, dict(model.weights))

    def inputs(text: str, length: int | None) -> Any:
        text = normalize(text)
        ids = tokenizer.encode(text)[:length]
        tokens = np.array([ids + [0] * ((length or 0) - len(ids))], np.int32)
        if not config.buckets:
            return {"tokens": tokens}
        return {"tokens": tokens, "ngrams": hash_ngrams(text, config.longest_ngram, config.buckets)[None]}

    return (
        lambda text: keras_model.predict(inputs(text, _COURSE_LENGTH), verbose=0),
        lambda text: keras_model.predict_on_batch(inputs(text, None)),
    )


def measure_batch(analyzer: Analyzer, model: Artifact, *, quick: bool) -> Iterator[Figure]:
    """Many reviews at once on one thread, and how much of the machine's arithmetic that uses."""
    texts = reviews(200 if quick else 4000)
    runs = 1 if quick else 5
    best = min(_seconds(lambda _: analyzer.analyze_batch(texts), [""], runs))
    rate = len(texts) / best
    lengths = [min(len(model.tokenizer.encode(normalize(t))), model.settings.network.max_tokens) for t in texts]
    work = sum(flops(model.settings.network, n) for n in lengths)
    size = f"{len(texts)} reviews, median {np.median([len(t) for t in texts]):.0f} characters"
    yield (
        Figure("batch", "analyze_batch, one thread", rate, "reviews/s", note=f"best of {runs}; {size}")
        .beside(rate / 4000, "of 4,000 / s")
        .against(">= 4,000 / s", lambda r: r >= 4000, rate)
    )
    per_text = work / len(texts) / 1e6
    yield Figure("batch", "work of the network", per_text, "MFLOP/review", note="matrix products, without padding")
    done = work / best / 1e9
    gemm = bench_processes.gemm_rate(repeats=3 if quick else 20)
    yield Figure("batch", "arithmetic done by analyze_batch", done, "GFLOP/s").beside(done / gemm, "of sgemm")
    yield Figure("batch", "sgemm 1024 x 1024, one thread", gemm, "GFLOP/s", note="NumPy, in a process of its own")


def measure_beside(analyzer: Analyzer, other: Analyzer, *, quick: bool) -> Iterator[Figure]:
    """Two models in turn, text by text and batch by batch, so that both meet the machine in the same state."""
    both = (analyzer, other)
    seconds: tuple[list[float], list[float]] = ([], [])
    for text in reviews(30 if quick else 1000, 40, 40):
        for own, model in zip(seconds, both, strict=True):
            own += _seconds(model.analyze, [text], 1)
    p50 = [_percentile(s, 50) for s in seconds]
    line = Figure("beside", f"analyze, 40 characters, p50 ({other.model_id}: {p50[1]:.3g} ms)", p50[0], "ms")
    yield line.beside(p50[0] / p50[1], f"of {other.model_id}")
    texts = reviews(100 if quick else 1500)
    best = [float("inf")] * 2
    for _ in range(1 if quick else 5):
        for n, model in enumerate(both):
            best[n] = min(best[n], *_seconds(model.analyze_batch, [texts], 1))
    rates = [len(texts) / b for b in best]
    line = Figure("beside", f"analyze_batch ({other.model_id}: {rates[1]:,.0f} / s)", rates[0], "reviews/s")
    yield line.beside(rates[0] / rates[1], f"of {other.model_id}")


def measure_processes(path: Path, *, quick: bool) -> Iterator[Figure]:
    """Whole processes from start to exit: what ``nunchi chat "..."`` costs, and its memory."""
    text = reviews(1, 40, 40)[0]
    chat = ["-m", "bot", "chat", text, "--model", str(path)]
    best = partial(bench_processes.best_seconds, times=1 if quick else 3)
    seconds, why = best(chat)
    nothing, _ = best(["-c", "pass"])
    tensorflow, tensorflow_why = best(["-c", "import tensorflow"])
    share = seconds / tensorflow if seconds and tensorflow else None
    yield (
        Figure("process", 'nunchi chat "..."', seconds, "s", note=why)
        .beside(share, "of import tensorflow")
        .against("<= 1/6", lambda r: r <= 1 / 6, share)
    )
    times = tensorflow / nothing if tensorflow and nothing else None
    line = Figure("process", 'python -c "import tensorflow"', tensorflow, "s", note=tensorflow_why)
    yield line.beside(times, "x pass")
    times = seconds / nothing if seconds and nothing else None
    yield Figure("process", 'python -c "pass"', nothing, "s").beside(times, "= chat / pass")
    for name, (peak, why) in {
        "load and analyze": bench_processes.peak_of_analyzer(path, text),
        'nunchi chat "..."': bench_processes.peak_of_module(chat[1:]),
    }.items():
        line = Figure("memory", f"{name}, peak", peak, "MB", note=why)
        share = None if peak is None else peak / 150
        yield line.beside(share, "of 150 MB").against("< 150 MB", lambda r: r < 1, share)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    python, cores = platform.python_version(), os.cpu_count()
    return {"system": platform.platform(terse=True), "python": python, "cores": cores, "load": load}


def show(model_id: str, figures: Iterable[Figure]) -> None:
    """Measure, saying what is being measured, then print the table and its notes."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    out = Console()
    if not out.is_terminal:
        out.width = 120
    table = Table("", "figure", "ratio", "target", "ok?", box=box.SIMPLE, title=model_id, title_justify="left")
    section = ""
    notes = []
    with Console(stderr=True).status("measuring ...") as status:
        for figure in figures:
            if figure.section != section:
                section = figure.section
                table.add_section()
                table.add_row(f"[bold]{section}[/bold]")
                status.update(f"measured: {section} ...")
            table.add_row(
                f"  {figure.name}",
                "-" if figure.value is None else f"{figure.value:,.4g} {figure.unit}",
                "" if figure.ratio is None else f"{figure.ratio:,.3g} {figure.ratio_of}",
                figure.target,
                "" if not figure.target else {True: "yes", False: "NO", None: "?"}[figure.ok],
            )
            if figure.note:
                notes.append(f"{section}, {figure.name}: {figure.note}")
    out.print(table)
    notes.append(", ".join(f"{name} {value}" for name, value in machine().items()))
    out.print("\n".join(notes), highlight=False, markup=False, soft_wrap=True)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark.

    Returns:
        0 if all was measured that can be here, whether or not targets are met; 64 for a wrong option; 78 if
        there is no usable model.
    """
    parser = _Parser(prog="python -m nlp.bench", description="How fast a model is on this machine.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--model", type=Path, default=BUNDLED, metavar="FOLDER", help="another model folder")
    parser.add_argument("--beside", type=Path, metavar="FOLDER", help="measure another model in turn with it, too")
    parser.add_argument("--quick", action="store_true", help="few repetitions: shows that it works, measures badly")
    options = parser.parse_args(arguments)
    path, quick = options.model.absolute(), options.quick
    try:
        model = artifact.load(path)
        analyzer = Analyzer(model, threads=1)
        other = options.beside and Analyzer(artifact.load(options.beside.absolute()), threads=1)
    except ArtifactError as error:
        sys.stderr.write(f"{error}\n")
        return _NO_MODEL

    def figures() -> Iterator[Figure]:
        yield from measure_processes(path, quick=quick)
        yield from measure_batch(analyzer, model, quick=quick)
        yield from measure_single(analyzer, model, quick=quick)
        if other:
            yield from measure_beside(analyzer, other, quick=quick)

    if options.json:
        found = {"model_id": analyzer.model_id, "machine": machine(), "figures": [asdict(f) for f in figures()]}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        show(analyzer.model_id, figures())
    return 0


if __name__ == "__main__":
    sys.exit(main())
