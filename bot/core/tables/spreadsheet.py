"""Records of XLSX files, row by row, on top of openpyxl.

openpyxl's own read-only mode keeps all strings, and an empty element for each row, in memory; the two small
classes below take their places.
"""

from __future__ import annotations

import errno
import hashlib
import re
import warnings
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS
from openpyxl.xml.functions import iterparse

from bot.core.errors import ExitStatus, UserError
from bot.core.tables.row import Cell, Record
from bot.core.tables.shared_strings import SharedStrings

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
"""What a sheet can hold, by the format's definition."""

_MOST_BYTES = 8 << 30
_MOST_PART = 64 << 20
_WHOLE_SHARE = 32
_MOST_MEMBERS = 10_000
_HIGHEST_RATIO = 250
_AT_ONCE = 256
_READ_WHOLE = re.compile(r"(?!/?xl/(?:worksheets/[^/]+|sharedStrings)\.xml).*\.(?:xml|rels)", re.IGNORECASE)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class Spreadsheet:
    """An open XLSX file; close it.

    Args:
        path: the file.
        sheet: name of the sheet to read, or its number from 1; the one that opens first in Excel if None.
        most_bytes: that it may have when unpacked.

    Raises:
        UserError: if it is no XLSX file, damaged, or far larger unpacked than any sheet can be.
        OSError: if it cannot be read.
    """

    def __init__(self, path: Path, sheet: str | None = None, *, most_bytes: int = _MOST_BYTES) -> None:
        self._reader: _Reader | None = None
        self._file = open(path, "rb")  # noqa: SIM115 - closed by close(); openpyxl leaves it open where it fails
        try:
            self.digest = hashlib.file_digest(self._file, "sha256").hexdigest()
            with _readable():
                _refuse_bombs(self._file, most_bytes)
                reader = self._reader = _Reader(self._file, read_only=True, data_only=True, keep_links=False)
                reader.read()
                worksheets = list(reader.wb.worksheets)
                active = reader.wb.active
            names = [str(ws.title) for ws in worksheets]
            index = _choose(names, sheet, names.index(active.title) if active in worksheets else 0)
        except BaseException:
            self.close()
            raise
        self._worksheet: Any = worksheets[index]
        self.sheets = (names[index], *names[:index], *names[index + 1 :])
        rows = self._worksheet.max_row
        self.rows_expected: int | None = rows if isinstance(rows, int) and 0 < rows <= MOST_ROWS else None

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            if isinstance(self._reader.shared_strings, SharedStrings):
                self._reader.shared_strings.close()
            self._reader.archive.close()
        self._file.close()

    def records(self, tick: Callable[[int], None] | None = None) -> Iterator[Record]:
        """The rows of the sheet; those that the file leaves out as records without cells.

        Args:
            tick: told now and then how many rows were read so far.

        Raises:
            UserError: if the file is damaged.
        """
        assert self._reader is not None  # noqa: S101 - it is, once the constructor has ended
        workbook: Any = self._reader.wb
        with self._reader.archive.open(self._worksheet._worksheet_path) as source:
            parser = _Rows(
                source,
                self._reader.shared_strings,
                data_only=True,
                epoch=workbook.epoch,
                date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats,
            )
            rows = parser.parse()
            expected = 1
            while True:
                with _readable():
                    some = [_checked(number, cells) for number, cells in islice(rows, _AT_ONCE)]
                if not some:
                    return
                if tick is not None:
                    tick(expected - 1)
                for record in some:
                    if record.line < expected:
                        raise UserError(ExitStatus.BAD_DATA, "input_xlsx")
                    for missing in range(expected, record.line):
                        yield Record((), missing)
                    yield record
                    expected = record.line + 1


class _Reader(ExcelReader):
    """openpyxl's reader, its strings on disk, and only the parts of the file that matter here."""

    package: Manifest

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        # Shops export files with styles that openpyxl refuses; all that is lost is which numbers are dates.
        with suppress(Exception):
            apply_stylesheet(self.archive, self.wb)
        self.read_worksheets()

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Charts hold no reviews."""

    def read_strings(self) -> None:
        part: Any = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = cast(Any, SharedStrings(source))


class _Rows(WorkSheetParser):
    """openpyxl's parser of a sheet, keeping nothing of a row once it was handed out."""

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        data = None
        for event, element in iterparse(self.source, events=("start", "end")):
            if event == "start":
                if element.tag == DATA_TAG:
                    data = element
            elif element.tag == ROW_TAG and data is not None:
                yield self.parse_row(element)
                data.clear()
                self.row_dimensions.clear()
            elif element.tag == DATA_TAG:
                return


def _checked(number: int, cells: list[dict[str, Any]]) -> Record:
    """The values of a row's cells, each in its column."""
    if not 1 <= number <= MOST_ROWS:
        raise ValueError("a row at an impossible place")
    out: list[Cell] = []
    for cell in cells:
        column, value = cell["column"], cell["value"]
        if not len(out) < column <= MOST_COLUMNS:
            raise ValueError("a cell at an impossible place")
        if value is None:
            continue
        out += [None] * (column - 1 - len(out))
        out.append(_unescape(value) if isinstance(value, str) else value)
    return Record(out, number)


def _unescape(text: str) -> str:
    """``_x000D_`` and its like are how XLSX writes characters that XML cannot hold."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _choose(names: list[str], wanted: str | None, active: int) -> int:
    if not names:
        raise UserError(ExitStatus.BAD_DATA, "input_empty")
    if wanted is None:
        return active
    if wanted in names:
        return names.index(wanted)
    if wanted.isdecimal() and len(wanted) < 9 and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise UserError(ExitStatus.BAD_DATA, "sheet_missing", sheets=", ".join(name[:40] for name in names[:30]))


def _refuse_bombs(file: IO[bytes], most_bytes: int) -> None:
    """Look at the sizes that the file itself states; more than that is never unpacked."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    most_part = min(_MOST_PART, most_bytes // _WHOLE_SHARE)
    if (
        len(members) > _MOST_MEMBERS
        or sum(m.file_size for m in members) > most_bytes
        or any(m.file_size > _MOST_PART and m.file_size > _HIGHEST_RATIO * m.compress_size for m in members)
        or any(m.file_size > most_part for m in members if _READ_WHOLE.fullmatch(m.filename))
    ):
        raise UserError(ExitStatus.BAD_DATA, "input_bomb")


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever openpyxl, zipfile and the XML parser say of a file that is none of theirs, said in one sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that nobody asked about
        try:
            yield
        except (UserError, MemoryError):
            raise
        except OSError as error:
            if error.errno not in (None, errno.EINVAL):  # a seek to an impossible place is the file's fault
                raise
            raise UserError(ExitStatus.BAD_DATA, "input_xlsx") from error
        except Exception as error:
            raise UserError(ExitStatus.BAD_DATA, "input_xlsx") from error
