"""From reviews in files to a model folder, by a recipe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from nlp import Analyzer, network, tokenizer
from nlp.analyze import binary_log_odds
from nlp.artifact import Artifact, ModelSettings, save
from nlp.config import NetworkConfig
from nlp.curve import CURVE
from nlp.tokenizer import Tokenizer
from training import baseline
from training.batches import Encoded, predict
from training.calibration import fit_calibration
from training.calibration import probability as calibrated_probability
from training.card import write_card
from training.counterfactual import make
from training.curve import measure_curve, to_json
from training.data import MOVIES_HELD_OUT_SHARE, DataError, Row, fold
from training.evaluate import Evaluation, evaluate
from training.metrics import paired, share, unsure_band
from training.morphemes import teach_morphemes
from training.pretrain import pretrain
from training.recipe import Recipe
from training.rows import split
from training.teach import Lesson, student_pool, teach, teach_again
from training.teach import lesson as agree
from training.tokens import cutter
from training.tune import Pool, movie_pool, polarity_pool, rated_pool, tune
from training.wide import Wide

console = Console(stderr=True)
_CALIBRATION_FOLDS = 5


@dataclass(frozen=True)
class Corpora:
    """The rows a model is made from.

    Attributes:
        rated: rated reviews of the domain, held-out ones included.
        unrated: reviews of the domain without ratings.
        movies: movie reviews rated 1 to 10, held-out ones included.
        sources: of the rated reviews, for the card: how many, from where and when, licence; the project's if empty.
    """

    rated: Sequence[Row]
    unrated: Sequence[Row] = ()
    movies: Sequence[Row] = ()
    sources: Sequence[tuple[str, str, str]] = ()

    def fingerprint(self) -> str:
        """SHA-256 (hex) of all rows."""
        digest = hashlib.sha256()
        for rows in (self.rated, self.unrated, self.movies):
            for row in rows:
                digest.update(f"{row.rating}\t{row.text}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What came of it: the model folder and how it did on held-out rows."""

    model_id: str
    folder: Path
    held_out: Evaluation
    movies: Evaluation | None


def fit(recipe: Recipe, corpora: Corpora, out: Path, runs: Path, *, seed: int = 0, name: str = "") -> Outcome:
    """Make a model.

    Args:
        recipe: how.
        corpora: from what.
        out: where the model folder is to be; must not exist.
        runs: folder for checkpoints; a run that was interrupted goes on from there.
        seed: of everything random.
        name: first part of the model's id; the recipe's name if empty.

    Returns:
        Where it is and what it is worth.

    Raises:
        DataError: if there are too few rows, or ``out`` exists.
    """
    if out.exists():
        raise DataError(f"{out} exists already; choose another --out or remove it")
    learn, held = split(list(corpora.rated))
    movies, movies_held = split(list(corpora.movies), MOVIES_HELD_OUT_SHARE)
    _check(learn, held, recipe)
    if recipe.teach.folds and recipe.teach.morphemes.kind:
        cutter(recipe.teach.morphemes.kind)  # an analyser that is not installed is said now, not in an hour
    stages = _Stages(runs, recipe, corpora.fingerprint(), seed)
    folder = stages.folder("fit")
    console.print(
        f"learning from {len(learn):,} rated, {len(corpora.unrated):,} unrated and {len(movies):,} movie reviews;"
    )
    console.print(f"{len(held):,} rated and {len(movies_held):,} movie reviews are held out; checkpoints in {folder}")

    tokens = _fit_tokenizer(recipe, learn, corpora.unrated, movies)
    domain = [*learn, *corpora.unrated]

    def pretrained(config: NetworkConfig, stage: str, count: int = 1) -> list[dict[str, NDArray[np.float32]]]:
        if not recipe.pretrain.epochs or not movies:
            return []
        folder = stages.folder(stage)
        return [pretrain(config, tokens, recipe.pretrain, movies, domain, seed + i, folder) for i in range(count)]

    reminder = movie_pool(movies, recipe.network) if movies else None
    opinions = lesson = None
    if recipe.teach.folds:
        made = make(recipe.teach.tune.counterfactuals, seed + 1)
        opinions = teach(
            recipe.teachers,
            tokens,
            recipe.teach,
            learn,
            corpora.unrated,
            reminder,
            pretrained(recipe.teachers, "pretrain", recipe.pretrain.seeds),
            made,
            seed + 1000,
            stages.folder("teach"),
        )
        if recipe.teach.morphemes.kind:
            opinions |= teach_morphemes(
                recipe, learn, corpora.unrated, movies, reminder, made, seed, stages.folder("morphemes")
            )
        lesson = agree(opinions, learn, recipe.network)
        _say(lesson, "teachers")

    # A wide part that is fitted apart is not there while the network learns.
    shape = replace(recipe.network, buckets=0) if recipe.fitted_wide else recipe.network
    same = shape.units == recipe.teachers.units
    starts = pretrained(shape, "pretrain" if same else "start")

    def student(keep: NDArray[np.bool_], title: str, state: Path, lesson: Lesson | None) -> keras.Model:
        pool = _pool(recipe, lesson, learn, corpora.unrated, keep)
        pool += polarity_pool(make(recipe.tune.counterfactuals, seed + 2), recipe.network)
        start = starts[0] if starts else {}
        return tune(shape, tokens, recipe.tune, pool, reminder, start, seed, state, title)

    if opinions is not None and recipe.teach.generations > 1:
        again, first = stages.folder("again"), lesson

        def second(keep: NDArray[np.bool_], title: str, state: str) -> Callable[[Sequence[str]], NDArray[np.float32]]:
            model = student(keep, title, again / state, first)
            return lambda texts: predict(model, Encoded(texts, shape, tokens))

        opinions |= teach_again(second, recipe.network, recipe.teach, learn, corpora.unrated, again)
        lesson = agree(opinions, learn, recipe.network)
        _say(lesson, "second teachers")

    # The calibration needs rows that the network did not learn from, so it learns twice: once without a fold.
    side = np.array([fold(r.place, _CALIBRATION_FOLDS) for r in learn]) == 0
    asked = [r for r, s in zip(learn, side, strict=True) if s]
    others = [r for r, s in zip(learn, side, strict=True) if not s]
    model = student(~side, "without one fold", folder / "student-calibration.npz", lesson)
    logits = predict(model, Encoded([r.text for r in asked], shape, tokens))
    wide = None
    if recipe.fitted_wide:
        beside = make(recipe.tune.counterfactuals, seed + 2) + _films(movies, recipe.wide_movies, seed)
        wide = Wide.weigh(logits, asked, others, recipe.network, beside)
        logits = logits + wide.logits([r.text for r in asked])
        wide = wide.fitted_to(learn, beside)
    settings = _calibrate(recipe, logits, asked)
    model = student(np.ones(len(learn), bool), "network", folder / "student.npz", lesson)
    weights = network.get_weights(model, shape)
    if wide is not None:
        weights["wide/table"] = wide.table
    weights = {k: v.astype(np.float16).astype(np.float32) for k, v in weights.items()}
    trained = Artifact(settings, tokens, weights, name or recipe.name)

    analyzer = Analyzer(trained, threads=2)
    result = evaluate(analyzer, held, positive_above=recipe.network.positive_above)
    linear = baseline.log_odds(baseline.fit_baseline(learn, recipe.network.positive_above), [r.text for r in held])
    films = None
    if movies_held:
        films = evaluate(analyzer, [r for r in movies_held if not 4.5 < (r.rating or 0) < 8.5], positive_above=5)
    card = write_card(
        recipe,
        corpora,
        lesson,
        settings,
        result,
        share((linear > 0) == result.positive),
        paired(result.right, (linear > 0) == result.positive),
        films,
        seed,
    )
    curve = to_json(measure_curve(result.probability, result.positive))
    model_id = save(trained, out, name=name or recipe.name, card=card, more={CURVE: curve})
    return Outcome(model_id, out, result, films)


def _films(movies: Sequence[Row], count: int, seed: int) -> list[tuple[str, bool]]:
    """Some movie reviews of a clear rating, and whether it is good."""
    clear = [r for r in movies if r.rating is not None and not 4.5 < r.rating < 7.5]
    chosen = np.random.default_rng(seed).permutation(len(clear))[:count]
    return [(clear[i].text, (clear[i].rating or 0) > 5) for i in chosen]


def _say(lesson: Lesson, who: str) -> None:
    shares = ", ".join(f"{kind} {value:.2%}" for kind, value in lesson.accuracy.items())
    console.print(f"{who} on rows they did not learn from: {shares}")


def _check(learn: Sequence[Row], held: Sequence[Row], recipe: Recipe) -> None:
    for rows, what in ((learn, "to learn from"), (held, "to test on")):
        good = sum((r.rating or 0) > recipe.network.positive_above for r in rows)
        if min(good, len(rows) - good) < 10:
            raise DataError(
                f"too few rows {what}: {good} positive and {len(rows) - good} negative; at least 10 of each are needed"
            )


class _Stages:
    """Folders for what each stage made, named by everything that it was made from.

    So a run that was interrupted goes on, a changed setting repeats the stages that it changes and no other,
    and nothing made from other rows is ever taken for one's own.
    """

    def __init__(self, runs: Path, recipe: Recipe, data: str, seed: int) -> None:
        parts, teachers = asdict(recipe), asdict(recipe.teachers)
        self._runs = runs
        self._what: dict[str, Any] = {}
        for stage, shape in (("pretrain", teachers), ("start", parts["network"])):
            body = {
                k: shape[k] for k in ("embedding", "jamo", "cell", "units", "bidirectional", "max_tokens", "bigrams")
            }
            self._what[stage] = [data, seed, body, parts["tokenizer"], parts["pretrain"]]
        # Not what is made of the teachers' answers afterwards.
        how = {k: parts["teach"][k] for k in ("folds", "seeds", "tune")}
        narrow = {k: v for k, v in teachers.items() if k not in ("buckets", "longest_ngram")}
        self._what["teach"] = [self._what["pretrain"], narrow, how]
        self._what["morphemes"] = [self._what["teach"], parts["teach"]["morphemes"]]
        self._what["again"] = [self._what["morphemes"], self._what["start"], parts["teach"], parts["tune"]]
        self._what["fit"] = [self._what["morphemes"], parts]

    def folder(self, stage: str) -> Path:
        """The folder of a stage, made if need be."""
        digest = hashlib.sha256(json.dumps(self._what[stage], sort_keys=True).encode()).hexdigest()[:10]
        folder = self._runs / f"{stage}-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "made-from.json").write_text(json.dumps(self._what[stage], indent=1) + "\n", encoding="utf-8")
        return folder


def _fit_tokenizer(recipe: Recipe, rated: Sequence[Row], unrated: Sequence[Row], movies: Sequence[Row]) -> Tokenizer:
    settings = recipe.tokenizer
    domain = [r.text for r in (*rated, *unrated)] * settings.domain_weight
    texts = domain + [r.text for r in movies]
    made: Tokenizer = tokenizer.create(settings.kind).fit(
        texts, limit=settings.limit or None, min_count=settings.min_count
    )
    return made


def _pool(
    recipe: Recipe, lesson: Lesson | None, learn: Sequence[Row], unrated: Sequence[Row], keep: NDArray[np.bool_]
) -> Pool:
    rows = [r for r, k in zip(learn, keep, strict=True) if k]
    if lesson is None:
        return rated_pool(rows, recipe.network, recipe.tune.smooth)
    part = replace(lesson, rated=(lesson.rated[0][keep], lesson.rated[1][keep]))
    return student_pool(part, rows, unrated, recipe.network, recipe.teach.trust)


def _calibrate(recipe: Recipe, logits: NDArray[np.float32], rows: Sequence[Row]) -> ModelSettings:
    """Calibration and bands from class scores of rows that the model did not learn from."""
    odds = binary_log_odds(logits, recipe.network.positive_classes)
    positive = np.array([(r.rating or 0) > recipe.network.positive_above for r in rows])
    curve = fit_calibration(odds, positive)
    probability = calibrated_probability(odds, curve)
    classes = np.array(recipe.network.ratings)[logits.argmax(axis=1)]
    console.print(f"one fold left out: accuracy {share((probability > 0.5) == positive)}")
    console.print(f"one fold left out: rating {share(classes == np.array([r.rating for r in rows]))}")
    below, above = unsure_band(probability, positive, recipe.right_when_sure)
    scale, shift, bend = curve
    return ModelSettings(recipe.network, scale, shift, below, above, bend)
