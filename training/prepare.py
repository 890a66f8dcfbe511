"""What a network in service is taught with: rows, tokens, pretrained weights and the teachers' lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from nlp import tokenizer
from nlp.config import NetworkConfig
from nlp.tokenizer import Tokenizer
from training.attend import teach_transformers
from training.batches import Encoded, predict
from training.counterfactual import make
from training.data import MOVIES_HELD_OUT_SHARE, Row, fold, place
from training.enough import check_enough, check_sides
from training.judged import Judged, both_right, heeded, judged_first
from training.made.written import dealt
from training.messages import say
from training.metrics import share
from training.morphemes import remember, teach_morphemes
from training.pieces import check_installed
from training.prepared import Apart, Both, Corpora, Prepared, Weights
from training.pretrain import first_weights, fitting_vectors, pretrain
from training.recipe import Recipe
from training.recipe_parts import FOLDS
from training.recombine import recombine
from training.rows import split
from training.stages import Stages
from training.student import learn_network
from training.teach import Lesson, teach, teach_again
from training.teach import lesson as agree
from training.tokens import cut_all, cutter
from training.tune import movie_pool

_console = Console(stderr=True)


def prepare(recipe: Recipe, corpora: Corpora, runs: Path, seed: int) -> Both:
    """Pretrain, and train and ask the teachers.

    Args:
        recipe: how.
        corpora: from what.
        runs: folder for checkpoints; what is there already is not made again.
        seed: of everything random.

    Raises:
        DataError: if there are too few rows, or an analyser is not installed.
    """
    if recipe.teach.folds and recipe.teach.morphemes.kind:
        cutter(recipe.teach.morphemes.kind)  # an analyser that is not installed is said now, not in an hour
    if recipe.teach.folds and "pieces" in recipe.teach.transformer.reads:
        check_installed()
    if recipe.pretrain.vectors:
        fitting_vectors(recipe.pretrain.vectors, recipe.network)  # likewise
    stages, learn, movies = _begin(recipe, corpora, runs, seed)
    tokens = _fit_tokenizer(recipe, learn, corpora.unrated, movies, runs)
    folder = stages.folder("fit")
    domain = [*learn, *corpora.unrated]
    reminder = movie_pool(movies, recipe.network) if movies else None

    def pretrained(config: NetworkConfig, stage: str, count: int = 1) -> list[Weights]:
        if not recipe.pretrain.epochs or not movies:
            vectors = recipe.pretrain.vectors
            return [first_weights(config, tokens, vectors, seed)] if vectors else []
        kept = stages.folder(stage)
        return [pretrain(config, tokens, recipe.pretrain, movies, domain, seed + i, kept) for i in range(count)]

    # A wide part that is fitted apart is not there while the network learns.
    shape = replace(recipe.network, buckets=0) if recipe.fitted_wide else recipe.network
    start = pretrained(shape, "pretrain" if replace(shape, buckets=0) == recipe.teachers else "start")
    whole = Prepared(
        recipe,
        shape,
        learn,
        corpora.unrated,
        _recombined(recipe, corpora, seed),
        movies,
        tokens,
        reminder,
        start[0] if start else {},
        None,
        folder,
        seed,
    )
    classes, asked = {"": whole}, {}
    for name, (own, others) in _apart(learn, recipe).items():
        check_sides(own, others, recipe.network.positive_above)  # of few rows a fold may have but one polarity
        asked[name], classes[name] = own, replace(whole, learn=others, folder=folder / name)
    if recipe.teach.folds:
        starts = pretrained(recipe.teachers, "pretrain", recipe.pretrain.seeds)
        classes = {name: _taught(of, stages, starts, domain, name) for name, of in classes.items()}
    return Both(classes[""], [Apart(classes[name], own) for name, own in asked.items()])


def teach_only(recipe: Recipe, corpora: Corpora, runs: Path, seed: int) -> Path:
    """Train and ask the transformers among the teachers and nobody else.

    That is what wants a GPU. :func:`prepare` finds the answers, if the folder is in its ``runs``.

    Args:
        recipe: how.
        corpora: from what.
        runs: folder for checkpoints; what is there already is not made again.
        seed: of everything random.

    Returns:
        The folder of the answers.

    Raises:
        DataError: if there are too few rows, or SentencePiece is not installed.
    """
    if "pieces" in recipe.teach.transformer.reads:
        check_installed()
    stages, learn, movies = _begin(recipe, corpora, runs, seed)
    made, kept = make(recipe.teach.tune.counterfactuals, seed + 1), stages.folder("transformer")
    characters = partial(_fit_tokenizer, recipe, learn, corpora.unrated, movies, runs)
    domain = [*learn, *corpora.unrated]
    apart = {name: others for name, (_, others) in _apart(learn, recipe).items()}
    for name, rows in {"": learn, **apart}.items():
        judged, others = _judged(recipe, corpora.unrated, rows)
        asked = [*others, *_recombined(recipe, corpora, seed)]
        teach_transformers(recipe, characters, domain, [*rows, *judged], asked, movies, made, seed, kept, name)
    return kept


def _begin(recipe: Recipe, corpora: Corpora, runs: Path, seed: int) -> tuple[Stages, list[Row], list[Row]]:
    """Folders of the stages, rated rows and movies to learn from."""
    learn, held = split(list(corpora.rated))
    movies, movies_held = split(list(corpora.movies), MOVIES_HELD_OUT_SHARE)
    check_enough(learn, held, recipe.network.positive_above)
    stages = Stages(runs, recipe, corpora.fingerprint(), seed)
    folder = stages.folder("fit")
    announce("fit_learning_from", rated=len(learn), unrated=len(corpora.unrated), movies=len(movies))
    announce("fit_held_out", rated=len(held), movies=len(movies_held), folder=folder)

    return stages, learn, movies


def _apart(learn: Sequence[Row], recipe: Recipe) -> dict[str, tuple[list[Row], list[Row]]]:
    """The folds for calibration and for each the other rows, by the name of its folder in that of a stage."""
    place = [fold(r.place, FOLDS) for r in learn]
    out = {}
    for number in range(recipe.calibration_folds):
        own, others = (
            [r for r, at in zip(learn, place, strict=True) if (at == number) == is_own] for is_own in (True, False)
        )
        out[f"apart-{number}" if number else "apart"] = own, others
    return out


def _taught(
    prepared: Prepared, stages: Stages, starts: Sequence[Weights], domain: Sequence[Row], name: str
) -> Prepared:
    """With what the teachers say.

    Args:
        prepared: what they and the network in service learn from.
        stages: folders.
        starts: pretrained weights of those that read characters.
        domain: all rows of the domain, by whose morphemes the tokenizer of those that read morphemes is made.
        name: of the folder in that of each stage.
    """
    recipe, seed = prepared.recipe, prepared.seed
    judged, others = _judged(recipe, prepared.unrated, prepared.learn)
    prepared = replace(prepared, unrated=[*judged, *others])
    # A judged review is in a fold, as a rated one is: only a teacher that did not learn from it is asked about it.
    rows, unrated = [*prepared.learn, *judged], [*others, *prepared.recombined]
    how = recipe.teach.tune
    made = make(how.counterfactuals * how.epochs, seed + 1) + dealt(how.epochs, how.written)
    opinions = teach(
        recipe.teachers,
        prepared.tokens,
        recipe.teach,
        rows,
        unrated,
        prepared.reminder,
        starts,
        made,
        seed + 1000,
        stages.folder("teach") / name,
    )
    if recipe.teach.morphemes.kind:
        kept = stages.folder("morphemes")
        opinions |= teach_morphemes(
            recipe, domain, rows, unrated, prepared.movies, prepared.reminder, made, seed, kept, name
        )
    if recipe.teach.transformer.reads:
        kept, same = stages.folder("transformer"), make(recipe.teach.tune.counterfactuals, seed + 1)
        opinions |= teach_transformers(
            recipe, lambda: prepared.tokens, domain, rows, unrated, prepared.movies, same, seed, kept, name
        )
    lesson = agree(opinions, prepared.learn, recipe.network, len(prepared.recombined))
    if not name:
        announce("fit_teachers", shares=lesson.words)
        if judged:
            readers, teachers = both_right(lesson.rated[1], prepared.learn, recipe.network.positive_above)
            announce("fit_judged", rows=len(judged), readers=share(readers), teachers=share(teachers))
    lesson = _heeded(lesson, prepared)
    if recipe.teach.generations > 1:
        again, first = stages.folder("again") / name, replace(prepared, lesson=lesson)

        def second(keep: NDArray[np.bool_], title: str, state: str) -> Callable[[Sequence[str]], NDArray[np.float32]]:
            model = learn_network(first, title, again / state, keep=keep)
            return lambda texts: predict(model, Encoded(texts, first.shape, first.tokens))

        every = [*prepared.unrated, *prepared.recombined]
        opinions |= teach_again(second, recipe.network, recipe.teach, prepared.learn, every, again)
        lesson = _heeded(agree(opinions, prepared.learn, recipe.network, len(prepared.recombined)), prepared)
        if not name:
            announce("fit_second_teachers", shares=lesson.words)
    return replace(prepared, lesson=lesson)


def _judged(recipe: Recipe, unrated: Sequence[Row], rated: Sequence[Row]) -> tuple[list[Judged], list[Row]]:
    """The unrated reviews that were judged, if the recipe wants them, and the others."""
    if not recipe.teach.judged:
        return [], list(unrated)
    return judged_first(unrated, rated, recipe.network.positive_above)


def _heeded(lesson: Lesson, prepared: Prepared) -> Lesson:
    """The lesson, in which those who judged reviews were heard, too, if the recipe wants that."""
    if not prepared.recipe.teach.judged:
        return lesson
    said = heeded((lesson.rated, lesson.unrated), prepared.learn, prepared.unrated, prepared.recipe.network)
    return replace(lesson, rated=said[0], unrated=said[1])


def _recombined(recipe: Recipe, corpora: Corpora, seed: int) -> list[Row]:
    """Texts made of parts of unrated ones, none that is held out, as rows that belong to no fold."""
    count, held = recipe.teach.recombined if recipe.teach.folds else 0, corpora.held_places
    made = recombine([r.text for r in corpora.unrated], count, seed + 4)
    return [Row(text, None, 0.0) for text in made if place(text) not in held]


def announce(sentence: str, /, **values: object) -> None:
    """Say something on the way."""
    _console.print(say(sentence, **values), markup=False, highlight=False, soft_wrap=True)


def _fit_tokenizer(
    recipe: Recipe, rated: Sequence[Row], unrated: Sequence[Row], movies: Sequence[Row], runs: Path
) -> Tokenizer:
    """The tokenizer of the network in service; one of morphemes has cut all the rows, which is kept."""
    settings = recipe.tokenizer
    domain, films = [r.text for r in (*rated, *unrated)], [r.text for r in movies]
    texts = domain * settings.domain_weight + films
    if settings.kind in tokenizer.MORPHEME_KINDS:
        every = domain + films
        kept = dict(zip(every, cut_all(settings.kind, every, runs / "tokens"), strict=True))
        return remember(settings.kind, kept, texts, settings.limit, settings.min_count)
    made: Tokenizer = tokenizer.create(settings.kind).fit(
        texts, limit=settings.limit or None, min_count=settings.min_count
    )
    return made
