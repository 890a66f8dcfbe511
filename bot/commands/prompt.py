"""The prompt of ``nunchi chat``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

from bot.core.messages import Messages
from bot.terminal import is_terminal, say

_QUIT = {"/quit", "/exit", "/q", "/종료"}
_HELP = {"/help", "/h", "/?", "/도움말"}


def prompt(messages: Messages, answer: Callable[[str], None]) -> None:
    """Ask for reviews and answer them until the user leaves, by a command, Ctrl-D or Ctrl-C.

    Lines can be edited and called back with the arrow keys. They are kept in memory only.

    Args:
        messages: the language to speak.
        answer: prints the answer to a review.
    """
    with suppress(ImportError):  # Windows and some builds of Python have none
        import readline  # noqa: F401 - input() gets a history by it
    try:
        print(messages("prompt_welcome"), file=sys.stderr)  # noqa: T201 - not a part of the answers
        while True:
            text = _ask(messages("prompt"))
            command = text.strip().lower()
            if command in _QUIT:
                return
            if command in _HELP:
                say(messages("prompt_help"))
            elif command.startswith("/"):
                say(messages("prompt_unknown"))
            elif command:
                answer(text)
    except EOFError:
        _new_line()
    except KeyboardInterrupt:
        _new_line()


def _ask(question: str) -> str:
    if is_terminal(sys.stdout):
        return input(question)
    # The answers go elsewhere, and the question must not go with them.
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _new_line() -> None:
    """The shell's prompt goes on a line of its own."""
    print(file=sys.stdout if is_terminal(sys.stdout) else sys.stderr)
