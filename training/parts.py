"""How well reviews are taken apart: clause boundaries, aspects and their polarity, against marked suites."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp import Analyzer
from nlp.clauses import split
from nlp.text import normalize
from training.errors import DataError
from training.metrics import Share, share

SUITES = Path(__file__).parent.parent / "tests" / "data"
"""The suites of this project; a package that is installed has them not."""


@dataclass(frozen=True)
class Found:
    """Found against marked.

    Attributes:
        right: found and marked.
        extra: found, not marked.
        missed: marked, not found.
        failed: the sentences with anything extra or missed, both marks in them.
    """

    right: int
    extra: int
    missed: int
    failed: list[str]

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right / max(1, self.right + self.extra)

    @property
    def recall(self) -> float:
        """Share of what is marked that was found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f} (precision {self.precision:.3f}, recall {self.recall:.3f})"


def measure_clauses(path: Path) -> Found:
    """Boundaries against a suite whose column ``text`` has ``|`` before the first character of each next clause.

    Raises:
        DataError: if the file cannot be read or has no such column.
    """
    right = extra = missed = 0
    failed = []
    for row in _rows(path, "text"):
        text, marked = _unmark(row["text"])
        found = {start for start, _ in split(text)[1:]}
        right, extra, missed = right + len(found & marked), extra + len(found - marked), missed + len(marked - found)
        if found != marked:
            failed.append(_show(text, marked, found))
    return Found(right, extra, missed, failed)


def _unmark(marked: str) -> tuple[str, set[int]]:
    """The normalised text, and where in it the clauses after the first begin."""
    parts = [normalize(part) for part in marked.split("|")]
    text, starts = parts[0], set()
    for before, part in zip(marked.split("|"), parts[1:], strict=False):
        text += " " if before.endswith(" ") else ""
        starts.add(len(text))
        text += part
    return text, starts


def _show(text: str, marked: set[int], found: set[int]) -> str:
    """The sentence with ``|`` where both agree, ``+`` where only we cut and ``-`` where only the suite does."""
    signs = dict.fromkeys(marked & found, "|") | dict.fromkeys(found - marked, "+") | dict.fromkeys(marked - found, "-")
    return "".join(signs.get(i, "") + char for i, char in enumerate(text))


def _rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise DataError("file_unreadable", path=path, reason=error.strerror) from None
    names = lines[0].split("\t") if lines else []
    if not set(columns) <= set(names):
        raise DataError("suite_columns", path=path, columns=", ".join(columns))
    for line in lines[1:]:
        yield dict(zip(names, line.split("\t"), strict=True))


@dataclass(frozen=True)
class Aspects:
    """What was found in a suite of aspects.

    Attributes:
        found: aspects, found against marked.
        by_name: the same for each aspect.
        polarity: of the aspects that were found and are marked, the share with the right polarity.
        wrong_polarity: sentences with an aspect of the wrong polarity.
    """

    found: Found
    by_name: dict[str, Found]
    polarity: Share
    wrong_polarity: list[str]


def measure_aspects(analyzer: Analyzer, path: Path) -> Aspects:
    """Aspects and polarities against a suite with the columns ``text`` and ``aspects`` (``배송:+,품질:-``).

    An aspect that a text names with both polarities counts as right if either is marked.

    Raises:
        DataError: if the file cannot be read or has not these columns.
    """
    rows = list(_rows(path, "text", "aspects"))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    failed, right, wrong = [], [], []
    for row, review in zip(rows, analyzer.review_batch([r["text"] for r in rows]), strict=True):
        marked: dict[str, set[str]] = defaultdict(set)
        for pair in filter(None, row["aspects"].split(",")):
            name, sign = pair.strip().split(":")
            marked[name].add(sign)
        found: dict[str, set[str]] = defaultdict(set)
        for aspect in review.aspects:
            found[aspect.name].add("+" if aspect.label == "positive" else "-")
        for name in marked.keys() | found.keys():
            counts[name]["right" if name in marked and name in found else "extra" if name in found else "missed"] += 1
        for name in marked.keys() & found.keys():
            right.append(bool(marked[name] & found[name]))
            if not right[-1]:
                wrong.append(f"{row['text']} ({name}: {', '.join(marked[name])})")
        if marked.keys() != found.keys():
            extra, missed = found.keys() - marked.keys(), marked.keys() - found.keys()
            failed.append(" ".join([row["text"], *(f"+{n}" for n in extra), *(f"-{n}" for n in missed)]))
    by_name = {name: Found(c["right"], c["extra"], c["missed"], []) for name, c in sorted(counts.items())}
    totals = sum(counts.values(), Counter[str]())
    total = Found(totals["right"], totals["extra"], totals["missed"], failed)
    return Aspects(total, by_name, share(right), wrong)
