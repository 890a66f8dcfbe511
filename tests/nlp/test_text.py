"""Normalisation: total, idempotent, linear, and keeping what carries tone."""

# ruff: noqa: SIM905 (lists of pieces are read more easily when they are split)

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import MAX_RUN, is_hangul_syllable, is_korean, normalize
from tests.growth import growth

EVERY_CHARACTER = st.characters(exclude_categories=())
"""Any code point: surrogates, unassigned and private ones too."""

MARK_UP = r"""
    < > | : @ # ! & ^ / \ <@ <@! <@& <# <: <a: <! <@1| 1> <@1> <@!23> <@&4> <#5> <@U1|name> <#C1|general> <:a:1>
    <a:b_c:12> <!here> <!channel> <!subteam^S1|@team> <!subteam^ :heart: :+1: :100: heart :a :1> <:heart:1> @here
    :broken_heart: @everyone http:// https:// HTTP:// www. ww. wwww. w x.kr/a?b=1 htttp:// mailto:
""".split()
CHARACTERS = [
    *"ㅋㅠ가각힣ᆢꥠힰﾻￂﾡＡｚ！ｶﾞかİΩﬁẞΣςeé10²٣😀♥·ㆍ~.?`´…≮",
    *"\u1100\u1161\u11a8\u110f\u115f\u1160\u3164\uffa0\u3000\u3099\u212a\u212b\u2126",
    *" \n\t\r\u0085\u00a0\u2028\x1c\0\x7f\u200b\u200d\ufeff\u202e\u2066\ud83d\ude00\ud800\udfff",
    *"\u0300\u0301\u0308\u0316\u0323\u0327\u034f\u0653\u0627\u05b0\u0591\u20e3\ufe0f\u0f73\u0344\u09c7",
    *"\u09be\u0958\u302e\U0001d165\u0338\U0001f3fb",
    *"ㅋㅋㅋ 👍🏽 ❤️ 👨\u200d👩\u200d👧 🇰🇷 ^^".split(),
]
HOSTILE = st.lists(st.sampled_from(MARK_UP + CHARACTERS) | EVERY_CHARACTER, max_size=24).map("".join)
MARK_UP_ONLY = st.lists(st.sampled_from(MARK_UP), max_size=14).map("".join)
MARKS = st.text(
    "".join(c for c in map(chr, range(0x3100)) if unicodedata.category(c)[0] == "M") + "aا가가<", max_size=90
)
RUNS = st.lists(st.tuples(st.sampled_from(MARK_UP + CHARACTERS) | EVERY_CHARACTER, st.integers(1, 90)), max_size=6).map(
    lambda runs: "".join(piece * n for piece, n in runs)
)
LABELS = st.tuples(
    st.sampled_from(("<@1|", "<#C1|", "<!subteam^S1|", "<:", "<a:", "<@", "http://", "@here")),
    st.integers(0, 90).map(lambda n: "n" * n) | HOSTILE,
    MARK_UP_ONLY | st.integers(0, 90).map(lambda n: " " * n),
    st.sampled_from((">", ":1>", "|x>", "")),
).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(EVERY_CHARACTER), HOSTILE, MARK_UP_ONLY, MARKS, RUNS, LABELS))
def test_any_string_gives_a_string_that_stays_as_it_is(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    check_clean(once)


def check_clean(text: str) -> None:
    """What holds for every normalised text."""
    assert text == text.strip()
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(c) in ("Cs", "Cc") for c in text)
    assert not any(c.isspace() and c != " " for c in text) and "  " not in text
    for i in range(len(text) - MAX_RUN):
        run = text[i : i + MAX_RUN + 1]
        assert len(set(run)) > 1 or run[0].isdecimal(), f"a run of {run[0]!r} is left"


@pytest.mark.fuzz
@settings(max_examples=40_000, deadline=None)
@given(st.one_of(HOSTILE, MARK_UP_ONLY, MARKS, RUNS, LABELS))
def test_much_hostile_text_stays_as_it_is(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_decomposed_text_means_the_same(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    if all(unicodedata.normalize("NFC", c) == c for c in text):
        assert normalize(unicodedata.normalize("NFD", text)) == normalize(composed)


@settings(max_examples=100, deadline=None)
@given(st.text("가나다라마바사 ㅋㅠ!?~.ab12", max_size=30), st.text("가각힣좋아요 ", max_size=30))
def test_plain_korean_is_only_tidied(plain: str, words: str) -> None:
    assert normalize(words).split() == words.split() or any(c * 3 in words for c in words)
    kept = normalize(plain)
    assert [c for c in kept if c.isdecimal()] == [c for c in plain if c.isdecimal()]
    assert {c for c in kept if not c.isspace()} == {c for c in plain if not c.isspace()}


@pytest.mark.parametrize("between", ["", *(pytest.param(c, marks=pytest.mark.slow) for c in " <\u0301")])
def test_every_code_point_stays_as_it_is(between: str) -> None:
    size = 4096
    for start in range(0, sys.maxunicode + 1, size):
        text = between.join(map(chr, range(start, start + size)))
        once = normalize(text)
        assert normalize(once) == once, f"U+{start:04X}..U+{start + size - 1:04X}"


@pytest.mark.parametrize(
    "piece",
    [
        *"< > @ : | w a 가 ㅋ 1 <@ <! <: <a: <@1 <@1| <:a <:a: <!subteam^ http:// http: www www. ww. @here".split(),
        *":heart :heart: \u1100\u1161\u11a8 \u1100 \u1161 Ａ ﾻ ｶﾞ İ … 😀 \ufdfa \u3164 \u200d @herewww.".split(),
        *"\u0301 \u0301\u0316 a\u0301\u0316 \u05b0\u0591 \u0f73 \u0344\u0316 \u0627\u0653 \u0316\u1ad0".split(),
        *"\u20e3 \U0001f3fb \ud800 \ud83d\ude00 \0".split(),
        *(" ", " a", "\n"),
    ],
    ids=ascii,
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    ratio = growth(normalize, piece * 1_000, piece * 64_000, enough=200)
    # 64 times as long: 64 if it grows with the text (up to 200 were seen where memory is slow), 4096 with its square
    assert ratio < 800, f"64 times the text took {ratio:.0f} times as long"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("배송 빨라요", "배송 빨라요"),
        (unicodedata.normalize("NFD", "배송 빨라요"), "배송 빨라요"),
        ("ＡＢＣ", "abc"),
        ("Good！", "good!"),
        ("ﾻﾻ", "ㅋㅋ"),
        ("ﾾﾾ ￗￗ", "ㅎㅎ ㅠㅠ"),
        ("좋아요　굿", "좋아요 굿"),
        ("ㅋㅋㅋㅋ", "ㅋㅋ"),
        ("ᄏᄏᄏᄏ", "ㅋㅋ"),
        ("ㅋㅋ", "ㅋㅋ"),
        ("와아아아아!!!!!", "와아아!!"),
        ("1000원 100점", "1000원 100점"),
        ("좋아요 https://example.com/a?b=1#c 최고", "좋아요 최고"),
        ("HTTPS://EXAMPLE.COM/긴주소", "긴주소"),
        ("www.example.com 별로", "별로"),
        ("httpx 좋음", "httpx 좋음"),
        ("<@123456789012345678> 이거 어때요", "이거 어때요"),
        ("<@!1> <@&2> <#3> 굿", "굿"),
        ("<@U024BE7LH|minsu> 굿", "굿"),
        ("<#C1|review-방> 굿", "굿"),
        ("<!here> <!channel> <!subteam^S1|@team> 굿", "굿"),
        ("@everyone @here 세일", "세일"),
        ("@hereafter 좋음", "@hereafter 좋음"),
        ("최고<:pepe:1234><a:wow_2:99>예요", "최고 예요"),
        ("<:heart:1234> 좋음", "좋음"),
        (":heart: :+1: :rage:", "❤ 👍 😡"),
        ("10:30:20 도착", "10:30:20 도착"),
        ("ㅠㅠ ^^ ! ❤ ~ ?", "ㅠㅠ ^^ ! ❤ ~ ?"),
        ("♥♡❤️", "❤❤"),
        ("👍🏽👍🏿", "👍👍"),
        ("음… 글쎄⋯", "음.. 글쎄.."),
        ("“좋다” ‘굿’", "\"좋다\" '굿'"),
        ("\u202e좋아\u2066요\u2069\u200f", "좋아요"),
        ("좋\u200b아\ufeff요\u00ad", "좋아요"),
        ("좋\0아\x1b요\x7f", "좋아요"),
        ("\ud83d\ude00", "😀"),
        ("좋아\ud83d요", "좋아요"),
        ("\ude00\ud83d", ""),
        ("좋\u3164아", "좋 아"),
        ("cafe\u0301", "café"),
        ("망\u0336한\u0336 제품", "망한 제품"),
        ("  앞뒤\t\r\n빈칸\u00a0 ", "앞뒤 빈칸"),
        ("", ""),
        ("\u200b \u3164 <@1>", ""),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("좋아요", True),
        ("굿", True),
        ("삼성 TV", True),
        ("good 좋아요 ok", True),
        ("abcdefg 좋", False),
        ("ㅋㅋㅋ", False),
        ("ㅁㄴㅇㄹ 네", True),
        ("", False),
        ("123 !!", False),
        ("👍👍", False),
        ("これは日本語です", False),
        ("很好", False),
        ("100% 만족", True),
        ("Very good product!", False),
    ],
)
def test_too_little_hangul_is_not_korean(text: str, expected: bool) -> None:
    assert is_korean(normalize(text)) is expected


def test_the_share_of_hangul_decides() -> None:
    assert is_korean("가나다" + "a" * 7)
    assert not is_korean("가나다" + "a" * 8)
    assert is_korean("가나다" + "a" * 7 + "1234 !!")


def test_hangul_syllables_are_the_composed_ones() -> None:
    assert sum(map(is_hangul_syllable, map(chr, range(sys.maxunicode + 1)))) == 11_172
    assert is_hangul_syllable("가") and is_hangul_syllable("힣")
    assert not is_hangul_syllable("ㄱ") and not is_hangul_syllable("a")
