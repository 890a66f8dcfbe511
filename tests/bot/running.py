"""Running ``nunchi`` in tests, to its end or as a process that serves, and what is expected of a run that fails."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

ROOT = Path(__file__).parents[2]

REVIEWS = (
    "배송이 정말 빨라요. 포장도 꼼꼼합니다",
    "색이 사진이랑 너무 달라서 실망했어요",
    "가격은 싼데 금방 고장났습니다",
    "엄마가 좋아하세요, 또 살게요!",
    "그냥 그래요",
)


@dataclass(frozen=True)
class Ended:
    """How a run of ``nunchi`` ended."""

    status: int
    out: str
    err: str


def child_environment(**more: str) -> dict[str, str]:
    """The environment of a child: this tree's packages, nobody's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NUNCHI_", "DISCORD_", "SLACK_", "LC_", "PYTHON"))}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, "LANG": "C.UTF-8", "TERM": "dumb", "PYTHONWARNINGS": "error", **more}


COMMAND = (sys.executable, "-m", "bot")


class Server(Protocol):
    """A local platform."""

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which a bot finds it and may enter."""
        ...


async def start(
    server: Server, home: Path, *words: str, more: dict[str, str] | None = None
) -> asyncio.subprocess.Process:
    """``nunchi ...`` with a local platform and a data folder of its own.

    Args:
        server: the platform.
        home: the data folder.
        words: what comes after ``nunchi``.
        more: settings that go before the platform's.
    """
    # What libraries warn of is not what these tests are about.
    own = {"NUNCHI_HOME": str(home), "NUNCHI_LOG_LEVEL": "DEBUG", "PYTHONWARNINGS": "ignore"}
    environment = child_environment(**{**own, **server.environment, **(more or {})})
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*COMMAND, *words, env=environment, cwd=home, stdout=pipe, stderr=pipe)


_PEAK = """
import re, sys
from bot.cli import main
status = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1], file=sys.stderr)
sys.exit(status)
"""


def peak_memory(*words: object) -> int:
    """Bytes of memory that a process of ``nunchi`` had at most (not ``ru_maxrss``: that counts its parent's)."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux says how much memory a process had")
    command = [sys.executable, "-c", _PEAK, *map(str, words)]
    done = subprocess.run(command, env=child_environment(), capture_output=True, text=True, check=True)
    return 1024 * int(done.stderr.splitlines()[-1])


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def one_sentence(ended: Ended, status: int) -> str:
    """The complaint of a run that failed as it should: one line, no traceback, nothing on standard output."""
    assert ended.status == status, ended
    assert ended.out == ""
    lines = ended.err.splitlines()
    assert len(lines) == 1, ended.err
    assert "Traceback" not in ended.err
    assert "프로그램 오류" not in ended.err
    return lines[0]
