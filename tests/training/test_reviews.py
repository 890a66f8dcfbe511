"""What is read of a shop's files, and what is refused in one sentence."""

from __future__ import annotations

import json
import os
from datetime import date

import openpyxl
import pytest

from bot.commands.train import TrainingHost
from bot.core.messages import Messages
from tests.training.shop import write_csv
from training.data import DataError
from training.reviews import LONGEST, ReadRules, account, read_reviews, sources

HOST = TrainingHost(Messages())


def read(path, **rules):
    return read_reviews([path], ReadRules(**rules), HOST)


def ratings(found):
    return {row.text: row.rating for row in found.rows}


def refusal(path, **rules):
    with pytest.raises(DataError) as caught:
        read(path, **rules)
    message = str(caught.value)
    assert "\n" not in message
    assert 20 < len(message) < 600
    return message


@pytest.mark.parametrize(
    ("labels", "kind", "expected"),
    [
        (("5", "1", "3", ""), "stars", {"좋아요": 5, "별로": 1}),
        (("★★★★★", "★☆☆☆☆", "★★★", ""), "stars", {"좋아요": 5, "별로": 1}),
        (("10", "2", "6", ""), "stars", {"좋아요": 5, "별로": 1}),
        (("100", "10", "60", ""), "stars", {"좋아요": 5, "별로": 1}),
        (("1", "0", "", ""), "labels", {"좋아요": 1, "별로": 0}),
        (("긍정", "부정", "중립", ""), "labels", {"좋아요": 1, "별로": 0}),
        (("Positive", "negative", "neutral", ""), "labels", {"좋아요": 1, "별로": 0}),
    ],
)
def test_labels_of_many_kinds(tmp_path, labels, kind, expected):
    texts = ("좋아요", "별로", "그저 그래요", "별점 없음")
    found = read(write_csv(tmp_path / "a.csv", list(zip(labels, texts, strict=True))))
    assert found.kind == kind
    assert ratings(found) == expected
    assert found.read == 4
    assert sum(found.left_out.values()) == 2


def test_an_export_of_one_star_each_is_not_one_of_good_reviews(tmp_path):
    for stars in (1, 5):
        (tmp_path / f"{stars}.csv").write_text(f"별점,리뷰\n{stars},리뷰 {stars}번\n{stars},다른 {stars}번\n", "utf-8")
    found = read_reviews([tmp_path / "1.csv", tmp_path / "5.csv"], ReadRules(), HOST)
    assert (found.kind, [row.rating for row in found.rows]) == ("stars", [1, 1, 5, 5])
    (tmp_path / "1.tsv").write_text("1\t리뷰\n1\t다른\n", "utf-8")
    assert read_reviews([tmp_path / "1.tsv"], ReadRules(), HOST).kind == "stars"
    for content in ("label,리뷰\n1,좋아요\n", "별점,리뷰\n1,좋아요\n0,별로\n"):
        (tmp_path / "labels.csv").write_text(content, "utf-8")
        assert read_reviews([tmp_path / "labels.csv"], ReadRules(), HOST).kind == "labels"


@pytest.mark.parametrize(
    ("cells", "rules", "bad"),
    [
        ((5, 0, 4, 2, 1), {}, 2),
        ((10, 0, 8, 2, 1), {}, 2),
        ((10, 0, 8, 2, 1), {"scale": 10.0, "cut": 5.0}, 2),
        ((1, 0, 1, 0, 0), {}, 3),
        ((2, 0, 2, 0, 1), {"scale": 2.0, "cut": 1.0}, 2),
        ((2, 0, 2, 0, 1), {"cut": 1.5}, 3),
        ((5, 0, 4, 0, 3), {"cut": 3.0}, 2),
        ((0.9, 0, 0.8, 0.1, 0), {"cut": 0.5}, 3),
    ],
)
def test_no_stars_at_all_are_no_rating_unless_0_is_a_label(tmp_path, cells, rules, bad):
    texts = ("좋아요", "안 쟀어요", "최고예요", "별로예요", "최악이에요")
    found = read(write_csv(tmp_path / "a.csv", list(zip(cells, texts, strict=True))), **rules)
    assert sum(row.rating <= found.positive_above for row in found.rows) == bad
    assert ("별점 없는 글 1" in account(found)) == ("안 쟀어요" not in ratings(found))
    lines = "".join(f"{cell}\t{text}\n" for cell, text in zip(cells, texts, strict=True))
    (tmp_path / "a.txt").write_text(lines, "utf-8")
    assert ratings(read_reviews([tmp_path / "a.txt"], ReadRules(**rules), None)) == ratings(found)


@pytest.mark.parametrize("missing", ["-", "N/A", "nan", "None", "null", " ", "없음"])
@pytest.mark.parametrize("cells", [("5", "1"), ("긍정", "부정")])
def test_a_cell_that_says_nothing_is_no_rating(tmp_path, missing, cells):
    found = read(write_csv(tmp_path / "a.csv", [*zip(cells, ("좋아요", "별로"), strict=True), (missing, "안 쟀어요")]))
    assert len(ratings(found)) == 2
    assert found.left_out["unrated"] == 1 and not found.left_out["middle"]


def test_what_is_left_out_is_counted(tmp_path):
    rows = [
        (5, "정말 좋아요"),
        (4, "정말좋아요"),
        (5, "반반이에요"),
        (1, "반반이에요"),
        (3, "보통이에요"),
        (1, "   "),
        (1, "가" * (LONGEST + 1)),
        (2, "나빠요"),
    ]
    found = read(write_csv(tmp_path / "a.csv", rows))
    assert ratings(found) == {"정말 좋아요": 4.5, "나빠요": 2}
    said = account(found)
    for words in ("같은 글 1", "긍정과 부정이 엇갈린 글 2", "가운데 점수 1", "빈 글 1", "20,000자보다 긴 글 1"):
        assert words in said
    assert found.read == len(found.rows) + sum(found.left_out.values())


def test_a_stated_cut(tmp_path):
    path = write_csv(tmp_path / "a.csv", [(5, "최고"), (4, "좋은 편"), (3, "보통"), (1, "최악")])
    found = read(path, cut=4)
    assert ratings(found) == {"최고": 1, "보통": 0, "최악": 0}
    assert "4점보다 높으면 긍정" in str(found.notes[0])


def test_spreadsheets_and_json_lines(tmp_path):
    book = openpyxl.Workbook()
    for row in (("리뷰", "평점"), ("좋아요", 5), ("별로", 1)):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    lines = [json.dumps({"review": t, "sentiment": s}) for t, s in (("좋아요", "긍정"), ("별로", "부정"))]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    assert ratings(read(tmp_path / "a.xlsx")) == {"좋아요": 5, "별로": 1}
    assert ratings(read(tmp_path / "a.jsonl")) == {"좋아요": 1, "별로": 0}
    both = read_reviews([tmp_path / "a.xlsx", tmp_path / "a.jsonl"], ReadRules(), HOST)
    assert (both.kind, ratings(both)) == ("labels", {"좋아요": 1, "별로": 0})
    assert both.left_out["duplicates"] == 2


def test_the_course_form_needs_no_host(tmp_path):
    (tmp_path / "naver.txt").write_text("5\t좋아요\n1\t별로\n3\t보통\n", "utf-8")
    found = read_reviews([tmp_path / "naver.txt"], ReadRules(), None)
    assert ratings(found) == {"좋아요": 5, "별로": 1}
    write_csv(tmp_path / "a.csv", [(5, "좋아요")])
    with pytest.raises(DataError, match="nunchi train"):
        read_reviews([tmp_path / "a.csv"], ReadRules(), None)


def test_verdicts_of_the_model_are_not_learned(tmp_path):
    header = "리뷰,label,probability,confidence,band,korean,rating,expected_rating"
    rows = "\n".join(
        [header, "좋아요,positive,0.9,0.9,positive,true,5,4.8", "별로,negative,0.1,0.9,negative,true,1,1.3"]
    )
    (tmp_path / "scored.csv").write_text(rows, "utf-8")
    assert "--label-column" in refusal(tmp_path / "scored.csv")


def test_every_row_knows_where_it_came_from(tmp_path):
    path = write_csv(tmp_path / "a.csv", [(5, "좋아요"), (1, "별로")])
    found = read(path, source="우리 가게", licence="our own", obtained=date(2026, 11, 1))
    assert sources(found) == [("2", "우리 가게", "our own", "2026-11-01")]
    rows = "별점,리뷰,source,licence,obtained\n5,좋아요,A,CC0,2026-01-02\n1,별로,,,\n"
    (tmp_path / "b.csv").write_text(rows, "utf-8")
    origins = {row.text: row.origin for row in read(tmp_path / "b.csv", source="B").rows}
    assert str(origins["좋아요"]) == "A (이용 조건: CC0, 받은 날: 2026-01-02)"
    assert origins["별로"].source == "B"


@pytest.mark.parametrize("day", ["2026.11.02", "2026년 11월 2일", "2026-11-02 09:30", "20261102", "2026/11/2"])
@pytest.mark.parametrize("names", ["출처,이용 조건,받은 날", "Source,license,obtained"])
def test_where_rows_came_from_can_be_said_in_korean(tmp_path, names, day):
    (tmp_path / "a.csv").write_text(f"별점,리뷰,{names}\n5,좋아요,A,CC0,{day}\n1,별로,-,,-\n", "utf-8")
    found = {row.text: row.origin for row in read(tmp_path / "a.csv", obtained=date(2026, 11, 1)).rows}
    assert str(found["좋아요"]) == "A (이용 조건: CC0, 받은 날: 2026-11-02)"
    assert found["별로"].obtained == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("content", "rules", "says"),
    [
        ("별점,리뷰,obtained\n5,좋아요,어제\n", {}, "1번째 행: 받은 날"),
        ("별점,리뷰\n아주많이,좋아요\n", {}, "1번째 행"),
        ("별점,리뷰\n-1,좋아요\n", {}, "1번째 행"),
        ("별점,리뷰\n7,좋아요\n1,별로\n", {"scale": 5.0}, "만점은 5점"),
        ("별점,리뷰\n500,좋아요\n", {}, "1번째 행"),
        ("별점,리뷰\n5,좋아요\n1,별로\n10,최고\n", {}, "10 값이 있는데 만점은 5점"),
        ("별점,리뷰\n5,좋아요\n1,별로\n99,최고\n", {}, "99 값이 있는데 만점은 5점"),
        ("별점,리뷰\n4,좋아요\n1,별로\n6,최고\n", {}, "6 값이 있는데 만점은 5점"),
        ("별점,리뷰\n5,좋아요\n긍정,별로\n", {}, "섞여"),
        ("별점,리뷰\n3,좋아요\n3,별로\n", {}, "남지 않았습니다"),
        ("별점,리뷰\n5,좋아요\n", {"label_column": "없음"}, "--label-column"),
        ("별점,리뷰\n5,좋아요\n", {"label_column": "리뷰"}, "모두 2번째 칸"),
        (
            "별점,리뷰\n5,배송이 빨라서 좋아요\n",
            {"label_column": "리뷰", "text_column": "별점"},
            "--text-column 2 --label-column 1",
        ),
        ("번호,리뷰\n1234,좋아요\n", {}, "--label-column"),
        ("별점,리뷰\n5,좋아요\n1,별로\n", {"cut": 9.0}, "--cut"),
        ("별점,리뷰\n5,좋아요\n1,별로\n", {"scale": 0.0}, "--scale 0"),
        ("별점,리뷰\n5,좋아요\n1,별로\n", {"scale": float("nan")}, "--scale nan"),
        ("별점,리뷰\n5,좋아요,하나 더\n1,별로\n", {}, "칸입니다"),
        ("", {}, "비어"),
    ],
)
def test_bad_files_are_one_sentence(tmp_path, content, rules, says):
    (tmp_path / "bad.csv").write_text(content, "utf-8")
    assert says in refusal(tmp_path / "bad.csv", **rules)


def test_mixed_encodings_are_refused(tmp_path):
    (tmp_path / "bad.csv").write_bytes("별점,리뷰\n5,좋아요\n".encode() + "1,별로예요\n".encode("cp949"))
    assert "3번째 줄" in refusal(tmp_path / "bad.csv")


@pytest.mark.parametrize("between", [",", "\t"])
def test_a_line_of_ten_megabytes_is_left_out(tmp_path, between):
    head = "별점,리뷰\n" if between == "," else ""
    text = f"{head}5{between}{'좋' * 3_500_000}\n1{between}별로예요\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    found = read(tmp_path / "a.csv")
    assert ratings(found) == {"별로예요": 1}
    assert found.left_out == {"too_long": 1}
    assert account(found).endswith(" 1"), "and it is said"


def test_a_file_that_changes_meanwhile_is_refused(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "a.csv", [(5, "좋아요"), (1, "별로예요")])
    points = HOST.points

    def changing(cell):
        with open(path, "r+", encoding="utf-8-sig") as file:
            file.write(f"별점,리뷰내용\r\n5,{os.urandom(4).hex()}")
        return points(cell)

    monkeypatch.setattr(HOST, "points", changing)
    assert "바뀌" in refusal(path)


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_missing_files_and_folders(tmp_path, name):
    refusal(tmp_path / name)


def test_a_line_of_totals_below_the_rows_needs_no_rating(tmp_path):
    (tmp_path / "a.csv").write_text("별점,리뷰\n5,좋아요\n1,별로예요\n평균 3.0,\n", "utf-8")
    found = read(tmp_path / "a.csv")
    assert ratings(found) == {"좋아요": 5, "별로예요": 1} and found.left_out == {"empty": 1}
    (tmp_path / "b.csv").write_text("별점,리뷰\n5,좋아요\n평균 3.0,별로예요\n", "utf-8")
    assert "2번째 행" in refusal(tmp_path / "b.csv")
