"""``nunchi score``: a file of reviews in, the same file with verdicts out."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.commands.interruption import Interrupted, ignore_more, interruptible
from bot.commands.model import load_model
from bot.commands.progress import progress
from bot.core import scoring
from bot.core.encoding import check_codec
from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.core.partial import PartialOutput, check_target
from bot.core.tables import Kind, ReadOptions, Table, Tick, kind_of_output, open_table, roles
from bot.core.tables.encoders import encoder_for
from bot.core.tables.lines import StreamTable
from bot.terminal import complain, say

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_MOST_XLSX_ROWS = 1_048_575


@dataclass(frozen=True)
class ScoreOptions:
    """What the user asked for.

    Attributes:
        input: the file to read; standard input where it is ``-``.
        output: the file to write.
        read: how to read the input.
        model: folder of the model; the bundled one if None.
        force: overwrite the output, and throw interrupted work away.
        resume: go on with interrupted work.
        explain: add columns that say why, and about what.
        aspects: a file of words for aspects, added to the bundled ones.
        rating_column: the column of stars; found by its name if None.
    """

    input: Path
    output: Path
    read: ReadOptions
    model: Path | None = None
    force: bool = False
    resume: bool = False
    explain: bool = False
    aspects: Path | None = None
    rating_column: str | None = None


def score(messages: Messages, options: ScoreOptions) -> ExitStatus:
    """Judge every review of a file.

    Raises:
        UserError: for whatever is wrong with the input, the output, the model or the disk.
    """
    target = Path(os.path.realpath(options.output))  # a link stays a link
    kind = kind_of_output(options.output)
    stream = _is_stream(options.input)
    _check_paths(options, target, stream=stream)
    with interruptible(), progress(messages) as tick:
        output: PartialOutput | None = None
        try:
            with _table(options, tick, stream=stream) as table:
                _check_room(table.total or 0, kind)
                analyzer = load_model(options.model, aspects=options.aspects)
                stars = _stars(table, options.rating_column, stream=stream) if options.explain else None
                ragged = options.read.ragged == "keep" and table.kind in ("csv", "tsv")
                added = scoring.result_columns(table.columns, ragged=ragged, explain=options.explain)
                output = _begin(target, _identity(table, kind, added, analyzer.model_id, options), options)
                if options.resume and output.rows:
                    complain(messages, "score_resumed", rows=f"{output.rows:,}")
                _say_what_is_read(messages, table)
                encoder = encoder_for(kind, table, added)
                scoring.score(
                    table, analyzer, output, encoder, tick, ragged=ragged, explain=options.explain, stars=stars
                )
                # Leaving the table says whether it is still the file that was checked.
            cut = _publish(output, kind, tick)
        except UserError as error:
            if output is not None and error.status == ExitStatus.BAD_DATA:
                output.discard()  # what was written is of no use
            raise
        except OSError as error:
            raise _disk_error(error, target, output) from None
        except Interrupted:
            ignore_more()
            if output is None or not output.published:
                raise _interruption(output, stream=stream) from None
            cut = 0
        finally:
            if output is not None:
                output.close()
    if cut:
        complain(messages, "score_cut", texts=f"{cut:,}")
    say(_summary(messages, output, options.output))
    return ExitStatus.OK


def _stars(table: Table, wanted: str | None, *, stream: bool) -> scoring.Stars | None:
    """Reads the customers' stars, where the table has a column of them."""
    column = roles.find_column(table.columns, wanted, roles.RATING_NAMES, "--rating-column")
    if column is None:
        return None
    scale = 5.0 if stream else roles.find_scale(row.cells[column] for row in table.rows())
    return lambda row: roles.read_rating(row.cells[column], scale)


def _is_stream(path: Path) -> bool:
    if str(path) == "-":
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _check_paths(options: ScoreOptions, target: Path, *, stream: bool) -> None:
    if options.read.encoding is not None:
        check_codec(options.read.encoding)
    if stream and options.resume:
        raise UserError(ExitStatus.USAGE, "usage_resume_stream")
    try:
        if not stream and any(_same(options.input, path) for path in (target, target.with_name(f"{target.name}.part"))):
            raise UserError(ExitStatus.USAGE, "usage_same_file")
        check_target(target, force=options.force)
    except OSError as error:
        raise UserError(ExitStatus.CANNOT_CREATE, "output_unwritable", path=target, reason=error.strerror) from None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one of them is not there
        return False


@contextmanager
def _table(options: ScoreOptions, tick: Tick, *, stream: bool) -> Iterator[Table]:
    if not stream:
        with open_table(options.input, options.read, tick) as table:
            yield table
        return
    codec = None if options.read.encoding is None else check_codec(options.read.encoding)
    if str(options.input) != "-":
        try:
            file = open(options.input, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise UserError(
                ExitStatus.NO_INPUT, "input_unreadable", path=options.input, reason=error.strerror
            ) from None
        with file:
            yield StreamTable(file, codec)
    elif sys.stdin is None:
        raise UserError(ExitStatus.BAD_DATA, "text_none")
    else:
        yield StreamTable(sys.stdin.buffer, codec)


def _check_room(rows: int, kind: Kind) -> None:
    if kind == "xlsx" and rows > _MOST_XLSX_ROWS:
        raise UserError(ExitStatus.BAD_DATA, "output_too_many_rows", limit=f"{_MOST_XLSX_ROWS:,}")


def _begin(target: Path, identity: dict[str, Any], options: ScoreOptions) -> PartialOutput:
    try:
        return PartialOutput(target, identity, resume=options.resume, force=options.force)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise
        raise UserError(ExitStatus.CANNOT_CREATE, "output_unwritable", path=target, reason=error.strerror) from None


def _identity(table: Table, kind: Kind, added: list[str], model_id: str, options: ScoreOptions) -> dict[str, Any]:
    """All that the bytes of the output depend on."""
    words = None if options.aspects is None else hashlib.sha256(options.aspects.read_bytes()).hexdigest()
    return {
        "explain": [options.explain, words, options.rating_column] if options.explain else None,
        "input": table.digest,
        "model": model_id,
        "format": 1,
        "kind": kind,
        "table": [table.kind, table.total, *table.columns, *table.sheets[:1]],
        "style": None if table.style is None else [table.style.codec, table.style.delimiter, table.style.quoted],
        "text_column": table.text_column,
        "added": added,
        "batch": [scoring.BATCH_ROWS, scoring.BATCH_CHARACTERS],
    }


def _say_what_is_read(messages: Messages, table: Table) -> None:
    if len(table.columns) > 1:
        number, name = table.text_column + 1, table.columns[table.text_column][:40]
        complain(messages, "score_column" if name else "score_column_unnamed", number=number, name=name)
    if len(table.sheets) > 1:
        complain(messages, "score_sheet", name=table.sheets[0][:40], sheets=len(table.sheets))


def _publish(output: PartialOutput, kind: Kind, tick: Tick) -> int:
    """Give the output its name; how many texts had to be cut for it."""
    _check_room(output.rows, kind)
    cut = 0

    def build(packed: Path, target: Path) -> None:
        from bot.core.tables.spreadsheet_writer import build as build_spreadsheet  # openpyxl takes a while

        nonlocal cut
        cut = build_spreadsheet(packed, target, lambda done: tick("write", done, output.rows))

    output.publish(build if kind == "xlsx" else None)
    return cut


def _disk_error(error: OSError, target: Path, output: PartialOutput | None) -> UserError:
    what = "disk_full" if error.errno in _DISK_FULL else "disk_error"
    sentence = f"{what}_resume" if output is not None and output.rows else what
    return UserError(ExitStatus.IO_ERROR, sentence, path=target, reason=error.strerror)


def _interruption(output: PartialOutput | None, *, stream: bool) -> UserError:
    if output is None or not output.rows or stream:
        if output is not None:
            output.discard()
        return UserError(ExitStatus.INTERRUPTED, "interrupted_early")
    with suppress(OSError):  # then there is the checkpoint before
        output.checkpoint()
    return UserError(ExitStatus.INTERRUPTED, "interrupted", rows=f"{output.rows:,}", path=output.part)


def _summary(messages: Messages, output: PartialOutput, path: Path) -> str:
    counts = {name: f"{output.counts.get(name, 0):,}" for name in ("positive", "negative", "unsure", scoring.UNJUDGED)}
    return messages("score_summary", rows=f"{output.rows:,}", path=path, **counts)
