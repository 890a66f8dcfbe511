"""Batches: what a network is given of texts."""

import numpy as np
import pytest

from nlp.config import NetworkConfig
from nlp.ngrams import hash_ngrams
from nlp.tokenizer import CharTokenizer
from tests.training.shop import needs_keras


@needs_keras
@pytest.mark.parametrize("longest", range(1, 8))
@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 24])
def test_every_ngram_of_a_text_finds_room(longest, length):
    from training.batches import Encoded

    text = "배송이정말빨라요품질도아주좋고가격도참착해요또살게요"[:length]
    config = NetworkConfig(buckets=1 << 12, longest_ngram=longest)
    inputs = Encoded([text, "굿"], config, CharTokenizer.fit([text])).inputs(np.arange(2))
    own = hash_ngrams(text, longest, 1 << 12).tolist()
    assert inputs["ngrams"][0].tolist()[: len(own)] == own
    assert not inputs["ngrams"][0][len(own) :].any()


@needs_keras
@pytest.mark.parametrize("highest", [3000, 1 << 20])
def test_rows_of_all_lengths_come_back_as_they_went_in(highest):
    from training.batches import Ragged

    rows = [[1, highest - 1], [], np.arange(5, dtype=np.int32)]
    kept = Ragged(iter(rows), highest)
    assert [kept[i].tolist() for i in range(len(kept))] == [list(row) for row in rows]
    assert kept.lengths.tolist() == [2, 0, 5]


@needs_keras
@pytest.mark.parametrize("seed", [0, 7])
def test_of_rows_that_come_up_once_each_epoch_has_others(seed):
    from training.loop import Stream

    own, once, epochs, size = 200, 320, 4, 16
    random = np.random.default_rng(seed)
    lengths = np.concatenate([random.integers(1, 60, own), np.sort(random.integers(1, 60, once))])
    stream = Stream(lengths, size, seed, once=once, epochs=epochs)
    batches = [stream[number] for number in range(epochs * stream.per_epoch)]
    seen = np.bincount(np.concatenate(batches), minlength=own + once)
    left_out = 1 - size * stream.per_epoch / (own + once / epochs)
    assert left_out < 0.06 and seen[own:].max() == 1 and seen[own:].mean() > 1 - 2 * left_out
    assert seen[:own].max() == epochs and seen[:own].mean() > (1 - 2 * left_out) * epochs
    for epoch in range(epochs):
        part = np.concatenate(batches[epoch * stream.per_epoch : (epoch + 1) * stream.per_epoch])
        assert set((part[part >= own] - own) % epochs) == {epoch}, "as many of every length"
    assert np.median([np.ptp(lengths[batch]) for batch in batches]) < 12, "rows of a batch are of similar length"
    assert (stream[3] == batches[3]).all(), "asked by number, also when it was further on"


@needs_keras
@pytest.mark.parametrize("kind", ["word", "char"])
def test_ngrams_have_room_whatever_the_tokens_are(kind):
    from nlp import tokenizer
    from training.batches import Encoded

    texts = ["배송이정말빨라요품질도 아주좋고가격도참착해요또살게요", "굿", "가" * 500]
    config = NetworkConfig(buckets=1 << 12, longest_ngram=4)
    inputs = Encoded(texts, config, tokenizer.create(kind).fit(texts)).inputs(np.arange(3))
    own = hash_ngrams(texts[0], 4, 1 << 12).tolist()
    assert inputs["ngrams"][0].tolist()[: len(own)] == own
