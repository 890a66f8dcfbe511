"""A container whose user has no name and no HOME: one sentence says what to set, whichever program asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.errors import ExitStatus, UserError
from bot.home import home_folder
from bot.settings import load_settings
from tests.training.shop import environment
from training.errors import DataError
from training.host import home_of

NOBODY = """
import os, pwd, runpy, sys
def unknown(number):
    raise KeyError(f"getpwuid(): uid not found: {number}")
pwd.getpwuid = unknown
del os.environ["NUNCHI_HOME"]
os.environ.pop("HOME", None)
module = sys.argv.pop(1)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the environment alone")
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("bot chat 좋아요", 78),
        ("bot run slack", 78),
        ("bot train models path", 65),
        ("training models path", 65),
    ],
)
def test_a_user_without_a_folder_is_told_what_to_set(tmp_path: Path, words: str, status: int) -> None:
    command = [sys.executable, "-c", NOBODY, *words.split()]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert "NUNCHI_HOME" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the environment alone")
def test_the_doctor_goes_on_and_says_it_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", NOBODY, "bot", "doctor"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 78 and "NUNCHI_HOME" in done.stdout and "Slack" in done.stdout, done.stderr


def test_the_folder_of_nobody_is_the_same_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"NUNCHI_HOME": "~nobody-of-that-name/x"}
    for read in (lambda: home_folder(given, tmp_path / ".env"), lambda: load_settings(given, tmp_path / ".env")):
        with pytest.raises(UserError) as caught:
            read()
        assert (caught.value.status, caught.value.sentence) == (ExitStatus.CONFIG, "home_unknown")
        assert caught.value.values == {"name": "NUNCHI_HOME"}
    with pytest.raises(UserError) as caught:
        load_settings({"NUNCHI_HOME": str(tmp_path), "NUNCHI_MODEL": "~nobody-of-that-name/x"}, tmp_path / ".env")
    assert caught.value.values == {"name": "NUNCHI_MODEL"}
    monkeypatch.setenv("NUNCHI_HOME", given["NUNCHI_HOME"])
    with pytest.raises(DataError, match="NUNCHI_HOME"):
        home_of(None)
