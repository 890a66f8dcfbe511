"""Clauses: where they are cut, and what disagreeing ones mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.clauses import split
from nlp.text import normalize
from tests.growth import growth
from tests.nlp.test_text import HOSTILE
from training.parts import measure_clauses

SUITE = Path(__file__).parent.parent / "data" / "clauses.tsv"


def test_the_suite_of_marked_sentences() -> None:
    found = measure_clauses(SUITE)
    assert found.right + found.missed >= 200
    assert found.f1 >= 0.95, "\n".join(found.failed)


@pytest.mark.parametrize(
    "marked",
    [
        "배송은 빠른데 |품질이 별로예요",
        "튼튼하고 |가벼워요",
        "늦긴 했지만 |상태는 좋네요",
        "늦긴 하지만 |상태는 좋네요",
        "좋아요 |하지만 두 번은 안 사요",
        "하지만 두 번은 안 사요",
        "값은 싸나 |금방 상했어요",
        "좋아요~ |배송도 빨라요!! |또 살게요",
        "가격 굿, |포장 굿, |맛은 별로",
        "배송 빠름 |포장 꼼꼼함 |만족",
        "얇은 반면 |따뜻해요",
        "1. 맛 좋음 |2. 양 많음",
        "좋아요ㅎㅎ |또 올게요",
        "(생각보다) 작아요 |(그래도 예뻐요)",
        # Nothing is cut here
        "최고 품질이에요",
        "가운데 자리에 놓았어요",
        "필요 없는 물건이었어요",
        "지금 쓰고 있어요",
        "사고 싶어요",
        "후기 믿고 샀습니다",
        "오는데 3일 걸렸어요",
        "3.5배 커요",
        "2~3일 걸려요",
        "휴지만 왔어요",
        "",
    ],
)
def test_examples(marked: str) -> None:
    text = marked.replace("|", "")
    assert "|".join(text[a:b] + " " for a, b in split(text)).strip() == marked


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            '배송이 빠르고 좋지만 별로예요. 좋은데 근데 다만 ㅎㅎ ! , … ( " 안 굿 음 1. 2) 3.5 지만 고'.split(" ")  # noqa: SIM905
        ),
        max_size=15,
    ).map(" ".join)
    | HOSTILE
)
def test_the_clauses_are_the_text(raw: str) -> None:
    text = normalize(raw)
    spans = split(text)
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")
    for a, b in spans:
        assert a < b
        assert not text[a].isspace() and not text[b - 1].isspace()


def test_no_word_is_cut() -> None:
    """A cut has a blank, a mark or a finished ending before it."""
    text = "배송은빠른데품질이별로예요 그래도 가격이 저렴하지만다시는안사요"
    assert [text[a:b] for a, b in split(text)] == [
        "배송은빠른데",
        "품질이별로예요",
        "그래도 가격이 저렴하지만",
        "다시는안사요",
    ]


def test_a_line_ends_a_clause() -> None:
    assert split("배송 만족 가격 만족", [5]) == [(0, 5), (6, 11)]
    assert split("배송 만족 가격 만족") == [(0, 11)]


@pytest.mark.parametrize("piece", ["가", "하나", "가나하나 ", "([", "( ", "좋아요 ", "빠르고", "1. ", ". ", "ㅋ "])
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    ratio = growth(split, piece * 200, piece * 12_800, enough=200)
    # 64 times as long: 64 if it grows with the text (up to 200 were seen where memory is slow), 4096 with its square
    assert ratio < 800, f"64 times the text took {ratio:.0f} times as long"
