"""Hashed character n-grams, checked against a slow spelling of the same definition."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.ngrams import WidePart, bigram_rows, hash_ngrams, hash_ngrams_batch
from nlp.text import normalize

TEXTS = st.text(st.characters(exclude_categories=())).map(normalize)
BUCKETS = st.integers(1, 20).map(lambda n: 1 << n)
FIXED = [27887, 50553, 10888, 20868, 27887, 26681, 30917, 63629, 62000]
MASK = 0xFFFFFFFF


def slow_ngrams(text: str, longest: int, buckets: int) -> list[int]:
    """The definition, one n-gram at a time: FNV-1a over code points, then two rounds of mixing."""
    codes = [3, *map(ord, "".join(text.split())), 3]
    if len(codes) == 2:
        return []
    out = []
    for n in range(1, longest + 1):
        for start in range(len(codes) - n + 1):
            state = 2166136261
            for code in codes[start : start + n]:
                state = (state ^ code) * 16777619 & MASK
            state = (state ^ state >> 15) * 0x2C1B3C6D & MASK
            out.append(max((state ^ state >> 16) % buckets, 1))
    return out


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(1, 7), BUCKETS)
def test_it_is_the_definition(text: str, longest: int, buckets: int) -> None:
    ids = hash_ngrams(text, longest, buckets)
    assert ids.dtype == np.int32 and ids.ndim == 1
    assert ids.tolist() == slow_ngrams(text, longest, buckets)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 7), BUCKETS)
def test_ids_are_in_range_and_never_padding(text: str, longest: int, buckets: int) -> None:
    ids = hash_ngrams(text, longest, buckets)
    assert all(1 <= i < buckets for i in ids.tolist())
    length = len("".join(text.split()))
    assert len(ids) == (sum(max(length + 3 - n, 0) for n in range(1, longest + 1)) if length else 0)


def test_blanks_do_not_matter_but_edges_do() -> None:
    def grams(text: str) -> Counter[int]:
        return Counter(hash_ngrams(text, 3, 1 << 20).tolist())

    assert grams("배송 빨라요") == grams("배송빨 라요")
    assert grams("안 좋") != grams("좋 안")
    assert grams("좋아") != grams("아좋")
    assert grams("좋") - grams("안좋안"), "a text of one character has an n-gram of its own: edge, it, edge"


@pytest.mark.parametrize("text", ["", " ", " \n "])
def test_nothing_has_no_ngrams(text: str) -> None:
    assert hash_ngrams(text, 5, 1024).tolist() == []


def test_ids_are_the_same_in_every_release() -> None:
    """Saved models depend on them."""
    assert hash_ngrams("좋아요", 2, 1 << 16).tolist() == slow_ngrams("좋아요", 2, 1 << 16)
    assert hash_ngrams("좋아요", 2, 1 << 16).tolist() == FIXED


def test_few_of_many_ngrams_collide(phrases: list[str]) -> None:
    grams = {"".join(p.split())[i : i + 3] for p in phrases for i in range(len(p) - 3)}
    codes = {g: hash_ngrams(g, 3, 1 << 20).tolist()[-2] for g in grams if len(g) == 3}
    assert len(set(codes.values())) > 0.995 * len(codes)


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(1, 6))
def test_a_batch_gives_each_text_the_ids_it_has_alone(texts, longest):
    ids, rows = hash_ngrams_batch(texts, longest, 1 << 12)
    assert len(ids) == len(rows)
    for i, text in enumerate(texts):
        assert ids[rows == i].tolist() == hash_ngrams(text, longest, 1 << 12).tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=9), st.integers(1, 6))
def test_the_wide_part_is_the_definition(texts: list[str], longest: int) -> None:
    table = np.random.default_rng(0).normal(size=(1 << 10, 4)).astype(np.float32)
    wide = WidePart(table, longest)
    together = wide.scores(texts)
    for text, scores in zip(texts, together, strict=True):
        ids = slow_ngrams(text, longest, 1 << 10)
        expected = sum((table[i].astype(float) for i in ids), np.zeros(4)) / max(len(ids), 1) ** 0.5
        assert np.allclose(scores, expected, atol=1e-6)
        assert np.allclose(wide.scores([text])[0], expected, atol=1e-6)


def test_a_bigram_is_found_by_its_two_tokens_and_their_order() -> None:
    rows = 1 << 15
    tokens = np.array([[5, 7], [9, 9], [7, 5], [9, 9]], np.int32)  # by step
    found = bigram_rows(tokens, rows)
    assert found.shape == tokens.shape and found.dtype == np.int32 and (found >= 0).all() and (found < rows).all()
    assert found[1, 0] != found[1, 1], "the same token after another"
    assert found[1, 0] == bigram_rows(np.array([[5], [9]], np.int32), rows)[1, 0], "whatever stands elsewhere"
    assert (
        bigram_rows(np.array([[5], [9]], np.int32), rows)[1, 0]
        != bigram_rows(np.array([[9], [5]], np.int32), rows)[1, 0]
    )


def test_bigrams_spread_over_the_table() -> None:
    """Of all pairs of the 300 commonest tokens about as many fall on a row as would by chance."""
    first, second = np.meshgrid(np.arange(2, 302, dtype=np.int32), np.arange(2, 302, dtype=np.int32))
    count = np.bincount(bigram_rows(np.stack([first.ravel(), second.ravel()]), 1 << 15)[1], minlength=1 << 15)
    assert count.max() < 20 and (count > 0).mean() > 0.85
