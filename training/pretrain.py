"""Pretraining: sentiment from movie ratings, and the words of the domain from its unrated texts.

Both tasks share the embedding and the recurrent layers. The language model predicts the next character from
the forward states and the previous one from the backward states (as in ELMo, Peters et al. 2018,
arXiv:1802.05365); only reviews of the domain go through it, since the movies have their ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray
from rich.console import Console

from nlp import network
from nlp.config import NetworkConfig
from nlp.tokenizer import UNKNOWN, Tokenizer
from training.arrays import read_arrays, write_arrays
from training.batches import Encoded, components_of
from training.data import Row
from training.errors import DataError
from training.loop import OneCycle, Stream, compile_with, run
from training.messages import say
from training.recipe_parts import PretrainRecipe
from training.vectors import Vectors
from training.vectors import load as load_vectors

Weights = dict[str, NDArray[np.float32]]

_console = Console(stderr=True)
_RATINGS = tuple(range(1, 11))


@keras.saving.register_keras_serializable("nunchi")
class Neighbours(layers.Layer):
    """States that must know the next, and the previous token: ``[b, t, 2n] -> [b, 2, t - 1, n]``."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.supports_masking = True

    def compute_mask(self, *_: Any) -> None:
        return None  # padding has no weight in the loss instead

    def call(self, states: Any) -> Any:
        return ops.stack([states[:, :-1, : self.units], states[:, 1:, self.units :]], axis=1)

    def compute_output_spec(self, states: Any) -> Any:
        return keras.KerasTensor((states.shape[0], 2, None, self.units), dtype=states.dtype)


def _language_model(model: keras.Model, config: NetworkConfig, classes: int) -> keras.Model:
    states = Neighbours(config.units[0])(model.get_layer("recurrent_0").output)
    hidden = layers.Dense(config.embedding)(layers.Dropout(0.1)(states))
    return keras.Model(model.input, layers.Dense(classes, name="neighbour")(hidden))


def begin_with(weights: Weights, vectors: Vectors, tokenizer: Tokenizer) -> tuple[Weights, int]:
    """Give tokens the vectors that are known of them.

    Args:
        weights: of a network, by name.
        vectors: known ones.
        tokenizer: its tokenizer.

    Returns:
        The weights, and how many tokens have such a vector.
    """
    table, found = weights["embedding/character"].copy(), 0
    for token, vector in zip(vectors.tokens, vectors.matrix, strict=True):
        row = tokenizer.id_of(token)  # an analyser would cut many a morpheme that stands alone in another way
        if row != UNKNOWN:
            table[row] = vector
            found += 1
    return {**weights, "embedding/character": table}, found


def fitting_vectors(path: str, config: NetworkConfig) -> Vectors:
    """Vectors from a file of ``vectors fit``.

    Raises:
        DataError: if they cannot be read, or are not as wide as the network's.
    """
    vectors = load_vectors(Path(path))
    if vectors.width != config.embedding:
        raise DataError("vectors_width", path=path, width=vectors.width)
    return vectors


def first_weights(config: NetworkConfig, tokenizer: Tokenizer, vectors: str, seed: int) -> Weights:
    """Weights of embedding and recurrent layers before anything is learned, with vectors from a file.

    Raises:
        DataError: if the vectors cannot be read, are of another width, or of none of the tokens.
    """
    keras.utils.set_random_seed(seed)
    body = replace(config, buckets=0)
    weights = network.get_weights(network.build(body, tokenizer.size, components_of(tokenizer)), body)
    begun, found = begin_with(weights, fitting_vectors(vectors, body), tokenizer)
    if not found:
        raise DataError("vectors_none", path=vectors)
    _console.print(say("vectors_begin", count=found, path=vectors), markup=False, highlight=False, soft_wrap=True)
    return {k: v for k, v in begun.items() if k.startswith(("embedding", "recurrent"))}


def pretrain(
    config: NetworkConfig,
    tokenizer: Tokenizer,
    recipe: PretrainRecipe,
    movies: Sequence[Row],
    domain: Sequence[Row],
    seed: int,
    folder: Path,
    vectors: Vectors | None = None,
) -> Weights:
    """Pretrain embedding and recurrent layers.

    Args:
        config: shape of the network they are for.
        tokenizer: its tokenizer.
        recipe: how.
        movies: movie reviews rated 1 to 10.
        domain: reviews of the domain; their ratings are not looked at.
        seed: initial weights and order of the rows.
        folder: for the result and checkpoints; if the result is there already it is read.
        vectors: with which the tokens begin, where they are known; those of the recipe's file if None.

    Returns:
        Weights by name, of embedding and recurrent layers.
    """
    result = folder / f"pretrained-{seed}.npz"
    if result.exists():
        return read_arrays(result)
    keras.utils.set_random_seed(seed)
    body = replace(config, buckets=0, hidden=0, ratings=_RATINGS, positive_above=5.5, dropout=0.15)
    model = network.build(body, tokenizer.size, components_of(tokenizer))
    if vectors is not None:
        begun, _ = begin_with(network.get_weights(model, body), vectors, tokenizer)
        network.set_weights(model, body, begun, only="embedding")
    elif recipe.vectors:
        begun = first_weights(body, tokenizer, recipe.vectors, seed)
        network.set_weights(model, body, begun, only="embedding")

    films = Encoded([r.text for r in movies], body, tokenizer)
    stars = np.array([round(r.rating or 1) - 1 for r in movies], np.int32)
    stream = Stream(films.ids.lengths, recipe.batch, seed)
    steps = stream.per_epoch * recipe.epochs
    compile_with(model, OneCycle(recipe.rate, steps), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    models = [model]
    texts = Encoded([r.text for r in domain if len(r.text) > 3], body, tokenizer)
    every = recipe.language_model_every if config.bidirectional and len(texts) else 0
    if every:
        classes = len(getattr(tokenizer, "vocabulary", ())) + 2
        speaker = _language_model(model, body, classes)
        entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        compile_with(speaker, OneCycle(recipe.rate, steps // every), entropy)
        models.append(speaker)
        said = Stream(texts.ids.lengths, recipe.language_model_batch, seed + 1)

    def step(number: int) -> float:
        rows = stream[number]
        loss = float(model.train_on_batch(films.inputs(rows), stars[rows]))
        if every and number % every == 0:
            inputs = texts.inputs(said[number // every])
            ids = inputs["tokens"]
            there = np.stack([ids[:, 1:] > 0] * 2, axis=1).astype(np.float32)
            targets = np.stack([ids[:, 1:], ids[:, :-1]], axis=1)
            speaker.train_on_batch(inputs, np.where(targets < classes, targets, 1), sample_weight=there)
        return loss

    run(step, steps, models, folder / f"pretraining-{seed}.npz", say("progress_pretraining", seed=seed))
    kept = {k: v for k, v in network.get_weights(model, body).items() if k.startswith(("embedding", "recurrent"))}
    write_arrays(result, dict(kept))
    (folder / f"pretraining-{seed}.npz").unlink(missing_ok=True)
    return kept
