"""The reviews of a table through the model, batch by batch, into an output that can be gone on with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from bot.core.explained import EXPLAIN_COLUMNS, explained_cells
from bot.core.partial import PartialOutput
from bot.core.tables import Cell, Row, Table, Tick
from bot.core.tables.encoders import Encoder
from bot.core.tables.row import to_text
from nlp import Analyzer, Verdict

Stars = Callable[[Row], float | None]
"""The stars that came with a row, 1..5."""

RESULT_COLUMNS = ("label", "probability", "confidence", "band", "korean", "rating", "expected_rating")
"""What is added to each row; see :class:`nlp.Verdict`."""

UNJUDGED = "unjudged"
"""The band of a row that cannot be judged: blank, or with too little Hangul. Its figures stay empty."""

RAGGED_COLUMN = "ragged"

BATCH_ROWS = 512
BATCH_CHARACTERS = 1 << 20
"""A batch ends at whichever comes first, so that long texts do not fill the memory."""


def result_columns(columns: Sequence[str], *, ragged: bool = False, explain: bool = False) -> list[str]:
    """Names of the columns to add: with the prefix ``nunchi_`` where the input has one of that name.

    Args:
        columns: names of the columns of the input.
        ragged: whether a column says which rows had the wrong number of cells.
        explain: whether columns say why, and about what.
    """
    wanted = (*RESULT_COLUMNS, *(EXPLAIN_COLUMNS if explain else ()), *((RAGGED_COLUMN,) if ragged else ()))
    taken = {name.casefold() for name in columns}
    out = []
    for name in wanted:
        while name.casefold() in taken:
            name = f"nunchi_{name}"
        taken.add(name.casefold())
        out.append(name)
    return out


def result_cells(verdict: Verdict) -> list[Cell]:
    """The cells to add to the row of a review."""
    if not verdict.korean:
        return [None, None, None, UNJUDGED, False, None, None]
    expected = None if verdict.expected_rating is None else round(verdict.expected_rating, 6)
    figures: list[Cell] = [round(verdict.probability, 6), round(verdict.confidence, 6)]
    return [verdict.label, *figures, verdict.band, True, verdict.rating, expected]


def score(
    table: Table,
    analyzer: Analyzer,
    output: PartialOutput,
    encoder: Encoder,
    tick: Tick,
    *,
    ragged: bool = False,
    explain: bool = False,
    stars: Stars | None = None,
) -> None:
    """Judge all rows that ``output`` does not hold yet and add them to it.

    Args:
        table: the rows.
        analyzer: the model.
        output: where they go.
        encoder: how they are written.
        tick: told of progress.
        ragged: whether to say which rows had the wrong number of cells.
        explain: whether to say why, and about what.
        stars: reads the stars of a row, where it has any.

    Raises:
        UserError: if the input cannot be read to its end.
        OSError: if the output cannot be written; it can be gone on with then.
    """
    if output.empty:
        output.append(encoder.header())
    rows = islice(table.rows(), output.rows, None)
    tick("score", output.rows, table.total)
    for batch in batches(rows, table.text_column):
        texts = [text for _, text in batch]
        if explain:
            reviews = analyzer.review_batch(texts, [stars(row) if stars else None for row, _ in batch])
            verdicts = [review.verdict for review in reviews]
            cells = [[*result_cells(review.verdict), *explained_cells(review)] for review in reviews]
        else:
            verdicts = analyzer.analyze_batch(texts)
            cells = [result_cells(verdict) for verdict in verdicts]
        judged = [(row, [*own, row.ragged] if ragged else own) for (row, _), own in zip(batch, cells, strict=True)]
        counts = Counter(verdict.band if verdict.korean else UNJUDGED for verdict in verdicts)
        output.append(encoder.rows(judged), len(batch), counts)
        tick("score", output.rows, table.total)


def batches(rows: Iterable[Row], text_column: int) -> Iterator[list[tuple[Row, str]]]:
    """Rows and their texts, as many at a time as the model should be asked about at once.

    Args:
        rows: the rows.
        text_column: index of the column of reviews.
    """
    batch: list[tuple[Row, str]] = []
    characters = 0
    for row in rows:
        text = to_text(row.cells[text_column])
        batch.append((row, text))
        characters += sum(len(cell) for cell in row.cells if isinstance(cell, str))
        if len(batch) == BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
