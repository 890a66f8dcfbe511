"""Workspaces that installed the app, each with a token of its own; what keeps them is a database's business."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class UnreadableError(Exception):
    """What was sealed was sealed with another key, or was changed since."""


@dataclass(frozen=True, slots=True)
class Installation:
    """That a workspace installed the app.

    Attributes:
        platform: e.g. ``slack``.
        workspace: the platform's id of it.
        token: what the bot proves itself with there. Not shown in ``repr``, so that no log can show it.
        bot_user: the bot's own user id there.
        bot: the bot's id there, which a platform may have besides.
        at: when; to the millisecond, as it is stored.
    """

    platform: str
    workspace: str
    token: str = field(repr=False)
    bot_user: str
    bot: str
    at: datetime


class Installations(Protocol):
    """Remembers installations, and the installing that has begun. Shared by all processes on one database."""

    async def save(self, installation: Installation) -> None:
        """Keep it; of a workspace only the newest is kept."""
        ...

    async def find(self, platform: str, workspace: str) -> Installation | None:
        """That of a workspace; None if there is none.

        Raises:
            UnreadableError: if it was sealed with a key that is not at hand.
        """
        ...

    async def workspaces(self, platform: str) -> list[str]:
        """The ids of all that have one."""
        ...

    async def remove(self, installation: Installation) -> bool:
        """The workspace uninstalled the app: delete its installation and all else that is kept of it.

        Returns:
            False if the workspace has installed it anew meanwhile, or it is gone already: nothing is deleted then.
        """
        ...

    async def issue_state(self) -> str:
        """A secret for somebody who begins to install the app: good once, for ten minutes."""
        ...

    async def consume_state(self, state: str) -> bool:
        """Whether that secret was issued, is not too old, and was not used before. Now it was."""
        ...

    async def sweep(self) -> int:
        """Delete what other processes still wrote of workspaces while those left, and old secrets.

        Returns:
            How many workspaces were looked after.
        """
        ...
