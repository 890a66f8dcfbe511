"""A file of reviews that came by chat, scored: the part that blocks, for a thread of its own."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from bot.core.errors import ExitStatus, UserError
from bot.core.scoring import UNJUDGED, batches, result_cells, result_columns
from bot.core.tables import Kind, ReadOptions, Table, Tick, open_table
from bot.core.tables.encoders import encoder_for

if TYPE_CHECKING:
    from bot.core.events import Attachment
    from nlp import Verdict

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".jsonl", ".ndjson")
"""Names that a file of reviews ends in. Of ``.xls`` it is said what to do."""

UNPACKED = 16
"""How many times its own limit in bytes a spreadsheet may have when unpacked."""

_RAGGED = ("input_ragged", "input_quotes")
_SAID_OTHERWISE = {
    "input_encoding_unknown": "file_encoding",
    "input_undecodable": "file_encoding",
    "input_undecodable_as": "file_encoding",
    "column_not_found": "file_no_column",
}
"""Sentences of the command line that speak of its options, and what is said in chat instead."""
_SAID = (
    "input_empty",
    "input_binary",
    "input_xls",
    "input_xlsx",
    "input_bomb",
    "input_line_too_long",
    "input_json",
    "input_too_many_columns",
    "file_too_large",
    "file_too_many_rows",
)
"""Sentences that fit both. None of them repeats anything of the file."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The bot stops: the work is given up."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much of a file.

    Attributes:
        bytes: as it is sent.
        rows: in it.
        room: files that may wait, of all people.
        progress: seconds between two changes of the message that shows how far it is.
    """

    bytes: int = 20 << 20
    rows: int = 50_000
    room: int = 8
    progress: float = 3.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored file.

    Attributes:
        path: where it is.
        rows: in it.
        counts: of rows, by band.
        column: number of the column of reviews, from 1.
        cut: texts that were too long for a cell of a spreadsheet.
    """

    path: Path
    rows: int
    counts: Mapping[str, int]
    column: int
    cut: int = 0


def is_for_scoring(text: str, attachments: Sequence[Attachment]) -> bool:
    """Whether a message is about its files, rather than a review that happens to have pictures."""
    return bool(attachments) and (not text.strip() or any(suffix(file.name) for file in attachments))


def suffix(name: str) -> str:
    """What the name of a file of reviews ends in, in lower case; empty if it is the name of something else."""
    end = PurePosixPath(name).suffix.lower()
    return end if end in SUFFIXES else ""


def sentence(error: UserError) -> tuple[str, dict[str, object]]:
    """What to say in chat of a file that cannot be scored: the sentence's name, and its values."""
    if error.sentence in _SAID:
        return error.sentence, error.values
    return _SAID_OTHERWISE.get(error.sentence, "file_failed"), {}


def score_file(source: Path, judge: Callable[[Sequence[str]], list[Verdict]], tick: Tick, limits: FileLimits) -> Scored:
    """Judge every row of a file. The scored file, of the same kind, is put next to it.

    Args:
        source: the file, alone in its folder; its name ends in one of :data:`SUFFIXES`.
        judge: the model.
        tick: told of progress. Whatever it raises ends the work.
        limits: how many rows.

    Raises:
        UserError: if it cannot be scored; see :func:`sentence`.
        OSError: if there is no room on the disk.
    """

    def checked(phase: str, done: int, total: int | None) -> None:
        if phase == "check" and zipped and done > limits.rows + 1:  # of a spreadsheet these are rows
            raise _too_many(limits)
        tick(phase, done, total)

    with open(source, "rb") as file:
        zipped = file.read(2) == b"PK"
    with _open(source, checked, limits) as (table, ragged):
        if (table.total or 0) > limits.rows:
            raise _too_many(limits)
        kind: Kind = "csv" if table.kind == "text" else table.kind
        target = source.with_name(f"scored.{kind}")
        rows = source.with_name("scored.rows") if kind == "xlsx" else target
        counts: Counter[str] = Counter()
        with private_file(rows) as output:
            encoder = encoder_for(kind, table, result_columns(table.columns, ragged=ragged))
            output.write(encoder.header())
            tick("score", 0, table.total)
            for batch in batches(table.rows(), table.text_column):
                verdicts = judge([text for _, text in batch])
                judged = [
                    (row, [*result_cells(verdict), *([row.ragged] if ragged else [])])
                    for (row, _), verdict in zip(batch, verdicts, strict=True)
                ]
                output.write(encoder.rows(judged))
                counts.update(verdict.band if verdict.korean else UNJUDGED for verdict in verdicts)
                tick("score", counts.total(), table.total)
        column = table.text_column + 1
    cut = 0
    if kind == "xlsx":
        from bot.core.tables.spreadsheet_writer import build  # openpyxl takes a while

        with private_file(target), private_file(source.with_name("scored.sheet")):
            cut = build(
                rows,
                target,
                lambda done: tick("write", done, counts.total()),
                scratch=source.with_name("scored.sheet"),
            )
    return Scored(target, counts.total(), counts, column, cut)


@contextmanager
def _open(source: Path, tick: Tick, limits: FileLimits) -> Iterator[tuple[Table, bool]]:
    """The table, and whether rows of the wrong width have to be marked: nobody in chat can be asked how to read it."""
    unpacked = UNPACKED * limits.bytes
    try:
        with open_table(source, ReadOptions(most_unpacked=unpacked), tick) as table:
            yield table, False
        return
    except UserError as error:
        if error.sentence not in _RAGGED:
            raise
    with open_table(source, ReadOptions(ragged="keep", most_unpacked=unpacked), tick) as table:
        yield table, True


def _too_many(limits: FileLimits) -> UserError:
    return UserError(ExitStatus.BAD_DATA, "file_too_many_rows", limit=f"{limits.rows:,}")


def private_file(path: Path) -> BinaryIO:
    """A new file that nobody else can read, open for writing.

    Raises:
        OSError: if it is there already, or cannot be made.
    """
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    return os.fdopen(fd, "wb")
