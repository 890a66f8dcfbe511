"""Inference without TensorFlow: the network as an ONNX graph on ONNX Runtime.

The graph is built here, from the shape in the model's settings and its weights, with whole recurrent
operators and sequence lengths. (Keras' own ONNX export turns a masked LSTM, and every GRU, into a loop that
is six times slower.) Keras orders the gates of an LSTM i, f, c, o and of a GRU z, r, h; ONNX wants
i, o, f, c and z, r, h. The wide part is not in the graph: a look-up and a sum, which NumPy does faster.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Before the import: the official builds otherwise collect usage data and send it to their maker.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from nlp.config import NetworkConfig
from nlp.ngrams import WidePart, bigram_rows
from nlp.tokenizer import CharTokenizer, Tokenizer

Array = NDArray[np.float32]

_GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "rnn": (0,)}
_OPERATORS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
_JAMO = ("lead", "vowel", "tail")
_BATCH_TOKENS = 2048
_OPSET = 17
_NEVER_LATE = np.zeros((1, 1, 1, 1), np.float32)


class Runtime:
    """A network ready to serve.

    Args:
        config: its shape.
        tokenizer: the tokenizer it was trained with.
        weights: its weights by name (:func:`nlp.network.get_weights`).
        threads: threads that one call may use.

    Raises:
        ValueError: if a weight is missing or has the wrong shape.
    """

    def __init__(
        self, config: NetworkConfig, tokenizer: Tokenizer, weights: Mapping[str, Array], *, threads: int = 1
    ) -> None:
        self.config = config
        self._tokenizer = tokenizer
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Lengths vary with every call: planning memory for each shape costs more than it saves.
        options.enable_mem_pattern = False
        graph = _Graph(config, tokenizer, weights).model().SerializeToString()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._wide = _wide_part(config, weights)

    def logits(self, texts: Sequence[str]) -> Array:
        """Class scores of normalised texts.

        Args:
            texts: normalised texts.

        Returns:
            Array ``[len(texts), len(config.ratings)]``; the scores of a text do not depend on the others.
        """
        if len(texts) == 1:
            return self._run([self._ids(texts[0])], texts)
        out = np.zeros((len(texts), len(self.config.ratings)), np.float32)
        ids = [self._ids(text) for text in texts]
        for rows in _batches([len(i) for i in ids]):
            out[rows] = self._run([ids[r] for r in rows], [texts[r] for r in rows])
        return out

    def _ids(self, text: str) -> list[int]:
        half = self.config.max_tokens // 2
        # An eojeol can be long, but no token is shorter than a character: what lies between is never looked at.
        if len(text) > 64 * self.config.max_tokens:
            text = text[: 32 * self.config.max_tokens] + " " + text[-32 * self.config.max_tokens :]
        ids = self._tokenizer.encode(text)
        return ids if len(ids) <= self.config.max_tokens else ids[:half] + ids[-half:]

    def _run(self, ids: Sequence[list[int]], texts: Sequence[str]) -> Array:
        lengths = np.array([max(len(i), 1) for i in ids], np.int32)
        feed: dict[str, Any] = {"tokens": _padded(ids, int(lengths.max())), "lengths": lengths}
        if self.config.bigrams:
            feed["bigrams"] = bigram_rows(feed["tokens"], self.config.bigrams)
        if "max" in self.config.pooling:
            feed["late"] = _late(lengths)
        result: Array = self._session.run(None, feed)[0]
        if self._wide is not None:
            result = result + self._wide.scores([clip(text, self.config.max_tokens) for text in texts])
        return result


def _late(lengths: NDArray[np.int32]) -> Array:
    """What keeps steps after the end of a text out of a maximum: broadcastable to ``[time, 1, batch, 1]``."""
    if lengths.min() == lengths.max():
        return _NEVER_LATE
    late = np.arange(lengths.max())[:, None] >= lengths
    return np.where(late, np.float32(-1e9), np.float32(0))[:, None, :, None]


def clip(text: str, tokens: int) -> str:
    """The part of a long text that the wide part looks at: ``tokens`` characters, half from each end."""
    if len(text) <= tokens:
        return text
    return text[: tokens // 2] + " " + text[-(tokens // 2) :]


def _batches(lengths: Sequence[int]) -> Iterator[NDArray[np.intp]]:
    """Rows of similar length together, so that little is computed for padding."""
    order = np.argsort(np.asarray(lengths), kind="stable")
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop + 1 - start) * lengths[order[stop]] <= _BATCH_TOKENS:
            stop += 1
        yield order[start:stop]
        start = stop


def _wide_part(config: NetworkConfig, weights: Mapping[str, Array]) -> WidePart | None:
    if not config.buckets:
        return None
    return WidePart(_weight(weights, "wide/table", config.buckets, len(config.ratings)), config.longest_ngram)


def _weight(weights: Mapping[str, Array], name: str, *shape: int) -> Array:
    """A weight by name, its shape checked."""
    value = weights.get(name)
    if value is None or value.shape != shape:
        raise ValueError(f"weight {name!r} should have shape {shape}, found {'none' if value is None else value.shape}")
    return value


def _padded(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int32]:
    """Ids by step, ``[width, len(rows)]``, zeros after the end of a row."""
    out = np.zeros((width, len(rows)), np.int32)
    for i, row in enumerate(rows):
        out[: len(row), i] = row
    return out


class _Graph:
    """Collects the nodes and constants of the ONNX graph of a network."""

    def __init__(self, config: NetworkConfig, tokenizer: Tokenizer, weights: Mapping[str, Array]) -> None:
        self.config, self.tokenizer, self.weights = config, tokenizer, weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def weight(self, name: str, *shape: int) -> Array:
        return _weight(self.weights, name, *shape)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def model(self) -> Any:
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
        inputs: list[tuple[str, int, list[Any]]] = [
            ("tokens", TensorProto.INT32, ["t", "b"]),
            ("lengths", TensorProto.INT32, ["b"]),
        ]
        if config.bigrams:
            inputs.append(("bigrams", TensorProto.INT32, ["t", "b"]))
        if "max" in config.pooling:
            inputs.append(("late", TensorProto.FLOAT, ["late_t", 1, "late_b", 1]))
        output = helper.make_tensor_value_info(x, TensorProto.FLOAT, ["b", len(config.ratings)])
        infos = [helper.make_tensor_value_info(*i) for i in inputs]
        graph = helper.make_graph(self.nodes, "nunchi", infos, [output], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)

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
        half = width // 2
        table = self.constant("bigram_vectors", self.weight("embedding/bigram", self.config.bigrams, half))
        more = self.node("Gather", [table, "bigrams"], "bigrams_by_step")
        pads = self.constant("bigram_pads", np.array([0, 0, 0, 0, 0, width - half], np.int64))
        return self.node("Add", [x, self.node("Pad", [more, pads], "bigrams_padded")], "with_bigrams")

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
        attributes: dict[str, Any] = {"hidden_size": units}
        if config.bidirectional:
            attributes["direction"] = "bidirectional"
        if config.cell == "gru":
            attributes["linear_before_reset"] = 1
        states, final = f"states{i}", f"final{i}"
        self.nodes.append(helper.make_node(_OPERATORS[config.cell], inputs, [states, final], **attributes))
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
            count = self.node("Cast", ["lengths"], "count", to=TensorProto.FLOAT)
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
