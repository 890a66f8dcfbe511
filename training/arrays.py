"""Files of arrays that survive a kill; apart from the loop, as nobody needs Keras to read one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import DataError
from training.writing import write_whole

_NAMES = "names"  # of the array that says which there are
_DAMAGE = (
    *(ValueError, EOFError, TypeError, AttributeError, KeyError, RuntimeError, OverflowError, MemoryError, OSError),
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
)
"""What NumPy and zipfile raise, each for another byte that is wrong."""


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
