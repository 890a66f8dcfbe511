"""The wide part's table, fitted as a linear model of its own.

A network that learns its wide part along with its recurrent part leaves the n-grams too little to do. Fitted apart
and then weighed against the network on rows that neither knows, the two are better than either, because they err
on different reviews. Three linear models share the table: logistic regression, the same on features scaled by
naive Bayes log-count ratios (Wang & Manning 2012, ACL), and one that learns only what the network leaves over, as
a next stage of boosting does (Friedman et al. 2000, Annals of Statistics 28); all are sums over n-grams, so their sum
is one, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp.analyze import binary_log_odds
from nlp.config import NetworkConfig
from nlp.ngrams import hash_ngrams
from nlp.runtime import clip
from training.data import Row

Table = NDArray[np.float64]

Ask = Callable[[Sequence[str]], NDArray[np.float32]]
"""From texts to what a network says of them, ``[texts, classes]``."""

Other = tuple[str, bool, float]
"""A text that is no rated row of the domain, whether it is positive, and what it counts where such a row counts 1."""

_PLAIN_C, _BAYES_C, _LEFT_OVER_C = 30.0, 5.0, 1.0


def features(texts: Sequence[str], config: NetworkConfig) -> csr_matrix:
    """What the wide part adds up: each n-gram's count over the root of their number, ``[texts, buckets]``."""
    ids = [hash_ngrams(clip(t, config.max_tokens), config.longest_ngram, config.buckets) for t in texts]
    ends = np.concatenate([[0], np.cumsum([len(i) for i in ids])])
    values = np.concatenate([np.full(len(i), 1 / np.sqrt(max(len(i), 1))) for i in ids])
    matrix = csr_matrix((values, np.concatenate(ids), ends), shape=(len(texts), config.buckets))
    matrix.sum_duplicates()
    return matrix


def fit_table(rows: Sequence[Row], config: NetworkConfig, others: Sequence[Other] = ()) -> Table:
    """Log-odds of positive that each bucket adds, ``[buckets]``, in units of their standard deviation over the rows.

    Args:
        rows: rated rows.
        config: shape of the wide part.
        others: reviews made by rule or of another domain.
    """
    return _fit(*_examples(rows, config, others))


def fit_left_over(ask: Ask, rows: Sequence[Row], config: NetworkConfig, others: Sequence[Other] = ()) -> Table:
    """What each bucket adds to the log-odds of positive that a network has said already, ``[buckets]``.

    Logistic regression in which what the network said is an offset.

    Args:
        ask: asks the network.
        rows: rated rows; it may have learned from them.
        config: shape of the wide part.
        others: reviews made by rule or of another domain.
    """
    x, positive, weight = _examples(rows, config, others)
    logits = ask([r.text for r in rows] + [text for text, _, _ in others])
    odds = binary_log_odds(logits, config.positive_classes).astype(np.float64)
    weight = _LEFT_OVER_C * weight

    def loss(table: Table) -> tuple[float, Table]:
        said = odds + x @ table
        wrong = 1 / (1 + np.exp(-said)) - positive
        value = weight @ (np.logaddexp(0, said) - positive * said) + table @ table / 2
        return float(value), x.T @ (weight * wrong) + table

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(found.x, np.float64)


def fit_star_table(rows: Sequence[Row], config: NetworkConfig, side: Sequence[int]) -> Table:
    """Log-odds of the higher of the two rating classes of one side that each bucket adds, ``[buckets]``.

    Nothing where the rows have but one of the two.
    """
    low, high = (config.ratings[i] for i in side)
    known = [r for r in rows if r.rating in (low, high)]
    if len({r.rating for r in known}) < 2:
        return np.zeros(config.buckets)
    x = features([r.text for r in known], config)
    return _fit(x, np.array([r.rating == high for r in known]), np.ones(len(known)))


def _examples(
    rows: Sequence[Row], config: NetworkConfig, others: Sequence[Other]
) -> tuple[csr_matrix, NDArray[np.bool_], Table]:
    """Features, whether they are positive, and what they count."""
    x = features([r.text for r in rows] + [text for text, _, _ in others], config)
    y = np.array([(r.rating or 0) > config.positive_above for r in rows] + [good for _, good, _ in others])
    return x, y, np.array([1.0] * len(rows) + [counts for _, _, counts in others])


def _fit(x: csr_matrix, y: NDArray[np.bool_], weight: Table) -> Table:
    there = (x > 0).multiply(weight[:, None]).tocsr()
    with_it, without = (np.asarray(there[side].sum(axis=0)).ravel() + 1 for side in (y, ~y))
    ratio = np.log(with_it / weight[y].sum()) - np.log(without / weight[~y].sum())
    table = np.zeros(x.shape[1])
    for scale, c in ((np.ones(x.shape[1]), _PLAIN_C), (ratio, _BAYES_C)):
        scaled = x.multiply(scale).tocsr()
        weights = LogisticRegression(C=c, solver="liblinear").fit(scaled, y, sample_weight=weight).coef_[0]
        table += weights * scale / max((scaled @ weights).std(), 1e-9)
    return table


def wide_part(table: Table, stars: Mapping[tuple[int, ...], Table], config: NetworkConfig) -> NDArray[np.float32]:
    """A wide part ``[buckets, classes]`` that adds the tables to the log-odds they are about.

    Args:
        table: about positive against negative.
        stars: about the higher against the lower class of a pair of classes.
        config: shape of the wide part.
    """
    sign = np.where(np.isin(np.arange(len(config.ratings)), config.positive_classes), 0.5, -0.5)
    wide = table[:, None] * sign
    for (low, high), within in stars.items():
        wide[:, low] -= within / 2
        wide[:, high] += within / 2
    return wide.astype(np.float32)
