"""Folders for what people send: nobody else can look in, and none is left behind."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "nunchi-file-"
_NAME = re.compile(rf"{_PREFIX}(\d+)-\w+")


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of mode 0700 that is removed with all that is in it.

    Raises:
        OSError: if it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> int:
    """Remove the folders of processes that were killed; gives how many."""
    swept = 0
    if os.name != "posix":
        return swept
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        match = _NAME.fullmatch(folder.name)
        if match is None or folder.is_symlink() or folder.stat().st_uid != os.getuid() or _runs(int(match[1])):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        swept += 1
    return swept


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
