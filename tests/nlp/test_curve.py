"""What a threshold is worth, measured by the trainer and read by the bot."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import artifact
from nlp.curve import CURVE, Curve, Point
from training.curve import measure_curve, to_json

PROBABILITY = np.array([0.05, 0.2, 0.3, 0.6, 0.8, 0.9])
POSITIVE = np.array([False, False, True, False, True, True])


def test_precision_and_recall_of_both_bands() -> None:
    curve = measure_curve(PROBABILITY, POSITIVE, (0.01, 0.2, 0.4, 0.7))
    assert curve.rows == 6
    assert curve.negative == (Point(0.2, 1.0, 2 / 3), Point(0.4, 2 / 3, 2 / 3), Point(0.7, 0.75, 1.0))
    assert curve.positive[-1] == Point(0.7, 1.0, 2 / 3)
    assert curve.at_negative(0.3) == pytest.approx((0.3, 5 / 6, 2 / 3))
    assert curve.at_negative(0.01) is None, "nothing was measured there"


def test_a_model_folder_can_be_given_its_curve(tmp_path: Path) -> None:
    bundled = Path(nlp.__file__).parent / "models" / "shopping"
    folder = tmp_path / "model"
    shutil.copytree(bundled if bundled.exists() else next((bundled.parent).iterdir()), folder)
    before = nlp.load(folder)
    curve = measure_curve(PROBABILITY, POSITIVE)
    model_id = artifact.renew(folder, {CURVE: to_json(curve)})
    after = nlp.load(folder)
    assert model_id == after.model_id != before.model_id
    assert after.curve is not None
    assert after.curve.at_positive(0.8) == Point(0.8, 1.0, pytest.approx(2 / 3, abs=1e-4))
    assert after.analyze("좋아요").probability == before.analyze("좋아요").probability
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


KILLED = """
import os, sys
from pathlib import Path
from nlp import artifact
rename = Path.rename
def killed(self, target):
    if self.name == "model" and Path(target).name == "mine":
        os._exit(9)
    return rename(self, target)
Path.rename = killed
artifact.renew(Path(sys.argv[1]), {"more.json": b"{}"})
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A model folder."""
    return Path(shutil.copytree(next((Path(nlp.__file__).parent / "models").iterdir()), tmp_path / "mine"))


def test_a_folder_that_cannot_be_renewed_stays(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rename = artifact.load(mine).model_id, Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.name == "model" and target == mine:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="space"):
        artifact.renew(mine, {"more.json": b"{}"})
    assert artifact.load(mine).model_id == before
    assert [path.name for path in mine.parent.iterdir()] == ["mine"]


def test_a_kill_while_a_folder_is_renewed_takes_no_model(mine: Path) -> None:
    before = artifact.load(mine).model_id
    done = subprocess.run([sys.executable, "-c", KILLED, str(mine)], cwd=Path(nlp.__file__).parents[1], check=False)
    assert done.returncode == 9
    (old,) = mine.parent.glob("mine*")
    assert artifact.load(old).model_id == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0, "negative": [], "positive": []},
        {"rows": 5, "negative": [[0.2, 1.5, 0.1]], "positive": []},
        {"rows": 5, "negative": [[0.2, 0.9, 0.1], [0.2, 0.9, 0.1]], "positive": []},
        {"rows": 5, "negative": [["x", 0.9, 0.1]], "positive": []},
        {"rows": 5, "negative": [[0.2]], "positive": []},
        {"rows": 5},
    ],
)
def test_what_is_no_curve_is_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(ValueError, match="curve"):
        Curve.from_dict(wrong)  # type: ignore[arg-type]
    folder = tmp_path / "model"
    shutil.copytree(next((Path(nlp.__file__).parent / "models").iterdir()), folder)
    artifact.renew(folder, {CURVE: json.dumps(wrong).encode()})
    with pytest.raises(nlp.ArtifactError):
        nlp.load(folder)


def test_the_command_measures_and_puts_it_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from training.__main__ import main

    folder, rows = tmp_path / "model", tmp_path / "rows.tsv"
    shutil.copytree(next((Path(nlp.__file__).parent / "models").iterdir()), folder)
    said = [(5, "정말 좋아요 {} 추천합니다"), (1, "최악이에요 {} 환불해 주세요"), (2, "별로예요 {} 실망했어요")]
    rows.write_text("".join(f"{stars}\t{text.format(n)}\n" for n in range(20) for stars, text in said), "utf-8")
    assert main(["curve", str(folder), "--data", str(rows), "--all-rows"]) == 0
    loaded = nlp.load(folder)
    assert loaded.curve is not None
    assert loaded.curve.rows == 60
    assert loaded.curve.at_negative(loaded.bands[0]) is not None
    assert loaded.model_id in capsys.readouterr().out
    assert main(["curve", str(tmp_path / "none"), "--data", str(rows), "--all-rows"]) != 0
