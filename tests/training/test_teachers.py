"""Teachers of several kinds, and what they say together."""

import numpy as np
import pytest

from nlp.config import NetworkConfig
from nlp.tokenizers import morphemes as analysers
from tests.training.shop import needs_keras
from training.data import Row, place
from training.errors import DataError
from training.recipe import Recipe

pytestmark = needs_keras


RECIPE = {
    "network": {"embedding": 12, "units": [8], "dropout": 0.1},
    "teach": {
        "folds": 2,
        "units": [12],
        "tune": {"epochs": 6, "batch": 16, "rate": 2e-2},
        "morphemes": {"kind": "kiwi", "min_count": 1},
    },
}
GOOD, BAD = ("최고 예요", "마음 에 들 어요", "추천 해요"), ("별로 예요", "엉망 이 에요", "실망 했 어요")


class ByBlanks:
    """Cuts at blanks, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, text: str) -> list[str]:
        self.asked += 1
        return text.split()


@pytest.fixture
def analyser(monkeypatch):
    cut = ByBlanks()
    monkeypatch.setattr(analysers, "_analysers", {"kiwi": cut})
    return cut


def reviews(count: int, seed: int) -> list[Row]:
    random = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        good = bool(random.integers(2))
        text = f"물건 {i} 번 은 {random.choice(GOOD if good else BAD)}"
        rows.append(Row(text, float(random.choice([4, 5] if good else [1, 2])), place(text)))
    return rows


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_teachers_of_morphemes_know_rows_they_did_not_learn_from(analyser, tmp_path):
    from training.morphemes import teach_morphemes  # not before Keras is needed
    from training.teach import lesson

    rows, unrated = reviews(160, 1), reviews(20, 2)
    recipe = Recipe.from_dict(RECIPE, "tried")
    said = teach_morphemes(recipe, rows, rows, unrated, [], None, [], 0, tmp_path)
    assert said.classes["morphemes"].shape == (180, 4)
    assert said.linear["morphemes"].shape == (180,)
    together = lesson(said, rows, recipe.network)
    assert together.accuracy["together"] > 0.9
    assert together.unrated[1].shape == (20,)
    asked = analyser.asked
    again = teach_morphemes(recipe, rows, rows, unrated, [], None, [], 0, tmp_path)
    assert analyser.asked == asked, "what was cut and said is kept"
    np.testing.assert_array_equal(again.classes["morphemes"], said.classes["morphemes"])


def test_linear_teachers_learn_a_little_from_what_was_written_by_hand(analyser, monkeypatch, tmp_path):
    from dataclasses import replace

    from training import morphemes, teach

    written = [("두 달째 멀쩡 해요", True), ("두 달 만에 고장", False)]
    monkeypatch.setattr(teach, "examples", lambda: written)
    monkeypatch.setattr(morphemes, "examples", lambda: written)
    monkeypatch.setattr(teach, "ask_folds", lambda *_: np.zeros((24, 4)))  # the networks are another matter
    learned = []

    def opinions(rows, texts, above, *, longest=0, tokens=None):
        learned.append([(r.text, getattr(r, "positive", None), tokens and tokens(r.text)) for r in rows])
        return np.zeros(len(texts), np.float32)

    monkeypatch.setattr(teach, "Parallel", lambda **_: lambda jobs: [do(*given, **named) for do, given, named in jobs])
    monkeypatch.setattr(morphemes.baseline, "opinions", opinions)
    recipe, rows = Recipe.from_dict(RECIPE, "tried"), reviews(20, 1)
    wanted = replace(recipe, teach=replace(recipe.teach, tune=replace(recipe.teach.tune, written=1)))
    for number, one in enumerate((recipe, wanted)):
        morphemes.teach_morphemes(one, rows, rows, reviews(4, 2), [], None, [], 0, tmp_path / str(number))
    assert [len(rows) for rows in learned[:2]] == [len(rows) - 2 for rows in learned[2:]], "a fold each"
    for rows_of_fold in learned[2:]:
        assert rows_of_fold[-2:] == [(text, 0.7 if good else 0.3, text.split()) for text, good in written]


def test_what_was_cut_before_is_not_cut_again(analyser):
    from training.morphemes import remember

    kind = Recipe.from_dict(RECIPE, "tried").teach.morphemes.kind
    tokens = remember(kind, {"가 나": ["가", "나"]}, ["가 나"], 0, 1)
    analyser.asked = 0
    assert [tokens.tokens("가 나"), analyser.asked] == [["가", "나"], 0]
    assert [tokens.encode("가 다"), analyser.asked] == [[*tokens.encode("가 나")[:1], 1], 1]


def test_who_knows_nothing_has_no_say():
    from training.teach import Opinions, lesson

    random, config = np.random.default_rng(3), NetworkConfig()
    rows = [Row(str(i), 5.0 if i % 2 else 1.0, i / 400) for i in range(400)]
    truth = np.array([1.0 if i % 2 else -1.0 for i in range(400)])
    knows = np.where(random.random(400) < 0.9, truth, -truth)
    noise = random.normal(size=(400, 4))
    opinions = Opinions({"noise": noise}, {"sees": knows, "also": random.normal(size=400)})
    assert lesson(opinions, rows, config).accuracy["together"] == pytest.approx((knows == truth).mean(), abs=0.02)


def test_a_class_distribution_adds_up_to_what_was_said_of_positive():
    from training.teach import Opinions, lesson

    rows = [Row(str(i), 5.0 if i % 2 else 1.0, i / 50) for i in range(50)]
    random = np.random.default_rng(4)
    said = lesson(Opinions({"a": random.normal(size=(60, 4))}, {"a": random.normal(size=60)}), rows, NetworkConfig())
    for classes, positive in (said.rated, said.unrated):
        np.testing.assert_allclose(classes.sum(axis=1), 1)
        np.testing.assert_allclose(classes[:, 2:].sum(axis=1), positive)


def test_an_unknown_analyser_is_named_before_anything_is_done():
    with pytest.raises(DataError, match=r"\[teach.morphemes\] kind 값은 kiwi"):
        Recipe.from_dict({"teach": {"morphemes": {"kind": "keewee"}}}, "tried")
