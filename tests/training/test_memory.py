"""Memory grows with the texts and the tokens themselves, and hardly with anything else."""

from __future__ import annotations

import sys
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


def read(path):
    """The rows, and the most bytes that were held while they were read."""
    tracemalloc.start()
    found = read_reviews([path], ReadRules(), None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found.rows, peak


@pytest.mark.timeout(600)
def test_reading_takes_thrice_the_texts_at_most(tmp_path):
    few, before = read(write(tmp_path / "few.tsv", FEW))
    many, after = read(write(tmp_path / "many.tsv", MANY))
    texts = sum(sys.getsizeof(row.text) for row in many) - sum(sys.getsizeof(row.text) for row in few)
    assert after - before < 3 * texts


@needs_keras
@pytest.mark.timeout(600)
def test_encoded_rows_take_two_bytes_a_token(tmp_path):
    from training.batches import Encoded

    rows, _ = read(write(tmp_path / "many.tsv", MANY))
    texts = [row.text for row in rows]
    tokenizer, config = CharTokenizer.fit(texts[:100]), NetworkConfig(buckets=0)
    tracemalloc.start()
    encoded = Encoded(texts, config, tokenizer)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert encoded.ids.nbytes == 2 * encoded.ids.lengths.sum() + 8 * (len(texts) + 1)
    assert now < 1.3 * encoded.ids.nbytes
    assert peak < 2.5 * encoded.ids.nbytes
