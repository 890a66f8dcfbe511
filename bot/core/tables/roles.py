"""Which column holds the stars and which the dates, and what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.core.errors import ExitStatus, UserError
from bot.core.tables.columns import key, listed
from bot.core.tables.points import MOST, read_points
from bot.core.tables.row import Cell

RATING_NAMES = (
    *("별점", "평점", "구매평점", "구매자평점", "상품평점", "리뷰별점", "리뷰평점", "고객평점", "점수", "별", "만족도"),
    *("rating", "ratings", "star", "stars", "starrating", "reviewrating", "reviewscore", "score", "overall"),
)
"""Names of a column of stars, blanks and punctuation left out, the plainest first."""

DATE_NAMES = (
    *(
        "작성일",
        "작성일자",
        "작성일시",
        "리뷰작성일",
        "리뷰등록일",
        "등록일",
        "등록일자",
        "등록일시",
        "날짜",
        "일자",
        "일시",
    ),
    *("구매일", "주문일", "date", "reviewdate", "createdat", "created", "datetime", "timestamp", "time", "writtenat"),
)
"""Names of a column of dates."""

_OURS = ("label", "probability", "confidence", "band", "korean", "rating", "expected_rating")
_DATE = re.compile(r"\s*(\d{4}|\d{2})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})(?!\d)")
_COMPACT_DATE = re.compile(r"\s*(20\d{2})(\d{2})(\d{2})(?:\D|$)")
_YEARS = (1990, 2100)
_SCALES = (5.0, 10.0, MOST)


def find_column(columns: Sequence[str], wanted: str | None, names: Sequence[str], option: str) -> int | None:
    """Index of a column.

    Args:
        columns: names of the table's columns.
        wanted: what the user said: a name, or a number from 1; found among ``names`` if None.
        names: names that such a column has.
        option: of the command line, to be named if there is no such column.

    Returns:
        None if nobody asked for a column and there is none of these names.

    Raises:
        UserError: if there is no column of the wanted name.
    """
    if wanted is not None:
        for compare in (str, key):
            for i, name in enumerate(columns):
                if name and compare(name) == compare(wanted):
                    return i
        if wanted.isdecimal() and len(wanted) < 9 and 1 <= int(wanted) <= len(columns):
            return int(wanted) - 1
        raise UserError(ExitStatus.BAD_DATA, "column_missing_for", option=option, columns=listed(columns))
    ours = verdict_columns(columns)
    keys = {key(name): i for i, name in reversed(list(enumerate(columns))) if i not in ours}
    return next((keys[name] for name in names if name in keys), None)


def verdict_columns(columns: Sequence[str]) -> range:
    """The columns that ``nunchi score`` added: their rating is the model's, not the customer's."""
    plain = [re.sub("^(?:nunchi_)+", "", name) for name in columns]
    for i in range(len(plain) - len(_OURS) + 1):
        if tuple(plain[i : i + len(_OURS)]) == _OURS:
            return range(i, len(plain))
    return range(0)


def read_number(cell: Cell, scale: float = _SCALES[0]) -> float | None:
    """The points in a cell; where it says of how many, as many of that scale."""
    points = read_points(cell)
    if points is None:
        return None
    return points.number * scale / points.of if points.of else points.number


def find_scale(cells: Iterable[Cell]) -> float:
    """The highest number of points there can be where a cell does not say it: 5, 10 or 100, by the highest of them.

    Of parts of one, as a spreadsheet holds what it shows as percent, it is 1.
    """
    highest, parts = 0.0, False
    for points in map(read_points, cells):
        if points is not None and not points.of:
            highest, parts = max(highest, points.number), parts or 0 < points.number < 1
    if parts and highest <= 1:
        return 1.0
    return next((scale for scale in _SCALES if highest <= scale), _SCALES[-1])


def read_rating(cell: Cell, scale: float = 5.0) -> float | None:
    """Stars, 1..5, from a cell.

    Args:
        cell: the cell.
        scale: the highest number of points, where the cell does not say it.
    """
    points = read_number(cell, scale)
    if points is None or points > scale:
        return None
    stars = points * _SCALES[0] / scale
    # No stars at all is a missing rating; half a star of ten points is as bad as one.
    return max(1.0, stars) if stars > 0 else None


def read_date(cell: Cell) -> date | None:
    """The day in a cell: a date, 2026-03-05, 2026.3.5, 26/03/05, 2026년 3월 5일, 20260305; with or without a time."""
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str) or len(cell) > 60:
        return None
    found = _DATE.match(cell) or _COMPACT_DATE.match(cell)
    if found is None:
        return None
    year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
    try:
        return _plausible(date(year, int(found[2]), int(found[3])))
    except ValueError:
        return None


def _plausible(day: date) -> date | None:
    return day if _YEARS[0] <= day.year <= _YEARS[1] else None
