"""``nunchi report``: a file of reviews in, a page that sums them up out."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.interruption import Interrupted, ignore_more, interruptible
from bot.commands.model import load_model
from bot.commands.progress import progress
from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.core.partial import check_target
from bot.core.report.gather import Summary
from bot.core.report.page import write_page
from bot.core.scoring import batches
from bot.core.tables import ReadOptions, Table, Tick, open_table, roles
from bot.terminal import say

if TYPE_CHECKING:
    from nlp import Analyzer

_ENDINGS = (".html", ".htm")
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class ReportOptions:
    """What the user asked for.

    Attributes:
        input: the file to read, scored or not.
        output: the page to write.
        read: how to read the input.
        model: folder of the model; the bundled one if None.
        aspects: a file of words for aspects, added to the bundled ones.
        rating_column: the column of stars; found by its name if None.
        date_column: the column of dates; found by its name if None.
        force: overwrite the output.
    """

    input: Path
    output: Path
    read: ReadOptions
    model: Path | None = None
    aspects: Path | None = None
    rating_column: str | None = None
    date_column: str | None = None
    force: bool = False


def report(messages: Messages, options: ReportOptions) -> ExitStatus:
    """Write the page.

    Raises:
        UserError: for whatever is wrong with the input, the output, the model or the disk.
    """
    if options.output.suffix.lower() not in _ENDINGS:
        raise UserError(ExitStatus.USAGE, "report_output_kind")
    if str(options.input) == "-":
        raise UserError(ExitStatus.USAGE, "report_stream")
    target = Path(os.path.realpath(options.output))
    _check(options.input, target, force=options.force)
    with interruptible(), progress(messages) as tick:
        try:
            with open_table(options.input, options.read, tick) as table:
                analyzer = load_model(options.model, aspects=options.aspects)
                summary = _sum_up(table, analyzer, options, tick)
            page = write_page(summary, messages, source=options.input.name, model_id=analyzer.model_id)
            _save(page, target)
        except Interrupted:
            ignore_more()
            raise UserError(ExitStatus.INTERRUPTED, "interrupted_early") from None
    say(messages("report_done", rows=f"{summary.judged:,}", attention=f"{summary.attention:,}", path=options.output))
    return ExitStatus.OK


def _sum_up(table: Table, analyzer: Analyzer, options: ReportOptions, tick: Tick) -> Summary:
    stars = roles.find_column(table.columns, options.rating_column, roles.RATING_NAMES, "--rating-column")
    days = roles.find_column(table.columns, options.date_column, roles.DATE_NAMES, "--date-column")
    scale = 5.0 if stars is None else roles.find_scale(row.cells[stars] for row in table.rows())
    summary = Summary()
    done = 0
    for batch in batches(table.rows(), table.text_column):
        ratings = [None if stars is None else roles.read_rating(row.cells[stars], scale) for row, _ in batch]
        reviews = analyzer.review_batch([text for _, text in batch], ratings, evidence=False)
        for (row, _), review in zip(batch, reviews, strict=True):
            summary.add(review, None if days is None else roles.read_date(row.cells[days]))
        done += len(batch)
        tick("score", done, table.total)
    return summary


def _check(source: Path, target: Path, *, force: bool) -> None:
    try:
        if target.exists() and source.exists() and source.samefile(target):
            raise UserError(ExitStatus.USAGE, "usage_same_file")
        check_target(target, force=force)
    except OSError as error:
        raise UserError(ExitStatus.CANNOT_CREATE, "output_unwritable", path=target, reason=error.strerror) from None


def _save(page: str, target: Path) -> None:
    """Write the page beside its place and put it there in one step: there is never half a page."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with open(os.open(temporary, _FLAGS, 0o666), "wb") as file:
                file.write(page.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise UserError(ExitStatus.IO_ERROR, "disk_full", path=target, reason=error.strerror) from None
        raise UserError(ExitStatus.CANNOT_CREATE, "output_unwritable", path=target, reason=error.strerror) from None
