"""``fit``: a model from rated reviews."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from training.commands.around import Around, around, err, out, service_model
from training.data import DataError
from training.enough import check_enough
from training.reviews import ReadRules, Reviews, account, read_reviews
from training.rows import split

if TYPE_CHECKING:
    from training.recipe import Recipe

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Tell = Callable[[str, int, int], None]


def fit(
    context: typer.Context,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="Rated reviews: CSV, XLSX, JSONL, or lines of rating, tab, review."),
    ] = None,
    target: Annotated[Path | None, typer.Option("--out", help="Model folder to make.")] = None,
    recipe: Annotated[str, typer.Option(help="Name of a recipe, or a .toml file.")] = "shop",
    text_column: Annotated[str | None, typer.Option(help="Column of reviews, by name or number.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column of ratings or labels, by name or number.")] = None,
    scale: Annotated[float | None, typer.Option(help="Highest number of stars there can be.")] = None,
    cut: Annotated[
        float | None, typer.Option(help="Stars above are positive, below negative, and these left out [3 of 5].")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text files; found out if left out.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Of a spreadsheet, by name or number.")] = None,
    source: Annotated[str, typer.Option(help="Where the rows came from, for the card [name of the file].")] = "",
    licence: Annotated[str, typer.Option(help="Under which terms, for the card.")] = "",
    obtained: Annotated[str, typer.Option(help="On which day, as 2026-11-22 [when the file was written].")] = "",
    unrated: Annotated[Path | None, typer.Option(help="Reviews without ratings, one a line (recipe best).")] = None,
    movies: Annotated[
        Path | None, typer.Option(help="Movie reviews, rating (1 to 10)<TAB>review (recipe best).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    runs: Annotated[Path, typer.Option(help="Folder for runs and their checkpoints.")] = Path("runs"),
    name: Annotated[str, typer.Option(help="First part of the model's id.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Go on with an interrupted run, or begin anew.")
    ] = True,
    promote: Annotated[bool, typer.Option("--promote", help="Put it into service unless it is worse.")] = False,
) -> None:
    """Make a model; an interrupted run goes on where it was when the same command is given again."""
    from training import recipe as recipes

    chosen = recipes.load(recipe)
    rules = ReadRules(text_column, label_column, scale, cut, encoding, sheet, source, licence, _day(obtained))
    here = around(context)
    if chosen.course is not None:
        raise DataError(
            f"recipe {chosen.name} is of the course and does not serve; train it with: "
            f"{here.program} compare {chosen.name}"
        )
    if target is not None and target.exists():
        raise DataError(f"{target} exists already; choose another --out or remove it")
    from training.commands.full import corpus_files

    files = corpus_files(data)
    if files.fetched:
        rules = _as_fetched(rules, files.rated[0])
    reviews = _read(files.rated, rules, here)
    if chosen.adapt is not None:
        _adapt(chosen, reviews, here, target, runs, seed=seed, name=name, fresh=not resume, promote=promote)
    else:
        from training.commands.full import fit_fully

        if target is None:
            raise DataError(f"say with --out where the model of recipe {chosen.name} is to be")
        fit_fully(
            chosen,
            reviews,
            unrated,
            movies,
            target,
            runs,
            service_model(here.store),
            seed=seed,
            name=name,
            named=bool(data) or files.fetched,
        )
        if promote:
            from training.commands.models import promote_folder

            promote_folder(here, target, force=False, data=files.rated, rules=rules)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else date.fromisoformat("")
    except ValueError:
        raise DataError("--obtained is a day such as 2026-11-22") from None


def _as_fetched(rules: ReadRules, path: Path) -> ReadRules:
    """What was said of the files, and where nothing was said what is known of the corpus that was fetched."""
    from training.fetch import SHOPPING, obtained

    return replace(
        rules,
        source=rules.source or SHOPPING.source,
        licence=rules.licence or SHOPPING.licence,
        obtained=rules.obtained or obtained(path),
    )


def _read(data: list[Path], rules: ReadRules, here: Around) -> Reviews:
    reviews = read_reviews(data, rules, here.host)
    for note in reviews.notes:
        err.print(note, markup=False, highlight=False, soft_wrap=True)
    left_out = account(reviews)
    err.print(
        f"read {reviews.read:,} rows, kept {len(reviews.rows):,}" + (f"; left out: {left_out}" if left_out else ""),
        highlight=False,
        soft_wrap=True,
    )
    for origin, count in reviews.origins.most_common(5):
        err.print(f"  {count:,} from {origin}", markup=False, highlight=False, soft_wrap=True)
    learn, held = split(reviews.rows)
    parts = ((len(rows), sum((r.rating or 0) > reviews.positive_above for r in rows)) for rows in (learn, held))
    (n, good), (m, fine) = parts
    err.print(
        f"learning from {n:,} ({good:,} positive, {n - good:,} negative); "
        f"held out: {m:,} ({fine:,} positive, {m - fine:,} negative)",
        highlight=False,
        soft_wrap=True,
    )
    return reviews


def _adapt(
    recipe: Recipe,
    reviews: Reviews,
    here: Around,
    target: Path | None,
    runs: Path,
    *,
    seed: int,
    name: str,
    fresh: bool,
    promote: bool,
) -> None:
    check_enough(*split(reviews.rows), reviews.positive_above)  # before Keras takes its seconds to be loaded
    with telling() as tell:
        tell("loading Keras", 0, 1)
        from training.devices import devices
        from training.shop import fit_shop

        err.print(f"learning on {devices()[0]}", markup=False, highlight=False)
        outcome = fit_shop(
            recipe, reviews, service_model(here.store), runs, tell, out=target, seed=seed, name=name, fresh=fresh
        )
    for sentence in outcome.sentences:
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)
    out.print(f"model {outcome.model_id}: {outcome.folder}", markup=False, highlight=False, soft_wrap=True)
    out.print(f"all about the run: {outcome.page}", markup=False, highlight=False, soft_wrap=True)
    if promote:
        from training.commands.models import promote_folder

        promote_folder(here, outcome.folder, force=False)
    else:
        out.print(f"to put it into service: {here.program} promote {outcome.folder}", highlight=False, soft_wrap=True)


@contextmanager
def telling() -> Iterator[Tell]:
    """Progress with the time left, on a terminal; a line now and then elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as progress:
        task: Any = progress.add_task("", total=1)
        last = ""

        def tell(what: str, done: int, of: int) -> None:
            nonlocal last
            progress.update(task, description=what, completed=done, total=of)
            if not err.is_terminal and (what != last or done == of or done % 100 == 0):
                err.print(f"{what}: {done}/{of}", highlight=False)
            last = what

        yield tell
