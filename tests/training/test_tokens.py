"""Morphemes are cut once, and what is kept cannot run code."""

from __future__ import annotations

import gzip

import pytest

from training import tokens
from training.data import DataError
from training.tokens import cut_all, cutter

TEXTS = [f"{i}번째 배송이 정말 빨라서 좋았어요" for i in range(50)]


def test_plain_tokens_are_not_kept(tmp_path):
    assert list(cut_all("syllable", ["좋 아"], tmp_path)) == [["좋", " ", "아"]]
    assert list(cut_all("word", ["배송이 빨라요"], tmp_path)) == [["배송이", "빨라요"]]
    assert not list(tmp_path.iterdir())


def test_morphemes_are_kept_and_a_damaged_cache_is_made_again(tmp_path):
    pytest.importorskip("kiwipiepy", reason="needs the extra kiwi")
    told: list[tuple[str, int, int]] = []
    first = cut_all("kiwi", TEXTS, tmp_path, jobs=1, tell=lambda *what: told.append(what))
    assert told[-1][1:] == (len(TEXTS), len(TEXTS))
    assert first == [cutter("kiwi")(text) for text in TEXTS]
    (kept,) = tmp_path.iterdir()
    with gzip.open(kept, "wt", encoding="utf-8") as file:
        file.write('["가짜"]\n' * len(TEXTS))
    assert cut_all("kiwi", TEXTS, tmp_path, jobs=1)[0] == ["가짜"], "the cache was read"
    for damaged in (b"", b"\x80\x04.", gzip.compress(b'["x"]\n'), gzip.compress(b"[1]\n" * len(TEXTS))):
        kept.write_bytes(damaged)
        assert cut_all("kiwi", TEXTS, tmp_path, jobs=1) == first
    cut_all("kiwi", TEXTS[1:], tmp_path, jobs=1)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_an_interrupted_run_has_cut_is_not_cut_again(tmp_path, monkeypatch):
    pytest.importorskip("kiwipiepy", reason="needs the extra kiwi")
    monkeypatch.setattr(tokens, "_CHUNK", 10)
    told: list[int] = []

    def stop(_, done, of):
        told.append(done)
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_all("kiwi", TEXTS, tmp_path, jobs=1, tell=stop)
    (parts,) = tmp_path.iterdir()
    (parts / "1.json.gz").write_bytes(b"damaged")
    first = cut_all("kiwi", TEXTS, tmp_path, jobs=1, tell=lambda _, done, of: told.append(done))
    assert told == [10, 20, 20, 30, 40, 50], "the damaged part is cut again"
    assert first == [cutter("kiwi")(text) for text in TEXTS]
    (kept,) = tmp_path.iterdir()
    assert kept.is_file(), "and nothing is left of the parts"


def test_what_was_cut_is_known_again_whatever_the_backend(tmp_path, monkeypatch):
    pytest.importorskip("kiwipiepy", reason="needs the extra kiwi")
    for backend in ("tensorflow", "jax"):
        monkeypatch.setenv("KERAS_BACKEND", backend)
        cut_all("kiwi", TEXTS, tmp_path, jobs=1)
    assert len(list(tmp_path.iterdir())) == 1


def test_an_unknown_tokenizer_is_one_sentence():
    with pytest.raises(DataError, match="토크나이저는 없습니다"):
        cutter("gibberish")
