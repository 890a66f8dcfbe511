"""What a model is made from, and what its network learns from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.config import NetworkConfig
from nlp.tokenizer import Tokenizer
from training.counterfactual import Example, make
from training.data import Row
from training.recipe import Recipe
from training.rows import split
from training.teach import Lesson
from training.tune import Pool

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Corpora:
    """The rows a model is made from.

    Attributes:
        rated: rated reviews of the domain, held-out ones included.
        unrated: reviews of the domain without ratings.
        movies: movie reviews rated 1 to 10, held-out ones included.
        sources: of the rated reviews, for the card: how many, from where and when, licence; the project's if empty.
        unrated_source, movies_source: the same of the others without their number; the project's if None.
    """

    rated: Sequence[Row]
    unrated: Sequence[Row] = ()
    movies: Sequence[Row] = ()
    sources: Sequence[tuple[str, str, str]] = ()
    unrated_source: tuple[str, str] | None = None
    movies_source: tuple[str, str] | None = None

    @property
    def held_places(self) -> frozenset[float]:
        """Places of the held-out rated reviews; two texts of one place are the same."""
        return frozenset(r.place for r in split(list(self.rated))[1])

    def without_held_out(self) -> Corpora:
        """The same without unrated and movie reviews whose text is that of a held-out rated one, too."""
        held = self.held_places
        unrated, movies = ([r for r in rows if r.place not in held] for rows in (self.unrated, self.movies))
        return replace(self, unrated=unrated, movies=movies)

    def fingerprint(self) -> str:
        """SHA-256 (hex) of all rows and of where each stands in the split."""
        digest = hashlib.sha256()
        for rows in (self.rated, self.unrated, self.movies):
            for row in rows:
                digest.update(f"{row.place}\t{row.rating}\t{row.text}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


@dataclass(frozen=True)
class Prepared:
    """All that a network in service learns from.

    Attributes:
        recipe: how it is made.
        shape: of the network without a wide part that is fitted apart.
        learn: rated rows to learn from.
        unrated: rows without a rating.
        recombined: texts made of parts of those, about which only the teachers say anything.
        movies: movie reviews to learn from.
        tokens: the tokenizer.
        reminder: movie reviews as targets; None where there are none.
        start: pretrained weights; empty for none.
        lesson: what the teachers say; None where there are none.
        folder: for the states of the networks.
        seed: of everything random.
    """

    recipe: Recipe
    shape: NetworkConfig
    learn: Sequence[Row]
    unrated: Sequence[Row]
    recombined: Sequence[Row]
    movies: Sequence[Row]
    tokens: Tokenizer
    reminder: Pool | None
    start: Weights
    lesson: Lesson | None
    folder: Path
    seed: int

    def made(self, number: int) -> list[Example]:
        """Reviews made by rule for the network of that number in service, for all epochs, of which each has its own."""
        return make(self.recipe.tune.counterfactuals * self.recipe.tune.epochs, self.seed + 2 + number)


@dataclass(frozen=True)
class Apart:
    """What a network learns from that is asked about a fold.

    Neither that network nor any of its teachers knows the ratings of the fold, so it tells how to calibrate.

    Attributes:
        taught: all rows that are not held out without the fold.
        asked: the rows of the fold.
    """

    taught: Prepared
    asked: Sequence[Row]


@dataclass(frozen=True)
class Both:
    """What the network in service learns from, and the same without one fold or another.

    Attributes:
        whole: all rows that are not held out.
        folds: the same without a fold, for each that tells how to calibrate.
    """

    whole: Prepared
    folds: Sequence[Apart]
