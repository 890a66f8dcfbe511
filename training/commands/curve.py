"""``curve``: what thresholds are worth, put into a model folder that lacks it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

import nlp
from nlp.modelstore import ModelStore
from training.commands.around import around, err, out
from training.commands.rated import read_held_out
from training.commands.reading import reads
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules


@reads
def curve(
    context: typer.Context,
    model: Annotated[Path, typer.Argument()],
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    all_rows: Annotated[bool, typer.Option("--all-rows")] = False,
    *,
    rules: ReadRules,
) -> None:
    """Measure precision and recall at every threshold on held-out rows, and put them into a model folder."""
    from nlp.artifact import renew
    from nlp.curve import CURVE
    from training.curve import measure_curve, to_json
    from training.evaluate import evaluate

    if _serves(model, around(context).store):
        raise DataError("curve_in_service", path=model)
    rated = read_held_out(around(context), data, rules, all_rows=all_rows)
    rows = rated.rows
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task(say("progress_evaluating"), total=len(rows))
        analyzer = nlp.load(model, threads=2)
        result = evaluate(
            analyzer,
            rows,
            positive_above=rated.positive_above,
            progress=lambda n: progress.update(bar, completed=n),
        )
    measured = measure_curve(result.probability, result.positive)
    settings = analyzer.settings
    table = Table(say("curve_threshold"), say("precision"), say("recall"), title=say("curve_title", rows=len(rows)))
    for name, threshold, point in (
        ("curve_negative", settings.negative_below, measured.at_negative(settings.negative_below)),
        ("curve_positive", settings.positive_above, measured.at_positive(settings.positive_above)),
    ):
        if point is not None:
            table.add_row(say(name, threshold=threshold), f"{point.precision:.3f}", f"{point.recall:.3f}")
    out.print(table)
    model_id = renew(model, {CURVE: to_json(measured)})
    out.print(say("fit_model", model=model_id, folder=model), markup=False, highlight=False, soft_wrap=True)


def _serves(model: Path, store: ModelStore) -> bool:
    """Whether a folder is the store's or the installed package's, which must stay the models that they are."""
    folder = Path(os.path.realpath(model))
    ours = (store.folder, Path(nlp.__file__).parent)
    return any(folder.is_relative_to(os.path.realpath(place)) for place in ours)
