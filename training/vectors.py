"""Word vectors of one's own corpus: learned by gensim (word2vec), kept as text, asked for neighbours and analogies.

They are kept in word2vec's text format, a token and its numbers a line, and read without gensim, whose own files are
pickles.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.errors import DataError

_LARGEST = 4096
_MOST = 5_000_000


@dataclass(frozen=True)
class Vectors:
    """Tokens and their vectors.

    Attributes:
        tokens: most frequent first.
        matrix: ``[tokens, width]``.
    """

    tokens: tuple[str, ...]
    matrix: NDArray[np.float32]

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return int(self.matrix.shape[1])

    def similar(self, plus: Sequence[str], minus: Sequence[str] = (), count: int = 10) -> list[tuple[str, float]]:
        """The tokens nearest to a sum of others, which are left out, with their cosines.

        Raises:
            DataError: if one of the tokens is not known.
        """
        place = {token: i for i, token in enumerate(self.tokens)}
        unknown = [token for token in (*plus, *minus) if token not in place]
        if unknown:
            raise DataError("vectors_unknown_word", word=unknown[0][:40])
        unit = self.matrix / np.maximum(np.linalg.norm(self.matrix, axis=1, keepdims=True), 1e-9)
        aim = sum(unit[place[t]] for t in plus) - sum((unit[place[t]] for t in minus), np.zeros(self.width))
        cosine = unit @ (aim / max(float(np.linalg.norm(aim)), 1e-9))
        cosine[[place[t] for t in (*plus, *minus)]] = -2
        best = np.argsort(-cosine, kind="stable")[:count]
        return [(self.tokens[i], float(cosine[i])) for i in best if cosine[i] > -2]

    def save(self, path: Path) -> None:
        """Write them, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with open(part, "w", encoding="utf-8") as file:
            file.write(f"{len(self.tokens)} {self.width}\n")
            for token, row in zip(self.tokens, self.matrix, strict=True):
                file.write(f"{token} {' '.join(f'{x:.6g}' for x in row)}\n")
        part.replace(path)


def learn(rows: Sequence[Sequence[str]], *, width: int, window: int, epochs: int, min_count: int, seed: int) -> Vectors:
    """Learn vectors from tokens of texts, by skip-gram with negative sampling.

    Args:
        rows: tokens of each text.
        width: numbers in a vector.
        window: how far apart two tokens may be to be neighbours.
        epochs: passes.
        min_count: tokens seen fewer times are left out.
        seed: of everything random.

    Raises:
        DataError: if gensim is missing, or too few tokens are frequent enough.
    """
    try:
        from gensim.models import Word2Vec
    except ImportError:
        raise DataError("vectors_no_gensim") from None
    # One worker: with more the result depends on which of them is first.
    clean = [[token for token in row if not token.isspace()] for row in rows]
    model = Word2Vec(vector_size=width, window=window, min_count=min_count, sg=1, workers=1, seed=seed, epochs=epochs)
    model.build_vocab(clean)
    if len(model.wv) < 2:
        raise DataError("vectors_too_few", least=min_count)
    model.train(clean, total_examples=model.corpus_count, epochs=epochs)
    return Vectors(tuple(model.wv.index_to_key), np.asarray(model.wv.vectors, np.float32))


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file of vectors; of nothing where there is no file, which :func:`load` says."""
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def load(path: Path) -> Vectors:
    """Read vectors in word2vec's text format; it can hold numbers only.

    Raises:
        DataError: if the file is not of that format.
    """
    try:
        with open(path, encoding="utf-8") as file:
            count, width = map(int, file.readline(64).split())
            if not (0 < count <= _MOST and 0 < width <= _LARGEST):
                raise ValueError
            tokens, matrix = [], np.empty((count, width), np.float32)
            for i in range(count):
                token, *numbers = file.readline().rstrip("\n").split(" ")
                matrix[i] = [float(n) for n in numbers]
                tokens.append(token)
    except FileNotFoundError:
        raise DataError("vectors_missing", path=path) from None
    except (ValueError, MemoryError):
        raise DataError("vectors_wrong", path=path) from None
    if not math.isfinite(float(matrix.sum())) or len(set(tokens)) != count:
        raise DataError("vectors_wrong", path=path)
    return Vectors(tuple(tokens), matrix)
