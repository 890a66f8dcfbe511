"""The recipes that make a model from nothing, from the corpora of the project or others."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

import nlp
from training.commands.around import err, out
from training.data import DataError, Read, Row, read_rated, read_unrated
from training.fetch import SHOPPING, folder_of, is_expected
from training.host import find_host, home_of
from training.reviews import Reviews, sources
from training.rows import split

if TYPE_CHECKING:
    from training.recipe import Recipe

RATED = "naver_shopping_sample.tsv"
UNRATED = "naver_shopping_unlabelled.txt"
MOVIES = "nsmc_raw.tsv.gz"


@dataclass(frozen=True)
class CorpusFiles:
    """Files of the corpora; None for those that are not there.

    Attributes:
        rated: reviews with stars.
        unrated: reviews without.
        movies: of movies, with stars.
        fetched: whether ``rated`` is the corpus that ``fetch`` brought.
    """

    rated: list[Path]
    unrated: Path | None
    movies: Path | None
    fetched: bool = False


def corpus_files(data: list[Path] | None, unrated: Path | None = None, movies: Path | None = None) -> CorpusFiles:
    """Named files, or those in the folder that NUNCHI_DATA names, or what ``fetch`` brought.

    Raises:
        DataError: if there is none of them.
    """
    folder = os.environ.get("NUNCHI_DATA")
    if data:
        return CorpusFiles(data, unrated, movies)
    if not folder:
        fetched = folder_of(home_of(find_host())) / SHOPPING.file
        if fetched.is_file():
            if not is_expected(fetched, SHOPPING):
                raise DataError(f"{fetched} is not the corpus that fetch brings; remove it and fetch again")
            return CorpusFiles([fetched], unrated, movies, fetched=True)
        raise DataError(
            "name a file of rated reviews with --data, or fetch a corpus first (the command fetch), or name the folder "
            "of the corpora in NUNCHI_DATA"
        )
    found = [p if p.exists() else None for p in (Path(folder) / UNRATED, Path(folder) / MOVIES)]
    return CorpusFiles([Path(folder) / RATED], unrated or found[0], movies or found[1])


def read_corpus(path: Path, kind: str, read: Any) -> list[Row]:
    """Read a file of one review a line, and say what was left out.

    Raises:
        DataError: if it cannot be read, or holds rows of a chat.
    """
    result: Read = read(path)  # which looks at every line for signs of a chat
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


def fit_fully(
    recipe: Recipe,
    reviews: Reviews,
    unrated: Path | None,
    movies: Path | None,
    target: Path,
    runs: Path,
    service: Path,
    *,
    seed: int,
    name: str,
    named: bool,
) -> None:
    """Make a model from nothing; see :func:`training.fit.fit`.

    Args:
        recipe: how.
        reviews: rated ones.
        unrated: file of reviews without ratings.
        movies: file of rated movie reviews.
        target: model folder to make.
        runs: folder for checkpoints.
        service: folder of the model to compare with.
        seed: of everything random.
        name: first part of the model's id.
        named: whether the rated reviews are others than the project's own, whose sources are known.
    """
    files = corpus_files(None, unrated, movies) if os.environ.get("NUNCHI_DATA") else CorpusFiles([], unrated, movies)
    if reviews.kind == "labels":  # there are no stars to learn
        recipe = replace(recipe, network=replace(recipe.network, ratings=(0, 1), positive_above=0.5))
    from training.fit import Corpora
    from training.fit import fit as make

    corpora = Corpora(
        reviews.rows,
        read_corpus(files.unrated, "unrated", read_unrated) if files.unrated and recipe.uses_unrated else [],
        read_corpus(files.movies, "movie", read_rated) if files.movies and recipe.uses_movies else [],
        [(n, f"rated reviews, {source}, obtained {day}", licence) for n, source, licence, day in sources(reviews)]
        if named
        else (),
    )
    outcome = make(recipe, corpora, target, runs, seed=seed, name=name)
    from training.compare import Comparison
    from training.evaluate import evaluate

    served = evaluate(nlp.load(service), split(reviews.rows)[1], positive_above=reviews.positive_above)
    comparison = Comparison.of(outcome.held_out.right, served.right, served.model_id)
    print_evaluation(outcome.held_out, f"{outcome.model_id} on held-out reviews")
    if outcome.movies is not None:
        out.print(f"movie reviews: {outcome.movies.accuracy}", highlight=False)
    out.print(comparison.sentence(), markup=False, highlight=False, soft_wrap=True)
    out.print(f"model folder: {outcome.folder} (the card is its README.md)", highlight=False)


def print_evaluation(result: Any, title: str) -> None:
    """Print an evaluation as a table."""
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
