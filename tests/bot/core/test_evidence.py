"""What of a user's words may be shown: Hangul, short figures, single blanks; of the hostile nothing."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

import nlp
from bot.core.evidence import LONGEST_WORD, MOST_WORDS, safe_word, safe_words, signed_words
from tests.hostile import HOSTILE

SHOWN = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ0-9]+(?: [가-힣ㄱ-ㅎㅏ-ㅣ0-9]+)*…?")


def test_no_hostile_word_is_evidence() -> None:
    assert len(HOSTILE) == 300
    assert safe_words(HOSTILE) == ()
    for hostile in HOSTILE:
        assert re.fullmatch("(?:[0-9 ]*좋아요[0-9 ]*)?…?", safe_word(f"{hostile}좋아요{hostile}")), hostile


def test_words_keep_their_blanks_and_short_figures() -> None:
    assert safe_words(["별로 안 예뻐요", "5점", "좋아요!!", "2024년", "01012345678 최고", "좋아요", ""]) == (
        "별로 안 예뻐요",
        "5점",
        "좋아요",
        "년",
        "최고",
    )


@given(st.text())
def test_whatever_the_word_only_plain_letters_are_shown(word: str) -> None:
    shown = safe_word(word)
    assert shown == "" or SHOWN.fullmatch(shown)
    assert len(shown) <= LONGEST_WORD


def test_a_long_list_and_a_long_word_end_somewhere() -> None:
    assert len(safe_words(f"좋아요{n}" for n in range(100))) == MOST_WORDS
    assert len(safe_word("가" * 10_000)) == LONGEST_WORD


def test_the_signs_are_those_of_the_model(model: nlp.Analyzer) -> None:
    words = signed_words(model.explain("배송은 빨라서 좋은데 품질이 별로예요").words)
    assert any(word.startswith("−") and "별로" in word for word in words)
    assert all(word[0] in "+−" for word in words)
