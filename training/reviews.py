"""Rated reviews from a shop's own files: which column says what, what is kept and what is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from nlp.text import normalize
from training.data import Row, check_regular, raw_rated
from training.errors import DataError
from training.host import Host, Table
from training.joined import Joined
from training.messages import Said, say
from training.provenance import Guard, Origin, check_file, origin_of, plain_name

LONGEST = 20_000
"""Characters; no review is longer, and what is was glued together by a mistake in the file."""

_POSITIVE = frozenset(
    ["긍정", "긍정적", "긍정리뷰", "좋음", "좋아요", "만족", "positive", "pos", "good", "p", "true", "yes"]
)
_NEGATIVE = frozenset(
    ["부정", "부정적", "부정리뷰", "나쁨", "싫어요", "불만", "불만족", "negative", "neg", "bad", "n", "false", "no"]
)
_NEUTRAL = frozenset(["중립", "중립적", "보통", "neutral", "neu", "mixed", "none"])
_LABEL_NAMES = (
    *("label", "라벨", "레이블", "감정", "감성", "긍부정", "긍정부정", "극성", "분류", "정답"),
    *("sentiment", "polarity", "class", "target", "y"),
)
_SCALES = (5.0, 10.0, 100.0)
_SURE = 0.9
_SAMPLE = 2000
_NOT_TAUGHT = re.compile("[^0-9ㄱ-ㅎㅏ-ㅣ가-힣 ]")
"""What the course removes: all but Hangul, digits and blanks."""

_COURSE = re.compile(r"\d+(?:\.\d+)?\t[^\t]+")
_HANGUL = re.compile("[가-힣]")

Kind = Literal["stars", "labels"]


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


@dataclass(frozen=True)
class _Scale:
    """How the cells of a column become ratings."""

    kind: Kind
    highest: float
    cut: float

    def stars(self, points: float) -> float:
        return max(1.0, points * 5 / self.highest)


Value = float | bool | str | None
"""A rating, a polarity, ``neutral``, or None for a cell that is empty."""


class _Values:
    """What a file says of its reviews: a number for each value, whose meaning only its last row can tell."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        self._numbers: dict[tuple[type, Value], int] = {}  # True is not 1.0

    def number(self, value: Value) -> int:
        key = type(value), value
        if key not in self._numbers:
            self._numbers[key] = self._joined.new_value()
        return self._numbers[key]

    @property
    def points(self) -> list[float]:
        return [value for _, value in self._numbers if isinstance(value, float)]

    @property
    def words(self) -> bool:
        """Whether some are words such as 긍정."""
        return any(isinstance(value, bool) for _, value in self._numbers)

    def judge(self, scale: _Scale) -> None:
        """Tell what each means."""
        for (_, value), number in self._numbers.items():
            if value is None:
                self._joined.means_nothing(number, "unrated")
            elif value == "neutral" or (not isinstance(value, bool) and value == scale.cut):
                self._joined.means_nothing(number, "middle")
            elif isinstance(value, bool):
                self._joined.means(number, positive=value, stars=5.0 if value else 1.0)
            else:
                points = float(value)
                self._joined.means(number, positive=points > scale.cut, stars=scale.stars(points))


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


def _read(path: Path, rules: ReadRules, host: Host | None, out: Reviews, joined: Joined) -> _Scale:
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


def _read_course_form(path: Path, rules: ReadRules, origin: Origin, out: Reviews, joined: Joined) -> _Scale:
    values = _Values(joined)
    for text, value in raw_rated(path):
        out.read += 1
        _keep(joined, text, values.number(value), origin, rules, out)
    scale = _scale_of(path, values.points, rules, stars=True)
    out.notes.append(Said("note_course", {"file": path.name, "meaning": _meaning(scale)}))
    values.judge(scale)
    return scale


def _read_table(
    path: Path, table: Table, rules: ReadRules, host: Host, origin: Origin, out: Reviews, joined: Joined
) -> _Scale:
    guard = Guard(path.name, table.columns, table.text_column)
    own = {name: _column_named(table.columns, name) for name in ("source", "licence", "obtained")}
    label_column = _find_label_column(path, table, rules, host)
    values = _Values(joined)
    sample: list[tuple[Any, str]] = []
    unclear: DataError | None = None
    known: dict[tuple[str, ...], Origin] = {}
    for number, row in enumerate(table.rows(), 1):
        words = [host.as_text(cell) for cell in row.cells]
        guard.look(number, words)
        said = tuple(words[i].strip() if i is not None else "" for i in own.values())
        if said not in known:
            known[said] = _own_origin(path, number, said, origin)
        if number <= _SAMPLE:
            sample.append((row.cells[label_column], words[table.text_column]))
        try:
            value = _understood(path, number, row.cells[label_column], host)
        except DataError as error:  # that the rows are of a chat, or the columns swapped, says more
            unclear = unclear or error
            continue
        number_of_it = values.number(value)
        out.read += 1
        if unclear is None:
            _keep(joined, words[table.text_column], number_of_it, known[said], rules, out)
    guard.check()
    _check_not_swapped(path, sample, host, table.text_column, label_column)
    if unclear is not None:
        raise unclear
    numbers = values.points
    if numbers and values.words:
        raise DataError("labels_mixed", file=path.name, column=label_column + 1)
    stars = plain_name(table.columns[label_column]) in host.rating_names
    scale = _scale_of(path, numbers, rules, stars=stars) if numbers else _Scale("labels", 1.0, 0.5)
    label, text = (
        table.columns[i][:40] or Said("column_number", {"number": i + 1}) for i in (label_column, table.text_column)
    )
    told = {"file": path.name, "text": text, "label": label, "meaning": _meaning(scale)}
    out.notes.append(Said("note_table", told))
    values.judge(scale)
    return scale


def _own_origin(path: Path, number: int, said: tuple[str, ...], origin: Origin) -> Origin:
    source, licence, obtained = said
    try:
        day = date.fromisoformat(obtained[:10]) if obtained else origin.obtained
    except ValueError:
        raise DataError("obtained_unclear", file=path.name, row=number) from None
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


def _understood(path: Path, number: int, cell: Any, host: Host) -> Value:
    """What a cell says of a review."""
    if isinstance(cell, bool):
        return cell
    word = host.as_text(cell).strip().casefold()
    if not word:
        return None
    if word in _POSITIVE or word in _NEGATIVE:
        return word in _POSITIVE
    if word in _NEUTRAL:
        return "neutral"
    points = host.points(cell)
    if points is None:
        raise DataError("label_unclear", file=path.name, row=number)
    return points


def _scale_of(path: Path, numbers: Collection[float], rules: ReadRules, *, stars: bool) -> _Scale:
    """What the numbers mean; with ``stars`` a file of nothing but ones is one of bad reviews, not of good."""
    highest, said = max(numbers, default=0.0), set(numbers)
    if rules.scale is None and rules.cut is None and said <= {0.0, 1.0} and (0.0 in said or not stars):
        return _Scale("labels", 1.0, 0.5)
    scale = rules.scale or next((s for s in _SCALES if highest <= s), None)
    if scale is None or highest > scale:
        raise DataError("rating_too_high", file=path.name, rating=highest, highest=scale or 100)
    cut = 0.6 * scale if rules.cut is None else rules.cut
    if not 0 <= cut < scale:
        raise DataError("cut_too_high", cut=cut, highest=scale)
    return _Scale("stars", scale, cut)


def _meaning(scale: _Scale) -> Said:
    if scale.kind == "labels":
        return Said("meaning_labels")
    return Said("meaning_stars", {"highest": scale.highest, "cut": scale.cut})


def _find_label_column(path: Path, table: Table, rules: ReadRules, host: Host) -> int:
    names = table.columns
    if rules.label_column is not None:
        found = _column_named(names, rules.label_column)
        if found is None and rules.label_column.isdecimal() and 1 <= int(rules.label_column) <= len(names):
            found = int(rules.label_column) - 1
        if found is None:
            raise DataError("column_missing", file=path.name, columns=_listed(names))
        if found == table.text_column:
            raise DataError("column_twice", file=path.name, column=found + 1)
        return found
    never = {table.text_column, *host.is_verdict(names)}
    plain = {plain_name(n): i for i, n in reversed(list(enumerate(names)))}
    for name in (*host.rating_names, *_LABEL_NAMES):
        if name in plain and plain[name] not in never:
            return plain[name]
    likely = [i for i in range(len(names)) if i not in never and _looks_rated(table, i, host)]
    if len(likely) == 1:
        return likely[0]
    raise DataError("column_unclear", file=path.name, columns=_listed(names))


def _looks_rated(table: Table, column: int, host: Host) -> bool:
    """Whether most cells of a column are ratings, and of few kinds."""
    good = filled = 0
    kinds: set[str] = set()
    for number, row in enumerate(table.rows()):
        word = host.as_text(row.cells[column]).strip().casefold()
        if word:
            filled += 1
            points = host.points(row.cells[column])
            good += word in _POSITIVE | _NEGATIVE | _NEUTRAL or (points is not None and points <= 10)
            kinds.add(word)
        if number == _SAMPLE or len(kinds) > 21:
            break
    return bool(filled) and good >= _SURE * filled and len(kinds) <= 21


def _check_not_swapped(path: Path, sample: Sequence[tuple[Any, str]], host: Host, text: int, label: int) -> None:
    spoken = sum(len(_HANGUL.findall(host.as_text(cell))) > 5 for cell, _ in sample)
    rated = sum(host.points(words) is not None for _, words in sample)
    if sample and spoken > len(sample) / 2 and rated > len(sample) / 2:
        raise DataError("columns_swapped", file=path.name, text=label + 1, label=text + 1)


def _column_named(names: Sequence[str], wanted: str) -> int | None:
    folded = [name.strip().casefold() for name in names]
    return folded.index(wanted.strip().casefold()) if wanted.strip().casefold() in folded else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{i} {name[:40]}".strip() for i, name in enumerate(names[:30], 1))


def sources(reviews: Reviews) -> list[tuple[str, str, str, str]]:
    """Rows, source, licence and day of each origin, for the model card."""
    return [
        (f"{n:,}", o.source, o.licence or say("unstated"), str(o.obtained or say("unstated")))
        for o, n in reviews.origins.most_common()
    ]
