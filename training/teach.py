"""Teachers: networks and linear models whose joint opinion is a better target than one rating.

Every teacher learns from all folds but one. What it says about the rows of that fold, and about unrated
reviews, becomes the target of the one small network that goes into service (distillation, Hinton et al. 2015,
arXiv:1503.02531; born-again networks, Furlanello et al. 2018, arXiv:1805.04770). No teacher is ever asked
about a row that it learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp.analyze import binary_log_odds
from nlp.config import NetworkConfig
from nlp.tokenizer import Tokenizer
from training import baseline
from training.arrays import read_arrays, write_arrays
from training.batches import Encoded, predict
from training.data import Row, fold
from training.judged import Judged, with_positive
from training.made.written import examples
from training.messages import say
from training.recipe_parts import TeachRecipe
from training.tune import Pool, polarity_pool, rated_pool, targets, tune

_WRITTEN = 0.4  # what a review written by hand counts to a linear model, where a rated one counts 1

Floats = NDArray[np.float64]
Opinion = Callable[[Sequence[Row], Sequence[str], float], NDArray[np.float32]]
"""From rows to learn from, texts to judge and the rating above which one is positive, to log-odds ``[texts]``."""


@dataclass(frozen=True)
class Opinions:
    """What each kind of teacher says of the rows: rated ones, then unrated ones.

    Attributes:
        classes: class scores of the networks of each kind, ``[rows, classes]``.
        linear: log-odds of positive of the linear models of each kind, on any scale, ``[rows]``.
    """

    classes: Mapping[str, Floats]
    linear: Mapping[str, Floats]

    def __or__(self, other: Opinions) -> Opinions:
        """Both; of a kind that is in both the other's."""
        return Opinions({**self.classes, **other.classes}, {**self.linear, **other.linear})


@dataclass(frozen=True)
class Lesson:
    """What the teachers say together, and after it was mended what readers say, too (:mod:`training.judged`).

    Attributes:
        rated: class distribution ``[rows, classes]`` and probability of positive ``[rows]`` for rated rows,
            each from teachers that did not learn from the row.
        unrated: the same for unrated rows, from all teachers; for judged ones as for rated ones.
        recombined: the same for texts made of parts of unrated ones.
        accuracy: of the teachers on the rated rows, by kind.
    """

    rated: tuple[Floats, Floats]
    unrated: tuple[Floats, Floats]
    recombined: tuple[Floats, Floats]
    accuracy: Mapping[str, float]

    @property
    def words(self) -> str:
        """The accuracies, for people."""
        return ", ".join(f"{say(f'teacher_{kind}')} {value:.2%}" for kind, value in self.accuracy.items())


def teach(
    config: NetworkConfig,
    tokenizer: Tokenizer,
    recipe: TeachRecipe,
    rows: Sequence[Row],
    unrated: Sequence[Row],
    movies: Pool | None,
    starts: Sequence[dict[str, NDArray[np.float32]]],
    made: Sequence[tuple[str, bool]],
    seed: int,
    folder: Path,
    kind: str = "characters",
    linear_opinions: Opinion = baseline.opinions,
) -> Opinions:
    """Train the teachers of one kind and ask them.

    Args:
        config: shape of the networks among them.
        tokenizer: their tokenizer.
        recipe: how many, and how they learn.
        rows: rated rows to learn from; none of the held-out ones.
        unrated: rows without a rating.
        movies: what the networks are reminded of.
        starts: pretrained weights; seed ``i`` of a fold starts from ``starts[i % len(starts)]``.
        made: reviews made by rule or written by hand, for all epochs.
        seed: of the first network.
        folder: where each teacher's answers are kept, so that a resumed run does not ask again.
        kind: what they read.
        linear_opinions: what fits the linear models among them and asks them.
    """
    shape = replace(config, buckets=0)
    side = np.array([fold(r.place, recipe.folds) for r in rows])

    def network(learn: Sequence[Row], texts: Sequence[str], k: int, s: int) -> NDArray[np.float32]:
        pool, once = rated_pool(learn, shape, recipe.tune.smooth), polarity_pool(made, shape)
        start = starts[s % len(starts)] if starts else {}
        title = say(f"progress_teacher_{kind}", fold=k + 1, seed=s + 1, folds=recipe.folds, seeds=recipe.seeds)
        state = folder / f"teacher-state-{k}-{s}.npz"
        model = tune(shape, tokenizer, recipe.tune, pool, movies, start, seed + 100 * k + s, state, title, once=once)
        answer = predict(model, Encoded(texts, shape, tokenizer))
        state.unlink(missing_ok=True)
        return answer

    folds = np.unique(side).tolist()  # one that is left out altogether needs no teacher
    parts = {k: _Part.of(rows, unrated, side == k, len(folds)) for k in folds}
    todo = [k for k in folds if not (folder / f"teacher-linear-{k}.npz").exists()]
    written = _as_judged(examples()) if recipe.tune.written else []
    jobs = (delayed(linear_opinions)([*parts[k].learn, *written], parts[k].texts, config.positive_above) for k in todo)
    for k, opinions in zip(todo, Parallel(n_jobs=-1, return_as="generator")(jobs), strict=True):
        write_arrays(folder / f"teacher-linear-{k}.npz", {"answer": opinions})

    linear = np.zeros(len(rows) + len(unrated))
    for k, part in parts.items():
        linear[part.asked] += part.weight * read_arrays(folder / f"teacher-linear-{k}.npz")["answer"]
    networks = ask_folds(config, recipe.folds, recipe.seeds, rows, unrated, folder, network)
    return Opinions({kind: networks}, {kind: linear})


def ask_folds(
    config: NetworkConfig,
    folds: int,
    seeds: int,
    rows: Sequence[Row],
    unrated: Sequence[Row],
    folder: Path,
    network: Callable[[Sequence[Row], Sequence[str], int, int], NDArray[np.float32]],
) -> Floats:
    """What networks say of the rated rows that they did not learn from, then of the unrated ones.

    Args:
        config: shape of the network in service.
        folds: each network learns from all folds but one and is asked about that one.
        seeds: networks per fold, whose mean counts.
        rows: rated rows to learn from.
        unrated: rows without a rating.
        folder: where each network's answers are kept, so that a resumed run does not ask again.
        network: trains one on rows and asks it about texts, given the numbers of the fold and the seed.

    Returns:
        Class scores ``[rated and unrated rows, classes]``.
    """
    side = np.array([fold(r.place, folds) for r in rows])
    said = np.zeros((len(rows) + len(unrated), len(config.ratings)))
    there = np.unique(side).tolist()
    for k in there:
        part = _Part.of(rows, unrated, side == k, len(there))
        for s in range(seeds):
            answer = _kept(folder / f"teacher-{k}-{s}.npz", partial(network, part.learn, part.texts, k, s))
            said[part.asked] += part.weight[:, None] * answer / seeds
    return said


def teach_again(
    learn: Callable[[NDArray[np.bool_], str, str], Callable[[Sequence[str]], NDArray[np.float32]]],
    config: NetworkConfig,
    recipe: TeachRecipe,
    rows: Sequence[Row],
    unrated: Sequence[Row],
    folder: Path,
    kind: str = "characters",
) -> Opinions:
    """A second generation of networks, which learnt from the first lesson, teaches in the first one's place.

    They are better teachers than the first, which had only ratings to learn from (born-again networks). What they
    say about a row is not wholly independent of its rating, because the teachers of the other rows knew it; that is why
    their answers are targets, never figures.

    Args:
        learn: trains a network on the rows that a mask ``[rows]`` keeps, with a title and the name of a checkpoint, and
            returns what gives its class scores ``[texts, classes]``.
        config: shape of the network in service.
        recipe: how many folds.
        rows: rated rows to learn from.
        unrated: rows without a rating.
        folder: where each network's answers are kept.
        kind: what they read.
    """
    side = np.array([fold(r.place, recipe.folds) for r in rows])
    networks = np.zeros((len(rows) + len(unrated), len(config.ratings)))
    folds = np.unique(side).tolist()
    for k in folds:
        part = _Part.of(rows, unrated, side == k, len(folds))

        def answer(k: int = k, part: _Part = part) -> NDArray[np.float32]:
            return learn(side != k, say("progress_second_teacher", fold=k + 1, folds=recipe.folds), f"second-{k}.npz")(
                part.texts
            )

        networks[part.asked] += part.weight[:, None] * _kept(folder / f"second-teacher-{k}.npz", answer)
    return Opinions({kind: networks}, {})


def lesson(opinions: Opinions, rows: Sequence[Row], config: NetworkConfig, recombined: int = 0) -> Lesson:
    """What all teachers say together.

    The kinds are weighed by logistic regression on the rated rows (stacking, Wolpert 1992): a handful of weights, on
    what was said of rows that nobody who spoke had learnt from.

    Args:
        opinions: of the rated rows, then the unrated ones.
        rows: the rated rows.
        config: shape of the network in service.
        recombined: how many of the unrated ones, the last, were made of parts of the others.
    """
    n = len(rows)
    positive = np.array([(r.rating or 0) > config.positive_above for r in rows])
    scores = {kind: c.astype(np.float32) for kind, c in opinions.classes.items()}
    odds = {f"networks_{kind}": binary_log_odds(c, config.positive_classes) for kind, c in scores.items()}
    odds |= {f"linear_{kind}": said for kind, said in opinions.linear.items()}
    each = np.stack([said / said[:n].std() for said in odds.values()], axis=1)
    together = LogisticRegression(C=1.0).fit(each[:n], positive).predict_proba(each)[:, 1]
    classes = _agree(np.mean(list(opinions.classes.values()), axis=0), together, config)
    accuracy = {kind: float(((said[:n] > 0) == positive).mean()) for kind, said in odds.items()}
    accuracy["together"] = float(((together[:n] > 0.5) == positive).mean())
    end = len(classes) - recombined
    rated, unrated, made = ((classes[part], together[part]) for part in (slice(n), slice(n, end), slice(end, None)))
    return Lesson(rated, unrated, made, accuracy)


@dataclass(frozen=True)
class _Part:
    """What the teachers of one fold learn and are asked.

    Attributes:
        learn: rated rows of the other folds.
        texts: of the rated rows of the fold, and of all unrated rows.
        asked: which of all rows, rated then unrated, these are.
        weight: of an answer: a rated row hears the teachers of its fold, an unrated one those of all folds.
    """

    learn: list[Row]
    texts: list[str]
    asked: NDArray[np.bool_]
    weight: Floats

    @classmethod
    def of(cls, rows: Sequence[Row], unrated: Sequence[Row], own: NDArray[np.bool_], folds: int) -> _Part:
        learn = [row for row, out in zip(rows, own, strict=True) if not out]
        texts = [row.text for row, out in zip(rows, own, strict=True) if out] + [row.text for row in unrated]
        asked = np.concatenate([own, np.ones(len(unrated), bool)])
        return cls(learn, texts, asked, np.concatenate([np.ones(own.sum()), np.full(len(unrated), 1 / folds)]))


def _as_judged(made: Sequence[tuple[str, bool]]) -> list[Row]:
    """Reviews that were written by hand as such as a linear model learns a little from."""
    half = _WRITTEN / 2
    return [Judged(text, None, 0.0, None, (), 0.5 + half if good else 0.5 - half) for text, good in made]


def _agree(logits: Floats, positive: Floats, config: NetworkConfig) -> Floats:
    """Class distributions whose positive classes add up to ``positive``."""
    return with_positive(np.exp(logits - logits.max(axis=1, keepdims=True)), positive, config)


def _kept(path: Path, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
    """The array in ``path``, made and written there if it is not there yet."""
    if not path.exists():
        write_arrays(path, {"answer": make()})
    answer: NDArray[np.float32] = read_arrays(path)["answer"]
    return answer


def student_pool(
    lesson: Lesson, rows: Sequence[Row], unrated: Sequence[Row], config: NetworkConfig, trust: float, judged: int = 1
) -> Pool:
    """What the network in service learns: ratings softened by the teachers, and the teachers on unrated reviews.

    Reviews that were judged stand among them ``judged`` times: they are those of which most is to be learned.
    """
    own = rated_pool(rows, config).targets[:, :-1].astype(float)
    said = np.concatenate([lesson.rated[0], lesson.rated[1][:, None]], axis=1)
    mixed = trust * said + (1 - trust) * own
    n = len(config.ratings)
    first = Pool([r.text for r in rows], targets(mixed[:, :n], mixed[:, n]))
    second = Pool([r.text for r in unrated], targets(*lesson.unrated))
    again = [i for i, row in enumerate(unrated) if isinstance(row, Judged)] * max(judged - 1, 0)
    return first + second + Pool([second.texts[i] for i in again], second.targets[again])


def recombined_pool(lesson: Lesson, recombined: Sequence[Row]) -> Pool:
    """What the teachers say of texts made of parts of unrated reviews."""
    return Pool([r.text for r in recombined], targets(*lesson.recombined))
