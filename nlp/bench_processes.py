"""The parts of :mod:`nlp.bench` that need a process of their own: whole programs, peak memory, arithmetic."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

_ROOT = Path(__file__).parent.parent
"""Where ``python -m bot`` finds the package, installed or not."""

_ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB", "NUMEXPR")}

_LONGEST = 300  # seconds

# VmHWM belongs to this program; ru_maxrss, where there is no /proc, also counts the one that started it.
_PRINT_PEAK = """
def peak():
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(peak(), file=sys.stderr)
"""

_ANALYZE = "import sys, nlp; nlp.load(sys.argv[1]).analyze(sys.argv[2])" + _PRINT_PEAK

_RUN_MODULE = (
    """
import runpy, sys
module = sys.argv.pop(1)
try:
    runpy.run_module(module, run_name="__main__", alter_sys=True)
except SystemExit as end:
    if end.code:
        raise
"""
    + _PRINT_PEAK
)

_GEMM = """
import sys, time, numpy
n = 1024
a, b = (numpy.random.default_rng(i).random((n, n), numpy.float32) for i in (0, 1))
out = a @ b
best = 1e9
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    numpy.matmul(a, b, out)
    best = min(best, time.perf_counter() - start)
print(2 * n**3 / best / 1e9, file=sys.stderr)
"""


def _run(arguments: Sequence[str], **environment: str) -> tuple[float, int, str]:
    """Seconds, exit status and standard error of Python with these arguments."""
    start = perf_counter()
    done = subprocess.run(  # noqa: S603 (this very Python, arguments written above)
        [sys.executable, *arguments],
        cwd=_ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST,
        check=False,
    )
    return perf_counter() - start, done.returncode, done.stderr


def _reason(status: int, stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return lines[-1][:100] if lines else f"exit status {status}"


def best_seconds(arguments: Sequence[str], times: int) -> tuple[float | None, str]:
    """Wall-clock seconds of the fastest of several runs of Python.

    Args:
        arguments: for Python.
        times: how often to run.

    Returns:
        Seconds and an empty string; or None and the reason if it fails.
    """
    best = float("inf")
    for _ in range(times):
        seconds, status, stderr = _run(arguments)
        if status:
            return None, _reason(status, stderr)
        best = min(best, seconds)
    return best, ""


def _last_number(arguments: Sequence[str], **environment: str) -> tuple[float | None, str]:
    _, status, stderr = _run(arguments, **environment)
    try:
        return float(stderr.strip().splitlines()[-1]), ""
    except (IndexError, ValueError):
        return None, _reason(status, stderr)


def peak_of_analyzer(model: Path, text: str) -> tuple[float | None, str]:
    """Peak resident memory, in MB (10^6 bytes), of a process that loads a model and judges a review."""
    return _megabytes(["-c", _ANALYZE, str(model), text])


def peak_of_module(arguments: Sequence[str]) -> tuple[float | None, str]:
    """Peak resident memory, in MB, of ``python -m`` with these arguments."""
    return _megabytes(["-c", _RUN_MODULE, *arguments])


def _megabytes(arguments: Sequence[str]) -> tuple[float | None, str]:
    peak, why = _last_number(arguments)
    return (None if peak is None else peak / 1e6), why


def gemm_rate(repeats: int) -> float:
    """This machine's float32 matrix product by NumPy on one thread, in GFLOP/s; the best of several."""
    rate, why = _last_number(["-c", _GEMM, str(repeats)], **_ONE_THREAD)
    if rate is None:
        raise RuntimeError(f"NumPy's matrix product could not be measured: {why}")
    return rate
