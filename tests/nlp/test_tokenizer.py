"""The contract of every tokenizer, and what is particular to each."""

from __future__ import annotations

import json
import random
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import normalize
from nlp.tokenizer import (
    KINDS,
    PAD,
    UNKNOWN,
    CharTokenizer,
    JamoTokenizer,
    Tokenizer,
    WordTokenizer,
    create,
    from_dict,
)

SYLLABLES = [chr(c) for c in range(0xAC00, 0xD7A4)]
NORMALIZED = st.text(st.characters(exclude_categories=())).map(normalize)


@pytest.fixture(params=KINDS)
def fitted(request: pytest.FixtureRequest, phrases: list[str]) -> Tokenizer:
    return create(request.param).fit(map(normalize, phrases[:100]))


def test_the_kinds_are_known_by_name() -> None:
    assert KINDS == ("char", "jamo", "word")
    assert [create(kind).kind for kind in KINDS] == list(KINDS)
    with pytest.raises(ValueError, match=r"'emoji'.*char, jamo, word"):
        create("emoji")


def test_it_satisfies_the_protocol(fitted: Tokenizer) -> None:
    assert isinstance(fitted, Tokenizer)
    assert fitted.kind in KINDS
    assert repr(fitted) == f"{type(fitted).__name__}(size={fitted.size})"


def test_ids_are_in_range_for_any_text(fitted: Tokenizer) -> None:
    @settings(max_examples=100, deadline=None)
    @given(NORMALIZED)
    def check(text: str) -> None:
        ids = fitted.encode(text)
        assert all(UNKNOWN <= i < fitted.size for i in ids)
        assert len(ids) == len(fitted.tokens(text))
        assert bool(ids) == bool(text)

    check()


def test_ids_are_numbered_by_frequency_and_tell_tokens_apart(fitted: Tokenizer) -> None:
    vocabulary = fitted.to_dict()["vocabulary"]
    blank = " " if fitted.kind == "word" else ""
    assert fitted.encode(blank.join(vocabulary)) == list(range(2, 2 + len(vocabulary)))


def test_it_is_restored_from_json(fitted: Tokenizer, phrases: list[str]) -> None:
    again = from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert type(again) is type(fitted)
    assert again.size == fitted.size
    assert again.fingerprint() == fitted.fingerprint()
    assert [again.encode(normalize(t)) for t in phrases] == [fitted.encode(normalize(t)) for t in phrases]


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_the_corpus_does_not_matter(kind: str, phrases: list[str]) -> None:
    corpus = [normalize(t) for t in phrases]
    shuffled = random.Random(7).sample(corpus, len(corpus))
    assert shuffled != corpus
    first, second = create(kind).fit(corpus), create(kind).fit(iter(shuffled))
    assert first.to_dict() == second.to_dict()
    assert first.fingerprint() == second.fingerprint()


@pytest.mark.parametrize("kind", KINDS)
def test_the_fingerprint_tells_vocabularies_apart(kind: str) -> None:
    made = [create(kind)(v) for v in (["ㄱ", "ㄴ"], ["ㄴ", "ㄱ"], ["ㄱ"], ["ㄱ", "ㄴ", "ㄷ"], [])]
    assert len({t.fingerprint() for t in made}) == len(made)


def test_the_fingerprint_tells_kinds_apart() -> None:
    assert len({create(kind)(["ㄱ"]).fingerprint() for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_never_seen_is_unknown(kind: str) -> None:
    tokenizer = create(kind).fit(["가 나"])
    assert tokenizer.encode("龍") == [UNKNOWN]
    assert create(kind)([]).encode("x y") == [UNKNOWN] * len(tokenizer.tokens("x y"))
    assert PAD not in tokenizer.encode("가 나 龍 \ud800")


def test_fit_keeps_the_most_frequent() -> None:
    corpus = ["나쁨 좋음 좋음", "좋음 보통 보통"]
    assert WordTokenizer.fit(corpus).vocabulary == ("좋음", "보통", "나쁨")
    assert WordTokenizer.fit(corpus, limit=1).vocabulary == ("좋음",)
    assert WordTokenizer.fit(corpus, min_count=2).vocabulary == ("좋음", "보통")
    assert WordTokenizer.fit(["다 나 가"]).vocabulary == ("가", "나", "다"), "ties go by the token itself"
    assert WordTokenizer.fit([]).size == 2


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"kind": "char"},
        {"vocabulary": ["가"]},
        {"kind": 1, "vocabulary": []},
        {"kind": "char", "vocabulary": "가나"},
        {"kind": "char", "vocabulary": {"가": 2}},
        {"kind": "char", "vocabulary": ["가", 2]},
        {"kind": "char", "vocabulary": ["가", None]},
        {"kind": "char", "vocabulary": ["가", "가"]},
        {"kind": "char", "vocabulary": ["가나"]},
        {"kind": "char", "vocabulary": [""]},
        {"kind": "os.system", "vocabulary": []},
    ],
    ids=str,
)
def test_other_descriptions_are_refused(description: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as caught:
        from_dict(description)
    assert len(str(caught.value).splitlines()) == 1 and len(str(caught.value)) > 10


class TestChar:
    def test_blanks_do_not_matter(self) -> None:
        tokenizer = CharTokenizer.fit(["배송이 빨라요"])
        assert tokenizer.encode("배 송 이빨라 요") == tokenizer.encode("배송이 빨라요")
        assert tokenizer.tokens("좋아 !") == ["좋", "아", "!"]

    def test_every_syllable_has_an_id_of_its_own(self) -> None:
        tokenizer = CharTokenizer(["요", "a", "뷁"])
        ids = tokenizer.encode("".join(SYLLABLES))
        assert len(set(ids)) == 11_172 and UNKNOWN not in ids
        assert tokenizer.size == 2 + 11_172 + 1
        assert tokenizer.encode("요a뷁") == [2, 3, 4]

    def test_components_point_into_the_tables(self) -> None:
        tokenizer = CharTokenizer(["요", "ㅋ", "ㅠ", "a", "❤"])
        table = tokenizer.components()
        assert table.shape == (tokenizer.size, 4) and table.dtype == np.int32
        assert table[PAD].tolist() == [0, 0, 0, 0]
        assert table[UNKNOWN].tolist() == [UNKNOWN, 0, 0, 0]
        rows = {c: table[i].tolist() for c, i in zip("요ㅋㅠa❤", tokenizer.encode("요ㅋㅠa❤"), strict=True)}
        assert rows == {
            "요": [2, 12, 13, 0],
            "ㅋ": [3, 16, 0, 0],
            "ㅠ": [4, 0, 18, 0],
            "a": [5, 0, 0, 0],
            "❤": [6, 0, 0, 0],
        }
        assert table.min() == 0 and (table.max(axis=0) == [6, 19, 21, 27]).all()

    def test_components_of_every_syllable_are_its_jamo(self) -> None:
        tokenizer = CharTokenizer(["요"])
        table = tokenizer.components()
        for char, i in zip(SYLLABLES, tokenizer.encode("".join(SYLLABLES)), strict=True):
            lead, vowel, *tail = (ord(c) for c in unicodedata.normalize("NFD", char))
            expected = [lead - 0x1100 + 1, vowel - 0x1161 + 1, tail[0] - 0x11A7 if tail else 0]
            assert table[i].tolist() == [2 if char == "요" else UNKNOWN, *expected]


class TestJamo:
    def test_every_syllable_is_taken_apart_as_unicode_does(self) -> None:
        bare = JamoTokenizer([])
        for char in SYLLABLES:
            conjoining = unicodedata.normalize("NFD", char)
            # The names agree: HANGUL CHOSEONG KIYEOK, JUNGSEONG A, JONGSEONG KIYEOK-SIOS; HANGUL LETTER KIYEOK-SIOS.
            expected = [unicodedata.name(c).split(maxsplit=2)[2] for c in conjoining]
            assert [unicodedata.name(c).split(maxsplit=2)[2] for c in bare.tokens(char)] == expected

    def test_lone_jamo_and_other_characters_stay_whole(self) -> None:
        assert JamoTokenizer([]).tokens("좋아 ㅋㅋ a값!") == [*"ㅈㅗㅎㅇㅏㅋㅋa", "ㄱ", "ㅏ", "ㅄ", "!"]

    def test_it_knows_no_more_than_its_vocabulary(self) -> None:
        assert JamoTokenizer(["ㅈ", "ㅗ"]).encode("조") == [2, 3]
        assert JamoTokenizer(["ㅈ", "ㅗ"]).encode("좋") == [2, 3, UNKNOWN]


class TestWord:
    def test_it_is_cut_at_blanks(self) -> None:
        tokenizer = WordTokenizer(["좋아요!", "배송이"])
        assert tokenizer.tokens("배송이 좋아요!") == ["배송이", "좋아요!"]
        assert tokenizer.encode("배송이 좋아요! 좋아요") == [3, 2, UNKNOWN]
