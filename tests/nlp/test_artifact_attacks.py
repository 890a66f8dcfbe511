"""Files that run code when a careless program opens them. Here none is opened, whatever it is called."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import artifact, sealed
from nlp.sealed import ArtifactError


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _array(bomb: object) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([bomb], dtype=object), allow_pickle=True)
    return out.getvalue()


LAMBDA = {"class_name": "Lambda", "config": {"function": "4wAAAAAAAAAA"}}

FILES = {
    "tokenizer.pkl": lambda bomb: pickle.dumps(bomb),
    "old.pickle": lambda bomb: pickle.dumps(bomb, protocol=0),
    "tokenizer.joblib": lambda bomb: pickle.dumps({"tokenizer": bomb}, protocol=4),
    "harmless.json": lambda bomb: pickle.dumps(bomb, protocol=5),
    "squeezed.pkl": lambda bomb: gzip.compress(pickle.dumps(bomb)),
    "network.pt": lambda bomb: _zip({"archive/data.pkl": pickle.dumps(bomb)}),
    "network.keras": lambda bomb: _zip({"config.json": json.dumps(LAMBDA).encode()}),
    "naver_review.h5": lambda bomb: b"\x89HDF\r\n\x1a\n" + json.dumps(LAMBDA).encode(),
    "weights.npy": _array,
    "weights.safetensors": lambda bomb: pickle.dumps(bomb),
    "no-extension": lambda bomb: pickle.dumps(bomb),
    "model.zip": lambda bomb: _zip({"../../manifest.json": b"{}", "model.json": b"{}"}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_can_hold_code_is_not_opened(name: str, bomb: object, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name](bomb))
    with pytest.raises(ArtifactError) as caught:
        nlp.load(path)
    message = str(caught.value)
    assert "nunchi train" in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("listed", [artifact.WEIGHTS, artifact.TOKENIZER, artifact.SETTINGS])
def test_a_pickle_in_a_sealed_folder_is_refused(listed: str, bomb: object, whole, tmp_path: Path) -> None:
    """Also where whoever made it sealed it rightly."""
    files = {n: b for n, b in whole.items() if n != sealed.MANIFEST} | {listed: pickle.dumps(bomb)}
    manifest = sealed.seal(files, "test")
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / sealed.MANIFEST).write_bytes((json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    with pytest.raises(ArtifactError):
        nlp.load(tmp_path)


def test_the_attacks_work_on_a_careless_program(tmp_path: Path) -> None:
    """What is refused above is no straw man."""
    import os

    class Bomb:
        def __reduce__(self) -> object:
            return os.mkdir, (str(tmp_path / "ran"),)

    pickle.loads(FILES["tokenizer.pkl"](Bomb()))
    assert (tmp_path / "ran").is_dir()


def test_some_other_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("별점,리뷰\n", "utf-8")
    with pytest.raises(ArtifactError, match="not a model folder"):
        nlp.load(tmp_path / "reviews.csv")
