"""Teachers that read morphemes: they err on other reviews than those that read characters.

The network in service reads characters and needs no analyser; what the analyser knows of Korean reaches it through
the lesson. Every text is cut once, in parallel, and kept (:mod:`training.tokens`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from nlp import tokenizer
from nlp.tokenizer import Tokenizer
from training import baseline
from training.data import Row
from training.made.written import examples
from training.pretrain import pretrain
from training.recipe import Recipe
from training.teach import Opinions, teach
from training.tokens import cut_all, cutter
from training.tune import Pool
from training.vectors import Vectors

_LONGEST = 3
"""Longest n-gram of morphemes that the linear models look at."""

_MOVIES_FOR_VECTORS = 60_000


def teach_morphemes(
    recipe: Recipe,
    domain: Sequence[Row],
    rows: Sequence[Row],
    unrated: Sequence[Row],
    movies: Sequence[Row],
    reminder: Pool | None,
    made: Sequence[tuple[str, bool]],
    seed: int,
    folder: Path,
    name: str = "",
) -> Opinions:
    """Pretrain and train networks that read morphemes, and linear models beside them, and ask them all.

    Args:
        recipe: of everything.
        domain: rows whose morphemes there are to be; their ratings are not looked at.
        rows: rated rows to learn from; none of the held-out ones.
        unrated: rows without a rating, about which they are asked, too.
        movies: rated movie reviews.
        reminder: movie reviews as targets.
        made: reviews made by rule or written by hand.
        seed: of everything random.
        folder: for what was cut and weights.
        name: of the folder in it that is for the answers; that folder itself if empty.

    Raises:
        DataError: if the analyser is not installed.
    """
    kind = recipe.teach.morphemes.kind
    written = [text for text, _ in examples()] if recipe.teach.tune.written else []
    kept: dict[str, list[str]] = {}
    there = {r.text for r in domain}
    more = [r.text for r in unrated if r.text not in there]
    for texts in ([r.text for r in domain], more, [r.text for r in movies], written):
        kept |= zip(texts, cut_all(kind, texts, folder), strict=True)
    settings = recipe.teach.morphemes
    counted = [r.text for r in domain] * recipe.tokenizer.domain_weight + [r.text for r in movies]
    tokens = remember(kind, kept, counted, settings.limit, settings.min_count)
    shape = replace(recipe.teachers, jamo=False, bigrams=0)
    starts = []
    if recipe.pretrain.epochs and movies:
        known = _analyser_vectors(domain, movies, shape.embedding, folder) if settings.vectors else None
        bare = replace(recipe.pretrain, vectors="")
        starts.append(pretrain(shape, tokens, bare, movies, (), seed, folder, known))

    # Other processes fit them: those need not get the movies.
    cut_texts = {text: kept[text] for text in (*(r.text for r in (*domain, *unrated)), *written)}
    linear = partial(baseline.opinions, longest=_LONGEST, tokens=cut_texts.__getitem__)
    answers = folder / name
    return teach(
        shape, tokens, recipe.teach, rows, unrated, reminder, starts, made, seed + 1000, answers, "morphemes", linear
    )


def _analyser_vectors(domain: Sequence[Row], movies: Sequence[Row], width: int, folder: Path) -> Vectors | None:
    """What the analyser knows of the morphemes of the domain and of some movies; None if nothing."""
    from training.analyser_vectors import analyser_vectors

    texts = [r.text for r in domain] + [r.text for r in movies[:_MOVIES_FOR_VECTORS]]
    return analyser_vectors(texts, width, folder / "analyser-vectors.txt")


def remember(
    analyser: str, kept: Mapping[str, list[str]], texts: Sequence[str], limit: int, min_count: int
) -> Tokenizer:
    """A tokenizer of morphemes that has cut most of what it will be asked already.

    Args:
        analyser: kind of the tokenizer.
        kept: morphemes by text.
        texts: what its vocabulary is made from.
        limit: most frequent morphemes kept; 0 for all.
        min_count: morphemes seen fewer times are left out.
    """
    cut: Callable[[str], list[str]] = cutter(analyser)

    class Remembered(tokenizer.Vocabulary):
        kind = analyser

        def tokens(self, text: str) -> list[str]:
            known = kept.get(text)
            return cut(text) if known is None else known

    made: Any = Remembered.fit(texts, limit=limit or None, min_count=min_count)
    return made  # type: ignore[no-any-return]
