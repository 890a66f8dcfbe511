"""Networks learn where the backend of Keras would have them: nothing keeps one on the first CPU.

There is seldom a GPU where tests run. So a processor is parted in two, and the second is what the backend prefers, as
it prefers a GPU where it has one; only the backend knows the difference.
"""

import json
import subprocess
import sys

import pytest

from tests.training.shop import environment, needs_keras, reviews, write_csv

pytestmark = [needs_keras, pytest.mark.slow]

CHILD = """
import json, sys
import tensorflow as tf

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration() for _ in range(2)])
import keras

seen = {}

def noted(name, real):
    def call(self, *arguments, **named):
        result = real(self, *arguments, **named)
        seen.setdefault(name, set()).update(w.value.device.rpartition("/device:")[2] for w in self.weights)
        return result
    return call

for name in ("fit", "train_on_batch", "predict_on_batch"):
    setattr(keras.Model, name, noted(name, getattr(keras.Model, name)))
from training.__main__ import main

with tf.device("/CPU:1"):
    status = main(sys.argv[1:])
print(json.dumps([status, {name: sorted(found) for name, found in seen.items()}]))
"""

FULL = """
fitted_wide = true
[network]
embedding = 8
units = [8]
buckets = 1024
[pretrain]
epochs = 1
batch = 64
[teach]
folds = 2
[teach.tune]
epochs = 1
[tune]
epochs = 1
[finish]
made = 64
kept = 64
"""


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["fit", "--runs", "runs"], {"train_on_batch", "predict_on_batch"}),
        (
            ["fit", "--recipe", "full.toml", "--movies", "movies.tsv", "--out", "model", "--runs", "runs"],
            {"train_on_batch", "predict_on_batch"},
        ),
        (["compare", "course-gru", "course-embedding-rnn"], {"fit", "predict_on_batch"}),
    ],
    ids=["shop", "full", "course"],
)
def test_networks_learn_where_the_backend_would_have_them(tmp_path, words, asked):
    write_csv(tmp_path / "shop.csv", reviews(400))
    (tmp_path / "full.toml").write_text(FULL, "utf-8")
    films = [f"{9 if stars > 3 else 2}\t영화 {text}\n" for stars, text in reviews(300, 1)]
    (tmp_path / "movies.tsv").write_text("".join(films), "utf-8")
    result = subprocess.run(
        [sys.executable, "-c", CHILD, *words, "--data", "shop.csv"],
        env={**environment(tmp_path / "home"), "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    status, devices = json.loads(result.stdout.splitlines()[-1])
    assert status == 0, result.stderr
    assert devices == {name: ["CPU:1"] for name in asked}
