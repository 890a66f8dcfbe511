"""What a table is, whatever file it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""The content of a cell. Text files have only strings, spreadsheets the others too."""

Kind = Literal["csv", "tsv", "xlsx", "jsonl", "text"]

Tick = Callable[[str, int, int | None], None]
"""Told of progress: what is being done (``check``, ``score`` or ``write``), how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the file.

    Attributes:
        cells: its cells, as many as there are; none in a blank line.
        line: the line that it begins in, or the row of the spreadsheet; from 1.
    """

    cells: Sequence[Cell]
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        cells: one for each column.
        ragged: empty where the record had that many cells; else ``short``, or the cells too many as a JSON list.
        raw: the line of a JSON Lines file, where it is an object.
    """

    cells: Sequence[Cell]
    ragged: str = ""
    raw: str | None = None


@dataclass(frozen=True)
class Style:
    """How a text file is written: what an output of the same kind keeps.

    Attributes:
        quoted: whether cells may stand in quotes; false for plain tab-separated lines.
    """

    codec: str = "utf-8"
    mark: bytes = b""
    newline: str = "\r\n"
    delimiter: str = ","
    quoted: bool = True


class Table(Protocol):
    """A table that was checked to its end, and can be read from its start as often as one likes.

    Attributes:
        kind: what sort of file it is.
        columns: their names; empty names where the file has none for a column.
        text_column: index of the column that holds the reviews.
        total: number of rows; None for a stream.
        digest: SHA-256 of the file; empty for a stream.
        style: how its text is written; None for a spreadsheet.
        sheets: names of the sheets of a spreadsheet, the one that is read first.
    """

    kind: Kind
    columns: tuple[str, ...]
    text_column: int
    digest: str
    sheets: tuple[str, ...]

    @property
    def total(self) -> int | None: ...
    @property
    def style(self) -> Style | None: ...

    def rows(self) -> Iterator[Row]:
        """Its rows in order, each as soon as it is read.

        Raises:
            UserError: if the file was changed since it was checked.
        """


def to_text(cell: Cell) -> str:
    """A cell as text: what a CSV file or the model sees of it."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
