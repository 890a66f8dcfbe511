"""From a shop's rated reviews to a model folder that says honestly whether it is better."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from nlp import Analyzer, artifact
from nlp.curve import CURVE
from training import baseline
from training.adapt import adapt
from training.compare import RECORD, Comparison
from training.curve import measure_curve, to_json
from training.enough import check_enough
from training.evaluate import evaluate
from training.messages import Said, say
from training.outcome import LINEAR, Outcome
from training.recipe import Recipe
from training.reviews import Reviews
from training.rows import Rows, split
from training.runfolder import PAGE, Learning, begin_run, told_origins, write_results
from training.shop_card import write_shop_card


def fit_shop(
    recipe: Recipe,
    reviews: Reviews,
    service: Path,
    runs: Path,
    tell: Callable[[str, int, int], None],
    *,
    out: Path | None = None,
    seed: int = 0,
    name: str = "",
    fresh: bool = False,
) -> Outcome:
    """Make a model.

    Args:
        recipe: how; it has the table ``adapt``.
        reviews: from what.
        service: folder of the model in service, from which it starts and with which it is compared.
        runs: folder of the runs.
        tell: told of progress.
        out: where the model folder is to be; in the folder of the run if None.
        seed: of everything random.
        name: first part of the model's id; the recipe's name if empty.
        fresh: begin anew even if an interrupted run could be gone on with.

    Raises:
        DataError: if there are too few rows.
        ArtifactError: if the model in service is damaged.
    """
    assert recipe.adapt is not None  # noqa: S101 - the caller chose by it
    learn, held = split(reviews.rows)
    check_enough(learn, held, reviews.positive_above)
    start = artifact.load(service)
    config = {
        "recipe": recipe.name,
        "name": name or recipe.name,
        "adapt": asdict(recipe.adapt),
        "seed": seed,
        "start": start.model_id,
        "rows": fingerprint(reviews),
        "origins": told_origins(reviews.origins),
        "learn": len(learn),
        "held_out": len(held),
        "read": [note.plain() for note in reviews.notes],
        "left_out": dict(reviews.left_out),
    }
    folder = begin_run(runs, recipe.name, config, fresh=fresh)
    stars = reviews.kind == "stars"
    adapted = adapt(start, learn, stars, recipe.adapt, recipe.right_when_sure, seed, folder, tell)

    tell(say("progress_comparing"), 0, 3)
    above = reviews.positive_above
    result = evaluate(Analyzer(adapted.model, threads=2), held, positive_above=above)
    tell(say("progress_comparing"), 1, 3)
    served = evaluate(Analyzer(start, threads=2), held, positive_above=above)
    tell(say("progress_comparing"), 2, 3)
    odds = baseline.log_odds(baseline.fit_to_any(learn, above), Rows.of(held).texts)
    tell(say("progress_comparing"), 3, 3)
    against = Comparison.of(result.right, served.right, start.model_id)
    linear = Comparison.of(result.right, np.asarray((odds > 0) == result.positive), "linear")
    named = ((Said("serving_model"), against), (LINEAR, linear))
    card = write_shop_card(adapted, reviews, result, named, recipe.name, seed)
    target = out or _unused(folder / "model")
    model_id = artifact.save(
        adapted.model,
        target,
        name=name or recipe.name,
        card=card,
        more={RECORD: against.to_json(), CURVE: to_json(measure_curve(result.probability, result.positive))},
    )
    result = evaluate(Analyzer(artifact.load(target), threads=2), held, positive_above=above)  # as it was written
    outcome = Outcome(model_id, target, folder / PAGE, result, against, linear)
    write_results(folder, Learning.of_passes(adapted.passes, adapted.best), result, card, outcome.sentences)
    (folder / "state.npz").unlink(missing_ok=True)
    return outcome


def _unused(folder: Path) -> Path:
    """The folder, or one beside it: what a run once made is never overwritten."""
    number, out = 2, folder
    while out.exists():
        out, number = folder.with_name(f"{folder.name}-{number}"), number + 1
    return out


def fingerprint(reviews: Reviews) -> str:
    """SHA-256 (hex) of all rows and of where each stands in the split."""
    digest = hashlib.sha256()
    for row in reviews.rows:
        digest.update(f"{row.place}\t{row.rating}\t{row.text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
