"""Files that are there whole or not at all, whoever else writes them at the same time."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

_PART = re.compile(r"\.(\d{1,10})\.part")


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file in one step: it waits under a name of this process's own until it is on the disk.

    Raises:
        OSError: if it cannot be written; the old one is still there then, and nothing else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:  # on a full disk what was written keeps others from being written
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what processes that were killed have left of such files in a folder and below; what cannot be stays."""
    for part in folder.rglob("*.part"):
        found = _PART.fullmatch("".join(part.suffixes[-2:]))
        if found and not _is_alive(int(found[1])):
            with suppress(OSError):
                part.unlink()


def _is_alive(process: int) -> bool:
    """Whether a process may still write; where it cannot be asked without harm, it may."""
    if os.name == "nt":  # to ask would be to send it a signal
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
