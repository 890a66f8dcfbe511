"""The model folder: it comes back as it was written, whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nlp
from nlp import artifact
from nlp.artifact import Artifact
from nlp.config import NetworkConfig
from nlp.sealed import ArtifactError
from nlp.settings import ModelSettings
from nlp.tokenizer import JamoTokenizer, WordTokenizer

FILES = {"manifest.json", "model.json", "tokenizer.json", "weights.safetensors", "README.md"}


@pytest.fixture
def model(make_model: Any) -> Artifact:
    return make_model(scale=1.25, shift=-0.5, negative_below=0.25, positive_above=0.75)  # type: ignore[no-any-return]


@pytest.mark.parametrize("half", [True, False])
def test_it_comes_back_as_it_was_written(model: Artifact, tmp_path: Path, half: bool) -> None:
    model_id = artifact.save(model, tmp_path / "deep" / "model", name="test", card="# 모델\n", half=half)
    assert {p.name for p in (tmp_path / "deep" / "model").iterdir()} == FILES
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["model"]
    again = artifact.load(tmp_path / "deep" / "model")
    assert again.model_id == model_id
    assert again.settings == model.settings
    assert again.tokenizer.fingerprint() == model.tokenizer.fingerprint()
    assert set(again.weights) == set(model.weights)
    for name, value in model.weights.items():
        assert again.weights[name].dtype == np.float32
        np.testing.assert_array_equal(again.weights[name], value.astype(np.float16 if half else np.float32))


def test_the_card_can_be_left_out(model: Artifact, tmp_path: Path) -> None:
    artifact.save(model, tmp_path / "model", name="test")
    assert {p.name for p in (tmp_path / "model").iterdir()} == FILES - {"README.md"}
    assert artifact.load(tmp_path / "model").settings == model.settings


def test_a_loaded_model_answers_as_the_one_saved(model: Artifact, tmp_path: Path, phrases: list[str]) -> None:
    artifact.save(model, tmp_path / "model", name="test", half=False)
    before = [v.probability for v in nlp.Analyzer(model).analyze_batch(phrases)]
    after = [v.probability for v in nlp.load(tmp_path / "model").analyze_batch(phrases)]
    assert before == after
    assert len({round(p, 3) for p in before}) > 50, "the random model should tell texts apart"


def test_the_id_depends_on_the_content_and_on_nothing_else(model: Artifact, tmp_path: Path) -> None:
    def saved(model: Artifact, name: str = "test", card: str = "") -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        return artifact.save(model, folder, name=name, card=card)

    first = saved(model)
    assert first.startswith("test-") and len(first) == len("test-") + 8
    assert saved(replace(model, model_id="ignored")) == first
    changed = {**model.weights, "output/bias": model.weights["output/bias"] + 1}
    others = [
        saved(model, name="other").removeprefix("other"),
        saved(model, card="다른 카드"),
        saved(replace(model, weights=changed)),
        saved(replace(model, settings=replace(model.settings, shift=0.25))),
        saved(replace(model, tokenizer=JamoTokenizer(["ㄱ"]))),
    ]
    assert len({first.removeprefix("test"), *(o.removeprefix("test") for o in others)}) == 6


def test_an_existing_folder_is_left_alone(model: Artifact, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.txt").write_text("내 것")
    with pytest.raises(FileExistsError):
        artifact.save(model, tmp_path / "model", name="test")
    assert [p.name for p in tmp_path.rglob("*")] == ["model", "mine.txt"]


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from nlp import artifact
from nlp.config import NetworkConfig
from nlp.settings import ModelSettings
from nlp.tokenizer import WordTokenizer

words, width, card, limit = map(int, sys.argv[2:])
model = artifact.Artifact(
    ModelSettings(NetworkConfig(jamo=False)),
    WordTokenizer([f"word{i}" for i in range(words)]),
    {"embedding/character": np.zeros((width, 2), np.float32)},
)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    artifact.save(model, Path(sys.argv[1]) / "model", name="test", card="x" * card)
except OSError as error:
    print("OSError", error.errno)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits on the size of files")
@pytest.mark.parametrize(
    ("full_at", "words", "width", "card", "limit"),
    [
        ("model.json", 1, 1, 1, 100),
        ("tokenizer.json", 2000, 1, 1, 8000),
        ("weights.safetensors", 1, 5000, 1, 8000),
        ("README.md", 1, 1, 9000, 8000),
        ("nothing", 2000, 5000, 9000, 80_000),
    ],
)
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, full_at: str, words: int, width: int, card: int, limit: int
) -> None:
    """The limit on file sizes stands in for the disk: the write fails half-way, with bytes already in the file."""
    arguments = [str(tmp_path), *map(str, (words, width, card, limit))]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, *arguments],
        cwd=Path(nlp.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    if full_at == "nothing":
        assert done.stdout == "" and [p.name for p in tmp_path.iterdir()] == ["model"]
    else:
        assert done.stdout.startswith("OSError"), done
        assert list(tmp_path.iterdir()) == []


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    tmp_path.chmod(0o500)
    return tmp_path


@pytest.mark.usefixtures("locked", "unprivileged")
def test_a_folder_that_cannot_be_written(model: Artifact, locked: Path) -> None:
    with pytest.raises(PermissionError):
        artifact.save(model, locked / "model", name="test")


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", ".hidden", "a\nb", "x" * 65])
def test_a_name_that_cannot_be_shown_is_refused(model: Artifact, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="a model is named by"):
        artifact.save(model, tmp_path / "model", name=name)
    assert list(tmp_path.iterdir()) == []


def test_weights_that_cannot_be_kept_are_not_saved(model: Artifact, tmp_path: Path) -> None:
    """1e6 has no 16-bit float: a model that could not be loaded again must not be written."""
    for value, half in ((1e6, True), (np.nan, False), (np.inf, False)):
        weights = {**model.weights, "output/bias": np.full_like(model.weights["output/bias"], value)}
        with pytest.raises(ValueError, match="output/bias"):
            artifact.save(replace(model, weights=weights), tmp_path / "model", name="test", half=half)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"scale": 0},
        {"scale": -1.0},
        {"scale": float("nan")},
        {"scale": "1"},
        {"shift": float("inf")},
        {"shift": None},
        {"negative_below": -0.1},
        {"positive_above": 1.1},
        {"negative_below": 0.8, "positive_above": 0.2},
        {"positive_above": [0.5]},
        {"bend": float("nan")},
        {"bend": -2.0},
        {"scale": 0.5, "bend": -1.5},
    ],
    ids=str,
)
def test_calibration_and_bands_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"calibration|bands"):
        ModelSettings(NetworkConfig(), **settings)
    with pytest.raises(ValueError):
        ModelSettings.from_dict({"network": NetworkConfig().to_dict(), **settings})


def test_settings_survive_json() -> None:
    settings = ModelSettings(NetworkConfig(units=(7, 5)), 2.0, 0.5, 0.1, 0.9, 1.5)
    assert ModelSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    for broken in ({}, {"network": 5}, {"network": []}, {"network": {}, "other": 1}, {"network": None}):
        with pytest.raises(ValueError):
            ModelSettings.from_dict(broken)


def test_parts_that_do_not_fit_together(make_model: Any) -> None:
    good = make_model()
    short = {name: value for name, value in good.weights.items() if name != "hidden/bias"}
    for bad, named in (
        (replace(good, weights=short), "hidden/bias"),
        (replace(good, weights={}), "embedding/character"),
        (replace(good, tokenizer=WordTokenizer(["가"])), "characters"),
        (replace(good, settings=ModelSettings(replace(good.settings.network, units=(4,)))), "recurrent_0"),
    ):
        with pytest.raises(ArtifactError, match=named) as caught:
            nlp.Analyzer(bad)
        assert len(str(caught.value).splitlines()) == 1


def test_the_bundled_model_is_small_and_whole() -> None:
    folder = Path(nlp.__file__).parent / "models" / "shopping"
    assert sum(p.stat().st_size for p in folder.iterdir()) < 8 * 1024 * 1024
    assert {p.name for p in folder.iterdir()} == FILES | {"curve.json", "comparison.json"}, "as fit makes it"
    assert artifact.load(folder).model_id == json.loads((folder / "manifest.json").read_bytes())["model_id"]
