"""What the tests of ``bot`` share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

import nlp
from bot.cli import main
from tests.bot.running import COMMAND, Ended, child_environment

Nunchi = Callable[..., Ended]


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))  # nobody's promoted models either
    for name in (*(n for n in os.environ if n.startswith(("NUNCHI_", "DISCORD_", "SLACK_"))), "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def analyzer() -> nlp.Analyzer:
    return nlp.load()


@pytest.fixture
def nunchi(capfd: pytest.CaptureFixture[str]) -> Nunchi:
    """``nunchi("chat", "좋아요")`` in this process."""

    def call(*words: object) -> Ended:
        capfd.readouterr()
        status = main([str(word) for word in words])
        captured = capfd.readouterr()
        return Ended(status, captured.out, captured.err)

    return call


@pytest.fixture
def process() -> Nunchi:
    """``process("chat", stdin=b"...")`` as a process of its own; it is given ``stdin`` and its output is read."""

    def run(*words: object, stdin: bytes = b"", env: dict[str, str] | None = None, **options: object) -> Ended:
        done = subprocess.run(
            [*COMMAND, *map(str, words)],
            input=stdin,
            capture_output=True,
            env=child_environment(**(env or {})),
            check=False,
            timeout=120,
            **options,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
