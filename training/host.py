"""What the trainer asks of the program around it: to open tables of any kind, and where its data folder is.

``training`` imports :mod:`nlp` alone. Whoever can read tables is handed in by ``nunchi train``, or found by
``python -m training`` as the installed entry point ``host`` of the group ``nunchi``; without one the course's
two-column text files are read all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from training.errors import DataError


class TableRow(Protocol):
    """One row: a cell for each column."""

    @property
    def cells(self) -> Sequence[Any]: ...


class Table(Protocol):
    """A table of reviews, checked to its end, whose rows can be read as often as one likes.

    Attributes:
        columns: their names, empty where there are none.
        text_column: index of the column of reviews.
        sheets: names of the sheets of a spreadsheet, the one that is read first.
    """

    columns: tuple[str, ...]
    text_column: int
    sheets: tuple[str, ...]

    def rows(self) -> Iterator[TableRow]:
        """Its rows in order; ``ValueError`` if the file was changed meanwhile."""
        ...


class Host(Protocol):
    """The program around the trainer."""

    @property
    def rating_names(self) -> Sequence[str]:
        """Names that columns of stars have: lower case, letters and digits only."""
        ...

    def home(self) -> Path:
        """The data folder, that of the bots.

        Raises:
            ValueError: one sentence if nobody knows where it is.
        """
        ...

    def open_table(
        self, path: Path, *, text_column: str | None, encoding: str | None, sheet: str | None
    ) -> AbstractContextManager[Table]:
        """Open a CSV, TSV, XLSX, JSONL or text file.

        Raises:
            ValueError: one sentence on what is wrong with it.
        """
        ...

    def as_text(self, cell: Any) -> str:
        """What a cell says."""
        ...

    def points(self, cell: Any) -> tuple[float, float] | None:
        """The points in a cell, 0 or more ("4점", "★★★☆☆" and "8/10" too), and of how many; None if there are none.

        Of how many is 0 where the cell does not say it.
        """
        ...

    def day(self, text: str) -> date | None:
        """The day that a cell says (2026-11-02, 2026.11.02, 2026년 11월 2일); None if it says none."""
        ...

    def is_verdict(self, columns: Sequence[str]) -> Sequence[int]:
        """Columns that the model wrote itself, and from which it must not learn."""
        ...


def find_host(language: str | None = None) -> Host | None:
    """The installed one, if any; it speaks this language, or that of the environment."""
    for entry in metadata.entry_points(group="nunchi", name="host"):
        made: Host = entry.load()(language=language)
        return made
    return None


def home_of(host: Host | None) -> Path:
    """The data folder: that of the bots, whoever asks.

    Raises:
        DataError: if nobody knows where the user's own folder is, as in a container.
    """
    try:
        return Path(os.environ.get("NUNCHI_HOME") or "~/.nunchi").expanduser() if host is None else host.home()
    except (ValueError, RuntimeError):
        raise DataError("home_unknown") from None
