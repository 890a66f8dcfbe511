"""``finish``: the last step of a recipe alone, on a model that is there."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from training.commands.around import SeedOption, around, out, service_model
from training.commands.fit import check_writable, tell_read
from training.commands.full import corpora_with_sources, corpus_files, print_evaluation
from training.commands.reading import reads
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews


@reads
def finish(
    context: typer.Context,
    model: Annotated[Path, typer.Argument()],
    target: Annotated[Path, typer.Option("--out")],
    recipe: Annotated[str, typer.Option()] = "best",
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    unrated: Path | None = None,
    movies: Path | None = None,
    seed: SeedOption = 0,
    runs: Path = Path("runs"),
    *,
    rules: ReadRules,
) -> None:
    """Teach a calibrated model reviews made by rule, and leave its opinions on real ones as they are."""
    from nlp import Analyzer
    from nlp.artifact import load
    from training import recipe as recipes

    chosen = recipes.load(recipe)
    if not chosen.last_steps:
        raise DataError("finish_none", recipe=chosen.name)
    if target.exists():
        raise DataError("out_exists", path=target)
    start, served = load(model), load(service_model(around(context).store))
    for folder in (runs, target):
        check_writable(folder)
    files = corpus_files(data, unrated, movies)
    reviews = read_reviews(files.rated, rules, around(context).host)
    tell_read(reviews)
    named = bool(data) or files.fetched
    corpora = corpora_with_sources(chosen, reviews, files, unrated, movies, named=named)  # which loads Keras
    from training.finish import finished, loss_files
    from training.measured import measure_and_save
    from training.runfolder import begin_run

    chosen = replace(chosen, network=start.settings.network)
    config = {"start": start.model_id, "settings": asdict(chosen.finish), "seed": seed, "rows": corpora.fingerprint()}
    folder = begin_run(runs, "finish", config)
    made = replace(finished(start, chosen, corpora, folder, seed), model_id=start.model_id.rpartition("-")[0])
    outcome = measure_and_save(
        made,
        Analyzer(served, threads=2),
        corpora,
        chosen,
        target,
        folder,
        seed,
        positive_above=reviews.positive_above,
        losses=loss_files(chosen, folder),
        start=start.model_id,
    )
    print_evaluation(outcome.held_out, say("on_held_out", model=outcome.model_id))
    for sentence in (*outcome.sentences, say("fit_folder", folder=outcome.folder), say("fit_page", page=outcome.page)):
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)
