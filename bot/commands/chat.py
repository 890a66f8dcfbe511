"""``nunchi chat``: one review, a prompt, or a line of a pipe after the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bot.commands import explanation
from bot.commands.answer import as_json, in_words
from bot.commands.conversation import conversation
from bot.commands.model import load_model
from bot.core.encoding import decode_line
from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages
from bot.terminal import is_terminal, say

if TYPE_CHECKING:
    from nlp import Verdict

_LONGEST_LINE = 1 << 24
"""Bytes of a line that are looked at; the model reads the beginning and the end of a long text anyway."""


def chat(
    messages: Messages,
    words: Sequence[str],
    *,
    json: bool,
    model: Path | None,
    explain: bool | None = None,
    aspects: Path | None = None,
) -> ExitStatus:
    """Answer.

    Args:
        messages: the language to answer in.
        words: the review; from the terminal or a pipe, if there are none.
        json: answer with JSON objects.
        model: folder of the model; the bundled one if None.
        explain: say which words, clauses and aspects too; only at the prompt of a terminal if None.
        aspects: a file of words for aspects, added to the bundled ones.

    Raises:
        UserError: if the review cannot be judged, or there is none.
    """
    heard: list[Verdict] = []
    asked: list[str] = []
    analyzer = load_model(model, aspects=aspects)
    if explain is None:
        explain = not words and not json and is_terminal(sys.stdin) and is_terminal(sys.stdout)

    def show(verdict: Verdict) -> None:
        heard[:] = [verdict]
        if not (verdict.korean or json or not words):
            return
        if explain:
            review = analyzer.review(asked[0])
            say(explanation.as_json(review) if json else explanation.explained(review, messages))
        else:
            say(as_json(verdict) if json else in_words(verdict, messages))

    def ask_about(text: str) -> None:
        asked[:] = [text]
        ask(text)

    if words:
        text = " ".join(map(_argument, words))
        if not text.strip():
            raise UserError(ExitStatus.BAD_DATA, "text_blank")
        with conversation(analyzer, show) as ask:
            ask_about(text)
        if not heard[0].korean:
            raise UserError(ExitStatus.BAD_DATA, "answer_not_korean")
        return ExitStatus.OK

    with conversation(analyzer, show) as ask:
        if is_terminal(sys.stdin):
            from bot.commands.prompt import prompt

            prompt(messages, ask_about)
            return ExitStatus.OK
        lines = 0
        while sys.stdin is not None and (line := _line(sys.stdin.buffer)):
            text = decode_line(line)
            ask_about(text if lines else text.removeprefix("\ufeff"))
            lines += 1
    if not lines:
        raise UserError(ExitStatus.BAD_DATA, "text_none")
    return ExitStatus.OK


def _argument(word: str) -> str:
    """An argument of the command line, also where the terminal's bytes were not UTF-8."""
    try:
        return decode_line(os.fsencode(word))
    except UnicodeEncodeError:  # half a surrogate pair that is no byte
        return word


def _line(stream: BinaryIO) -> bytes:
    """The next line; what is too long for any review is read but not kept."""
    line = stream.readline(_LONGEST_LINE)
    rest = line
    while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
        rest = stream.readline(_LONGEST_LINE)
    return line
