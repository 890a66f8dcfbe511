"""``python -m training``: fit and evaluate."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import nlp
from training.data import DataError, Read, Row, read_rated, read_unrated, split

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
out = Console()
err = Console(stderr=True)

RATED = "naver_shopping_sample.tsv"
UNRATED = "naver_shopping_unlabelled.txt"
MOVIES = "nsmc_raw.tsv.gz"

BAD_DATA, INTERRUPTED, CONFIG = 65, 75, 78
DataOption = Annotated[
    list[Path] | None, typer.Option("--data", help="Rated reviews, rating<TAB>review; may be given more than once.")
]


@dataclass(frozen=True)
class _Files:
    rated: list[Path]
    unrated: Path | None
    movies: Path | None


def _files(data: list[Path] | None, unrated: Path | None, movies: Path | None) -> _Files:
    """Named files, or those in the folder that NUNCHI_DATA names."""
    folder = os.environ.get("NUNCHI_DATA")
    if data:
        return _Files(data, unrated, movies)
    if not folder:
        raise DataError("name a file of rated reviews with --data, or the folder of the corpora in NUNCHI_DATA")
    found = [p if p.exists() else None for p in (Path(folder) / UNRATED, Path(folder) / MOVIES)]
    return _Files([Path(folder) / RATED], unrated or found[0], movies or found[1])


def _read(path: Path, kind: str, read: Any) -> list[Row]:
    result: Read = read(path)
    dropped = [
        f"{n:,} {what}"
        for n, what in (
            (result.empty, "empty"),
            (result.duplicates, "duplicates"),
            (result.conflicting, "with conflicting ratings"),
        )
        if n
    ]
    err.print(
        f"{path.name}: {len(result.rows):,} {kind} reviews" + (f" (left out: {', '.join(dropped)})" if dropped else ""),
        highlight=False,
    )
    return result.rows


@app.command()
def fit(
    target: Annotated[Path, typer.Option("--out", help="Model folder to make.")],
    data: DataOption = None,
    unrated: Annotated[Path | None, typer.Option(help="Reviews without ratings, one a line.")] = None,
    movies: Annotated[Path | None, typer.Option(help="Movie reviews, rating (1 to 10)<TAB>review.")] = None,
    recipe: Annotated[str, typer.Option(help="Name of a recipe, or a .toml file.")] = "first",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs"),
    name: Annotated[str, typer.Option(help="First part of the model's id.")] = "",
) -> None:
    """Make a model; an interrupted run goes on where it was when the same command is given again."""
    from training import recipe as recipes
    from training.fit import Corpora
    from training.fit import fit as make

    chosen = recipes.load(recipe)
    files = _files(data, unrated, movies)
    corpora = Corpora(
        [row for path in files.rated for row in _read(path, "rated", read_rated)],
        _read(files.unrated, "unrated", read_unrated) if files.unrated and chosen.uses_unrated else [],
        _read(files.movies, "movie", read_rated) if files.movies and chosen.uses_movies else [],
    )
    outcome = make(chosen, corpora, target, runs, seed=seed, name=name)
    _print_evaluation(outcome.held_out, f"{outcome.model_id} on held-out reviews")
    if outcome.movies is not None:
        out.print(f"movie reviews: {outcome.movies.accuracy}", highlight=False)
    out.print(f"model folder: {outcome.folder} (the card is its README.md)", highlight=False)


@app.command()
def evaluate(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    data: DataOption = None,
    against: Annotated[Path | None, typer.Option(help="Another model folder, compared on the same rows.")] = None,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Also rows that models learn from (another corpus).")
    ] = False,
    positive_above: Annotated[float, typer.Option(help="Ratings above this are positive.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    pictures: Annotated[Path | None, typer.Option(help="Folder for the pictures.")] = None,
) -> None:
    """Say what a model is worth on rated reviews; of the project's corpora only held-out rows are used."""
    from training.evaluate import evaluate as measure

    rows = [row for path in _files(data, None, None).rated for row in _read(path, "rated", read_rated)]
    if not all_rows:
        rows = split(rows)[1]
    if not rows:
        raise DataError("no rows are left to evaluate; give a larger file, or --all-rows")
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("evaluating", total=len(rows) * (2 if against else 1))
        first = measure(
            nlp.load(model), rows, positive_above=positive_above, progress=lambda n: progress.update(bar, completed=n)
        )
        second = measure(nlp.load(against), rows, positive_above=positive_above) if against else None
    if pictures is not None:
        from training.report import draw_evaluation

        for path in draw_evaluation(first, pictures):
            err.print(f"picture: {path}", highlight=False)
    if as_json:
        result = first.to_dict() | (
            {"against": second.to_dict(), "paired": first.against(second).__dict__} if second else {}
        )
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    _print_evaluation(first, f"{first.model_id}")
    if second is not None:
        _print_evaluation(second, f"{second.model_id}")
        out.print(f"paired (McNemar): {first.against(second)}", highlight=False)


@app.command()
def behaviour(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    suites: Annotated[Path, typer.Option(help="Folder of suites.")] = Path("tests/data/behaviour"),
    data: DataOption = None,
    failures: Annotated[bool, typer.Option(help="List the cases that failed.")] = False,
) -> None:
    """Say what a model does with negation, contrast, irony, slang, mere spelling and typing errors."""
    from training import behaviour as behaviours
    from training.noise import KINDS

    analyzer = nlp.load(model)
    table = Table("suite", "kind", "right", title=analyzer.model_id)
    wrong: list[str] = []
    for path in sorted(suites.glob("*.tsv")):
        result = behaviours.run_suite(analyzer, path)
        table.add_row(result.name, "", str(result.passed))
        for kind, value in result.by_kind.items():
            table.add_row("", kind, f"{value.value:.0%} of {value.n}")
        wrong += [f"{result.name}: {text}" for text in result.failed]
    out.print(table)
    if failures:
        out.print("\n".join(wrong), markup=False, highlight=False)
    rows = split([row for path in _files(data, None, None).rated for row in _read(path, "rated", read_rated)])[1]
    texts, positive = [r.text for r in rows], [(r.rating or 0) > 3 for r in rows]
    table = Table("change", "verdicts that flip", title=f"{len(texts):,} held-out reviews")
    for name, value in behaviours.invariance(analyzer, texts).items():
        table.add_row(name, str(value))
    out.print(table)
    table = Table("syllables spoilt", *KINDS, "mean", title="accuracy under noise")
    for amount in (0.0, 0.1, 0.2):
        shares = behaviours.under_noise(analyzer, texts, positive, amount)
        mean = sum(s.value for s in shares.values()) / len(shares)
        table.add_row(f"{amount:.0%}", *(f"{s.value:.2%}" for s in shares.values()), f"{mean:.2%}")
    out.print(table)


@app.command()
def faithfulness(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    data: DataOption = None,
    reviews: Annotated[int, typer.Option(min=1, help="At most so many held-out reviews.")] = 1000,
) -> None:
    """Say whether the words named as evidence matter more to a verdict than as many random ones."""
    from training.faithfulness import measure

    rows = split([row for path in _files(data, None, None).rated for row in _read(path, "rated", read_rated)])[1]
    if not rows:
        raise DataError("no held-out rows; give a larger file")
    texts = [row.text for row in sorted(rows, key=lambda row: row.place)[:reviews]]
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("explaining", total=len(texts))
        result = measure(nlp.load(model), texts, lambda done: progress.update(bar, completed=done))
    table = Table("erased", "probability of the verdict falls by", "verdict turns", title=f"{len(texts):,} reviews")
    table.add_row("the named words", f"{result.named:.3f}", f"{result.named_flips:.1%}")
    table.add_row("as many random words", f"{result.random:.3f}", f"{result.random_flips:.1%}")
    out.print(table)
    out.print(f"the named words matter more in {result.more}", highlight=False)
    out.print(f"erased: {result.words:.0%} of a review's words; left out: {result.left_out:,} reviews", highlight=False)


@app.command()
def parts(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    suites: Annotated[Path, typer.Option(help="Folder of clauses.tsv and aspects.tsv.")] = Path("tests/data"),
    failures: Annotated[bool, typer.Option(help="List the sentences that failed.")] = False,
) -> None:
    """Say how well reviews are cut into clauses, and how well aspects and their polarity are found."""
    from training.parts import measure_aspects, measure_clauses

    clauses = measure_clauses(suites / "clauses.tsv")
    aspects = measure_aspects(nlp.load(model), suites / "aspects.tsv")
    table = Table("", "F1", "precision", "recall", "right, extra, missed")
    for name, f in {"clause boundaries": clauses, "aspects": aspects.found, **aspects.by_name}.items():
        numbers = f"{f.right}, {f.extra}, {f.missed}"
        table.add_row(name, f"{f.f1:.3f}", f"{f.precision:.3f}", f"{f.recall:.3f}", numbers)
    out.print(table)
    out.print(f"polarity of the aspects found: {aspects.polarity}", highlight=False)
    if failures:
        lines = [*clauses.failed, "", *aspects.found.failed, "", *aspects.wrong_polarity]
        out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _print_evaluation(result: Any, title: str) -> None:
    table = Table(title=title, show_header=False)
    lines = [
        ("accuracy", str(result.accuracy)),
        ("macro F1", f"{result.macro_f1:.4f}"),
        *((f"  rated {rating}", str(value)) for rating, value in result.by_rating.items()),
        *((f"  {length} characters", str(value)) for length, value in result.by_length.items() if value.n),
        ("expected calibration error", f"{result.calibration_error:.4f}"),
        ("surest 80 %", str(result.at_80)),
        ("surest 90 %", str(result.at_90)),
        ("outside the unsure band", str(result.sure)),
        ("inside the unsure band", f"{result.unsure_share:.1%}"),
        ("star rating", str(result.stars) if result.stars else "–"),
    ]
    for name, value in lines:
        table.add_row(name, value)
    out.print(table)


def main() -> None:
    """Run; a user's mistake is one sentence and a status, not a traceback."""
    try:
        app()
    except DataError as error:
        typer.echo(f"{error}", err=True)
        sys.exit(BAD_DATA)
    except nlp.ArtifactError as error:
        typer.echo(f"{error}", err=True)
        sys.exit(CONFIG)
    except KeyboardInterrupt:
        typer.echo("interrupted; give the same command again to go on", err=True)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
