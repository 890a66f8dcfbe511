"""JSON Lines: an object a line, or a string a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.core.encoding import TextFile
from bot.core.errors import ExitStatus, UserError
from bot.core.jsontext import to_json
from bot.core.tables.columns import find_text_column
from bot.core.tables.delimited import TICK_EVERY, lines
from bot.core.tables.grid import SAMPLE_ROWS
from bot.core.tables.row import Cell, Kind, Row, Style, Tick

_MOST_COLUMNS = 16_384
_BLANK = " \t\r\n"


class JsonLinesTable:
    """The values of a JSON Lines file; the columns are all keys that occur, in the order in which they do.

    Lines with nothing in them are no rows, as usual in this format.

    Raises:
        UserError: if a line is neither an object nor a string, or lines of both kinds occur.
    """

    kind: Kind = "jsonl"
    sheets: tuple[str, ...] = ()

    def __init__(self, file: TextFile, wanted: str | None, tick: Tick) -> None:
        self._file = file
        self.digest = file.digest
        self.style = Style(file.codec, file.mark, file.newline)
        self.total = 0
        keys: dict[str, None] = {}
        sample: list[dict[str, Any]] = []
        self._strings: bool | None = None
        for number, raw, at in self._lines():
            value = _parse(raw, number)
            if self._strings not in (None, isinstance(value, str)):
                raise UserError(ExitStatus.BAD_DATA, "input_json", line=number)
            self._strings = isinstance(value, str)
            self.total += 1
            if self.total % TICK_EVERY == 0:
                tick("check", at, file.size)
            if isinstance(value, str):
                continue
            keys.update(dict.fromkeys(value))
            if len(keys) > _MOST_COLUMNS:
                raise UserError(ExitStatus.BAD_DATA, "input_too_many_columns", line=number, limit=_MOST_COLUMNS)
            if len(sample) < SAMPLE_ROWS:
                sample.append(value)
        self.columns: tuple[str, ...] = ("text",) if self._strings else tuple(keys)
        cells = [[_cell(value.get(key)) for key in keys] for value in sample]
        self.text_column = 0
        if self.total and not self._strings:
            self.text_column = find_text_column(self.columns, cells, wanted)

    def rows(self) -> Iterator[Row]:
        """See :class:`bot.core.tables.row.Table`."""
        for number, raw, _ in self._lines():
            value = _parse(raw, number)
            if isinstance(value, str):
                yield Row([value])
            else:
                yield Row([_cell(value.get(key)) for key in self.columns], raw=raw)

    def _lines(self) -> Iterator[tuple[int, str, int]]:
        with self._file.open() as stream:
            for number, line in enumerate(lines(stream), 1):
                raw = line.strip(_BLANK)
                if raw:
                    yield number, raw, stream.buffer.tell()


def _parse(raw: str, number: int) -> dict[str, Any] | str:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):  # ValueError: also a number of more digits than Python reads
        value = None
    if not isinstance(value, dict | str):
        raise UserError(ExitStatus.BAD_DATA, "input_json", line=number)
    return value


def _cell(value: Any) -> Cell:
    return value if value is None or isinstance(value, str | int | float) else to_json(value)
