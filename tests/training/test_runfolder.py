"""What a run says of where it was computed, and for TensorBoard."""

from __future__ import annotations

import json
import logging
import sys
from types import SimpleNamespace

import pytest

from tests.training.shop import needs_keras, reviews, write_csv
from training.board import write_board
from training.recipe import Recipe
from training.stages import Stages

STEPS = [(0, {"loss": float("nan"), "aside_loss": 0.7}), (1, {"loss": 0.5, "aside_loss": 0.6})]


@needs_keras
def test_the_backend_is_asked_for_its_devices(tmp_path, monkeypatch):
    import keras

    from training.devices import devices
    from training.runfolder import begin_run

    assert any(name.startswith(("cpu", "gpu", "tpu", "cuda")) for name in devices())
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["CPU:0", "GPU:0", "GPU:1"])
    assert devices() == ["gpu:0", "gpu:1", "cpu:0"]
    monkeypatch.delattr(keras.distribution, "list_devices")
    monkeypatch.setattr(keras.ops, "ones", lambda _: SimpleNamespace(device="cuda:0"))  # as torch names it
    assert devices() == ["gpu:0"]
    folder = begin_run(tmp_path, "tried", {})
    assert json.loads((folder / "config.json").read_text())["devices"] == devices()


@needs_keras
def test_the_backend_does_not_warn_whoever_trains():
    from training.backend import load_keras

    logging.getLogger("tensorflow").setLevel(logging.WARNING)
    load_keras()
    assert not logging.getLogger("tensorflow").isEnabledFor(logging.WARNING)


@needs_keras
def test_a_run_of_anything_else_has_a_folder_of_its_own(tmp_path):
    from training.runfolder import begin_run

    first = begin_run(tmp_path, "tried", {"settings": {"students": 1}})
    for name in ("metrics.jsonl", "state.npz", "tensorboard/events", "model/model.json", "model-2/model.json"):
        (first / name).parent.mkdir(exist_ok=True)
        (first / name).touch()
    second = begin_run(tmp_path, "tried", {"settings": {"students": 2}})
    assert first != second
    assert json.loads((first / "config.json").read_text())["settings"] == {"students": 1}
    assert begin_run(tmp_path, "tried", {"settings": {"students": 1}}) == first and (first / "metrics.jsonl").exists()
    assert begin_run(tmp_path, "tried", {"settings": {"students": 1}}, fresh=True) == first
    left = {str(p.relative_to(first)) for p in first.rglob("*") if p.is_file()}
    assert left == {"config.json", "model/model.json", "model-2/model.json"}, "no model before there is a new one"


@needs_keras
@pytest.mark.parametrize(("recipe", "part"), [("shop", "training.shop.adapt"), ("first", "training.fit.prepare")])
def test_rows_from_elsewhere_and_another_name_have_a_folder_of_their_own(
    tmp_path, monkeypatch, train_here, recipe, part
):
    def stop(*_):
        raise KeyboardInterrupt

    write_csv(tmp_path / "shop.csv", reviews(400))
    monkeypatch.setattr(part, stop)
    told = (
        *((), ("--name", "aaa"), ("--source", "A"), ("--source", "B"), ("--licence", "CC0")),
        *(("--obtained", "2026-01-02"), ("--source", "A", "--lang", "en")),
    )
    for words in told:
        done = train_here("fit", "--data", "shop.csv", "--recipe", recipe, "--out", "model", *words)
        assert done.returncode == 75, done.stderr
    configs = [json.loads(path.read_text("utf-8")) for path in tmp_path.glob(f"runs/{recipe}-*/config.json")]
    assert len(configs) == len(told) - 1, "the language is nothing that was asked for"
    sources = sorted(origin["source"] for config in configs for origin in config["origins"])
    assert sources == ["A", "B", *["shop.csv"] * 4]
    assert sorted(config["name"] for config in configs) == sorted(["aaa", *[recipe] * 5])


def test_who_begins_anew_keeps_nothing_of_the_stages(tmp_path):
    mine, other = (Stages(tmp_path, Recipe.from_dict({}, "tried"), rows, 0) for rows in ("mine", "other"))
    for stages in (mine, other):
        (stages.folder("teach") / "teacher-0-0.npz").touch()
    mine.clear()
    (left,) = tmp_path.glob("teach-*/*.npz")
    assert left.parent == other.folder("teach")


def test_without_tensorboard_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    assert write_board(tmp_path, STEPS) is None
    assert not list(tmp_path.iterdir())


def test_with_tensorboard_the_measures_are_there(tmp_path):
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = write_board(tmp_path, STEPS)
    read = EventAccumulator(str(folder), size_guidance={"tensors": 0}).Reload()
    found = {name: [event.step for event in read.Tensors(name)] for name in read.Tags()["tensors"]}
    assert found == {"loss": [1], "aside_loss": [0, 1]}
