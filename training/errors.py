"""What a user can mend: each error is one sentence, in the language of whoever reads it."""

from __future__ import annotations

from training.messages import Said


class DataError(Exception):
    """Data, or what was said of it, that cannot be used.

    Args:
        sentence: name of the sentence in :mod:`training.messages`; it says which, where and what to do.
        values: what its placeholders stand for. Never the text of a review.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence)
        self.said = Said(sentence, values)

    def __str__(self) -> str:
        return str(self.said)


class ForbiddenError(DataError):
    """Rows of a chat among those to learn from."""


class FetchError(DataError):
    """A corpus that cannot be had."""


class DivergedError(DataError):
    """A network whose loss is no longer a number."""
