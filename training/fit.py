"""From reviews in files to a model folder, by a recipe."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from nlp import Analyzer
from nlp.artifact import Artifact, load
from training.bands import calibrated_settings
from training.batches import Encoded, predict
from training.errors import DataError
from training.finish import finished, loss_files
from training.linear import Ask
from training.measured import measure_and_save
from training.messages import say
from training.outcome import Outcome
from training.prepare import prepare
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
    settings = calibrated_settings(recipe, logits, [f.asked for f in folds])
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
