"""Whether there are rows enough, said before anything slow is begun."""

from __future__ import annotations

from collections.abc import Sequence

from training.data import Row
from training.errors import DataError
from training.messages import Said
from training.rows import Rows

LEAST = 10
"""Reviews of each polarity that must be there, to learn from and to test on."""


LEAST_COMPARED = 50
"""Reviews that networks must have to be compared."""


def check_comparable(rows: Sequence[Row], above: float) -> None:
    """Refuse rows on which networks cannot be compared.

    Raises:
        DataError: saying what is missing.
    """
    good, total = int((Rows.of(rows).ratings > above).sum()), len(rows)
    if total < LEAST_COMPARED:
        raise DataError("rows_too_few_compare", rows=total)
    if good in (0, total):
        raise DataError("rows_one_side", rows=total, side=Said("positive" if good else "negative"))


def check_sides(learn: Sequence[Row], test: Sequence[Row], above: float) -> None:
    """Refuse a split that leaves one polarity alone to learn from, or nothing to test on.

    Raises:
        DataError: saying what is missing.
    """
    good = int((Rows.of(learn).ratings > above).sum())
    if good in (0, len(learn)):
        raise DataError("rows_too_few_learn", good=good, bad=len(learn) - good, least=1)
    if not len(test):
        raise DataError("no_held_out")


def check_enough(learn: Sequence[Row], held: Sequence[Row], above: float) -> None:
    """Refuse rows that cannot be learned from.

    Raises:
        DataError: saying what is missing.
    """
    sides = (Rows.of(learn), "rows_too_few_learn"), (Rows.of(held), "rows_too_few_test")
    good = sum(int((rows.ratings > above).sum()) for rows, _ in sides)
    total = len(learn) + len(held)
    if total >= LEAST and good in (0, total):
        raise DataError("rows_one_side", rows=total, side=Said("positive" if good else "negative"))
    for rows, sentence in sides:
        good = int((rows.ratings > above).sum())
        if min(good, len(rows) - good) < LEAST:
            raise DataError(sentence, good=good, bad=len(rows) - good, least=LEAST)
