"""Which column of a table holds the ratings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.errors import DataError
from training.host import Host, Table
from training.meanings import NEGATIVE, NEUTRAL, POSITIVE
from training.provenance import plain_name

_LABEL_NAMES = (
    *("label", "라벨", "레이블", "감정", "감성", "긍부정", "긍정부정", "극성", "분류", "정답"),
    *("sentiment", "polarity", "class", "target", "y"),
)
_SURE = 0.9
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
        found = column_named(names, wanted)
        if found is None and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
            found = int(wanted) - 1
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
            good += word in POSITIVE | NEGATIVE | NEUTRAL or (points is not None and points <= 10)
            kinds.add(word)
        if number == SAMPLE or len(kinds) > 21:
            break
    return bool(filled) and good >= _SURE * filled and len(kinds) <= 21


def check_not_swapped(path: Path, sample: Sequence[tuple[Any, str]], host: Host, text: int, label: int) -> None:
    """Refuse texts where the ratings should be and ratings where the texts should be.

    Raises:
        DataError: naming the columns the other way round.
    """
    spoken = sum(len(_HANGUL.findall(host.as_text(cell))) > 5 for cell, _ in sample)
    rated = sum(host.points(words) is not None for _, words in sample)
    if sample and spoken > len(sample) / 2 and rated > len(sample) / 2:
        raise DataError("columns_swapped", file=path.name, text=label + 1, label=text + 1)


def column_named(names: Sequence[str], wanted: str) -> int | None:
    """Index of the column of that name, if there is one."""
    folded = [name.strip().casefold() for name in names]
    return folded.index(wanted.strip().casefold()) if wanted.strip().casefold() in folded else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{i} {name[:40]}".strip() for i, name in enumerate(names[:30], 1))
