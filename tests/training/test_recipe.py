import pytest

from training import recipe
from training.data import DataError


@pytest.mark.parametrize("name", recipe.names())
def test_every_recipe_that_comes_along_can_be_read(name):
    assert recipe.load(name).name == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[network]\nlayers = 3\n", "layers"),
        ("[network]\ncell = 'transformer'\n", "transformer"),
        ("[tune]\nepoch = 3\n", "epoch"),
        ("[tune]\nepochs = -1\n", "epochs"),
        ("[tune]\nepochs = true\n", "epochs"),
        ("[tune]\nepochs = 1.5\n", "[tune] epochs 값은 0 이상의 정수여야"),
        ("[tune]\nbatch = 0\n", "[tune] batch 값은 1 이상의 정수여야"),
        ("[tune]\nnoise = 1.5\n", "[tune] noise"),
        ("[tune]\nrate = inf\n", "[tune] rate"),
        ("[tune]\nrate = 0\n", "[tune] rate 값은 0보다 커야"),
        ("[adapt]\nrate = 'x'\n", "[adapt] rate 값은 0 이상의 수여야"),
        (f"[adapt]\nrate = 1{'0' * 400}\n", "[adapt] rate 값은 0 이상의 수여야"),
        ("[teach]\nunits = 5\n", "[teach] units 값은 [128, 64] 처럼 대괄호로 싼 목록이어야 하는데 5 입니다"),
        ("[teach.transformer]\nreads = 'pieces'\n", '[teach.transformer] reads 값은 ["pieces"] 처럼'),
        ("[course]\ndropout = 1.0\n", "[course] dropout"),
        ("[course]\nrate = 0\n", "[course] rate 값은 0보다 커야"),
        ("[course]\nunits = 5\n", "[course] units 값은 [128, 64] 처럼 대괄호로 싼 목록이어야 하는데 5 입니다"),
        ("[course]\nunits = [8, 1000000000]\n", "[course] units 값은 4,096 이하여야"),
        ("[course]\nlength = 1000000000\n", "[course] length 값은 5,000 이하여야 하는데 1000000000 입니다"),
        ("[course]\nepochs = 1.5\n", "[course] epochs 값은 1 이상의 정수여야"),
        ("[course]\nepochs = -1\n", "[course] epochs 값은 1 이상의 정수여야"),
        ("[course]\nepochs = 0\n", "[course] epochs 값은 1 이상의 정수여야"),
        ("students = 'x'\n", ": students 값은 1 이상의 정수여야"),
        ("right_when_sure = 2\n", ": right_when_sure"),
        ("calibration_folds = 6\n", ": calibration_folds 값은 1–5"),
        ("fitted_wide = 'no'\n", ": fitted_wide"),
        ("[teach]\nfolds = 1\n", "[teach] folds"),
        ("[teach]\ntrust = 1.5\n", "[teach] trust 값은 0 이상 1 이하여야"),
        ("[finish]\nlevel = 1.5\n", "[finish] level 값은 0 이상 1 이하여야"),
        ("[network]\nbuckets = 0\n[finish]\nlevel = 0.5\n", "[finish] level 설정은 n-gram 선형 부분이 있을 때만"),
        ("wide_marks = 0.4\n", ": wide_marks 설정은 n-gram 선형 부분이 있을 때만 씁니다. fitted_wide = true 도"),
        ("wide_made = 100\n", ": wide_made 설정은 n-gram 선형 부분"),
        ("network = 3\n", ": network 값은 [network] 표여야 하는데 3 입니다"),
        ("tune = 3\n", ": tune 값은 [tune] 표여야"),
        ("[[tune]]\n", ": tune 값은 [tune] 표여야"),
        ("[teach]\ntune = 3\n", "[teach] tune 값은 [teach.tune] 표여야 하는데 3 입니다"),
        ("[teach]\nmorphemes = 'kiwi'\n", "[teach] morphemes 값은 [teach.morphemes] 표여야"),
        ("[teach]\ntransformer = []\n", "[teach] transformer 값은 [teach.transformer] 표여야"),
        ("[teach.transformer]\ntune = 1\n", "[teach.transformer] tune 값은 [teach.transformer.tune] 표여야"),
        ("[tokenizer]\nkind = 'bytes'\n", "bytes"),
        ("[tokenizer]\nkind = 'bytes'\n[network]\njamo = true\n", "bytes"),
        ("[tokenizer]\nkind = 'word'\n[network]\njamo = true\n", "jamo 값은 false 가운데 하나여야 하는데 true 입"),
        ("[pretrain]\nvectors = ['a']\n", "[pretrain] vectors 값은 따옴표로 싼 글"),
        ("[tokenizer]\nkind = 3\n", "[tokenizer] kind 값은 따옴표로 싼 글"),
        ("[magic]\n", "magic"),
        ("[adapt]\n[course]\n", "[adapt] [course] 표는"),
        ("not toml", "recipe"),
    ],
)
def test_a_mistake_in_a_recipe_is_named(tmp_path, text, says):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        recipe.load(str(file))
    assert says in str(caught.value)


@pytest.mark.parametrize(("kind", "jamo"), [("char", True), ("word", False), ("jamo", False), ("kiwi", False)])
def test_only_characters_have_vectors_of_jamo(tmp_path, kind, jamo):
    file = tmp_path / "mine.toml"
    file.write_text(f"[tokenizer]\nkind = '{kind}'\n", encoding="utf-8")
    assert recipe.load(str(file)).network.jamo is jamo


def test_an_unknown_recipe_lists_the_known_ones():
    with pytest.raises(DataError, match="best"):
        recipe.load("nothing-like-it")
