"""From a shop's CSV to a model in service, and back, as its owner would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import nlp
from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.modelstore import ModelStore
from nlp.ngrams import hash_ngrams
from tests.training import shop
from tests.training.shop import environment, needs_keras, reviews, train, write_csv

pytestmark = needs_keras

ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="has no folder that even root cannot write in")

QUICK = "[adapt]\nepochs = 2\nbatch = 32\nrate = 1e-3\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A data folder with a shop's file in it."""
    folder = tmp_path_factory.mktemp("shop")
    write_csv(folder / "shop.csv", reviews(600))
    (folder / "quick.toml").write_text(QUICK)
    return folder


@pytest.fixture(scope="module")
def fitted(home):
    """How the run ended that made a model of the shop's file and put it into service."""
    return train(home, "fit", "--data", "shop.csv", "--recipe", "quick.toml", "--promote", "--source", "우리 가게")


def no_traceback(done, status):
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.timeout(600)
def test_from_file_to_service_and_back(home, fitted, train_here):
    done = fitted
    said = no_traceback(done, 0)
    assert "600행을 읽어 리뷰 600편" in said
    assert said.index("남겨 두고 잴 리뷰") < said.index("배우는 중:")
    assert "새 모델" in done.stdout and "지금 쓰는 모델보다 못합니다" not in done.stdout
    assert "선형 모델" in done.stdout
    store = ModelStore(home)
    model_id = store.state().current
    assert model_id is not None and model_id in done.stdout
    analyzer = nlp.load(store.current())
    assert analyzer.analyze("촉감도 그렇고 색상도 흐물흐물해요").label == "negative"

    (run,) = (home / "runs").iterdir()
    names = {p.name for p in run.iterdir()} - {"tensorboard"}
    pictures = {"curves.png", "confusion.png", "reliability.png", "coverage.png"}
    assert names == {"config.json", "metrics.jsonl", "card.md", "index.html", "model", *pictures}
    config = json.loads((run / "config.json").read_text("utf-8"))
    assert config["seed"] == 0 and "keras" in config["versions"]
    assert config["devices"] and f"배우는 곳: {config['devices'][0]}" in said
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert [line.get("epoch") for line in lines[:3]] == [0, 1, 2]
    assert "우리 가게" in (run / "model" / artifact.CARD).read_text("utf-8")
    assert all(name in (run / "index.html").read_text("utf-8") for name in pictures)

    assert model_id in train_here("models", "list", home=home).stdout
    assert train_here("models", "path", home=home).stdout.strip() == str(store.current())
    assert "모델 1개가 온전합니다" in train_here("models", "verify", home=home).stdout
    assert "우리 가게" in train_here("models", "show", home=home).stdout
    chat = [sys.executable, "-m", "bot", "chat", "쫀쫀합니다"]
    answer = subprocess.run(chat, env=environment(home), capture_output=True, text=True, check=True, cwd=home)
    assert model_id in answer.stdout
    assert "함께 설치된 모델" in train_here("rollback", home=home).stdout
    assert store.current() is None
    no_traceback(train_here("rollback", home=home), 78)


@pytest.mark.timeout(600)
def test_a_worse_model_is_refused_unless_forced(home, tmp_path, train_here):
    model = artifact.load(BUNDLED)
    record = {"against": model.model_id, "rows": 300, "outcome": "worse"}
    artifact.save(model, tmp_path / "worse", name="worse", more={"comparison.json": json.dumps(record).encode()})
    artifact.save(model, tmp_path / "unknown", name="unknown")
    weights = {k: -v if k.startswith(("output", "wide")) else v for k, v in model.weights.items()}
    upside_down = artifact.Artifact(model.settings, model.tokenizer, weights)
    artifact.save(upside_down, tmp_path / "wrong", name="wrong")
    for name, says in (("worse", "보다 못해"), ("unknown", "--data"), ("wrong", "기준 문장")):
        assert says in no_traceback(train_here("promote", name), 65)
        assert ModelStore(tmp_path).current() is None
    same = train_here("promote", "unknown", "--data", home / "shop.csv")
    assert "우연일 만큼" in no_traceback(same, 0)
    no_traceback(train_here("promote", "worse", "--force"), 0)
    assert ModelStore(tmp_path).state().current.startswith("worse")
    (tmp_path / "wrong" / artifact.WEIGHTS).write_bytes(b"")
    assert "바뀌었거나 잘렸습니다" in no_traceback(train_here("promote", "wrong"), 78)


def test_a_model_that_is_found_worse_on_the_shops_reviews_is_refused(home, tmp_path, train_here):
    """One that passes the smoke test, but has learned the shop's words the wrong way round."""
    model = artifact.load(BUNDLED)
    config, table = model.settings.network, model.weights["wide/table"].copy()
    wrong = np.where(np.isin(np.arange(len(config.ratings)), config.positive_classes), -1.5, 1.5)
    for words, sign in ((shop.GOOD, 1), (shop.BAD, -1)):
        for word in words:
            table[hash_ngrams(word, config.longest_ngram, config.buckets)] += sign * wrong
    weights = {**model.weights, "wide/table": table}
    artifact.save(artifact.Artifact(model.settings, model.tokenizer, weights), tmp_path / "wrong", name="wrong")
    refused = train_here("promote", "wrong", "--data", home / "shop.csv")
    said = no_traceback(refused, 65)
    assert "새 모델이 지금 쓰는 모델보다 못합니다" in said and "바꿔 끼우지 않았습니다" in said
    assert ModelStore(tmp_path).current() is None


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_thousand_rows_to_a_promoted_model_by_the_readmes_words(tmp_path, train_here):
    """With the recipe that a shop gets by default."""
    write_csv(tmp_path / "리뷰.csv", reviews(2000))
    done = train(tmp_path, "fit", "--data", "리뷰.csv", "--promote")
    said = no_traceback(done, 0)
    assert "2,000행을 읽어 리뷰 2,000편" in said and "기준 문장 20개 가운데" in said
    assert "지금 쓰는 모델보다 못합니다" not in done.stdout
    serving = ModelStore(tmp_path).current()
    assert serving is not None and artifact.load(serving).model_id in done.stdout
    measured = train_here("evaluate", "--data", "리뷰.csv", "--against", BUNDLED, "--json")
    found = json.loads(measured.stdout)
    assert found["accuracy"]["value"] > 0.98 and found["paired"]["only_first"] >= found["paired"]["only_second"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_learning_stops_where_it_gets_no_better(home, tmp_path):
    """At a rate that spoils the model each pass is worse than none, and what was there before is kept."""
    (tmp_path / "wild.toml").write_text("[adapt]\nepochs = 9\nbatch = 32\nrate = 0.3\npatience = 2\n")
    no_traceback(train(tmp_path, "fit", "--data", home / "shop.csv", "--recipe", "wild.toml"), 0)
    (metrics,) = tmp_path.glob("runs/*/metrics.jsonl")
    passes = [line for line in map(json.loads, metrics.read_text("utf-8").splitlines()) if "epoch" in line]
    best = min(passes, key=lambda line: line["aside_loss"])["epoch"]
    assert passes[-1]["epoch"] == best + 2 < 9


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_run_goes_on_and_ends_in_the_same_model(home, fitted, tmp_path):
    words = ["fit", "--data", str(home / "shop.csv"), "--recipe", str(home / "quick.toml"), "--runs"]
    command = [sys.executable, "-m", "bot", "train", *words, "cut"]
    process = subprocess.Popen(command, env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("cut/*/state.npz")):
        assert process.poll() is None
        time.sleep(0.05)  # waits for a file of another process
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not list(tmp_path.glob("cut/*/model"))
    again = train(tmp_path, *words, "cut", "--resume")
    assert "배우는 중: 1/" not in no_traceback(again, 0)
    no_traceback(fitted, 0)
    texts = [text for _, text in reviews(60, seed=9)]
    folders = next(tmp_path.glob("cut/*/model")), next((home / "runs").glob("*/model"))
    cut, whole = (nlp.load(folder).analyze_batch(texts) for folder in folders)
    assert [v.probability for v in cut] == pytest.approx([v.probability for v in whole], abs=0.02)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (reviews(5), "너무 적습니다"),
        ([row for row in reviews(200) if row[0] > 3], "모두 긍정"),
        ([(3, text) for _, text in reviews(20)], "남지 않았습니다"),
        ([*reviews(30), (5, "<@U02ABCDEF1> 좋아요")], "정책"),
    ],
)
def test_bad_files_end_in_a_sentence_before_anything_is_made(tmp_path, train_here, rows, says):
    write_csv(tmp_path / "bad.csv", rows)
    said = no_traceback(train_here("fit", "--data", "bad.csv"), 65)
    assert says in said.splitlines()[-1]
    assert not (tmp_path / "runs").exists()


def test_a_model_that_is_there_already_is_gone_on_with(tmp_path, train_here):
    """Its run may have been killed before it could say what to do with it."""
    write_csv(tmp_path / "shop.csv", reviews(60))
    artifact.save(artifact.load(BUNDLED), tmp_path / "my model", name="made")
    (tmp_path / "other").mkdir()
    made = no_traceback(train_here("fit", "--data", "shop.csv", "--out", "my model"), 65)
    assert "nunchi train promote 'my model' 명령" in made and "nunchi train evaluate 'my model' 명령" in made
    assert len(made.splitlines()) == 1 and artifact.load(tmp_path / "my model").model_id.startswith("made-")
    other = no_traceback(train_here("fit", "--data", "shop.csv", "--out", "other"), 65)
    assert "promote" not in other and "그 폴더를 지워" in other


@pytest.mark.parametrize("option", ["--out", "--runs"])
@pytest.mark.parametrize("place", ["taken/deeper/model", pytest.param("/proc/nothing/model", marks=ONLY_LINUX)])
def test_a_place_in_which_nothing_can_be_written_is_said_before_anything_is_read(tmp_path, train_here, option, place):
    write_csv(tmp_path / "taken", reviews(300))
    words = ("fit", "--data", "taken", "--recipe", "first", "--out", "model", option, place)
    said = no_traceback(train_here(*words), 74)
    assert len(said.splitlines()) == 1, "so before the file is read and Keras is loaded"
    assert f"({place.partition('/nothing')[0].partition('/deeper')[0]}:" in said
    assert not (tmp_path / "model").exists() and not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("fit", "--data", "none.csv"), 65),
        (("fit", "--data", "a.csv", "--name", "가 게"), 65),
        (("fit", "--gibberish"), 64),
        (("fit", "--data", "a.csv", "--recipe", "none"), 65),
        (("fit", "--data", "a.csv", "--seed", "-1"), 64),
        (("compare", "course-gru", "--data", "a.csv", "--seed", "99999999999"), 64),
        (("vectors", "fit", "--texts", "a.csv", "--window", "99999999999"), 64),
        (("fit", "--data", "a.csv", "--obtained", "yesterday"), 65),
        (("promote", "none"), 78),
        (("promote",), 64),
        (("gibberish",), 64),
    ],
)
def test_wrong_use_is_one_sentence(train_here, words, status):
    said = no_traceback(train_here(*words), status)
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("evaluate",), ("behaviour",), ("faithfulness",), ("curve", "m"), ("promote", "m"), ("bench",),
              ("compare", "course-gru"), ("ablate",), ("vectors", "fit")],
)  # fmt: skip
def test_whatever_reads_reviews_is_told_how_as_fit_is(tmp_path, train_here, words):
    rows = [f"{stars};{6 - stars};{text}" for stars, text in reviews(60)]
    (tmp_path / "two.csv").write_text("\n".join(["평점1;평점2;글", *rows]), "utf-8")
    artifact.save(artifact.load(BUNDLED), tmp_path / "m", name="other")
    told = ("--data", "two.csv", "--text-column", "글", "--encoding", "cp949", "--sheet", 1, "--scale", 5, "--cut", 3)
    said = no_traceback(train_here(*words, *told, "--label-column", 9), 65)
    assert "--label-column" in said.splitlines()[-1] or "인코딩" in said or "cp949" in said


def test_a_pipe_that_takes_no_such_characters_is_written_to_all_the_same(tmp_path):
    write_csv(tmp_path / "shop.csv", reviews(60))
    words = [sys.executable, "-m", "training", "evaluate", BUNDLED, "--data", "shop.csv", "--all-rows"]
    around = environment(tmp_path) | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, env=around, capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 0 and b"60" in done.stdout, done.stderr


def test_without_the_extra_it_says_how_to_get_it(tmp_path):
    write_csv(tmp_path / "shop.csv", reviews(300))
    program = "import sys; sys.modules['keras'] = None; from bot.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "train", "fit", "--data", "shop.csv"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert 'pip install "nunchi[train]"' in no_traceback(done, 78)


def test_help(tmp_path):
    done = train(tmp_path, "--help")
    assert done.returncode == 0
    assert "rollback" in done.stdout
    assert "nunchi train" in done.stdout


def test_python_m_training_reads_the_same_files(tmp_path):
    write_csv(Path(tmp_path) / "bad.csv", reviews(5))
    command = [sys.executable, "-m", "training", "fit", "--data", "bad.csv"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "너무 적습니다" in no_traceback(done, 65)


FULL = """
import errno, sys
import training.adapt
from bot.cli import main
write, written = training.adapt.write_arrays, []
def full(path, arrays):
    if written:
        raise OSError(errno.ENOSPC, "No space left on device")
    written.append(write(path, arrays))
training.adapt.write_arrays = full
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_full_disk_at_a_checkpoint_is_one_sentence(home, tmp_path):
    words = ["train", "fit", "--data", str(home / "shop.csv"), "--recipe", str(home / "quick.toml")]
    command = [sys.executable, "-c", FULL, *words]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "디스크가 가득" in no_traceback(done, 74).splitlines()[-1]
    assert not list(tmp_path.glob("runs/*/model"))
    (state,) = tmp_path.glob("runs/*/state.npz")
    kept = state.read_bytes()
    state.write_bytes(kept[:-100])
    assert "망가졌습니다" in no_traceback(train(tmp_path, *words[1:]), 65).splitlines()[-1]
    state.write_bytes(kept)
    again = train(tmp_path, *words[1:])
    assert "배우는 중: 1/" not in no_traceback(again, 0), "what was written before is gone on with"
    assert len(list(tmp_path.glob("runs/*/model"))) == 1
