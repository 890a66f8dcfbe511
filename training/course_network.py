"""The networks of the course in Keras, built from a few plain values."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from training.course_recipe import CourseRecipe

_CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}


@keras.saving.register_keras_serializable("nunchi")
class OneHot(layers.Layer):
    """Token ids as one-hot vectors, padding as zeros: ``[batch, time] -> [batch, time, tokens]``."""

    def __init__(self, tokens: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tokens = tokens

    def call(self, ids: Any) -> Any:
        return ops.one_hot(ids - 1, self.tokens)

    def compute_output_spec(self, ids: Any) -> Any:
        return keras.KerasTensor((*ids.shape, self.tokens), dtype="float32")


def build(recipe: CourseRecipe, tokens: int, classes: int, *, any_length: bool = False) -> keras.Model:
    """Build and compile an untrained network.

    Args:
        recipe: its shape.
        tokens: number of token ids, padding included.
        classes: number of rating classes, for the task ``classes``.
        any_length: take texts of any length, not only of that of the recipe; not for ``flatten``.

    Returns:
        A model from ``[batch, recipe.length]`` token ids to a probability, class probabilities or a rating.
    """
    ids = keras.Input((None if any_length else recipe.length,), dtype="int32")
    x = OneHot(tokens - 1)(ids) if recipe.input == "one-hot" else layers.Embedding(tokens, recipe.embedding)(ids)
    if recipe.body == "flatten":
        x = layers.Flatten()(x)
        for units in recipe.units:
            x = layers.Dropout(recipe.dropout)(layers.Dense(units, activation="relu")(x))
    else:
        for i, units in enumerate(recipe.units):
            x = _recurrent(recipe, units, sequences=i < len(recipe.units) - 1)(x)
    if recipe.task == "classes":
        output, loss = layers.Dense(classes, activation="softmax"), "sparse_categorical_crossentropy"
    elif recipe.task == "rating":
        output, loss = layers.Dense(1), "mse"
    else:
        output, loss = layers.Dense(1, activation="sigmoid"), "binary_crossentropy"
    model = keras.Model(ids, output(x))
    measure = "mae" if recipe.task == "rating" else "accuracy"
    model.compile(keras.optimizers.Adam(recipe.rate), loss, metrics=[measure])
    return model


def _recurrent(recipe: CourseRecipe, units: int, *, sequences: bool) -> Any:
    layer = _CELLS[recipe.cell](
        units,
        return_sequences=sequences,
        dropout=recipe.dropout,
        recurrent_dropout=recipe.recurrent_dropout,
        go_backwards=recipe.direction == "backward",
    )
    return layers.Bidirectional(layer) if recipe.direction == "both" else layer
