"""Whether there are rows enough, said before anything slow is begun."""

from __future__ import annotations

from collections.abc import Sequence

from training.data import DataError, Row
from training.rows import Rows

LEAST = 10
"""Reviews of each polarity that must be there, to learn from and to test on."""


def check_enough(learn: Sequence[Row], held: Sequence[Row], above: float) -> None:
    """Refuse rows that cannot be learned from.

    Raises:
        DataError: saying what is missing.
    """
    sides = (Rows.of(learn), "to learn from"), (Rows.of(held), "to test on")
    good = sum(int((rows.ratings > above).sum()) for rows, _ in sides)
    total = len(learn) + len(held)
    if total >= LEAST and good in (0, total):
        side = "positive" if good else "negative"
        raise DataError(f"all {total:,} rows are {side}; a model needs reviews of both kinds")
    for rows, what in sides:
        good = int((rows.ratings > above).sum())
        if min(good, len(rows) - good) < LEAST:
            raise DataError(
                f"too few rows {what}: {good} positive and {len(rows) - good} negative; "
                f"at least {LEAST} of each are needed"
            )
