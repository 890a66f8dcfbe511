"""Reviews that were read and judged: first those of which the teachers were least sure.

Which reviews to judge is uncertainty sampling (Lewis & Gale 1994, arXiv:cmp-lg/9407020). A line of ``unsure.tsv`` or
``sure.tsv`` is a review, by the digest of its text (:func:`training.data.key_digest`, hexadecimal), and the grade that
each reader gave it, from 1, surely discontented, to 5, surely content. No text is there: it stands in the corpus.
``unsure.tsv`` has those of which the teachers were less than 95 % sure, most of them judged by two or three readers:
from them teachers learn. ``sure.tsv`` has the others, judged by one: they only mend what the teachers say of them.

In both are rated reviews of the same kind, none held out; their ratings the readers did not see. So what a grade is
worth is measured, not believed, and of those reviews, too, the grades tell more than one rating does. The readers were
language models, not people. Two had been shown ninety rated reviews and the third eight hundred, none of them held out
at that time; the ninety are not judged, and the eight hundred only by the others.
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
Opinion = tuple[Floats, Floats]
"""Distributions over classes ``[rows, classes]`` and probability of positive ``[rows]``."""

_FOLDER = Path(__file__).parent
_UNSURE, _SURE = "unsure.tsv", "sure.tsv"
_EVEN = 3.0  # the grade that says nothing
_LEAST = 30  # rated ones among them, without which nothing is known of their worth
_CERTAIN = 1e-4  # teachers are never surer


@dataclass(frozen=True, slots=True, repr=False)
class Judged(Row):
    """A review without a rating, of which the teachers were unsure and which was judged.

    Attributes:
        grades: what each reader gave it, 1 to 5.
        positive: how probable it is that it is positive, by its grades alone.
    """

    grades: tuple[int, ...] = ()
    positive: float = 0.5


def unsure_grades() -> Mapping[float, tuple[int, ...]]:
    """What each reader gave each judged review of which the teachers were unsure, by its place."""
    return _read(_UNSURE)


def all_grades() -> Mapping[float, tuple[int, ...]]:
    """The same of all judged reviews."""
    return {**_read(_SURE), **unsure_grades()}


@cache
def _read(name: str) -> Mapping[float, tuple[int, ...]]:
    lines = (line.split("\t") for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines())
    return {place_of(int(digest, 16)): tuple(int(g) for g in given) for digest, *given in lines}


def digest(*, sure: bool = False) -> str:
    """SHA-256 (hex) of the judgments of reviews of which the teachers were unsure, or sure."""
    return hashlib.sha256((_FOLDER / (_SURE if sure else _UNSURE)).read_bytes()).hexdigest()


def judged_first(unrated: Sequence[Row], rated: Sequence[Row], above: float) -> tuple[list[Judged], list[Row]]:
    """Those of the unrated reviews of which the teachers were unsure and which were judged, and the others.

    Args:
        unrated: reviews without a rating.
        rated: reviews that have one; what a grade is worth is measured on those of them that were judged.
        above: ratings above this are positive.

    Returns:
        Both; no review counts as judged where too few rated ones were.
    """
    known = unsure_grades()
    told = [r for r in rated if r.place in known]
    worth = _fit(_grade_features([known[r.place] for r in told]), told, above)
    judged = [r for r in unrated if r.place in known]
    if worth is None or not judged:
        return [], list(unrated)
    given = [known[r.place] for r in judged]
    positive = worth.predict_proba(_grade_features(given))[:, 1]
    return [
        Judged(row.text, None, row.place, row.origin, own, float(p))
        for row, own, p in zip(judged, given, positive, strict=True)
    ], [r for r in unrated if r.place not in known]


def heeded(
    said: tuple[Opinion, Opinion],
    rated: Sequence[Row],
    unrated: Sequence[Row],
    config: NetworkConfig,
) -> tuple[Opinion, Opinion]:
    """What the teachers say of reviews, rated ones and others, after the readers were heard.

    How much either counts is fitted by logistic regression on the rated reviews that were judged: neither a reader nor
    a teacher of the first generation who speaks of one of them knew its rating.

    Args:
        said: what the teachers say of the rated and of the unrated ones, each distributions over classes ``[rows,
            classes]`` and probability of positive ``[rows]``.
        rated: reviews that have a rating.
        unrated: those that have none.
        config: which classes there are.
    """
    known = all_grades()
    told = [i for i, r in enumerate(rated) if r.place in known]
    features = _with_teachers(said[0][1], rated, told, known)
    worth = _fit(features, [rated[i] for i in told], config.positive_above)
    if worth is None:
        return said

    def hear(own: Opinion, rows: Sequence[Row], where: list[int]) -> Opinion:
        positive = own[1].copy()
        if where:
            positive[where] = worth.predict_proba(_with_teachers(own[1], rows, where, known))[:, 1]
        return with_positive(own[0], positive, config), positive

    return hear(said[0], rated, told), hear(said[1], unrated, [i for i, r in enumerate(unrated) if r.place in known])


def both_right(said_of_rated: Floats, rated: Sequence[Row], above: float) -> tuple[list[bool], list[bool]]:
    """Whether readers and teachers are right about the rated reviews of which teachers had been unsure.

    Those judged even are left out.

    Args:
        said_of_rated: what the teachers say, probability of positive ``[rated]``.
        rated: reviews that have a rating.
        above: ratings above this are positive.
    """
    known = unsure_grades()
    told = [
        (float(np.mean(known[r.place])), p, (r.rating or 0) > above)
        for r, p in zip(rated, said_of_rated, strict=True)
        if r.place in known
    ]
    decided = [one for one in told if one[0] != _EVEN]
    return [(g > _EVEN) == good for g, _, good in decided], [(p > 0.5) == good for _, p, good in decided]


def with_positive(classes: Floats, positive: Floats, config: NetworkConfig) -> Floats:
    """Class distributions ``[rows, classes]`` with other probabilities of positive ``[rows]``, alike within a side."""
    shares = classes.copy()
    chosen = np.isin(np.arange(classes.shape[1]), config.positive_classes)
    for side, total in ((chosen, positive), (~chosen, 1 - positive)):
        shares[:, side] *= (total / shares[:, side].sum(axis=1))[:, None]
    return shares


def _with_teachers(
    positive: Floats, rows: Sequence[Row], where: Sequence[int], known: Mapping[float, tuple[int, ...]]
) -> Floats:
    given = [known[rows[i].place] for i in where]
    return np.concatenate([_log_odds(positive[list(where)])[:, None], _grade_features(given)], axis=1)


def _grade_features(given: Sequence[tuple[int, ...]]) -> Floats:
    """How far the mean grade is from even, and that again for each reader beyond the first, ``[reviews, 2]``.

    The second is not only about readers: what is hard was read more often.
    """
    mean = np.array([np.mean(own) for own in given], float) - _EVEN
    return np.stack([mean, mean * np.array([len(own) - 1 for own in given])], axis=1)


def _fit(features: Floats, rows: Sequence[Row], above: float) -> LogisticRegression | None:
    labels = np.array([(r.rating or 0) > above for r in rows], bool)
    if min(labels.sum(), (~labels).sum()) < _LEAST:
        return None
    return LogisticRegression(C=10.0).fit(features, labels)


def _log_odds(probability: float | Floats) -> Floats:
    p = np.clip(probability, _CERTAIN, 1 - _CERTAIN)
    return np.asarray(np.log(p / (1 - p)))
