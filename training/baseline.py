"""The linear models that every network has to beat: character TF-IDF and logistic regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from training.data import Row, key
from training.judged import Judged
from training.rows import Rows

Tokens = Callable[[str], list[str]]
_AT_ONCE = 5_000
_EVEN = 0.3  # of a judged review whose sides are nearer to each other nothing is learned


class LogCountRatio(TransformerMixin, BaseEstimator):
    """Scale each feature by the naive Bayes log-count ratio of its class (Wang & Manning 2012, ACL)."""

    def fit(self, features: Any, labels: NDArray[np.bool_]) -> LogCountRatio:
        """Count in how many rows of each class a feature occurs."""
        there = features > 0
        with_it = np.asarray(there[labels].sum(axis=0)).ravel() + 1
        without = np.asarray(there[~labels].sum(axis=0)).ravel() + 1
        self.ratio_ = np.log(with_it / labels.sum()) - np.log(without / (~labels).sum())
        return self

    def transform(self, features: Any) -> Any:
        """Scale ``[rows, features]``."""
        return features.multiply(self.ratio_).tocsr()


def fit_baseline(
    rows: Sequence[Row],
    positive_above: float = 3,
    *,
    longest: int = 5,
    c: float = 3.0,
    bayes: bool = False,
    tokens: Tokens | None = None,
) -> Pipeline:
    """Fit one on rated rows.

    Args:
        rows: rated rows, and such as were only judged.
        positive_above: ratings above this are positive.
        longest: longest n-gram.
        c: inverse strength of the regularisation.
        bayes: scale the features by their :class:`LogCountRatio`, which is a little better on short reviews.
        tokens: cuts a text into what the n-grams are made of; characters without blanks if None.

    Returns:
        A pipeline for :func:`log_odds`.
    """
    parts: dict[str, Any] = {"analyzer": "char", "preprocessor": key}
    if tokens is not None:
        parts = {"tokenizer": tokens, "preprocessor": str, "token_pattern": None}
    features = TfidfVectorizer(ngram_range=(1, longest), min_df=2, sublinear_tf=True, lowercase=False, **parts)
    regression = LogisticRegression(C=c, solver="liblinear", max_iter=300)
    rows = [r for r in rows if not isinstance(r, Judged) or abs(2 * r.positive - 1) > _EVEN]
    labels, weights = _labels(rows, positive_above)
    steps = [features, LogCountRatio(), regression] if bayes else [features, regression]
    pipeline, texts = make_pipeline(*steps), [r.text for r in rows]
    try:
        return pipeline.fit(texts, labels, logisticregression__sample_weight=weights)
    except ValueError:  # no n-gram is in two texts; then one has to do
        features.set_params(min_df=1)
        return pipeline.fit(texts, labels, logisticregression__sample_weight=weights)


def _labels(rows: Sequence[Row], above: float) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether each review is positive, and how much it counts: one that was only judged the less, the less is sure."""
    judged = [r.positive if isinstance(r, Judged) else None for r in rows]
    labels = [
        r.rating is not None and r.rating > above if p is None else p > 0.5 for r, p in zip(rows, judged, strict=True)
    ]
    return np.array(labels), np.array([1.0 if p is None else abs(2 * p - 1) for p in judged])


def fit_to_any(rows: Sequence[Row], positive_above: float = 3, *, most: int = 20_000) -> Pipeline:
    """Fit one on however many rows; beyond ``most`` in chunks, so that memory does not grow with the rows.

    Then n-grams are hashed instead of counted, and the regression takes two passes in random order: of the shopping
    reviews it has half a point fewer right than :func:`fit_baseline` on as many rows.
    """
    every = Rows.of(rows)
    if len(every) <= most:
        return fit_baseline(every, positive_above)
    hashed = HashingVectorizer(
        analyzer="char", preprocessor=key, ngram_range=(1, 5), lowercase=False, n_features=1 << 20, alternate_sign=False
    )
    regression = SGDClassifier(loss="log_loss", alpha=1e-5, average=True, random_state=0)
    random = np.random.default_rng(0)
    for _ in range(2):
        order = random.permutation(len(every))
        for start in range(0, len(order), _AT_ONCE):
            chunk = every.pick(order[start : start + _AT_ONCE])
            regression.partial_fit(hashed.transform(chunk.texts), chunk.ratings > positive_above, [False, True])
    return make_pipeline(hashed, regression)


def log_odds(model: Any, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log-odds of positive, ``[texts]``."""
    chunks = [texts[i : i + _AT_ONCE] for i in range(0, len(texts), _AT_ONCE)]  # n-grams take kilobytes a text
    return np.concatenate([np.asarray(model.decision_function(list(chunk)), np.float64) for chunk in chunks])


def opinions(
    rows: Sequence[Row], texts: Sequence[str], positive_above: float, *, longest: int = 5, tokens: Tokens | None = None
) -> NDArray[np.float32]:
    """Fit both linear models to rows, and add up what they say about texts, each in units of its deviation."""
    total = np.zeros(len(texts), np.float32)
    for bayes in (False, True):
        odds = log_odds(fit_baseline(rows, positive_above, longest=longest, bayes=bayes, tokens=tokens), texts)
        total += odds / odds.std()
    return total
