"""Killed at any moment: always resumable, never half a model in service."""

from __future__ import annotations

import random
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
    (tmp_path / "quick.toml").write_text("[adapt]\nepochs = 3\nbatch = 8\nrate = 1e-3\npatience = 3\n")
    words = ["fit", "--data", "shop.csv", "--recipe", "quick.toml", "--promote"]
    command = [sys.executable, "-m", "bot", "train", *words]
    store, pick, kills = ModelStore(tmp_path), random.Random(7), 0
    while kills < KILLS:
        process = subprocess.Popen(command, env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.DEVNULL)
        try:
            assert process.wait(pick.uniform(1, 15)) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
        whole(store)
        for folder in tmp_path.glob("runs/*/model*"):
            artifact.load(folder)  # whole, or not there
    done = train(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert whole(store) is not None
