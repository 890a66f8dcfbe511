"""Builds an XLSX file, row by row, on top of openpyxl; the same rows give the same bytes."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import ALL_TEMP_FILES, WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from bot.core.tables.delimited import TICK_EVERY
from bot.core.tables.row import Cell

LONGEST_TEXT = 32_767
"""Characters in a cell, by the format's definition; what is longer is cut."""

_MISREAD = ("=", "#")
_CUT_MARK = " …"
_MOST_DIGITS = 10**15
_TIMELESS = (1980, 1, 1, 0, 0, 0)
# What XML cannot hold, and what would be read as standing for it.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def build(
    packed: Path, target: Path, tick: Callable[[int], None] = lambda done: None, *, scratch: Path | None = None
) -> int:
    """Write a spreadsheet.

    Args:
        packed: rows as :class:`bot.core.tables.encoders.Packed` writes them.
        target: the file to write.
        tick: told now and then how many rows were written so far.
        scratch: a file to use meanwhile; one in the system's folder for temporary files if None.

    Returns:
        How many texts were too long for a cell and were cut.

    Raises:
        OSError: if it cannot be written.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "nunchi"
    book.properties.created = book.properties.modified = datetime(*_TIMELESS)  # noqa: DTZ001 - XLSX has no zones
    sheet = book.create_sheet("nunchi")
    sheet.freeze_panes = "A2"
    if scratch is not None:
        _write_through(sheet, scratch)
    cut = 0
    for number, cells in enumerate(_unpacked(packed)):
        row, long = _row(sheet, cells)
        sheet.append(row)
        cut += long
        if number % TICK_EVERY == 0:
            tick(number)
    with _TimelessZip(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        ExcelWriter(book, archive).save()
    return cut


def _write_through(sheet: Any, scratch: Path) -> None:
    """Let openpyxl collect the sheet in a file of ours: its own outlives a process that is killed."""
    ALL_TEMP_FILES.append(str(scratch))
    sheet._writer = WorksheetWriter(sheet, str(scratch))
    sheet._writer.write_top()


def _unpacked(packed: Path) -> Iterator[list[Cell]]:
    with open(packed, encoding="utf-8", newline="\n") as file:
        for line in file:
            yield [_unpack(value) for value in json.loads(line)]


def _unpack(value: Any) -> Cell:
    if not isinstance(value, dict):
        return cast(Cell, value)
    ((kind, content),) = value.items()
    return _UNPACK[kind](content)


_UNPACK: dict[str, Callable[[Any], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "seconds": lambda seconds: timedelta(seconds=seconds),
}


def _row(sheet: WriteOnlyWorksheet, cells: Sequence[Cell]) -> tuple[list[Any], int]:
    """The cells as openpyxl takes them, and how many texts were cut."""
    out: list[Any] = []
    cut = 0
    for value in cells:
        if isinstance(value, int | float) and not isinstance(value, bool):
            # Excel has 15 digits and no infinity; an order number must not lose its end.
            value = value if isfinite(value) and abs(value) < _MOST_DIGITS else str(value)
        if isinstance(value, str):
            text = _TO_ESCAPE.sub(lambda m: f"_x{ord(m[0]):04X}_", value)
            if _length(text) > LONGEST_TEXT:
                text, cut = _shortened(text), cut + 1
            out.append(_as_text(sheet, text) if text[:1] in _MISREAD else text)
        else:
            out.append(value)
    return out, cut


def _as_text(sheet: WriteOnlyWorksheet, text: str) -> SheetCell:
    """A cell that is text whatever it begins with: openpyxl would make a formula or an error of some."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _length(text: str) -> int:
    """Length as Excel counts it: an emoji is two."""
    return len(text) if len(text) <= LONGEST_TEXT // 2 else len(text.encode("utf-16-le")) // 2


def _shortened(text: str) -> str:
    units = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - len(_CUT_MARK))]
    return units.decode("utf-16-le", "ignore") + _CUT_MARK


class _TimelessZip(zipfile.ZipFile):
    """A ZIP file whose members all have the same date, so that its bytes depend on its content alone."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        with self.open(self._info(zinfo_or_arcname), "w") as member:
            member.write(data.encode() if isinstance(data, str) else data)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with open(filename, "rb") as source, self.open(self._info(arcname), "w", force_zip64=True) as member:
            shutil.copyfileobj(source, member, 1 << 20)

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, _TIMELESS)
        info.compress_type = self.compression
        return info
