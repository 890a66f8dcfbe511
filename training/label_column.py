"""Which column of a table holds the ratings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from training.column_looks import MOST_KINDS, could_rate, flags, kinds, look, looks_rated, speaks
from training.errors import DataError
from training.host import Host, Table
from training.label_words import (
    ANY_LABEL,
    COUNTED,
    FLAGS,
    LABEL_NAMES,
    OVERALL,
    RATED,
    VAGUE,
    WORDS,
    YES_OR_NO,
    rating_name,
    says_bad,
    word_of,
)
from training.meanings import Named

_MOST_LABELS = 3
_ABOVE = 10
"""Rows among which the names of the columns are looked for where the first has none."""

_HANGUL = re.compile("[가-힣]")


def find_label_column(path: Path, table: Table, wanted: str | None, host: Host) -> int:
    """Index of the column of ratings, of which the better is the higher.

    Args:
        path: of the file, for what is said of it.
        table: its table.
        wanted: what the user said: a name, or a number from 1; found by name, then by content, if None.
        host: which can read its cells.

    Raises:
        DataError: if there is no such column, none can be told from the others, or its name says that the higher is the
            worse.
    """
    found = _found(path, table, wanted, host)
    seen = look([found], table, host)[found]
    numbers = {points[0] for _, points in seen if points}
    if says_bad(table.columns[found], flags=speaks(seen, FLAGS)) and (numbers or speaks(seen, YES_OR_NO)):
        raise DataError("label_says_bad", file=path.name, column=table.columns[found][:40])
    return found


def _found(path: Path, table: Table, wanted: str | None, host: Host) -> int:
    """The same, whatever its name says of which is the better."""
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
    plain = {rating_name(n): i for i, n in reversed(list(enumerate(names)))}
    stars, labels = (
        [plain[name] for name in known if name in plain and plain[name] not in never]
        for known in (host.rating_names, LABEL_NAMES)
    )
    if len(stars) > 1:  # of several, one that nobody filled in says nothing
        seen = look(stars, table, host)
        stars = [i for i in stars if seen[i]] or stars
    if stars and what_it_is(names[stars[0]], host) == "stars":
        return stars[0]
    if stars or labels:
        chosen = _of_several(stars[:1], labels, table, host)
        if chosen in labels:
            chosen = _if_it_rates(chosen, [i for i in range(len(names)) if i not in never], table, host)
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
    names = {name for name in (*host.rating_names, *LABEL_NAMES) if len(name) > 1}
    for row in islice(table.rows(), _ABOVE):
        words = [word_of(host.as_text(cell)) for cell in row.cells]
        rated = any(word in WORDS or host.points(cell) for word, cell in zip(words, row.cells, strict=True))
        if not rated and names & set(map(rating_name, words)):
            raise DataError("header_not_first", file=path.name)


def what_it_is(name: str, host: Host) -> Named:
    """What a column's name says of it."""
    plain = rating_name(name)
    return "score" if plain in VAGUE else "stars" if plain in host.rating_names else "labels"


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
    seen = look(columns, table, host)
    rated = [i for i in labels if could_rate(seen[i]) and (not score or kinds(seen[i]) <= _MOST_LABELS)]
    left = [i for i in columns if speaks(seen[i], WORDS)] or [*score, *rated] or columns[:1]
    return left[0] if all(seen[i] == seen[left[0]] for i in left) else None


def _if_it_rates(labels: int, columns: Sequence[int], table: Table, host: Host) -> int | None:
    """A column of labels, if they rate anything; one named 분류 may well say what was sold, and another what of it.

    Returns:
        None if another column could be meant as well.
    """
    seen = look([labels], table, host)[labels]
    vague = rating_name(table.columns[labels]) in ANY_LABEL
    if could_rate(seen) and (not vague or speaks(seen, WORDS)):
        return labels
    other = _guessed([i for i in columns if i != labels], table, host)
    if other is None or not RATED.search(rating_name(table.columns[other])):
        return labels
    return None if could_rate(seen) else other


def _guessed(columns: Sequence[int], table: Table, host: Host) -> int | None:
    """The column whose cells look like ratings, if its name says nothing else and no other's says ratings as well."""
    names = [rating_name(name) for name in table.columns]
    seen = look([i for i in columns if not COUNTED.search(names[i])], table, host)
    likely = [i for i in seen if looks_rated(seen[i]) and not flags(names[i], seen[i], alone=len(names) == 2)]
    if len(likely) > 1:
        likely = [i for i in likely if names[i] in OVERALL]
    if len(likely) != 1:
        return None
    (best,) = likely
    others = [i for i in seen if i != best and RATED.search(names[i]) and 0 < kinds(seen[i]) <= MOST_KINDS]
    plain = RATED.search(names[best]) or speaks(seen[best], WORDS - YES_OR_NO)
    return best if plain or not others else None


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
