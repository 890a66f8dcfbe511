"""Where the tests write, and what of their own code is kept: a run waits for no disk and compiles nothing twice."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH = 2 << 30
"""A run writes less than a tenth of it; containers are often given 64 MiB, which is too little."""


def write_to_memory() -> None:
    """Make temporary folders in memory where there is room: a thousand ``fsync`` take a disk seconds.

    They are called all the same, and also fail or are killed where a test asks for it. Whoever sets ``TMPDIR``
    has it respected. Processes that tests start inherit the place.
    """
    if "TMPDIR" in os.environ or not (_MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK)):
        return
    if shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it was asked for already, and kept


def keep_bytecode() -> None:
    """Keep what Python and pytest compile, also where images of containers forbid it.

    Each process that collects tests would rewrite the assertions of all of them in each run.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
