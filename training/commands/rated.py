"""Rated reviews to measure models on, read as ``fit`` reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.commands.around import Around, err
from training.commands.fit import tell_read
from training.commands.full import MOVIES, corpus_files, read_corpus
from training.data import MOVIES_CUT, Row, read_rated
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews
from training.rows import clear_movies, split


@dataclass(frozen=True)
class Rated:
    """Rows to measure on.

    Attributes:
        rows: rated reviews.
        positive_above: ratings above this are positive.
    """

    rows: Sequence[Row]
    positive_above: float

    @property
    def positive(self) -> list[bool]:
        """Which of them are positive."""
        return [(row.rating or 0) > self.positive_above for row in self.rows]


def read_held_out(
    here: Around, data: list[Path] | None, rules: ReadRules | None = None, *, all_rows: bool = False
) -> Rated:
    """Read files, say what was understood, and take what ``fit`` never learns from.

    Args:
        here: the program around, which reads tables.
        data: the files; the project's corpus if None.
        rules: how to read them.
        all_rows: take all rows, not only those that are held out.

    Raises:
        DataError: if a file cannot be used, or there is nothing to measure on.
    """
    if any(path.name == MOVIES for path in data or ()) and not all_rows:
        raise DataError("movies_by_option", path=MOVIES)  # of which fit holds out others than of reviews
    reviews = read_reviews(corpus_files(data).rated, rules or ReadRules(), here.host)
    tell_read(reviews)
    rows = reviews.rows if all_rows else split(reviews.rows)[1]
    if not rows:
        raise DataError("no_rows_to_measure")
    if len(rows) < len(reviews.rows):
        told = say("measured_on_held_out", rows=len(rows), of=len(reviews.rows))
        err.print(told, markup=False, highlight=False, soft_wrap=True)
    return Rated(rows, reviews.positive_above)


def read_held_out_movies(data: list[Path] | None) -> Rated:
    """Movie reviews that ``fit`` never learns from and that are clear, read as it reads them.

    Args:
        data: one file; the project's corpus if None.

    Raises:
        DataError: if it cannot be used, or there is nothing to measure on.
    """
    path = data[0] if data else corpus_files(None).movies
    if path is None or (data and len(data) > 1):
        raise DataError("one_movie_file")
    rows = read_corpus(path, "movie", read_rated)
    held = clear_movies(rows)
    if not held:
        raise DataError("no_rows_to_measure")
    err.print(say("movies_held_out", rows=len(held), of=len(rows)), markup=False, highlight=False, soft_wrap=True)
    return Rated(held, MOVIES_CUT)
