"""The recipes that make a model from nothing, from the corpora of the project or others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from training.backend import load_keras
from training.commands.around import err, out
from training.data import Read, Row, read_rated, read_unrated
from training.errors import DataError
from training.fetch import SHOPPING, folder_of, is_expected
from training.host import find_host, home_of
from training.messages import say
from training.provenance import origin_of
from training.reviews import Reviews, sources

if TYPE_CHECKING:
    from training.prepared import Corpora
    from training.recipe import Recipe

RATED = "naver_shopping_sample.tsv"
UNRATED = "naver_shopping_unlabelled.txt"
MOVIES = "nsmc_raw.tsv.gz"
_FIVE = 5  # stars, where movies have ten


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
                raise DataError("fetched_wrong", path=fetched)
            return CorpusFiles([fetched], unrated, movies, fetched=True)
        raise DataError("no_data")
    found = [p if p.exists() else None for p in (Path(folder) / UNRATED, Path(folder) / MOVIES)]
    return CorpusFiles([Path(folder) / RATED], unrated or found[0], movies or found[1])


def read_corpus(path: Path, kind: str, read: Any) -> list[Row]:
    """Read a file of one review a line, and say what was left out.

    Raises:
        DataError: if it cannot be read, or holds rows of a chat.
    """
    result: Read = read(path)  # which looks at every line for signs of a chat
    counts = {"empty": result.empty, "duplicates": result.duplicates, "conflicting": result.conflicting}
    left_out = ", ".join(say(f"left_out_{reason}", count=n) for reason, n in counts.items() if n)
    corpus = say(f"corpus_{kind}", file=path.name, count=len(result.rows))
    told = say("corpus_left_out", corpus=corpus, left_out=left_out) if left_out else corpus
    err.print(told, markup=False, highlight=False, soft_wrap=True)
    return result.rows


def read_corpora(
    recipe: Recipe, reviews: Reviews, files: CorpusFiles, named: Sequence[tuple[str, str, str]]
) -> Corpora:
    """The rated reviews, and of the other corpora what the recipe has a use for.

    Args:
        recipe: how a model is made.
        reviews: rated ones.
        files: where the others are.
        named: sources of the rated ones, for the card.

    Raises:
        DataError: if a file cannot be used, or movies are not rated 1 to 10.
    """
    unrated = read_corpus(files.unrated, "unrated", read_unrated) if files.unrated and recipe.uses_unrated else []
    movies = read_corpus(files.movies, "movie", read_rated) if files.movies and recipe.uses_movies else []
    if files.movies and movies and max(row.rating or 0 for row in movies) <= _FIVE:
        raise DataError("movies_scale", path=files.movies)
    load_keras()  # which takes seconds, so whatever is wrong with a file is said before
    from training.prepared import Corpora

    corpora = Corpora(reviews.rows, unrated, movies, named)
    clean = corpora.without_held_out()
    same = len(unrated) + len(movies) - len(clean.unrated) - len(clean.movies)
    if same:
        err.print(say("corpus_same_as_held_out", count=same), markup=False, highlight=False, soft_wrap=True)
    return clean


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
    fresh: bool,
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
        fresh: begin anew even if an interrupted run could be gone on with.
    """
    files = corpus_files(None, unrated, movies) if os.environ.get("NUNCHI_DATA") else CorpusFiles([], unrated, movies)
    if reviews.kind == "labels":  # there are no stars to learn
        recipe = replace(recipe, network=replace(recipe.network, ratings=(0, 1), positive_above=0.5))
    corpora = corpora_with_sources(recipe, reviews, files, unrated, movies, named=named)
    from training.devices import devices
    from training.fit import fit as make

    err.print(say("device", device=devices()[0]), markup=False, highlight=False)
    outcome = make(recipe, corpora, target, runs, service, seed=seed, name=name, fresh=fresh)
    print_evaluation(outcome.held_out, say("on_held_out", model=outcome.model_id))
    said = [] if outcome.movies is None else [say("fit_movies", share=outcome.movies.accuracy)]
    said += [*outcome.sentences, say("fit_folder", folder=outcome.folder), say("fit_page", page=outcome.page)]
    for sentence in said:
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)


def corpora_with_sources(
    recipe: Recipe, reviews: Reviews, files: CorpusFiles, unrated: Path | None, movies: Path | None, *, named: bool
) -> Corpora:
    """The same as :func:`read_corpora`, with the sources of what the user named for the card; see :func:`fit_fully`."""
    told = [(n, say("card_rated", source=source, day=day), licence) for n, source, licence, day in sources(reviews)]
    return replace(
        read_corpora(recipe, reviews, files, told if named else ()),
        unrated_source=_source("card_unrated_of", unrated),
        movies_source=_source("card_films_of", movies),
    )


def _source(sentence: str, path: Path | None) -> tuple[str, str] | None:
    """What the card says of a corpus that the user named; None for those of the project."""
    if path is None:
        return None
    origin = origin_of(path)
    return say(sentence, source=origin.source, day=origin.obtained), say("unstated")


def print_evaluation(result: Any, title: str) -> None:
    """Print an evaluation as a table."""
    table, by_chance = Table(title=title, show_header=False), result.calibration_by_chance
    lines = [
        (say("accuracy"), str(result.accuracy)),
        (say("macro_f1"), f"{result.macro_f1:.4f}"),
        *((say("by_rating", rating=rating), str(value)) for rating, value in result.by_rating.items()),
        *((say("by_length", length=length), str(value)) for length, value in result.by_length.items() if value.n),
        (say("calibration_error"), say("calibration_error_value", value=result.calibration_error, **vars(by_chance))),
        (say("surest", share=80), str(result.at_80)),
        (say("surest", share=90), str(result.at_90)),
        (say("outside_band"), str(result.sure)),
        (say("inside_band"), f"{result.unsure_share:.1%}"),
        (say("star_rating"), str(result.stars) if result.stars else "–"),
    ]
    for name, value in lines:
        table.add_row(name, value)
    out.print(table)
