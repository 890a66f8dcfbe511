"""The loss of a network while it learns, kept beside its checkpoint as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

Losses = list[tuple[int, float]]
"""Steps done, and the running mean of the loss by then."""


class LossLog:
    """Writes them.

    Args:
        path: the file.
        start: steps that are done already; what a killed run wrote after its last checkpoint is written anew.
    """

    def __init__(self, path: Path, start: int) -> None:
        self._path = path
        kept = [line for line in read_losses(path) if line[0] <= start] if start else []
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(_line(*line) for line in kept), "utf-8")

    def add(self, step: int, loss: float) -> None:
        """Write one."""
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(_line(step, loss))


def _line(step: int, loss: float) -> str:
    return json.dumps({"step": step, "loss": round(loss, 5)}) + "\n"


def read_losses(path: Path) -> Losses:
    """Read a file of them; a line that is damaged or cut off is left out, and there are none where there is no file."""
    out: Losses = []
    for line in path.read_text("utf-8", "replace").splitlines() if path.exists() else ():
        try:
            said = json.loads(line)
            out.append((int(said["step"]), float(said["loss"])))
        except (ValueError, KeyError, TypeError):
            continue
    return out
