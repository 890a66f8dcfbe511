"""What files say is shown as it stands: brackets are no markup, and nothing moves the terminal's cursor."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from nlp.analyze import BUNDLED
from tests.training.shop import needs_keras, reviews, write_csv
from training.commands import compare as comparing
from training.commands import fit as fitting
from training.vectors import Vectors

TOKENS = ("[/]", "[new]", "[event]", "이벤트[/x]", "\x1b[2J지움", "\u202e뒤집음")


def test_tokens_are_shown_as_they_are(tmp_path, train_here):
    Vectors(TOKENS, np.eye(len(TOKENS), dtype=np.float32) + 0.1).save(tmp_path / "vectors.txt")
    done = train_here("vectors", "similar", "[new]")
    assert done.returncode == 0, done.stderr
    assert all(token in done.stdout for token in ("[/]", "[event]", "이벤트[/x]", "[2J지움", "뒤집음"))
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout


def test_suites_and_kinds_are_shown_as_they_are(tmp_path, train_here):
    write_csv(tmp_path / "shop.csv", reviews(60))
    (tmp_path / "suites").mkdir()
    suite = "kind\ttext\tlabel\n[/부정]\t정말 마음에 들어요\tpositive\n[new]\t정말 별로예요\tnegative\n"
    (tmp_path / "suites" / "a[new].tsv").write_text(suite, "utf-8")
    done = train_here("behaviour", BUNDLED, "--suites", "suites", "--data", "shop.csv", "--all-rows")
    assert done.returncode == 0, done.stderr
    assert "a[new]" in done.stdout and "[/부정]" in done.stdout and " [new]" in done.stdout


@needs_keras
def test_recipes_are_shown_by_their_names(monkeypatch):
    from training.beside import Beside
    from training.course import Curve, Trained
    from training.metrics import share

    shown, half = io.StringIO(), share(np.array([True, False]))
    monkeypatch.setattr(comparing, "out", Console(file=shown, width=200))
    trained = Trained("a[new]", half, "MAE 0.5", 9, 1.0, 1.0, Curve([], [], [], []))
    comparing._print([trained], [Beside("b[/x]", half, 9, 1.0)])
    assert "a[new]" in shown.getvalue() and "b[/x]" in shown.getvalue()


@pytest.mark.parametrize("name", ["a[/x]", "a[new]"])
def test_progress_is_told_of_recipes_by_their_names(monkeypatch, name):
    shown = io.StringIO()
    monkeypatch.setattr(fitting, "err", Console(file=shown, width=200, force_terminal=True))
    with fitting.telling() as tell:
        tell(name, 0, 1)
    assert name in shown.getvalue()
