"""``fit``: a model from rated reviews."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from shlex import quote
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from nlp.sealed import MANIFEST, is_name
from training.backend import load_keras
from training.commands.around import Around, SeedOption, around, err, out, service_model
from training.enough import check_enough
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, Reviews, account, read_reviews
from training.rows import split

if TYPE_CHECKING:
    from training.recipe import Recipe

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Tell = Callable[[str, int, int], None]


def fit(
    context: typer.Context,
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    target: Annotated[Path | None, typer.Option("--out")] = None,
    recipe: str = "shop",
    text_column: str | None = None,
    label_column: str | None = None,
    scale: float | None = None,
    cut: float | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    source: str = "",
    licence: str = "",
    obtained: str = "",
    unrated: Path | None = None,
    movies: Path | None = None,
    seed: SeedOption = 0,
    runs: Path = Path("runs"),
    name: str = "",
    resume: Annotated[bool, typer.Option("--resume/--fresh")] = True,
    promote: Annotated[bool, typer.Option("--promote")] = False,
) -> None:
    """Make a model; an interrupted run goes on where it was when the same command is given again."""
    from training import recipe as recipes

    chosen = recipes.load(recipe)
    rules = ReadRules(text_column, label_column, scale, cut, encoding, sheet, source, licence, _day(obtained))
    here = around(context)
    if chosen.course is not None:
        raise DataError("recipe_of_course", recipe=chosen.name, command=f"{here.program} compare {recipe}")
    if not is_name(name or chosen.name):
        raise DataError("name_wrong")
    if target is not None and target.exists():
        raise _taken(target, here.program)
    for folder in (runs, target):
        if folder is not None:
            check_writable(folder)
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
            raise DataError("out_missing", recipe=chosen.name)
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
            fresh=not resume,
        )
        if promote:
            from training.commands.models import promote_folder

            promote_folder(here, target, force=False, data=files.rated, rules=rules)


def _taken(target: Path, program: str) -> DataError:
    """What to do where something is already; a run that was killed after it had saved its model need not run again."""
    if not (target / MANIFEST).is_file():
        return DataError("out_exists", path=target)
    promote, evaluate = (f"{program} {command} {quote(str(target))}" for command in ("promote", "evaluate"))
    return DataError("out_is_model", path=target, promote=promote, evaluate=evaluate)


def check_writable(folder: Path) -> None:
    """Find out now, not after hours, where a folder cannot be made; nothing is made yet.

    Raises:
        OSError: naming the folder in which nothing can be written.
    """
    while not folder.exists():
        folder = folder.parent
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:  # it names a file that nobody asked for
        raise OSError(error.errno, error.strerror, str(folder)) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else date.fromisoformat("")
    except ValueError:
        raise DataError("day_wrong") from None


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
    tell_read(reviews)
    for origin, count in reviews.origins.most_common(5):
        _tell("from_origin", count=count, origin=origin)
    learn, held = split(reviews.rows)
    good, fine = (sum((r.rating or 0) > reviews.positive_above for r in rows) for rows in (learn, held))
    n, m = len(learn), len(held)
    _tell("split", learn=n, good=good, bad=n - good, held=m, fine=fine, poor=m - fine)
    return reviews


def tell_read(reviews: Reviews) -> None:
    """Say what was understood of the files, how many rows were read, and what was left out."""
    for note in reviews.notes:
        _tell(note.name, **note.values)
    left_out = account(reviews)
    counts = {"read": reviews.read, "kept": len(reviews.rows)}
    _tell("read_rows_left_out", **counts, left_out=left_out) if left_out else _tell("read_rows", **counts)


def _tell(sentence: str, /, **values: object) -> None:
    err.print(say(sentence, **values), markup=False, highlight=False, soft_wrap=True)


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
        tell(say("progress_loading"), 0, 1)
        load_keras()
        from training.devices import devices
        from training.shop import fit_shop

        _tell("device", device=devices()[0])
        outcome = fit_shop(
            recipe, reviews, service_model(here.store), runs, tell, out=target, seed=seed, name=name, fresh=fresh
        )
    said = [*outcome.sentences, say("fit_model", model=outcome.model_id, folder=outcome.folder)]
    said.append(say("fit_page", page=outcome.page))
    if not promote:
        said.append(say("fit_promote", command=f"{here.program} promote {quote(str(outcome.folder))}"))
    for sentence in said:
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if promote:
        from training.commands.models import promote_folder

        promote_folder(here, outcome.folder, force=False)


@contextmanager
def telling() -> Iterator[Tell]:
    """Progress with the time left, on a terminal; a line now and then elsewhere."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as progress:
        task: Any = progress.add_task("", total=1)
        last = ""

        def tell(what: str, done: int, of: int) -> None:
            nonlocal last
            progress.update(task, description=what, completed=done, total=of)
            if not err.is_terminal and (what != last or done == of or done % 100 == 0):
                _tell("progress_done", what=what, done=done, of=of)
            last = what

        yield tell
