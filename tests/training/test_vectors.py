"""Word vectors: learned, kept as plain numbers, asked, and put into a network."""

from __future__ import annotations

import pickle
import warnings
from typing import ClassVar

import numpy as np
import pytest

from tests.training.shop import ROOT, reviews, train, write_csv
from training import vectors
from training.data import DataError
from training.vectors import Vectors, load

KNOWN = Vectors(("왕", "여왕", "남자", "여자"), np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1]], np.float32))


def test_similar_and_analogy():
    assert KNOWN.similar(["왕"])[0][0] == "남자"
    assert KNOWN.similar(["왕", "여자"], ["남자"], count=1)[0][0] == "여왕"
    assert len(KNOWN.similar(["왕"], count=50)) == 3
    with pytest.raises(DataError, match="모릅니다"):
        KNOWN.similar(["없는말"])


def test_they_come_back_as_they_were(tmp_path):
    KNOWN.save(tmp_path / "v.txt")
    again = load(tmp_path / "v.txt")
    assert again.tokens == KNOWN.tokens
    assert np.array_equal(again.matrix, KNOWN.matrix)


@pytest.mark.parametrize(
    "content",
    [b"", b"2 3\na 1 2 3\n", b"1 2\na 1 x\n", b"1 2\na 1 nan\n", b"2 1\na 1\na 2\n", b"99999999999 9\n", b"\x80\x04.",
     pickle.dumps({"vectors": 1}), b"-1 3\n"],
)  # fmt: skip
def test_other_files_are_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "v.txt").write_bytes(content)
    with pytest.raises(DataError) as caught:
        load(tmp_path / "v.txt")
    assert len(str(caught.value).splitlines()) == 1


def test_from_reviews_to_neighbours(tmp_path):
    pytest.importorskip("gensim", reason="needs the extra vectors")
    lines = [f"{thing} {word} {i}번" for i in range(60) for thing, word in (("배송이", "빨라요"), ("색상이", "예뻐요"))]
    (tmp_path / "reviews.txt").write_text("\n".join(lines), "utf-8")
    made = train(tmp_path, "vectors", "fit", "--texts", "reviews.txt", "--width", 8, "--min-count", 3)
    assert made.returncode == 0, made.stderr
    shown = train(tmp_path, "vectors", "similar", "배송이", "--count", 3)
    assert shown.returncode == 0
    assert "빨라요" in shown.stdout
    assert train(tmp_path, "vectors", "analogy", "배송이", "빨라요", "색상이").returncode == 0
    unknown = train(tmp_path, "vectors", "similar", "없는말")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (65, 1)


def test_what_is_read_is_told_and_a_folder_is_no_file(tmp_path, train_here):
    pytest.importorskip("gensim", reason="needs the extra vectors")
    write_csv(tmp_path / "shop.csv", [(3 if i % 2 else stars, text) for i, (stars, text) in enumerate(reviews(60))])
    done = train_here("vectors", "fit", "--data", "shop.csv", "--min-count", 1, "--width", 4, "--out", "v.txt")
    assert done.returncode == 0, done.stderr
    assert "60행을 읽어 리뷰 30편" in done.stderr
    for more, says in ((("--out", "."), "폴더입니다"), (("--tokens", "nope"), "토크나이저는 없습니다")):
        done = train_here("vectors", "fit", "--data", "shop.csv", *more)
        assert done.returncode == 65 and says in done.stderr and len(done.stderr.splitlines()) == 1


def test_without_gensim_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gensim.models", None)
    with pytest.raises(DataError, match=r"nunchi\[vectors\]"):
        vectors.learn([["가", "나"]], width=4, window=2, epochs=1, min_count=1, seed=0)


def test_they_can_begin_a_networks_embedding(tmp_path):
    keras = pytest.importorskip("keras", reason="training needs the extra train")
    from training.course import start_embedding
    from training.course_network import build
    from training.course_recipe import CourseRecipe
    from training.course_rows import Vocabulary

    KNOWN.save(tmp_path / "v.txt")
    recipe = CourseRecipe(tokens="word", embedding=3, units=(4,), length=5, vectors=str(tmp_path / "v.txt"))
    words = Vocabulary(recipe, [["왕", "왕", "모름"]])
    model = build(recipe, words.size, 2)
    assert start_embedding(model, recipe, words) == 1
    table = keras.ops.convert_to_numpy(model.layers[1].embeddings)
    assert np.array_equal(table[words.encode(["왕"])[0]], [1, 1, 0])
    wide = CourseRecipe(embedding=7, vectors=str(tmp_path / "v.txt"))
    with pytest.raises(DataError, match="embedding = 3"):
        start_embedding(model, wide, words)


@pytest.mark.timeout(300)
def test_a_comparison_says_how_many_tokens_begin_with_them(tmp_path, train_here):
    pytest.importorskip("keras", reason="training needs the extra train")
    write_csv(tmp_path / "shop.csv", reviews(60))
    recipe = "[course]\nembedding = 3\nbody = 'flatten'\nunits = [2]\nepochs = 1\nvectors = '{}.txt'\n"
    for name, tokens in (("known", ("배", "송", "Z", "Q")), ("latin", ("abc", "xyz", "Z", "Q"))):
        Vectors(tokens, KNOWN.matrix).save(tmp_path / f"{name}.txt")
        (tmp_path / f"{name}.toml").write_text(recipe.format(name))
    done = train_here("compare", "known.toml", "latin.toml", "--data", "shop.csv")
    assert "토큰 2개가 known.txt 의 벡터에서 시작합니다." in done.stderr
    assert done.returncode == 65 and "latin.txt: 벡터가 있는 토큰이 이 리뷰에 하나도 없습니다" in done.stderr
    assert '"known"' in (tmp_path / "compared" / "figures.jsonl").read_text(), "what was trained is not lost"


@pytest.mark.parametrize("kind", ["word", "char"])
def test_they_can_begin_a_network_that_serves(tmp_path, capsys, kind):
    pytest.importorskip("keras", reason="training needs the extra train")
    from nlp import tokenizer
    from nlp.config import NetworkConfig
    from training.pretrain import first_weights

    tokens = ("왕", "여왕", "남자", "여자") if kind == "word" else tuple("왕여남자")
    Vectors(tokens, KNOWN.matrix).save(tmp_path / "v.txt")
    made = tokenizer.create(kind).fit(["왕 남자 왕"])
    config = NetworkConfig(embedding=3, units=(2,), jamo=kind == "char", bigrams=64)
    first, other = (first_weights(config, made, str(tmp_path / "v.txt"), seed) for seed in (0, 1))
    known = [token for token in tokens if token in {"word": ("왕", "남자"), "char": tuple("왕남자")}[kind]]
    assert f"토큰 {len(known)}개" in capsys.readouterr().err
    same = (first["embedding/character"] == other["embedding/character"]).all(axis=1)
    assert same.sum() == len(known), "the others begin at random"
    place = made.encode("왕")[0]
    row = place if kind == "word" else made.components()[place, 0]
    assert np.array_equal(first["embedding/character"][row], KNOWN.matrix[0])
    with pytest.raises(DataError, match="embedding = 3"):
        first_weights(NetworkConfig(embedding=4, units=(2,), jamo=False), made, str(tmp_path / "v.txt"), 0)
    Vectors(("abc", "xyz"), KNOWN.matrix[:2]).save(tmp_path / "latin.txt")
    with pytest.raises(DataError, match="하나도 없습니다"):
        first_weights(config, made, str(tmp_path / "latin.txt"), 0)


@pytest.mark.parametrize(("embedding", "says"), [(3, "벡터 파일이 없습니다"), (4, "embedding = 3")])
def test_vectors_that_do_not_fit_are_said_before_anything_is_done(tmp_path, train_here, embedding, says):
    pytest.importorskip("keras", reason="training needs the extra train")
    write_csv(tmp_path / "shop.csv", reviews(300))
    if embedding == 4:
        KNOWN.save(tmp_path / "v.txt")
    text = f"[tokenizer]\nkind = 'kiwi'\n[network]\nembedding = {embedding}\n[pretrain]\nvectors = 'v.txt'\n"
    (tmp_path / "mine.toml").write_text(text)
    done = train_here("fit", "--data", "shop.csv", "--recipe", "mine.toml", "--out", "model")
    assert done.returncode == 65 and says in done.stderr
    assert not list(tmp_path.glob("runs/tokens*")), "no morphemes are cut before"


def test_a_recipe_with_other_vectors_is_another_run(tmp_path):
    from training.recipe import Recipe
    from training.stages import Stages

    def folder(name):
        recipe = Recipe.from_dict({"pretrain": {"vectors": name}} if name else {}, "tried")
        return Stages(tmp_path, recipe, "rows", 0).folder("fit").name

    KNOWN.save(tmp_path / "v.txt")
    with_them = folder(str(tmp_path / "v.txt"))
    (tmp_path / "w.txt").write_bytes((tmp_path / "v.txt").read_bytes())
    assert folder(str(tmp_path / "w.txt")) == with_them != folder("")
    Vectors(KNOWN.tokens, KNOWN.matrix + 1).save(tmp_path / "v.txt")
    assert folder(str(tmp_path / "v.txt")) != with_them


class Tokenizer:
    """What the course keeps of Keras' own one, which is gone from Keras 3."""

    word_index: ClassVar = {" ": 1, "배": 2, "송": 3, "좋": 4, "드문": 99}


def test_the_embedding_of_a_model_of_the_course_is_converted_as_the_readme_says(tmp_path, monkeypatch):
    """Also with a blank among its words, and one beyond the table."""
    keras = pytest.importorskip("keras", reason="training needs the extra train")
    joblib = pytest.importorskip("joblib")
    monkeypatch.chdir(tmp_path)
    joblib.dump(Tokenizer(), "tokenizer.pkl")
    layers = [keras.layers.Embedding(9, 16), keras.layers.LSTM(4), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((100,)), *layers])
    with warnings.catch_warnings():  # Keras would rather have another format
        warnings.simplefilter("ignore")
        model.save("naver_review.h5")
    text = (ROOT / "training" / "README.md").read_text("utf-8")
    code = text.partition("### 강의에서 만든 모델이 있다면")[2].partition("```python\n")[2].partition("```")[0]
    exec(compile(code, "README.md", "exec"), {})
    made = load(tmp_path / "vectors.txt")
    assert made.tokens == ("배", "송", "좋")
    np.testing.assert_allclose(made.matrix, layers[0].get_weights()[0][2:5], rtol=1e-5)
