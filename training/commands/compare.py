"""``compare``: several networks of the course on the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from training.commands.around import around, err, out, service_model
from training.data import DataError
from training.reviews import ReadRules, account, read_reviews


def compare(
    context: typer.Context,
    recipes: Annotated[list[str], typer.Argument(help="Recipes of the course, by name or as .toml files.")],
    data: Annotated[list[Path] | None, typer.Option("--data", help="Rated reviews, as for fit.")] = None,
    text_column: Annotated[str | None, typer.Option(help="Column of reviews, by name or number.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column of ratings or labels, by name or number.")] = None,
    rows: Annotated[int, typer.Option(min=0, help="Use at most so many rows; 0 for all.")] = 0,
    epochs: Annotated[int, typer.Option(min=0, help="Instead of those of the recipes; 0 for theirs.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the initial weights.")] = 0,
    beside: Annotated[
        bool,
        typer.Option(
            "--beside", help="Split as fit does, and put the model in service and a linear model beside them."
        ),
    ] = False,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="LSTM networks not in the course's way but several times as fast; others as always."
        ),
    ] = False,
    pictures: Annotated[Path, typer.Option("--out", help="Folder for the picture and the figures.")] = Path("compared"),
) -> None:
    """Train networks of the course on the same rows; a table of what they are worth, and a picture of their curves."""
    from dataclasses import replace

    from training import recipe as known
    from training.commands.fit import telling
    from training.commands.full import corpus_files

    chosen = [known.load(name) for name in recipes]
    for one in chosen:
        if one.course is None:
            of_course = [name for name in known.names() if known.load(name).course is not None]
            raise DataError(f"recipe {one.name} is none of the course; there are: {', '.join(of_course)}")
    rules = ReadRules(text_column, label_column, as_taught=True, written=beside)
    reviews = read_reviews(data or corpus_files(None).rated, rules, around(context).host)
    for note in reviews.notes:
        err.print(note, markup=False, highlight=False, soft_wrap=True)
    err.print(f"read {reviews.read:,} rows, kept {len(reviews.rows):,}; left out: {account(reviews) or 'none'}")
    if rows:
        reviews.rows, reviews.written = reviews.rows[:rows], reviews.written[:rows]
    if len(reviews.rows) < 50:
        raise DataError(f"{len(reviews.rows)} rows are too few to compare networks; at least 50 are needed")

    done = []
    with telling() as tell:
        from training.beside import beside as measure
        from training.beside import held_out
        from training.course import parts, train
        from training.report import draw_curves

        sides = held_out(reviews) if beside else parts(reviews.rows)
        for one in chosen:
            assert one.course is not None  # noqa: S101 - looked at above
            course = replace(one.course, epochs=epochs) if epochs else one.course
            done.append(train(one.name, course, reviews, sides, tell, pictures, seed, fast=quick))
        others = measure(reviews, service_model(around(context).store)) if beside else []
    table = Table("recipe", "accuracy (polarity)", "own task", "parameters", "s an epoch", "ms a message")
    for t in done:
        figures = (f"{t.parameters:,}", f"{t.epoch_seconds:.1f}", f"{t.message_milliseconds:.1f}")
        table.add_row(t.name, str(t.accuracy), t.own, *figures)
    for b in others:
        figures = (f"{b.parameters:,}", "–", f"{b.message_milliseconds:.1f}")
        table.add_row(b.name, str(b.accuracy), "", *figures)
    out.print(table)
    picture = draw_curves({t.name: t.curve for t in done}, pictures / "curves.png")
    lines = [
        {"recipe": t.name, "accuracy": t.accuracy.value, "n": t.accuracy.n, "own": t.own, "parameters": t.parameters,
         "epoch_seconds": t.epoch_seconds, "message_milliseconds": t.message_milliseconds, **vars(t.curve)}
        for t in done
    ]  # fmt: skip
    lines += [
        {"recipe": b.name, "accuracy": b.accuracy.value, "n": b.accuracy.n, "parameters": b.parameters,
         "message_milliseconds": b.message_milliseconds}
        for b in others
    ]  # fmt: skip
    (pictures / "figures.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    out.print(f"picture: {picture}", markup=False, highlight=False, soft_wrap=True)
