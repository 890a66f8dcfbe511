"""Memory grows with the texts and the tokens themselves, and hardly with anything else."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from nlp.config import NetworkConfig
from nlp.tokenizer import CharTokenizer
from tests.training.shop import needs_keras
from training.reviews import ReadRules, read_reviews

pytestmark = pytest.mark.slow

FEW, MANY = 3_000, 15_000


def write(path, count):
    """Reviews of forty characters or so, of which some come twice."""
    random = np.random.default_rng(3)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            text = "".join(chr(0xAC00 + n) for n in random.integers(0, 2000, 38))
            file.write(f"{1 + i % 2 * 4}\t{i} {text}\n" * (1 + (i % 50 == 0)))
    return path


def read(path, rules):
    """The rows, and the most bytes that were held while they were read."""
    tracemalloc.start()
    found = read_reviews([path], rules, None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found.rows, peak


@pytest.mark.timeout(600)
@pytest.mark.parametrize("rules", [ReadRules(), ReadRules(as_taught=True)], ids=["shop", "course"])
def test_reading_takes_little_more_than_the_texts(tmp_path, rules):
    few, before = read(write(tmp_path / "few.tsv", FEW), rules)
    many, after = read(write(tmp_path / "many.tsv", MANY), rules)
    texts = sum(len(row.text.encode()) for row in many) - sum(len(row.text.encode()) for row in few)
    assert after - before < 2 * texts


@needs_keras
@pytest.mark.timeout(600)
@pytest.mark.parametrize("recipe", ["shop", "course-char-lstm"])
def test_learning_takes_little_more_than_the_texts_and_tokens(tmp_path, recipe):
    from training.memory import measure

    few, many = (measure(recipe, rows, tmp_path) for rows in (25_000, 125_000))
    own = (many.text_bytes + many.token_bytes) - (few.text_bytes + few.token_bytes)
    # Objects of their own or n-grams would take far more; 20 MB are what a process gains and loses by chance.
    assert many.peak_bytes - few.peak_bytes < 2 * own + 20e6


@needs_keras
@pytest.mark.timeout(600)
def test_encoded_rows_take_two_bytes_a_token(tmp_path):
    from training.batches import Encoded

    rows, _ = read(write(tmp_path / "many.tsv", MANY), ReadRules())
    texts = rows.texts
    tokenizer, config = CharTokenizer.fit(texts[:100]), NetworkConfig()
    tracemalloc.start()
    encoded = Encoded(texts, config, tokenizer)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert encoded.ids.nbytes == 2 * encoded.ids.lengths.sum() + 8 * (len(texts) + 1)
    assert now < 1.3 * encoded.ids.nbytes
    assert peak < 2.5 * encoded.ids.nbytes
