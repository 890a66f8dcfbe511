"""What a model is worth: on a shop's own file, by default of the model in service."""

import gzip
import json
from types import SimpleNamespace

import numpy as np
import pytest

import nlp
from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.modelstore import ModelStore
from tests.training.shop import needs_keras, reviews, write_csv
from training.behaviour import INVARIANCES, invariance
from training.data import read_rated
from training.messages import say
from training.rows import split

pytestmark = needs_keras  # for what comes with it: scikit-learn and Matplotlib


@pytest.fixture
def upside_down(tmp_path):
    """A model that says the opposite of the bundled one, in service."""
    model = artifact.load(BUNDLED)
    weights = {k: -v if k.startswith(("output", "wide")) else v for k, v in model.weights.items()}
    artifact.save(artifact.Artifact(model.settings, model.tokenizer, weights), tmp_path / "new", name="upside-down")
    return ModelStore(tmp_path).promote(tmp_path / "new")


def figures(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, parse_constant=pytest.fail)  # no NaN, which JSON has not


def test_a_shops_file_measures_the_model_in_service(tmp_path, train_here, upside_down):
    write_csv(tmp_path / "shop.csv", reviews(300))
    found = figures(train_here("evaluate", "--data", "shop.csv", "--against", BUNDLED, "--json"))
    assert found["model_id"] == upside_down
    assert found["against"]["model_id"] == artifact.load(BUNDLED).model_id
    assert found["accuracy"]["value"] < 0.3 < 0.7 < found["against"]["accuracy"]["value"]
    assert found["paired"]["only_second"] > 10 * found["paired"]["only_first"]
    assert found["stars"] is not None and set(found["by_rating"]) == {"1", "2", "4", "5"}
    held = figures(train_here("evaluate", BUNDLED, "--data", "shop.csv", "--json"))["accuracy"]["n"]
    every = figures(train_here("evaluate", BUNDLED, "--data", "shop.csv", "--all-rows", "--json"))["accuracy"]["n"]
    assert 20 < held < 80 and every == 300
    assert found["by_length"]["80+"] == {"right": 0, "n": 0, "value": None, "low": None, "high": None}
    assert 0 < found["calibration_by_chance"]["mean"] < found["calibration_by_chance"]["high"]


def test_it_reads_what_fit_reads(tmp_path, train_here):
    """The same figures from a CSV, from labels in any column, and from the course's two columns."""
    rows = reviews(200)
    write_csv(tmp_path / "shop.csv", rows)
    (tmp_path / "naver.txt").write_text("".join(f"{stars}\t{text}\n" for stars, text in rows), "utf-8")
    labels = [("긍정" if stars > 3 else "부정", text) for stars, text in rows]
    write_csv(tmp_path / "labels.csv", labels, "판정,글")
    named = ("--text-column", "글", "--label-column", "1")
    first, second, third = (
        figures(train_here("evaluate", BUNDLED, "--data", *words, "--json"))
        for words in (("shop.csv",), ("naver.txt",), ("labels.csv", *named))
    )
    assert first == second
    assert third["accuracy"] == first["accuracy"] and third["stars"] is None
    good = [("긍정", text) for stars, text in rows if stars > 3] + [("부정", rows[0][1] + " 정말")]
    write_csv(tmp_path / "good.csv", good)
    mostly = figures(train_here("evaluate", BUNDLED, "--data", "good.csv", "--all-rows", "--json"))
    assert (mostly["stars"], mostly["by_rating"]) == (None, {}), "labels are no stars"


def test_pictures_and_a_table(tmp_path, train_here):
    write_csv(tmp_path / "shop.csv", reviews(100))
    done = train_here("evaluate", "--data", "shop.csv", "--all-rows", "--pictures", "drawn")
    assert done.returncode == 0, done.stderr
    assert artifact.load(BUNDLED).model_id in done.stdout
    assert {p.name for p in (tmp_path / "drawn").iterdir()} == {"confusion.png", "reliability.png", "coverage.png"}


def test_behaviour_and_faithfulness_of_the_model_in_service(tmp_path, train_here, upside_down):
    write_csv(tmp_path / "shop.csv", reviews(60))
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "few.tsv").write_text(
        "kind\ttext\tlabel\n부정어\t정말 마음에 들어요\tpositive\n부정어\t정말 별로예요\tnegative\n", "utf-8"
    )
    done = train_here("behaviour", "--suites", "suites", "--data", "shop.csv", "--all-rows")
    assert done.returncode == 0, done.stderr
    assert upside_down in done.stdout and say("behaviour_held_out", rows=60) in done.stdout
    assert "0.00% [" in done.stdout, "an upside-down model has none of the suite right"
    done = train_here("faithfulness", "--data", "shop.csv", "--all-rows", "--reviews", 5)
    assert done.returncode == 0, done.stderr
    assert say("faithful_title", rows=5) in done.stdout


def test_it_says_how_many_of_a_file_are_measured(tmp_path, train_here):
    write_csv(tmp_path / "shop.csv", reviews(100))
    some, every = (train_here("evaluate", "--data", "shop.csv", *more) for more in ((), ("--all-rows",)))
    held = len(split_texts(reviews(100))[1])
    assert say("measured_on_held_out", rows=held, of=100) in some.stderr
    assert "--all-rows" not in every.stderr


def test_movies_are_measured_on_those_that_fit_holds_out(tmp_path, train_here):
    """Which are others than of reviews, and only those that are clear."""
    random = np.random.default_rng(2)
    texts = list(dict.fromkeys(f"{text} 그리고 {i}번째" for i, (_, text) in enumerate(reviews(900))))
    rated = [(int(random.integers(1, 11)), text) for text in texts]
    file = tmp_path / "nsmc_raw.tsv.gz"
    file.write_bytes(gzip.compress("".join(f"{stars}\t{text}\n" for stars, text in rated).encode()))
    done = train_here("evaluate", BUNDLED, "--movies", "--data", file.name, "--json")
    held = [row for row in read_rated(file).rows if row.place < 0.03]
    clear = [row for row in held if row.rating <= 4 or row.rating >= 9]
    assert 5 < len(clear) < len(held)
    assert figures(done)["accuracy"]["n"] == len(clear)
    assert say("movies_held_out", rows=len(clear), of=900) in done.stderr
    refused = train_here("evaluate", BUNDLED, "--data", file.name)
    assert refused.returncode == 65 and "--movies" in refused.stderr
    assert train_here("evaluate", BUNDLED, "--movies").returncode == 65, "no corpora are named"


def test_a_folder_without_suites_is_one_sentence(tmp_path, train_here):
    write_csv(tmp_path / "shop.csv", reviews(60))
    done = train_here("behaviour", "--suites", "nowhere", "--data", "shop.csv")
    assert done.returncode == 65 and done.stdout == ""
    assert say("no_suites", path="nowhere") in done.stderr


def test_flips_are_counted_of_texts_that_changed():
    texts = ["정말 좋아요", "정말 좋아요!", "배송이 빨라요ㅋㅋ", "별로예요."]
    found = invariance(nlp.load(BUNDLED), texts)
    assert set(found) == set(INVARIANCES)
    assert found["exclamation_instead"].of_all.n == 4 and found["exclamation_instead"].of_changed.n == 3
    assert found["shorter_laugh"].of_changed.n == 1 and found["decomposed"].of_changed.n == 0
    turning = SimpleNamespace(
        analyze_batch=lambda given: [
            SimpleNamespace(label="negative" if t.endswith("!") else "positive") for t in given
        ]
    )
    assert invariance(turning, texts)["exclamation_instead"].of_all.right == 3


@pytest.mark.parametrize("command", ["evaluate", "behaviour", "faithfulness"])
def test_nothing_to_measure_on_is_one_sentence(tmp_path, train_here, command):
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "few.tsv").write_text("kind\ttext\n가\t좋아요\n", "utf-8")
    learn, _ = split_texts(reviews(40))
    write_csv(tmp_path / "shop.csv", learn)
    words = ("--suites", "suites") if command == "behaviour" else ()
    for data, says in ((("--data", "shop.csv"), "--all-rows"), ((), "--data"), (("--data", "no.csv"), "no.csv")):
        done = train_here(command, *words, *data)
        assert done.returncode == 65
        assert says in done.stderr and "Traceback" not in done.stderr


def split_texts(rows):
    """Those that are learned from, and those held out."""
    from training.data import Row, place

    sides = split([Row(text, stars, place(text)) for stars, text in rows])
    return [[(int(row.rating), row.text) for row in side] for side in sides]
