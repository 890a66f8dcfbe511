"""A transformer that reads a whole text at once: a teacher, too slow to serve.

An encoder with the layers normed first (Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745).
On a GPU it computes in bfloat16, its weights stay float32.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from nlp.network import MaskedPooling, NotPadding
from training.devices import devices
from training.recipe_parts import TransformerRecipe

LONGEST = 256
"""Most tokens of a text."""


@keras.saving.register_keras_serializable("nunchi")
class Positions(layers.Layer):
    """Adds to each token's vector that of its place: ``[batch, time, n] -> [batch, time, n]``."""

    def build(self, input_shape: Any) -> None:
        initial = keras.initializers.RandomNormal(stddev=0.02)
        self.table = self.add_weight(shape=(LONGEST, input_shape[-1]), initializer=initial, name="table")
        super().build(input_shape)

    def call(self, vectors: Any) -> Any:
        return vectors + self.table[: ops.shape(vectors)[1]]

    def compute_output_spec(self, vectors: Any) -> Any:
        return keras.KerasTensor(vectors.shape, dtype=self.compute_dtype)


def precision() -> str:
    """The dtype policy of Keras for the device that there is."""
    return "float32" if devices()[0].startswith(("cpu", "unknown")) else "mixed_bfloat16"


def encoder(recipe: TransformerRecipe, tokens: int, dropout: float) -> keras.Model:
    """Build an untrained encoder.

    Args:
        recipe: its size.
        tokens: number of token ids, padding included.
        dropout: share of states dropped.

    Returns:
        A model from token ids ``[batch, time]`` (0 after the end) to states ``[batch, time, width]``.
    """
    keras.config.disable_flash_attention()  # it cannot do with padding of texts as short as these
    kind = keras.dtype_policies.get(precision())
    initial = keras.initializers.TruncatedNormal(stddev=0.02)
    ids = keras.Input((None,), dtype="int32", name="tokens")
    there = ops.expand_dims(NotPadding(name="mask")(ids), 1)
    # In float32: of a frequent token's vector thousands of small gradients are added up.
    x = layers.ReversibleEmbedding(
        tokens, recipe.width, embeddings_initializer=initial, dtype="float32", name="embedding"
    )(ids)
    x = layers.Dropout(dropout, dtype=kind)(Positions(dtype=kind, name="positions")(x))
    for i in range(recipe.layers):
        near = layers.LayerNormalization(epsilon=1e-6, dtype=kind, name=f"norm_{i}_attention")(x)
        attention = layers.MultiHeadAttention(
            recipe.heads,
            recipe.width // recipe.heads,
            kernel_initializer=initial,
            dtype=kind,
            name=f"attention_{i}",
        )
        seen = attention(near, near, attention_mask=there)
        x = layers.Add(dtype=kind)([x, layers.Dropout(dropout, dtype=kind)(seen)])
        near = layers.LayerNormalization(epsilon=1e-6, dtype=kind, name=f"norm_{i}_wide")(x)
        wide = layers.Dense(4 * recipe.width, "gelu", kernel_initializer=initial, dtype=kind, name=f"wide_{i}")(near)
        narrow = layers.Dense(recipe.width, kernel_initializer=initial, dtype=kind, name=f"narrow_{i}")(wide)
        x = layers.Add(dtype=kind)([x, layers.Dropout(dropout, dtype=kind)(narrow)])
    return keras.Model(ids, layers.LayerNormalization(epsilon=1e-6, dtype=kind, name="norm")(x), name="encoder")


def scores(body: keras.Model, classes: int, dropout: float, name: str) -> Any:
    """Class scores ``[batch, classes]`` of what an encoder reads, as a tensor of Keras.

    Args:
        body: the encoder.
        classes: how many.
        dropout: share of the pooled states that is dropped.
        name: of the last layer.
    """
    pooled = MaskedPooling("max+mean", name="pooling")(
        layers.Activation("linear", dtype="float32")(body.output), body.get_layer("mask").output
    )
    return layers.Dense(classes, dtype="float32", name=name)(layers.Dropout(dropout)(pooled))
