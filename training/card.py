"""The model card: what a model is, what it was made from, what it is worth, what it must not be used for."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nlp.settings import ModelSettings
from training.counterfactual import Example
from training.data import Row
from training.evaluate import Evaluation
from training.judged import all_grades, judged_first
from training.made.written import examples
from training.messages import say
from training.metrics import Paired, Share
from training.recipe import Recipe
from training.rows import split

if TYPE_CHECKING:
    from training.behaviour import Behaviour
    from training.prepared import Corpora
    from training.teach import Lesson


def write_card(
    recipe: Recipe,
    corpora: Corpora,
    lesson: Lesson | None,
    settings: ModelSettings,
    result: Evaluation,
    linear: Share,
    compared: Paired,
    movies: Evaluation | None,
    acts: Behaviour,
    seed: int,
    start: str = "",
    cost: str = "",
) -> str:
    """The card, in Markdown.

    Of the last two, ``start`` is the model that was only finished, empty where it was made from nothing; ``cost`` a
    sentence about size and speed.
    """
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("keras", "numpy", "scikit-learn"))
    origin = say(
        "card_made_finish" if start else "card_made_full",
        start=start,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        seed=seed,
        recipe=recipe.name,
        python=platform.python_version(),
        versions=versions,
    )
    public = say("card_public_domain")
    shopping = (f"{len(corpora.rated):,}", say("card_shopping"), public)
    parts = [
        say("card_title", recipe=recipe.name),
        origin,
        say("card_uses"),
        say("card_data"),
        table(
            ("card_rows", "card_source", "card_licence"),
            [
                *(corpora.sources or [shopping]),
                *_beside(corpora.unrated, corpora.unrated_source or (say("card_unrated"), public)),
                *_beside(corpora.movies, corpora.movies_source or (say("card_films"), "CC0")),
                *_beside(_judged(recipe, corpora), (say("card_judged"), "Apache-2.0")),
                *_beside(_written(recipe), (say("card_written"), "Apache-2.0")),
            ],
        ),
        say("card_never"),
        say("card_network"),
        " ".join([_network(settings), cost]).strip(),
        say("card_results"),
        say("card_tested_full", rows=result.accuracy.n) + (say("card_looks", n=recipe.looks) if recipe.looks else ""),
        table(("card_measure", "card_value", "card_interval"), _results(settings, result, linear, compared, movies)),
        table(
            ("card_group", "card_accuracy", "card_rows"),
            [
                *(_group("card_by_rating", value, rating=stars) for stars, value in result.by_rating.items()),
                *(_group("card_by_length", value, length=name) for name, value in result.by_length.items() if value.n),
            ],
        ),
    ]
    if lesson is not None:
        parts.append(say("card_teachers", shares=lesson.words))
    parts += [
        say("card_behaviour"),
        say("card_behaviour_how", rows=acts.rows),
        table(("card_measure", "card_value", "card_interval"), _behaviour(acts)),
    ]
    return "\n\n".join(p.rstrip("\n") for p in parts) + "\n"


def _written(recipe: Recipe) -> list[Example]:
    """Those reviews written by hand that teachers or the network learn."""
    taught = recipe.teach.folds and recipe.teach.tune.written
    last = recipe.last_steps.values()
    written = taught or recipe.tune.written or any(how.written for how in last)
    rare = recipe.tune.rare or any(how.rare for how in last)
    return examples(bool(written), bool(rare))


def _judged(recipe: Recipe, corpora: Corpora) -> list[Row]:
    """Those that were judged, if the recipe heeds that and enough rated ones tell what it is worth."""
    if not recipe.teach.folds or not recipe.teach.judged:
        return []
    learn, known = split(list(corpora.rated))[0], all_grades()
    if not judged_first(corpora.unrated, learn, recipe.network.positive_above)[0]:
        return []
    return [r for r in (*learn, *corpora.unrated) if r.place in known]


def _beside(rows: Sequence[object], source: tuple[str, str]) -> list[tuple[str, str, str]]:
    """The line of a corpus beside the rated reviews; none where the recipe had no use for it."""
    return [(f"{len(rows):,}", *source)] if rows else []


def _group(sentence: str, value: Share, **which: object) -> tuple[str, str, str]:
    return say(sentence, **which), f"{value.value:.1%}", f"{value.n:,}"


def _behaviour(acts: Behaviour) -> list[tuple[str, str, str]]:
    rows = [row("card_suite", suite.passed, name=suite.name) for suite in acts.suites]
    rows += [row("card_flips", found.of_all, change=say(f"change_{name}")) for name, found in acts.flips.items()]
    clean, *amounts = acts.noise
    for amount in amounts:
        lost = acts.mean_accuracy(clean) - acts.mean_accuracy(amount)
        rows.append((say("card_noise", amount=amount), say("card_points", points=100 * lost), ""))
    return rows


def _results(
    settings: ModelSettings, result: Evaluation, linear: Share, compared: Paired, movies: Evaluation | None
) -> list[tuple[str, str, str]]:
    rows = [
        row("card_accuracy", result.accuracy),
        row("card_linear", linear),
        (say("card_paired"), str(compared), ""),
        (say("card_macro_f1"), f"{result.macro_f1:.4f}", ""),
        (say("card_calibration_error"), f"{result.calibration_error:.4f}", by_chance(result)),
        row("card_surest", result.at_80, share=80),
        row("card_surest", result.at_90, share=90),
        row("card_outside", result.sure, below=settings.negative_below, above=settings.positive_above),
        (say("card_inside"), f"{result.unsure_share:.1%}", ""),
    ]
    if result.stars is not None:
        rows.append(row("card_stars", result.stars))
    if movies is not None:
        rows.append(row("card_movies", movies.accuracy))
        rows.append((say("card_movies_f1"), f"{movies.macro_f1:.4f}", ""))
    return rows


def by_chance(result: Evaluation) -> str:
    """What a perfectly calibrated model would be found to have."""
    return say("card_by_chance", mean=result.calibration_by_chance.mean, high=result.calibration_by_chance.high)


def row(sentence: str, value: Share, **values: object) -> tuple[str, str, str]:
    """A row of a table of measures: what was measured, its value and its interval."""
    interval = f"{value.low:.2%} – {value.high:.2%}" if value.n else ""
    return say(sentence, **values), f"{value.value:.2%}" if value.n else "–", interval


def _network(settings: ModelSettings) -> str:
    shape = settings.network
    cell = shape.cell.upper()
    return say(
        "card_shape",
        vectors=say("card_vectors_jamo" if shape.jamo else "card_vectors", width=shape.embedding),
        cell=say("card_both_ways", cell=cell) if shape.bidirectional else cell,
        size=say("card_and").join(map(str, shape.units)),
        pooling=shape.pooling,
        pairs=say("card_pairs") if shape.bigrams else "",
        wide=say("card_wide", longest=shape.longest_ngram) if shape.buckets else "",
    )


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown; its heads are names of sentences."""
    lines = ["| " + " | ".join(map(say, head)) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
