"""Rated reviews to measure models on, read as ``fit`` reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.commands.around import Around
from training.commands.fit import tell_read
from training.commands.full import corpus_files
from training.data import Row
from training.errors import DataError
from training.reviews import ReadRules, read_reviews
from training.rows import split


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
    reviews = read_reviews(corpus_files(data).rated, rules or ReadRules(), here.host)
    tell_read(reviews)
    rows = reviews.rows if all_rows else split(reviews.rows)[1]
    if not rows:
        raise DataError("no_rows_to_measure")
    return Rated(rows, reviews.positive_above)
