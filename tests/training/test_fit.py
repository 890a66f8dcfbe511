"""From files to a model folder with the real Keras, on reviews made by rule."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp.modelstore import ModelStore
from tests.training.shop import environment, needs_keras, train
from training.__main__ import main
from training.data import Row
from training.messages import say

pytestmark = needs_keras

RECIPE = """
right_when_sure = 0.9
calibration_folds = 2
fitted_wide = true
[tokenizer]
kind = "char"
[network]
embedding = 16
units = [16]
buckets = 1024
dropout = 0.1
[pretrain]
epochs = 1
batch = 32
[teach]
folds = 2
[teach.tune]
epochs = 4
batch = 32
rate = 1e-2
[tune]
epochs = 8
batch = 32
rate = 1e-2
movies_every = 4
noise = 0.1
[finish]
made = 64
kept = 64
batch = 32
rate = 1e-3
"""

PLAIN = """
right_when_sure = 0.9
fitted_wide = true
wide_made = 200
[network]
embedding = 16
units = [16]
bidirectional = false
buckets = 1024
dropout = 0.1
[tune]
epochs = 8
batch = 32
rate = 1e-2
counterfactuals = 30
"""

SUITES = Path(__file__).parent.parent / "data" / "behaviour"

SMALL = "[network]\nembedding = 16\nunits = [16]\ndropout = 0.1\n"

THINGS = ("배송", "포장", "색상", "재질", "디자인", "마감", "크기", "가격", "향", "맛", "소리", "느낌")
GOOD = ("최고예요", "마음에 들어요", "훌륭합니다", "예뻐요", "추천해요", "만족합니다")
BAD = ("별로예요", "엉망이에요", "실망했어요", "최악입니다", "형편없어요", "후회합니다")


def make(count: int, seed: int) -> list[tuple[str, bool]]:
    """Reviews so plain that a small network learns them in seconds."""
    random = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        first, second = random.choice(THINGS, 2, replace=False)
        good = bool(random.integers(2))
        out.append((f"{first}도 {second}도 {random.choice(GOOD if good else BAD)}", good))
    return out


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora")
    random = np.random.default_rng(5)
    examples = list(dict(make(900, 11)).items())
    lines = [f"{random.choice([4, 5] if good else [1, 2])}\t{text}\n" for text, good in examples]
    (folder / "rated.tsv").write_text("".join(lines[:500]), "utf-8")
    (folder / "unrated.txt").write_text("".join(f"{text}\n" for text, _ in examples[500:600]), "utf-8")
    films = [f"{random.choice([9, 10] if good else [1, 2])}\t영화 {text}\n" for text, good in examples]
    (folder / "movies.tsv").write_text("".join(films), "utf-8")
    (folder / "small.toml").write_text(RECIPE, "utf-8")
    (folder / "plain.toml").write_text(PLAIN, "utf-8")
    more = RECIPE.replace("\nfolds = 2", "\nfolds = 2\ngenerations = 2")
    more = more.replace("[pretrain]", "[pretrain]\nlanguage_model_every = 4\nlanguage_model_batch = 16")
    (folder / "again.toml").write_text(more, "utf-8")
    return folder


def command(files: Path, out: Path, runs: Path, recipe: str = "small.toml") -> list[str]:
    names = (
        ("--data", "rated.tsv"),
        ("--unrated", "unrated.txt"),
        ("--movies", "movies.tsv"),
        ("--recipe", recipe),
    )
    options = [part for option, name in names for part in (option, str(files / name))]
    return [sys.executable, "-m", "training", "fit", *options, "--out", str(out), "--runs", str(runs), "--name", "toy"]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("recipe", ["plain.toml", pytest.param("small.toml", marks=pytest.mark.slow)])
def test_fit_makes_a_model_that_serves(files, tmp_path, recipe):
    result = run(command(files, tmp_path / "model", tmp_path / "runs", recipe))
    assert result.returncode == 0, result.stderr
    analyzer = nlp.load(tmp_path / "model")
    assert analyzer.model_id.startswith("toy-")
    right = [(analyzer.analyze(text).label == "positive") == good for text, good in make(400, 99)]
    assert np.mean(right) > 0.9
    card = (tmp_path / "model" / "README.md").read_text("utf-8")
    assert "남겨 두어" in card and "문제 모음 negation" in card
    assert "별점 리뷰, rated.tsv, 20" in card, "the sources are those of the rows"
    assert "네이버" not in card.partition("(data)")[2]
    assert "정확도" in result.stdout
    said = result.stdout
    assert all(other in said for other in ("새 모델", "지금 쓰는 모델", "선형 모델")), "it is compared with both"
    assert ("다른 조각으로 보정하고" in result.stderr) == (recipe == "small.toml"), "where there are two folds"
    check_run_folder(tmp_path / "runs", recipe.removesuffix(".toml"), result, analyzer.model_id)
    assert bool(list((tmp_path / "runs").glob("fit-*/finish-*-0.npz"))) == (recipe == "small.toml"), "its last step"
    assert ("영화 리뷰, movies.tsv, 20" in card) == (recipe == "small.toml"), "those that the recipe has a use for"

    again = run(command(files, tmp_path / "model", tmp_path / "runs", recipe))
    assert again.returncode == 65
    assert "이미 있습니다" in again.stderr
    assert "Traceback" not in again.stderr


def check_run_folder(runs: Path, recipe: str, result: subprocess.CompletedProcess[str], model_id: str) -> None:
    """What was asked, what came of it, and pictures, as of a shop's run."""
    (folder,) = runs.glob(f"{recipe}-*")
    assert f"이번 기록: {folder / 'index.html'}" in result.stdout
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert f"배우는 곳: {config['devices'][0]}" in result.stderr
    assert config["seed"] == 0 and "keras" in config["versions"] and config["settings"]["tune"]["epochs"] == 8
    *steps, last = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert last["held_out"]["model_id"] == model_id
    assert steps[0]["network"] == "student-0" and steps[-1]["loss"] < 0.6 * steps[0]["loss"]
    assert [s["step"] for s in steps[:3]] == [20, 40, 60]
    page = (folder / "index.html").read_text("utf-8")
    for name in ("curves.png", "confusion.png", "reliability.png", "coverage.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG") and name in page
    assert model_id in page and "student-0" in page and "config.json" in page
    assert (folder / "card.md").read_text("utf-8") in (runs.parent / "model" / "README.md").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_shop_whose_customers_give_one_star_or_five_has_a_model(files, tmp_path):
    lines = (files / "rated.tsv").read_text("utf-8").splitlines()
    two = "".join(f"{5 if line[0] in '45' else 1}{line[1:]}\n" for line in lines)
    (tmp_path / "two.tsv").write_text(two, "utf-8")
    done = train(
        tmp_path, "fit", "--data", "two.tsv", "--recipe", files / "plain.toml", "--out", "model", "--runs", "runs"
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    verdict = nlp.load(tmp_path / "model").analyze("배송도 포장도 최고예요")
    assert (verdict.label, verdict.rating) == ("positive", 5)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_run_goes_on_with_what_is_there_unless_it_is_to_begin_anew(files, tmp_path):
    runs, recipe = tmp_path / "runs", tmp_path / "mine.toml"
    times = []
    for number, (sure, more) in enumerate(((0.9, []), (0.95, []), (0.95, ["--fresh"]))):
        recipe.write_text(PLAIN.replace("0.9", str(sure)), "utf-8")
        done = run([*command(files, tmp_path / f"model-{number}", runs, str(recipe)), *more])
        assert done.returncode == 0, done.stderr
        (network,) = runs.glob("fit-*/student-0.npz")
        times.append(network.stat().st_mtime_ns)
    assert times[0] == times[1] < times[2], "another band needs no other network"
    asked = [
        json.loads(path.read_text("utf-8"))["settings"]["right_when_sure"] for path in runs.glob("mine-*/config.json")
    ]
    assert sorted(asked) == [0.9, 0.95], "each has a record of its own"


def test_movies_of_five_stars_are_refused(files, tmp_path, train_here):
    five = (files / "movies.tsv").read_text("utf-8").replace("10\t", "5\t").replace("9\t", "4\t")
    (tmp_path / "five.tsv").write_text(five, "utf-8")
    words = ("--data", files / "rated.tsv", "--movies", "five.tsv", "--recipe", files / "small.toml")
    done = train_here("fit", *words, "--out", "model")
    assert done.returncode == 65 and "1점에서 10점까지" in done.stderr
    assert "배우는 곳" not in done.stderr, "so before Keras is loaded"
    assert not (tmp_path / "runs").exists()


def test_texts_that_share_nothing_have_a_linear_model_too():
    from training import baseline

    rows = [Row(chr(0xAC00 + 7 * i), 1.0 + 4 * (i % 2), 0.0) for i in range(60)]
    said = baseline.log_odds(baseline.fit_baseline(rows), [row.text for row in rows])
    assert ((said > 0) == [row.rating > 3 for row in rows]).all()


def test_the_card_names_corpora_that_the_user_named_and_says_how_it_behaves(files, monkeypatch):
    from training import judged
    from training.behaviour import Behaviour, suites_in
    from training.card import write_card
    from training.evaluate import evaluate
    from training.made.written import examples
    from training.prepared import Corpora
    from training.recipe import Recipe
    from training.recipe_parts import FinishRecipe, TeachRecipe, TuneRecipe

    rows = [Row(text, 5.0 if good else 1.0, 0.0) for text, good in make(40, 3)]
    analyzer = nlp.load()
    result = evaluate(analyzer, rows)
    suites = suites_in(SUITES)[:1]
    acts = Behaviour.of(analyzer, [row.text for row in rows], result.positive.tolist(), suites)
    given = (
        Recipe.from_dict({"looks": 3}, "tried"),
        None,
        analyzer.settings,
        result,
        result.accuracy,
        result.against(result),
    )
    cards = []
    for mine in (None, ("영화 리뷰, 우리.tsv, 2026-01-02에 받음", "적지 않음")):
        corpora = Corpora(rows, (), rows[:30], movies_source=mine)
        cards.append(write_card(given[0], corpora, *given[1:], None, acts, 0))
    assert "| 30 | 1점에서 10점까지의 영화 리뷰 (e9t/nsmc, raw) | CC0 |" in cards[0]
    assert "값을 3번 보았고" in cards[0]
    assert f"| 문제 모음 {suites[0].stem} | {acts.suites[0].passed.value:.2%} |" in cards[0]
    assert all(f"뒤집힌 판단: {say(f'change_{change}')} |" in cards[0] for change in acts.flips)
    assert "글자의 20%가 망가졌을 때" in cards[0] and "글자의 0%" not in cards[0]
    assert "| 30 | 영화 리뷰, 우리.tsv, 2026-01-02에 받음 | 적지 않음 |" in cards[1] and "CC0" not in cards[1]
    learned = replace(given[0], finish=FinishRecipe(made=10, written=2))
    line = f"| {len(examples()):,} | {say('card_written')} | Apache-2.0 |"
    assert line in write_card(learned, corpora, *given[1:], None, acts, 0)
    assert line not in cards[1]
    for other in (
        replace(given[0], teach=TeachRecipe(folds=2, tune=TuneRecipe(written=1))),
        replace(given[0], tune=TuneRecipe(written=1)),
    ):
        assert line in write_card(other, corpora, *given[1:], None, acts, 0)
    rare = examples(1, 1)
    line_of_both = f"| {len(rare):,} | {say('card_written')} | Apache-2.0 |"
    for other in (TuneRecipe(written=1, rare=2), TuneRecipe(written=3)):
        both = replace(given[0], tune=other, finish=FinishRecipe(made=10, written=1, rare=0 if other.rare else 1))
        assert line_of_both in write_card(both, corpora, *given[1:], None, acts, 0)
    unused = replace(given[0], teach=TeachRecipe(tune=TuneRecipe(written=1)), finish=FinishRecipe(written=1))
    assert line not in write_card(unused, corpora, *given[1:], None, acts, 0)
    told = [Row(f"별점 {i}", 5.0 if i % 2 else 1.0, 0.2 + i / 1000) for i in range(80)]
    grades = {0.5: (4,)} | {r.place: (1 + i % 2 * 4,) for i, r in enumerate(told)}
    monkeypatch.setattr(judged, "unsure_grades", lambda: grades)
    known = replace(corpora, rated=told, unrated=[Row("읽은 것", None, 0.5), Row("안 읽은 것", None, 0.6)])
    heeding, line = (
        replace(given[0], teach=TeachRecipe(folds=2, judged=2)),
        f"| 81 | {say('card_judged')} | Apache-2.0 |",
    )
    assert line in write_card(heeding, known, *given[1:], None, acts, 0)
    for recipe, told_of in ((given[0], known), (heeding, replace(known, rated=told[:20]))):
        assert say("card_judged") not in write_card(recipe, told_of, *given[1:], None, acts, 0)
    assert all("별점 없는" not in card and "nan" not in card for card in cards), "of what was not used nothing is said"


HIDDEN = "import sys; sys.modules['kiwipiepy'] = None; from bot.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["word", "jamo", "kiwi"])
def test_models_that_read_other_tokens_serve(files, tmp_path, kind):
    """Also morphemes; those are cut once, and without its analyser such a model is refused before a message comes."""
    if kind == "kiwi":
        pytest.importorskip("kiwipiepy", reason="needs the extra kiwi")
    (tmp_path / "other.toml").write_text(
        f"[tokenizer]\nkind = '{kind}'\n[tune]\nepochs = 6\nrate = 1e-2\n{SMALL}buckets = 1024\n"
    )
    words = ["fit", "--data", files / "rated.tsv", "--recipe", "other.toml", "--out", "model"]
    for done in (train(tmp_path, *words), train(tmp_path, "promote", "model", "--force")):  # it knows too few words
        assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("runs/tokens/*.gz"))) == (kind == "kiwi")
    folder = ModelStore(tmp_path).current()
    assert folder is not None
    assert json.loads((folder / "tokenizer.json").read_text("utf-8"))["kind"] == kind
    verdicts = nlp.load(folder).analyze_batch([text for text, _ in make(200, 99)])
    assert (
        np.mean([(v.label == "positive") == good for v, (_, good) in zip(verdicts, make(200, 99), strict=True)]) > 0.9
    )
    learnt_on = train(tmp_path, "fit", "--data", files / "rated.tsv", "--out", "on")  # from the one in service
    assert learnt_on.returncode == 0, learnt_on.stderr
    assert nlp.load(tmp_path / "on").analyze_batch(["배송도 포장도 최고예요"])[0].label == "positive"
    if kind == "kiwi":
        command, around = [sys.executable, "-c", HIDDEN, "run", "discord"], {"DISCORD_TOKEN": "never used"}
        around |= environment(tmp_path)
        refused = subprocess.run(command, env=around, capture_output=True, text=True, check=False, timeout=120)
        assert refused.returncode == 78, refused.stderr
        assert "nunchi[kiwi]" in refused.stderr and len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_second_generation_and_a_language_model_take_part(files, tmp_path):
    result = run(command(files, tmp_path / "model", tmp_path / "runs", "again.toml"))
    assert result.returncode == 0, result.stderr
    assert "둘째 선생들이" in result.stderr
    analyzer = nlp.load(tmp_path / "model")
    assert np.mean([(analyzer.analyze(text).label == "positive") == good for text, good in make(400, 99)]) > 0.9


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_run_goes_on_and_ends_in_the_same_model(files, tmp_path):
    whole = run(command(files, tmp_path / "whole", tmp_path / "runs-1"))
    assert whole.returncode == 0, whole.stderr
    process = subprocess.Popen(command(files, tmp_path / "cut", tmp_path / "runs-2"), stderr=subprocess.PIPE)
    while not list((tmp_path / "runs-2").glob("teach-*/teacher-0-0.npz")):
        assert process.poll() is None
        time.sleep(0.05)  # waits for a file of another process
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "cut").exists()
    assert run(command(files, tmp_path / "cut", tmp_path / "runs-2")).returncode == 0
    texts = [text for text, _ in make(100, 5)]
    first, second = (nlp.load(tmp_path / name).analyze_batch(texts) for name in ("whole", "cut"))
    assert np.allclose([v.probability for v in first], [v.probability for v in second], atol=1e-3)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("5\t좋아요\n" * 30, "너무 적습니다"),
        ("5\t좋아요\n1\t별로\n", "너무 적습니다"),
        ("좋아요\n", "--label-column"),
        ("", "rated.tsv"),
    ],
    ids=["one text", "two rows", "no rating", "empty"],
)
def test_rows_that_cannot_be_learned_from_are_refused(tmp_path, capsys, rows, says):
    (tmp_path / "rated.tsv").write_text(rows, "utf-8")
    status = main(["fit", "--data", str(tmp_path / "rated.tsv"), "--out", str(tmp_path / "model")])
    assert status == 65
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
    assert not (tmp_path / "model").exists()
