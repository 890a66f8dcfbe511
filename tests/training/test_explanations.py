"""Measures of explanations: they must tell a good one from a bad one."""

from __future__ import annotations

import dataclasses

import pytest

import nlp
from training.data import DataError
from training.faithfulness import measure
from training.parts import measure_aspects, measure_clauses

TEXTS = [
    "어제 받은 물건인데 정말 최고예요 오늘도 회사에서 썼습니다",
    "친구 소개로 주문한 가방인데 완전 별로네요 지난주에 왔습니다",
    "월요일에 주문해서 받은 책상인데 아주 만족합니다 거실에 두었습니다",
    "두 번째 주문인데 이번에는 너무 실망했어요 부엌에서 쓰는 물건입니다",
]


class Blind(nlp.Analyzer):
    """Names the first word, whatever it is."""

    def explain(self, text):
        found = super().explain(text)
        sign = "+" if found.verdict.label == "positive" else "-"
        first = dataclasses.replace(found.words[0], start=0, end=len(text.split()[0]), sign=sign)
        return dataclasses.replace(found, words=(first,))


def test_named_words_matter_more_than_random_ones_and_blind_ones_do_not():
    real = measure(nlp.load(), TEXTS)
    assert real.named > 2 * real.random
    assert real.more.value == 1
    blind = measure(Blind(nlp.artifact.load(nlp.analyze.BUNDLED)), TEXTS)
    assert blind.named < real.named / 2
    assert blind.left_out == 0


def test_a_text_of_one_word_is_left_out():
    result = measure(nlp.load(), ["최고예요"])
    assert result.left_out == 1 and result.more.n == 0


def test_boundaries_are_compared_exactly(tmp_path):
    suite = tmp_path / "clauses.tsv"
    suite.write_text(
        "kind\ttext\na\t배송은 빠른데 |품질이 별로예요\na\t정말 |최고예요\na\t튼튼하고 가벼워요\n", "utf-8"
    )
    found = measure_clauses(suite)
    assert (found.right, found.extra, found.missed) == (1, 1, 1)
    assert found.failed == ["정말 -최고예요", "튼튼하고 +가벼워요"]
    assert found.f1 == 0.5


def test_aspects_are_compared_by_name_then_polarity(tmp_path):
    suite = tmp_path / "aspects.tsv"
    suite.write_text(
        "text\taspects\n배송이 정말 빨라서 최고예요\t배송:-\n포장이 꼼꼼해서 좋아요\t가격:+,포장:+\n", "utf-8"
    )
    result = measure_aspects(nlp.load(), suite)
    assert (result.found.right, result.found.extra, result.found.missed) == (2, 0, 1)
    assert (result.polarity.right, result.polarity.n) == (1, 2)
    assert result.found.failed == ["포장이 꼼꼼해서 좋아요 -가격"]
    assert result.wrong_polarity == ["배송이 정말 빨라서 최고예요 (배송: -)"]


def test_a_suite_without_its_columns_is_refused(tmp_path):
    (tmp_path / "s.tsv").write_text("text\n좋아요\n", "utf-8")
    with pytest.raises(DataError, match="aspects"):
        measure_aspects(nlp.load(), tmp_path / "s.tsv")
    with pytest.raises(DataError, match="읽을 수 없습니다"):
        measure_clauses(tmp_path / "none.tsv")
