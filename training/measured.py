"""A model that was just made: what it is worth on held-out rows, its card and the folder of its run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlp import Analyzer, bench
from nlp.artifact import Artifact, load, save
from nlp.curve import CURVE
from training import baseline
from training.behaviour import SUITES, Behaviour, suites_in
from training.card import write_card
from training.compare import RECORD, Comparison
from training.curve import measure_curve, to_json
from training.data import MOVIES_CUT
from training.evaluate import evaluate
from training.losses import read_losses
from training.messages import say
from training.outcome import Outcome
from training.recipe import Recipe
from training.rows import clear_movies, split
from training.runfolder import PAGE, Learning, write_results

if TYPE_CHECKING:
    from training.prepared import Corpora
    from training.teach import Lesson

_LENGTH = 40  # characters of a review like most


def measure_and_save(
    trained: Artifact,
    served: Analyzer,
    corpora: Corpora,
    recipe: Recipe,
    out: Path,
    folder: Path,
    seed: int,
    *,
    positive_above: float | None = None,
    lesson: Lesson | None = None,
    losses: Mapping[str, Path] | None = None,
    start: str = "",
) -> Outcome:
    """Compare a model with others on held-out rows, save it, and write the folder of the run.

    Args:
        trained: the model; its id is the first part of the one that it gets.
        served: the model in service.
        corpora: from what it was made.
        recipe: how.
        out: the model folder to make.
        folder: of the run.
        seed: of the run.
        positive_above: ratings above this are positive; what the network's shape says if None.
        lesson: what its teachers say, for the card.
        losses: by name the files of losses on the way; of those that are not there nothing is drawn.
        start: id of the model that was only finished; empty for one made from nothing.
    """
    above = recipe.network.positive_above if positive_above is None else positive_above
    analyzer = Analyzer(trained, threads=2)
    learn, held = split(list(corpora.rated))
    result, before = (evaluate(a, held, positive_above=above) for a in (analyzer, served))
    odds = baseline.log_odds(baseline.fit_to_any(learn, above), [r.text for r in held])
    against = Comparison.of(result.right, before.right, served.model_id)
    linear = Comparison.of(result.right, np.asarray((odds > 0) == result.positive), "linear")
    on_films = None
    if clear := clear_movies(corpora.movies):
        on_films = evaluate(analyzer, clear, positive_above=MOVIES_CUT)
    suites = suites_in(SUITES) if SUITES.exists() else []
    acts = Behaviour.of(analyzer, [r.text for r in held], result.positive.tolist(), suites)
    found = (linear.old, linear.paired, on_films, acts)
    card = write_card(recipe, corpora, lesson, trained.settings, result, *found, seed, start, cost_of(trained))
    more = {RECORD: against.to_json(), CURVE: to_json(measure_curve(result.probability, result.positive))}
    model_id = save(trained, out, name=trained.model_id, card=card, more=more)
    result = evaluate(Analyzer(load(out), threads=2), held, positive_above=above)  # as it was written
    outcome = Outcome(model_id, out, folder / PAGE, result, against, linear, on_films)
    read = {name: read_losses(path) for name, path in (losses or {}).items()}
    learning = Learning.of_losses({name: loss for name, loss in read.items() if loss})
    write_results(folder, learning, result, card, outcome.sentences)
    return outcome


def cost_of(model: Artifact) -> str:
    """What a model takes, for its card."""
    parameters = sum(w.size for w in model.weights.values())
    taken = bench.milliseconds(Analyzer(model, threads=1), _LENGTH)
    return say("card_cost", parameters=parameters, megabytes=2e-6 * parameters, length=_LENGTH, ms=taken)
