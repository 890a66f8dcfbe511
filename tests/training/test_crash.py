"""Killed at any moment: always resumable, never half a model in service."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nlp
from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.modelstore import ModelStore
from tests.training.shop import environment, reviews, train, write_csv

pytestmark = [pytest.mark.crash, pytest.mark.timeout(3600)]

KILLS = 20
PROMOTE = """
import sys
from pathlib import Path
from nlp.modelstore import ModelStore
store = ModelStore(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for folder in sys.argv[2:]:
        store.promote(Path(folder))
    store.rollback()
"""


def whole(store: ModelStore) -> str | None:
    """Id of the model in service, which must answer."""
    folder = store.current()
    if folder is None:
        return None
    analyzer = nlp.load(folder)
    assert analyzer.analyze("배송이 빨라서 정말 좋아요").label == "positive"
    return analyzer.model_id


def test_promoting_and_rolling_back(tmp_path: Path) -> None:
    model = artifact.load(BUNDLED)
    for n in range(5):
        artifact.save(model, tmp_path / f"m{n}", name=f"m{n}")
    folders = [str(tmp_path / f"m{n}") for n in range(5)]
    store, pick, seen = ModelStore(tmp_path / "home"), random.Random(5), set()
    for _ in range(KILLS):
        command = [sys.executable, "-c", PROMOTE, str(tmp_path / "home"), *folders]
        process = subprocess.Popen(command, env=environment(tmp_path / "home"), stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(pick.uniform(0, 0.4))
        process.kill()
        process.communicate()
        seen.add(whole(store))
    assert len(seen) > 1, "the kills fell into changes"
    store.promote(tmp_path / "m0")
    assert {p.name for p in store.folder.iterdir() if p.is_dir()} == set(store.state().kept)


def test_training_until_it_serves(tmp_path: Path) -> None:
    pytest.importorskip("keras", reason="training needs the extra train")
    write_csv(tmp_path / "shop.csv", reviews(600))
    (tmp_path / "quick.toml").write_text("[adapt]\nepochs = 6\nbatch = 4\nrate = 1e-3\npatience = 6\n")
    words = ["fit", "--data", "shop.csv", "--recipe", "quick.toml", "--promote"]
    command = [sys.executable, "-m", "bot", "train", *words]
    store, pick, kills, went_on = ModelStore(tmp_path), random.Random(7), 0, 0
    while kills < KILLS:
        before = steps_done(tmp_path)
        process = subprocess.Popen(
            command,
            env=environment(tmp_path),
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        try:
            _, said = process.communicate(timeout=pick.uniform(1, 30))
            assert process.returncode == 0, said
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
            kills += 1
        first = re.search(r"배우는 중: (\d+)/", said)
        if before and first:
            assert int(first[1]) == before + 1, "it goes on where the checkpoint is"
            went_on += 1
        whole(store)
        for folder in tmp_path.glob("runs/*/model*"):
            artifact.load(folder)  # whole, or not there
    assert went_on >= 3, "the kills fell into training"
    done = train(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert whole(store) is not None


def steps_done(home: Path) -> int:
    """Steps that the checkpoint of an interrupted run holds, which must be whole; 0 if there is none."""
    from training.arrays import read_arrays

    found = list(home.glob("runs/*/state.npz"))
    return int(json.loads(str(read_arrays(found[0])["told"]))["step"]) if found else 0
