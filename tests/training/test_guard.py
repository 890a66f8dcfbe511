"""Signs of a chat that are signs only beside the rest of their column, and numbers that shops make themselves."""

from __future__ import annotations

import json
import random
import string
import unicodedata

import pytest

from tests.training.test_provenance import HOST, refusal
from training.reviews import ReadRules, read_reviews

DISCORD = "1123456789012345678"
SLACK_TIME = "1709251200.123456"
RANDOM = random.Random(0)


def mixed(_):
    """An id of letters and digits at random, as many shops make them."""
    return "".join(RANDOM.choices(string.ascii_uppercase + string.digits, k=10))


def table(path, column, cell, *, hidden=None, rows=200, at=87):
    """A CSV file with one more column, in one row of which something may be hidden."""
    cells = [cell(i) for i in range(rows)]
    if hidden is not None:
        cells[at] = hidden
    lines = [f"{5 - 4 * (i % 2)},{i}번째 {'별로예요' if i % 2 else '좋아요'},{told}" for i, told in enumerate(cells)]
    path.write_text("\n".join([f"별점,리뷰,{column}", *lines]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("column", "cell", "hidden"),
    [
        ("닉네임", str, DISCORD),
        ("구매자", str, DISCORD),
        ("고객번호", str, DISCORD),
        ("writer", str, DISCORD),
        ("reviewId", str, DISCORD),
        ("번호", str, DISCORD),
        ("리뷰번호", str, DISCORD),
        ("no", str, DISCORD),
        ("회원ID", str, f"'{DISCORD}"),
        ("회원ID", str, f" {DISCORD} "),
        ("user_name", str, "U02ABCD3EF"),
        ("닉네임", lambda i: f"KIM{i}", "U02ABCD3EF"),
        ("회원ID", lambda i: "2024KR15AB" if i % 100 == 1 else f"kim{i}", "U02ABCD3EF"),
        ("작성일시", lambda i: f"2026-01-01 10:{i % 60:02}", SLACK_TIME),
        ("created_at", lambda i: f"2026-01-01T10:{i % 60:02}:00Z", SLACK_TIME),
        ("타임스탬프", str, SLACK_TIME),
        ("출처", lambda _: "네이버", "Dis\u200bcord"),
        ("출처", lambda _: "네이버", "Ｄｉｓｃｏｒｄ"),
        ("출처", lambda _: "네이버", unicodedata.normalize("NFD", "디스코드")),
        ("링크", lambda _: "shop.kr", "여기 discord.gg/abc"),
    ],
)
def test_a_row_that_is_unlike_the_others_of_its_column(tmp_path, column, cell, hidden):
    assert "88번째 행" in refusal(table(tmp_path / "a.csv", column, cell, hidden=hidden))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("회원ID", mixed),
        ("회원ID", lambda i: f"{0xC0000000 + 7919 * i:010X}"),
        ("작성일시", lambda i: f"{1709251200 + i}.123456"),
        ("created", lambda i: f"{1709251200 + i}.{i:06}"),
        ("번호", lambda i: str(int(DISCORD) + i)),
        ("order_id", lambda i: str(123456789012345678 + i)),
        ("productId", lambda i: str(123456789012345678 + i)),
        ("id", lambda i: str(1709251200123456000 + i)),
        ("author_id", lambda i: str(15000000000000000000 + i)),
        ("회원번호", lambda _: "2.02403E+17"),
        ("제목", lambda _: "디스코드용 마이크"),
        ("한줄평", lambda _: "디스코드 할 때 좋아요"),
        ("답글", lambda _: "디스코드로도 문의를 받습니다"),
    ],
)
def test_what_a_shop_makes_itself_passes(tmp_path, column, cell):
    path = table(tmp_path / "a.csv", column, cell)
    assert len(read_reviews([path], ReadRules(), HOST).rows) == 200


@pytest.mark.parametrize(
    ("column", "cell", "hidden"),
    [
        ("닉네임", lambda i: f"kim{i}", "U02ABCD3EF"),
        pytest.param("번호", str, DISCORD, marks=pytest.mark.slow),
        pytest.param("작성일", lambda i: f"2026.01.{i % 28 + 1:02}", SLACK_TIME, marks=pytest.mark.slow),
    ],
)
def test_one_row_among_a_hundred_thousand(tmp_path, column, cell, hidden):
    path = table(tmp_path / "a.csv", column, cell, hidden=hidden, rows=100_000, at=98_764)
    assert "98,765번째 행" in refusal(path)


def test_a_file_whose_name_was_taken_apart(tmp_path):
    path = tmp_path / unicodedata.normalize("NFD", "디스코드 후기.csv")
    path.write_text("별점,리뷰\n5,좋아요\n1,별로예요\n", "utf-8")
    assert "파일 이름" in refusal(path)


@pytest.mark.parametrize(
    "who",
    [
        {"author": {"id": DISCORD, "username": "kim", "discriminator": "0001", "global_name": "kim"}},
        {"author": {"id": DISCORD, "name": "kim"}},
        {"author": [DISCORD]},
        {"author": {"id": int(DISCORD)}},
        {"user": {"id": "U012AB3CD"}},
        {"channel": {"name": "리뷰", "id": "C012AB3CD"}},
    ],
    ids=str,
)
def test_what_an_author_holds_is_looked_at(tmp_path, who):
    path = tmp_path / "a.jsonl"
    lines = [{"rating": 5 - 4 * (i % 2), "text": f"{i}번째 {'별로예요' if i % 2 else '좋아요'}"} for i in range(200)]
    lines[87] |= who
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8")
    assert ("내보낸 파일의 키" if "discriminator" in str(who) else "88번째 행") in refusal(path)


def test_a_shop_may_say_much_of_its_customers(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [
        {
            "rating": 5 - 4 * (i % 2),
            "text": f"{i}번째 리뷰",
            "author": {"id": i, "name": f"kim{i}", "seen": 1709251200 + i},
        }
        for i in range(200)
    ]
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8")
    assert len(read_reviews([path], ReadRules(), HOST).rows) == 200
