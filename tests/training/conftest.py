"""What the tests of training share."""

from __future__ import annotations

import os
import subprocess

import pytest

from bot.cli import main
from tests.training.shop import environment


@pytest.fixture(autouse=True)
def korean(monkeypatch):
    """The language that is spoken where nobody asks for another."""
    monkeypatch.delenv("NUNCHI_LANG", raising=False)


@pytest.fixture
def train_here(tmp_path, monkeypatch, capsys):
    """``nunchi train WORDS`` without a process of its own, for what does not learn."""

    def run(*words, home=tmp_path):
        monkeypatch.setattr(os, "environ", environment(home))
        monkeypatch.chdir(home)
        status = main(["train", *map(str, words)])
        return subprocess.CompletedProcess(words, status, *capsys.readouterr())

    return run
