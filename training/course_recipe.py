"""The networks of the course, as plain values. They are for learning and comparing; none of them serves."""

from __future__ import annotations

from dataclasses import dataclass

from training.errors import DataError
from training.settings import place_of

_CHOICES = {
    "input": ("embedding", "one-hot"),
    "body": ("recurrent", "flatten"),
    "cell": ("rnn", "lstm", "gru"),
    "direction": ("forward", "backward", "both"),
    "task": ("polarity", "classes", "rating"),
    "padding": ("pre", "post"),
    "truncating": ("pre", "post"),
}
_MOST = {"embedding": 4096, "units": 4096, "length": 5000, "batch": 1_000_000, "num_words": 1_000_000}
"""More than any use, and less than any memory."""


@dataclass(frozen=True)
class CourseRecipe:
    """One network and how it is trained.

    Attributes:
        tokens: ``syllable`` (every character, blanks too, as the course has it), ``word``, ``char``, ``jamo``,
            or morphemes by an analyser that is installed: ``kiwi``, ``mecab-ko``, ``okt`` ...
        num_words: most frequent tokens kept, padding and the out-of-vocabulary token included; 0 for all.
        input: vectors that are learned, or ``one-hot`` ones.
        embedding: width of the vectors.
        vectors: file of ``vectors fit`` from which the vectors begin; of the width ``embedding``.
        body: recurrent layers, or the vectors side by side (``flatten``).
        cell, units: of the recurrent layers; for ``flatten`` units are dense layers.
        direction: from which end the recurrent layers read.
        dropout, recurrent_dropout: shares of inputs and states dropped.
        task: what is predicted: ``polarity``, rating ``classes``, or the ``rating`` as a number (regression).
        length: tokens of each review; shorter ones are padded, longer ones truncated.
        padding, truncating: before or after the text.
        batch, epochs, rate: of the training.
        patience: epochs without a better loss on a tenth set aside, after which it stops; 0 for all epochs.
    """

    tokens: str = "syllable"
    num_words: int = 0
    input: str = "embedding"
    embedding: int = 100
    vectors: str = ""
    body: str = "recurrent"
    cell: str = "lstm"
    units: tuple[int, ...] = (128,)
    direction: str = "forward"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    task: str = "polarity"
    length: int = 100
    padding: str = "pre"
    truncating: str = "pre"
    batch: int = 32
    epochs: int = 2
    rate: float = 1e-3
    patience: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self.units))
        object.__setattr__(self, "rate", float(self.rate))  # Keras takes no whole number
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise _wrong("recipe_choice", name=name, choices=", ".join(choices), value=repr(getattr(self, name)))
        numbers = {"embedding": self.embedding, "length": self.length, "batch": self.batch, "epochs": self.epochs}
        for name, value in {**numbers, **{f"units[{i}]": n for i, n in enumerate(self.units)}}.items():
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise _wrong("recipe_whole", name=name, least=1, value=repr(value))
        for name, value in (*numbers.items(), *(("units", n) for n in self.units), ("num_words", self.num_words)):
            if value > _MOST.get(name, value):
                raise _wrong("recipe_most", name=name, most=_MOST[name], value=repr(value))
        if self.num_words in (1, 2):  # padding and the token for all others
            raise _wrong("recipe_choice", name="num_words", choices="0, 3–", value=repr(self.num_words))
        if self.vectors and self.input == "one-hot":
            raise DataError("recipe_one_hot_vectors")
        if self.body == "recurrent" and not self.units:
            raise DataError("recipe_no_layer")


def _wrong(sentence: str, **values: object) -> DataError:
    return DataError(sentence, place=place_of("course"), **values)
