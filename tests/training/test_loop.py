"""Checkpoints: whole or not there, and damage is told in a sentence."""

import os
import random
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tests.training.shop import environment, needs_keras

pytestmark = needs_keras


@pytest.fixture
def checkpoint(tmp_path):
    from training.arrays import write_arrays

    path = tmp_path / "state.npz"
    write_arrays(path, {"weights": np.arange(300, dtype=np.float32), "told": np.array("{}"), "done": np.array(7)})
    return path


def test_what_is_written_is_read(checkpoint):
    from training.arrays import read_arrays

    kept = read_arrays(checkpoint)
    np.testing.assert_array_equal(kept["weights"], np.arange(300, dtype=np.float32))
    assert (str(kept["told"]), int(kept["done"])) == ("{}", 7)
    assert [p.name for p in checkpoint.parent.iterdir()] == ["state.npz"]


def test_damage_is_one_sentence(checkpoint):
    from training.arrays import read_arrays
    from training.errors import DataError

    whole, pick, refused = checkpoint.read_bytes(), random.Random(3), 0
    cut = [whole[:size] for size in (0, 1, 3, 4, 100, len(whole) // 2, len(whole) - 1)]
    at = whole.rindex(b"PK\x05\x06")
    fewer = whole[: at + 8] + bytes([3, 0, 3, 0]) + whole[at + 12 :]  # of the four arrays
    first = whole.index(b"PK\x01\x02")
    locked = whole[: first + 8] + b"\x01" + whole[first + 9 :]
    others = [fewer, locked, b"gibberish", b"\x80\x04." * 10, b"\x93NUMPY", b"PK\x03\x04" + bytes(50)]
    spoilt = []
    for _ in range(200):
        at = pick.randrange(len(whole))
        spoilt.append(whole[:at] + bytes([whole[at] ^ (1 << pick.randrange(8))]) + whole[at + 1 :])
    for content in (*cut, *others, *spoilt):
        checkpoint.write_bytes(content)
        try:
            kept = read_arrays(checkpoint)
        except DataError as error:
            assert "state.npz" in str(error) and "\n" not in str(error)
            refused += 1
        else:  # a bit that says nothing, such as a time
            assert kept["weights"].tolist() == list(range(300))
    assert refused > len(cut) + len(others) + 100


def test_a_file_that_does_not_say_what_is_in_it_is_damaged(tmp_path):
    from training.arrays import read_arrays
    from training.errors import DataError

    np.savez(tmp_path / "state.npz", done=np.array(7))
    with pytest.raises(DataError, match=r"state\.npz"):
        read_arrays(tmp_path / "state.npz")


def test_a_run_that_goes_on_is_told_as_if_it_had_not_stopped(tmp_path):
    import keras

    from training.errors import DataError
    from training.loop import compile_with, run
    from training.losses import read_losses

    def model(width=2):
        made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(width)])
        compile_with(made, 0.01, "mse")
        made.optimizer.build(made.trainable_variables)
        return made

    def step(number):
        if number == last:
            raise KeyboardInterrupt
        return 1 / (1 + number)

    last = None
    run(step, 100, [model()], tmp_path / "whole.npz", "tried", every=40, losses=tmp_path / "whole.jsonl")
    last, cut = 70, (tmp_path / "cut.npz", "tried")
    with pytest.raises(KeyboardInterrupt):
        run(step, 100, [model()], *cut, every=40, losses=tmp_path / "cut.jsonl")
    last = None
    run(step, 100, [model()], *cut, every=40, losses=tmp_path / "cut.jsonl")
    assert read_losses(tmp_path / "cut.jsonl") == read_losses(tmp_path / "whole.jsonl")
    assert [done for done, _ in read_losses(tmp_path / "cut.jsonl")] == [20, 40, 60, 80, 100]
    with pytest.raises(DataError, match=r"cut\.npz"):
        run(step, 100, [model(width=5)], *cut)


def test_a_full_disk_leaves_the_checkpoint_before(checkpoint, monkeypatch):
    from training import arrays

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        arrays.write_arrays(checkpoint, {"weights": np.zeros(300)})
    assert arrays.read_arrays(checkpoint)["weights"][1] == 1
    assert [p.name for p in checkpoint.parent.iterdir()] == ["state.npz"], "what was written is no longer in the way"


OTHER = """
import sys
from pathlib import Path
import numpy as np
from training.arrays import write_arrays
write_arrays(Path(sys.argv[1]), {"weights": np.full(300, 2.0)})
"""


def test_the_same_training_twice_at_once_does_not_take_the_file_from_the_other(checkpoint, monkeypatch):
    from training import arrays, writing

    def meanwhile(file):
        os.fsync(file)
        command = [sys.executable, "-c", OTHER, str(checkpoint)]
        subprocess.run(command, env=environment(checkpoint.parent), check=True, capture_output=True)
        assert arrays.read_arrays(checkpoint)["weights"][1] == 2

    monkeypatch.setattr(writing, "os", SimpleNamespace(fsync=meanwhile, getpid=os.getpid))
    arrays.write_arrays(checkpoint, {"weights": np.full(300, 3.0)})
    assert arrays.read_arrays(checkpoint)["weights"][1] == 3
    assert [p.name for p in checkpoint.parent.iterdir()] == ["state.npz"]
