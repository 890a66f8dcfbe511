"""The figures of a comparison, a JSON line each, written as soon as each network is done, so that none is lost.

A network that was trained on the same rows by the same recipe with the same versions is not trained again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.course_recipe import CourseRecipe
from training.data import Row
from training.metrics import Share, share_of
from training.vectors import digest
from training.versions import versions

if TYPE_CHECKING:
    from training.beside import Beside
    from training.course import Trained


@dataclass(frozen=True)
class Figures:
    """What is known of the networks on some rows.

    Attributes:
        path: of the file, ``figures.jsonl``.
        rows: digest of the rows, their split, the seed and the versions.
        quick: whether networks that can be trained quickly are; see :mod:`training.quick`.
    """

    path: Path
    rows: str
    quick: bool = False

    @classmethod
    def of(
        cls, path: Path, sides: tuple[Sequence[Row], Sequence[Row]], above: float, seed: int, *, quick: bool = False
    ) -> Figures:
        """Figures on these rows.

        Args:
            path: of the file.
            sides: rows to learn from, and rows to test on.
            above: ratings above this are positive.
            seed: of the initial weights.
            quick: as the attribute.
        """
        digest = hashlib.sha256(json.dumps([above, seed, versions()]).encode())
        for side in sides:
            for row in side:
                digest.update(f"{row.rating}\t{row.text}\n".encode("utf-8", "surrogatepass"))
            digest.update(b"\0")
        return cls(path, digest.hexdigest()[:16], quick)

    def key(self, recipe: CourseRecipe) -> str:
        """What says that two networks are the same: of the rows, the recipe, how it learns and its first vectors."""
        told = [self.rows, asdict(recipe), digest(Path(recipe.vectors)), self._is_quick(recipe)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def _is_quick(self, recipe: CourseRecipe) -> bool:
        if not self.quick:
            return False
        from training.quick import can

        return can(recipe)

    def kept(self, name: str, recipe: CourseRecipe) -> Trained | None:
        """What was written of a network; None if there is nothing, or it was of other rows or of another recipe."""
        key = self.key(recipe)
        found = [line for line in self._lines() if line.get("key") == key]
        try:
            return _trained(name, found[-1]) if found else None
        except (KeyError, TypeError, ValueError):  # somebody changed the line
            return None

    def add(self, trained: Trained, recipe: CourseRecipe) -> None:
        """Write one network, in place of what was known of it."""
        key = self.key(recipe)
        line = {
            "recipe": trained.name,
            "accuracy": trained.accuracy.value,
            "right": trained.accuracy.right,
            "n": trained.accuracy.n,
            "own": trained.own,
            "parameters": trained.parameters,
            "epoch_seconds": trained.epoch_seconds,
            "message_milliseconds": trained.message_milliseconds,
            "quick": self._is_quick(recipe),
            **vars(trained.curve),
            "rows": self.rows,
            "key": key,
        }
        self._write([*(old for old in self._lines() if old.get("key") != key), line])

    def finish(self, asked: Mapping[str, CourseRecipe], others: Sequence[Beside]) -> None:
        """Put the networks of a comparison into its order, then other networks on the same rows, then models beside.

        What is known of other rows goes: figures of a file can be compared with each other.
        """
        order = [self.key(recipe) for recipe in asked.values()]
        lines = {line.get("key"): line for line in self._lines() if line.get("rows") == self.rows and line.get("key")}
        beside = [
            {"recipe": b.name, "accuracy": b.accuracy.value, "right": b.accuracy.right, "n": b.accuracy.n,
             "parameters": b.parameters, "message_milliseconds": b.message_milliseconds}
            for b in others
        ]  # fmt: skip
        named = [lines.pop(key) for key in dict.fromkeys(order) if key in lines]
        self._write([*named, *lines.values(), *beside])

    def _lines(self) -> list[dict[str, Any]]:
        try:
            written = self.path.read_text("utf-8").splitlines()
        except (FileNotFoundError, UnicodeDecodeError):
            return []
        return [line for text in written if (line := _json(text)) is not None]

    def _write(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Whole, or as it was."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f"{self.path.name}.part")
        with open(part, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)


def _json(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _trained(name: str, line: Mapping[str, Any]) -> Trained:
    from training.course import Curve, Trained

    accuracy: Share = share_of(int(line["right"]), int(line["n"]))
    losses = (list(map(float, line[part])) for part in ("loss", "measure", "aside_loss", "aside_measure"))
    times = float(line["epoch_seconds"]), float(line["message_milliseconds"])
    return Trained(name, accuracy, str(line["own"]), int(line["parameters"]), *times, Curve(*losses))
