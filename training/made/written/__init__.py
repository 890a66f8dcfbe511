"""Reviews written by hand, in pairs: of what no rule knows, since what happened tells the verdict.

``*.tsv``: a line is a pair, the review of a content customer and that of a discontented one, in nearly the same words.
``rare/*.tsv``: more of them, of what real reviews hold little of: one of the two says it with irony or is too polite to
blame (``irony_*``), or both are in the slang of the young (``slang_*``). So teachers do not learn them; the
network in service and its wide part do.
Whoever wrote them had read neither the rules nor the behaviour suites in ``tests/data``; a test sees to it that
none of them is, or nearly is, a sentence of those suites.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from nlp.text import normalize


@cache
def pairs(rare: bool = False) -> tuple[tuple[str, str], ...]:
    """All pairs, or all those of irony, normalised: positive, negative."""
    folder, found = Path(__file__).parent, []
    for path in sorted((folder / "rare" if rare else folder).glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            positive, negative = line.split("\t")
            found.append((normalize(positive), normalize(negative)))
    return tuple(found)


def examples(written: int = 1, rare: int = 0) -> list[tuple[str, bool]]:
    """Their reviews so many times, and those of the rare pairs so many; each with whether it is positive."""
    every = [*pairs()] * written + [*pairs(rare=True)] * rare
    return [example for positive, negative in every for example in ((positive, True), (negative, False))]


def dealt(epochs: int, written: int, rare: int = 0) -> list[tuple[str, bool]]:
    """:func:`examples`, but for a few, so that as many can be dealt to each of the epochs."""
    every = examples(written, rare)
    return every[: len(every) // epochs * epochs] if epochs else []


def digest(rare: bool = False) -> str:
    """SHA-256 (hex) of all pairs, or of all those of irony."""
    return hashlib.sha256(repr(pairs(rare)).encode()).hexdigest()
