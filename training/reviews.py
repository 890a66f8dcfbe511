"""Rated reviews from a shop's own files: which column says what, what is kept and what is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from nlp.text import normalize
from training.column_looks import SAMPLE
from training.data import Row, check_regular, raw_rated
from training.errors import DataError
from training.guard import Guard
from training.host import Host, Table
from training.joined import Joined
from training.label_column import check_not_swapped, find_label_column, what_it_is
from training.label_words import MISSING, word_of
from training.meanings import MINUS, Kind, Scale, Values, from_minus, meaning, scale_of, understood
from training.messages import Said, say
from training.provenance import Origin, check_file, origin_of, plain_name

LONGEST = 20_000
"""Characters; no review is longer, and what is was glued together by a mistake in the file."""

_NOT_TAUGHT = re.compile("[^0-9ㄱ-ㅎㅏ-ㅣ가-힣 ]")
"""What the course removes: all but Hangul, digits and blanks."""

_ORIGIN_NAMES = (
    ("source", "출처"),
    ("licence", "license", "이용조건", "라이선스"),
    ("obtained", "받은날"),
)
"""Names of columns that say where a row came from: who gave it, on which terms, and when."""

_COURSE = re.compile(r"\d+(?:\.\d+)?\t[^\t]+")


@dataclass(frozen=True)
class ReadRules:
    """What the user said about the files; None or empty where it is to be found out.

    Attributes:
        text_column, label_column: names of columns, or their numbers from 1.
        scale: the highest number of stars there can be.
        cut: in stars of that scale: above it is positive, below it negative, and the cut itself says neither.
        encoding, sheet: of text files and spreadsheets.
        source, licence, obtained: where the rows came from.
        as_taught: clean as the course does, and of reviews that are the same then keep the first.
        written: with ``as_taught`` also keep the texts as a model in service reads them.
    """

    text_column: str | None = None
    label_column: str | None = None
    scale: float | None = None
    cut: float | None = None
    encoding: str | None = None
    sheet: str | None = None
    source: str = ""
    licence: str = ""
    obtained: date | None = None
    as_taught: bool = False
    written: bool = False

    def __post_init__(self) -> None:
        if self.scale is not None and not 0 < self.scale < float("inf"):
            raise DataError("scale_wrong", scale=self.scale)

    def clean(self, text: str) -> str:
        """The text as it is learned from."""
        return _NOT_TAUGHT.sub("", text).strip() if self.as_taught else normalize(text)


@dataclass
class Reviews:
    """Rated reviews, and an account of what became of every row that was read.

    Attributes:
        rows: ratings from 1 to 5 for ``stars``, 1 for positive and 0 for negative for ``labels``.
        kind: which of the two.
        origins: how many rows came from where.
        read: rows read.
        left_out: how many were left out, by the reason: ``empty``, ``too_long``, ``unrated``, ``middle``,
            ``duplicates``, ``conflicting``.
        notes: what was understood of each file, a sentence each.
        written: each text as a model in service reads it, where that was asked for; empty elsewhere.
    """

    rows: Sequence[Row] = ()
    kind: Kind = "stars"
    origins: Counter[Origin] = field(default_factory=Counter)
    read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[Said] = field(default_factory=list)
    written: Sequence[str] = ()

    @property
    def positive_above(self) -> float:
        """Ratings above this are positive."""
        return 3.0 if self.kind == "stars" else 0.5


def read_reviews(paths: Sequence[Path], rules: ReadRules, host: Host | None) -> Reviews:
    """Read files and put them together; the same review is kept once, and not at all if it is rated both ways.

    Raises:
        DataError: if a file cannot be used, or holds rows of a chat.
    """
    out = Reviews()
    joined = Joined(as_taught=rules.as_taught, keep_written=rules.written)
    kinds: set[Kind] = set()
    for path in paths:
        try:
            scale = _read(path, rules, host, out, joined)
        except FileNotFoundError:
            raise DataError("file_missing", path=path) from None
        except IsADirectoryError:
            raise DataError("file_folder", path=path) from None
        except OSError as error:
            raise DataError("file_unreadable", path=path, reason=error.strerror) from None
        kinds.add(scale.kind if scale.cut == 0.6 * scale.highest else "labels")
    out.kind = "stars" if kinds == {"stars"} else "labels"
    out.rows, out.written = joined.rows(stars=out.kind == "stars")
    out.left_out += joined.left_out
    out.origins += out.rows.origins
    if not out.rows:
        raise DataError("no_rows_left", read=out.read, left_out=account(out) or Said("nothing_usable"))
    return out


def account(reviews: Reviews) -> str:
    """What was left out, in words."""
    return ", ".join(say(f"left_out_{reason}", count=n, longest=LONGEST) for reason, n in reviews.left_out.items() if n)


def _read(path: Path, rules: ReadRules, host: Host | None, out: Reviews, joined: Joined) -> Scale:
    check_regular(path)
    check_file(path)
    origin = origin_of(path, rules.source, rules.licence, rules.obtained)
    if rules.text_column is None and rules.label_column is None and _is_course_form(path):
        return _read_course_form(path, rules, origin, out, joined)
    if host is None:
        raise DataError("file_needs_host", path=path)
    try:
        with host.open_table(path, text_column=rules.text_column, encoding=rules.encoding, sheet=rules.sheet) as table:
            return _read_table(path, table, rules, host, origin, out, joined)
    except UnicodeDecodeError:  # it was looked at to its end before
        raise DataError("file_changed", path=path) from None
    except ValueError as error:
        raise DataError("file_unusable", file=path.name, why=error) from None


def _is_course_form(path: Path) -> bool:
    """Whether a file begins as the course's do: rating, tab, review, and no header."""
    if path.suffix.lower() == ".gz":
        return True
    with open(path, "rb") as file:
        first = file.readline(1 << 16)
    try:
        return _COURSE.fullmatch(first.decode("utf-8-sig").rstrip("\r\n")) is not None
    except UnicodeDecodeError:
        return False


def _read_course_form(path: Path, rules: ReadRules, origin: Origin, out: Reviews, joined: Joined) -> Scale:
    values = Values(joined)
    for text, value in raw_rated(path):
        out.read += 1
        _keep(joined, text, values.number((value, 0.0)), origin, rules, out)
    scale = scale_of(path, values.points, rules.scale, rules.cut, "score")
    out.notes.append(Said("note_course", {"file": path.name, "meaning": meaning(scale, ())}))
    values.judge(scale)
    return scale


def _read_table(
    path: Path, table: Table, rules: ReadRules, host: Host, origin: Origin, out: Reviews, joined: Joined
) -> Scale:
    guard = Guard(path.name, table.columns, table.text_column, sheet=table.sheets[0] if table.sheets else "")
    own = [_own_column(table.columns, known) for known in _ORIGIN_NAMES]
    label_column = find_label_column(path, table, rules.label_column, host)
    named = what_it_is(table.columns[label_column], host)
    values, minus = Values(joined), 0
    sample: list[tuple[Any, str]] = []
    unclear = 0
    known: dict[tuple[str, ...], Origin] = {}
    for number, row in enumerate(table.rows(), 1):
        words = [host.as_text(cell) for cell in row.cells]
        guard.look(number, words)
        said = tuple(words[i].strip() if i is not None else "" for i in own)
        if said not in known:
            known[said] = _own_origin(path, number, said, origin, host)
        if number <= SAMPLE:
            sample.append((row.cells[label_column], words[table.text_column]))
        try:
            value = understood(row.cells[label_column], host, named)
        except ValueError:  # that the rows are of a chat, or the columns swapped, says more
            if words[table.text_column].strip():
                unclear = unclear or number
                continue
            value = None  # a row without a review, such as one of totals, needs no rating
        minus = minus or (number if value == MINUS else 0)
        number_of_it = values.number(value)
        out.read += 1
        if not unclear:
            _keep(joined, words[table.text_column], number_of_it, known[said], rules, out)
    guard.check()
    check_not_swapped(path, sample, host, table.text_column, label_column)
    label, text = (
        table.columns[i][:40] or Said("column_number", {"number": i + 1}) for i in (label_column, table.text_column)
    )
    if unclear:
        raise DataError("label_unclear", file=path.name, row=unclear, column=label)
    numbers = values.points
    if numbers and values.words:
        raise DataError("labels_mixed", file=path.name, column=label_column + 1)
    if minus and not from_minus(numbers):
        raise DataError("label_unclear", file=path.name, row=minus, column=label)
    scale = scale_of(path, numbers, rules.scale, rules.cut, named) if numbers else Scale("labels", 1.0, 0.5)
    spoken = () if numbers else {word_of(host.as_text(cell)) for cell, _ in sample} - MISSING
    told = {"file": path.name, "text": text, "label": label, "meaning": meaning(scale, spoken)}
    out.notes.append(Said("note_table", told))
    if len(table.sheets) > 1 and rules.sheet is None:
        sheet, *others = (name[:40] for name in table.sheets[:30])
        out.notes.append(Said("note_sheets", {"file": path.name, "sheet": sheet, "sheets": ", ".join(others)}))
    values.judge(scale)
    return scale


def _own_column(names: Sequence[str], known: Sequence[str]) -> int | None:
    plain = {plain_name(name): i for i, name in reversed(list(enumerate(names)))}
    return next((plain[name] for name in known if name in plain), None)


def _own_origin(path: Path, number: int, said: tuple[str, ...], origin: Origin, host: Host) -> Origin:
    source, licence, obtained = said
    day = origin.obtained if obtained.casefold() in MISSING else host.day(obtained)
    if day is None:
        raise DataError("obtained_unclear", file=path.name, row=number)
    return replace(origin, source=source or origin.source, licence=licence or origin.licence, obtained=day)


def _keep(joined: Joined, text: str, value: int, origin: Origin, rules: ReadRules, out: Reviews) -> None:
    """Clean a row, so that nothing else of it is held; one without a text is left out, which is counted."""
    if len(text) > LONGEST:
        out.left_out["too_long"] += 1
        return
    clean = rules.clean(text)
    if not clean:
        out.left_out["empty"] += 1
        return
    joined.add(clean, normalize(text) if rules.as_taught else clean, value, origin)


def sources(reviews: Reviews) -> list[tuple[str, str, str, str]]:
    """Rows, source, licence and day of each origin, for the model card."""
    return [
        (f"{n:,}", o.source, o.licence or say("unstated"), str(o.obtained or say("unstated")))
        for o, n in reviews.origins.most_common()
    ]
