"""The terminal as a platform: the smallest adapter there can be, and the one to copy for another.

An adapter has two halves. One turns what comes in into an :class:`~bot.core.events.Incoming` and hands it to the
core (here :meth:`Console.ask`); the other is the :class:`~bot.core.ports.Platform` by which the core answers.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from bot.core.events import Answer, Incoming, Outcome, Place
from bot.core.service import Core

PLACE = Place("console", "", "terminal")
_AUTHOR = "user"


class Console:
    """Asks the core and shows its answers.

    Args:
        core: what answers.
        show: shows an answer.
    """

    name = "console"

    def __init__(self, core: Core, show: Callable[[Answer], None]) -> None:
        self._core, self._show = core, show
        self._numbers = count(1)

    async def ask(self, text: str) -> Outcome:
        """Have a text judged, whatever its language, and the answer shown."""
        incoming = Incoming(PLACE, str(next(self._numbers)), _AUTHOR, text, "direct", any_language=True)
        return await self._core.walk(incoming, self)

    async def send(self, incoming: Incoming, answer: Answer) -> str | None:
        self._show(answer)
        return None  # what is printed stays

    async def update(self, incoming: Incoming, reference: str, answer: Answer) -> str | None:
        return await self.send(incoming, answer)

    async def retract(self, place: Place, reference: str) -> None:
        """What is printed stays."""
