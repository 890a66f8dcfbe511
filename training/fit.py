"""From reviews in files to a model folder, by a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp import Analyzer
from nlp.analyze import binary_log_odds
from nlp.artifact import Artifact, load
from nlp.settings import ModelSettings
from training.batches import Encoded, predict
from training.calibration import crossed, fit_calibration
from training.calibration import probability as calibrated_probability
from training.data import Row
from training.errors import DataError
from training.finish import finished, loss_files
from training.linear import Ask
from training.measured import measure_and_save
from training.messages import say
from training.metrics import calibration_error, calibration_error_by_chance, expected_band, share
from training.outcome import Outcome
from training.prepare import announce, prepare
from training.prepared import Corpora, Prepared
from training.recipe import Recipe
from training.rows import Rows, split
from training.runfolder import begin_run, told_origins
from training.stages import Stages
from training.student import Weights, learn_together, loss_file, with_weights
from training.wide import Fold, Wide, beside


def fit(
    recipe: Recipe,
    corpora: Corpora,
    out: Path,
    runs: Path,
    service: Path,
    *,
    seed: int = 0,
    name: str = "",
    fresh: bool = False,
) -> Outcome:
    """Make a model.

    Args:
        recipe: how.
        corpora: from what.
        out: where the model folder is to be; must not exist.
        runs: folder for checkpoints; a run that was interrupted goes on from there.
        service: folder of the model in service, with which it is compared.
        seed: of everything random.
        name: first part of the model's id; the recipe's name if empty.
        fresh: begin anew even if an interrupted run could be gone on with.

    Returns:
        Where it is and what it is worth.

    Raises:
        DataError: if there are too few rows, or ``out`` exists.
        ArtifactError: if the model in service is damaged.
    """
    if out.exists():
        raise DataError("out_exists", path=out)
    served = Analyzer(load(service), threads=2)
    if fresh:
        Stages(runs, recipe, corpora.fingerprint(), seed).clear()
    folder = begin_run(runs, recipe.name, _config(recipe, corpora, served.model_id, seed, name), fresh=fresh)
    both = prepare(recipe, corpora, runs, seed)
    whole, folds = both.whole, []
    for number, (taught, asked) in enumerate(((a.taught, a.asked) for a in both.folds), 1):
        weights = learn_together(taught, say("progress_one_fold", fold=number, of=len(both.folds)))
        # What was judged is worth what it is by ratings that the network of the fold knows, too.
        others = beside(taught.movies, taught.unrated, recipe, seed) if recipe.fitted_wide else []
        folds.append(Fold(_asker(taught, weights), asked, taught.learn, others))
    texts = [[r.text for r in f.asked] for f in folds]
    logits = [f.ask(t) for f, t in zip(folds, texts, strict=True)]
    wides = []
    if recipe.fitted_wide:
        wides = Wide.weigh(folds, recipe.network)
        wides = [w.levelled(f.ask, f.learned, recipe.wide_marks, seed) for w, f in zip(wides, folds, strict=True)]
        logits = [said + w.logits(t) for said, w, t in zip(logits, wides, texts, strict=True)]
    settings = _calibrate(recipe, logits, [f.asked for f in folds])
    weights = learn_together(whole, say("progress_network"))
    if wides:
        ask, others = _asker(whole, weights), beside(whole.movies, whole.unrated, recipe, seed)
        wide = wides[0].fitted_to(ask, whole.learn, others).levelled(ask, whole.learn, recipe.wide_marks, seed)
        weights["wide/table"] = wide.table
    weights = {k: v.astype(np.float16).astype(np.float32) for k, v in weights.items()}
    trained = finished(
        Artifact(settings, whole.tokens, weights, name or recipe.name), recipe, corpora, whole.folder, seed
    )
    losses = {f"student-{n}": loss_file(whole, n) for n in range(recipe.students)} | loss_files(recipe, whole.folder)
    return measure_and_save(trained, served, corpora, recipe, out, folder, seed, lesson=whole.lesson, losses=losses)


def _config(recipe: Recipe, corpora: Corpora, service: str, seed: int, name: str) -> dict[str, object]:
    """What was asked for."""
    learn, held = split(list(corpora.rated))
    return {
        "recipe": recipe.name,
        "name": name or recipe.name,
        "settings": asdict(recipe),
        "seed": seed,
        "service": service,
        "rows": corpora.fingerprint(),
        "origins": told_origins(Rows.of(corpora.rated).origins),
        "learn": len(learn),
        "held_out": len(held),
        "unrated": len(corpora.unrated),
        "movies": len(corpora.movies),
    }


def _asker(prepared: Prepared, weights: Weights) -> Ask:
    """What asks a network with these weights."""
    model = with_weights(prepared, weights)
    return lambda texts: predict(model, Encoded(texts, prepared.shape, prepared.tokens))


def _calibrate(recipe: Recipe, said: Sequence[NDArray[np.float32]], asked: Sequence[Sequence[Row]]) -> ModelSettings:
    """Calibration and bands from class scores of the rows of folds that the model did not learn from."""
    rows, logits = [r for own in asked for r in own], np.concatenate(said)
    odds = binary_log_odds(logits, recipe.network.positive_classes)
    positive = np.array([(r.rating or 0) > recipe.network.positive_above for r in rows])
    if len(said) > 1:
        ends = np.cumsum([len(own) for own in asked])[:-1]
        honest = crossed(np.split(odds, ends), np.split(positive, ends))
        error, chance = calibration_error(honest, positive), calibration_error_by_chance(honest)
        announce("fit_aside_calibration", error=error, mean=chance.mean, high=chance.high, rows=len(rows))
    curve = fit_calibration(odds, positive)
    probability = calibrated_probability(odds, curve)
    classes = np.array(recipe.network.ratings)[logits.argmax(axis=1)]
    announce("fit_aside_accuracy", share=share((probability > 0.5) == positive))
    announce("fit_aside_rating", share=share(classes == np.array([r.rating for r in rows])))
    below, above = expected_band(probability, recipe.right_when_sure)
    scale, shift, bend = curve
    return ModelSettings(recipe.network, scale, shift, below, above, bend)
