"""``nunchi log``: the verdicts that are kept; there is no text among them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.commands.store import where, with_store
from bot.core.clock import KOREA
from bot.core.errors import ExitStatus, UserError
from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.settings import Settings, load_settings
from bot.storage.store import SqlStore
from bot.terminal import complain, say

ACTIONS = ("show", "export", "purge", "path")
COLUMNS = ("at", "platform", "workspace", "channel", "way", "band", "label", "probability", "model_id", "latency")
COUNTS = ("right", "wrong")


def log(messages: Messages, action: str, *, last: int, days: int | None) -> ExitStatus:
    """Show the newest verdicts, export all as JSON lines, delete the old ones, or say where they are.

    Args:
        messages: the language to speak.
        action: ``show``, ``export``, ``purge`` or ``path``.
        last: how many to show.
        days: how old what is deleted must be; the configured retention if None.

    Raises:
        UserError: if the store cannot be opened, or the action is none of these.
    """
    if action not in ACTIONS:
        raise UserError(ExitStatus.USAGE, "usage_action", actions=", ".join(ACTIONS))
    if action == "path":
        say(str(where(load_settings())))
    elif action == "purge":
        _purge(messages, days)
    else:
        _list(messages, None if action == "export" else last)
    return ExitStatus.OK


def _list(messages: Messages, newest: int | None) -> None:
    async def show(store: SqlStore, settings: Settings) -> int:
        shown = 0
        async for row in store.records(newest=newest):
            say(_as_json(row) if newest is None else _line(row, messages))
            shown += 1
        return shown

    if not with_store(show) and sys.stderr is not None:
        complain(messages, "log_none")


def _line(row: Mapping[str, Any], messages: Messages) -> str:
    at = row["at"].astimezone(KOREA).strftime("%Y-%m-%d %H:%M:%S")
    band = messages("log_unsure") if row["band"] == "unsure" else messages(f"label_{row['band']}")
    place = "/".join(part for part in (row["platform"], row["workspace"], row["channel"]) if part)
    figures = f"{row['probability']:.3f}  {1000 * row['latency']:.0f} ms"
    return f"{at}  {place}  {row['way']}  {band}  {figures}  {row['model_id']}  +{row['right']} -{row['wrong']}"


def _as_json(row: Mapping[str, Any]) -> str:
    return to_json({**{name: row[name] for name in (*COLUMNS, *COUNTS)}, "at": row["at"].isoformat()})


def _purge(messages: Messages, days: int | None) -> None:
    async def purge(store: SqlStore, settings: Settings) -> Mapping[str, int]:
        keep = settings.retention_days if days is None else days
        return await store.purge(datetime.now(UTC) - timedelta(days=keep))

    gone = with_store(purge)
    say(messages("log_purged", verdicts=gone["verdicts"], feedback=gone["feedback"], claims=gone["claims"]))
