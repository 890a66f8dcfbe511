"""Vectors of morphemes out of Kiwi's own language model, for networks that read morphemes to begin with.

Kiwi disambiguates with a small neural language model that comes with it (CoNg; kiwipiepy 0.21 and later). It knows
words that our reviews hold once or never. It tells only the cosine of two morphemes, but from the cosines with enough
of them all vectors follow, up to a rotation (Nyström method, Williams & Seeger 2001, NeurIPS 13).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from nlp.tokenizers.morphemes import new_kiwi
from training.vectors import Vectors, load

_ANCHORS = 800
"""More than there are dimensions (256)."""
_CHUNK = 5000
_LEAST = 1e-3
"""Smallest share of the largest eigenvalue that is no rounding."""


def analyser_vectors(texts: Sequence[str], width: int, path: Path) -> Vectors | None:
    """What Kiwi's language model knows of the morphemes of texts.

    Args:
        texts: in which the morphemes occur.
        width: of the vectors: the principal components of those of the model.
        path: file in which they are kept; read if it is there.

    Returns:
        Vectors around their mean, scaled to length 1. Of forms that are several morphemes (``쓰`` is a verb and an
        adjective) the most frequent counts. Forms that the model does not know are not there; None if it knows no form.
    """
    if path.exists():
        return load(path)
    counts: Counter[tuple[str, int, int]] = Counter()
    chunks = (texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK))
    for counted in Parallel(n_jobs=-1, return_as="generator")(delayed(_count)(chunk) for chunk in chunks):
        counts.update(counted)
    kiwi = new_kiwi()
    known: dict[str, int] = {}
    for (form, own, base), _ in counts.most_common():
        number = next((i for i in (own, base) if _has_vector(kiwi, i)), None)
        if number is not None and not any(c.isspace() for c in form):  # a file of vectors has one word a line
            known.setdefault(form, number)
    if not known:
        return None
    anchors = list(islice(dict.fromkeys(known.values()), _ANCHORS))
    cosines = np.array([[kiwi.morpheme_similarity(i, a) for a in anchors] for i in known.values()])
    found = Vectors(tuple(known), _principal(_unrolled(cosines, known, anchors), width))
    found.save(path)
    return found


def _has_vector(kiwi: Any, number: int) -> bool:
    """Whether the model knows a morpheme itself, not only what kind of sign it is (it has one vector for all emoji)."""
    return bool(kiwi.morpheme(number).form) and bool(np.isfinite(kiwi.morpheme_similarity(number, number)))


@cache
def _kiwi_of_process() -> Any:
    """One for all that a process counts."""
    return new_kiwi()


def _count(texts: Sequence[str]) -> Counter[tuple[str, int, int]]:
    """How often a form occurs as which morpheme; of an unusual spelling also the usual one's number."""
    kiwi = _kiwi_of_process()
    return Counter((t.form, t.id, t.base_id) for text in texts for t in kiwi.tokenize(text))


def _unrolled(cosines: NDArray[np.float64], known: dict[str, int], anchors: Sequence[int]) -> NDArray[np.float64]:
    """Vectors whose products are the cosines, from those with the anchors, ``[morphemes, anchors]``."""
    row = {number: at for at, number in enumerate(known.values())}
    gram = cosines[[row[a] for a in anchors]]
    values, axes = np.linalg.eigh((gram + gram.T) / 2)
    kept = values > _LEAST * values.max()
    vectors: NDArray[np.float64] = cosines @ (axes[:, kept] / np.sqrt(values[kept]))
    return vectors


def _principal(vectors: NDArray[np.float64], width: int) -> NDArray[np.float32]:
    """The first principal components ``[morphemes, width]``, every row of length 1."""
    around = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(around.T @ around)
    best = around @ axes[:, ::-1][:, :width]
    if best.shape[1] < width:
        best = np.pad(best, ((0, 0), (0, width - best.shape[1])))
    unit: NDArray[np.float64] = best / np.maximum(np.linalg.norm(best, axis=1, keepdims=True), 1e-9)
    return unit.astype(np.float32)
