"""Aspects: words whatever their endings, and lexicons that people write."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings

import nlp
from nlp.lexicon import LexiconError, load_lexicon
from nlp.stems import Decomposed, Phrase
from nlp.text import normalize
from tests.nlp.test_text import HOSTILE
from training.parts import measure_aspects

SUITE = Path(__file__).parent.parent / "data" / "aspects.tsv"
LEXICON = load_lexicon()


def found(text: str) -> set[str]:
    text = normalize(text)
    return {named.name for named in LEXICON.find(text, [(0, len(text))])[0]}


def first(phrase: str, text: str) -> str | None:
    """What a phrase finds in a text."""
    decomposed = Decomposed(text)
    for at in range(len(decomposed.jamo)):
        end = Phrase(phrase).match(decomposed, at)
        if end is not None:
            return text[decomposed.owner[at] : decomposed.owner[end - 1] + 1]
    return None


def test_the_suite_of_marked_sentences(bundled: nlp.Analyzer) -> None:
    result = measure_aspects(bundled, SUITE)
    assert result.found.right + result.found.missed >= 300
    assert result.found.f1 >= 0.9, "\n".join(result.found.failed)


@pytest.mark.parametrize(
    ("phrase", "text", "word"),
    [
        ("배송", "당일배송도 되네요", "배송"),
        ("비싸다", "너무 비싼데요", "비싼"),
        ("비싸다", "비쌉니다", "비쌉"),
        ("비싸다", "비쌌어요", "비쌌"),
        ("예쁘다", "색이 예뻐서", "예뻐"),
        ("바쁘다", "바빠서 못 써요", "바빠"),
        ("느리다", "느려요", "느려"),
        ("빠르다", "빨라서 좋아요", "빨라"),
        ("두껍다", "두꺼워요", "두꺼워"),
        ("맵다", "매운 편", "매운"),
        ("길다", "많이 깁니다", "깁"),
        ("길다", "기네요", "기"),
        ("싱겁다", "싱거웠어요", "싱거웠"),
        ("노랗다", "노란 물", "노란"),
        ("편하다", "편해요", "편해"),
        ("주다", "돈을 더 줘요", "줘"),
        ("크다", "너무커요", "커"),
        ("만에 오다", "이틀만에왔어요", "만에왔"),
        ("만에 오다", "이틀 만에 왔어요", "만에 왔"),
        ("다른 … 오다", "다른 색깔이 왔어요", "다른 색깔이 왔"),
        ("맛", "맛이 없어요", "맛"),
        ("맛", "이 맛", "맛"),
        # not these
        ("크다", "마스크 좋아요", None),
        ("크다", "크림이 좋아요", None),
        ("맛", "입맛에", None),
        ("향", "취향이에요", None),
        ("향", "향상됐어요", None),
        ("^천이", "추천이요", None),
        ("길다", "기능이 많아요", None),
        ("바지", "바질 향", None),
        ("만에 오다", "만에 하나 오류", None),
        ("다른 … 오다", "다른 것과 견주어 보고 나서 결국 왔어요", None),
    ],
)
def test_words_are_found_in_all_their_forms(phrase: str, text: str, word: str | None) -> None:
    assert first(phrase, text) == word


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("이틀 만에 왔어요", {"배송"}),
        ("오배송이에요", {"오배송"}),
        ("배송비가 아까워요", {"가격"}),
        ("포장이 예뻐요", {"포장"}),
        ("참 예뻐요", {"디자인"}),
        ("참 좋아요", set()),
        ("", set()),
    ],
)
def test_what_a_sentence_is_about(text: str, names: set[str]) -> None:
    assert found(text) == names


def test_the_eleven_aspects_are_there() -> None:
    assert set(LEXICON.names) == set("배송 포장 가격 품질 디자인 사이즈 맛 향 성능 응대 오배송".split())  # noqa: SIM905


def test_a_phrase_over_two_clauses_belongs_to_the_second() -> None:
    text = "검정 시켰는데 흰색이 왔어요"
    assert LEXICON.find(text, [(0, 7), (8, 15)]) == [[], [("오배송", ((3, 13),), 0)]]


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_spans_lie_in_the_text(raw: str) -> None:
    text = normalize(raw + " 배송 예쁘고 크네요")
    for named in LEXICON.find(text, [(0, len(text))])[0]:
        assert named.name and named.words
        assert all(0 <= start < end <= len(text) for start, end in named.words)


def test_a_team_adds_its_own_words(tmp_path: Path, bundled: nlp.Analyzer) -> None:
    own = tmp_path / "우리.toml"
    own.write_text('["배송"]\nwords = ["새벽배달", "쌩"]\n["반려동물"]\nwords = ["강아지", "냥이"]\n', "utf-8")
    analyzer = nlp.load(aspects=own)
    text = unicodedata.normalize("NFD", "강아지가 좋아해요")
    (aspect,) = analyzer.review(text).aspects
    assert (aspect.name, unicodedata.normalize("NFC", aspect.words[0].text)) == ("반려동물", "강아지")
    assert "배송" in {a.name for a in analyzer.review("배송이 쌩하고 왔어요").aspects}
    assert bundled.review(text).aspects == ()


def test_a_team_starts_afresh(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('["배송"]\nwords = ["드론"]\nreplace = true\n', "utf-8")
    lexicon = load_lexicon(own)
    assert lexicon.find("배송", [(0, 2)]) == [[]]
    assert lexicon.find("드론", [(0, 2)]) == [[("배송", ((0, 2),), 0)]]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[배송]\nwords = ["택배"]', "quotes"),
        ('words = ["택배"]', "outside of an aspect"),
        ('["배송"]\nword = ["택배"]', "'word' is not known"),
        ('["배송"]\nwords = "택배"', "a list of words"),
        ('["배송"]\nwords = [1]', "a list of words"),
        ('["배송"]\nwords = [""]', "1 to 60 letters"),
        ('["배송"]\nwords = ["…"]', "1 to 60 letters"),
        ('["배송"]\nwords = ["' + "가" * 61 + '"]', "1 to 60 letters"),
        ('["배송"]\nreplace = 1', "true or false"),
    ],
)
def test_a_wrong_lexicon_is_one_clear_sentence(tmp_path: Path, text: str, hint: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(LexiconError, match=hint) as error:
        nlp.load(aspects=own)
    assert "own.toml" in str(error.value) and "\n" not in str(error.value)


def test_a_lexicon_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read"):
        load_lexicon(tmp_path / "none.toml")
    (tmp_path / "cp949.toml").write_bytes('["배송"]'.encode("cp949"))
    with pytest.raises(LexiconError, match="UTF-8"):
        load_lexicon(tmp_path / "cp949.toml")
