"""Behaviour, not averages: what a model does with negation, contrast, irony, slang, noise and mere spelling.

The suites are TSV files written for this project (``tests/data/behaviour``); the invariance and noise tests take
any texts. In the terms of Ribeiro et al. 2020 ("CheckList", arXiv:2005.04118): minimum functionality tests on the
suites, invariance tests on the rest.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp import Analyzer
from nlp.text import normalize
from training.errors import DataError
from training.metrics import Share, share
from training.noise import KINDS, corrupt

SUITES = Path(__file__).parent.parent / "tests" / "data" / "behaviour"
"""The suites of this project; a package that is installed has them not."""

AMOUNTS = (0.0, 0.1, 0.2)
"""Shares of syllables that are spoilt in the noise test."""


@dataclass(frozen=True)
class Outcome:
    """What a model did in one suite.

    Attributes:
        name: of the suite.
        passed: cases it has right.
        by_kind: the same by kind of case.
        failed: texts of the cases it has wrong.
    """

    name: str
    passed: Share
    by_kind: dict[str, Share]
    failed: list[str]


def suites_in(folder: Path) -> list[Path]:
    """The suites in a folder.

    Raises:
        DataError: if there are none.
    """
    found = sorted(folder.glob("*.tsv"))
    if not found:
        raise DataError("no_suites", path=folder)
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise DataError("file_unreadable", path=path, reason=error.strerror) from None


def _outcome(name: str, kinds: Sequence[str], right: Sequence[bool], texts: Sequence[str]) -> Outcome:
    by_kind = {k: share([r for r, own in zip(right, kinds, strict=True) if own == k]) for k in sorted(set(kinds))}
    return Outcome(name, share(right), by_kind, [t for t, r in zip(texts, right, strict=True) if not r])


def run_suite(analyzer: Analyzer, path: Path) -> Outcome:
    """Run one suite; what is asked depends on its columns.

    ``positive`` and ``negative``: a minimal pair, right if both sides are. ``text`` and ``label``: right if the label
    is. ``text`` alone: harmless, right unless the model is sure that it is negative.

    Raises:
        DataError: if the file cannot be read or has none of these forms.
    """
    rows = _rows(path)
    columns = set(rows[0]) if rows else set()
    if {"positive", "negative"} <= columns:
        good = analyzer.analyze_batch([r["positive"] for r in rows])
        bad = analyzer.analyze_batch([r["negative"] for r in rows])
        right = [g.label == "positive" and b.label == "negative" for g, b in zip(good, bad, strict=True)]
        texts = [f"{r['positive']} / {r['negative']}" for r in rows]
    elif {"text", "label"} <= columns:
        verdicts = analyzer.analyze_batch([r["text"] for r in rows])
        right = [v.label == r["label"] for v, r in zip(verdicts, rows, strict=True)]
        texts = [f"{r['text']} ({r['label']})" for r in rows]
    elif "text" in columns:
        texts = [r["text"] for r in rows]
        right = [v.band != "negative" for v in analyzer.analyze_batch(texts)]
    else:
        raise DataError("suite_forms", path=path)
    return _outcome(path.stem, [r.get("kind", "") for r in rows], right, texts)


def _longer_laugh(text: str) -> str:
    return (
        text.replace("ㅋㅋ", "ㅋㅋㅋㅋㅋ").replace("ㅠㅠ", "ㅠㅠㅠㅠ").replace("ㅎㅎ", "ㅎㅎㅎㅎ").replace("!", "!!!")
    )


def _bare(text: str) -> str:
    return text.rstrip(".!~ ") or text


INVARIANCES: dict[str, Callable[[str], str]] = {
    "longer_laugh": _longer_laugh,
    "shorter_laugh": lambda t: re.sub(r"([ㅋㅠㅎ!])\1+", r"\1", t),
    "laugh": lambda t: t + "ㅋㅋ",
    "tears": lambda t: t + "ㅠㅠ",
    "other_tears": lambda t: t + "ㅜㅜ",
    "exclamation": lambda t: t + "!",
    "exclamations": lambda t: t + "!!!",
    "exclamation_instead": lambda t: _bare(t) + "!",
    "tilde": lambda t: _bare(t) + "~",
    "dots": lambda t: _bare(t) + "..",
    "stop": lambda t: _bare(t) + ".",
    "no_stop": _bare,
    "full_width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "decomposed": lambda t: unicodedata.normalize("NFD", t),
    "blanks": lambda t: t.replace(" ", ""),
}
"""Changes that must not change a verdict; their names in words are ``change_…`` of :mod:`training.messages`."""


@dataclass(frozen=True)
class Flips:
    """How often a verdict flips under a change.

    Attributes:
        of_all: of all texts.
        of_changed: of those that are not the same to the model, for many a change leaves most texts as they are.
    """

    of_all: Share
    of_changed: Share


def invariance(analyzer: Analyzer, texts: Sequence[str]) -> dict[str, Flips]:
    """How often verdicts flip under each of :data:`INVARIANCES`."""
    before = [v.label for v in analyzer.analyze_batch(texts)]
    seen = [normalize(t) for t in texts]
    found = {}
    for name, change in INVARIANCES.items():
        others = [change(t) for t in texts]
        after = [v.label for v in analyzer.analyze_batch(others)]
        flips = [a != b for a, b in zip(before, after, strict=True)]
        changed = [normalize(o) != s for o, s in zip(others, seen, strict=True)]
        found[name] = Flips(share(flips), share([f for f, c in zip(flips, changed, strict=True) if c]))
    return found


def under_noise(analyzer: Analyzer, texts: Sequence[str], positive: Sequence[bool], amount: float) -> dict[str, Share]:
    """Accuracy when ``amount`` of the syllables are spoilt, by kind of noise; the same noise for every model."""
    found = {}
    for kind in KINDS:
        random = np.random.default_rng(0)
        verdicts = analyzer.analyze_batch([corrupt(t, amount, kind, random) for t in texts])
        found[kind] = share([(v.label == "positive") == p for v, p in zip(verdicts, positive, strict=True)])
    return found


@dataclass(frozen=True)
class Behaviour:
    """What a model does.

    Attributes:
        suites: what it did in each.
        rows: how many texts were changed or spoilt.
        flips: by change.
        noise: accuracy by share of syllables spoilt, and by kind of noise.
    """

    suites: Sequence[Outcome]
    rows: int
    flips: dict[str, Flips]
    noise: dict[float, dict[str, Share]]

    @classmethod
    def of(
        cls, analyzer: Analyzer, texts: Sequence[str], positive: Sequence[bool], suites: Sequence[Path]
    ) -> Behaviour:
        """See what it does.

        Args:
            analyzer: the model.
            texts: of rated reviews that it did not learn from.
            positive: which of them are.
            suites: files.

        Raises:
            DataError: if a suite cannot be read.
        """
        return cls(
            [run_suite(analyzer, path) for path in suites],
            len(texts),
            invariance(analyzer, texts),
            {amount: under_noise(analyzer, texts, positive, amount) for amount in AMOUNTS},
        )

    def mean_accuracy(self, amount: float) -> float:
        """Mean over the kinds of noise of the accuracy with so many syllables spoilt."""
        found = self.noise[amount]
        return sum(s.value for s in found.values()) / len(found)
