"""What the language model of an analyser knows of morphemes, with the real Kiwi."""

import numpy as np
import pytest

pytest.importorskip("kiwipiepy", reason="needs the extra kiwi")
pytest.importorskip("joblib", reason="training needs the extra train")

from training import analyser_vectors as vectors
from training.data import DataError
from training.recipe import Recipe

TEXTS = [
    "환불도 반품도 안 되네요 ㅠㅠ",
    "노란색 우산이 예뻐요!!",
    "파란색 우산이에요 😍",
    "생각보다 늦네여",
    "환불해 주세요",
] * 3


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "v.txt"
    return vectors.analyser_vectors(TEXTS, 16, path), path


def test_words_of_a_kind_are_near_each_other(found):
    known = found[0]
    assert known.matrix.shape == (len(known.tokens), 16)
    np.testing.assert_allclose(np.linalg.norm(known.matrix, axis=1), 1, atol=1e-4)
    assert known.similar(["환불"], count=1)[0][0] == "반품"
    assert known.similar(["노란색"], count=1)[0][0] == "파란색"


def test_what_is_known_by_its_kind_alone_has_no_vector(found):
    assert {"환불", "우산", "늦"} <= set(found[0].tokens)
    assert not {"ㅠㅠ", "!!", "😍"} & set(found[0].tokens), "the model has one vector for all signs of a kind"
    assert "네여" in found[0].tokens, "an unusual spelling has the vector of the usual one"


def test_of_texts_without_a_known_word_nothing_is_known(tmp_path):
    path = tmp_path / "v.txt"
    assert vectors.analyser_vectors(["ㅠㅠ", "!!", "😍😍"], 16, path) is None
    assert not path.exists()


def test_they_are_kept(found, monkeypatch):
    known, path = found
    monkeypatch.setattr(vectors, "new_kiwi", None)
    again = vectors.analyser_vectors([], 16, path)
    assert again.tokens == known.tokens
    np.testing.assert_allclose(again.matrix, known.matrix, atol=1e-5)


def test_from_the_cosines_with_some_all_others_follow():
    random = np.random.default_rng(0)
    true = random.normal(size=(40, 6))
    true /= np.linalg.norm(true, axis=1, keepdims=True)
    cosines = true @ true.T
    numbers = {str(i): i for i in range(40)}
    again = vectors._unrolled(cosines[:, :9], numbers, range(9))
    np.testing.assert_allclose(again @ again.T, cosines, atol=1e-6)


def test_only_kiwi_has_them():
    with pytest.raises(DataError, match=r"\[teach.morphemes\] vectors"):
        Recipe.from_dict({"teach": {"morphemes": {"kind": "mecab-ko", "vectors": True}}}, "tried")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_networks_of_morphemes_begin_with_them(tmp_path, monkeypatch):
    pytest.importorskip("keras", reason="training needs the extra train")
    from tests.training.shop import reviews
    from training import morphemes
    from training.data import Row, place

    rows = [Row(text, float(stars), place(text)) for stars, text in reviews(60, 1)]
    films = [Row(text, float(2 * stars), place(text)) for stars, text in reviews(40, 2)]
    begun = {}

    def pretrained(shape, tokens, recipe, movies, domain, seed, folder, known):
        begun["tokens"] = {t for t in known.tokens if tokens.id_of(t) > 1}
        begun["width"] = known.width
        raise InterruptedError

    monkeypatch.setattr(morphemes, "pretrain", pretrained)
    parts = {"folds": 2, "morphemes": {"kind": "kiwi", "min_count": 1, "vectors": True}}
    recipe = Recipe.from_dict({"network": {"embedding": 12}, "pretrain": {"epochs": 1}, "teach": parts}, "tried")
    with pytest.raises(InterruptedError):
        morphemes.teach_morphemes(recipe, rows, rows, [], films, None, [], 0, tmp_path)
    assert begun["width"] == 12 and len(begun["tokens"]) > 20
    assert (tmp_path / "analyser-vectors.txt").exists()
