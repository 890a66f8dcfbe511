"""From a review to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from math import exp, log, tanh
from operator import mul
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp import anatomy, artifact
from nlp.artifact import Artifact
from nlp.explain import Explanation
from nlp.lexicon import Lexicon, load_lexicon
from nlp.review import Review
from nlp.runtime import Runtime
from nlp.sealed import ArtifactError
from nlp.text import is_korean, normalize
from nlp.tokenizers.morphemes import MorphemeTokenizer
from nlp.verdict import Band, Label, Verdict

BUNDLED = Path(__file__).parent / "models" / "shopping"
"""Folder of the model that comes with the package."""


class Analyzer:
    """A loaded model. Safe to share between threads.

    Args:
        model: as :func:`nlp.artifact.load` gives it.
        threads: threads that one call may use.
        aspects: a lexicon file whose words are added to the bundled ones.

    Raises:
        ArtifactError: if weights, tokenizer and settings do not fit together.
        LexiconError: if the lexicon cannot be used.
    """

    def __init__(self, model: Artifact, *, threads: int = 1, aspects: Path | None = None) -> None:
        self.model_id = model.model_id
        self.settings = model.settings
        self.curve = model.curve
        if aspects is not None:
            self.aspects = load_lexicon(aspects)
        self.cut: Callable[[str], list[str]] | None = None
        if isinstance(model.tokenizer, MorphemeTokenizer):
            self.cut = model.tokenizer.tokens
        network = model.settings.network
        self._positive = network.positive_classes
        self._negative = tuple(i for i in range(len(network.ratings)) if i not in self._positive)
        try:
            self._runtime = Runtime(model.settings.network, model.tokenizer, model.weights, threads=threads)
        except ValueError as error:
            raise ArtifactError(f"model {model.model_id}: {error}") from None

    def __repr__(self) -> str:
        return f"Analyzer({self.model_id!r})"

    @property
    def bands(self) -> tuple[float, float]:
        """Greatest probability of the band ``negative``, and least of ``positive``."""
        return self.settings.negative_below, self.settings.positive_above

    def analyze(self, text: str) -> Verdict:
        """Judge one review; any string is accepted."""
        return self.analyze_batch([text])[0]

    def analyze_batch(self, texts: Sequence[str]) -> list[Verdict]:
        """Judge many reviews at once, faster than one by one.

        Args:
            texts: any strings; of long ones the first and last ``max_tokens // 2`` tokens are looked at
                (:class:`nlp.config.NetworkConfig`; of the bundled model 128 characters from each end, blanks not
                counted).

        Returns:
            A verdict for each text, in order; a text's verdict does not depend on the others (to 1e-5).
        """
        return self.ask([normalize(text) for text in texts])[0]

    def explain(self, text: str) -> Explanation:
        """The verdict on a review and the words that pushed it, with their places in ``text``."""
        return anatomy.explain([text], self)[0]

    def review(self, text: str, rating: float | None = None) -> Review:
        """Take a review apart: verdict, evidence, clauses, aspects, and whether a person should look at it.

        Args:
            text: any string; of one of more than 4,000 characters only the beginning and the end are looked at.
            rating: the stars that came with it, 1..5, if any did.

        Raises:
            ValueError: if the rating is not from 1 to 5.
        """
        return self.review_batch([text], [rating])[0]

    def review_batch(
        self, texts: Sequence[str], ratings: Sequence[float | None] | None = None, *, evidence: bool = True
    ) -> list[Review]:
        """Take many reviews apart at once.

        Args:
            texts: any strings.
            ratings: the stars that came with each, 1..5, or None; as many as there are texts.
            evidence: whether to look for the words behind each verdict; without them it is ten times as fast.

        Raises:
            ValueError: if there are not as many ratings as texts, or one is not from 1 to 5.
        """
        ratings = [None] * len(texts) if ratings is None else ratings
        if len(ratings) != len(texts):
            raise ValueError(f"{len(texts)} texts need as many ratings, not {len(ratings)}")
        if not all(rating is None or 1 <= rating <= 5 for rating in ratings):
            raise ValueError("a rating is from 1 to 5 stars")
        return anatomy.review(texts, ratings, self, self.aspects, evidence=evidence)

    @cached_property
    def aspects(self) -> Lexicon:
        """The words by which aspects are found: the bundled ones, and those given to :func:`load`."""
        return load_lexicon()

    def ask(self, texts: Sequence[str]) -> tuple[list[Verdict], list[float]]:
        """Verdicts and calibrated log-odds of positive for texts that are normalised already; an empty one is even.

        Args:
            texts: as :func:`nlp.text.normalize` gives them.
        """
        rows = [self._read(text, row) for text, row in zip(texts, self._runtime.logits(texts).tolist(), strict=True)]
        return [verdict for verdict, _ in rows], [log_odds for _, log_odds in rows]

    def verdict(self, text: str, log_odds: float) -> Verdict:
        """The verdict on a text whose log-odds are known from elsewhere; it has no star rating.

        Args:
            text: as :func:`nlp.text.normalize` gives it.
            log_odds: calibrated, of positive.
        """
        return self._verdict(text, _sigmoid(log_odds), None, None)

    def _read(self, text: str, scores: list[float]) -> tuple[Verdict, float]:
        """The verdict on a text and its calibrated log-odds, from its class scores.

        In plain Python, which for a single review is several times as fast as NumPy.
        """
        ratings = self.settings.network.ratings
        if not text:  # nothing visible says nothing: even odds, middle rating
            scores = [0.0] * len(scores)
        above = _logsumexp([scores[i] for i in self._positive])
        below = _logsumexp([scores[i] for i in self._negative])
        log_odds = self.settings.calibrated(above - below) if text else 0.0
        rating = expected = None
        if ratings[-1] > 1:
            highest = max(scores)
            powers = [exp(score - highest) for score in scores]
            rating = ratings[scores.index(highest)] if text else ratings[len(ratings) // 2]
            expected = sum(map(mul, powers, ratings)) / sum(powers)
        return self._verdict(text, _sigmoid(log_odds), rating, expected), log_odds

    def _verdict(self, normalized: str, probability: float, rating: int | None, expected: float | None) -> Verdict:
        label: Label = "positive" if probability >= 0.5 else "negative"
        korean = is_korean(normalized)
        band: Band = "unsure"
        if korean and probability >= self.settings.positive_above:
            band = "positive"
        elif korean and probability <= self.settings.negative_below:
            band = "negative"
        confidence = max(probability, 1 - probability) if korean else 0.0
        return Verdict(label, probability, confidence, band, korean, rating, expected, self.model_id)


def binary_log_odds(logits: NDArray[np.float32], positive: Sequence[int]) -> NDArray[np.float64]:
    """Log-odds that the class is one of ``positive``: ``[n, classes] -> [n]``."""
    scores = logits.astype(np.float64)
    chosen = np.zeros(scores.shape[1], bool)
    chosen[list(positive)] = True
    sides = (np.logaddexp.reduce(scores[:, side], axis=1) for side in (chosen, ~chosen))
    return np.asarray(next(sides) - next(sides))


def _logsumexp(scores: Sequence[float]) -> float:
    highest = max(scores)
    return highest + log(sum(exp(score - highest) for score in scores))


def _sigmoid(x: float) -> float:
    return 0.5 * (1 + tanh(0.5 * x))


def load(path: str | Path | None = None, *, threads: int = 1, aspects: str | Path | None = None) -> Analyzer:
    """Load a model.

    Args:
        path: a model folder; the bundled model if None.
        threads: threads that one call may use; 1 is fastest for single reviews.
        aspects: a TOML file with words for aspects, added to the bundled ones (:mod:`nlp.lexicon`).

    Raises:
        ArtifactError: if there is no model, or it is damaged, changed or not ours.
        LexiconError: if the file of aspects cannot be used; a ``ValueError``.
    """
    model = artifact.load(Path(path) if path is not None else BUNDLED)
    return Analyzer(model, threads=threads, aspects=None if aspects is None else Path(aspects))
