"""What each step of a recipe gained: the network in service with ever more of them, several times over.

All are asked about the same rows, those of the first fold by which the model is calibrated, whose ratings neither they
nor their teachers know. The rows that are held out take no part. Only the weights of the wide part, one for polarity
and one for each side's stars, are fitted on the very rows that are asked.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import Analyzer
from nlp.analyze import binary_log_odds
from nlp.artifact import Artifact
from training import baseline
from training.bands import calibrated_settings
from training.batches import Encoded, predict
from training.evaluate import evaluate
from training.finish import finished
from training.messages import say
from training.prepared import Both, Corpora, Prepared
from training.student import Weights, average, student, with_weights
from training.wide import Fold, Wide, beside

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Figure:
    """What one step is worth.

    Attributes:
        step: its name.
        accuracies: of each seed, 0..1.
        stars: share of star ratings that are right, of each seed; empty for a model that has none.
        rows: on how many rows.
    """

    step: str
    accuracies: tuple[float, ...]
    stars: tuple[float, ...]
    rows: int

    @property
    def mean(self) -> float:
        """Mean accuracy."""
        return statistics.fmean(self.accuracies)

    @property
    def mean_stars(self) -> float:
        """Mean share of star ratings that are right."""
        return statistics.fmean(self.stars)

    @property
    def spread(self) -> float:
        """Standard deviation of the accuracy over the seeds; 0 for one."""
        return statistics.stdev(self.accuracies) if len(self.accuracies) > 1 else 0.0


def steps(prepared: Prepared) -> Iterator[tuple[str, Prepared]]:
    """The network in service with ever more of what the recipe has, and what it then learns from."""
    recipe = prepared.recipe
    alone = replace(recipe, tune=replace(recipe.tune, counterfactuals=0, written=0, rare=0, noise=0.0))
    plain = replace(prepared, recipe=alone, start={}, lesson=None, reminder=None)
    more = {"alone": replace(plain, shape=replace(prepared.shape, bigrams=0))}
    if recipe.network.bigrams:
        more["bigrams"] = plain
    if prepared.start:
        more["pretrained"] = replace(plain, start=prepared.start, reminder=prepared.reminder)
    if alone != recipe:
        more["made"] = replace(prepared, lesson=None)
    if prepared.recombined:
        more["taught"] = replace(prepared, recombined=())
    for step, what in more.items():
        yield step, replace(what, folder=prepared.folder / "ablation" / step)
    yield ("recombined" if prepared.recombined else "taught"), prepared


def ablate(both: Both, seeds: int, corpora: Corpora | None = None) -> Iterator[Figure]:
    """Train and ask the network after each step; networks that are trained already are not trained again.

    Args:
        both: what there is to learn from, and the rows that are asked.
        seeds: how many networks of each step.
        corpora: whose texts the last steps learn from; without them those are left out.

    Yields:
        The linear model alone, then each step, then the wide part beside the network, then the mean of as many networks
        as serve, then that calibrated and what marks do all alone taken back, then that after each of the last steps.
    """
    apart, asked = both.folds[0].taught, both.folds[0].asked
    texts = [r.text for r in asked]
    recipe = apart.recipe

    def ask(prepared: Prepared, weights: Weights, texts: Sequence[str] = texts) -> Floats:
        return predict(with_weights(prepared, weights), Encoded(texts, prepared.shape, prepared.tokens))

    linear = baseline.fit_baseline(apart.learn, recipe.network.positive_above)
    yield _figure("linear", [baseline.log_odds(linear, texts)], both)
    networks: list[Weights] = []
    for step, prepared in steps(apart):
        networks = []
        for number in range(seeds):
            # Where nothing is pretrained, the seeds differ in their first weights, too.
            one = prepared if prepared.start else replace(prepared, seed=prepared.seed + number)
            networks.append(student(one, number, say(f"ablation_{step}")))
        yield _figure(step, [ask(prepared, weights) for weights in networks], both)
    mean = average(networks[: recipe.students])
    more, table = np.zeros(1, np.float32), {}
    if recipe.fitted_wide:
        others = beside(apart.movies, apart.unrated, recipe, apart.seed)
        fold = Fold(partial(ask, apart, mean), asked, apart.learn, others)
        (wide,) = Wide.weigh([fold], recipe.network)
        more = wide.logits(texts)
        yield _figure("wide", [ask(apart, weights) + more for weights in networks], both)
    if min(seeds, recipe.students) > 1:
        yield _figure("averaged", [ask(apart, mean) + more], both)
    if corpora is None or not recipe.last_steps:
        return
    if recipe.fitted_wide:
        wide = wide.levelled(fold.ask, apart.learn, recipe.wide_marks, apart.seed)
        more, table = wide.logits(texts), {"wide/table": wide.table}
    settings = calibrated_settings(recipe, [ask(apart, mean) + more], [asked])
    weights = {k: w.astype(np.float16).astype(np.float32) for k, w in (mean | table).items()}
    model = Artifact(settings, apart.tokens, weights, recipe.name)
    yield _served("calibrated", model, both)
    for step in recipe.last_steps:
        until = recipe if step == "consistency" else replace(recipe, consistency=None)
        yield _served(step, finished(model, until, corpora, apart.folder / "ablation", apart.seed), both)


def _served(step: str, model: Artifact, both: Both) -> Figure:
    """What a model is worth as it serves."""
    asked = both.folds[0].asked
    result = evaluate(Analyzer(model), asked, positive_above=both.whole.recipe.network.positive_above)
    stars = () if result.stars is None else (result.stars.value,)
    return Figure(step, (result.accuracy.value,), stars, len(asked))


def _figure(step: str, said: Sequence[NDArray[Any]], both: Both) -> Figure:
    config = both.whole.recipe.network
    rating = np.array([r.rating for r in both.folds[0].asked], float)
    positive = rating > config.positive_above
    accuracies, stars = [], []
    for logits in said:
        odds = logits if logits.ndim == 1 else binary_log_odds(logits, config.positive_classes)
        accuracies.append(float(((odds > 0) == positive).mean()))
        if logits.ndim > 1:
            stars.append(float((np.array(config.ratings)[logits.argmax(axis=1)] == rating).mean()))
    return Figure(step, tuple(accuracies), tuple(stars), len(rating))
