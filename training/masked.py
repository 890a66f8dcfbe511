"""Pretraining of a transformer: guessing hidden tokens, then the stars of movie reviews too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from training.arrays import read_arrays, write_arrays
from training.batches import Ragged
from training.budget import Budget, encode_all, hide, rectangle, widths_of
from training.data import Row
from training.loop import OneCycle, compile_with, run
from training.messages import say
from training.recipe_parts import TransformerRecipe
from training.transformer import encoder, scores

_STARS = 10
_EVERY = 2000  # steps between checkpoints, which are several hundred megabytes


@keras.saving.register_keras_serializable("nunchi")
class Picked(layers.Layer):
    """States of some time steps: ``[batch, time, n]`` and their numbers ``[batch, m]`` to ``[batch, m, n]``.

    By a product of matrices, so that its gradient is one too and nothing is added up in bfloat16 one by one.
    """

    def call(self, states: Any, at: Any) -> Any:
        which = ops.one_hot(at, ops.shape(states)[1], dtype=states.dtype)
        return ops.matmul(which, states)

    def compute_output_spec(self, states: Any, at: Any) -> Any:
        return keras.KerasTensor((*at.shape, states.shape[-1]), dtype=self.compute_dtype)


def pretrain_masked(
    recipe: TransformerRecipe,
    tokenizer: Any,
    movies: Sequence[Row],
    domain: Sequence[str],
    seed: int,
    folder: Path,
) -> list[NDArray[np.float32]]:
    """Pretrain an encoder.

    In the first passes it guesses hidden tokens (Devlin et al. 2019, arXiv:1810.04805), in the last ones the rating of
    a movie review as well, of which it does not see the hidden tokens either.

    Args:
        recipe: how.
        tokenizer: of pieces or characters.
        movies: movie reviews rated 1 to 10.
        domain: texts of the domain.
        seed: initial weights and order of the rows.
        folder: for the result and checkpoints; if the result is there already it is read.

    Returns:
        Its weights, as :func:`training.transformer.encoder` orders them.
    """
    result = folder / f"encoder-{seed}.npz"
    if result.exists():
        kept = read_arrays(result)
        return [kept[str(i)] for i in range(len(kept))]
    keras.utils.set_random_seed(seed)
    body = encoder(recipe, tokenizer.size, 0.0)  # what is hidden is noise enough
    model = _with_heads(body, recipe)

    texts = [*domain, *(r.text for r in movies)]
    ids = Ragged(encode_all(tokenizer, texts), tokenizer.size)
    stars = np.array([-1] * len(domain) + [round(r.rating or 1) - 1 for r in movies], np.int32)
    rows = np.concatenate([np.tile(np.arange(len(domain)), recipe.domain_weight), np.arange(len(domain), len(texts))])
    lengths = ids.lengths[rows]
    widths = widths_of(lengths, recipe.longest)
    stream = Budget(lengths, widths, [recipe.tokens // w for w in widths.tolist()], seed)
    guessing, steps = stream.per_epoch * recipe.epochs, stream.per_epoch * (recipe.epochs + recipe.rated_epochs)
    cross = keras.losses.SparseCategoricalCrossentropy
    losses = {"token": cross(from_logits=True), "stars": cross(from_logits=True)}
    compile_with(model, recipe.rate, losses, decay=0.01)
    rate = OneCycle(recipe.rate, steps)

    def step(number: int) -> float:
        picked, width = stream[number]
        random = np.random.default_rng([seed, number])
        slots = int(1.4 * recipe.hide * width) + 2
        whole = rectangle(ids, rows[picked], width)
        shown, at, hidden, there = hide(whole, recipe.hide, recipe.span, tokenizer.size, slots, random)
        rated = stars[rows[picked]]
        weight = ((rated >= 0) & (number >= guessing)).astype(np.float32)
        model.optimizer.learning_rate = rate.at(number)
        said = model.train_on_batch(
            {"tokens": shown, "at": at},
            {"token": hidden, "stars": np.maximum(rated, 0)},
            # The mean of a loss is over all slots, also those that hold nothing.
            {"token": there * (there.size / max(there.sum(), 1)), "stars": weight},
            return_dict=True,
        )
        return float(said["loss"])

    state = folder / f"encoder-state-{seed}.npz"
    run(step, steps, [model], state, say("progress_masked", seed=seed), every=_EVERY)
    weights = [np.asarray(w, np.float32) for w in body.get_weights()]
    write_arrays(result, {str(i): w for i, w in enumerate(weights)})
    state.unlink(missing_ok=True)
    return weights


def _with_heads(body: keras.Model, recipe: TransformerRecipe) -> keras.Model:
    at = keras.Input((None,), dtype="int32", name="at")
    kind = body.get_layer("norm").dtype_policy
    states = Picked(dtype=kind, name="picked")(body.output, at)
    states = layers.Dense(recipe.width, "gelu", dtype=kind, name="guess")(states)
    states = layers.LayerNormalization(epsilon=1e-6, dtype=kind, name="guess_norm")(states)
    token = body.get_layer("embedding")(states, reverse=True)
    named = {"token": layers.Identity(name="token", dtype="float32")(token)}
    return keras.Model([*body.inputs, at], {**named, "stars": scores(body, _STARS, recipe.dropout, "stars")})
