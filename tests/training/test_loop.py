"""Checkpoints: whole or not there, and damage is told in a sentence."""

import random

import numpy as np
import pytest

from tests.training.shop import needs_keras

pytestmark = needs_keras


@pytest.fixture
def checkpoint(tmp_path):
    from training.loop import write_arrays

    path = tmp_path / "state.npz"
    write_arrays(path, {"weights": np.arange(300, dtype=np.float32), "told": np.array("{}"), "done": np.array(7)})
    return path


def test_what_is_written_is_read(checkpoint):
    from training.loop import read_arrays

    kept = read_arrays(checkpoint)
    np.testing.assert_array_equal(kept["weights"], np.arange(300, dtype=np.float32))
    assert (str(kept["told"]), int(kept["done"])) == ("{}", 7)
    assert [p.name for p in checkpoint.parent.iterdir()] == ["state.npz"]


def test_damage_is_one_sentence(checkpoint):
    from training.errors import DataError
    from training.loop import read_arrays

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


def test_a_full_disk_leaves_the_checkpoint_before(checkpoint, monkeypatch):
    from training import loop

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loop.os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        loop.write_arrays(checkpoint, {"weights": np.zeros(300)})
    assert loop.read_arrays(checkpoint)["weights"][1] == 1
