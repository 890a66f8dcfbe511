"""How the program ends when it cannot do what was asked."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit statuses of ``nunchi``, those of ``sysexits.h`` where there is one."""

    OK = 0
    USAGE = 64
    BAD_DATA = 65
    NO_INPUT = 66
    BUG = 70
    CANNOT_CREATE = 73
    IO_ERROR = 74
    INTERRUPTED = 75  # EX_TEMPFAIL: run it again, with --resume where something was begun
    CONFIG = 78
    KEYBOARD = 130  # Ctrl-C where there is nothing to go on with


class UserError(Exception):
    """Something that the user can mend; it is shown as one sentence, never as a traceback.

    Args:
        status: how the program ends.
        sentence: name of the sentence in ``messages_ko`` and ``messages_en``.
        values: what its placeholders stand for. Never the text of a review.
    """

    def __init__(self, status: ExitStatus, sentence: str, /, **values: object) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.values = values
