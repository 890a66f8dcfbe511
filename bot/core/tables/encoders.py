"""Rows back into the bytes of a file, a batch at a time.

An encoder keeps no state between batches: that is what lets an interrupted output be cut at the end of a
batch and go on there.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, Protocol

from bot.core.jsontext import to_json
from bot.core.tables.columns import unique_names
from bot.core.tables.row import Cell, Kind, Row, Style, Table, to_text

Added = Sequence[Cell]
"""The cells that are added to a row."""


class Encoder(Protocol):
    """Writes rows, each with cells added at its end."""

    def header(self) -> bytes:
        """What stands before the first row."""

    def rows(self, rows: Sequence[tuple[Row, Added]]) -> bytes:
        """Some rows, in order."""


def encoder_for(kind: Kind, table: Table, added: Sequence[str]) -> Encoder:
    """The encoder of an output file.

    Args:
        kind: of the output.
        table: whose rows are written.
        added: names of the columns that are added.
    """
    names = list(table.columns) if any(table.columns) else unique_names(table.columns)
    if kind == "jsonl":
        return JsonLines(unique_names(table.columns), added)
    if kind == "xlsx":
        return Packed([*names, *added])
    return Delimited([*names, *added], _style(kind, table))


def _style(kind: Kind, table: Table) -> Style:
    """The input's own style where it is of the same kind; else what Excel reads without asking."""
    if table.style is not None and table.kind == kind:
        return table.style
    if kind == "tsv":
        return Style("utf-8", codecs.BOM_UTF8, "\n", "\t")
    return Style("utf-8", codecs.BOM_UTF8)


class Delimited:
    """CSV and TSV. The user's cells are written as they were read, also those that a spreadsheet would run."""

    def __init__(self, names: Sequence[str], style: Style) -> None:
        self._names, self._style = names, style

    def header(self) -> bytes:
        return self._style.mark + self._encode([self._names])

    def rows(self, rows: Sequence[tuple[Row, Added]]) -> bytes:
        return self._encode([[*map(to_text, row.cells), *map(_result, added)] for row, added in rows])

    def _encode(self, lines: Sequence[Sequence[str]]) -> bytes:
        style = self._style
        if style.quoted:
            # With \r\n as its line end the writer puts a cell with either of the two into quotes.
            out: list[str] = []
            csv.writer(SimpleNamespace(write=out.append), delimiter=style.delimiter).writerows(lines)
            text = "".join(line.removesuffix("\r\n") + style.newline for line in out)
        else:
            text = "".join(style.delimiter.join(line) + style.newline for line in lines)
        try:
            return text.encode(style.codec)
        except UnicodeEncodeError:  # half a surrogate pair, from JSON
            return text.encode(style.codec, "replace")


def _result(cell: Cell) -> str:
    """A figure with as many digits in every row."""
    return f"{cell:.6f}" if isinstance(cell, float) else to_text(cell)


class JsonLines:
    """JSON Lines. An object that came from such a file stays as it was, byte for byte, and grows at its end."""

    def __init__(self, names: Sequence[str], added: Sequence[str]) -> None:
        self._names, self._added = names, added

    def header(self) -> bytes:
        return b""

    def rows(self, rows: Sequence[tuple[Row, Added]]) -> bytes:
        return "".join(self._line(row, added) + "\n" for row, added in rows).encode()

    def _line(self, row: Row, added: Added) -> str:
        results = to_json(dict(zip(self._added, added, strict=True)))
        if row.raw is None:
            own = to_json({name: _plain(cell) for name, cell in zip(self._names, row.cells, strict=True)})
        else:
            own = row.raw
        inside = own[1:-1].rstrip()
        return f"{{{inside}{', ' if inside.strip() else ''}{results[1:]}"


def _plain(cell: Cell) -> Any:
    return cell if cell is None or isinstance(cell, str | int | float) else to_text(cell)


class Packed:
    """A JSON list a line, from which :mod:`bot.core.tables.spreadsheet_writer` builds a spreadsheet."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def header(self) -> bytes:
        return (to_json(self._names) + "\n").encode()

    def rows(self, rows: Sequence[tuple[Row, Added]]) -> bytes:
        return "".join(to_json([_pack(c) for c in (*row.cells, *added)]) + "\n" for row, added in rows).encode()


def _pack(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    return cell
