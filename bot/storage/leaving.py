"""All that is kept of a workspace, deleted."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from bot.storage.lanes import Connection
from bot.storage.schema import audit, bulletins, channels, claims, feedback, incidents, notices, rules, verdicts


async def delete_workspace(connection: Connection, platform: str, workspace: str) -> Mapping[str, int]:
    """Delete it, in the caller's transaction; gives how many rows of which table."""
    counts = {}
    mine = select(verdicts.c.id).where(verdicts.c.platform == platform, verdicts.c.workspace == workspace)
    counts["feedback"] = (await connection.execute(delete(feedback).where(feedback.c.verdict.in_(mine)))).rowcount
    for table in (rules, bulletins, notices, incidents):
        await connection.execute(delete(table).where(table.c.platform == platform, table.c.workspace == workspace))
    for table in (claims, verdicts, channels, audit):
        statement = delete(table).where(table.c.platform == platform, table.c.workspace == workspace)
        counts[table.name] = (await connection.execute(statement)).rowcount
    return counts
