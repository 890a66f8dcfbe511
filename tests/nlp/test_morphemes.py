"""Morpheme tokenizers: where the analyser is, they work; where it is not, one sentence says how to get it, at load."""

from __future__ import annotations

import pickle
import shutil
import sys

import pytest

import nlp
from nlp import artifact, tokenizer
from nlp.config import NetworkConfig
from nlp.explain import morphemes as cut_pieces
from nlp.sealed import ArtifactError
from nlp.tokenizers import morphemes
from tests.nlp.conftest import MakeModel

PACKAGES = {"kiwi": "kiwipiepy", "mecab-ko": "mecab"}
KONLPY = {"okt": "java", "komoran": "java", "hannanum": "java", "kkma": "java", "mecab": "mecab"}
"""What each needs besides konlpy."""
SHAPE = NetworkConfig(embedding=4, units=(3,), jamo=False, max_tokens=32)


class ByBlanks:
    """Stands in for an analyser that is not installed here."""

    def __call__(self, text: str) -> list[str]:
        return text.split()


@pytest.fixture
def no_analysers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(morphemes, "_analysers", {})
    for name in ("kiwipiepy", "mecab", "konlpy", "konlpy.tag"):
        monkeypatch.setitem(sys.modules, name, None)


def test_the_names_are_those_of_the_classes() -> None:
    assert set(tokenizer.MORPHEME_KINDS) == set(morphemes.CLASSES)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", [*PACKAGES, *(pytest.param(kind, marks=pytest.mark.slow) for kind in KONLPY)])
def test_an_installed_analyser_cuts(kind: str) -> None:
    pytest.importorskip(PACKAGES.get(kind, "konlpy"), reason=f"needs the extra for {kind}")
    if kind in KONLPY and shutil.which(KONLPY[kind]) is None:
        pytest.skip(f"needs {KONLPY[kind]}")
    made = tokenizer.create(kind).fit(["가격이 정말 저렴해서 좋았어요"])
    assert len(made.tokens("가격이 정말 저렴해서 좋았어요")) > 4
    assert "가격" in made.tokens("가격이 좋아요")
    assert made.tokens("  ") == []
    again = tokenizer.from_dict(made.to_dict())
    assert again.encode("가격이 별로") == made.encode("가격이 별로")
    assert pickle.loads(pickle.dumps(made)).encode("가격이") == made.encode("가격이")


@pytest.mark.parametrize("kind", tokenizer.MORPHEME_KINDS)
def test_a_missing_analyser_is_said_in_one_sentence(no_analysers: None, kind: str) -> None:
    with pytest.raises(ValueError, match="pip install") as caught:
        tokenizer.create(kind)(())
    assert len(str(caught.value).splitlines()) == 1


def test_konlpy_without_java_says_java(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self) -> None:
            raise RuntimeError("No JVM shared library file (libjvm.so) found")

    tag = type(sys)("konlpy.tag")
    tag.Okt = Broken  # type: ignore[attr-defined]
    monkeypatch.setattr(morphemes, "_analysers", {})
    monkeypatch.setitem(sys.modules, "konlpy", type(sys)("konlpy"))
    monkeypatch.setitem(sys.modules, "konlpy.tag", tag)
    sys.modules["konlpy"].tag = tag  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="Java"):
        tokenizer.create("okt")(())


def test_a_model_that_needs_one_is_refused_when_it_is_loaded(
    make_model, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(morphemes, "_analysers", {"kiwi": ByBlanks()})
    words = tokenizer.create("kiwi")(["배송이", "빨라요"])
    artifact.save(make_model(SHAPE, words), tmp_path / "model", name="morphemes")
    assert nlp.load(tmp_path / "model").analyze("배송이 빨라요").probability > 0
    monkeypatch.setattr(morphemes, "_analysers", {})
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    with pytest.raises(ArtifactError, match=r"nunchi\[kiwi\]") as caught:
        nlp.load(tmp_path / "model")
    assert (caught.value.kind, caught.value.values) == ("analyser", {"extra": "kiwi"})
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("kind", sorted(PACKAGES))
def test_evidence_is_morphemes_where_the_model_reads_them(kind: str, make_model: MakeModel) -> None:
    pytest.importorskip(PACKAGES[kind], reason=f"needs the extra for {kind}")
    text = "배송이 빨라요 품질도 나쁘지않아요 포장은 별로 안 좋아요"
    made = tokenizer.create(kind).fit([text])
    words = [w for seed in range(12) for w in nlp.Analyzer(make_model(SHAPE, made, seed)).explain(text).words]
    named = {word.text for word in words}
    assert named & {"배송", "품질", "포장"}
    assert not named & {"배송이", "품질도", "포장은", "않", "안", "별로"}, "negation is one piece with what it negates"
    assert all(text[word.start : word.end] == word.text for word in words)


def test_only_what_is_written_is_cut() -> None:
    forms = {"배송이": ["배송", "이"], "빨라요": ["빠르", "아요"], "나쁘지않아요": ["나쁘", "지", "않", "아요"]}
    text = "배송이 빨라요 나쁘지않아요"
    spans = [(0, 3), (4, 7), (8, 14)]
    assert cut_pieces(text, spans, forms.__getitem__) == [(0, 2), (2, 3), (4, 7), (8, 14)]
