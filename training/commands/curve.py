"""``curve``: what thresholds are worth, put into a model folder that lacks it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

import nlp
from training.commands.around import err, out
from training.commands.full import corpus_files, read_corpus
from training.data import DataError, read_rated
from training.rows import split


def curve(
    model: Annotated[Path, typer.Argument(help="Model folder; it is replaced whole, and its id changes.")],
    data: Annotated[list[Path] | None, typer.Option("--data", help="Rated reviews, as for evaluate.")] = None,
    all_rows: Annotated[bool, typer.Option("--all-rows", help="Also rows that models learn from.")] = False,
    positive_above: Annotated[float, typer.Option(help="Ratings above this are positive.")] = 3,
) -> None:
    """Measure precision and recall at every threshold on held-out rows, and put them into a model folder."""
    from nlp.artifact import renew
    from nlp.curve import CURVE
    from training.curve import measure_curve, to_json
    from training.evaluate import evaluate

    rows = [row for path in corpus_files(data).rated for row in read_corpus(path, "rated", read_rated)]
    if not all_rows:
        rows = split(rows)[1]
    if not rows:
        raise DataError("no rows are left to measure; give a larger file, or --all-rows")
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("measuring", total=len(rows))
        analyzer = nlp.load(model, threads=2)
        result = evaluate(
            analyzer, rows, positive_above=positive_above, progress=lambda n: progress.update(bar, completed=n)
        )
    measured = measure_curve(result.probability, result.positive)
    settings = analyzer.settings
    table = Table("threshold", "precision", "recall", title=f"{len(rows):,} reviews")
    for name, threshold, point in (
        ("negative up to", settings.negative_below, measured.at_negative(settings.negative_below)),
        ("positive from", settings.positive_above, measured.at_positive(settings.positive_above)),
    ):
        if point is not None:
            table.add_row(f"{name} {threshold:.3f}", f"{point.precision:.3f}", f"{point.recall:.3f}")
    out.print(table)
    model_id = renew(model, {CURVE: to_json(measured)})
    out.print(f"model {model_id}: {model}", markup=False, highlight=False, soft_wrap=True)
