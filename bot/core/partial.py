"""An output file that is finished or not there, and can be gone on with after any interruption.

While ``out.csv`` is being written there are only ``out.csv.part``, with the rows so far, and
``out.csv.state.part``, which says how many of them are safely on the disk and of what input, model and
options they are the result. The last step is an atomic rename to ``out.csv``.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.core.errors import ExitStatus, UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

CHECKPOINT_SECONDS = 1.0
"""Work of about this long is done again after a power cut, and none after Ctrl-C."""

# Never through a link: in a folder that others can write to, it may lead anywhere.
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class _Done:
    """How far the output is. Always replaced as a whole: a signal may come between any two statements."""

    rows: int = 0
    bytes: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


class PartialOutput:
    """An output file in the making.

    Args:
        target: the file that is to be.
        identity: what the output is a result of; work is gone on with only where all of it is the same.
        resume: go on where an earlier run was interrupted, if there was one.
        force: overwrite ``target``, and throw interrupted work away.

    Attributes:
        published: whether ``target`` is there.

    Raises:
        UserError: if there is something that must not be overwritten, or nothing that can be gone on with.
        OSError: if it cannot be written.
    """

    def __init__(self, target: Path, identity: Mapping[str, Any], *, resume: bool, force: bool) -> None:
        self.target = target
        self.published = False
        self._done = _Done()
        self._identity = dict(identity)
        self._force = force
        self._saved_at = time.monotonic()
        check_target(target, force=force)
        self.part = target.with_name(f"{target.name}.part")
        self._state = target.with_name(f"{target.name}.state.part")
        self._new_state = target.with_name(f"{target.name}.state.new.part")
        self._staged = target.with_name(f"{target.name}.new.part")
        self._fd = os.open(self.part, _FLAGS, 0o666)
        try:
            _lock(self._fd)
        except BlockingIOError:
            os.close(self._fd)
            raise UserError(ExitStatus.CANNOT_CREATE, "output_in_use", path=target) from None
        try:
            self._begin(resume=resume)
        except BaseException:
            self.close()
            raise

    @property
    def rows(self) -> int:
        """Rows written so far, those of earlier runs included."""
        return self._done.rows

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of them were of each kind."""
        return self._done.counts

    @property
    def empty(self) -> bool:
        """Whether nothing was written so far, not even what stands before the first row."""
        return not self._done.bytes

    def _begin(self, *, resume: bool) -> None:
        size = os.fstat(self._fd).st_size
        state = _read_state(self._state) if size else None
        if size and not resume and not self._force:
            raise UserError(ExitStatus.CANNOT_CREATE, "output_part_exists", path=self.part)
        if size and resume:
            if state is None or size < state[0].bytes:
                raise UserError(ExitStatus.BAD_DATA, "resume_damaged", path=self.part)
            done, identity = state
            for name, value in self._identity.items():
                if identity.get(name) != value:
                    reason = name if name in ("input", "model") else "options"
                    raise UserError(ExitStatus.BAD_DATA, f"resume_other_{reason}")
            self._done = done
        os.ftruncate(self._fd, self._done.bytes)
        os.lseek(self._fd, self._done.bytes, os.SEEK_SET)
        if self.empty:
            self.checkpoint()

    def append(self, data: bytes, rows: int = 0, counts: Mapping[str, int] | None = None) -> None:
        """Add whole rows.

        Raises:
            OSError: if the disk is full or broken; what was there before is safe.
        """
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
        done = self._done
        summed = Counter(done.counts) + Counter(counts or {})
        self._done = _Done(done.rows + rows, done.bytes + len(data), dict(summed))
        if time.monotonic() - self._saved_at >= CHECKPOINT_SECONDS:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Make sure that everything written so far outlives a power cut."""
        os.fsync(self._fd)
        state = {**asdict(self._done), "identity": self._identity}
        with open(self._new_state, "w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._new_state, self._state)
        self._saved_at = time.monotonic()

    def publish(self, build: Callable[[Path, Path], None] | None = None) -> None:
        """Give the output its name.

        Args:
            build: makes the real output (second argument) of what was written (first argument), where that is
                not the output itself.

        Raises:
            UserError: if someone else has created ``target`` meanwhile.
            OSError: if it cannot be written; it can be gone on with then.
        """
        self.checkpoint()
        finished = self.part
        if build is not None:
            build(self.part, self._staged)
            with open(self._staged, "rb+") as file:
                os.fsync(file.fileno())
            finished = self._staged
        check_target(self.target, force=self._force)
        if os.name == "nt":  # where an open file cannot be renamed
            os.close(self._fd)
            self._fd = -1
        os.replace(finished, self.target)
        self.published = True
        _sync_folder(self.target.parent)
        self._remove(*(() if build is None else (self.part,)), self._state)
        self.close()

    def discard(self) -> None:
        """Leave nothing behind."""
        self._remove(self.part, self._state, self._new_state, self._staged)
        self.close()

    def close(self) -> None:
        """Let go of the file; it can be gone on with, unless there is nothing in it."""
        if self._fd < 0:
            return
        with suppress(OSError):
            if self.empty and os.fstat(self._fd).st_size == 0 and not self.published:
                self._remove(self.part, self._state, self._new_state)
        os.close(self._fd)  # and with it the lock
        self._fd = -1

    def _remove(self, *paths: Path) -> None:
        for path in paths:
            path.unlink(missing_ok=True)


def check_target(target: Path, *, force: bool) -> None:
    """Refuse an output that cannot or must not be written.

    Raises:
        UserError: if it exists (unless ``force``), is no file, or its folder is missing.
    """
    if target.is_dir():
        raise UserError(ExitStatus.CANNOT_CREATE, "output_directory", path=target)
    if target.exists() and not target.is_file():
        raise UserError(ExitStatus.CANNOT_CREATE, "output_special", path=target)
    if target.exists() and not force:
        raise UserError(ExitStatus.CANNOT_CREATE, "output_exists", path=target)
    if not target.parent.is_dir():
        raise UserError(ExitStatus.CANNOT_CREATE, "output_no_folder", path=target.parent)


def _lock(fd: int) -> None:
    if fcntl is not None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read_state(path: Path) -> tuple[_Done, dict[str, Any]] | None:
    """How far the output was and what it is a result of; None if the file does not say."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        counts = {str(name): int(count) for name, count in state["counts"].items()}
        return _Done(int(state["rows"]), int(state["bytes"]), counts), dict(state["identity"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut, where the system can."""
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
