"""What CSV, TSV and spreadsheets have in common: a header perhaps, and rows that should be equally wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from bot.core.errors import ExitStatus, UserError
from bot.core.jsontext import to_json
from bot.core.tables.row import Record, Row, to_text

Ragged = Literal["error", "keep"]

SAMPLE_ROWS = 200
_SAMPLE_CHARACTERS = 1 << 20


@dataclass
class Survey:
    """What one pass over all records found.

    Attributes:
        width: number of columns.
        records: number of records, the header included, blank lines at the start and the end left out.
        first: the first record with any cell; None if there is none.
        sample: some records after it.
    """

    width: int = 0
    records: int = 0
    first: Record | None = None
    sample: list[Record] = field(default_factory=list)


def survey(records: Iterable[Record], *, ragged: Ragged, widen: bool = False) -> Survey:
    """Read all records once.

    Args:
        records: in the order of the file.
        ragged: whether records of another width than the first are an error.
        widen: whether longer records widen the table instead, as the cells of a spreadsheet do.

    Raises:
        UserError: at the first ragged record.
    """
    found = Survey()
    blank, characters = 0, 0
    for record in records:
        if not record.cells:
            blank += found.first is not None
            continue
        found.records += blank + 1
        blank = 0
        if found.first is None:
            found.first, found.width = record, len(record.cells)
        elif len(found.sample) < SAMPLE_ROWS and characters < _SAMPLE_CHARACTERS:
            found.sample.append(record)
            characters += sum(len(to_text(cell)) for cell in record.cells)
        if widen:
            found.width = max(found.width, len(record.cells))
        elif len(record.cells) != found.width and ragged == "error":
            raise UserError(
                ExitStatus.BAD_DATA,
                "input_ragged",
                line=record.line,
                expected=found.width,
                found=len(record.cells),
            )
    return found


def rows(records: Iterable[Record], found: Survey, *, header: bool) -> Iterator[Row]:
    """The rows of the table: records, brought to its width, without the header and blank lines at the ends."""
    width, blank, begun = found.width, 0, False
    for record in records:
        if not record.cells:
            blank += begun
            continue
        if not begun:
            begun = True
            if header:
                continue
        for _ in range(blank):
            yield Row([None] * width)
        blank = 0
        yield _fit(record, width)


def _fit(record: Record, width: int) -> Row:
    cells = record.cells
    if len(cells) == width:
        return Row(cells)
    if len(cells) < width:
        return Row([*cells, *[None] * (width - len(cells))], "short")
    return Row(cells[:width], to_json([to_text(cell) for cell in cells[width:]]))
