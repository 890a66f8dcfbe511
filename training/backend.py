"""Loads Keras, which takes seconds, without the lines that its backend writes before it can be told to be quiet."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager


def load_keras() -> None:
    """Import Keras; what is wrong with it is raised all the same.

    Raises:
        ModuleNotFoundError: if it, or its backend, is not installed.
    """
    with _silence():
        import keras  # noqa: F401
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of new lengths, which are meant


@contextmanager
def _silence() -> Iterator[None]:
    """Let what compiled code writes to standard error go nowhere; Python's own is not used meanwhile."""
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
