"""A model folder of links, pipes and files that cannot be read: refused at once, and nothing else is opened."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest

import nlp
from nlp.sealed import ArtifactError


def test_links_lead_to_nothing_but_the_listed_bytes(folder: Any, tmp_path: Path) -> None:
    weights = folder.path / "weights.safetensors"
    elsewhere = tmp_path / "elsewhere"
    shutil.copy(weights, elsewhere)
    for target in ("/dev/zero", "/proc/self/mem", __file__, tmp_path, "nowhere", weights.name):
        weights.unlink()
        weights.symlink_to(target)
        folder.check_refused(str(target))
    weights.unlink()
    weights.symlink_to(elsewhere)
    assert folder.refusal() is None, "the very bytes of the manifest, wherever they lie"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["manifest.json", "weights.safetensors"])
def test_a_pipe_is_refused_at_once(folder: Any, name: str) -> None:
    (folder.path / name).unlink()
    os.mkfifo(folder.path / name)
    folder.check_refused(name)


@pytest.mark.parametrize("name", ["manifest.json", "model.json"])
def test_a_folder_in_place_of_a_file_is_refused(folder: Any, name: str) -> None:
    (folder.path / name).unlink()
    (folder.path / name).mkdir()
    folder.check_refused(name)


def test_files_that_are_not_listed_are_not_looked_at(folder: Any, bomb: object) -> None:
    (folder.path / "extra.pickle").write_bytes(pickle.dumps(bomb))
    (folder.path / "weights.safetensors~").write_bytes(b"")
    os.mkfifo(folder.path / "pipe")
    assert folder.refusal() is None


def test_what_would_go_off_would_be_noticed(bomb: Any) -> None:
    """The bomb of these tests works."""
    pickle.loads(pickle.dumps(bomb))
    assert bomb.trace.is_dir()
    bomb.trace.rmdir()


@pytest.fixture
def locked(folder: Any) -> Any:
    for path in folder.path.iterdir():
        path.chmod(0)
    return folder


@pytest.mark.usefixtures("locked", "unprivileged")
def test_a_file_without_read_permission_is_refused(locked: Any) -> None:
    locked.check_refused()
    assert "cannot be read: Permission denied" in locked.refusal()


@pytest.mark.parametrize(
    "path", ["missing", "model/manifest.json", "a\0b", "a\nb", "x" * 5000, "", "\ud800"], ids=ascii
)
def test_a_path_that_is_no_folder_is_refused(folder: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.path.parent)
    for given in (path, Path(path)):
        with pytest.raises(ArtifactError) as caught:
            nlp.load(given)
        assert len(str(caught.value).splitlines()) == 1 and str(caught.value).isprintable()
