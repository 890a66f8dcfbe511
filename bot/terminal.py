"""What the terminal, or whatever stands in its place, can show."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from bot.core.messages import Messages

_COLOURS = {"green": 32, "red": 31, "yellow": 33}


def prepare_streams() -> None:
    """Never fail on a character that the terminal does not have, in either direction."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sits behind a stream."""
    return stream is not None and not stream.closed and stream.isatty()


def in_colour(text: str, colour: str) -> str:
    """``text`` in a colour where standard output shows colours and nobody asked for none (no-color.org)."""
    plain = not is_terminal(sys.stdout) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\033[{_COLOURS[colour]}m{text}\033[0m"


def complain(messages: Messages, sentence: str, /, **values: object) -> None:
    """Say a sentence on standard error, where there is one."""
    if sys.stderr is not None:
        print(messages(sentence, **values), file=sys.stderr, flush=True)  # noqa: T201 - this is a command line


def say(text: str) -> None:
    """Print a line on standard output and let it go at once."""
    print(text, flush=True)  # noqa: T201 - this is a command line
