"""``vectors``: word vectors of one's own corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from training.commands.around import SeedOption, around, err, out
from training.commands.fit import tell_read
from training.commands.reading import reads
from training.commands.shown import cell
from training.data import read_unrated
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews

vectors_app = typer.Typer(no_args_is_help=True)

FileOption = Annotated[Path, typer.Option("--vectors")]
CountOption = Annotated[int, typer.Option(min=1)]
DEFAULT = Path("vectors.txt")


@vectors_app.command("fit")
@reads
def fit_vectors(
    context: typer.Context,
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    texts: Annotated[list[Path] | None, typer.Option("--texts", readable=False)] = None,
    tokens: str = "word",
    target: Annotated[Path, typer.Option("--out")] = DEFAULT,
    width: Annotated[int, typer.Option(min=2, max=4096)] = 100,
    window: Annotated[int, typer.Option(min=1, max=1000)] = 5,
    epochs: Annotated[int, typer.Option(min=1, max=10_000)] = 5,
    min_count: Annotated[int, typer.Option(min=1, max=1_000_000)] = 5,
    seed: SeedOption = 0,
    *,
    rules: ReadRules,
) -> None:
    """Learn vectors."""
    from training.tokens import cut_all, cutter
    from training.vectors import learn

    if not data and not texts:
        raise DataError("vectors_no_text")
    cutter(tokens)
    if target.is_dir() or not target.name:
        raise DataError("vectors_folder", path=target)
    said: list[str] = []
    if data:
        reviews = read_reviews(data, rules, around(context).host)
        tell_read(reviews)
        said = [row.text for row in reviews.rows]
    said += [row.text for path in texts or [] for row in read_unrated(path).rows]
    err.print(say("vectors_learning", rows=len(said)), markup=False, highlight=False)
    rows = cut_all(tokens, said, target.parent / "tokens")
    made = learn(rows, width=width, window=window, epochs=epochs, min_count=min_count, seed=seed)
    made.save(target)
    out.print(say("vectors_made", count=len(made.tokens), path=target), markup=False, highlight=False, soft_wrap=True)


@vectors_app.command("similar")
def similar(
    word: Annotated[str, typer.Argument()],
    vectors: FileOption = DEFAULT,
    count: CountOption = 10,
) -> None:
    """The words nearest to a word."""
    _show(vectors, [word], [], count)


@vectors_app.command("analogy")
def analogy(
    first: Annotated[str, typer.Argument()],
    second: Annotated[str, typer.Argument()],
    third: Annotated[str, typer.Argument()],
    vectors: FileOption = DEFAULT,
    count: CountOption = 10,
) -> None:
    """What is to THIRD as SECOND is to FIRST?"""
    _show(vectors, [second, third], [first], count)


def _show(path: Path, plus: list[str], minus: list[str], count: int) -> None:
    from training.vectors import load

    table = Table(say("vectors_word"), say("vectors_cosine"))
    for word, cosine in load(path).similar(plus, minus, count):
        table.add_row(cell(word), f"{cosine:.3f}")
    out.print(table)
