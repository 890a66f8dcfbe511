"""Reviews written by hand, in pairs: of what no rule knows, since what happened tells the verdict.

``*.tsv``: a line is a pair, the review of a content customer and that of a discontented one, in nearly the same words.
Whoever wrote them had read neither the rules nor the behaviour suites in ``tests/data``; a test sees to it that
none of them is, or nearly is, a sentence of those suites.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from nlp.text import normalize


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """All pairs, normalised: positive, negative."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            positive, negative = line.split("\t")
            found.append((normalize(positive), normalize(negative)))
    return tuple(found)


def examples() -> list[tuple[str, bool]]:
    """Their reviews, each with whether it is positive."""
    return [example for positive, negative in pairs() for example in ((positive, True), (negative, False))]


def dealt(times: int, epochs: int) -> list[tuple[str, bool]]:
    """Each of :func:`examples` so many times, but for a few, so that as many can be dealt to each of the epochs."""
    every = examples() * times
    return every[: len(every) // epochs * epochs] if epochs else []


def digest() -> str:
    """SHA-256 (hex) of all pairs."""
    return hashlib.sha256(repr(pairs()).encode()).hexdigest()
