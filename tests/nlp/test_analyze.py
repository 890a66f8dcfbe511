"""Verdicts: what holds for any text, how bands and ratings come about, and what the bundled model says."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from nlp.analyze import binary_log_odds
from nlp.config import NetworkConfig
from nlp.runtime import Runtime
from nlp.settings import ModelSettings
from nlp.text import is_korean, normalize

FIELDS = ["label", "probability", "confidence", "band", "korean", "rating", "expected_rating", "model_id"]
ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text("좋아요별로ㅋㅠ !?~.\0\ud83d\ude00a1", max_size=60)


def check(verdict: nlp.Verdict, text: str, analyzer: nlp.Analyzer) -> None:
    """What holds for the verdict on any text."""
    values = verdict.to_dict()
    assert list(values) == FIELDS
    assert json.loads(json.dumps(values)) == values, "plain values only"
    low, high = analyzer.settings.negative_below, analyzer.settings.positive_above
    assert 0 <= verdict.probability <= 1
    assert verdict.label == ("positive" if verdict.probability >= 0.5 else "negative")
    assert verdict.korean is is_korean(normalize(text))
    if verdict.korean:
        assert verdict.confidence == max(verdict.probability, 1 - verdict.probability)
        assert (verdict.band == "positive") == (verdict.probability >= high)
        assert (verdict.band == "negative") == (verdict.probability <= low and verdict.probability < high)
    else:
        assert verdict.confidence == 0
        assert verdict.band == "unsure"
    ratings = analyzer.settings.network.ratings
    if ratings[-1] <= 1:
        assert verdict.rating is None and verdict.expected_rating is None
    else:
        assert verdict.rating in ratings
        assert verdict.expected_rating is not None
        assert ratings[0] - 1e-9 <= verdict.expected_rating <= ratings[-1] + 1e-9
    assert verdict.model_id == analyzer.model_id


def test_any_text_gets_a_verdict(bundled: nlp.Analyzer) -> None:
    @settings(max_examples=200, deadline=None)
    @given(ANY_TEXT)
    def run(text: str) -> None:
        verdict = bundled.analyze(text)
        check(verdict, text, bundled)
        assert bundled.analyze(normalize(text)) == verdict, "what normalisation removes has no say"

    run()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\n\t",
            "\0",
            "\u200b",
            "<@1>",
            "https://example.com",
            "\ud800",
            "\ud83d\ude00",
            "\udfff\ud800" * 40,
        ),
        *(
            "ㅋㅋㅋ",
            "ㅠㅠ",
            "👍",
            "❤❤❤",
            "!!!",
            "1234",
            "good",
            "좋",
            "가" * 65_536,
            "가나다라 " * 20_000,
            "ㅋ" * 10**6,
            "\0" * 10**6,
        ),
        *(
            "a" * 10**6,
            "😀" * 250_000,
            " " * 10**6,
            "좋아요" * 350_000,
            "\u0301\u0316" * 500_000,
            "<@1>" * 250_000,
            "글자들" + "a" * 10**6,
        ),
    ],
    ids=lambda text: f"{text[:12]!a}x{len(text)}",
)
def test_odd_and_huge_texts_get_a_verdict(bundled: nlp.Analyzer, text: str) -> None:
    check(bundled.analyze(text), text, bundled)


@pytest.mark.parametrize("text", ["", " \n", "\0\u200b", "<@1> https://example.com"], ids=ascii)
def test_a_text_of_nothing_leans_nowhere(bundled: nlp.Analyzer, make_model: Any, text: str) -> None:
    lopsided = make_model(NetworkConfig(embedding=4, units=(3,), ratings=(1, 2, 3, 5), positive_above=4), shift=2.0)
    for analyzer in (bundled, nlp.Analyzer(lopsided)):
        verdict = analyzer.analyze(text)
        assert verdict.probability == 0.5
        assert (verdict.korean, verdict.band, verdict.confidence) == (False, "unsure", 0.0)
        ratings = analyzer.settings.network.ratings
        assert verdict.rating in ratings[1:-1] and verdict.expected_rating == pytest.approx(np.mean(ratings))


def test_many_are_judged_in_their_order(bundled: nlp.Analyzer, compose: Any) -> None:
    texts = ["", *compose(50, seed=5), "ㅋㅋ"]
    verdicts = bundled.analyze_batch(texts)
    assert len(verdicts) == len(texts)
    for text, verdict in zip(texts, verdicts, strict=True):
        check(verdict, text, bundled)
        assert abs(verdict.probability - bundled.analyze(text).probability) < 1e-5
    assert bundled.analyze_batch([]) == []


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.5), (0.3, 0.7), (0.0, 1.0), (0.2, 0.2), (0.0, 0.0), (1.0, 1.0)])
def test_thresholds_of_the_model_make_the_bands(make_model: Any, compose: Any, low: float, high: float) -> None:
    texts = [f"{t} 가나다" for t in compose(60, longest=40)]
    middle = np.median([v.probability for v in nlp.Analyzer(make_model()).analyze_batch(texts)])
    shift = -10 * math.log(middle / (1 - middle))  # half of the texts on either side
    analyzer = nlp.Analyzer(make_model(scale=10.0, shift=shift, negative_below=low, positive_above=high))
    verdicts = analyzer.analyze_batch(texts)
    for text, verdict in zip(texts, verdicts, strict=True):
        check(verdict, text, analyzer)
    everywhere = {"positive", "negative"} | ({"unsure"} if high > low else set())
    if 0 < low <= high < 1 and low < 0.5 <= high:
        assert {v.band for v in verdicts} == everywhere, "a random model should use every band"
    if (low, high) == (0.0, 1.0):
        assert {v.band for v in verdicts} == {"unsure"}
    if low == high == 0:
        assert {v.band for v in verdicts} == {"positive"}
    if low == high == 1:
        assert {v.band for v in verdicts} == {"negative"}


@pytest.mark.parametrize(
    ("ratings", "above"),
    [((1, 2, 4, 5), 3), ((0, 1), 0.5), ((1, 2, 3, 4, 5), 3), ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 6.5), ((-1, 0, 1), 0)],
)
def test_probability_and_ratings_are_those_of_the_class_scores(
    make_model: Any, compose: Any, ratings: tuple[int, ...], above: float
) -> None:
    config = NetworkConfig(embedding=4, units=(5,), ratings=ratings, positive_above=above)
    model = make_model(config, scale=1.7, shift=-0.4)
    texts = [normalize(t) for t in compose(50, longest=60)]
    scores = Runtime(config, model.tokenizer, model.weights).logits(texts).astype(float)
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    positive = shares[:, [r > above for r in ratings]].sum(axis=1)
    expected = 1 / (1 + np.exp(-(1.7 * np.log(positive / (1 - positive)) - 0.4)))
    verdicts = nlp.Analyzer(model).analyze_batch(texts)
    np.testing.assert_allclose([v.probability for v in verdicts], expected, atol=1e-5)
    if ratings[-1] > 1:
        assert [v.rating for v in verdicts] == [ratings[i] for i in scores.argmax(axis=1)]
        np.testing.assert_allclose([v.expected_rating for v in verdicts], shares @ ratings, atol=1e-5)
    else:
        assert {(v.rating, v.expected_rating) for v in verdicts} == {(None, None)}


@given(st.lists(st.floats(-80, 80, width=32), min_size=2, max_size=8), st.data())
def test_log_odds_are_those_of_the_softmax(row: list[float], data: st.DataObject) -> None:
    positive = data.draw(st.sets(st.integers(0, len(row) - 1), min_size=1, max_size=len(row) - 1))
    found = binary_log_odds(np.array([row], np.float32), sorted(positive))
    inside = math.log(sum(math.exp(x) for i, x in enumerate(row) if i in positive))
    outside = math.log(sum(math.exp(x) for i, x in enumerate(row) if i not in positive))
    assert found.shape == (1,) and abs(found[0] - (inside - outside)) < 1e-9


def test_extreme_scores_stay_finite(make_model: Any) -> None:
    model = make_model(scale=1e6)
    weights = {**model.weights, "output/bias": np.array([-3e38, 3e38, 0, -3e38], np.float32)}
    verdict = nlp.Analyzer(replace(model, weights=weights)).analyze("배송이 늦어요")
    assert verdict.probability in (0.0, 1.0) and verdict.confidence == 1.0 and verdict.rating == 2


def test_an_analyzer_says_who_it_is(make_model: Any, bundled: nlp.Analyzer) -> None:
    analyzer = nlp.Analyzer(make_model())
    assert repr(analyzer) == "Analyzer('random')"
    assert analyzer.analyze("좋아요").model_id == "random"
    assert repr(bundled) == f"Analyzer({bundled.model_id!r})"
    assert isinstance(analyzer.settings, ModelSettings)


def test_a_verdict_cannot_be_changed(bundled: nlp.Analyzer) -> None:
    with pytest.raises(AttributeError):
        bundled.analyze("좋아요").label = "negative"  # type: ignore[misc]


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_do_not_change_the_answer(bundled: nlp.Analyzer, compose: Any, threads: int) -> None:
    texts = compose(30, seed=6)
    expected = [v.probability for v in bundled.analyze_batch(texts)]
    found = [v.probability for v in nlp.load(threads=threads).analyze_batch(texts)]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("as_text", [True, False])
def test_a_missing_model_is_said_in_a_sentence(tmp_path: Path, as_text: bool) -> None:
    path = tmp_path / "없는 모델"
    with pytest.raises(nlp.ArtifactError, match=r"there is no model at .*없는 모델: manifest.json is missing"):
        nlp.load(str(path) if as_text else path)


COURSE = [
    ("여기 상품 정말 좋네요! 추천합니다.", "positive"),
    ("판매자님... 너무 짱이에요.. 대박나삼", "positive"),
    ("ㅁㄴㅇㅈㄴㅇ리뉴쓰기도 귀찮아", "negative"),
    ("별로에요. 기대했던 것보다 못해요.", "negative"),
    ("진짜 배송도 늦고 개짜증나네요. 뭐 이런 걸 상품이라고 만듬?", "negative"),
]


@pytest.mark.parametrize(("text", "label"), COURSE)
def test_the_sentences_of_the_course(bundled: nlp.Analyzer, text: str, label: str) -> None:
    verdict = bundled.analyze(text)
    assert (verdict.label, verdict.korean) == (label, True)
