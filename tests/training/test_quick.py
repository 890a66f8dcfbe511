"""LSTM networks without Keras: the same as with it."""

import numpy as np
import pytest

from tests.training.shop import needs_keras
from training.course_recipe import CourseRecipe

pytestmark = needs_keras

RECIPES = {
    "polarity": CourseRecipe(embedding=7, units=(5,)),
    "stacked": CourseRecipe(embedding=7, units=(5, 6, 4)),
    "classes": CourseRecipe(embedding=7, units=(5,), task="classes"),
    "rating": CourseRecipe(embedding=7, units=(5, 3), task="rating"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_its_steps_are_those_of_keras(name):
    import keras

    from training.course_network import build
    from training.quick import QuickTrainer

    recipe, random = RECIPES[name], np.random.default_rng(3)
    keras.utils.set_random_seed(5)
    model = build(recipe, 700, 4, any_length=True)
    model.compile(keras.optimizers.Adam(0.01, clipnorm=0.05), model.loss, run_eagerly=True)
    start = model.get_weights()
    with QuickTrainer(start, recipe.task, clip=0.05) as trainer:
        for number in range(3):
            # No token twice: of one that occurs several times in a batch Keras' Adam squares each gradient by itself.
            ids = random.permutation(np.arange(1, 700))[: 40 * (11 + number)].reshape(40, -1).astype(np.int32)
            targets = random.integers(0, 4 if recipe.task == "classes" else 2, 40).astype(np.float32)
            model.reset_metrics()
            loss = float(np.ravel(model.train_on_batch(ids, targets))[0])
            assert trainer.step(ids, targets, 0.01)[0] / 40 == pytest.approx(loss, rel=1e-4)
    for before, keras_has, has in zip(start, model.get_weights(), trainer.weights(), strict=True):
        assert abs(has - before).max() > 1e-3
        assert np.allclose(has, keras_has, atol=3e-4), abs(has - keras_has).max()


def test_a_token_that_comes_often_counts_as_often(monkeypatch):
    from training.course_network import build
    from training.quick import QuickTrainer

    monkeypatch.setattr(QuickTrainer, "_move", lambda self, rate: None)
    recipe = CourseRecipe(embedding=3, units=(2,))
    model = build(recipe, 9, 2, any_length=True)
    ids, targets = np.full((1, 6), 4, np.int32), np.ones(1, np.float32)
    with QuickTrainer(model.get_weights(), recipe.task) as trainer:
        loss, _ = trainer.step(ids, targets, 0.0)
    for i in range(3):
        moved = [w.copy() for w in model.get_weights()]
        moved[0][4, i] += 0.01
        with QuickTrainer(moved, recipe.task) as other:
            by = (other.step(ids, targets, 0.0)[0] - loss) / 0.01
        assert abs(by) > 1e-4
        assert by == pytest.approx(trainer._by[0][4, i], rel=0.05, abs=2e-4)


def test_threads_share_out_a_batch(monkeypatch):
    from training.course_network import build
    from training.quick import QuickTrainer

    recipe, random = RECIPES["stacked"], np.random.default_rng(0)
    start = build(recipe, 50, 2, any_length=True).get_weights()
    ids, targets = random.integers(0, 50, (70, 9)).astype(np.int32), random.integers(0, 2, 70).astype(np.float32)
    done = []
    for cores in (1, 3):
        trainer = QuickTrainer(start, recipe.task)
        monkeypatch.setattr(trainer, "_cores", cores)
        with trainer:
            done.append(trainer.step(ids, targets, 1e-3))
            done.append(trainer._by[2].copy())
    assert done[0] == pytest.approx(done[2], rel=1e-5)
    assert np.allclose(done[1], done[3], atol=1e-6)


def test_a_rate_without_keras_is_the_same():
    from training.loop import OneCycle

    rate = OneCycle(0.01, 40)
    assert [rate.at(n) for n in range(41)] == pytest.approx([float(rate(n)) for n in range(41)], rel=1e-5)


def test_only_what_it_can_is_trained_so():
    from training.quick import can

    assert can(CourseRecipe())
    for other in ({"cell": "gru"}, {"dropout": 0.1}, {"direction": "both"}, {"patience": 1}, {"input": "one-hot"}):
        assert not can(CourseRecipe(**other))


@pytest.mark.timeout(300)
def test_a_network_of_the_course_learns_quickly(tmp_path):
    from tests.training.shop import reviews
    from training.course import parts, train
    from training.reviews import ReadRules, read_reviews

    (tmp_path / "naver.txt").write_text("".join(f"{stars}\t{text}\n" for stars, text in reviews(600)), "utf-8")
    rows = read_reviews([tmp_path / "naver.txt"], ReadRules(as_taught=True), None)
    course = CourseRecipe(embedding=16, units=(16,), epochs=4)
    trained = train("x", course, rows, parts(rows.rows), lambda *_: None, tmp_path, fast=True)
    assert trained.accuracy.value > 0.9
    curve = trained.curve
    assert [len(c) for c in (curve.loss, curve.measure, curve.aside_loss, curve.aside_measure)] == [4] * 4
    assert curve.loss[-1] < curve.loss[0] and curve.measure[-1] > 0.8
