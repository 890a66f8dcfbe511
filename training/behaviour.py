"""Behaviour, not averages: what a model does with negation, contrast, irony, slang, noise and mere spelling.

The suites are TSV files written for this project (``tests/data/behaviour``); the invariance and noise tests take
any texts. In the terms of Ribeiro et al. 2020 ("CheckList", arXiv:2005.04118): minimum functionality tests on the
suites, invariance tests on the rest.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp import Analyzer
from training.errors import DataError
from training.metrics import Share, share
from training.noise import KINDS, corrupt


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


def _shorter_laugh(text: str) -> str:
    for char in "ㅋㅠㅎ!":
        while char * 3 in text:
            text = text.replace(char * 3, char * 2)
    return text


INVARIANCES: dict[str, Callable[[str], str]] = {
    "longer_laugh": _longer_laugh,
    "shorter_laugh": _shorter_laugh,
    "stop": lambda t: t.rstrip(".!~ ") + ".",
    "no_stop": lambda t: t.rstrip(".!~ "),
    "full_width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "decomposed": lambda t: unicodedata.normalize("NFD", t),
    "blanks": lambda t: t.replace(" ", ""),
}
"""Changes that must not change a verdict; their names in words are ``change_…`` of :mod:`training.messages`."""


def invariance(analyzer: Analyzer, texts: Sequence[str]) -> dict[str, Share]:
    """Share of verdicts that flip under each change, over all texts."""
    before = [v.label for v in analyzer.analyze_batch(texts)]
    flips = {}
    for name, change in INVARIANCES.items():
        after = [v.label for v in analyzer.analyze_batch([change(t) for t in texts])]
        flips[name] = share([a != b for a, b in zip(before, after, strict=True)])
    return flips


def under_noise(analyzer: Analyzer, texts: Sequence[str], positive: Sequence[bool], amount: float) -> dict[str, Share]:
    """Accuracy when ``amount`` of the syllables are spoilt, by kind of noise; the same noise for every model."""
    found = {}
    for kind in KINDS:
        random = np.random.default_rng(0)
        verdicts = analyzer.analyze_batch([corrupt(t, amount, kind, random) for t in texts])
        found[kind] = share([(v.label == "positive") == p for v, p in zip(verdicts, positive, strict=True)])
    return found
