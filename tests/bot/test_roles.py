"""Columns of stars and dates."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.core.tables.roles import DATE_NAMES, RATING_NAMES, find_column, find_scale, read_date, read_number, read_rating


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (5, 5.0),
        (4.5, 4.5),
        ("3", 3.0),
        ("4점", 4.0),
        (" 4,5 ", 4.5),
        ("★★★☆☆", 3.0),
        ("⭐⭐⭐⭐⭐", 5.0),
        ("8/10", 4.0),
        ("80 / 100점", 4.0),
        ("3 stars", 3.0),
        ("⭐️⭐️⭐️⭐️", 4.0),
        ("⭐️ ⭐️ ⭐️", 3.0),
        ("★★★★★ (5.0)", 5.0),
        ("★★★★☆ 4.5", 4.5),
        ("★★★★☆ (4/5)", 4.0),
        ("★5", 5.0),
        ("⭐️ 4.8", 4.8),
        ("별5개", 5.0),
        ("별점: 4점", 4.0),
        ("80%", 4.0),
        ("4점 (5점 만점)", 4.0),
        ("8점 (10점 만점)", 4.0),
        ("4.0 out of 5 stars", 4.0),
        ("★★★★★ (120)", None),
        ("★★★★★ (12)", None),
        ("★ (5)", None),
        ("★★★★★★", None),
        ("★★ 별로", None),
        ("120%", None),
        ("3/4", 3.75),
        ("7/7", 5.0),
        ("4.5/5.0", 4.5),
        ("8/7", None),
        ("1/0", None),
        ("★★★☆☆☆☆☆☆☆", None),
        (0, 0.0),
        ("좋음", None),
        ("", None),
        (None, None),
        (True, None),
        ("5000", None),
        (-1, None),
        (float("nan"), None),
        ("9" * 400, None),
    ],
)
def test_points(cell, number):
    assert read_number(cell) == number


def test_the_scale_is_told_by_the_highest():
    assert find_scale(["1", 5, "", "4.5"]) == 5
    assert find_scale(["1", 9]) == 10
    assert find_scale([80, 100]) == 100
    assert find_scale([]) == 5
    assert find_scale([0.8, 1, 0.2, None]) == 1, "cells of percent"
    assert find_scale([1, 0.5, 4]) == 5
    assert [read_rating(n, 1.0) for n in (1, 0.8, 0.2, 0)] == [5.0, 4.0, 1.0, None]
    assert find_scale(["8/10", "★★★★", 4]) == 5
    assert find_scale(["8/10", 7]) == 10
    assert [read_rating(cell, 10) for cell in ("8/10", "★★★★", "3/4", 8)] == [4.0, 4.0, 3.75, 4.0]
    assert [read_rating(n, 10) for n in (10, 9, 1, 0)] == [5.0, 4.5, 1.0, None]
    assert read_rating(7, 5) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026.3.5.", date(2026, 3, 5)),
        ("26/03/05 12:30", date(2026, 3, 5)),
        ("2026년 3월 5일", date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        (20260305, date(2026, 3, 5)),
        ("2026-03-05T23:59:59+09:00", date(2026, 3, 5)),
        (datetime(2026, 3, 5, 1, 2), date(2026, 3, 5)),  # noqa: DTZ001 - as a spreadsheet gives it
        (date(2026, 3, 5), date(2026, 3, 5)),
        ("2026-13-05", None),
        ("0026-01-05", None),
        (datetime(1900, 1, 1), None),  # noqa: DTZ001
        ("어제", None),
        (None, None),
        (12, None),
    ],
)
def test_dates(cell, day):
    assert read_date(cell) == day


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_any_cell_can_be_read(cell):
    number, day = read_number(cell), read_date(cell)
    assert number is None or 0 <= number <= 100
    assert day is None or 1990 <= day.year <= 2100


def test_columns_are_found_by_name():
    columns = ("번호", "작성일", "구매 평점", "리뷰")
    assert find_column(columns, None, RATING_NAMES, "--rating-column") == 2
    assert find_column(columns, None, DATE_NAMES, "--date-column") == 1
    assert find_column(columns, "번호", RATING_NAMES, "--rating-column") == 0
    assert find_column(columns, "4", RATING_NAMES, "--rating-column") == 3
    assert find_column(("리뷰",), None, RATING_NAMES, "--rating-column") is None
    with pytest.raises(UserError):
        find_column(columns, "없음", RATING_NAMES, "--rating-column")


def test_the_models_rating_is_not_the_customers():
    ours = ("label", "probability", "confidence", "band", "korean", "rating", "expected_rating")
    assert find_column(("리뷰", *ours), None, RATING_NAMES, "") is None
    assert find_column(("rating", "리뷰", *ours[:5], "nunchi_rating", ours[6]), None, RATING_NAMES, "") == 0
