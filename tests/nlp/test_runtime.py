"""The runtime gives what Keras gives, whatever shares the batch, from any thread."""

from __future__ import annotations

import itertools
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import nlp
from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.artifact import Artifact
from nlp.config import CELLS, POOLINGS, NetworkConfig
from nlp.ngrams import hash_ngrams
from nlp.runtime import Runtime
from nlp.text import normalize
from nlp.tokenizer import JamoTokenizer, WordTokenizer

TOLERANCE = 1e-4
SAME = 1e-5


@pytest.fixture(scope="module")
def network() -> ModuleType:
    """``nlp.network``: here, and only here, TensorFlow is imported."""
    pytest.importorskip("tensorflow", reason="parity with Keras is checked where TensorFlow is installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own, about Python and NumPy
        from nlp import network
    return network


def keras_logits(network: ModuleType, model: Artifact, texts: list[str], *, eager: bool) -> NDArray[np.float32]:
    """Class scores by the Keras network, its inputs prepared here from the documentation alone."""
    config = model.settings.network
    components = model.tokenizer.components() if config.jamo else None  # type: ignore[attr-defined]
    keras_model = network.build(config, model.tokenizer.size, components)
    network.set_weights(keras_model, config, model.weights)
    half = config.max_tokens // 2
    rows = [model.tokenizer.encode(t) for t in texts]
    inputs = {"tokens": padded([r if len(r) <= config.max_tokens else r[:half] + r[-half:] for r in rows])}
    if config.buckets:
        ends = [t if len(t) <= config.max_tokens else f"{t[:half]} {t[-half:]}" for t in texts]
        inputs["ngrams"] = padded([hash_ngrams(t, config.longest_ngram, config.buckets).tolist() for t in ends])
    if eager:
        return np.asarray(keras_model(inputs, training=False))
    return np.asarray(keras_model.predict(inputs, batch_size=256, verbose=0))


def padded(rows: list[list[int]]) -> NDArray[np.int32]:
    out = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    powers = np.exp(scores.astype(float) - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def check_parity(expected: NDArray[np.float32], found: NDArray[np.float32]) -> None:
    assert found.shape == expected.shape and found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=TOLERANCE)
    np.testing.assert_allclose(softmax(found), softmax(expected), atol=TOLERANCE)
    assert expected.std(axis=0).min() > 20 * TOLERANCE, "answers so alike would hide a difference"


@pytest.mark.timeout(300)
def test_the_bundled_model_answers_as_keras_does(network: ModuleType, compose: Any) -> None:
    model = artifact.load(BUNDLED)
    texts = sorted(map(normalize, compose(1000, seed=1)), key=len)
    assert len(texts[0]) < 5 and len(texts[-1]) > 250
    expected = np.concatenate(
        [keras_logits(network, model, texts[i : i + 500], eager=False) for i in range(0, len(texts), 500)]
    )
    runtime = Runtime(model.settings.network, model.tokenizer, model.weights)
    check_parity(expected, runtime.logits(texts))
    verdicts = nlp.load().analyze_batch(texts)
    positive = softmax(expected)[:, model.settings.network.positive_classes].sum(axis=1)
    log_odds = np.vectorize(model.settings.calibrated)(np.log(positive / (1 - positive)))
    np.testing.assert_allclose([v.probability for v in verdicts], 1 / (1 + np.exp(-log_odds)), atol=TOLERANCE)


# Every cell, direction and pooling; the other choices take turns so that each meets each of these.
KINDS = list(itertools.product(CELLS, (True, False), POOLINGS))
EXTRAS: list[dict[str, Any]] = [
    {"units": (5,)},
    {"units": (6, 4), "hidden": 5, "bigrams": 128},
    {"units": (5,), "buckets": 128, "jamo": False, "bigrams": 64, "embedding": 5},
    {"units": (3, 4, 5), "buckets": 64, "hidden": 3},
    {"units": (4,), "jamo": False, "hidden": 4, "ratings": (0, 1), "positive_above": 0.5},
]
_SMALL = {"embedding": 4, "longest_ngram": 3, "max_tokens": 12}
ALL_SHAPES = [(kind, extra) for kind in KINDS for extra in EXTRAS]
SHAPES = [(kind, EXTRAS[(i + i // len(POOLINGS)) % len(EXTRAS)]) for i, kind in enumerate(KINDS)]


@pytest.mark.parametrize(("kind", "extra"), SHAPES, ids=str)
def test_every_cell_and_pooling_answers_as_keras_does(
    network: ModuleType, make_model: Any, compose: Any, kind: tuple[str, bool, str], extra: dict[str, Any]
) -> None:
    check_random_network(network, make_model, compose, kind, extra)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "extra"), [s for s in ALL_SHAPES if s not in SHAPES], ids=str)
def test_every_shape_answers_as_keras_does(
    network: ModuleType, make_model: Any, compose: Any, kind: tuple[str, bool, str], extra: dict[str, Any]
) -> None:
    check_random_network(network, make_model, compose, kind, extra)


def check_random_network(
    network: ModuleType, make_model: Any, compose: Any, kind: tuple[str, bool, str], extra: dict[str, Any]
) -> None:
    cell, bidirectional, pooling = kind
    config = NetworkConfig(cell=cell, bidirectional=bidirectional, pooling=pooling, **{**_SMALL, **extra})
    model = make_model(config, seed=len(cell) + len(pooling))
    texts = ["네", "!", *map(normalize, compose(40, longest=24))]
    assert any(len(t.replace(" ", "")) > config.max_tokens for t in texts), "some text must be cut"
    expected = keras_logits(network, model, texts, eager=True)
    check_parity(expected, Runtime(config, model.tokenizer, model.weights).logits(texts))


@pytest.mark.parametrize("tokenizer", [JamoTokenizer, WordTokenizer])
def test_other_tokenizers_answer_as_keras_does(
    network: ModuleType, make_model: Any, compose: Any, tokenizer: Any
) -> None:
    texts = list(map(normalize, compose(40, longest=30)))
    config = NetworkConfig(embedding=4, units=(5,), jamo=False, max_tokens=20)
    model = make_model(config, tokenizer.fit(texts[:30]))
    expected = keras_logits(network, model, texts, eager=True)
    check_parity(expected, Runtime(config, model.tokenizer, model.weights).logits(texts))


def test_weights_go_into_keras_and_come_back(network: ModuleType, make_model: Any) -> None:
    model = make_model()
    config = model.settings.network
    keras_model = network.build(config, model.tokenizer.size, model.tokenizer.components())
    network.set_weights(keras_model, config, model.weights)
    back = network.get_weights(keras_model, config)
    assert set(back) == set(model.weights)
    assert all((back[name] == value).all() for name, value in model.weights.items())
    for broken in (
        {name: value for name, value in model.weights.items() if name != "output/bias"},
        {**model.weights, "output/bias": np.zeros(9, np.float32)},
    ):
        with pytest.raises(ValueError, match="'output/bias' should have shape"):
            network.set_weights(keras_model, config, broken)
    with pytest.raises(ValueError, match="tokenizer of characters"):
        network.build(config, model.tokenizer.size)


# --- without TensorFlow -----------------------------------------------------------------------------------


def test_company_does_not_matter(bundled: nlp.Analyzer, compose: Any) -> None:
    """The answer to a text is the same alone, in any order and in a batch of any size."""
    texts = ["", "!", "ㅋㅋㅋ", *compose(60, longest=300, seed=2)]
    alone = np.array([bundled.analyze(t).probability for t in texts])

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(0, len(texts) - 1), max_size=70))
    def check(rows: list[int]) -> None:
        together = np.array([v.probability for v in bundled.analyze_batch([texts[r] for r in rows])])
        np.testing.assert_allclose(together, alone[rows], atol=SAME)

    check()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_company_does_not_matter_to_logits(make_model: Any, compose: Any, pooling: str) -> None:
    config = NetworkConfig(embedding=4, units=(3, 5), hidden=4, buckets=64, max_tokens=40, pooling=pooling)
    model = make_model(config)
    runtime = Runtime(config, model.tokenizer, model.weights)
    texts = ["", "!", *map(normalize, compose(300, longest=120, seed=3))]
    together = runtime.logits(texts)
    backwards = runtime.logits(texts[::-1])[::-1]
    alone = np.concatenate([runtime.logits([t]) for t in texts])
    np.testing.assert_allclose(together, alone, atol=SAME)
    np.testing.assert_allclose(backwards, alone, atol=SAME)
    assert alone.std(axis=0).min() > 0.01
    assert runtime.logits([]).shape == (0, len(config.ratings))


def test_many_threads_share_one_analyzer(bundled: nlp.Analyzer, compose: Any) -> None:
    texts = compose(80, longest=200, seed=4)
    expected = [bundled.analyze(t) for t in texts]
    start = threading.Barrier(8)

    def work(number: int) -> list[nlp.Verdict]:
        start.wait(timeout=120)
        order = sorted(range(len(texts)), key=lambda i: (i * 31 + number * 17) % len(texts))
        answers = {i: bundled.analyze(texts[i]) for i in order}
        return [answers[i] for i in range(len(texts))]

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(work, range(8)):
            for one, other in zip(expected, found, strict=True):
                assert one.label == other.label and abs(one.probability - other.probability) < SAME


def test_a_long_text_is_read_at_both_ends(make_model: Any, phrases: list[str]) -> None:
    config = NetworkConfig(embedding=4, units=(5,), buckets=256, max_tokens=20)
    runtime = Runtime(config, (model := make_model(config)).tokenizer, model.weights)
    first, last = normalize(phrases[0])[:10], normalize(phrases[1])[-10:]
    texts = [f"{first}{'가' * n}{last}".replace(" ", "나") for n in (50, 500, 50_000)]
    scores = runtime.logits([*texts, texts[0][::-1], texts[0][1:], texts[0][:-1]])
    np.testing.assert_allclose(scores[1:3], scores[[0, 0]], atol=SAME)
    assert (np.abs(scores[3:] - scores[0]).max(axis=1) > 1e-3).all()


def test_a_long_text_of_words_is_read_at_both_ends(make_model: Any) -> None:
    """So long that it is cut before it is split into words, without a word missing at either end."""
    words = [f"단어는{i}" for i in range(100)]
    config = NetworkConfig(embedding=4, units=(5,), jamo=False, max_tokens=8)
    model = make_model(config, WordTokenizer(words))
    runtime = Runtime(config, model.tokenizer, model.weights)
    long = " ".join(words[:4] + words[20:90] * 20 + words[-4:])
    assert len(long) > 64 * config.max_tokens
    scores = runtime.logits([long, " ".join(words[:4] + words[-4:]), " ".join(words[:3] + words[-5:])])
    np.testing.assert_allclose(scores[0], scores[1], atol=SAME)
    assert np.abs(scores[2] - scores[0]).max() > 1e-3


def test_weights_that_do_not_fit_are_named(make_model: Any) -> None:
    model = make_model()
    for name, value in model.weights.items():
        for wrong in (None, value[..., :-1], value[None]):
            weights = {**model.weights, name: wrong}
            if wrong is None:
                del weights[name]
            with pytest.raises(ValueError, match=f"weight '{name}' should have shape"):
                Runtime(model.settings.network, model.tokenizer, weights)
