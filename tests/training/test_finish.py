"""The last step: what it teaches, and what it leaves alone, on a small network that learned a little."""

from dataclasses import replace

import numpy as np
import pytest

from nlp.analyze import Analyzer
from nlp.artifact import Artifact, load, save
from nlp.config import NetworkConfig
from nlp.settings import ModelSettings
from nlp.tokenizer import CharTokenizer
from tests.training.shop import needs_keras, reviews, train
from training.arrays import read_arrays
from training.counterfactual import make
from training.marks import remarked
from training.noise import misspell
from training.recipe_parts import FinishRecipe

pytestmark = needs_keras

CONFIG = NetworkConfig(embedding=16, units=(16,), bidirectional=False, dropout=0.0, buckets=1024)
RECIPE = FinishRecipe(made=128, kept=256, epochs=16, batch=64, rate=2e-2, noise=0.0)
REAL = [text for _, text in reviews(700)]


@pytest.fixture(scope="module")
def start():
    """A model that knows the shop's reviews and nothing of rules."""
    import keras

    from nlp import network
    from training.batches import Encoded, components_of
    from training.data import Row
    from training.loop import compile_with
    from training.tune import make_loss, rated_pool

    keras.utils.set_random_seed(1)
    made = [text for text, _ in make(300, 9)]
    tokens = CharTokenizer.fit([*REAL, *made])
    rows = [Row(text, float(stars), 0.0) for stars, text in reviews(700)]
    model = network.build(CONFIG, tokens.size, components_of(tokens))
    compile_with(model, 1e-2, make_loss(CONFIG))
    data, pool = Encoded(REAL, CONFIG, tokens), rated_pool(rows, CONFIG)
    for number in range(60):
        chosen = np.random.default_rng(number).permutation(len(REAL))[:64]
        model.train_on_batch(data.inputs(chosen), pool.targets[chosen])
    settings = ModelSettings(CONFIG, 1.3, 0.1, 0.2, 0.8)
    return Artifact(settings, tokens, network.get_weights(model, CONFIG), "small")


@pytest.fixture(scope="module")
def done(start, tmp_path_factory):
    from training.finish import finish

    return finish(start, RECIPE, REAL[:600], 0, losses=tmp_path_factory.mktemp("run") / "losses.jsonl")


def probabilities(model: Artifact, texts: list[str]) -> np.ndarray:
    return np.array([v.probability for v in Analyzer(model, threads=1).analyze_batch(texts)])


def test_it_learns_what_rules_make_and_keeps_its_opinions_of_reviews(start, done):
    texts, good = zip(*make(128, 5), strict=True)  # so few, and so small a network, that it only learns these
    before, after = (float(np.mean((probabilities(m, list(texts)) > 0.5) == np.array(good))) for m in (start, done))
    assert before < 0.65 and after > 0.8
    unseen = REAL[600:]
    moved = abs(probabilities(done, unseen) - probabilities(start, unseen))
    assert np.mean((probabilities(done, unseen) > 0.5) == (probabilities(start, unseen) > 0.5)) > 0.95
    assert moved.mean() < 0.08


def test_it_learns_what_was_written_by_hand(start, monkeypatch):
    from training import finish as module

    written = [("주머니가 하나도 안 터졌어요", True), ("주머니가 하루 만에 터졌어요", False)]
    rare = [("한 번에 붙다니 대단하네요", True), ("한 번에 떨어지다니 대단하네요", False)]
    asked = []
    monkeypatch.setattr(module, "examples", lambda *times: asked.append(times) or written * times[0] + rare * times[1])
    few = replace(RECIPE, made=16, epochs=8, written=64, rare=65)
    done = module.finish(start, few, REAL[:600], 0)
    assert asked == [(64, 65)]
    for pair in (written, rare):
        texts, good = zip(*pair, strict=True)
        before, said = (probabilities(model, list(texts)) for model in (start, done))
        assert ((said > 0.5) == good).all(), texts
        assert said[0] - said[1] > before[0] - before[1] + 0.3, texts


def test_wide_part_calibration_and_bands_stay_what_they_were(start, done):
    assert done.settings == start.settings
    assert np.array_equal(done.weights["wide/table"], start.weights["wide/table"])
    assert not np.array_equal(done.weights["output/kernel"], start.weights["output/kernel"])


@pytest.mark.slow
def test_a_run_that_was_stopped_ends_in_the_same_network(start, tmp_path, monkeypatch):
    from training import finish as module
    from training import loop

    recipe, state = replace(RECIPE, made=300, kept=300, epochs=2), tmp_path / "state.npz"
    whole = module.finish(start, recipe, REAL, 3)
    monkeypatch.setattr(loop, "_EVERY", 4)
    real_step, seen = module._changed, []

    def dying(*arguments):
        seen.append(1)
        if len(seen) > 64 * 7:
            raise KeyboardInterrupt
        return real_step(*arguments)

    monkeypatch.setattr(module, "_changed", dying)
    monkeypatch.setattr(module, "run", lambda *a, **k: loop.run(*a, **k, every=4))
    with pytest.raises(KeyboardInterrupt):
        module.finish(start, recipe, REAL, 3, state)
    assert state.exists()
    monkeypatch.setattr(module, "_changed", real_step)
    again = module.finish(start, recipe, REAL, 3, state)
    assert all(np.allclose(again.weights[name], whole.weights[name], atol=2e-3) for name in whole.weights)


def test_only_marks_at_the_end_are_changed():
    random = np.random.default_rng(0)
    made = {remarked("좋아요! 또 살게요ㅋㅋ", random) for _ in range(200)}
    assert len(made) > 8
    assert all(text.startswith("좋아요! 또 살게요") for text in made)
    assert "좋아요! 또 살게요" in made
    assert all(remarked("ㅋㅋ", random).startswith("ㅋㅋ") for _ in range(20)), "nothing else is there"


@pytest.mark.slow
def test_a_model_folder_is_finished_by_one_command(start, tmp_path):
    folder = tmp_path / "start"
    save(start, folder, name="small", card="x\n", more={})
    lines = [f"{stars}\t{text}\n" for stars, text in reviews(300)]
    (tmp_path / "rated.tsv").write_text("".join(lines), "utf-8")
    (tmp_path / "mine.toml").write_text(
        "[finish]\nmade = 128\nkept = 128\nbatch = 64\nrate = 1e-2\nnetworks = 2\nshare = 0.8\n", "utf-8"
    )
    (tmp_path / "none.toml").write_text("[tune]\nepochs = 1\n", "utf-8")
    words = ("finish", folder, "--data", "rated.tsv", "--out", "done")
    refused = train(tmp_path, *words, "--recipe", "none.toml")
    assert refused.returncode == 65 and "[finish]" in refused.stderr and "Traceback" not in refused.stderr
    result = train(tmp_path, *words, "--recipe", "mine.toml")
    assert result.returncode == 0, result.stderr
    made = load(tmp_path / "done")
    assert made.model_id.startswith("small-") and made.model_id != load(folder).model_id
    card = (tmp_path / "done" / "README.md").read_text("utf-8")
    assert load(folder).model_id in card and "finish --recipe mine" in card
    assert f"{sum(w.size for w in start.weights.values()):,}개" in card and "ms (`python -m nlp.bench`)" in card
    assert "rated.tsv" in card and "네이버" not in card.partition("(data)")[2], "the sources are those of the rows"
    (folder_of_run,) = (tmp_path / "runs").glob("finish-*")
    assert (folder_of_run / "index.html").is_file()
    first, second = (read_arrays(path) for path in sorted(folder_of_run.glob("finish-*.npz")))
    assert not np.allclose(first["output/kernel"], second["output/kernel"]), "each learns from other reviews"
    for name, weights in start.weights.items():
        mixed = 0.2 * weights.astype(np.float16) + 0.4 * first[name] + 0.4 * second[name]
        assert np.allclose(made.weights[name], mixed, atol=2e-3), name
    assert "이미 있습니다" in train(tmp_path, *words, "--recipe", "mine.toml").stderr


def test_what_marks_do_alone_is_taken_back_last_of_all(start, tmp_path):
    from training.data import Row, place
    from training.finish import finished
    from training.linear import wide_part
    from training.marks import _columns
    from training.prepared import Corpora
    from training.recipe import Recipe

    praise = np.zeros(CONFIG.buckets)
    praise[_columns(CONFIG)] = 8.0  # of each mark
    table = start.weights["wide/table"] + wide_part(praise, {}, CONFIG)
    loud = replace(start, weights={**start.weights, "wide/table": table})
    corpora = Corpora([Row(text, float(stars), place(text)) for stars, text in reviews(700)])
    few = replace(RECIPE, made=64, kept=64, epochs=2)
    plain, level = (
        finished(loud, Recipe("small", network=CONFIG, finish=replace(few, level=share)), corpora, tmp_path, 0)
        for share in (0.0, 1.0)
    )
    assert len([*tmp_path.glob("finish-*.npz")]) == 1, "nothing is learned anew for it"
    assert {k for k, w in plain.weights.items() if not np.array_equal(w, level.weights[k])} == {"wide/table"}
    bare = [text.rstrip("!.~? ") for text in REAL[:200]]
    marked = [[text + mark for text in bare] for mark in ("!", "..")]
    moved = [np.mean([abs(probabilities(m, bare) - probabilities(m, said)) for said in marked]) for m in (plain, level)]
    assert moved[1] < 0.4 * moved[0], moved


def test_the_last_of_all_steps_makes_changed_reviews_say_what_they_said(start, tmp_path):
    from training.data import Row, place
    from training.finish import finished, loss_files
    from training.prepared import Corpora
    from training.recipe import Recipe

    corpora = Corpora([Row(text, float(stars), place(text)) for stars, text in reviews(700)])
    tables = {"consistency": {"kept": 400, "epochs": 12, "batch": 64, "rate": 1e-2, "noise": 0.9, "marks": 0.0}}
    recipe = replace(Recipe.from_dict(tables, "small"), network=CONFIG)
    done = finished(start, recipe, corpora, tmp_path, 0)
    assert [path.name for path in tmp_path.glob("*.jsonl")] == ["consistency-0.jsonl"]
    assert loss_files(recipe, tmp_path) == {"consistency-0": tmp_path / "consistency-0.jsonl"}
    unseen = [r.text for r in corpora.rated if r.place < 0.15]
    random = np.random.default_rng(3)
    wrong = [misspell(text, random) for text in unseen]
    moved = [abs(probabilities(m, wrong) - probabilities(start, unseen)).mean() for m in (start, done)]
    assert moved[1] < 0.8 * moved[0], moved


def test_targets_of_real_texts_are_the_whole_models_own_opinion(start):
    from nlp import network
    from training.batches import components_of
    from training.finish import _own_opinions

    model = network.build(CONFIG, start.tokenizer.size, components_of(start.tokenizer))
    network.set_weights(model, CONFIG, dict(start.weights))
    targets = _own_opinions(model, start, REAL[:20]).targets
    chosen = list(CONFIG.positive_classes)
    assert np.allclose(targets[:, chosen].sum(axis=1), targets[:, -2], atol=1e-5)
    odds = np.log(targets[:, -2] / (1 - targets[:, -2]))
    said = 1 / (1 + np.exp(-(1.3 * odds + 0.1)))
    assert np.allclose(said, probabilities(start, REAL[:20]), atol=2e-3)
