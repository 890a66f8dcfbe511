"""``compare``: several networks of the course on the same rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from training.backend import load_keras
from training.commands.around import SeedOption, around, err, out, service_model
from training.commands.reading import reads
from training.commands.shown import cell
from training.course_recipe import CourseRecipe
from training.enough import check_comparable, check_sides
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, Reviews, read_reviews

if TYPE_CHECKING:
    from training.beside import Beside
    from training.course import Trained


@reads
def compare(
    context: typer.Context,
    recipes: Annotated[list[str], typer.Argument()],
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    rows: Annotated[int, typer.Option(min=0)] = 0,
    epochs: Annotated[int, typer.Option(min=0)] = 0,
    seed: SeedOption = 0,
    beside: Annotated[bool, typer.Option("--beside")] = False,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    fresh: Annotated[bool, typer.Option("--fresh")] = False,
    pictures: Annotated[Path, typer.Option("--out")] = Path("compared"),
    *,
    rules: ReadRules,
) -> None:
    """Train networks of the course on the same rows; a table of what they are worth, and a picture of their curves."""
    from training.commands.fit import tell_read
    from training.commands.full import corpus_files

    chosen = _courses(recipes, epochs)
    rules = replace(rules, as_taught=True, written=beside)
    reviews = read_reviews(data or corpus_files(None).rated, rules, around(context).host)
    tell_read(reviews)
    if rows:
        reviews.rows, reviews.written = reviews.rows[:rows], reviews.written[:rows]
    check_comparable(reviews.rows, reviews.positive_above)
    service = service_model(around(context).store) if beside else None
    done, others = _train(chosen, reviews, service, pictures, seed, fresh=fresh, quick=quick)
    _print(done, others)
    from training.report import draw_curves

    picture = draw_curves({t.name: t.curve for t in done}, pictures / "curves.png")
    out.print(say("picture", path=picture), markup=False, highlight=False, soft_wrap=True)


def _train(
    chosen: dict[str, CourseRecipe],
    reviews: Reviews,
    service: Path | None,
    folder: Path,
    seed: int,
    *,
    fresh: bool,
    quick: bool,
) -> tuple[list[Trained], list[Beside]]:
    """Train what was not trained before, and write what each is worth as soon as it is known.

    Args:
        chosen: recipes by name.
        reviews: the rows.
        service: folder of the model to put beside them; None for none.
        folder: where the figures are.
        seed: of the initial weights.
        fresh: train again what was trained before.
        quick: see :func:`training.course.train`.
    """
    from training.commands.fit import telling

    done = []
    with telling() as tell:
        tell(say("progress_loading"), 0, 1)
        load_keras()
        from training import course
        from training.beside import beside, held_out
        from training.figures import Figures

        sides = course.parts(reviews.rows) if service is None else held_out(reviews)
        check_sides(*sides, reviews.positive_above)
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):  # where nothing can be written is known now, not after the first network
            pass
        for name, recipe in chosen.items():
            course.check_possible(name, recipe, reviews)
        figures = Figures.of(folder / "figures.jsonl", sides, reviews.positive_above, seed, quick=quick)
        for name, recipe in chosen.items():
            known = None if fresh else figures.kept(name, recipe)
            if known is None:
                known = course.train(name, recipe, reviews, sides, tell, folder, seed, fast=quick)
                figures.add(known, recipe)
            else:
                err.print(say("compare_kept", recipe=name), markup=False, highlight=False, soft_wrap=True)
            done.append(known)
        others = [] if service is None else beside(reviews, service)
        figures.finish(chosen, others)
    return done, others


def _print(done: list[Trained], others: list[Beside]) -> None:
    from training.beside import LINEAR

    heads = ("recipe", "accuracy", "own", "parameters", "epoch", "message")
    table = Table(*(say(f"compare_{head}") for head in heads))
    for t in done:
        task, _, value = t.own.partition(" ")
        figures = (f"{t.parameters:,}", f"{t.epoch_seconds:.1f}", f"{t.message_milliseconds:.1f}")
        table.add_row(cell(t.name), str(t.accuracy), say(f"own_{task.lower()}", value=value), *figures)
    for b in others:
        figures = (f"{b.parameters:,}", "–", f"{b.message_milliseconds:.1f}")
        table.add_row(cell(say("compare_linear") if b.name == LINEAR else b.name), str(b.accuracy), "", *figures)
    out.print(table)


def _courses(names: list[str], epochs: int) -> dict[str, CourseRecipe]:
    from training import recipe as known

    found = {}
    for one in map(known.load, names):
        if one.course is None:
            of_course = [name for name in known.names() if known.load(name).course is not None]
            raise DataError("recipe_not_of_course", recipe=one.name, names=", ".join(of_course))
        if one.name in found:
            raise DataError("recipes_same_name", recipe=one.name)
        found[one.name] = replace(one.course, epochs=epochs) if epochs else one.course
    return found
