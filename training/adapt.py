"""A shop's own model, quickly: the model in service goes on learning from the shop's rated reviews.

A few passes at a low rate, the best of which by its loss on rows set aside is kept; the same rows give the calibration
and the unsure band. What the run does is kept in its folder often enough that a kill costs a few steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp import network
from nlp.analyze import binary_log_odds
from nlp.artifact import Artifact
from nlp.config import NetworkConfig
from nlp.settings import ModelSettings
from nlp.tokenizer import CharTokenizer
from training import calibration
from training.arrays import read_arrays, write_arrays
from training.batches import Encoded, lengths_of, predict
from training.data import Row, folds
from training.errors import DataError, DivergedError
from training.loop import OneCycle, Stream
from training.messages import Said, say
from training.metrics import unsure_band
from training.recipe_parts import AdaptRecipe
from training.rows import Rows
from training.tune import Pool, make_loss, targets

Weights = dict[str, NDArray[np.float32]]

ASIDE = 6
"""One row in so many is set aside: it decides when to stop, and calibrates."""

_CHECKPOINT_EVERY = 25
_LEAST_LINE = 30


@dataclass(frozen=True)
class Pass:
    """One pass over the rows.

    Attributes:
        epoch: from 1.
        loss: mean over the steps.
        aside_loss, aside_accuracy: on the rows set aside; epoch 0 is the model as it was.
    """

    epoch: int
    loss: float
    aside_loss: float
    aside_accuracy: float


@dataclass(frozen=True)
class Adapted:
    """The outcome: a model, and how it came about."""

    model: Artifact
    passes: tuple[Pass, ...]
    best: int


def adapt(
    start: Artifact,
    rows: Sequence[Row],
    stars: bool,
    recipe: AdaptRecipe,
    right_when_sure: float,
    seed: int,
    folder: Path,
    tell: Callable[[str, int, int], None],
) -> Adapted:
    """Let a model learn on.

    Args:
        start: the model in service.
        rows: what it learns from; ratings 1..5 if ``stars``, else 1 and 0.
        stars: whether the rows have stars.
        recipe: how.
        right_when_sure: share of verdicts outside the unsure band that are to be right.
        seed: order of the rows, dropout.
        folder: where the state is kept; an interrupted run goes on from there.
        tell: told what is being done, how much of it is done, of how much.
    """
    config = start.settings.network
    every = Rows.of(rows)
    first = folds(every.places, ASIDE) == 0
    aside, learn = every.pick(first), every.pick(~first)
    pool, judged = make_pool(learn, stars, config, recipe.smooth), make_pool(aside, stars, config)
    keras.utils.set_random_seed(seed)
    components = start.tokenizer.components() if isinstance(start.tokenizer, CharTokenizer) else None
    model = network.build(config, start.tokenizer.size, components)
    network.set_weights(model, config, dict(start.weights))
    if config.buckets:
        model.get_layer("wide").trainable = False  # fitted to far more rows than a shop has
    run = _Run(model, pool, judged, Encoded(pool.texts, config, start.tokenizer), recipe, seed, folder / "state.npz")
    asked = Encoded(judged.texts, config, start.tokenizer)
    run.go(asked, tell)
    weights = {k: v.astype(np.float16).astype(np.float32) for k, v in run.best_weights().items()}
    network.set_weights(model, config, weights)
    positive = judged.targets[:, -2] > 0.5
    settings = calibrated(config, predict(model, asked), positive, right_when_sure, start.settings)
    return Adapted(replace(start, settings=settings, weights=weights), tuple(run.passes), run.best)


def make_pool(rows: Sequence[Row], stars: bool, config: NetworkConfig, smooth: float = 0.0) -> Pool:
    """Targets of rows: their stars where they have any, else their polarity alone."""
    every = Rows.of(rows)
    rating = every.ratings
    positive = rating > (3.0 if stars else 0.5)
    classes = np.zeros((len(rows), len(config.ratings)), np.float32)
    known = stars and len(config.ratings) > 2
    if known:
        nearest = _nearest(rating, config.ratings)
        # Half a star beside the cut must not land on its other side.
        sided = (np.array(config.ratings)[nearest] > config.positive_above) == positive
        classes[np.arange(len(rows)), nearest] = sided
    made = targets(classes, positive * (1 - 2 * smooth) + smooth)
    made[:, -1] = classes.sum(axis=1)
    return Pool(every.texts, made)


def _nearest(rating: NDArray[np.float64], ratings: Sequence[int]) -> NDArray[np.int8]:
    """For each rating which of the network's is nearest, the lower of two."""
    best, least = np.zeros(len(rating), np.int8), np.full(len(rating), np.inf)
    for i, one in enumerate(ratings):
        off = abs(rating - one)
        best[off < least] = i
        np.minimum(off, least, out=least)
    return best


def calibrated(
    config: NetworkConfig,
    logits: NDArray[np.float32],
    positive: NDArray[np.bool_],
    right_when_sure: float,
    before: ModelSettings,
) -> ModelSettings:
    """The calibration before with Platt's line on top of it, and bands; with few rows it is kept as it was."""
    raw = binary_log_odds(logits, config.positive_classes)
    odds = calibration.calibrated(raw, (before.scale, before.shift, before.bend))
    slope, shift = 1.0, 0.0
    if min(positive.sum(), (~positive).sum()) >= _LEAST_LINE:
        line = LogisticRegression(C=1.0).fit(odds[:, None], positive)
        if line.coef_[0, 0] > 0:
            slope, shift = float(line.coef_[0, 0]), float(line.intercept_[0])
    probability = 1 / (1 + np.exp(-(slope * odds + shift)))
    below, above = unsure_band(probability, positive, right_when_sure)
    # Where the few rows set aside cannot show it, everything on that side would be unsure: keep the old threshold.
    below = min(before.negative_below, 0.5) if below == 0 else below
    above = max(before.positive_above, 0.5) if above == 1 else above
    return ModelSettings(config, slope * before.scale, slope * before.shift + shift, below, above, slope * before.bend)


class _Run:
    """The passes, their state, and its file."""

    def __init__(
        self, model: keras.Model, pool: Pool, judged: Pool, data: Encoded, recipe: AdaptRecipe, seed: int, path: Path
    ) -> None:
        self.model, self.pool, self.judged, self.data = model, pool, judged, data
        self.recipe, self.seed, self.path = recipe, seed, path
        self.passes: list[Pass] = []
        self.best = 0
        self._best: list[NDArray[Any]] = []
        self._step, self._total = 0, 0.0
        self.stream = Stream(lengths_of(pool.texts), recipe.batch, seed)
        steps = self.stream.per_epoch * recipe.epochs
        # No XLA where the backend does without: compiling every length takes longer than so few steps.
        compiled = keras.backend.backend() == "jax"  # which otherwise takes every operation by itself, far slower still
        rate = OneCycle(recipe.rate, steps)
        model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), make_loss(data.config), jit_compile=compiled)
        model.optimizer.build(model.trainable_variables)

    def go(self, asked: Encoded, tell: Callable[[str, int, int], None]) -> None:
        if self.path.exists():
            self._restore()
        if not self.passes:
            self._judge(asked, 0, float("nan"))
        steps = self.stream.per_epoch * self.recipe.epochs
        while self._step < steps and len(self.passes) - 1 - self.best < self.recipe.patience:
            rows = self.stream[self._step]
            loss = float(self.model.train_on_batch(self.data.inputs(rows), self.pool.targets[rows]))
            if not np.isfinite(loss):
                raise DivergedError("diverged", what=Said("progress_learning"))
            self._step, self._total = self._step + 1, self._total + loss
            tell(say("progress_learning"), self._step, steps)
            if self._step % self.stream.per_epoch == 0:
                self._judge(asked, len(self.passes), self._total / self.stream.per_epoch)
                self._total = 0.0
                self._save()
            elif self._step % _CHECKPOINT_EVERY == 0:
                self._save()

    def best_weights(self) -> Weights:
        for variable, value in zip(self.model.weights, self._best, strict=True):
            variable.assign(value)
        return network.get_weights(self.model, self.data.config)

    def _judge(self, asked: Encoded, epoch: int, loss: float) -> None:
        logits = predict(self.model, asked)
        odds = binary_log_odds(logits, self.data.config.positive_classes)
        positive = self.judged.targets[:, -2] > 0.5
        off = float(np.mean(np.logaddexp(0, odds) - positive * odds))
        self.passes.append(Pass(epoch, loss, off, float(np.mean((odds > 0) == positive))))
        if off <= min(p.aside_loss for p in self.passes):
            self.best = epoch
            self._best = [ops.convert_to_numpy(v) for v in self.model.weights]

    def _save(self) -> None:
        told = {"step": self._step, "total": self._total, "best": self.best, "passes": [vars(p) for p in self.passes]}
        arrays: dict[str, NDArray[Any]] = {"told": np.array(json.dumps(told))}
        for i, variable in enumerate([*self.model.variables, *self.model.optimizer.variables]):
            arrays[f"now{i}"] = ops.convert_to_numpy(variable)
        arrays |= {f"best{i}": value for i, value in enumerate(self._best)}
        write_arrays(self.path, arrays)

    def _restore(self) -> None:
        saved = read_arrays(self.path)
        try:
            told = json.loads(str(saved["told"]))
            self._step, self._total, self.best = told["step"], told["total"], told["best"]
            self.passes = [Pass(**p) for p in told["passes"]]
            for i, variable in enumerate([*self.model.variables, *self.model.optimizer.variables]):
                variable.assign(saved[f"now{i}"])
            self._best = [saved[f"best{i}"] for i in range(len(self.model.weights))]
        except (KeyError, ValueError, TypeError):  # whole, but of another version
            raise DataError("checkpoint_damaged", path=self.path) from None
