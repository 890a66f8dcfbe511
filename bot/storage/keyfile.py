"""A key that is made at the first time and kept in a file of the data folder, for its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def make_home(home: Path) -> None:
    """Make the data folder, if it is not there."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)


def key_file(path: Path, fresh: bytes) -> bytes:
    """What a key file holds.

    Args:
        path: of the file.
        fresh: what it is to hold if it is not there yet.

    Raises:
        OSError: if it can be neither read nor made.
    """
    make_home(path.parent)
    try:
        # Whole or not at all, also when two processes start at once.
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
    except FileExistsError:
        pass
    return path.read_bytes()
