"""The measures of a run for TensorBoard, where that is installed; without it nothing is written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

FOLDER = "tensorboard"


def write_board(folder: Path, steps: Iterable[tuple[int, Mapping[str, float]]]) -> Path | None:
    """Write measures by name, with the number of the epoch or step after which they were taken.

    Returns:
        The folder for ``tensorboard --logdir``; None where TensorBoard is not installed.
    """
    try:
        from tensorboard.summary import Writer
    except ImportError:
        return None
    out = folder / FOLDER
    with contextlib.closing(Writer(str(out))) as writer:
        for number, measures in steps:
            for name, value in measures.items():
                if value == value:  # before the first epoch there is no loss
                    writer.add_scalar(name, value, number)
    return out
