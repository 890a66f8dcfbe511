"""Teachers that are transformers, which read pieces of words or characters; they want a GPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from nlp.tokenizer import Tokenizer
from training.batches import Ragged
from training.budget import Budget, encode_all, rectangle
from training.data import Row
from training.loop import OneCycle, compile_with, run
from training.masked import pretrain_masked
from training.messages import say
from training.pieces import Pieces
from training.recipe import Recipe
from training.recipe_parts import TransformerRecipe
from training.teach import Opinions, ask_folds
from training.transformer import encoder, scores
from training.tune import Pool, make_loss, polarity_pool, rated_pool
from training.writing import write_whole

_ASKED = 512  # texts at once


def teach_transformers(
    recipe: Recipe,
    characters: Callable[[], Tokenizer],
    domain: Sequence[Row],
    rows: Sequence[Row],
    unrated: Sequence[Row],
    movies: Sequence[Row],
    made: Sequence[tuple[str, bool]],
    seed: int,
    folder: Path,
    name: str = "",
) -> Opinions:
    """Pretrain and train transformers, and ask them.

    Args:
        recipe: of everything.
        characters: gives the tokenizer of characters.
        domain: rows whose texts they are pretrained on; their ratings are not looked at.
        rows: rated rows to learn from; none of the held-out ones.
        unrated: rows without a rating, about which they are asked, too.
        movies: rated movie reviews.
        made: reviews made by rule.
        seed: of everything random.
        folder: for weights.
        name: of the folder in it that is for the answers; that folder itself if empty.

    Raises:
        DataError: if SentencePiece is not installed.
    """
    how = recipe.teach.transformer
    texts = [r.text for r in domain]
    classes = {}
    for reads in how.reads:
        teacher = _Teacher(recipe, _Late(how, reads, characters, texts, movies, folder / reads), texts, movies, seed)

        def network(
            learn: Sequence[Row], asked: Sequence[str], k: int, s: int, reads: str = reads, teacher: _Teacher = teacher
        ) -> NDArray[np.float32]:
            pool = rated_pool(learn, recipe.network, how.tune.smooth) + polarity_pool(made, recipe.network)
            of = {"folds": recipe.teach.folds, "seeds": how.seeds}
            teacher.learn(pool, seed + 100 * k + s, say(f"progress_transformer_{reads}", fold=k + 1, seed=s + 1, **of))
            return teacher.ask(asked)

        kept = folder / reads / name
        classes[f"transformer_{reads}"] = ask_folds(
            recipe.network, recipe.teach.folds, how.seeds, rows, unrated, kept, network
        )
    return Opinions(classes, {})


class _Late:
    """A tokenizer that is made when it is needed: not where all answers are there already."""

    def __init__(
        self,
        how: TransformerRecipe,
        reads: str,
        characters: Callable[[], Tokenizer],
        texts: Sequence[str],
        movies: Sequence[Row],
        folder: Path,
    ) -> None:
        self.folder = folder
        self._of = how, reads, characters, texts, movies
        self._made: Any = None

    @property
    def made(self) -> Any:
        how, reads, characters, texts, movies = self._of
        if self._made is None and reads == "characters":
            self._made = characters()
        if self._made is None:
            path = self.folder / "pieces.model"
            if not path.exists():
                pieces = Pieces.fit([*texts, *(r.text for r in movies)], how.pieces)
                write_whole(path, pieces.model)
            self._made = Pieces(path.read_bytes())
        return self._made


class _Teacher:
    """A network that learns from one set of ratings after the other, each time from its pretrained state.

    It is built and compiled once: on a GPU that takes longer than to learn.
    """

    def __init__(self, recipe: Recipe, tokens: _Late, texts: Sequence[str], movies: Sequence[Row], seed: int) -> None:
        self._recipe, self._tokens, self._seed = recipe, tokens, seed
        self._texts, self._movies = texts, movies
        self._model: keras.Model | None = None
        self._start: list[NDArray[np.float32]] = []

    def _from_the_start(self) -> keras.Model:
        how = self._recipe.teach.transformer
        if self._model is None:
            tokenizer = self._tokens.made
            weights = pretrain_masked(how, tokenizer, self._movies, self._texts, self._seed, self._tokens.folder)
            keras.utils.set_random_seed(self._seed)
            body = encoder(how, tokenizer.size, how.dropout)
            body.set_weights(weights)
            classes = len(self._recipe.network.ratings)
            self._model = keras.Model(body.inputs, scores(body, classes, how.dropout, "output"))
            self._start = [np.array(v) for v in self._model.variables]
            compile_with(self._model, how.tune.rate, make_loss(self._recipe.network), decay=0.01)
            self._model.optimizer.build(self._model.trainable_variables)
        for variable, value in zip(self._model.variables, self._start, strict=True):
            variable.assign(value)
        for variable in self._model.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        return self._model

    def learn(self, pool: Pool, seed: int, title: str) -> None:
        """Learn from a pool.

        Args:
            pool: texts and targets.
            seed: order of the rows.
            title: what the progress bar says.
        """
        model, tokenizer, how = self._from_the_start(), self._tokens.made, self._recipe.teach.transformer.tune
        width = self._recipe.teach.transformer.longest
        ids = Ragged(encode_all(tokenizer, pool.texts), tokenizer.size)
        # One width: so few tokens take no time, but each shape takes a minute to compile.
        stream = Budget(ids.lengths, np.array([width]), [how.batch], seed)
        steps = stream.per_epoch * how.epochs
        rate = OneCycle(how.rate, steps)

        def step(number: int) -> float:
            picked, _ = stream[number]
            model.optimizer.learning_rate = rate.at(number)
            return float(model.train_on_batch(rectangle(ids, picked, width), pool.targets[picked]))

        run(step, steps, [model], None, title)

    def ask(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Logits ``[texts, classes]``, in order."""
        model, tokenizer = self._model, self._tokens.made
        if model is None:
            raise RuntimeError("it has not learned yet")
        width = self._recipe.teach.transformer.longest
        ids = Ragged(encode_all(tokenizer, texts), tokenizer.size)
        out = np.zeros((len(texts), len(self._recipe.network.ratings)), np.float32)
        for at in range(0, len(texts), _ASKED):
            some = np.arange(at, min(at + _ASKED, len(texts)))
            filled = np.resize(some, _ASKED)  # one shape
            out[some] = np.asarray(model.predict_on_batch(rectangle(ids, filled, width)))[: len(some)]
        return out
