"""Weighs the linear tables of the wide part against the network, on rows that neither knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp.analyze import binary_log_odds
from nlp.config import NetworkConfig
from training.counterfactual import make
from training.data import Row
from training.judged import Judged
from training.linear import Ask, Other, Table, features, fit_left_over, fit_star_table, fit_table, wide_part
from training.made.written import examples
from training.marks import levelled
from training.recipe import Recipe

Pair = tuple[int, ...]

_MOVIE, _MADE, _WRITTEN, _RARE, _JUDGED = 0.05, 0.05, 0.2, 0.1, 0.5


@dataclass(frozen=True)
class Fold:
    """A network, and rows that it does not know.

    Attributes:
        ask: asks the network.
        asked: rows that it did not learn from.
        learned: rows that it did.
        others: what the wide part learns from besides them; see :func:`beside`.
    """

    ask: Ask
    asked: Sequence[Row]
    learned: Sequence[Row]
    others: Sequence[Other] = ()


@dataclass(frozen=True)
class Wide:
    """A fitted wide part.

    Attributes:
        config: shape of the network it is for.
        polarity: weights of the table about positive against negative, and of that about what the network leaves over,
            where that of the network is 1.
        stars: the same for the tables about the two ratings of one side.
        table: ``[buckets, classes]``.
    """

    config: NetworkConfig
    polarity: tuple[float, float]
    stars: dict[Pair, float]
    table: NDArray[np.float32]

    @classmethod
    def weigh(cls, folds: Sequence[Fold], config: NetworkConfig) -> list[Wide]:
        """Fit tables to the rows that each network learned from, and weigh them on all those that it did not.

        Args:
            folds: networks, and rows that they do not know.
            config: shape of the network, the wide part included.

        Returns:
            One for each fold, all with the same weights.
        """
        tables = [_Tables.fit(f.ask, f.learned, config, f.others) for f in folds]
        x = [features([r.text for r in f.asked], config) for f in folds]
        logits = np.concatenate([f.ask([r.text for r in f.asked]) for f in folds])
        rating = np.array([r.rating for f in folds for r in f.asked], float)
        said = [np.concatenate([a @ t.polarity[i] for a, t in zip(x, tables, strict=True)]) for i in (0, 1)]
        odds = binary_log_odds(logits, config.positive_classes)
        alone, left_over = _weights(odds, said, rating > config.positive_above)
        stars = {}
        for pair in _pairs(config):
            low, high = (config.ratings[i] for i in pair)
            known = np.isin(rating, (low, high))
            own = (logits[:, pair[1]] - logits[:, pair[0]])[known].astype(np.float64)
            within = np.concatenate([a @ t.stars[pair] for a, t in zip(x, tables, strict=True)])
            (stars[pair],) = _weights(own, [within[known]], rating[known] == high)
        none = np.zeros((config.buckets, len(config.ratings)), np.float32)
        return [cls(config, (alone, left_over), stars, none)._with(t) for t in tables]

    def fitted_to(self, ask: Ask, rows: Sequence[Row], others: Sequence[Other]) -> Wide:
        """The same weights on tables fitted to these rows, from which the network that is asked has learned."""
        return self._with(_Tables.fit(ask, rows, self.config, others))

    def _with(self, tables: _Tables) -> Wide:
        stars = {pair: w * tables.stars[pair] for pair, w in self.stars.items()}
        polarity = sum(w * table for w, table in zip(self.polarity, tables.polarity, strict=True))
        return replace(self, table=wide_part(np.asarray(polarity), stars, self.config))

    def levelled(self, ask: Ask, rows: Sequence[Row], share: float, seed: int) -> Wide:
        """With that share of what marks at the end of a review do all alone taken back (:mod:`training.marks`).

        Args:
            ask: asks the network.
            rows: that it has learned from.
            share: 0..1.
            seed: of which review gets which mark.
        """
        if not share:
            return self

        def ask_all(texts: Sequence[str]) -> NDArray[np.float32]:
            return ask(texts) + self.logits(texts)

        return replace(self, table=levelled(self.table, ask_all, rows, share, self.config, seed))

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What it adds to the network's logits, ``[texts, classes]``."""
        return np.asarray(features(texts, self.config) @ self.table, np.float32)


def beside(movies: Sequence[Row], unrated: Sequence[Row], recipe: Recipe, seed: int) -> list[Other]:
    """What the wide part learns from besides rated rows, lest it speaks against the network there.

    Args:
        movies: rated movie reviews, of which it takes some that are clear.
        unrated: reviews without a rating, of which it takes those that were judged.
        recipe: how many of them, how many made by rule, and whether those written by hand.
        seed: of which.
    """
    clear = [r for r in movies if r.rating is not None and not 4.5 < r.rating < 7.5]
    chosen = np.random.default_rng(seed).permutation(len(clear))[: recipe.wide_movies]
    films = [(clear[i].text, (clear[i].rating or 0) > 5, _MOVIE) for i in chosen]
    judged = [r for r in unrated if isinstance(r, Judged)]
    read = [(r.text, r.positive > 0.5, _JUDGED * abs(2 * r.positive - 1)) for r in judged]
    written = [(text, good, _WRITTEN) for text, good in (examples() if recipe.tune.written else [])]
    written += [(text, good, _RARE) for text, good in (examples(0, 1) if recipe.tune.rare else [])]
    return [(text, good, _MADE) for text, good in make(recipe.wide_made, seed + 2)] + written + films + read


@dataclass(frozen=True)
class _Tables:
    """Linear tables, not weighed yet.

    Attributes:
        polarity: about positive against negative: one that knows nothing of the network, one of what it leaves over.
        stars: about the two ratings of one side.
    """

    polarity: tuple[Table, Table]
    stars: dict[Pair, Table]

    @classmethod
    def fit(cls, ask: Ask, rows: Sequence[Row], config: NetworkConfig, others: Sequence[Other]) -> _Tables:
        """Fit them to rows from which the network that is asked has learned."""
        polarity = fit_table(rows, config, others), fit_left_over(ask, rows, config, others)
        return cls(polarity, {pair: fit_star_table(rows, config, pair) for pair in _pairs(config)})


def _pairs(config: NetworkConfig) -> list[Pair]:
    """The pairs of classes on the same side, where a side has exactly two."""
    negative = tuple(i for i in range(len(config.ratings)) if i not in config.positive_classes)
    return [side for side in (negative, config.positive_classes) if len(side) == 2]


def _weights(network: Table, linear: Sequence[Table], truth: NDArray[np.bool_]) -> list[float]:
    """Weights of ``linear`` where that of ``network`` is 1; at least 0, and never so much that it is drowned.

    Nothing where the truth is always the same.
    """
    if len(np.unique(truth)) < 2:
        return [0.0] * len(linear)
    own, *others = LogisticRegression(C=1e6).fit(np.stack([network, *linear], axis=1), truth).coef_[0]
    most = [3 * network.std() / max(said.std(), 1e-9) for said in linear]
    return [float(np.clip(w / max(own, 1e-9), 0, m)) for w, m in zip(others, most, strict=True)]
