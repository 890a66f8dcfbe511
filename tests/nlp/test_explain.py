"""Evidence: places in the original text, negation in one piece, and weights that mean something."""

from __future__ import annotations

import json
import math
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from nlp.clauses import Clause, are_mixed
from nlp.config import NetworkConfig
from nlp.explain import (
    MOST_PAIRS,
    MOST_WORDS,
    Explanation,
    chunks,
    erase,
    erasures,
    pairs_to_ask,
    pieces,
    strongest,
    weigh,
)
from nlp.review import bundle
from nlp.runtime import Runtime
from nlp.text import normalize
from nlp.verdict import Band, Verdict
from tests.growth import growth
from tests.nlp.conftest import MakeModel
from tests.nlp.test_offsets import REVIEWS
from tests.nlp.test_text import HOSTILE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("품질이 나쁘지 않아요", "품질이|나쁘지 않아요"),
        ("정말 안 좋아요", "정말 안 좋아요"),
        ("색이 너무 어두워요", "색이|너무 어두워요"),
        ("별로 안 예뻐요", "별로 안 예뻐요"),
        ("별로 예쁘지 않아요", "별로 예쁘지 않아요"),
        ("다시는 안 사요", "다시는 안 사요"),
        ("문제가 없어요 좋아요", "문제가 없어요|좋아요"),
        ("쓸 수가 없어요", "쓸 수가 없어요"),
        ("새 제품이 아니에요", "새|제품이 아니에요"),
        ("못 쓰겠어요", "못 쓰겠어요"),
        ("좋지도 않고 나쁘지도 않네요", "좋지도 않고|나쁘지도 않네요"),
        ("작동 됩니다", "작동|됩니다"),
        ("안. 좋아요", "안.|좋아요"),
        ("좋아요 . 빨라요", "좋아요 .|빨라요"),
        ("좋아요 ㅎㅎ", "좋아요|ㅎㅎ"),
        ("", ""),
    ],
)
def test_a_negation_is_one_piece(text: str, expected: str) -> None:
    assert "|".join(text[a:b] for a, b in pieces(text)) == expected


@settings(max_examples=200, deadline=None)
@given(
    HOSTILE
    | st.lists(st.sampled_from(["안", "못", "좋지", "않아요", "수", "없어요", "별로", ".", "쓸"]), max_size=9).map(
        " ".join
    )
)
def test_pieces_are_the_words_of_the_text(raw: str) -> None:
    text = normalize(raw)
    spans = pieces(text)
    assert " ".join(text[a:b] for a, b in spans) == text
    assert erase(text, spans) == ""
    assert len(erasures(text, spans)) == len(spans)


def test_weights_of_an_additive_model_are_its_terms() -> None:
    terms = [1.5, -2.0, 0.25, 0.0]
    pairs = pairs_to_ask(terms)
    assert pairs == [0, 1, 2]
    assert weigh(terms, {i: terms[i] + terms[i + 1] for i in pairs}) == pytest.approx(terms)
    assert strongest(terms) == [1, 0]
    assert strongest([]) == [] == pairs_to_ask([])


def test_words_that_say_the_same_both_count() -> None:
    """Either alone could be left out without any change; only leaving out both shows what they do."""
    assert weigh([0.0, 0.0], {0: 2.0}) == pytest.approx([1.0, 1.0])


def test_the_strongest_pairs_are_asked_about() -> None:
    alone = [0.1, 3.0, 0.2, 0.1, -4.0, 0.0, 0.0, 0.0]
    assert pairs_to_ask(alone) == [0, 1, 3, 4]


def test_long_texts_are_chunked_whole() -> None:
    spans = [(2 * i, 2 * i + 1) for i in range(95)]
    parts = chunks(spans, 20)
    assert len(parts) <= 20
    assert [span for part in parts for span in part] == spans
    assert chunks([], 20) == []


@pytest.fixture(scope="module")
def random_model(make_model: MakeModel) -> nlp.Analyzer:
    return nlp.Analyzer(make_model(NetworkConfig(embedding=8, units=(8,), ratings=(1, 2, 4, 5))))


@settings(max_examples=120, deadline=None)
@given(REVIEWS | HOSTILE)
def test_every_place_is_in_the_original(random_model: nlp.Analyzer, text: str) -> None:
    review = random_model.review(text)
    places = [*review.explanation.words, *review.clauses, *(w for a in review.aspects for w in a.words)]
    for place in places:
        assert 0 <= place.start < place.end <= len(text)
        assert text[place.start : place.end] == place.text
    for word in review.explanation.words:
        assert normalize(word.text), "evidence is something that the model has read"
    assert [c.start for c in review.clauses] == sorted(c.start for c in review.clauses)
    assert json.loads(json.dumps(review.to_dict()))["attention"] == review.attention


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_places_hold_for_decomposed_text_and_emoji(bundled: nlp.Analyzer, form: str) -> None:
    text = unicodedata.normalize(form, "👍🏽👨\u200d👩\u200d👧 \ud83d\ude00 배송이 정말정말 최고예요ㅋㅋㅋㅋ")
    explanation = bundled.explain(text)
    assert explanation.words
    assert all(text[w.start : w.end] == w.text for w in explanation.words)
    assert {unicodedata.normalize("NFC", w.text) for w in explanation.words} & {
        "배송이",
        "정말정말",
        "최고예요ㅋㅋㅋㅋ",
    }


def test_the_verdict_is_that_of_analyze(bundled: nlp.Analyzer) -> None:
    for text in ("배송이 빨라요", "환불해 주세요 ㅠㅠ", "hello", ""):
        explanation, review = bundled.explain(text), bundled.review(text)
        assert explanation.verdict.label == review.verdict.label == bundled.analyze(text).label
        assert explanation.verdict.probability == pytest.approx(bundled.analyze(text).probability, abs=1e-5)
        assert 1 / (1 + math.exp(-explanation.log_odds)) == pytest.approx(explanation.verdict.probability, abs=1e-6)


def test_a_batch_is_the_same_as_one_by_one(bundled: nlp.Analyzer) -> None:
    texts = ["배송은 빠른데 품질이 별로예요.", "좋아요", "", "맛있고 양도 많아요 또 살게요 " * 20]
    ratings = [5, None, 1, 4]
    for one, text, rating in zip(bundled.review_batch(texts, ratings), texts, ratings, strict=True):
        alone = bundled.review(text, rating)
        assert [c.text for c in one.clauses] == [c.text for c in alone.clauses]
        assert [(w.text, w.sign) for w in one.explanation.words] == [(w.text, w.sign) for w in alone.explanation.words]
        assert one.reasons == alone.reasons


def test_a_text_without_hangul_is_not_explained(bundled: nlp.Analyzer) -> None:
    review = bundled.review("very good product", 1)
    assert review.explanation.words == () == review.aspects
    assert not review.attention


@pytest.mark.parametrize(
    "piece",
    [
        "좋아요. ",
        *(pytest.param(p, marks=pytest.mark.slow) for p in ("좋아요\n", "하나", "([ ", "👨\u200d👩", "가\u0301 ")),
    ],
)
def test_time_for_a_very_long_text_grows_no_faster_than_the_text(bundled: nlp.Analyzer, piece: str) -> None:
    text = piece * (100_000 // len(piece))
    ratio = growth(bundled.review, text[:12_500], text, enough=14)
    assert ratio < 28, f"8 times the text took {ratio:.0f} times as long"
    review = bundled.review(text)
    assert all(text[c.start : c.end] == c.text for c in review.clauses)
    assert sum(len(c.text) for c in review.clauses) < 20_000, "the middle is in no clause"
    assert review.clauses[-1].end == len(text.rstrip())


def test_a_long_text_is_explained_in_few_questions(bundled: nlp.Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    logits = Runtime.logits
    monkeypatch.setattr(Runtime, "logits", lambda self, texts: asked.append(len(texts)) or logits(self, texts))
    review = bundled.review("어제 왔어요. " * 4_000 + "정말 최고예요")
    assert sum(asked) < 400 and len(asked) <= 5
    assert all(word.text == review.text[word.start : word.end] for word in review.explanation.words)
    assert "정말 최고예요" in [word.text for word in review.explanation.words[:MOST_WORDS]]
    assert review.clauses[-1].end == len(review.text)
    asked.clear()
    bundled.explain("포장이 꼼꼼해서 좋았어요")
    assert len(asked) == 2 and asked[1] <= MOST_PAIRS


def said(band: Band, probability: float) -> Verdict:
    label = "positive" if probability >= 0.5 else "negative"
    return Verdict(label, probability, max(probability, 1 - probability), band, True, None, None, "m")


GOOD, BAD, UNSURE = said("positive", 0.95), said("negative", 0.05), said("unsure", 0.6)


@pytest.mark.parametrize(
    ("whole", "parts", "rating", "mixed", "reasons"),
    [
        (GOOD, [GOOD, BAD], None, True, ("complaint",)),
        (GOOD, [GOOD, GOOD], None, False, ()),
        (GOOD, [UNSURE, BAD], None, False, ("complaint",)),
        (UNSURE, [GOOD, UNSURE], 5, False, ()),
        (BAD, [GOOD, BAD], None, True, ()),
        (BAD, [GOOD, BAD], 5, True, ("complaint", "rating")),
        (BAD, [BAD], 4, False, ("complaint", "rating")),
        (BAD, [BAD], 3, False, ()),
        (BAD, [BAD], 1, False, ()),
        (GOOD, [GOOD], 1, False, ("rating",)),
        (UNSURE, [UNSURE], 1, False, ()),
    ],
)
def test_what_a_person_should_look_at(
    whole: Verdict, parts: list[Verdict], rating: float | None, mixed: bool, reasons: tuple[str, ...]
) -> None:
    clauses = [Clause(i, i + 1, "가", verdict) for i, verdict in enumerate(parts)]
    review = bundle("가" * len(parts), Explanation(whole, 0.0, ()), clauses, [], rating)
    assert are_mixed(clauses) is mixed is review.mixed
    assert review.reasons == reasons
    assert review.attention is bool(reasons)


def test_wrong_ratings_are_refused(bundled: nlp.Analyzer) -> None:
    for rating in (0, 6, math.nan):
        with pytest.raises(ValueError, match="1 to 5"):
            bundled.review("좋아요", rating)
    with pytest.raises(ValueError, match="as many ratings"):
        bundled.review_batch(["좋아요"], [5, 5])
