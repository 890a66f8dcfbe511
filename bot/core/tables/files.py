"""From a file to a table: what kind it is, and the checks that come before a row of it is used."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from os import stat_result
from pathlib import Path

from bot.core.encoding import TextFile, inspect
from bot.core.errors import ExitStatus, UserError
from bot.core.tables import grid
from bot.core.tables.columns import find_text_column, has_header, names_only
from bot.core.tables.delimited import dialects, records
from bot.core.tables.grid import Ragged, Survey
from bot.core.tables.jsonlines import JsonLinesTable
from bot.core.tables.lines import TextTable
from bot.core.tables.row import Kind, Record, Row, Style, Table, Tick, to_text

_EXTENSIONS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_OUTPUTS: dict[str, Kind] = {e: k for e, k in _EXTENSIONS.items() if e != ".xlsm"}
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAMPLE = 1 << 16


@dataclass(frozen=True)
class ReadOptions:
    """What the user said about the input; None where it is to be found out.

    Attributes:
        text_column: name of the column of reviews, or its number from 1.
        encoding: of a text file.
        sheet: of a spreadsheet, its name or its number from 1.
        header: whether the first row names the columns.
        ragged: what to do with rows of the wrong width.
        most_unpacked: bytes that a spreadsheet may have when unpacked.
    """

    text_column: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: bool | None = None
    ragged: Ragged = "error"
    most_unpacked: int = 8 << 30


def kind_of_output(path: Path) -> Kind:
    """The format to write, by the file's extension.

    Raises:
        UserError: if it is none that can be written.
    """
    try:
        return _OUTPUTS[path.suffix.lower()]
    except KeyError:
        raise UserError(ExitStatus.USAGE, "usage_output_kind") from None


@contextmanager
def open_table(path: Path, options: ReadOptions, tick: Tick) -> Iterator[Table]:
    """Open a table, read it once to its end, and say what is wrong with it before anything else is done.

    Args:
        path: a regular file.
        options: what is known about it.
        tick: told of progress, as ``check``.

    Raises:
        UserError: if it cannot be opened, or is not a table of reviews.
    """
    before = _status(path)
    head = _head(path)
    if not head:
        raise UserError(ExitStatus.BAD_DATA, "input_empty")
    if head.startswith(_OLE):
        raise UserError(ExitStatus.BAD_DATA, "input_xls")
    kind = _EXTENSIONS.get(path.suffix.lower())
    if head.startswith(_ZIP):
        kind = "xlsx"  # whatever it is called
    if kind == "xlsx":
        with _open_spreadsheet(path, options, tick) as table:
            yield table
    else:
        if path.suffix.lower() == ".json" and kind is None:
            _check_json_lines(path)
        file = inspect(path, options.encoding, lambda done: tick("check", done, before.st_size))
        yield _open_text(file, kind, options, tick)
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise UserError(ExitStatus.BAD_DATA, "input_changed_meanwhile")


def _status(path: Path) -> stat_result:
    try:
        status = path.stat()
    except ValueError:  # a NUL in the name
        raise UserError(ExitStatus.NO_INPUT, "input_missing", path="?") from None
    except OSError as error:
        sentence = "input_missing" if isinstance(error, FileNotFoundError | NotADirectoryError) else "input_unreadable"
        raise UserError(ExitStatus.NO_INPUT, sentence, path=path, reason=error.strerror) from None
    if stat.S_ISDIR(status.st_mode):
        raise UserError(ExitStatus.NO_INPUT, "input_directory", path=path)
    return status


def _head(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(len(_OLE))
    except OSError as error:
        raise UserError(ExitStatus.NO_INPUT, "input_unreadable", path=path, reason=error.strerror) from None


def _check_json_lines(path: Path) -> None:
    """Refuse JSON that is one list or object over many lines: its lines are no reviews."""
    with open(path, "rb") as file:
        first = file.readline(_SAMPLE).lstrip(b"\xef\xbb\xbf \t\r\n")
    if first[:1] == b"[" or first.strip() == b"{":
        raise UserError(ExitStatus.BAD_DATA, "input_json_whole")


def _open_text(file: TextFile, kind: Kind | None, options: ReadOptions, tick: Tick) -> Table:
    with file.open() as stream:
        sample = stream.read(_SAMPLE)
        # The last line of the sample is cut off, unless it is the only one.
        sample = sample[: sample.rfind("\n") + 1] or sample if len(sample) == _SAMPLE else sample
    if not sample.strip():
        with file.open() as stream:
            if not any(part.strip() for part in iter(lambda: stream.read(_SAMPLE), "")):
                raise UserError(ExitStatus.BAD_DATA, "input_empty")
    kind = kind or _sniff(sample)
    if kind == "jsonl":
        return JsonLinesTable(file, options.text_column, tick)
    if kind == "text":
        table = TextTable(file, tick)
        find_text_column(table.columns, [], options.text_column)
        return table
    return _open_delimited(file, kind, sample, options, tick)


def _sniff(sample: str) -> Kind:
    """What a text file without a telling extension is."""
    lines = [line for line in sample.splitlines() if line.strip()]
    if not lines:
        return "text"
    try:
        if all(isinstance(json.loads(line), dict) for line in lines[:20]):
            return "jsonl"
    except (ValueError, RecursionError):
        pass
    tabs, times = Counter(line.count("\t") for line in lines).most_common(1)[0]
    if tabs and times == len(lines):
        return "tsv"
    # Commas alone do not make a table: reviews have them too. A header does.
    if "," in lines[0] and names_only(lines[0].split(",")):
        return "csv"
    return "text"


def _open_delimited(file: TextFile, kind: Kind, sample: str, options: ReadOptions, tick: Tick) -> Table:
    first_error: UserError | None = None
    for dialect in dialects(kind, sample, strict=options.ragged == "error"):
        try:
            first_pass = records(file, dialect, lambda done: tick("check", done, file.size))
            found = grid.survey(first_pass, ragged=options.ragged)
        except UserError as error:
            first_error = first_error or error
        else:
            style = Style(file.codec, file.mark, file.newline, dialect.delimiter, dialect.quoted)
            read = partial(records, file, dialect)
            return GridTable(kind, read, found, options, digest=file.digest, style=style)
    assert first_error is not None  # noqa: S101 - there is at least one dialect
    raise first_error


@contextmanager
def _open_spreadsheet(path: Path, options: ReadOptions, tick: Tick) -> Iterator[Table]:
    from bot.core.tables.spreadsheet import Spreadsheet  # openpyxl takes a while to import

    with closing(Spreadsheet(path, options.sheet, most_bytes=options.most_unpacked)) as book:
        first_pass = book.records(lambda done: tick("check", done, book.rows_expected))
        found = grid.survey(first_pass, ragged="keep", widen=True)
        try:
            table = GridTable("xlsx", book.records, found, options, digest=book.digest, sheets=book.sheets)
        except UserError as error:
            if options.sheet is not None or len(book.sheets) == 1:
                raise
            sheet, *others = (name[:40] for name in book.sheets[:30])
            raise UserError(error.status, "sheet_without_reviews", sheet=sheet, sheets=", ".join(others)) from None
        yield table


class GridTable:
    """The rows of a CSV, TSV or XLSX file. See :class:`bot.core.tables.row.Table`.

    Raises:
        UserError: if it is empty, or the column of reviews cannot be found.
    """

    def __init__(
        self,
        kind: Kind,
        read: Callable[[], Iterator[Record]],
        found: Survey,
        options: ReadOptions,
        *,
        digest: str,
        style: Style | None = None,
        sheets: tuple[str, ...] = (),
    ) -> None:
        if found.first is None:
            raise UserError(ExitStatus.BAD_DATA, "input_empty")
        self.kind, self.digest, self.style, self.sheets = kind, digest, style, sheets
        self._read, self._found = read, found
        first, sample = found.first.cells, [record.cells for record in found.sample]
        self._header = has_header(first, sample) if options.header is None else options.header
        names = [to_text(cell) for cell in first] if self._header else []
        self.columns = tuple(names + [""] * (found.width - len(names)))
        self.total = found.records - self._header
        self.text_column = find_text_column(
            self.columns, sample if self._header else [first, *sample], options.text_column
        )

    def rows(self) -> Iterator[Row]:
        """See :class:`bot.core.tables.row.Table`."""
        return grid.rows(self._read(), self._found, header=self._header)
