"""Takes back a part of what a mark at the end of a review says all alone.

Content customers write more ``!`` and ``ㅋㅋ``, and a network makes much of it: one of them at the end turned three of
a hundred verdicts. So reviews are asked about with other marks at their ends, and the wide part's weights of n-grams
that are nothing but marks are set against what that moved, by ridge regression. How much of it is taken back is a
trade between accuracy, for the marks do tell something, and verdicts that depend on what is said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.analyze import binary_log_odds
from nlp.config import NetworkConfig
from nlp.ngrams import hash_ngrams
from nlp.text import normalize
from training.data import Row
from training.linear import Ask, Table, features, wide_part

MARKS = ("!", "!!", "ㅋㅋ", "ㅎㅎ", "~", ".", "..", "ㅠㅠ", "ㅜㅜ")
_ENDINGS = ".!~?ㅋㅎㅠㅜ "
_RIDGE = 1.0


def marks_table(ask: Ask, rows: Sequence[Row], config: NetworkConfig, seed: int) -> Table:
    """What each n-gram of marks alone has to add to the log-odds of positive, so that marks turn little: ``[buckets]``.

    Args:
        ask: asks the whole model, its wide part included.
        rows: reviews; their ratings are not looked at.
        config: shape of the wide part.
        seed: of which review gets which mark.
    """
    random = np.random.default_rng(seed)
    texts = [r.text for r in rows]
    marked = [normalize((t.rstrip(_ENDINGS) or t) + MARKS[int(random.integers(len(MARKS)))]) for t in texts]
    before, after = (binary_log_odds(ask(said), config.positive_classes) for said in (texts, marked))
    columns = _columns(config)
    x = (features(marked, config) - features(texts, config))[:, columns].toarray().astype(np.float64)
    table = np.zeros(config.buckets)
    table[columns] = np.linalg.solve(x.T @ x + _RIDGE * np.eye(len(columns)), x.T @ (before - after))
    return table


def levelled(
    table: NDArray[np.float32], ask: Ask, rows: Sequence[Row], share: float, config: NetworkConfig, seed: int
) -> NDArray[np.float32]:
    """A wide part with that share of what marks at the end of a review do all alone taken back.

    Args:
        table: the wide part, ``[buckets, classes]``.
        ask: asks the whole model, this wide part included.
        rows: reviews that it has learned from.
        share: 0..1.
        config: shape of the wide part.
        seed: of which review gets which mark.

    Returns:
        Array like ``table``.
    """
    return table + wide_part(share * marks_table(ask, rows, config, seed), {}, config)


def unmarked(text: str) -> str:
    """The text without marks at its end; a text of nothing but marks as it is."""
    return text.rstrip(_ENDINGS) or text


def remarked(text: str, random: np.random.Generator) -> str:
    """The text with another mark at its end, one more, or none."""
    bare, mark = unmarked(text), MARKS[int(random.integers(len(MARKS)))]
    kind = random.random()
    return bare if kind < 0.15 else bare + mark if kind < 0.6 else text + mark * int(random.integers(1, 4))


def _columns(config: NetworkConfig) -> NDArray[np.intp]:
    """The buckets of n-grams that are nothing but marks: those that a mark has after any other text."""

    def ngrams(text: str) -> set[int]:
        return set(hash_ngrams(text, config.longest_ngram, config.buckets).tolist())

    alike = (ngrams("가나다라마바사" + mark) & ngrams("아자차카타파하" + mark) for mark in MARKS)
    return np.array(sorted(set().union(*alike)), np.intp)
