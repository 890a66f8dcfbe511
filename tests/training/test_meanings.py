"""What numbers in a column of ratings mean, and where it is asked instead of guessed."""

from __future__ import annotations

import openpyxl
import pytest

from tests.training.shop import write_csv
from tests.training.test_reviews import ratings, read, refusal

TEXTS = ("좋아요", "별로", "괜찮아요", "아쉬워요")


def table(path, cells, name="별점"):
    return write_csv(path / "a.csv", list(zip(cells, TEXTS, strict=False)), header=f"{name},리뷰")


@pytest.mark.parametrize(
    ("name", "cells", "rules", "note", "expected"),
    [
        ("별점", ("8/10", "2/10", "7/10", "6/10"), {}, "10점 만점", (4, 1, 3.5)),
        ("별점", ("8/10", "2/10", "7/10", "6/10"), {"scale": 10.0}, "10점 만점", (4, 1, 3.5)),
        ("별점", ("8/10", "2/10", "7/10", "5/10"), {"cut": 7.0}, "7점보다 높으면", (1, 0, None, 0)),
        ("별점", ("8/10", "2/10"), {"scale": 5.0}, "5점 만점", (4, 1)),
        ("별점", ("4/4", "1/4", "3/4", "2/4"), {}, "4점 만점", (5, 1.25, 3.75, 2.5)),
        ("별점", ("⭐️⭐️⭐️⭐️", "⭐️", "⭐️⭐️⭐️"), {}, "5점 만점", (4, 1)),
        ("별점", ("★★★★★ (5.0)", "★★☆☆☆ (2.0)"), {}, "5점 만점", (5, 2)),
        ("별점", ("★9", "★2"), {}, "10점 만점", (4.5, 1)),
        ("별점", ("별5개", "별1개"), {}, "5점 만점", (5, 1)),
        ("별점", ("80%", "20%"), {}, "100점 만점", (4, 1)),
        ("별점", ("4점 (5점 만점)", "1점 (5점 만점)"), {}, "5점 만점", (4, 1)),
        ("별점", ("7/7", "1/7"), {}, "7점 만점", (5, 1)),
        ("별점", ("4.5/5.0", "1/5"), {}, "5점 만점", (4.5, 1)),
        ("별점", ("9/10", "1/5"), {}, "10점 만점", (4.5, 1)),
        ("별점", ("9", "★"), {}, "10점 만점", (4.5, 1)),
        ("별점", ("4/5", "2", "0", "★★★★"), {}, "5점 만점", (4, 2, None, 4)),
        ("별점", ("8/10", "2", "0"), {"scale": 10.0}, "10점 만점", (4, 1)),
        ("별점", ("1.0", "0.2", "0.6"), {"scale": 1.0}, "1점 만점", (5, 1)),
        ("label", ("2", "0", "1"), {"cut": 1.0}, "1점보다 높으면", (1, 0)),
        ("label", ("2", "1"), {"cut": 1.5}, "1.5점보다 높으면", (1, 0)),
        ("별점", ("2", "1"), {}, "5점 만점", (2, 1)),
        ("점수", ("2", "1"), {}, "5점 만점", (2, 1)),
        ("별점", ("2", "1", "0"), {}, "5점 만점", (2, 1)),
        ("별점", ("1.5", "1"), {}, "5점 만점", (1.5, 1)),
        ("score", ("1", "0"), {}, "라벨", (1, 0)),
        ("감성", ("1", "-1", "0", "-1.0"), {}, "라벨", (1, 0, None, 0)),
        ("label", ("1", "-1"), {}, "라벨", (1, 0)),
        ("별점", ("5★", "1★"), {}, "5점 만점", (5, 1)),
        ("별점", ("★★★★★", "★☆☆☆☆", "☆☆☆☆☆"), {}, "5점 만점", (5, 1)),
        ("별점", ("5", "1", "미작성"), {}, "5점 만점", (5, 1)),
        ("별점", ("4", "1", "0"), {}, "5점 만점", (4, 1)),
        ("label", ("4", "0", "2", "1"), {"cut": 2.0}, "2점보다 높으면", (1, 0, None, 0)),
        ("label", ("4", "0", "3", "1"), {"scale": 4.0}, "4점 만점", (5, 1, 3.75, 1.25)),
    ],
)
def test_points_are_read_of_as_many_as_they_are(tmp_path, name, cells, rules, note, expected):
    found = read(table(tmp_path, cells, name), **rules)
    kept = {text: rating for text, rating in zip(TEXTS, expected, strict=False) if rating is not None}
    assert ratings(found) == pytest.approx(kept)
    assert note in str(found.notes[0])


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("label", ("2", "0", "1")),
        ("label", ("2", "1")),
        ("label", ("4", "0", "3", "1")),
        ("score", ("0", "1", "2")),
        ("score", ("0.97", "0.12")),
        ("별점", ("1.0", "0.2")),
        ("별점", ("8/10", "4")),
        ("별점", ("3/4", "3")),
        ("별점", ("9/10", "4/7", "5")),
    ],
)
def test_where_the_scale_cannot_be_told_it_is_asked(tmp_path, name, cells):
    said = refusal(table(tmp_path, cells, name))
    assert "--scale" in said and "--cut" in said


def test_stars_in_percent_are_not_all_bad(tmp_path):
    book = openpyxl.Workbook()
    for row in (("별점", "리뷰"), (1.0, "좋아요"), (0.2, "별로")):
        book.active.append(row)
    for cell in book.active["A"][1:]:
        cell.number_format = "0%"
    book.save(tmp_path / "a.xlsx")
    assert "--scale" in refusal(tmp_path / "a.xlsx")
    assert ratings(read(tmp_path / "a.xlsx", scale=1.0)) == {"좋아요": 5, "별로": 1}


def test_a_line_without_a_name_says_as_little(tmp_path):
    (tmp_path / "a.txt").write_text("2\t좋아요\n1\t그저 그래요\n0\t별로\n", "utf-8")
    assert "--cut" in refusal(tmp_path / "a.txt")
    assert ratings(read(tmp_path / "a.txt", cut=1.0)) == {"좋아요": 1, "별로": 0}
    (tmp_path / "bad.txt").write_text("2\t아쉬워요\n1\t별로\n", "utf-8")
    assert ratings(read(tmp_path / "bad.txt")) == {"아쉬워요": 2, "별로": 1}


def test_words_of_satisfaction_are_labels(tmp_path):
    words = ("매우 만족", "만족", "보통", "불만족", "매우 불만족", "추천", "비추천", "별로예요")
    rows = [(word, f"배송이 왔어요 {i}번째") for i, word in enumerate(words)]
    found = read(write_csv(tmp_path / "words.csv", rows, header="구매평가,리뷰"))
    sides = [row.rating > found.positive_above for row in found.rows]
    assert sides == [True, True, False, False, True, False, False], "and 보통 is neither"


@pytest.mark.parametrize("cells", [("5", "-1"), ("1", "-1", "2"), ("1", "-1", "1/1")])
def test_less_than_nothing_is_a_label_or_none(tmp_path, cells):
    assert "2번째 행" in refusal(table(tmp_path, cells, "감성"))
    assert "2번째 행" in refusal(table(tmp_path, ("1", "-1"), "별점"))


@pytest.mark.parametrize("cell", ["12/10", "3/0", "★★★☆☆☆☆☆☆☆"])
def test_points_that_cannot_be_are_none(tmp_path, cell):
    assert "2번째 행" in refusal(table(tmp_path, ("5", cell)))
