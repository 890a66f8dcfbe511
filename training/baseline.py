"""The linear models that every network has to beat: character TF-IDF and logistic regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from training.data import Row, key

Tokens = Callable[[str], list[str]]


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
        rows: rated rows.
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
    labels = np.array([r.rating is not None and r.rating > positive_above for r in rows])
    steps = [features, LogCountRatio(), regression] if bayes else [features, regression]
    return make_pipeline(*steps).fit([r.text for r in rows], labels)


def log_odds(model: Any, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log-odds of positive, ``[texts]``."""
    return np.asarray(model.decision_function(list(texts)), np.float64)


def opinions(
    rows: Sequence[Row], texts: Sequence[str], positive_above: float, *, longest: int = 5, tokens: Tokens | None = None
) -> NDArray[np.float32]:
    """Fit both linear models to rows, and add up what they say about texts, each in units of its deviation."""
    total = np.zeros(len(texts), np.float32)
    for bayes in (False, True):
        odds = log_odds(fit_baseline(rows, positive_above, longest=longest, bayes=bayes, tokens=tokens), texts)
        total += odds / odds.std()
    return total
