"""Learning from rated reviews, and from what teachers say about reviews.

A row's target is a distribution over the rating classes, the probability that it is positive, and how much
its rating is to be trusted; the last is 0 for rows of which only the polarity is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from nlp import network
from nlp.config import NetworkConfig
from nlp.tokenizer import Tokenizer
from training.batches import Encoded, components_of, hide_tokens
from training.data import Row
from training.judged import Judged
from training.loop import OneCycle, Stream, compile_with, run
from training.noise import misspell
from training.recipe_parts import TuneRecipe

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pool:
    """Texts with their targets.

    Attributes:
        texts: normalised texts.
        targets: ``[texts, classes + 2]``: distribution over classes, probability of positive, trust in the classes.
    """

    texts: Sequence[str]
    targets: Floats

    def __add__(self, other: Pool) -> Pool:
        return Pool([*self.texts, *other.texts], np.concatenate([self.targets, other.targets]))

    def by_length(self) -> Pool:
        """The same, the shortest first."""
        order = sorted(range(len(self.texts)), key=lambda i: len(self.texts[i]))
        return Pool([self.texts[i] for i in order], self.targets[order])


def rated_pool(rows: Sequence[Row], config: NetworkConfig, smooth: float = 0.0) -> Pool:
    """A pool from the rows' own ratings; each goes to the nearest class of the network.

    Of a review that was only judged no class is known.
    """
    rated = [r for r in rows if not isinstance(r, Judged)]
    judged = [r for r in rows if isinstance(r, Judged)]
    ratings = np.array(config.ratings, float)
    own = np.array([r.rating for r in rated], float).reshape(-1)
    nearest = abs(own[:, None] - ratings).argmin(axis=1)
    positive = own > config.positive_above
    pool = Pool([r.text for r in rated], targets(np.eye(len(ratings))[nearest], positive * (1 - 2 * smooth) + smooth))
    if not judged:
        return pool
    none = np.zeros((len(judged), len(ratings)))
    return pool + Pool([r.text for r in judged], targets(none, np.array([r.positive for r in judged]), trust=0))


def movie_pool(rows: Sequence[Row], config: NetworkConfig) -> Pool:
    """A pool of movie reviews rated 1 to 10; those between 5 and 7 say nothing clear and are left out."""
    clear = [r for r in rows if r.rating is not None and not 4.5 < r.rating < 7.5]
    positive = np.array([(r.rating or 0) > 5 for r in clear], float)
    none = np.zeros((len(clear), len(config.ratings)))
    return Pool([r.text for r in clear], targets(none, positive * 0.9 + 0.05, trust=0))


def polarity_pool(examples: Sequence[tuple[str, bool]], config: NetworkConfig) -> Pool:
    """A pool of texts of which only the polarity is known."""
    positive = np.array([good for _, good in examples], float)
    none = np.zeros((len(examples), len(config.ratings)))
    return Pool([t for t, _ in examples], targets(none, positive * 0.96 + 0.02, trust=0))


def targets(classes: NDArray[Any], positive: NDArray[Any], trust: float = 1.0) -> Floats:
    """Join the parts of a target."""
    column = np.full((len(positive), 1), trust)
    return np.concatenate([classes, positive[:, None], column], axis=1).astype(np.float32)


def make_loss(config: NetworkConfig) -> Any:
    """Cross-entropy of the rating classes (half weight) plus that of the polarity they add up to."""
    chosen = list(config.positive_classes)
    others = [i for i in range(len(config.ratings)) if i not in chosen]
    n = len(config.ratings)

    def loss(target: Any, logits: Any) -> Any:
        classes, positive, trust = target[:, :n], target[:, n], target[:, n + 1]
        odds = ops.logsumexp(ops.take(logits, chosen, axis=1), axis=1) - ops.logsumexp(
            ops.take(logits, others, axis=1), axis=1
        )
        polarity = ops.softplus(odds) - positive * odds
        rating = -ops.sum(classes * ops.log_softmax(logits, axis=-1), axis=1)
        return ops.mean(polarity + 0.5 * trust * rating)

    return loss


def tune(
    config: NetworkConfig,
    tokenizer: Tokenizer,
    recipe: TuneRecipe,
    pool: Pool,
    movies: Pool | None,
    start: dict[str, Floats],
    seed: int,
    checkpoint: Path | None,
    title: str,
    *,
    once: Pool | None = None,
    order: int | None = None,
    losses: Path | None = None,
) -> keras.Model:
    """Train a network on a pool.

    Args:
        config: its shape.
        tokenizer: its tokenizer.
        recipe: how.
        pool: what it learns.
        movies: what it is now and then reminded of.
        start: pretrained weights of embedding and recurrent layers; empty for none.
        seed: initial weights and order of the rows.
        checkpoint: where to keep the state for resuming.
        title: what the progress bar says.
        once: texts that were made, as many for each of the epochs: it sees each place of them in one epoch only,
            because to know a few by heart helps nobody.
        order: seed of the order of the rows and of what is misspelt, where it is to differ from that of the weights.
        losses: file for the loss on the way.

    Returns:
        The trained network.
    """
    keras.utils.set_random_seed(seed)
    model = network.build(config, tokenizer.size, components_of(tokenizer), wide_dropout=recipe.wide_dropout)
    if start:
        network.set_weights(model, config, start, only="embedding")
        network.set_weights(model, config, start, only="recurrent")
    order = seed if order is None else order
    single = len(once.texts) if once else 0
    pool = pool + once.by_length() if once else pool
    lengths = [len(t) for t in pool.texts]
    stream = Stream(lengths, recipe.batch, order, once=single, epochs=recipe.epochs)
    steps = stream.per_epoch * recipe.epochs
    data = Encoded(pool.texts, config, tokenizer)
    films = Encoded(movies.texts, config, tokenizer) if movies and recipe.movies_every else None
    reminders = Stream([len(t) for t in movies.texts], 2 * recipe.batch, order) if movies else None
    compile_with(model, OneCycle(recipe.rate, steps), make_loss(config))

    def step(number: int) -> float:
        random = np.random.default_rng([order, number])
        rows = stream[number]
        batch = data
        picked: NDArray[np.integer[Any]] = rows
        if recipe.noise:
            texts = [misspell(pool.texts[i], random) if random.random() < recipe.noise else pool.texts[i] for i in rows]
            batch, picked = Encoded(texts, config, tokenizer), np.arange(len(rows))
        inputs = batch.inputs(picked)
        if recipe.hide:
            inputs["tokens"] = hide_tokens(inputs["tokens"], recipe.hide, random)
        loss = float(model.train_on_batch(inputs, pool.targets[rows]))
        if films is not None and reminders is not None and movies is not None and number % recipe.movies_every == 0:
            other = reminders[number // recipe.movies_every]
            model.train_on_batch(films.inputs(other), movies.targets[other])
        return loss

    run(step, steps, [model], checkpoint, title, losses=losses)
    return model
