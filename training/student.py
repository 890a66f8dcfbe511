"""The network in service, as a student of the teachers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
from numpy.typing import NDArray

from nlp import network
from training.arrays import read_arrays, write_arrays
from training.batches import components_of
from training.made.written import dealt
from training.messages import say
from training.teach import recombined_pool, student_pool
from training.tune import Pool, polarity_pool, rated_pool, tune

if TYPE_CHECKING:
    from training.prepared import Prepared

Weights = dict[str, NDArray[np.float32]]


def learn_together(prepared: Prepared, title: str) -> Weights:
    """Train as many networks as the recipe wants, and take the mean of their weights.

    They start from the same weights and see the rows in different orders. Then the mean is about as good as all of them
    together, at the cost of one ("model soups", Wortsman et al. 2022, arXiv:2203.05482).

    Args:
        prepared: what they learn from; networks that are in its folder already are not trained again.
        title: what the progress bar says.
    """
    return average([student(prepared, number, title) for number in range(prepared.recipe.students)])


def student(prepared: Prepared, number: int, title: str) -> Weights:
    """Weights of one network, trained if it is not there yet."""
    path = prepared.folder / f"student-{number}.npz"
    if not path.exists():
        state = path.with_suffix(".state.npz")
        said = say("progress_student", what=title, number=number + 1, of=prepared.recipe.students)
        model = learn_network(prepared, said, state, order=number, losses=loss_file(prepared, number))
        write_arrays(path, {**network.get_weights(model, prepared.shape)})
        state.unlink(missing_ok=True)
    return read_arrays(path)


def loss_file(prepared: Prepared, number: int) -> Path:
    """Where the loss of a network is written while it learns."""
    return prepared.folder / f"student-{number}.jsonl"


def average(networks: list[Weights]) -> Weights:
    """The mean of each weight."""
    return {name: np.mean([w[name] for w in networks], axis=0) for name in networks[0]}


def with_weights(prepared: Prepared, weights: Weights) -> keras.Model:
    """A network of that shape with these weights."""
    model = network.build(prepared.shape, prepared.tokens.size, components_of(prepared.tokens))
    network.set_weights(model, prepared.shape, weights)
    return model


def learn_network(
    prepared: Prepared,
    title: str,
    checkpoint: Path,
    *,
    keep: NDArray[np.bool_] | None = None,
    order: int = 0,
    losses: Path | None = None,
) -> keras.Model:
    """Train one network.

    Args:
        prepared: what it learns from.
        title: what the progress bar says.
        checkpoint: where to keep the state for resuming.
        keep: which of the rated rows it learns from, ``[rows]``; all if None.
        order: added to the seeds of the order in which it sees the rows and of the reviews made by rule; all start
            from the same weights.
        losses: file for the loss on the way.
    """
    return tune(
        prepared.shape,
        prepared.tokens,
        prepared.recipe.tune,
        _pool(prepared, keep),
        prepared.reminder,
        prepared.start,
        prepared.seed,
        checkpoint,
        title,
        once=_once(prepared, order),
        order=prepared.seed + order,
        losses=losses,
    )


def _pool(prepared: Prepared, keep: NDArray[np.bool_] | None) -> Pool:
    recipe, lesson = prepared.recipe, prepared.lesson
    if lesson is None:
        pool = rated_pool(prepared.learn, recipe.network, recipe.tune.smooth)
    else:
        pool = student_pool(
            lesson, prepared.learn, prepared.unrated, recipe.network, recipe.teach.trust, recipe.teach.judged
        )
    if keep is None:
        return pool
    kept = np.concatenate([keep, np.ones(len(pool.texts) - len(keep), bool)])
    return Pool([t for t, k in zip(pool.texts, kept, strict=True) if k], pool.targets[kept])


def _once(prepared: Prepared, order: int) -> Pool:
    """What is dealt to the epochs: reviews made by rule, those written by hand, and those made of parts of others."""
    how = prepared.recipe.tune
    made = polarity_pool(prepared.made(order) + dealt(how.epochs, how.written, how.rare), prepared.recipe.network)
    if prepared.lesson is None or not prepared.recombined:
        return made
    count = len(prepared.recombined) // how.epochs * how.epochs if how.epochs else 0
    more = recombined_pool(prepared.lesson, prepared.recombined)
    return made + Pool(more.texts[:count], more.targets[:count])
