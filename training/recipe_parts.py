"""The tables of a recipe: tokens, pretraining, teachers, learning, and learning on."""

from __future__ import annotations

from dataclasses import dataclass, field

FOLDS = 5
"""Of as many folds of the rated rows some are for calibration."""


@dataclass(frozen=True)
class TokenizerRecipe:
    """Which tokens, and how many.

    Attributes:
        kind: name of the tokenizer.
        limit: most frequent tokens kept; 0 for all.
        min_count: tokens seen fewer times are left out.
        domain_weight: how many times a review of the domain counts against one of the movies.
    """

    kind: str = "char"
    limit: int = 0
    min_count: int = 2
    domain_weight: int = 1


@dataclass(frozen=True)
class PretrainRecipe:
    """Learning Korean and sentiment from movie ratings, and the domain's words from its texts.

    Attributes:
        epochs: passes over the movie reviews; 0 for none.
        seeds: how many networks are pretrained; teachers take turns, the network in service starts from the first.
        batch: reviews in a batch.
        rate: highest learning rate.
        language_model_every: one step in so many predicts next and previous characters; 0 for never.
        language_model_batch: reviews in such a step.
        vectors: file of ``vectors fit`` from which the vectors of the tokens begin, with movies or without.
    """

    epochs: int = 0
    seeds: int = 1
    batch: int = 256
    rate: float = 2.5e-3
    language_model_every: int = 0
    language_model_batch: int = 128
    vectors: str = ""


@dataclass(frozen=True)
class TuneRecipe:
    """Learning from rated reviews.

    Attributes:
        epochs: passes over them.
        batch: reviews in a batch.
        rate: highest learning rate.
        hide: highest share of a review's tokens hidden in a batch.
        wide_dropout: share of n-grams dropped.
        noise: share of reviews that are misspelt at random.
        smooth: label smoothing of the binary target.
        movies_every: one batch in so many is of movie reviews; 0 for never.
        counterfactuals: number of reviews made by rule, others in each epoch.
        written: how many times in all a network sees each review written by hand (:mod:`training.made.written`).
        rare: the same of those in ``rare`` (irony, slang); teachers see none.
    """

    epochs: int = 3
    batch: int = 64
    rate: float = 1.5e-3
    hide: float = 0.0
    wide_dropout: float = 0.3
    noise: float = 0.0
    smooth: float = 0.02
    movies_every: int = 0
    counterfactuals: int = 0
    written: int = 0
    rare: int = 0


@dataclass(frozen=True)
class MorphemeRecipe:
    """Teachers that read morphemes; otherwise they are like those that read characters.

    Attributes:
        kind: of the tokenizer, one of :data:`nlp.tokenizer.MORPHEME_KINDS`; empty for no such teachers.
        limit: most frequent morphemes kept.
        min_count: morphemes seen fewer times are left out.
        vectors: whether the networks begin with what the analyser's own language model knows of them; Kiwi has one.
    """

    kind: str = ""
    limit: int = 30000
    min_count: int = 5
    vectors: bool = False


@dataclass(frozen=True)
class TransformerRecipe:
    """Teachers that are transformers (:mod:`training.transformer`); without a GPU they take days.

    Attributes:
        reads: ``pieces`` of words, ``characters``, or both in turn; empty for no such teachers.
        pieces: most pieces of words.
        layers: how many.
        width: of their states.
        heads: of their attention.
        dropout: share of states dropped.
        epochs: passes over all texts in which only hidden tokens are guessed.
        rated_epochs: passes after them in which the stars of the movies are guessed too.
        domain_weight: how many times a review of the domain counts against one of the movies.
        longest: tokens of a text that are read; of a longer one the first and the last.
        tokens: in a batch of the pretraining.
        rate: its highest learning rate.
        hide: share of tokens hidden.
        span: neighbouring tokens hidden together.
        seeds: of the training on ratings, per fold.
        tune: how they learn from rated reviews; none that was written by hand.
    """

    reads: tuple[str, ...] = ()
    pieces: int = 16000
    layers: int = 8
    width: int = 512
    heads: int = 8
    dropout: float = 0.1
    epochs: int = 10
    rated_epochs: int = 3
    domain_weight: int = 5
    longest: int = 64
    tokens: int = 49152
    rate: float = 8e-4
    hide: float = 0.15
    span: int = 1
    seeds: int = 1
    tune: TuneRecipe = field(default_factory=lambda: TuneRecipe(epochs=3, batch=64, rate=1e-4))

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", tuple(self.reads))


READS = ("pieces", "characters")
"""What a transformer can read."""


@dataclass(frozen=True)
class TeachRecipe:
    """Teachers, whose joint opinion the network learns (Hinton et al. 2015, arXiv:1503.02531).

    Attributes:
        folds: each teacher learns from all folds but one and is asked about that one; 0 for no teachers.
        seeds: networks per fold.
        units: of the networks among them; those of the network in service if empty.
        generations: 1, or 2 for networks that learn what the first teachers said and teach in their place.
        trust: share of the teachers in the target of a rated review; the rest is its own rating.
        recombined: texts put together from parts of unrated reviews (:mod:`training.recombine`), about which the
            teachers are asked, too; the network in service sees each in one epoch.
        judged: how many times the network in service sees in each epoch an unrated review that was judged
            (:mod:`training.judged`), of which the teachers learn, too; 0 for no heed to judgments.
        tune: how the networks among them learn.
        morphemes: teachers that read morphemes.
        transformer: teachers that are transformers.
    """

    folds: int = 0
    seeds: int = 1
    units: tuple[int, ...] = ()
    generations: int = 1
    trust: float = 0.5
    recombined: int = 0
    judged: int = 0
    tune: TuneRecipe = field(default_factory=TuneRecipe)
    morphemes: MorphemeRecipe = field(default_factory=MorphemeRecipe)
    transformer: TransformerRecipe = field(default_factory=TransformerRecipe)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self.units))


@dataclass(frozen=True)
class AdaptRecipe:
    """Going on from the model in service with a shop's own reviews (:mod:`training.adapt`).

    Attributes:
        epochs: most passes over them.
        batch: reviews in a batch.
        rate: highest learning rate.
        patience: passes without a better loss on rows set aside, after which learning stops.
        smooth: label smoothing of the binary target.
    """

    epochs: int = 6
    batch: int = 32
    rate: float = 6e-4
    patience: int = 2
    smooth: float = 0.02


@dataclass(frozen=True)
class FinishRecipe:
    """A step after calibration (:mod:`training.finish`): the last but one, or the last.

    Attributes:
        made: reviews made by rule, of which the network learns the polarity; ``[finish]`` is not done with 0.
        written: how many times each review written by hand (:mod:`training.made.written`) stands among them.
        rare: the same of those in ``rare`` (irony, slang).
        least: probability of the right side that they are to have; of a higher one nothing is made.
        networks: how many learn so, each from other reviews made by rule; the mean of their weights is taken.
        share: of that mean in the weights; the rest is of the network as it was.
        kept: most real texts on which the model is to go on saying what it says.
        epochs: passes over both.
        batch: texts in a batch.
        rate: highest learning rate.
        noise: share of texts that are misspelt at random.
        marks: share of real texts that end in other marks.
        level: share of what marks at the end then do all alone that the wide part takes back (:mod:`training.marks`).
    """

    made: int = 0
    written: int = 0
    rare: int = 0
    least: float = 0.8
    networks: int = 1
    share: float = 1.0
    kept: int = 120000
    epochs: int = 1
    batch: int = 96
    rate: float = 6e-4
    noise: float = 0.15
    marks: float = 0.25
    level: float = 0.0
