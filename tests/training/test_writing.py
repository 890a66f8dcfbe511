"""Files that are whole or not there, and what is left where a process was killed while it wrote one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.training.shop import environment, needs_keras
from training.recipe import Recipe
from training.stages import Stages

KILLED = """
import os, signal, sys
from pathlib import Path
from training import writing
writing.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
writing.write_whole(Path(sys.argv[1]), b"half of it")
"""


def kill_while_it_writes(path):
    """Leave what a killed process leaves; gives its file."""
    command = [sys.executable, "-c", KILLED, str(path)]
    process = subprocess.run(command, env=environment(path.parent), check=False, capture_output=True)
    assert process.returncode == -9, process.stderr
    (left,) = path.parent.glob("*.part")
    return left


def alive(path):
    """What this process is writing at the moment, or a file that is none of ours."""
    path.write_bytes(b"")
    return path


@needs_keras
@pytest.mark.skipif(os.name == "nt", reason="there nobody can ask after a process")
def test_the_next_start_of_a_run_removes_what_a_killed_one_left(tmp_path):
    from training.runfolder import begin_run

    folder = begin_run(tmp_path, "shop", {})
    left = kill_while_it_writes(folder / "state.npz")
    own, other = alive(folder / f"state.{os.getpid()}.part"), alive(folder / "notes.part")
    assert begin_run(tmp_path, "shop", {}) == folder
    assert not left.exists() and own.exists() and other.exists()


@pytest.mark.skipif(os.name == "nt", reason="there nobody can ask after a process")
def test_so_does_the_next_stage_of_a_fit(tmp_path):
    stages = Stages(tmp_path, Recipe.from_dict({}, "tried"), "rows", 0)
    (stages.folder("teach") / "apart").mkdir()
    left = kill_while_it_writes(stages.folder("teach") / "apart" / "teacher-0-0.npz")
    stages.folder("teach")
    assert not left.exists()
