"""``nunchi train``: the door to ``python -m training``, and what the trainer needs of this program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.core.tables import Cell, ReadOptions, Table, open_table
from bot.core.tables.points import read_points
from bot.core.tables.roles import RATING_NAMES, read_date, verdict_columns
from bot.core.tables.row import to_text
from bot.home import home_folder

_SAID = {"input_ragged": "train_ragged", "input_quotes": "train_quotes"}
"""The trainer has no ``--ragged``: what is not a table is nothing to learn from."""


def train(messages: Messages, words: Sequence[str]) -> int:
    """Hand the words to the trainer.

    Args:
        messages: the language in which to say what is wrong with a table.
        words: as after ``python -m training``.

    Returns:
        Its exit status, the same as those of this program.

    Raises:
        UserError: if the trainer is not installed.
    """
    try:
        from training.__main__ import main
    except ImportError:
        raise UserError(ExitStatus.CONFIG, "train_missing") from None
    return main(words, TrainingHost(messages), program="nunchi train", language=messages.language)


class TrainingHost:
    """See ``training.host.Host``; also the installed entry point ``nunchi: host``.

    Args:
        messages: the language to speak; by ``language`` if None.
        language: ``ko`` or ``en``; by the environment if None.
    """

    rating_names: Sequence[str] = RATING_NAMES

    def __init__(self, messages: Messages | None = None, *, language: str | None = None) -> None:
        if messages is None:
            import os

            from bot.core.messages import choose_language

            messages = Messages(choose_language(language, os.environ))
        self._messages = messages

    def home(self) -> Path:
        """The data folder.

        Raises:
            ValueError: one sentence if nobody knows where it is.
        """
        try:
            return home_folder()
        except UserError as error:
            raise ValueError(self._messages(error.sentence, **error.values)) from None

    @contextmanager
    def open_table(
        self, path: Path, *, text_column: str | None, encoding: str | None, sheet: str | None
    ) -> Iterator[Table]:
        """Open a table.

        Raises:
            ValueError: one sentence on what is wrong with it.
        """
        options = ReadOptions(text_column, encoding, sheet)
        try:
            with open_table(path, options, lambda what, done, total: None) as table:
                yield table
        except UserError as error:
            raise ValueError(self._messages(_SAID.get(error.sentence, error.sentence), **error.values)) from None

    def as_text(self, cell: Cell) -> str:
        """What a cell says."""
        return to_text(cell)

    def points(self, cell: Cell) -> tuple[float, float] | None:
        """The points in a cell, and of how many; None if there are none."""
        return read_points(cell)

    def day(self, text: str) -> date | None:
        """The day that a cell says; None if it says none."""
        return read_date(text)

    def is_verdict(self, columns: Sequence[str]) -> Sequence[int]:
        """Columns that ``nunchi score`` wrote."""
        return verdict_columns(columns)
