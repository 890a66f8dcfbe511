"""Finding the header and the column of reviews."""

import pytest

from bot.core.errors import ExitStatus, UserError
from bot.core.tables.columns import find_text_column, has_header, listed, unique_names

ROWS = [
    ["1", "배송이 정말 빨라요", "5", "김하나"],
    ["2", "색이 사진이랑 달라요", "2", "이두리"],
    ["3", "그냥 그래요", "3", "박세나"],
]


@pytest.mark.parametrize(
    "header",
    [
        ["번호", "리뷰", "별점", "작성자"],
        ["id", "Review Text", "rating", "user"],
        ["no", "review_content", "score", "name"],
        ["상품번호", "고객리뷰내용", "평점", "구매자"],
        ["순번", "의견을 적어 주세요", "만족도", "성함"],
        ["#", "comment_kr", "x", "y"],
        ["", "text", "", ""],
        ["타임스탬프", "무엇이 좋았나요?", "점수를 매겨 주세요", "이름"],
    ],
)
def test_headers(header):
    assert has_header(header, ROWS)


@pytest.mark.parametrize(
    "first",
    [
        ["0", "처음 사 봤는데 좋네요", "5", "최네모"],
        [
            "0",
            "상품",
            "5",
            "최네모",
            "리뷰를 보고 샀는데 이 옷은 색이 사진과 너무 다르고 바느질도 엉망이라 반품합니다",
        ],
        ["5", ""],
        ["배송이 정말 빨라요"],
        ["리뷰보고 샀어요"],
        [3, "좋아요"],
    ],
)
def test_rows_that_are_no_header(first):
    sample = [[row[1]] for row in ROWS] if len(first) == 1 else [row[: len(first)] for row in ROWS]
    assert not has_header(first, sample)


@pytest.mark.parametrize(
    ("names", "column"),
    [
        (["번호", "리뷰", "별점", "작성자"], 1),
        (["id", "본문", "x", "y"], 1),
        (["리뷰번호", "고객 리뷰", "리뷰점수", "리뷰 작성자"], 1),
        (["a", "b", "c", "d"], 1),
        (["", "", "", ""], 1),
        (["x", "내용", "리뷰", "y"], 1),
        (["내용", "x", "리뷰", "y"], 2),
        (["a", "b", "c", "COMMENT"], 3),
    ],
)
def test_the_column_of_reviews(names, column):
    assert find_text_column(names, ROWS) == column


@pytest.mark.parametrize(
    ("wanted", "column"), [("별점", 2), ("3", 2), (" 별점 ", 2), ("작성자", 3), ("1", 0), ("Rating", 4), ("rating", 4)]
)
def test_a_column_can_be_named_or_numbered(wanted, column):
    assert find_text_column(["번호", "리뷰", "별점", "작성자", "RATING"], ROWS, wanted) == column


def test_a_name_comes_before_a_number():
    assert find_text_column(["2", "1"], ROWS, "1") == 1


@pytest.mark.parametrize("wanted", ["없음", "0", "5", "-1", "", "1" * 5000, "²"])
def test_a_column_that_is_not_there(wanted):
    with pytest.raises(UserError) as caught:
        find_text_column(["번호", "리뷰", "별점", "작성자"], ROWS, wanted)
    assert caught.value.status == ExitStatus.BAD_DATA
    assert caught.value.values["columns"] == "1 번호, 2 리뷰, 3 별점, 4 작성자"


def test_no_column_with_hangul():
    with pytest.raises(UserError) as caught:
        find_text_column(["a", "b"], [["1", "2"], ["3", "4"]])
    assert caught.value.sentence == "column_not_found"


def test_a_single_column_is_it_whatever_it_holds():
    assert find_text_column(["x"], [["good"]]) == 0


def test_long_lists_of_columns_are_cut():
    text = listed(["이름" * 50] * 1000)
    assert len(text) < 2000
    assert text.endswith("…")


def test_names_for_json():
    assert unique_names(["a", "", "a", "column_2", "a_2"]) == ["a", "column_2", "a_2", "column_2_2", "a_2_2"]
