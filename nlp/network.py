"""The recurrent networks, in Keras 3, on whichever backend Keras runs.

Only this module of the package and :mod:`training` import Keras. A network is always built from a
:class:`~nlp.config.NetworkConfig`; its weights are a flat dictionary of arrays (:func:`get_weights`) that
:mod:`nlp.runtime` serves without Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from nlp.config import NetworkConfig
from nlp.ngrams import BIGRAM_FACTORS

Weights = dict[str, NDArray[np.float32]]

_JAMO_TABLES = (("lead", 20), ("vowel", 22), ("tail", 28))
_CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}


@keras.saving.register_keras_serializable("nunchi")
class SyllableEmbedding(layers.Layer):
    """Vector of a character plus the vectors of its jamo.

    A syllable that is rare or misspelt shares its lead, vowel and tail with others, so it is never unknown
    (composition of syllable vectors from jamo: Park et al. 2018, "Subword-level Word Vector Representations
    for Korean", ACL).

    Args:
        components: ``[tokens, 4]`` ids of character row, lead, vowel and tail of each token.
        width: width of the vectors.
    """

    def __init__(self, components: NDArray[np.int32], width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._components = np.asarray(components, np.int32)
        self._width = width

    def build(self, input_shape: Any) -> None:
        rows = int(self._components[:, 0].max()) + 1
        self.character = self._table("character", rows)
        self.jamo = [self._table(name, size) for name, size in _JAMO_TABLES]
        super().build(input_shape)

    def _table(self, name: str, rows: int) -> Any:
        return self.add_weight(
            shape=(rows, self._width), initializer=keras.initializers.RandomNormal(stddev=0.05), name=name
        )

    def call(self, tokens: Any) -> Any:
        parts = ops.take(ops.convert_to_tensor(self._components), tokens, axis=0)
        vectors = ops.take(self.character, parts[..., 0], axis=0)
        for i, table in enumerate(self.jamo, 1):
            vectors = vectors + ops.take(table, parts[..., i], axis=0)
        return vectors


@keras.saving.register_keras_serializable("nunchi")
class BigramEmbedding(layers.Layer):
    """Adds to each token's vector one of the token and the one before it: ``[batch, time, n] -> [batch, time, n]``.

    Two syllables are often a whole stem or ending, so the recurrent layer need not find them first (bigram vectors:
    Pei et al. 2014, "Max-Margin Tensor Neural Network for Chinese Word Segmentation", ACL). They are found by a hash
    (:func:`nlp.ngrams.bigram_rows`) in a table half as wide as the vectors, and added to their first half.

    Args:
        rows: size of the table, a power of two.
    """

    def __init__(self, rows: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def build(self, vectors_shape: Any, tokens_shape: Any) -> None:
        width = vectors_shape[-1] // 2
        initial = keras.initializers.RandomNormal(stddev=0.02)
        self.table = self.add_weight(shape=(self.rows, width), initializer=initial, name="table")
        super().build(vectors_shape)

    def call(self, vectors: Any, tokens: Any) -> Any:
        before = ops.pad(tokens, [[0, 0], [1, 0]])[:, :-1]
        first, second = BIGRAM_FACTORS
        found = ops.bitwise_and(ops.bitwise_xor(before * first, tokens * second), self.rows - 1)
        more = ops.take(self.table, found, axis=0)
        rest = vectors.shape[-1] - more.shape[-1]
        return vectors + ops.pad(more, [[0, 0], [0, 0], [0, rest]])

    def compute_output_spec(self, vectors: Any, tokens: Any) -> Any:
        return keras.KerasTensor(vectors.shape, dtype=vectors.dtype)


@keras.saving.register_keras_serializable("nunchi")
class MaskedPooling(layers.Layer):
    """Maximum and/or mean over the time steps that are not padding: ``[batch, time, n] -> [batch, n or 2n]``."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.supports_masking = True

    def compute_mask(self, *_: Any) -> None:
        return None  # time is gone

    def call(self, states: Any, mask: Any) -> Any:
        keep = ops.expand_dims(mask, -1)
        parts = []
        if "max" in self.kind:
            some = ops.any(keep, axis=1)  # a row of padding alone gives zeros
            parts.append(ops.where(some, ops.max(ops.where(keep, states, -1e9), axis=1), 0.0))
        if "mean" in self.kind:
            weight = ops.cast(keep, states.dtype)
            parts.append(ops.sum(states * weight, axis=1) / ops.maximum(ops.sum(weight, axis=1), 1.0))
        return ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]

    def compute_output_spec(self, states: Any, mask: Any) -> Any:
        return keras.KerasTensor((states.shape[0], states.shape[-1] * len(self.kind.split("+"))), dtype=states.dtype)


@keras.saving.register_keras_serializable("nunchi")
class WideSum(layers.Layer):
    """Sum of the class scores of a text's n-grams over the root of their number: ``[batch, n] -> [batch, classes]``."""

    def __init__(self, buckets: int, classes: int, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.buckets, self.classes = buckets, classes
        self.dropout = layers.Dropout(dropout)

    def build(self, input_shape: Any) -> None:
        self.table = self.add_weight(shape=(self.buckets, self.classes), initializer="zeros", name="table")
        super().build(input_shape)

    def call(self, ngrams: Any, training: bool | None = None) -> Any:
        keep = ops.cast(ngrams > 0, self.compute_dtype)
        scale = ops.rsqrt(ops.maximum(ops.sum(keep, axis=1, keepdims=True), 1.0))
        keep = self.dropout(keep, training=training)
        scores = ops.take(self.table, ngrams, axis=0)
        return ops.sum(scores * ops.expand_dims(keep, -1), axis=1) * scale


@keras.saving.register_keras_serializable("nunchi")
class NotPadding(layers.Layer):
    """Which time steps hold a token: ``[batch, time]`` of booleans."""

    def call(self, tokens: Any) -> Any:
        return ops.not_equal(tokens, 0)

    def compute_output_spec(self, tokens: Any) -> Any:
        return keras.KerasTensor(tokens.shape, dtype="bool")


def build(
    config: NetworkConfig, tokens: int, components: NDArray[np.int32] | None = None, *, wide_dropout: float = 0.0
) -> keras.Model:
    """Build an untrained network.

    Args:
        config: its shape.
        tokens: number of token ids, padding included.
        components: ``[tokens, 4]`` from :meth:`CharTokenizer.components`; required if ``config.jamo``.
        wide_dropout: share of n-grams dropped in training.

    Returns:
        A model from ``tokens``, ids ``[batch, time]`` (0 after the end), and with a wide part also ``ngrams``, ids
        ``[batch, n]``, to logits ``[batch, len(config.ratings)]``.

    Raises:
        ValueError: if ``config.jamo`` is set without ``components``.
    """
    ids = keras.Input((None,), dtype="int32", name="tokens")
    mask = NotPadding(name="mask")(ids)
    if config.jamo:
        if components is None:
            raise ValueError("jamo vectors need a tokenizer of characters")
        x = SyllableEmbedding(components, config.embedding, name="embedding")(ids)
    else:
        x = layers.Embedding(tokens, config.embedding, name="embedding")(ids)
    if config.bigrams:
        x = BigramEmbedding(config.bigrams, name="bigrams")(x, ids)
    x = layers.SpatialDropout1D(config.dropout, name="embedding_dropout")(x)
    last = len(config.units) - 1
    for i, units in enumerate(config.units):
        sequences = i < last or config.pooling != "last"
        layer = _CELLS[config.cell](units, return_sequences=sequences, name=f"cell_{i}")
        x = (layers.Bidirectional(layer, name=f"recurrent_{i}") if config.bidirectional else layer)(x, mask=mask)
    if config.pooling != "last":
        x = MaskedPooling(config.pooling, name="pooling")(x, mask)
    x = layers.Dropout(config.dropout, name="output_dropout")(x)
    if config.hidden:
        x = layers.Dense(config.hidden, activation="relu", name="hidden")(x)
        x = layers.Dropout(config.dropout, name="hidden_dropout")(x)
    logits = layers.Dense(len(config.ratings), name="output", dtype="float32")(x)
    if not config.buckets:
        return keras.Model({"tokens": ids}, logits, name="nunchi")
    ngrams = keras.Input((None,), dtype="int32", name="ngrams")
    wide = WideSum(config.buckets, len(config.ratings), wide_dropout, name="wide")(ngrams)
    return keras.Model({"tokens": ids, "ngrams": ngrams}, layers.Add(name="logits")([logits, wide]), name="nunchi")


def _variables(model: keras.Model, config: NetworkConfig) -> dict[str, Any]:
    """The network's variables under the names of the weights file."""
    out: dict[str, Any] = {}
    embedding = model.get_layer("embedding")
    if config.jamo:
        out["embedding/character"] = embedding.character
        out |= {f"embedding/{name}": table for (name, _), table in zip(_JAMO_TABLES, embedding.jamo, strict=True)}
    else:
        out["embedding/character"] = embedding.embeddings
    if config.bigrams:
        out["embedding/bigram"] = model.get_layer("bigrams").table
    for i in range(len(config.units)):
        if config.bidirectional:
            both = model.get_layer(f"recurrent_{i}")
            cells = {"forward": both.forward_layer.cell, "backward": both.backward_layer.cell}
        else:
            cells = {"forward": model.get_layer(f"cell_{i}").cell}
        for direction, cell in cells.items():
            for part in ("kernel", "recurrent_kernel", "bias"):
                out[f"recurrent_{i}/{direction}/{part}"] = getattr(cell, part)
    for name in ("hidden", "output"):
        if name == "output" or config.hidden:
            out[f"{name}/kernel"], out[f"{name}/bias"] = model.get_layer(name).kernel, model.get_layer(name).bias
    if config.buckets:
        out["wide/table"] = model.get_layer("wide").table
    return out


def get_weights(model: keras.Model, config: NetworkConfig) -> Weights:
    """The network's weights as arrays, by name."""
    return {name: ops.convert_to_numpy(v).astype(np.float32) for name, v in _variables(model, config).items()}


def set_weights(model: keras.Model, config: NetworkConfig, weights: Weights, *, only: str = "") -> None:
    """Load weights by name.

    Args:
        model: a network built from ``config``.
        config: its shape.
        weights: arrays by name, as :func:`get_weights` gives them.
        only: load those whose name starts with this, e.g. ``"recurrent"``.

    Raises:
        ValueError: if a weight is missing or has another shape.
    """
    for name, variable in _variables(model, config).items():
        if not name.startswith(only):
            continue
        if name not in weights or weights[name].shape != tuple(variable.shape):
            found = weights[name].shape if name in weights else "none"
            raise ValueError(f"weight {name!r} should have shape {tuple(variable.shape)}, found {found}")
        variable.assign(weights[name])
