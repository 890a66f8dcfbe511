"""The shape of a network, as a few plain values that are kept in the model folder.

:mod:`nlp.network` builds the Keras network from it and :mod:`nlp.runtime` the graph that serves it, so
neither ever deserialises an architecture from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

CELLS = ("lstm", "gru", "rnn")
POOLINGS = ("last", "max", "mean", "max+mean")


@dataclass(frozen=True)
class NetworkConfig:
    """A recurrent classifier over token ids.

    Attributes:
        embedding: width of the token vectors.
        jamo: add the vectors of lead, vowel and tail to a syllable's own (character tokens only).
        bigrams: size of the hash table of vectors of a token together with the one before it, a power of two; half as
            wide as the token vectors, and added to their first half. 0 for none.
        cell: ``lstm``, ``gru`` or ``rnn``.
        units: state size of each recurrent layer, first to last.
        bidirectional: read each layer from both ends.
        pooling: what of the last layer's states is kept: the ``last``, their ``max``, ``mean`` or both.
        hidden: width of a ReLU layer before the output; 0 for none.
        buckets: size of the wide part's hash table, a power of two; 0 for no wide part.
        longest_ngram: longest character n-gram of the wide part.
        ratings: the star rating that each output class stands for, ascending.
        positive_above: ratings above this are positive.
        max_tokens: longer texts keep their first and last ``max_tokens // 2`` tokens.
        dropout: share of inputs dropped in training, at the embedding and before the output.
    """

    embedding: int = 128
    jamo: bool = True
    bigrams: int = 0
    cell: str = "lstm"
    units: tuple[int, ...] = (128,)
    bidirectional: bool = True
    pooling: str = "max+mean"
    hidden: int = 0
    buckets: int = 0
    longest_ngram: int = 5
    ratings: tuple[int, ...] = (1, 2, 4, 5)
    positive_above: float = 3
    max_tokens: int = 256
    dropout: float = 0.3

    def __post_init__(self) -> None:
        for name in ("units", "ratings"):
            value = getattr(self, name)
            if not isinstance(value, list | tuple):
                raise ValueError(f"{name} must be a list of whole numbers, not {value!r}")
            object.__setattr__(self, name, tuple(value))
        problem = self._problem()
        if problem:
            raise ValueError(problem)

    def _problem(self) -> str | None:
        for name in ("jamo", "bidirectional"):
            if not isinstance(getattr(self, name), bool):
                return f"{name} must be true or false, not {getattr(self, name)!r}"
        for name in ("positive_above", "dropout"):
            if not isinstance(getattr(self, name), int | float):
                return f"{name} must be a number, not {getattr(self, name)!r}"
        sizes = {"embedding": self.embedding, "max_tokens": self.max_tokens, "longest_ngram": self.longest_ngram}
        sizes |= {f"units[{i}]": n for i, n in enumerate(self.units)}
        for name, value in sizes.items():
            if not _whole(value) or not 1 <= value <= 65_536:
                return f"{name} must be a whole number from 1 to 65536, not {value!r}"
        if self.max_tokens < 2:
            return "max_tokens must be at least 2, one for each end of a text"
        if not self.units:
            return "units must name at least one recurrent layer"
        if self.cell not in CELLS:
            return f"cell must be one of {', '.join(CELLS)}, not {self.cell!r}"
        if self.pooling not in POOLINGS:
            return f"pooling must be one of {', '.join(POOLINGS)}, not {self.pooling!r}"
        if not _whole(self.hidden) or not 0 <= self.hidden <= 65_536:
            return f"hidden must be a whole number from 0 to 65536, not {self.hidden!r}"
        for name, value in {"buckets": self.buckets, "bigrams": self.bigrams}.items():
            if not _whole(value) or value not in (0, *(1 << n for n in range(1, 25))):
                return f"{name} must be 0 or a power of two from 2 to 16777216, not {value!r}"
        if self.bigrams and self.embedding < 2:
            return f"embedding must be at least 2 where there are bigrams, not {self.embedding!r}"
        if not all(_whole(r) for r in self.ratings) or list(self.ratings) != sorted(set(self.ratings)):
            return f"ratings must be ascending whole numbers, not {self.ratings!r}"
        if not self.positive_classes or len(self.positive_classes) == len(self.ratings):
            return f"ratings {self.ratings!r} must lie on both sides of positive_above = {self.positive_above!r}"
        if not 0 <= self.dropout < 1:
            return f"dropout must be at least 0 and less than 1, not {self.dropout!r}"
        return None

    @property
    def positive_classes(self) -> tuple[int, ...]:
        """Indices of the output classes that count as positive."""
        return tuple(i for i, rating in enumerate(self.ratings) if rating > self.positive_above)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-serialisable description; :meth:`from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NetworkConfig:
        """Read a description.

        Raises:
            ValueError: if a value is missing its range, or a name is not known.
        """
        unknown = sorted(set(data) - {f.name for f in fields(cls)})
        if unknown:
            raise ValueError(f"a network has no setting called {unknown[0]!r}")
        try:
            return cls(**data)
        except TypeError as error:
            raise ValueError(f"a network cannot be described by {dict(data)!r}: {error}") from None


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
