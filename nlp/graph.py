"""The network as an ONNX graph, from the shape in the model's settings and its weights.

It has whole recurrent operators and sequence lengths. (Keras' own ONNX export turns a masked LSTM, and every GRU,
into a loop that is six times slower.) Keras orders the gates of an LSTM i, f, c, o and of a GRU z, r, h; ONNX wants
i, o, f, c and z, r, h.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import onnx_format
from nlp.config import NetworkConfig
from nlp.onnx_format import FLOAT, INT32, Attribute, value_info
from nlp.tokenizer import CharTokenizer, Tokenizer

Array = NDArray[np.float32]

_GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "rnn": (0,)}
_OPERATORS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
_JAMO = ("lead", "vowel", "tail")


def network_graph(config: NetworkConfig, tokenizer: Tokenizer, weights: Mapping[str, Array]) -> bytes:
    """The ONNX model of a network.

    Args:
        config: its shape.
        tokenizer: the tokenizer it was trained with.
        weights: its weights by name (:func:`nlp.network.get_weights`).

    Returns:
        A serialised model from ``tokens`` ``[time, batch]``, ``lengths`` ``[batch]`` and, where the shape asks for
        them, vectors of ``bigrams`` ``[time, batch, embedding // 2]`` and ``late`` (broadcastable to
        ``[time, 1, batch, 1]``, for a maximum) to class scores ``[batch, len(config.ratings)]``.

    Raises:
        ValueError: if a weight is missing or has the wrong shape.
    """
    return _Graph(config, tokenizer, weights).model()


def weight(weights: Mapping[str, Array], name: str, *shape: int) -> Array:
    """A weight by name, its shape checked."""
    value = weights.get(name)
    if value is None or value.shape != shape:
        raise ValueError(f"weight {name!r} should have shape {shape}, found {'none' if value is None else value.shape}")
    return value


class _Graph:
    """Collects the nodes and constants of the ONNX graph of a network."""

    def __init__(self, config: NetworkConfig, tokenizer: Tokenizer, weights: Mapping[str, Array]) -> None:
        self.config, self.tokenizer, self.weights = config, tokenizer, weights
        self.nodes: list[bytes] = []
        self.constants: list[bytes] = []

    def weight(self, name: str, *shape: int) -> Array:
        return weight(self.weights, name, *shape)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(onnx_format.tensor(name, value))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> str:
        self.nodes.append(onnx_format.node(operator, inputs, [output], attributes))
        return output

    def model(self) -> bytes:
        config = self.config
        x = self.node("Gather", [self.constant("vectors", self.token_vectors()), "tokens"], "by_step")
        width = config.embedding
        if config.bigrams:
            x = self.add_bigrams(x, width)
        for i, units in enumerate(config.units):
            x, width = self.recurrent(i, x, width, units)
        x, width = self.pool(x, width)
        if config.hidden:
            x = self.node("Relu", [self.dense("hidden", x, width, config.hidden)], "activated")
            width = config.hidden
        x = self.dense("output", x, width, len(config.ratings))
        inputs = [value_info("tokens", INT32, ["t", "b"]), value_info("lengths", INT32, ["b"])]
        if config.bigrams:
            inputs.append(value_info("bigrams", FLOAT, ["t", "b", config.embedding // 2]))
        if "max" in config.pooling:
            inputs.append(value_info("late", FLOAT, ["late_t", 1, "late_b", 1]))
        outputs = [value_info(x, FLOAT, ["b", len(config.ratings)])]
        return onnx_format.model("nunchi", self.nodes, self.constants, inputs, outputs)

    def token_vectors(self) -> Array:
        """``[tokens, embedding]``: the vectors of a character and its jamo, added up once and for all."""
        n = self.config.embedding
        if not self.config.jamo:
            return self.weight("embedding/character", self.tokenizer.size, n)
        if not isinstance(self.tokenizer, CharTokenizer):
            raise ValueError("jamo vectors need a tokenizer of characters")
        parts = self.tokenizer.components()
        out = self.weight("embedding/character", int(parts[:, 0].max()) + 1, n)[parts[:, 0]]
        for column, (name, size) in enumerate(zip(_JAMO, (20, 22, 28), strict=True), 1):
            out = out + self.weight(f"embedding/{name}", size, n)[parts[:, column]]
        return out

    def add_bigrams(self, x: str, width: int) -> str:
        """The vectors of bigrams added to the first half of those of the tokens, ``[time, batch, width]``."""
        pads = self.constant("bigram_pads", np.array([0, 0, 0, 0, 0, width - width // 2], np.int64))
        return self.node("Add", [x, self.node("Pad", ["bigrams", pads], "bigrams_padded")], "with_bigrams")

    def recurrent(self, i: int, x: str, width: int, units: int) -> tuple[str, int]:
        """One recurrent layer: ``[time, batch, directions * units]``, or for the last what its pooling wants."""
        config = self.config
        gates = _GATES[config.cell]
        n = len(gates) * units
        kernels: dict[str, list[Array]] = {"W": [], "R": [], "B": []}
        for direction in ("forward", "backward")[: 1 + config.bidirectional]:
            where = f"recurrent_{i}/{direction}"
            bias = self.weight(f"{where}/bias", *((2, n) if config.cell == "gru" else (n,))).reshape(-1, n)
            if len(bias) == 1:  # ONNX has two biases, of input and of state
                bias = np.concatenate([bias, np.zeros_like(bias)])
            kernels["W"].append(_reorder(self.weight(f"{where}/kernel", width, n), gates).T)
            kernels["R"].append(_reorder(self.weight(f"{where}/recurrent_kernel", units, n), gates).T)
            kernels["B"].append(_reorder(bias, gates).reshape(-1))
        inputs = [x, *(self.constant(f"{k}{i}", np.stack(v)) for k, v in kernels.items()), "lengths"]
        attributes: dict[str, Attribute] = {"hidden_size": units}
        if config.bidirectional:
            attributes["direction"] = "bidirectional"
        if config.cell == "gru":
            attributes["linear_before_reset"] = 1
        states, final = f"states{i}", f"final{i}"
        self.nodes.append(onnx_format.node(_OPERATORS[config.cell], inputs, [states, final], attributes))
        directions = 1 + config.bidirectional
        if i == len(config.units) - 1:
            return (final if config.pooling == "last" else states), directions * units
        flat = self.node("Transpose", [states], f"turned{i}", perm=[0, 2, 1, 3])
        shape = self.constant(f"shape{i}", np.array([0, 0, directions * units], np.int64))
        return self.node("Reshape", [flat, shape], f"flat{i}"), directions * units

    def pool(self, x: str, width: int) -> tuple[str, int]:
        """From ``[time, directions, batch, units]`` (or the final states) to ``[batch, width]``."""
        kind = self.config.pooling
        parts = []
        if "max" in kind:
            late = self.node("Add", [x, "late"], "states_or_late")
            parts.append(self.node("ReduceMax", [late], "max", axes=[0], keepdims=0))
        if "mean" in kind:  # ONNX recurrent operators give zeros after the end of a text
            axis = self.constant("time_axis", np.array([0], np.int64))
            total = self.node("ReduceSum", [x, axis], "sum", keepdims=0)
            count = self.node("Cast", ["lengths"], "count", to=FLOAT)
            column = self.node(
                "Unsqueeze", [count, self.constant("last_axis", np.array([1], np.int64))], "count_column"
            )
            parts.append(self.node("Div", [total, column], "mean"))
        if kind == "last":
            parts.append(x)
        flat = []
        for part in parts:  # [directions, batch, units]
            turned = self.node("Transpose", [part], f"{part}_turned", perm=[1, 0, 2])
            shape = self.constant(f"{part}_shape", np.array([0, width], np.int64))
            flat.append(self.node("Reshape", [turned, shape], f"{part}_flat"))
        joined = flat[0] if len(flat) == 1 else self.node("Concat", flat, "pooled", axis=1)
        return joined, width * len(flat)

    def dense(self, name: str, x: str, width: int, units: int) -> str:
        kernel = self.constant(f"{name}_kernel", self.weight(f"{name}/kernel", width, units))
        bias = self.constant(f"{name}_bias", self.weight(f"{name}/bias", units))
        return self.node("Gemm", [x, kernel, bias], f"{name}_out")


def _reorder(kernel: Array, gates: Sequence[int]) -> Array:
    """Columns of a Keras kernel in the order of ONNX gates."""
    return np.concatenate([np.split(kernel, len(gates), axis=-1)[g] for g in gates], axis=-1)
