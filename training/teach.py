"""Teachers: networks and linear models whose averaged opinion is a better target than one rating.

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
from training.batches import Encoded, predict
from training.data import Row, fold
from training.loop import read_arrays, write_arrays
from training.recipe import TeachRecipe
from training.tune import Pool, polarity_pool, rated_pool, targets, tune

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """What the teachers say.

    Attributes:
        linear: what the linear ones said, on any scale, ``[rated + unrated]``.
        rated: class distribution ``[rows, classes]`` and probability of positive ``[rows]`` for rated rows,
            each from teachers that did not learn from the row.
        unrated: the same for unrated rows, from all teachers.
        accuracy: of the teachers on the rated rows, by kind.
    """

    linear: Floats
    rated: tuple[Floats, Floats]
    unrated: tuple[Floats, Floats]
    accuracy: Mapping[str, float]


def teach(
    config: NetworkConfig,
    tokenizer: Tokenizer,
    recipe: TeachRecipe,
    rows: Sequence[Row],
    unrated: Sequence[Row],
    movies: Pool | None,
    starts: Sequence[dict[str, NDArray[np.float32]]],
    counterfactuals: Sequence[tuple[str, bool]],
    seed: int,
    folder: Path,
) -> Lesson:
    """Train the teachers and ask them.

    Args:
        config: shape of the networks among them.
        tokenizer: their tokenizer.
        recipe: how many, and how they learn.
        rows: rated rows to learn from; none of the held-out ones.
        unrated: rows without a rating.
        movies: what the networks are reminded of.
        starts: pretrained weights; seed ``i`` of a fold starts from ``starts[i % len(starts)]``.
        counterfactuals: reviews made by rule.
        seed: of the first network.
        folder: where each teacher's answers are kept, so that a resumed run does not ask again.

    Returns:
        Their answers.
    """
    shape = replace(config, buckets=0)
    side = np.array([fold(r.place, recipe.folds) for r in rows])
    positive = np.array([(r.rating or 0) > config.positive_above for r in rows])

    def network(learn: Sequence[Row], texts: Sequence[str], k: int, s: int) -> NDArray[np.float32]:
        pool = rated_pool(learn, shape, recipe.tune.smooth) + polarity_pool(counterfactuals, shape)
        start = starts[s % len(starts)] if starts else {}
        title = f"teacher {k + 1}.{s + 1} of {recipe.folds}.{recipe.seeds}"
        state = folder / f"teacher-state-{k}-{s}.npz"
        model = tune(shape, tokenizer, recipe.tune, pool, movies, start, seed + 100 * k + s, state, title)
        answer = predict(model, Encoded(texts, shape, tokenizer))
        state.unlink(missing_ok=True)
        return answer

    parts = [_Part.of(rows, unrated, side == k, recipe.folds) for k in range(recipe.folds)]
    todo = [k for k in range(recipe.folds) if not (folder / f"teacher-linear-{k}.npz").exists()]
    jobs = (delayed(baseline.opinions)(parts[k].learn, parts[k].texts, config.positive_above) for k in todo)
    for k, opinions in zip(todo, Parallel(n_jobs=-1, return_as="generator")(jobs), strict=True):
        write_arrays(folder / f"teacher-linear-{k}.npz", {"answer": opinions})

    networks = np.zeros((len(rows) + len(unrated), len(config.ratings)))
    linear = np.zeros(len(rows) + len(unrated))
    for k, part in enumerate(parts):
        linear[part.asked] += part.weight * read_arrays(folder / f"teacher-linear-{k}.npz")["answer"]
        for s in range(recipe.seeds):
            answer = _kept(folder / f"teacher-{k}-{s}.npz", partial(network, part.learn, part.texts, k, s))
            networks[part.asked] += part.weight[:, None] * answer / recipe.seeds
    return _lesson(networks, linear, positive, config, recipe.linear)


def teach_again(
    lesson: Lesson,
    learn: Callable[[NDArray[np.bool_], str, str], Callable[[Sequence[str]], NDArray[np.float32]]],
    config: NetworkConfig,
    recipe: TeachRecipe,
    rows: Sequence[Row],
    unrated: Sequence[Row],
    folder: Path,
) -> Lesson:
    """A second generation of networks, which learnt from the first lesson, gives the lesson once more.

    They are better teachers than the first, which had only ratings to learn from (born-again networks). What they
    say about a row is not wholly independent of its rating, because the teachers of the other rows knew it; that is why
    their answers are targets, never figures.

    Args:
        lesson: of the first generation.
        learn: trains a network on the rows that a mask ``[rows]`` keeps, with a title and the name of a checkpoint, and
            returns what gives its class scores ``[texts, classes]``.
        config: shape of the network in service.
        recipe: how many folds, and the weight of the linear models.
        rows: rated rows to learn from.
        unrated: rows without a rating.
        folder: where each network's answers are kept.

    Returns:
        The second lesson.
    """
    side = np.array([fold(r.place, recipe.folds) for r in rows])
    positive = np.array([(r.rating or 0) > config.positive_above for r in rows])
    networks = np.zeros((len(rows) + len(unrated), len(config.ratings)))
    for k in range(recipe.folds):
        part = _Part.of(rows, unrated, side == k, recipe.folds)

        def answer(k: int = k, part: _Part = part) -> NDArray[np.float32]:
            return learn(side != k, f"second teacher {k + 1} of {recipe.folds}", f"second-{k}.npz")(part.texts)

        networks[part.asked] += part.weight[:, None] * _kept(folder / f"second-teacher-{k}.npz", answer)
    return _lesson(networks, lesson.linear, positive, config, recipe.linear)


def _lesson(
    networks: Floats, linear: Floats, positive: NDArray[np.bool_], config: NetworkConfig, weight: float
) -> Lesson:
    """What both kinds of teacher say together; the first rows are the rated ones."""
    odds = binary_log_odds(networks.astype(np.float32), config.positive_classes)
    n = len(positive)
    together = _together(odds, linear, positive, weight)
    classes = _agree(networks, together, config)
    accuracy = {
        "networks": float(((odds[:n] > 0) == positive).mean()),
        "linear": float(((linear[:n] > 0) == positive).mean()),
        "together": float(((together[:n] > 0.5) == positive).mean()),
    }
    return Lesson(linear, (classes[:n], together[:n]), (classes[n:], together[n:]), accuracy)


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


def _together(networks: Floats, linear: Floats, positive: NDArray[np.bool_], weight: float) -> Floats:
    """Probability of positive from both kinds of teacher, calibrated on the first rows, whose labels are known.

    Args:
        networks: their log-odds, ``[rows]``.
        linear: the linear models', on any scale.
        positive: labels of the first rows.
        weight: of the linear models, where that of the networks is 1.
    """
    n = len(positive)
    both = (networks / networks[:n].std() + weight * linear / linear[:n].std())[:, None]
    return np.asarray(LogisticRegression(C=1e6).fit(both[:n], positive).predict_proba(both)[:, 1])


def _agree(logits: Floats, positive: Floats, config: NetworkConfig) -> Floats:
    """Class distributions whose positive classes add up to ``positive``."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    chosen = np.isin(np.arange(logits.shape[1]), config.positive_classes)
    for side, total in ((chosen, positive), (~chosen, 1 - positive)):
        shares[:, side] *= (total / shares[:, side].sum(axis=1))[:, None]
    return np.asarray(shares)


def _kept(path: Path, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
    """The array in ``path``, made and written there if it is not there yet."""
    if not path.exists():
        write_arrays(path, {"answer": make()})
    answer: NDArray[np.float32] = read_arrays(path)["answer"]
    return answer


def student_pool(
    lesson: Lesson, rows: Sequence[Row], unrated: Sequence[Row], config: NetworkConfig, trust: float
) -> Pool:
    """What the network in service learns: ratings softened by the teachers, and the teachers on unrated reviews."""
    own = rated_pool(rows, config).targets[:, :-1].astype(float)
    said = np.concatenate([lesson.rated[0], lesson.rated[1][:, None]], axis=1)
    mixed = trust * said + (1 - trust) * own
    n = len(config.ratings)
    first = Pool([r.text for r in rows], targets(mixed[:, :n], mixed[:, n]))
    return first + Pool([r.text for r in unrated], targets(*lesson.unrated))
