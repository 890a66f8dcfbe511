"""The training loop: one-cycle rate, progress with time left, checkpoints, resuming after a kill."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from training.batches import shuffled
from training.errors import DataError, DivergedError
from training.losses import LossLog
from training.messages import say
from training.writing import write_whole

_console = Console(stderr=True)
_EVERY = 400  # steps between checkpoints
_NAMES = "names"  # of the array that says which there are
_DAMAGE = (
    *(ValueError, EOFError, TypeError, AttributeError, KeyError, RuntimeError, OverflowError, MemoryError, OSError),
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
)
"""What NumPy and zipfile raise, each for another byte that is wrong."""

_NOTED = 20  # steps between losses that are written down


@keras.saving.register_keras_serializable("nunchi")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, then half a cosine down to a fiftieth (Smith & Topin 2019, arXiv:1708.07120).

    Args:
        peak: highest learning rate.
        steps: steps in all.
        warm: share of the steps in which the rate rises.
    """

    def __init__(self, peak: float, steps: int, warm: float = 0.1) -> None:
        self.peak, self.steps, self.warm = peak, max(steps, 1), warm

    def __call__(self, step: Any) -> Any:
        done = ops.cast(step, "float32") / self.steps
        fall = ops.minimum((done - self.warm) / (1 - self.warm), 1.0)
        return self.peak * ops.where(done < self.warm, done / self.warm, 0.02 + 0.49 * (1 + ops.cos(np.pi * fall)))

    def at(self, step: int) -> float:
        """The same without Keras."""
        done = step / self.steps
        fall = min((done - self.warm) / (1 - self.warm), 1.0)
        return self.peak * float(done / self.warm if done < self.warm else 0.02 + 0.49 * (1 + np.cos(np.pi * fall)))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"peak": self.peak, "steps": self.steps, "warm": self.warm}


def compile_with(model: keras.Model, rate: OneCycle | float, loss: Any, *, decay: float = 0.0) -> None:
    """Compile with Adam, clipped gradients and a one-cycle rate; with ``decay`` the weights decay (AdamW).

    A rate that is a number is set anew at each step.

    Keras lets XLA compile the step where the backend has it; on TensorFlow a recurrent layer is several times slower
    without. Every new shape costs a compilation, so batches come in few lengths (:mod:`training.batches`).
    """
    adam = keras.optimizers.AdamW(rate, decay, clipnorm=1.0) if decay else keras.optimizers.Adam(rate, clipnorm=1.0)
    model.compile(adam, loss)


class Stream:
    """Endless shuffled batches that can be asked for by number, so that a resumed run sees what it would have seen.

    Args:
        lengths: length of each row.
        size: rows in a batch.
        seed: order of the rows.
        once: how many of the last rows, which are sorted by length, come up in one epoch only; they are dealt out to
            the epochs in turn, so that each has as many of every length.
        epochs: to how many; ``once`` is a multiple of it.
    """

    def __init__(
        self,
        lengths: Sequence[int] | NDArray[np.integer[Any]],
        size: int,
        seed: int,
        *,
        once: int = 0,
        epochs: int = 1,
    ) -> None:
        self._own, self._hands, length = len(lengths) - once, epochs, np.asarray(lengths)
        self._lengths = np.concatenate([length[: self._own], length[self._own :: epochs]]) if once else length
        self._size, self._seed = size, seed
        self._epoch = -1
        self._batches: list[NDArray[np.int32]] = []
        self.per_epoch = len(shuffled(self._lengths, size, np.random.default_rng(0)))

    def __getitem__(self, number: int) -> NDArray[np.int32]:
        epoch, i = divmod(number, self.per_epoch)
        if epoch != self._epoch:
            self._batches = shuffled(self._lengths, self._size, np.random.default_rng([self._seed, epoch]))
            self._epoch = epoch
        dealt = self._own + (self._batches[i] - self._own) * self._hands + epoch % self._hands
        return np.where(self._batches[i] < self._own, self._batches[i], dealt).astype(np.int32)


def run(
    step: Callable[[int], float],
    steps: int,
    models: Sequence[keras.Model],
    checkpoint: Path | None,
    title: str,
    *,
    every: int = _EVERY,
    losses: Path | None = None,
) -> None:
    """Take ``steps`` training steps.

    Args:
        step: takes the step of that number and returns its loss.
        steps: how many.
        models: every compiled model that a step changes.
        checkpoint: file that is written now and then; if it exists, training goes on from it.
        title: what the progress bar says.
        every: steps between checkpoints.
        losses: file for the loss on the way; see :mod:`training.losses`.
    """
    start, mean = _restore(models, checkpoint) if checkpoint is not None and checkpoint.exists() else (0, None)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    log = None if losses is None else LossLog(losses, start)
    with Progress(*columns, console=_console, disable=not _console.is_terminal) as progress:
        task = progress.add_task(title, total=steps, completed=start)
        for number in range(start, steps):
            loss = step(number)
            if not np.isfinite(loss):
                raise DivergedError("diverged", what=title)
            mean = loss if mean is None else 0.98 * mean + 0.02 * loss
            done = number + 1
            progress.update(task, completed=done, description=say("progress_loss", what=title, loss=mean))
            if not _console.is_terminal and (done % 200 == 0 or done == steps):
                _console.print(say("progress_step", what=title, done=done, of=steps, loss=mean), markup=False)
            if log is not None and (done % _NOTED == 0 or done == steps):
                log.add(done, mean)
            if checkpoint is not None and (done % every == 0 or done == steps):
                _save(models, checkpoint, done, mean)


def _variables(models: Sequence[keras.Model]) -> list[Any]:
    out: list[Any] = []
    for model in models:
        out += [*model.weights, *model.optimizer.variables]
    return out


def _save(models: Sequence[keras.Model], path: Path, done: int, mean: float) -> None:
    arrays = {str(i): ops.convert_to_numpy(v) for i, v in enumerate(_variables(models))}
    write_arrays(path, {**arrays, "done": np.array(done), "mean": np.array(mean)})


def _restore(models: Sequence[keras.Model], path: Path) -> tuple[int, float]:
    """Steps that were done, and the running mean of the loss by then."""
    saved = read_arrays(path)
    for model in models:
        model.optimizer.build(model.trainable_variables)
    try:
        for i, variable in enumerate(_variables(models)):
            variable.assign(saved[str(i)])
        return int(saved["done"]), float(saved["mean"])
    except (KeyError, ValueError):  # whole, but of another version's network
        raise DataError("checkpoint_damaged", path=path) from None


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays to an ``.npz`` file, whole or not at all, whoever else writes it at the same time."""
    buffer = io.BytesIO()
    np.savez(buffer, **{_NAMES: np.array(list(arrays))}, **arrays)  # type: ignore[arg-type]  # its stub takes a name for the next argument
    write_whole(path, buffer.getbuffer())


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read a file of :func:`write_arrays`; it can hold arrays only.

    Raises:
        DataError: if it is not as it was written.
    """
    content = io.BytesIO(path.read_bytes())
    try:
        with np.load(content, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except _DAMAGE:
        raise DataError("checkpoint_damaged", path=path) from None
    if set(found.pop(_NAMES, np.array([])).tolist()) != set(found):
        raise DataError("checkpoint_damaged", path=path)
    return found
