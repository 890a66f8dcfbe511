"""The points in a cell of ratings, and of how many they are."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.core.tables.row import Cell

MOST = 100.0
"""Points; a number beyond them is none of a rating."""

_AMOUNT = r"(\d+(?:[.,]\d+)?)"
_NUMBER = re.compile(
    rf"\s*(?:(?:별점?|평점)\s*:?\s*)?{_AMOUNT}\s*(?:점|stars?|개|[★⭐]\ufe0f?|(%))?\s*"
    rf"(?:(?:/|out of)\s*{_AMOUNT}\s*(?:점|stars?)?\s*|\(\s*{_AMOUNT}\s*점?\s*만점\s*\)\s*)?",
    re.IGNORECASE,
)
_STARS = re.compile(r"\s*((?:[★⭐]\ufe0f?\s*){1,5})((?:☆\ufe0f?\s*)*)")
_STAR = re.compile("[★⭐]")
_NO_STARS = re.compile(r"\s*(?:☆\ufe0f?\s*){5}")
_BRACKETS = re.compile(r"\((.*)\)\s*")
_MOST_STARS = 5
_HIGHEST = 1000.0


class Points(NamedTuple):
    """The points in a cell.

    Attributes:
        number: how many.
        of: of how many, where the cell says so ("8/10"; stars are of five); 0 where it does not.
    """

    number: float
    of: float


def read_points(cell: Cell) -> Points | None:
    """The points in a cell: 5, "4.5", "4점", "별 4개", "★★★☆☆", "★ 4.5", "8/10", "80%"; None if there are none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return Points(float(cell), 0.0) if 0 <= cell <= MOST else None
    if not isinstance(cell, str) or len(cell) > 40:
        return None
    if _NO_STARS.fullmatch(cell):
        return Points(0.0, float(_MOST_STARS))
    stars = _STARS.match(cell)
    return _in_words(cell) if stars is None else _in_stars(stars, cell[stars.end() :])


def _in_words(text: str) -> Points | None:
    """The points in a text such as "4점"."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number, of = _amount(found[1]), found[3] or found[4] or (found[2] and str(MOST))
    if of:
        return Points(number, _amount(of)) if number <= _amount(of) <= _HIGHEST and _amount(of) > 0 else None
    return Points(number, 0.0) if number <= MOST else None


def _in_stars(found: re.Match[str], rest: str) -> Points | None:
    """The points of stars, and of a number after them that must say the same; after a lone star it says how many."""
    filled, empty = len(_STAR.findall(found[1])), found[2].count("☆")
    if filled + empty > _MOST_STARS:
        return None
    if not rest:
        return Points(float(filled), float(_MOST_STARS))
    brackets = _BRACKETS.fullmatch(rest)
    points = _in_words(brackets[1] if brackets else rest)
    if points is None or (filled == 1 and not empty and not brackets):
        return points
    number = points.number * _MOST_STARS / points.of if points.of else points.number
    return Points(number, float(_MOST_STARS)) if abs(number - filled) < 1 and number <= _MOST_STARS else None


def _amount(text: str) -> float:
    return float(text.replace(",", "."))
