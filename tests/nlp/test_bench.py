"""The benchmark runs, measures every section, and counts what it says it counts. No test looks at seconds."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

import nlp
from nlp import bench, bench_processes
from nlp.config import NetworkConfig

ROOT = Path(nlp.__file__).parent.parent
SECTIONS = ["process", "memory", "batch", "one review", "Keras"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nlp.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=280)


@pytest.mark.slow
def test_it_measures_every_section() -> None:
    done = run("--quick", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["machine"]) == {"system", "python", "cores", "load"}
    assert found["model_id"] == nlp.load().model_id
    figures: list[dict[str, Any]] = found["figures"]
    assert list(dict.fromkeys(f["section"] for f in figures)) == SECTIONS
    lines = {f["name"]: f for f in figures}
    for length in (20, 40, 100):
        assert lines[f"analyze, {length} characters, p50"]["value"] > 0
        assert lines[f"analyze, {length} characters, p99"]["ratio"] >= 1
    for figure in figures:
        assert (figure["value"] is not None) or figure["note"], f"{figure['name']}: neither a figure nor a reason"
        assert figure["value"] is None or (math.isfinite(figure["value"]) and figure["value"] > 0)
        assert bool(figure["ratio"]) == bool(figure["ratio_of"])
        assert figure["ok"] is None or figure["target"]
    assert sum(bool(f["target"]) for f in figures) == 6
    # The lines are consistent with each other.
    share = lines["arithmetic done by analyze_batch"]
    assert share["ratio"] == pytest.approx(share["value"] / lines["sgemm 1024 x 1024, one thread"]["value"])
    rate, work = lines["analyze_batch, one thread"]["value"], lines["work of the network"]["value"]
    assert share["value"] == pytest.approx(rate * work / 1000)
    chat = next(f for f in figures if f["section"] == "process" and "chat" in f["name"])
    assert chat["note"] == "" and chat["value"] > lines['python -c "pass"']["value"]
    if find_spec("tensorflow"):
        faster = lines["analyze, 40 characters, p50"]
        assert faster["ratio"] == pytest.approx(lines["predict, 40 characters, p50"]["value"] / faster["value"])
        assert faster["ok"] is (faster["ratio"] >= 150)
        assert chat["ok"] is (chat["ratio"] <= 1 / 6)
    else:
        assert "TensorFlow is not installed" in lines["predict, 40 characters, p50"]["note"]
        assert lines["analyze, 40 characters, p50"]["ok"] is None


def test_two_models_are_measured_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    now = 0.0
    monkeypatch.setattr(bench, "perf_counter", lambda: now)

    class Timed:
        def __init__(self, model_id: str, seconds: float) -> None:
            self.model_id, self._seconds = model_id, seconds

        def analyze(self, text: str) -> None:
            nonlocal now
            now += self._seconds
            calls.append(self.model_id)

        def analyze_batch(self, texts: list[str]) -> None:
            nonlocal now
            now += self._seconds * len(texts) / 2
            calls.append(f"{self.model_id}, all")

    slow, fast = Timed("slow", 0.006), Timed("fast", 0.002)
    one, batch = bench.measure_beside(slow, fast, quick=True)  # type: ignore[arg-type]
    assert (one.value, one.ratio, one.ratio_of) == (pytest.approx(6), pytest.approx(3), "of fast")
    assert (batch.value, batch.ratio, batch.ratio_of) == (pytest.approx(2 / 0.006), pytest.approx(1 / 3), "of fast")
    assert one.section == batch.section == "beside"
    assert "(fast: 2 ms)" in one.name and "(fast: 1,000 / s)" in batch.name
    assert set(calls[:4]) == {"slow", "fast"}, "in turn"
    for kind in ("", ", all"):
        assert calls.count(f"slow{kind}") == calls.count(f"fast{kind}") > 0


def test_the_table_shows_figures_ratios_and_targets(capsys: pytest.CaptureFixture[str]) -> None:
    bench.show(
        "model-1",
        [
            bench.Figure("one", "slow", 12.5, "ms", note="why not").beside(2.5, "x").against("< 3", lambda x: x < 3, 4),
            bench.Figure("one", "fast", 0.5, "ms").against("< 3", lambda x: x < 3, 0.5),
            bench.Figure("two", "absent", None, "s", note="it is [absent]")
            .beside(None, "x")
            .against("< 1", bool, None),
        ],
    )
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "slow 12.5 ms 2.5 x < 3 NO" in lines
    assert "fast 0.5 ms < 3 yes" in lines
    assert "absent - < 1 ?" in lines
    assert "one, slow: why not" in lines and "two, absent: it is [absent]" in lines
    assert {"model-1", "one", "two"} <= set(lines)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--model", "no/such/folder"], 78, "there is no model at"),
        (["--beside", "no/such/folder"], 78, "there is no model at"),
        (["--fast"], 64, "--fast"),
        (["--model"], 64, "--model"),
        (["text"], 64, "text"),
    ],
    ids=str,
)
def test_a_wrong_call_is_one_line(arguments: list[str], status: int, said: str) -> None:
    done = run("--quick", *arguments)
    assert done.returncode == status
    assert done.stdout == ""
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_texts_are_as_long_as_shopping_reviews() -> None:
    texts = bench.reviews(4000)
    lengths = [len(t) for t in texts]
    assert 27 <= median(lengths) <= 31
    assert 92 <= quantiles(lengths, n=20)[-1] <= 112
    assert len(set(texts)) > 3500
    assert bench.reviews(10) == texts[:10] and bench.reviews(10, seed=1) != texts[:10]
    for length in (2, 20, 40, 100):
        assert {len(t.strip()) for t in bench.reviews(30, length=length)} == {length}


def test_operations_are_counted_as_by_hand() -> None:
    one = NetworkConfig(
        embedding=3, units=(5,), bidirectional=False, pooling="last", ratings=(0, 1), positive_above=0.5
    )
    # Four gates, each 3 + 5 inputs to 5 outputs, two operations an entry, for each token; then 5 to 2.
    assert bench.flops(one, 7) == 7 * 4 * (3 + 5) * 5 * 2 + 5 * 2 * 2
    two = NetworkConfig(embedding=3, cell="gru", units=(5, 4), hidden=6, pooling="max+mean", buckets=64)
    layers = 3 * (3 + 5) * 5 * 2 * 2 + 3 * (10 + 4) * 4 * 2 * 2
    assert bench.flops(two, 7) == 7 * layers + 16 * 6 * 2 + 6 * 4 * 2


def test_peak_memory_is_that_of_the_process_alone(tmp_path: Path) -> None:
    """What the measuring process uses itself must not show."""
    ballast = bytearray(300_000_000)
    peak, why = bench_processes.peak_of_analyzer(bench.BUNDLED, "배송이 빨라요")
    assert why == "" and peak is not None
    assert 20 < peak < len(ballast) / 1e6
    for measure in (bench_processes.peak_of_analyzer(tmp_path, "좋아요"), bench_processes.peak_of_module(["no_such"])):
        assert measure[0] is None and measure[1]


def test_peak_memory_counts_what_was_used_at_once_and_not_what_was_reserved() -> None:
    program = "import mmap, sys; room = mmap.mmap(-1, 10**9); used = bytearray(b'x') * 200_000_000; del used\n"
    peak, _ = bench_processes._megabytes(["-c", program + bench_processes._PRINT_PEAK])
    assert peak is not None and 200 < peak < 300


def test_a_process_that_fails_is_no_figure() -> None:
    assert bench_processes.best_seconds(["-c", "import no_such_module"], 2) == (
        None,
        "ModuleNotFoundError: No module named 'no_such_module'",
    )
    assert bench_processes.best_seconds(["-c", "raise SystemExit(3)"], 1) == (None, "exit status 3")
    seconds, why = bench_processes.best_seconds(["-c", "pass"], 2)
    assert seconds is not None and seconds > 0 and why == ""
