"""Where each character of a normalised text came from."""

from __future__ import annotations

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import normalize, normalize_with_offsets
from tests.growth import growth
from tests.nlp.test_text import EVERY_CHARACTER, HOSTILE, LABELS, MARK_UP_ONLY, MARKS, RUNS

REVIEWS = st.lists(
    st.sampled_from(
        [
            "배송이",
            "빨라요",
            "ㅋㅋㅋㅋ",
            "👍🏽",
            "👨\u200d👩\u200d👧",
            "\ud83d\ude00",
            "…",
            "！！",
            "❤️",
            "별로\n",
            " ",
            "<@1>",
        ]
        + [unicodedata.normalize("NFD", w) for w in ("나쁘지", "않아요", "é")]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(st.one_of(REVIEWS, st.text(EVERY_CHARACTER), HOSTILE, MARK_UP_ONLY, MARKS, RUNS, LABELS))
def test_it_is_the_same_text_with_places_in_the_original(text: str) -> None:
    check(text)


def check(text: str) -> None:
    normal, starts, ends = normalize_with_offsets(text)
    assert normal == normalize(text)
    assert len(normal) == len(starts) == len(ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(starts, ends, strict=True))
    assert all(a <= b for places in (starts, ends) for a, b in pairwise(places))


@pytest.mark.fuzz
@pytest.mark.timeout(900)
@settings(max_examples=40_000, deadline=None)
@given(st.one_of(HOSTILE, MARK_UP_ONLY, MARKS, RUNS, LABELS))
def test_much_hostile_text_has_places(text: str) -> None:
    check(text)


@settings(max_examples=300, deadline=None)
@given(st.text("가나ㅋㅠ .,!?~^'w19a", max_size=12))
def test_plain_texts_take_a_short_way_to_the_same_end(text: str) -> None:
    assert normalize(text) == normalize_with_offsets(text)[0]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("between", ["", pytest.param("\u0301", marks=pytest.mark.slow)])
def test_every_code_point_has_a_place(between: str) -> None:
    size = 4096
    for start in range(0, sys.maxunicode + 1, size):
        check(between.join(map(chr, range(start, start + size))))


@pytest.mark.parametrize(
    ("text", "word", "named"),
    [
        ("배송 빨라요", "빨라요", "빨라요"),
        (unicodedata.normalize("NFD", "배송 빨라요 굿"), "빨라요", unicodedata.normalize("NFD", "빨라요")),
        ("👍🏽👨\u200d👩\u200d👧 좋아요", "좋아요", "좋아요"),
        ("굿👍🏽 굿", "굿👍", "굿👍🏽"),
        ("\ud83d\ude00좋아요", "좋아요", "좋아요"),
        ("\ud83d\ude00좋아요", "😀", "\ud83d\ude00"),
        ("ㅋㅋㅋㅋㅋ 굿", "ㅋㅋ", "ㅋㅋㅋㅋㅋ"),
        ("  <@U1|name> 음… 별로！", "별로!", "별로！"),
        ("망\u0336한\u0336 제품", "망한", "망\u0336한\u0336"),
        ("좋\u200b아\u200b요 네", "좋아요", "좋\u200b아\u200b요"),
        ("ＡＢＣ 굿", "abc", "ＡＢＣ"),
        (":heart: 굿", "❤", ":heart:"),
        ("https://a.kr/x 굿", "굿", "굿"),
    ],
)
def test_a_word_is_found_again(text: str, word: str, named: str) -> None:
    normal, starts, ends = normalize_with_offsets(text)
    at = normal.index(word)
    assert text[starts[at] : ends[at + len(word) - 1]] == named


@pytest.mark.parametrize(
    "piece", ["가", "ㅋ", "\u1100\u1161", "e\u0301", "\ud83d\ude00", "…", "<@", "\u0301", "가\u0301"], ids=ascii
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    ratio = growth(normalize_with_offsets, piece * 1_000, piece * 64_000, enough=200)
    # 64 times as long: 64 if it grows with the text (up to 200 were seen where memory is slow), 4096 with its square
    assert ratio < 800, f"64 times the text took {ratio:.0f} times as long"
