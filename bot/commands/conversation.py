"""The core with the terminal as its only platform, for a program that does one thing after the other."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.core.events import Reply

if TYPE_CHECKING:
    from nlp import Analyzer, Verdict

_NO_LIMIT = 1 << 40


@contextmanager
def conversation(analyzer: Analyzer, show: Callable[[Verdict], None]) -> Iterator[Callable[[str], None]]:
    """Within this block what it gives can be called with texts, one after the other.

    Args:
        analyzer: the model.
        show: called with each verdict.
    """
    from bot.adapters.console import Console
    from bot.core.events import Answer
    from bot.core.fingerprint import KEY_BYTES, Fingerprint
    from bot.core.memory import MemoryStore
    from bot.core.service import Core, Limits

    def show_answer(answer: Answer) -> None:
        assert isinstance(answer, Reply)  # noqa: S101 - the terminal has no reactions
        assert answer.card is not None  # noqa: S101 - nor notices: it wants the figures whatever the text
        show(answer.card.verdict)

    limits = Limits(patience=float("inf"), person=_NO_LIMIT, channel=_NO_LIMIT)
    fingerprint = Fingerprint(secrets.token_bytes(KEY_BYTES))
    with asyncio.Runner() as runner:
        core = Core(analyzer, MemoryStore(keep=100), fingerprint, limits=limits)
        console = Console(core, show_answer)

        def ask(text: str) -> None:
            runner.run(console.ask(text))

        try:
            yield ask
        finally:
            runner.run(core.close())
