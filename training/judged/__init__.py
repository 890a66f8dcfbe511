"""Reviews without a rating that were read and judged: those of which the teachers were least sure.

Which reviews to judge is uncertainty sampling (Lewis & Gale 1994, arXiv:cmp-lg/9407020). ``grades.tsv``: a line is a
review, by the digest of its text (:func:`training.data.key_digest`, hexadecimal), and the grade that each reader gave
it, from 1, surely discontented, to 5, surely content. No text is there: it stands in the corpus. Every tenth is a rated
review of the same kind, which the readers could not tell from the others; so what a grade is worth is measured, not
believed. None is held out. The readers were language models, not people; they had seen ninety other rated reviews, none
of them held out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp.config import NetworkConfig
from training.data import Row, place_of

Floats = NDArray[np.float64]

_FILE = Path(__file__).parent / "grades.tsv"
_EVEN = 3.0  # the grade that says nothing
_LEAST = 30  # rated ones among them, without which nothing is known of their worth
_CERTAIN = 1e-4  # teachers are never surer


@dataclass(frozen=True, slots=True, repr=False)
class Judged(Row):
    """A review without a rating that was judged.

    Attributes:
        grade: mean grade, 1 to 5.
        positive: how probable it is that it is positive, by its grade alone.
    """

    grade: float = _EVEN
    positive: float = 0.5


@cache
def grades() -> Mapping[float, float]:
    """The mean grade of each judged review, by its place."""
    lines = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return {place_of(int(digest, 16)): float(np.mean([int(g) for g in given])) for digest, *given in lines}


def digest() -> str:
    """SHA-256 (hex) of the judgments."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()


def judged_first(unrated: Sequence[Row], rated: Sequence[Row], above: float) -> tuple[list[Judged], list[Row]]:
    """Those of the unrated reviews that were judged, and the others.

    Args:
        unrated: reviews without a rating.
        rated: reviews that have one; what a grade is worth is measured on those of them that were judged.
        above: ratings above this are positive.

    Returns:
        Both; no review counts as judged where too few rated ones were.
    """
    known = grades()
    told = [(known[r.place], r) for r in rated if r.place in known]
    worth = _fit(np.array([[grade] for grade, _ in told]), [r for _, r in told], above)
    if worth is None:
        return [], list(unrated)
    judged, others = [], []
    for row in unrated:
        grade = known.get(row.place)
        if grade is None:
            others.append(row)
        else:
            judged.append((row, grade))
    positive = worth.predict_proba(np.array([[g] for _, g in judged]).reshape(-1, 1))[:, 1] if judged else []
    return [
        Judged(row.text, None, row.place, row.origin, grade, float(p))
        for (row, grade), p in zip(judged, positive, strict=True)
    ], others


def heeded(
    said: tuple[Floats, Floats],
    unrated: Sequence[Row],
    said_of_rated: Floats,
    rated: Sequence[Row],
    config: NetworkConfig,
) -> tuple[Floats, Floats]:
    """What the teachers say of unrated reviews, after the readers were heard.

    How much either counts is fitted by logistic regression on the rated reviews that were judged: nobody who speaks of
    one of them, teacher or reader, knew its rating.

    Args:
        said: what the teachers say of the unrated ones: distributions over classes ``[rows, classes]``, and
            probability of positive ``[rows]``.
        unrated: those; the judged ones are :class:`Judged`.
        said_of_rated: probability of positive, ``[rated]``.
        rated: reviews that have a rating.
        config: which classes there are.
    """
    classes, positive = said[0].copy(), said[1].copy()
    known = grades()
    told = [(said_of_rated[i], known[r.place], r) for i, r in enumerate(rated) if r.place in known]
    features = np.array([[_log_odds(p), grade] for p, grade, _ in told])
    worth = _fit(features, [r for *_, r in told], config.positive_above)
    where = [i for i, row in enumerate(unrated) if isinstance(row, Judged)]
    if worth is None or not where:
        return said
    both = np.stack([_log_odds(positive[where]), [row.grade for row in unrated if isinstance(row, Judged)]], axis=1)
    positive[where] = worth.predict_proba(both)[:, 1]
    chosen = np.isin(np.arange(classes.shape[1]), config.positive_classes)
    for side, total in ((chosen, positive), (~chosen, 1 - positive)):
        classes[:, side] *= (total / classes[:, side].sum(axis=1))[:, None]
    return classes, positive


def both_right(said_of_rated: Floats, rated: Sequence[Row], above: float) -> tuple[list[bool], list[bool]]:
    """Whether readers and teachers are right about each rated review that was judged; those judged even are left out.

    Args:
        said_of_rated: what the teachers say, probability of positive ``[rated]``.
        rated: reviews that have a rating.
        above: ratings above this are positive.
    """
    known = grades()
    told = [
        (known[r.place], p, (r.rating or 0) > above)
        for r, p in zip(rated, said_of_rated, strict=True)
        if r.place in known
    ]
    decided = [one for one in told if one[0] != _EVEN]
    return [(g > _EVEN) == good for g, _, good in decided], [(p > 0.5) == good for _, p, good in decided]


def _fit(features: Floats, rows: Sequence[Row], above: float) -> LogisticRegression | None:
    labels = np.array([(r.rating or 0) > above for r in rows], bool)
    if min(labels.sum(), (~labels).sum()) < _LEAST:
        return None
    return LogisticRegression(C=10.0).fit(features, labels)


def _log_odds(probability: float | Floats) -> Floats:
    p = np.clip(probability, _CERTAIN, 1 - _CERTAIN)
    return np.asarray(np.log(p / (1 - p)))
