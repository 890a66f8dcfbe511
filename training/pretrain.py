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

from nlp import network
from nlp.config import NetworkConfig
from nlp.tokenizer import Tokenizer
from training.batches import Encoded, components_of
from training.data import Row
from training.loop import OneCycle, Stream, compile_with, read_arrays, run, write_arrays
from training.messages import say
from training.recipe import PretrainRecipe

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


def pretrain(
    config: NetworkConfig,
    tokenizer: Tokenizer,
    recipe: PretrainRecipe,
    movies: Sequence[Row],
    domain: Sequence[Row],
    seed: int,
    folder: Path,
) -> dict[str, NDArray[np.float32]]:
    """Pretrain embedding and recurrent layers.

    Args:
        config: shape of the network they are for.
        tokenizer: its tokenizer.
        recipe: how.
        movies: movie reviews rated 1 to 10.
        domain: reviews of the domain; their ratings are not looked at.
        seed: initial weights and order of the rows.
        folder: for the result and checkpoints; if the result is there already it is read.

    Returns:
        Weights by name, of embedding and recurrent layers.
    """
    result = folder / f"pretrained-{seed}.npz"
    if result.exists():
        return read_arrays(result)
    keras.utils.set_random_seed(seed)
    body = replace(config, buckets=0, hidden=0, ratings=_RATINGS, positive_above=5.5, dropout=0.15)
    model = network.build(body, tokenizer.size, components_of(tokenizer))

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
