"""Records of CSV and TSV files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import TextIO

from bot.core.encoding import TextFile
from bot.core.errors import ExitStatus, UserError
from bot.core.tables.row import Kind, Record

LONGEST_CELL = 1 << 24
"""Characters in a cell or a line. Above it there is more likely a quote that was never closed than a review."""

TICK_EVERY = 1000
"""Rows between two reports of progress."""

_DELIMITERS = (",", "\t", ";", "|")
_SAME_WIDTH = 0.9


@dataclass(frozen=True)
class Dialect:
    """How records are cut into cells.

    Attributes:
        quoted: whether cells may stand in quotes; else quotes are characters like any other.
        strict: whether a quote at a wrong place is an error.
    """

    delimiter: str
    quoted: bool = True
    strict: bool = True


def dialects(kind: Kind, sample: str, *, strict: bool) -> list[Dialect]:
    """The dialects that a file may be written in, the likeliest first.

    Args:
        kind: ``csv`` or ``tsv``.
        sample: the beginning of the file.
        strict: see :class:`Dialect`.
    """
    delimiter = "\t" if kind == "tsv" else _likeliest_delimiter(sample)
    quoted = Dialect(delimiter, strict=strict)
    # Corpora write tab-separated lines without quoting; there a quote is a part of the review. Excel quotes
    # cells with line breaks, and then the plain lines do not fit together.
    return [Dialect(delimiter, quoted=False), quoted] if delimiter == "\t" else [quoted]


def _likeliest_delimiter(sample: str) -> str:
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = _widths(sample, delimiter)
        if not widths or widths[0] < 2:
            continue
        share = Counter(widths)[widths[0]] / len(widths)
        if share >= _SAME_WIDTH and (share, widths[0]) > best_score:
            best, best_score = delimiter, (share, widths[0])
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if cells]
    except csv.Error:
        return []


def records(file: TextFile, dialect: Dialect, tick: Callable[[int], None] | None = None) -> Iterator[Record]:
    """The records of a file, one by one.

    Args:
        file: the file.
        dialect: how it is written.
        tick: told now and then how many bytes were read so far.

    Raises:
        UserError: if a cell is too long, or a quote is at a wrong place.
    """
    with file.open() as stream:
        rows = _quoted(stream, dialect) if dialect.quoted else _plain(stream, dialect.delimiter)
        for number, record in enumerate(rows):
            if tick is not None and number % TICK_EVERY == 0:
                tick(stream.buffer.tell())
            yield record


def lines(stream: TextIO) -> Iterator[str]:
    """The lines of a stream, line ends included.

    Raises:
        UserError: if one is too long for a review.
    """
    number = 0
    while line := stream.readline(LONGEST_CELL + 1):
        number += 1
        if len(line) > LONGEST_CELL:
            raise UserError(ExitStatus.BAD_DATA, "input_line_too_long", line=number, limit=LONGEST_CELL)
        yield line


def _plain(stream: TextIO, delimiter: str) -> Iterator[Record]:
    for number, line in enumerate(lines(stream), 1):
        content = line.rstrip("\r\n")
        yield Record(content.split(delimiter) if content else [], number)


def _quoted(stream: TextIO, dialect: Dialect) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines(stream), delimiter=dialect.delimiter, strict=dialect.strict)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                raise UserError(ExitStatus.BAD_DATA, "input_line_too_long", line=line, limit=LONGEST_CELL) from None
            raise UserError(ExitStatus.BAD_DATA, "input_quotes", line=line) from None
        yield Record(cells, line)
        line = reader.line_num + 1
