"""``teach``: the teachers of a recipe that want a GPU, apart from all else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.backend import load_keras
from training.commands.around import SeedOption, around, out
from training.commands.fit import check_writable
from training.commands.full import corpus_files, read_corpora
from training.commands.reading import reads
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews


@reads
def teach(
    context: typer.Context,
    recipe: Annotated[str, typer.Option()],
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    unrated: Path | None = None,
    movies: Path | None = None,
    seed: SeedOption = 0,
    runs: Path = Path("runs"),
    *,
    rules: ReadRules,
) -> None:
    """Train the transformers among a recipe's teachers where there is a GPU; ``fit`` can go on elsewhere."""
    from training import recipe as recipes

    chosen = recipes.load(recipe)
    if not chosen.teach.folds or not chosen.teach.transformer.reads:
        raise DataError("teach_none", recipe=chosen.name)
    check_writable(runs)
    files = corpus_files(data, unrated, movies)
    reviews = read_reviews(files.rated, rules, around(context).host)
    load_keras()
    from training.devices import devices
    from training.prepare import teach_only

    out.print(say("device", device=devices()[0]), markup=False, highlight=False)
    folder = teach_only(chosen, read_corpora(chosen, reviews, files, ()), runs, seed)
    out.print(say("teach_done", folder=folder), markup=False, highlight=False, soft_wrap=True)
