"""What the benches of both platforms have in common."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

NO_LIMIT = {"NUNCHI_PERSON_PER_MINUTE": "1000000", "NUNCHI_CHANNEL_PER_MINUTE": "1000000", "NUNCHI_LOG_LEVEL": "INFO"}
TEXTS = ("배송도 빠르고 포장도 꼼꼼해서 만족합니다", "한 번 쓰고 고장났어요. 환불도 안 해 주네요", "그냥 그래요")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them is below; not a number if there are none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def spread(what: str, seconds: Sequence[float]) -> str:
    """A line that says how long something took."""
    return f"{what}: p50 {1000 * percentile(seconds, 0.5):.0f} ms, p99 {1000 * percentile(seconds, 0.99):.0f} ms"


def memory(process: int) -> dict[str, int]:
    """MB that a running process has, and had at most."""
    status = Path(f"/proc/{process}/status").read_text()
    return {name: int(kb) // 1024 for name, kb in re.findall(r"(VmHWM|VmRSS):\s+(\d+) kB", status)}


def longest_lag(log: bytes) -> object:
    """Milliseconds that the event loop stood still at most, from the log of a process that has ended."""
    stopped = next((json.loads(line) for line in log.decode().splitlines() if '"stopped"' in line), {})
    return stopped.get("ms")
