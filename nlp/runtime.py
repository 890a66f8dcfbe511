"""Inference without TensorFlow: the network as an ONNX graph on ONNX Runtime.

The graph is built from the shape in the model's settings and its weights (:mod:`nlp.graph`). The wide part is not in
it: a look-up and a sum, which NumPy does faster. Neither is the table of bigrams, the largest by far, of which ONNX
Runtime would hold a copy of its own.
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

from nlp.config import NetworkConfig
from nlp.graph import Array, network_graph, weight
from nlp.ngrams import WidePart, bigram_rows
from nlp.tokenizer import Tokenizer

_BATCH_TOKENS = 768  # what a step of the LSTM works on then stays in the cache of a core
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
        graph = network_graph(config, tokenizer, weights)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._wide = _wide_part(config, weights)
        if config.bigrams:
            self._bigrams = weight(weights, "embedding/bigram", config.bigrams, config.embedding // 2)

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
            feed["bigrams"] = self._bigrams.take(bigram_rows(feed["tokens"], self.config.bigrams), 0)
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
    return WidePart(weight(weights, "wide/table", config.buckets, len(config.ratings)), config.longest_ngram)


def _padded(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int32]:
    """Ids by step, ``[width, len(rows)]``, zeros after the end of a row."""
    out = np.zeros((width, len(rows)), np.int32)
    for i, row in enumerate(rows):
        out[: len(row), i] = row
    return out
