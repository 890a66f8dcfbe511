"""``vectors``: word vectors of one's own corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from training.commands.around import around, err, out
from training.data import DataError, read_unrated
from training.reviews import ReadRules, read_reviews

vectors_app = typer.Typer(no_args_is_help=True, help="Word vectors of your own corpus (extra: vectors).")

FileOption = Annotated[Path, typer.Option("--vectors", help="File of vectors.")]
CountOption = Annotated[int, typer.Option(min=1, help="How many to show.")]
DEFAULT = Path("vectors.txt")


@vectors_app.command("fit")
def fit_vectors(
    context: typer.Context,
    data: Annotated[list[Path] | None, typer.Option("--data", help="Rated reviews, as for fit.")] = None,
    texts: Annotated[list[Path] | None, typer.Option("--texts", help="Reviews without ratings, one a line.")] = None,
    tokens: Annotated[str, typer.Option(help="word, syllable, jamo, kiwi, okt ...")] = "word",
    target: Annotated[Path, typer.Option("--out", help="File to make.")] = DEFAULT,
    width: Annotated[int, typer.Option(min=2, max=4096, help="Numbers in a vector.")] = 100,
    window: Annotated[int, typer.Option(min=1, help="How far apart neighbours may be.")] = 5,
    epochs: Annotated[int, typer.Option(min=1, help="Passes.")] = 5,
    min_count: Annotated[int, typer.Option(min=1, help="Tokens seen fewer times are left out.")] = 5,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
) -> None:
    """Learn vectors."""
    from training.tokens import cut_all
    from training.vectors import learn

    if not data and not texts:
        raise DataError("name files of reviews with --data or --texts")
    said = [row.text for row in read_reviews(data, ReadRules(), around(context).host).rows] if data else []
    said += [row.text for path in texts or [] for row in read_unrated(path).rows]
    err.print(f"learning from {len(said):,} reviews", highlight=False)
    rows = cut_all(tokens, said, target.parent / "tokens")
    made = learn(rows, width=width, window=window, epochs=epochs, min_count=min_count, seed=seed)
    made.save(target)
    out.print(f"{len(made.tokens):,} vectors: {target}", markup=False, highlight=False, soft_wrap=True)


@vectors_app.command("similar")
def similar(
    word: Annotated[str, typer.Argument(help="For example 배송.")],
    vectors: FileOption = DEFAULT,
    count: CountOption = 10,
) -> None:
    """The words nearest to a word."""
    _show(vectors, [word], [], count)


@vectors_app.command("analogy")
def analogy(
    first: Annotated[str, typer.Argument(help="FIRST is to SECOND ...")],
    second: Annotated[str, typer.Argument()],
    third: Annotated[str, typer.Argument(help="... as THIRD is to what?")],
    vectors: FileOption = DEFAULT,
    count: CountOption = 10,
) -> None:
    """What is to THIRD as SECOND is to FIRST?"""
    _show(vectors, [second, third], [first], count)


def _show(path: Path, plus: list[str], minus: list[str], count: int) -> None:
    from training.vectors import load

    table = Table("word", "cosine")
    for word, cosine in load(path).similar(plus, minus, count):
        table.add_row(word, f"{cosine:.3f}")
    out.print(table)
