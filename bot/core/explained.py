"""The columns that ``nunchi score --explain`` adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.tables import Cell
from bot.core.visible import one_line

if TYPE_CHECKING:
    from nlp import Review

EXPLAIN_COLUMNS = ("evidence", "aspects", "mixed", "attention", "reasons")
"""What is added besides the verdict; see :class:`nlp.Review`."""


def explained_cells(review: Review) -> list[Cell]:
    """The cells of :data:`EXPLAIN_COLUMNS`.

    No cell begins with a sign that a spreadsheet takes for a formula: evidence is ``[-] 별로예요 [+] 빠른데``.
    """
    if not review.verdict.korean:
        return [None, None, None, review.attention, " ".join(review.reasons)]
    words = (f"[{word.sign}] {one_line(word.text)}" for word in review.explanation.words)
    pairs = dict.fromkeys(f"{a.name}:{'+' if a.label == 'positive' else '-'}" for a in review.aspects)
    return [" ".join(words), ",".join(pairs), review.mixed, review.attention, " ".join(review.reasons)]
