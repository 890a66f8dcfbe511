"""``ablate``: what each step of a recipe gained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from training.backend import load_keras
from training.commands.around import SeedOption, around, out
from training.commands.fit import check_writable
from training.commands.full import corpus_files, read_corpora
from training.commands.reading import reads
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews


@reads
def ablate(
    context: typer.Context,
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    recipe: str = "best",
    unrated: Path | None = None,
    movies: Path | None = None,
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    seed: SeedOption = 0,
    runs: Path = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json")] = False,
    *,
    rules: ReadRules,
) -> None:
    """Train the network in service with ever more steps of a recipe, and say what each gained."""
    from training import recipe as recipes

    chosen = recipes.load(recipe)
    if chosen.course is not None or chosen.adapt is not None:
        raise DataError("ablation_recipe", recipe=chosen.name)
    check_writable(runs)
    files = corpus_files(data, unrated, movies)
    reviews = read_reviews(files.rated, rules, around(context).host)
    load_keras()
    from training.ablation import ablate as measure
    from training.metrics import share_of
    from training.prepare import prepare

    corpora = read_corpora(chosen, reviews, files, ())
    both = prepare(chosen, corpora, runs, seed)
    table = Table(*(say(f"ablation_{head}") for head in ("step", "accuracy", "seeds", "stars")))
    last = None
    for last in measure(both, seeds, corpora):
        if as_json:
            typer.echo(json.dumps(last.__dict__))
        each = ", ".join(f"{value:.2%}" for value in last.accuracies)
        stars = f"{last.mean_stars:.2%}" if last.stars else "–"
        spread = f" ± {last.spread:.2%}" if len(last.accuracies) > 1 else ""
        table.add_row(say(f"ablation_{last.step}"), f"{last.mean:.2%}{spread}", each, stars)
    if as_json or last is None:
        return
    out.print(table)
    whole = share_of(round(last.mean * last.rows), last.rows)
    out.print(say("ablation_rows", rows=last.rows, half=(whole.high - whole.low) / 2), markup=False, highlight=False)
