"""The last steps: the network learns reviews made by rule or by hand, and to say of others what the model says already.

What a model has learned from reviews should not suffer from sentences of which corpora hold few. So its
own opinion on real texts is its target there (learning without forgetting: Li & Hoiem 2016, arXiv:1606.09282), and on
copies of them that are misspelt or end in other marks, too (consistency training: Xie et al. 2020, arXiv:1904.12848).
Made reviews are asked of the whole model, its wide part included, which does not change; so what its n-grams get wrong
about them the network sets right. Only what is wrong or unsure is corrected: of the others its own opinion is kept.
Opinions on real texts stay what they were, and so does their calibration. With ``level`` the wide part then takes back
a part of what marks at the end do all alone in the model as it is now. The step ``[consistency]`` is the same with few
made reviews or none, and many changed copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
from numpy.typing import NDArray

from nlp import network
from nlp.analyze import binary_log_odds
from nlp.artifact import Artifact
from nlp.text import normalize
from training.arrays import read_arrays, write_arrays
from training.batches import Encoded, components_of, predict
from training.counterfactual import Example, make
from training.data import MOVIES_HELD_OUT_SHARE, Row, place
from training.loop import OneCycle, Stream, compile_with, run
from training.made.written import examples
from training.marks import levelled, remarked, unmarked
from training.messages import say
from training.noise import misspell
from training.recipe import Recipe
from training.recipe_parts import FinishRecipe
from training.recombine import recombine
from training.rows import split
from training.tune import Pool, make_loss, targets

if TYPE_CHECKING:
    from training.prepared import Corpora

_APART = 1000  # between the seeds of the networks


def finish(
    start: Artifact,
    recipe: FinishRecipe,
    texts: Sequence[str],
    seed: int,
    checkpoint: Path | None = None,
    losses: Path | None = None,
    number: int = 0,
) -> Artifact:
    """Go on teaching a calibrated model.

    Args:
        start: the model.
        recipe: how.
        texts: normalised real texts, on which it is to go on saying what it says.
        seed: of which of the texts, of the reviews made by rule, and of the order.
        checkpoint: where to keep the state for resuming.
        losses: file for the loss on the way.
        number: of the network, for the progress bar.

    Returns:
        The model with another network; its wide part, calibration and bands are the same.
    """
    config, tokens = start.settings.network, start.tokenizer
    keras.utils.set_random_seed(seed)
    model = network.build(config, tokens.size, components_of(tokens))
    network.set_weights(model, config, dict(start.weights))
    random = np.random.default_rng(seed)
    chosen = [texts[int(i)] for i in random.permutation(len(texts))[: recipe.kept]]
    made = make(recipe.made, seed + 5) + examples(recipe.written, recipe.rare)
    pool = _own_opinions(model, start, chosen)
    if made:
        pool += _corrected(model, start, made, recipe.least)
    if config.buckets:
        model.get_layer("wide").trainable = False
    stream = Stream([len(t) for t in pool.texts], recipe.batch, seed)
    steps = stream.per_epoch * recipe.epochs
    compile_with(model, OneCycle(recipe.rate, steps), make_loss(config))

    def step(number: int) -> float:
        random = np.random.default_rng([seed, number])
        rows = stream[number]
        seen = [_changed(pool.texts[i], recipe, random, i < len(chosen)) for i in rows]
        batch = Encoded(seen, config, tokens)
        return float(model.train_on_batch(batch.inputs(np.arange(len(rows))), pool.targets[rows]))

    run(step, steps, [model], checkpoint, say("progress_finish", number=number + 1, of=recipe.networks), losses=losses)
    return replace(start, weights=network.get_weights(model, config))


def _own_opinions(model: keras.Model, start: Artifact, texts: Sequence[str]) -> Pool:
    """What the whole model says of texts."""
    config = start.settings.network
    logits = predict(model, Encoded(texts, config, start.tokenizer))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    positive = 1 / (1 + np.exp(-binary_log_odds(logits, config.positive_classes)))
    return Pool(texts, targets(shares / shares.sum(axis=1, keepdims=True), positive))


def _corrected(model: keras.Model, start: Artifact, made: Sequence[Example], least: float) -> Pool:
    """What the model says of reviews made by rule, but at least so probable as it should be on the right side.

    They have no marks at their ends, for those of made ones tell nothing, and those of real ones do.
    """
    own = _own_opinions(model, start, [unmarked(text) for text, _ in made])
    positive, good = own.targets[:, -2], np.array([good for _, good in made], bool)
    right = np.where(good, np.maximum(positive, least), np.minimum(positive, 1 - least))
    return Pool(own.texts, targets(np.zeros_like(own.targets[:, :-2]), right, trust=0))


def _changed(text: str, recipe: FinishRecipe, random: np.random.Generator, real: bool) -> str:
    """The text, or a copy that says the same."""
    if real and random.random() < recipe.marks:
        text = normalize(remarked(text, random))
    return misspell(text, random) if random.random() < recipe.noise else text


def finished(model: Artifact, recipe: Recipe, corpora: Corpora, folder: Path, seed: int) -> Artifact:
    """The model after the recipe's last steps, or as it is where the recipe has none.

    Several networks go on from the same weights, and the mean of them and of where they started serves ("model soups",
    Wortsman et al. 2022, arXiv:2203.05482; "robust fine-tuning", Wortsman et al. 2022, arXiv:2109.01903): it has nearly
    all that they learned, and forgot less.

    Args:
        model: calibrated.
        recipe: how.
        corpora: of whose texts, but for the held-out rows, it is to say what it says.
        folder: for the state on the way.
        seed: of everything random.
    """
    texts = partial(real_texts, corpora=corpora, seed=seed)
    for what, how in recipe.last_steps.items():
        model = _step(model, how, texts, corpora, folder, what, seed)
    return model


def _step(
    model: Artifact,
    how: FinishRecipe,
    real: Callable[[FinishRecipe], list[str]],
    corpora: Corpora,
    folder: Path,
    what: str,
    seed: int,
) -> Artifact:
    """The model after one of them."""
    # Of other settings or another model nothing is gone on with.
    lessons = examples(bool(how.written), bool(how.rare))
    learned = replace(how, networks=1, share=1.0, level=0.0)
    asked = repr((learned, lessons, model.settings, digest_of(model.weights), seed))
    name = f"{what}-{hashlib.sha256(asked.encode()).hexdigest()[:10]}"
    texts, found = real(how), []
    for number in range(how.networks):
        path, state = (folder / f"{name}-{number}{end}.npz" for end in ("", ".state"))
        if not path.exists():
            losses = folder / f"{what}-{number}.jsonl"
            made = finish(model, how, texts, seed + _APART * number, state, losses, number)
            write_arrays(path, {**made.weights})
            state.unlink(missing_ok=True)
        found.append(read_arrays(path))
    mixed = {
        k: (1 - how.share) * w + how.share * np.mean([own[k] for own in found], axis=0)
        for k, w in model.weights.items()
    }
    made = replace(model, weights=mixed)
    if how.level and model.settings.network.buckets:
        made = _levelled(made, split(list(corpora.rated))[0], how.level, seed)
    return replace(made, weights={k: w.astype(np.float16).astype(np.float32) for k, w in made.weights.items()})


def loss_files(recipe: Recipe, folder: Path) -> dict[str, Path]:
    """Where the losses of each network are written while it learns the last steps, by its name in pictures."""
    names = [f"{what}-{n}" for what, how in recipe.last_steps.items() for n in range(how.networks)]
    return {name: folder / f"{name}.jsonl" for name in names}


def _levelled(model: Artifact, rows: Sequence[Row], share: float, seed: int) -> Artifact:
    """With that share of what marks at the end of a review do all alone taken back, for the step moved that, too."""
    config, tokens = model.settings.network, model.tokenizer
    asked = network.build(config, tokens.size, components_of(tokens))
    network.set_weights(asked, config, dict(model.weights))

    def ask(texts: Sequence[str]) -> NDArray[np.float32]:
        return predict(asked, Encoded(texts, config, tokens))

    table = levelled(model.weights["wide/table"], ask, rows, share, config, seed)
    return replace(model, weights={**model.weights, "wide/table": table})


def digest_of(weights: Mapping[str, NDArray[np.float32]]) -> str:
    """SHA-256 (hex) of all weights."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + np.ascontiguousarray(weights[name]).tobytes())
    return digest.hexdigest()


def real_texts(how: FinishRecipe, corpora: Corpora, seed: int) -> list[str]:
    """Texts of reviews, rated or not, parts of those put together, and at most half as many again of movies."""
    unrated = [r.text for r in corpora.unrated]
    texts = [r.text for r in split(list(corpora.rated))[0]] + unrated
    made = recombine(unrated, min(how.kept, 6 * len(unrated)), seed + 6) if unrated else []
    held = corpora.held_places
    texts += [text for text in made if place(text) not in held]
    films = split(list(corpora.movies), MOVIES_HELD_OUT_SHARE)[0]
    chosen = np.random.default_rng(seed).permutation(len(films))[: len(texts) // 2]
    return texts + [films[int(i)].text for i in chosen]
