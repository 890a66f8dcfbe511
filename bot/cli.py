"""The program ``nunchi``: how it begins, and how it ends whatever happens.

:mod:`bot.command_line` reads the command line, :mod:`bot.commands` does what it says. Everything is imported
where it is used: a single answer should not wait for the progress bar of another command.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages, choose_language
from bot.terminal import complain, prepare_streams

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``nunchi``.

    Args:
        arguments: of the command line, without the program's name; those of this process if None.

    Returns:
        The exit status, see :class:`bot.core.errors.ExitStatus`.
    """
    messages = Messages()
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        messages = Messages(choose_language(_take_language(words), os.environ))
        prepare_streams()
        from bot.command_line import parse

        status = parse(messages, words)()
        if sys.stdout is not None:
            sys.stdout.flush()
        return int(status)
    except BaseException as error:  # whatever it is, it ends in a sentence and a status
        return int(_end(error, messages))


def _take_language(words: list[str]) -> str | None:
    """Take ``--lang xx`` out of the words, wherever before ``--`` it stands."""
    end = words.index("--") if "--" in words else len(words)
    for i in range(end):
        if words[i] == "--lang" and i + 1 < end:
            _, wish = words.pop(i), words.pop(i)
            return wish
        if words[i].startswith("--lang="):
            return words.pop(i).removeprefix("--lang=")
    return None


def _end(error: BaseException, messages: Messages) -> int:
    """Say what went wrong, if anything, and how the program ends."""
    if isinstance(error, UserError):
        _try_to_say(messages, error.sentence, **error.values)
        return error.status
    if isinstance(error, BrokenPipeError):  # ``nunchi ... | head`` has seen enough
        _silence()
        return ExitStatus.OK
    if isinstance(error, KeyboardInterrupt):
        return ExitStatus.KEYBOARD
    if isinstance(error, OSError):
        _silence()
        sentence = "stdout_full" if error.errno in DISK_FULL else "stdout_error"
        _try_to_say(messages, sentence, reason=error.strerror)
        return ExitStatus.IO_ERROR
    if isinstance(error, SystemExit):
        raise error
    if os.environ.get("NUNCHI_DEBUG"):
        import traceback

        traceback.print_exception(error)
    # Not its message: it could hold a part of a review.
    _try_to_say(messages, "bug", kind=type(error).__name__)
    return ExitStatus.BUG


def _try_to_say(messages: Messages, sentence: str, /, **values: object) -> None:
    with suppress(OSError):
        complain(messages, sentence, **values)


def _silence() -> None:
    """Let what is left in the buffer of standard output go nowhere: Python would try once more at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
