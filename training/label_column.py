"""Which column of a table holds the ratings."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import islice
from pathlib import Path
from typing import Any

from training.errors import DataError
from training.host import Host, Table
from training.meanings import MISSING, SCALES, WORDS, Named, Points
from training.provenance import plain_name

_LABEL_NAMES = (
    *("label", "라벨", "레이블", "감정", "감성", "긍부정", "긍정부정", "극성", "분류", "정답"),
    *("sentiment", "polarity", "class", "target", "y"),
)
_VAGUE = frozenset(["점수", "score"])
"""Of the names for stars those that scores of any kind have, such as how sure a model was of its label."""

_COUNTED = re.compile("수량|개수|갯수|도움|추천|조회|공감|번호|(?<![점지])수$|qty|quantity|count|helpful|votes|likes")
"""In names of columns that hold small numbers, too."""

_RATED = re.compile("(?:[평별]점|점수|평가|감[정성]|라벨|rating|score|stars?|label|sentiment)$|[긍부]정|만족|positive")
_YES_OR_NO = frozenset(["true", "false", "yes", "no", "n"])
"""Which a column can say of anything, such as whether a photograph was added."""

_SURE = 0.9
_MOST_KINDS = 21
_MOST_LABELS = 3
_LONGEST = 40
_ABOVE = 10
"""Rows among which the names of the columns are looked for where the first has none."""

SAMPLE = 2000
"""Rows by which it is judged what a column holds."""

_HANGUL = re.compile("[가-힣]")


def find_label_column(path: Path, table: Table, wanted: str | None, host: Host) -> int:
    """Index of the column of ratings.

    Args:
        path: of the file, for what is said of it.
        table: its table.
        wanted: what the user said: a name, or a number from 1; found by name, then by content, if None.
        host: which can read its cells.

    Raises:
        DataError: if there is no such column, or none can be told from the others.
    """
    names = table.columns
    if wanted is not None:
        found = _column_named(names, wanted)
        if found is None and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
            found = int(wanted) - 1
        if found is None:
            raise DataError("column_missing", file=path.name, columns=_listed(names))
        if found == table.text_column:
            raise DataError("column_twice", file=path.name, column=found + 1)
        return found
    never = {table.text_column, *host.is_verdict(names)}
    plain = {plain_name(n): i for i, n in reversed(list(enumerate(names)))}
    stars, labels = (
        [plain[name] for name in known if name in plain and plain[name] not in never]
        for known in (host.rating_names, _LABEL_NAMES)
    )
    if stars and what_it_is(names[stars[0]], host) == "stars":
        return stars[0]
    if stars or labels:
        chosen = _of_several(stars[:1], labels, table, host)
    else:
        _check_header(path, table, host)
        chosen = _guessed([i for i in range(len(names)) if i not in never], table, host)
    if chosen is None and len(table.sheets) > 1:
        sheet, *others = (name[:40] for name in table.sheets[:30])
        told = {"sheet": sheet, "sheets": ", ".join(others), "columns": _listed(names)}
        raise DataError("column_unclear_sheets", file=path.name, **told)
    if chosen is None:
        raise DataError("column_unclear", file=path.name, columns=_listed(names))
    return chosen


def _check_header(path: Path, table: Table, host: Host) -> None:
    """Refuse a table whose columns are named below a title; its first rows would be taken for reviews."""
    names = {name for name in (*host.rating_names, *_LABEL_NAMES) if len(name) > 1}
    for row in islice(table.rows(), _ABOVE):
        words = [host.as_text(cell).strip().casefold() for cell in row.cells]
        rated = any(word in WORDS or host.points(cell) for word, cell in zip(words, row.cells, strict=True))
        if not rated and names & set(map(plain_name, words)):
            raise DataError("header_not_first", file=path.name)


def what_it_is(name: str, host: Host) -> Named:
    """What a column's name says of it."""
    plain = plain_name(name)
    return "score" if plain in _VAGUE else "stars" if plain in host.rating_names else "labels"


_Seen = list[tuple[str, Points | None]]
"""What the cells of a column say, those left out that say nothing: the word, and its points if it is some."""


def _look(columns: Sequence[int], table: Table, host: Host) -> dict[int, _Seen]:
    seen: dict[int, _Seen] = {i: [] for i in columns}
    for row in islice(table.rows(), SAMPLE):
        for i in columns:
            word = host.as_text(row.cells[i]).strip().casefold()
            if word not in MISSING:
                seen[i].append((word[:_LONGEST], host.points(row.cells[i])))
    return seen


def _of_several(score: Sequence[int], labels: Sequence[int], table: Table, host: Host) -> int | None:
    """Which of several columns whose names are known: the one of words such as 긍정, if there is one.

    Args:
        score: the column of a score of any kind, if there is one.
        labels: columns with names of labels.
        table: the table.
        host: which can read its cells.

    Returns:
        None if they say different things, and none of them more plainly than the others.
    """
    columns = [*score, *labels]
    if len(columns) == 1:
        return columns[0]
    seen = _look(columns, table, host)
    rated = [i for i in labels if _could_rate(seen[i]) and (not score or _kinds(seen[i]) <= _MOST_LABELS)]
    left = [i for i in columns if _speaks(seen[i], WORDS)] or [*score, *rated] or columns[:1]
    return left[0] if all(seen[i] == seen[left[0]] for i in left) else None


def _guessed(columns: Sequence[int], table: Table, host: Host) -> int | None:
    """The only column whose cells look like ratings, if its name says nothing else and no other's says ratings."""
    names = [plain_name(name) for name in table.columns]
    seen = _look([i for i in columns if not _COUNTED.search(names[i])], table, host)
    likely = [i for i in seen if _looks_rated(seen[i]) and not (_other(names[i]) and _speaks(seen[i], _YES_OR_NO))]
    if len(likely) != 1:
        return None
    (best,) = likely
    others = [i for i in seen if i != best and _RATED.search(names[i]) and 0 < _kinds(seen[i]) <= _MOST_KINDS]
    plain = _RATED.search(names[best]) or _speaks(seen[best], WORDS - _YES_OR_NO)
    return best if plain or not others else None


def _other(name: str) -> bool:
    """Whether a column has a name, and one that does not say ratings."""
    return bool(name) and not _RATED.search(name)


def _kinds(seen: _Seen) -> int:
    return len({word for word, _ in seen})


def _speaks(seen: _Seen, words: Set[str]) -> bool:
    """Whether most cells are some of these words."""
    return bool(seen) and sum(word in words for word, _ in seen) >= _SURE * len(seen)


def _could_rate(seen: _Seen) -> bool:
    """Whether most cells are something that could be a rating."""
    return sum(word in WORDS or points is not None for word, points in seen) >= max(1, _SURE * len(seen))


def _looks_rated(seen: _Seen) -> bool:
    """Whether most cells are ratings, and of few kinds."""
    good = sum(word in WORDS or (points is not None and _is_rating(word, *points)) for word, points in seen)
    return bool(seen) and good >= _SURE * len(seen) and _kinds(seen) <= _MOST_KINDS


def _is_rating(word: str, number: float, of: float) -> bool:
    return number <= 10 if not of else of in SCALES and "%" not in word


def check_not_swapped(path: Path, sample: Sequence[tuple[Any, str]], host: Host, text: int, label: int) -> None:
    """Refuse texts where the ratings should be and ratings where the texts should be.

    Raises:
        DataError: naming the columns the other way round.
    """
    spoken = sum(len(_HANGUL.findall(host.as_text(cell))) > 5 for cell, _ in sample)
    rated = sum(host.points(words) is not None for _, words in sample)
    if sample and spoken > len(sample) / 2 and rated > len(sample) / 2:
        raise DataError("columns_swapped", file=path.name, text=label + 1, label=text + 1)


def _column_named(names: Sequence[str], wanted: str) -> int | None:
    """Index of the column of that name, if there is one."""
    folded = [name.strip().casefold() for name in names]
    return folded.index(wanted.strip().casefold()) if wanted.strip().casefold() in folded else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{i} {name[:40]}".strip() for i, name in enumerate(names[:30], 1))
