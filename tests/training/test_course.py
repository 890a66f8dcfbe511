"""Every network of the course trains on small data, the way the course has it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from bot.commands.train import TrainingHost
from bot.core.messages import Messages
from nlp.tokenizer import MORPHEME_KINDS
from tests.training.shop import environment, needs_keras, reviews, train, write_csv
from training import recipe
from training.data import HELD_OUT_SHARE, DataError, place
from training.reviews import ReadRules, read_reviews

pytestmark = needs_keras

COURSES = {name: recipe.load(name).course for name in recipe.names() if recipe.load(name).course is not None}
NAMES = [name for name, course in COURSES.items() if course.tokens not in MORPHEME_KINDS]


def test_the_networks_that_the_course_has_are_there():
    courses = [recipe.load(name).course for name in NAMES]
    assert {c.cell for c in courses} == {"rnn", "lstm", "gru"}
    assert {c.direction for c in courses} == {"forward", "backward", "both"}
    assert {c.task for c in courses} == {"polarity", "classes", "rating"}
    assert {c.input for c in courses} == {"embedding", "one-hot"}
    assert {c.body for c in courses} == {"recurrent", "flatten"}
    assert {c.padding for c in courses} == {"pre", "post"}
    assert {len(c.units) for c in courses} == {1, 2}
    taught = recipe.load("course-char-lstm").course
    assert (taught.length, taught.batch, taught.epochs, taught.tokens) == (100, 32, 2, "syllable")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_of_them_train_and_are_compared(tmp_path):
    write_csv(tmp_path / "shop.csv", reviews(120))
    done = train(tmp_path, "compare", *NAMES, "--data", "shop.csv", "--epochs", 1)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in NAMES)
    assert (tmp_path / "compared" / "curves.png").read_bytes().startswith(b"\x89PNG")
    figures = [json.loads(line) for line in (tmp_path / "compared" / "figures.jsonl").read_text().splitlines()]
    assert [f["recipe"] for f in figures] == NAMES
    assert all(f["n"] == 24 and f["parameters"] > 0 and len(f["loss"]) == 1 for f in figures)


@pytest.mark.timeout(300)
def test_a_network_learns_what_there_is_to_learn(tmp_path):
    from training.course import parts
    from training.course import train as train_network

    write_csv(tmp_path / "shop.csv", reviews(500))
    (tmp_path / "naver.txt").write_text("".join(f"{stars}\t{text}\n" for stars, text in reviews(500)), "utf-8")
    rows = read_reviews([tmp_path / "naver.txt"], ReadRules(as_taught=True), None)
    course = recipe.load("course-flatten").course
    trained = train_network("flatten", course, rows, parts(rows.rows), lambda what, done, of: None, tmp_path)
    assert trained.accuracy.value > 0.9
    assert len(trained.curve.loss) == 5


@pytest.mark.timeout(300)
def test_classes_have_the_polarity_of_their_ratings(tmp_path):
    """Of 100 points 61 to 69 are positive, and nearest to three stars, which are not."""
    from training.course import parts
    from training.course import train as train_network

    points = {5: 65, 4: 64, 2: 30, 1: 20}
    path = write_csv(tmp_path / "shop.csv", [(points[stars], text) for stars, text in reviews(500)])
    rows = read_reviews([path], ReadRules(scale=100.0), TrainingHost(Messages()))
    course = replace(COURSES["course-flatten"], task="classes")
    trained = train_network("classes", course, rows, parts(rows.rows), lambda *_: None, tmp_path)
    assert trained.accuracy.value > 0.9
    assert trained.own.startswith("classes ")


@pytest.mark.timeout(300)
def test_learning_stops_early_where_the_course_has_it(tmp_path):
    from training.course import parts
    from training.course import train as train_network

    (tmp_path / "naver.txt").write_text("".join(f"{stars}\t{text}\n" for stars, text in reviews(200)), "utf-8")
    rows = read_reviews([tmp_path / "naver.txt"], ReadRules(as_taught=True), None)
    assert COURSES["course-embedding-rnn"].patience, "the course stops that one early"
    wild = replace(COURSES["course-flatten"], rate=3.0, epochs=40, patience=2)
    losses = train_network("wild", wild, rows, parts(rows.rows), lambda *_: None, tmp_path).curve.aside_loss
    assert len(losses) == int(np.nanargmin(losses)) + 1 + 2 < 40


def test_cleaning_and_duplicates_are_the_courses(tmp_path):
    (tmp_path / "naver.txt").write_text("5\t좋아요!! :)\n1\t좋아요\n2\tbad 별로 2번\n1\t!!!\n", "utf-8")
    found = read_reviews([tmp_path / "naver.txt"], ReadRules(as_taught=True), None)
    assert [(row.text, row.rating) for row in found.rows] == [("좋아요", 5), ("별로 2번", 2)]
    assert (found.read, found.left_out["duplicates"], found.left_out["empty"]) == (4, 1, 1)


def test_padding_truncating_and_unknown_words():
    from training.course_recipe import CourseRecipe
    from training.course_rows import Vocabulary, padded

    words = CourseRecipe(tokens="word", num_words=4, length=3)
    known = Vocabulary(words, [["가", "가", "가", "나", "나", "다"]])
    assert known.size == 4
    ids = [known.encode(text.split()) for text in ("가 나 다", "라", "가 가 가 나")]
    assert ids == [[2, 3, 1], [1], [2, 2, 2, 3]]
    assert np.array_equal(padded(ids, words), [[2, 3, 1], [0, 0, 1], [2, 2, 3]])
    after = CourseRecipe(length=3, padding="post", truncating="post")
    assert np.array_equal(padded(ids, after), [[2, 3, 1], [1, 0, 0], [2, 2, 2]])


@pytest.mark.parametrize(
    "settings",
    [
        "cell = 'mlp'",
        "units = [0]",
        "units = []",
        "dropout = 1.5",
        "gibberish = 1",
        "task = 3",
        "length = 0",
        "num_words = 1",
    ],
)
def test_wrong_settings_are_named(tmp_path, settings):
    (tmp_path / "bad.toml").write_text(f"[course]\n{settings}\n")
    with pytest.raises(DataError, match=settings.partition(" ")[0]):
        recipe.load(str(tmp_path / "bad.toml"))


def test_a_whole_number_is_a_rate_too(tmp_path):
    from training.course_network import build

    (tmp_path / "mine.toml").write_text("[course]\nrate = 1\n")
    model = build(recipe.load(str(tmp_path / "mine.toml")).course, 10, 2)
    assert float(model.optimizer.learning_rate) == 1


def test_what_cannot_be_compared_is_said_in_one_sentence(tmp_path, train_here):
    write_csv(tmp_path / "labels.csv", [("긍정" if stars > 3 else "부정", text) for stars, text in reviews(80)])
    write_csv(tmp_path / "good.csv", [(5, text) for _, text in reviews(80)])
    write_csv(tmp_path / "few.csv", reviews(20))
    (tmp_path / "mine.toml").write_text("[course]\n")
    for words, says in (
        (("compare", "shop", "--data", "labels.csv"), "course-gru"),
        (("compare", "course-rating", "--data", "labels.csv"), "라벨만"),
        (("compare", "course-gru", "--data", "good.csv"), "모두 긍정"),
        (("bench", "--data", "good.csv"), "모두 긍정"),
        (("bench", "--data", "few.csv"), "50"),
        (("fit", "--recipe", "course-gru", "--data", "labels.csv"), "compare course-gru"),
        (("fit", "--recipe", "mine.toml", "--data", "labels.csv"), "compare mine.toml"),
    ):
        done = train_here(*words)
        assert done.returncode == 65
        assert says in done.stderr
        assert "Traceback" not in done.stderr


def test_one_polarity_to_learn_from_is_one_sentence(tmp_path, train_here, learnt):
    """Beside the model in service the rows are split by a hash, which may leave one side nothing bad."""
    rows = [(stars, text) for stars, text in reviews(400) if stars > 3 or place(text) < HELD_OUT_SHARE]
    write_csv(tmp_path / "shop.csv", rows)
    done = train_here("compare", "course-flatten", "--beside", "--data", "shop.csv")
    assert done.returncode == 65
    assert "부정 0" in done.stderr and "Traceback" not in done.stderr
    assert not learnt, "it is said before anything is learnt"
    assert train_here("compare", "course-flatten", "--data", "shop.csv").returncode == 0


def test_what_one_network_cannot_do_is_said_before_another_is_trained(tmp_path, train_here, learnt):
    write_csv(tmp_path / "labels.csv", [("긍정" if stars > 3 else "부정", text) for stars, text in reviews(80)])
    (tmp_path / "bad.toml").write_text("[course]\nvectors = 'nope.txt'\n")
    (tmp_path / "tokens.toml").write_text("[course]\ntokens = ''\n")
    (tmp_path / "course-flatten.toml").write_text("[course]\n")
    (tmp_path / "taken").write_text("")
    for words, says in (
        (("course-flatten", "course-rating"), "라벨만"),
        (("course-flatten", "bad.toml"), "벡터 파일이 없습니다"),
        (("course-flatten", "tokens.toml"), "‘’ 토크나이저는 없습니다. 있는 것: syllable, char"),
        (("course-flatten", "course-flatten.toml"), "둘입니다"),
        (("course-flatten", "--out", "taken/deeper"), "taken"),
    ):
        done = train_here("compare", *words, "--data", "labels.csv")
        assert done.returncode in (65, 74) and says in done.stderr and "Traceback" not in done.stderr
    assert not learnt


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_bench_says_both_speeds(tmp_path):
    write_csv(tmp_path / "shop.csv", reviews(300))
    done = train(tmp_path, "bench", "--data", "shop.csv")
    assert done.returncode == 0, done.stderr
    assert "배 빠르고 정확도는 " in done.stdout
    assert "저쪽만 맞힌 것 " in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_beside_the_networks_are_the_model_in_service_and_a_linear_one(tmp_path):
    write_csv(tmp_path / "shop.csv", reviews(400))
    done = train(tmp_path, "compare", "course-flatten", "--beside", "--data", "shop.csv", "--epochs", 1)
    assert done.returncode == 0, done.stderr
    figures = [json.loads(line) for line in (tmp_path / "compared" / "figures.jsonl").read_text().splitlines()]
    assert [f["recipe"].partition("-")[0].partition(" ")[0] for f in figures] == ["course", "linear", "shopping"]
    assert len({f["n"] for f in figures}) == 1 and 40 < figures[0]["n"] < 80, "what fit holds out, for all of them"


@pytest.fixture
def learnt(monkeypatch):
    """Names of the networks that were trained, each in no time."""
    from training import course

    names = []

    def trained(name, recipe, reviews, sides, tell, cache, seed=0, *, fast=False):
        names.append(f"{name}, quickly" if fast else name)
        if name == "course-gru" and names.count(name) == 1:
            raise KeyboardInterrupt
        curve = course.Curve([0.7, float("nan")], [0.5, 0.6], [], [])
        return course.Trained(
            name, course.share([True, True, False]), "polarity 66.7%", 10 + len(names), 0.5, 1.5, curve
        )

    monkeypatch.setattr(course, "train", trained)
    return names


def figures_of(folder):
    return [json.loads(line) for line in (folder / "compared" / "figures.jsonl").read_text().splitlines()]


def test_what_was_trained_on_the_same_rows_is_not_trained_again(tmp_path, train_here, learnt):
    write_csv(tmp_path / "shop.csv", reviews(60))
    words = ("compare", "course-flatten", "course-gru", "--data", "shop.csv")
    assert train_here(*words).returncode == 75
    (first,) = figures_of(tmp_path)
    assert (first["recipe"], first["right"], first["n"], first["parameters"]) == ("course-flatten", 2, 3, 11)
    again = train_here(*words)
    assert again.returncode == 0, again.stderr
    assert learnt == ["course-flatten", "course-gru", "course-gru"]
    assert "course-flatten: 앞서" in again.stderr
    assert "course-gru: 앞서" not in again.stderr
    assert again.stdout.count("66.67%") == 2
    assert "레시피의 과제" in again.stdout and "제 과제" not in again.stdout, "which would be that of whoever speaks"
    assert [f["recipe"] for f in figures_of(tmp_path)] == ["course-flatten", "course-gru"]
    assert (tmp_path / "compared" / "curves.png").read_bytes().startswith(b"\x89PNG")

    del learnt[:]
    for more in ((), ("--epochs", 3), ("--seed", 1), ("--rows", 55), ("--fresh",)):
        assert train_here("compare", "course-flatten", "--data", "shop.csv", *map(str, more)).returncode == 0
    assert len(learnt) == 4, "another recipe, other rows, or asked for"
    assert [f["recipe"] for f in figures_of(tmp_path)] == ["course-flatten"], "of the same rows alone"


def test_what_was_trained_as_taught_says_nothing_of_what_is_trained_quickly(tmp_path, train_here, learnt):
    write_csv(tmp_path / "shop.csv", reviews(60))
    words = ("compare", "course-char-lstm", "course-flatten", "--data", "shop.csv")
    for more in ((), ("--quick",), ("--quick",)):
        assert train_here(*words, *more).returncode == 0
    assert learnt == ["course-char-lstm", "course-flatten", "course-char-lstm, quickly"]
    assert [(f["recipe"], f["quick"]) for f in figures_of(tmp_path)] == [
        ("course-char-lstm", True), ("course-flatten", False), ("course-char-lstm", False)
    ]  # fmt: skip


def test_lines_that_somebody_spoilt_are_trained_again(tmp_path, train_here, learnt):
    write_csv(tmp_path / "shop.csv", reviews(60))
    words = ("compare", "course-flatten", "--data", "shop.csv")
    assert train_here(*words).returncode == 0
    path = tmp_path / "compared" / "figures.jsonl"
    whole = path.read_text()
    for spoilt in ("", "[]\n", whole[:50], whole.replace("parameters", "x"), '{"key": 1}\n', "\udcff"):
        path.write_bytes(spoilt.encode("utf-8", "surrogateescape"))
        assert train_here(*words).returncode == 0
        assert [f["recipe"] for f in figures_of(tmp_path)] == ["course-flatten"]
    assert len(learnt) == 7


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_between_two_networks_it_goes_on_with_the_second(tmp_path):
    write_csv(tmp_path / "shop.csv", reviews(120))
    words = ["compare", "course-flatten", "course-gru", "--data", "shop.csv", "--epochs", "1"]
    command = [sys.executable, "-m", "bot", "train", *words]
    process = subprocess.Popen(command, env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.DEVNULL)
    while not (tmp_path / "compared" / "figures.jsonl").exists():
        assert process.poll() is None
        os.sched_yield()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    first = figures_of(tmp_path)[0]
    done = train(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "course-flatten: 앞서" in done.stderr
    assert "course-flatten: 0/1" not in done.stderr
    assert figures_of(tmp_path)[0] == first
    assert [f["recipe"] for f in figures_of(tmp_path)] == ["course-flatten", "course-gru"]
