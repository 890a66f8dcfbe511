"""What the contract suite needs of an adapter: a way to play its platform, and to see what people there see."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.core.events import Place, Way
from bot.core.service import Core


@dataclass(frozen=True)
class Seen:
    """Something that people on the platform see of the bot.

    Attributes:
        to: id of the message that it answers.
        text: all its words, also those for screen readers.
        raw: all that was sent to the platform for it, as text.
    """

    to: str
    text: str
    raw: str


class Harness(Protocol):
    """Plays a platform. Each method returns when the bot has nothing left to do."""

    ways: frozenset[Way]
    edits: bool
    """Whether messages there can be edited and deleted."""
    bots: bool
    """Whether programs write there."""
    many_users: bool
    """Whether several people can ask at once."""
    files: frozenset[Way]
    """The ways by which files can be sent."""
    whys: frozenset[Way]
    """The ways whose cards have a button that says why."""
    place: Place | None
    """A channel to post in; None if nothing can be posted unasked."""

    async def say(self, text: str, way: Way, message: str, *, author: str = "", bot: bool = False) -> None:
        """Somebody says something to the bot."""
        ...

    async def redeliver(self) -> None:
        """The platform hands in its last event once more."""
        ...

    async def edit(self, message: str, text: str) -> None:
        """A message that was said is changed."""
        ...

    async def delete(self, message: str) -> None:
        """A message that was said is deleted."""
        ...

    async def refuse(self) -> None:
        """From now on the platform refuses whatever the bot wants to say."""
        ...

    async def watch(self) -> None:
        """The channel of the ``watched`` way is watched, mode ``reply``."""
        ...

    async def drop(self, name: str, content: bytes, way: Way, message: str) -> None:
        """Somebody sends a file to the bot."""
        ...

    async def why(self, message: str) -> str:
        """Somebody presses the button of the card that a message got; gives what only they see."""
        ...

    def seen(self) -> list[Seen]:
        """What is to be seen now."""
        ...

    def pictures(self) -> list[tuple[str, bytes]]:
        """Words and content of the pictures that the bot has posted."""
        ...

    def remove(self) -> None:
        """Somebody deletes all that the bot has posted."""
        ...

    def sent_files(self) -> list[tuple[str, bytes]]:
        """Name and content of the files that the bot has sent."""
        ...


class MakeHarness(Protocol):
    """Gives an adapter, running on a core, with its platform around it."""

    def __call__(self, core: Core) -> AbstractAsyncContextManager[Harness]: ...
