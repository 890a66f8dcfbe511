"""From which column ratings are read, and where it is asked instead of guessed."""

from __future__ import annotations

import json
import unicodedata

import openpyxl
import pytest

from tests.training.test_reviews import HOST, ratings, read, refusal
from training.reviews import ReadRules, read_reviews

TEXTS = ("정말 좋아요", "아주 별로예요", "다시 사고 싶어요", "실망했습니다", "마음에 들어요", "못 쓰겠어요")


def table(path, header, *columns):
    """A CSV file of reviews, and columns whose cells begin again where they end."""
    rows = [(*(cells[i % len(cells)] for cells in columns), text) for i, text in enumerate(TEXTS)]
    path.write_text("\n".join(",".join(map(str, row)) for row in [(*header, "리뷰"), *rows]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (("주문번호", "평가", "주문수량"), ((71, 82, 93, 94, 95, 96), ("매우 만족", "불만족스러움"), (1, 2, 5))),
        (("평가", "사이즈"), (("매우 만족", "불만족스러움"), (1, 2, 5))),
        (("도움수",), ((0, 5, 1),)),
        (("사진수",), ((0, 5, 1),)),
        (("helpful_votes",), ((0, 5, 1),)),
        (("추천",), ((1, 0),)),
        (("할인",), (("10%", "80%"),)),
        (("구매확인",), (("true", "false"),)),
        (("포토/영상",), ("N",)),
        (("감정", "점수"), ((1, 0), (5, 4, 3))),
        (("label", "class"), ((5, 1, 4), (1, 0))),
        (("라벨", "정답"), (("긍정", "부정"), ("부정", "긍정"))),
        (("감정", "분류"), ((100, 20, 60), (0, 1))),
        (("분류", "평가점수"), ((1, 2, 3), (5, 1))),
        (("번호", "재구매"), ((11, 12, 13, 14, 15, 16), (1, 0))),
        (("번호", "좋아요"), ((11, 12, 13, 14, 15, 16), (0, 5, 1))),
        (("배송만족", "포장만족"), ((5, 1), (4, 2))),
        (("별점(배송)", "별점(상품)"), ((5, 1), (4, 2))),
        (("재구매",), ((1, 0),)),
        (("환불여부",), ((1, 0),)),
        (("VIP",), ((1, 0),)),
        (("is_negative",), ((1, 0),)),
        (("부정여부",), (("Y", "N"),)),
        (("주문번호", "부정 여부"), ((11, 12, 13), ("Y", "N"))),
        (("불만족",), ((1, 0),)),
        (("부정(1)/긍정(0)",), ((1, 0),)),
        (("감정 0=긍정 1=부정",), ((1, 0),)),
        (("만족도(1=매우 만족)",), ((5, 1, 2),)),
    ],
)
def test_a_column_of_other_numbers_is_not_learnt_from(tmp_path, header, columns):
    assert "--label-column" in refusal(table(tmp_path / "a.csv", header, *columns))


@pytest.mark.parametrize(
    ("header", "columns", "kind"),
    [
        (("점수", "감정"), ((3, 5), ("긍정", "부정")), "labels"),
        (("score", "label"), ((0.97, 0.6), ("positive", "negative")), "labels"),
        (("분류", "감정"), (("상의", "하의"), ("긍정", "부정")), "labels"),
        (("라벨", "정답"), (("긍정", "부정"), ("긍정", "부정")), "labels"),
        (("분류", "점수"), (("상의", "하의"), (5, 1)), "stars"),
        (("class", "점수"), ((1, 2, 3, 4), (5, 1)), "stars"),
        (("별점", "감정"), ((5, 1), ("긍정", "부정")), "stars"),
        (("별점", "점수", "만족도"), ((5, 1), (3, 4), (2, 2)), "stars"),
        (("주문수량", "도움수", "만족하셨나요"), ((1, 2), (0, 3), (5, 1)), "stars"),
        (("", ""), ((5, 1), (3000, 4000)), "stars"),
        (("긍정여부",), (("true", "false"),), "labels"),
        (("만족하셨나요",), (("true", "false"),), "labels"),
        (("만족하셨나요", "구매확인"), (("true", "false"), ("true", "true", "false")), "labels"),
        (("감상", "주문수량"), (("좋아요", "싫어요"), (1, 2)), "labels"),
        (("분류", "평가점수"), (("상품후기", "질문"), (5, 1)), "stars"),
        (("별점", "평점"), (("",), (5, 1)), "stars"),
        (("배송", "평가"), ((3, 2), (5, 1)), "stars"),
        (("전반적 만족도", "재방문 의향"), ((5, 1), (3, 4)), "stars"),
        (("", "", ""), ((5, 1), ("Y", "N"), (3000, 4000)), "stars"),
        (("만족도",), (("매우 만족", "매우 불만족"),), "labels"),
        (("만족도",), (("아주 좋아요", "별로예요"),), "labels"),
        (("label",), (("very positive", "Very Negative"),), "labels"),
        (("만족여부",), (("Y", "N"),), "labels"),
        (("회차", "별점(5점 만점)"), ((1, 2, 3), (5, 1)), "stars"),
        (("회차", "평점 (1~5)"), ((1, 2, 3), (5, 1)), "stars"),
        (("분기", "Rating [1-5]"), ((1, 2, 3), (5, 1)), "stars"),
        (("결과",), ((1, 0),), "labels"),
        (("부정/긍정",), ((1, 0),), "labels"),
        (("감정 0:부정 1:긍정",), ((1, 0),), "labels"),
        (("긍정(1) 부정(0)",), ((1, 0),), "labels"),
        (("감정(1=긍정)",), ((1, 0),), "labels"),
        (("만족/불만족",), (("만족", "불만족"),), "labels"),
        (("불만족도",), (("만족", "불만족"),), "labels"),
        (("평점(부정 1 긍정 5)",), ((5, 1),), "stars"),
    ],
)
def test_the_column_of_ratings_is_found(tmp_path, header, columns, kind):
    found = read(table(tmp_path / "a.csv", header, *columns))
    best = 5 if kind == "stars" else 1
    assert (found.kind, ratings(found)[TEXTS[0]], ratings(found)[TEXTS[1]]) == (kind, best, int(kind == "stars"))


@pytest.mark.parametrize(
    ("name", "cells"), [("부정여부", ("Y", "N")), ("negative", (1, 0)), ("불만", ("true", "false"))]
)
def test_a_yes_that_means_bad_is_not_turned_round_even_if_it_is_asked_for(tmp_path, name, cells):
    said = refusal(table(tmp_path / "a.csv", ("번호", name), (11, 12, 13), cells), label_column=name)
    assert name in said and "부정입니다" in said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((1, 0), "1이면 긍정, 0이면 부정입니다."),
        ((-1, 1), "1이면 긍정, -1이면 부정입니다."),
        (("Y", "N"), "예(Y, true)면 긍정, 아니요(N, false)면 부정입니다."),
        (("긍정", "부정"), "긍정과 부정의 라벨로 읽었습니다."),
    ],
)
def test_it_is_said_which_label_is_the_good_one(tmp_path, cells, said):
    assert str(read(table(tmp_path / "a.csv", ("긍부정",), cells)).notes[0]).endswith(said)


def test_it_is_said_in_which_column_no_rating_stands(tmp_path):
    said = refusal(table(tmp_path / "a.csv", ("별점",), ("빨강", "파랑")))
    assert "1번째 행의 “별점” 칸" in said


def test_how_sure_a_model_was_is_not_a_rating(tmp_path):
    lines = [
        {"label": label, "score": 0.9, "review": text} for label, text in zip(("긍정", "부정"), TEXTS, strict=False)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    found = read_reviews([tmp_path / "a.jsonl"], ReadRules(), HOST)
    assert (found.kind, ratings(found)) == ("labels", {TEXTS[0]: 1, TEXTS[1]: 0})


def test_names_and_words_that_were_taken_apart(tmp_path):
    """As a Mac writes them."""
    path = table(tmp_path / "a.csv", ("분기", "긍부정"), (1, 2), ("긍정", "부정"))
    path.write_text(unicodedata.normalize("NFD", path.read_text("utf-8")), "utf-8")
    assert ratings(read(path, text_column="3"))[TEXTS[0]] == 1


@pytest.mark.parametrize("name", ["구매자평점", "고객님평점"])
def test_an_export_of_a_smart_store(tmp_path, name):
    header = f"리뷰글번호,상품번호,상품명,리뷰구분,{name},포토/영상,리뷰상세내용,등록자,리뷰등록일,리뷰도움수"
    rows = ["71,3,아이스 메론 젤리 선물세트,한달사용 리뷰,5,N,굿,ab**,2026.11.01,3"]
    rows += ["72,3,아이스 메론 젤리 선물세트,일반,1,N,별로,cd**,2026.11.02,0"]
    (tmp_path / "a.csv").write_text("\n".join([header, *rows]), "utf-8")
    assert ratings(read(tmp_path / "a.csv")) == {"굿": 5, "별로": 1}


def book(path, **sheets):
    """A spreadsheet with these rows in sheets of these names, the first of which opens first."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


RATED = [["별점", "리뷰"], [5, TEXTS[0]], [1, TEXTS[1]]]


@pytest.mark.parametrize("cover", [[["우리 가게 리뷰"], ["2026년"]], [["리뷰 목록"]], [["Shop", 2026]], []])
def test_a_cover_sheet_is_not_all_that_there_is(tmp_path, cover):
    path = book(tmp_path / "a.xlsx", 표지=cover, 모음=RATED)
    said = refusal(path)
    assert "표지 시트" in said and "--sheet" in said and "다른 시트: 모음" in said
    assert ratings(read(path, sheet="모음")) == {TEXTS[0]: 5, TEXTS[1]: 1}


@pytest.mark.parametrize(
    "title",
    [[["2026년 11월 목록"]], [["리뷰 목록"], []], [["상품 리뷰"]], [["내보낸 날", "2026-11-01"], ["가게", "A"]]],
)
@pytest.mark.parametrize("more", [0, 40])
def test_a_title_above_the_header_is_to_be_removed(tmp_path, title, more):
    rows = [*RATED, *([4, f"{TEXTS[2]} {i}"] for i in range(more))]
    assert "제목 줄을 지우고" in refusal(book(tmp_path / "a.xlsx", 모음=[*title, *rows]))
    assert len(read(book(tmp_path / "a.xlsx", 모음=rows)).rows) == more + 2
