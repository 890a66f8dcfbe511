"""What is kept of a workspace, of a person, or of cases, deleted."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, case, delete, insert, literal, select, update

from bot.storage.lanes import Connection
from bot.storage.schema import (
    audit,
    blanks,
    bulletins,
    case_notes,
    case_numbers,
    cases,
    channels,
    claims,
    feedback,
    incidents,
    notices,
    rules,
    verdicts,
)

SHOWN = cases.c.card_state.in_(("posted", "stale"))
"""Of a case: that there is a card of it."""

STALE = case((SHOWN, "stale"), else_=cases.c.card_state)
"""The state of a card when its case is changed."""


async def delete_workspace(connection: Connection, platform: str, workspace: str) -> Mapping[str, int]:
    """Delete it, in the caller's transaction; gives how many rows of which table."""
    counts = {}
    mine = select(verdicts.c.id).where(verdicts.c.platform == platform, verdicts.c.workspace == workspace)
    counts["feedback"] = (await connection.execute(delete(feedback).where(feedback.c.verdict.in_(mine)))).rowcount
    for table in (rules, bulletins, notices, incidents, blanks):
        await connection.execute(delete(table).where(table.c.platform == platform, table.c.workspace == workspace))
    for table in (claims, verdicts, channels, audit, case_notes, cases, case_numbers):
        statement = delete(table).where(table.c.platform == platform, table.c.workspace == workspace)
        counts[table.name] = (await connection.execute(statement)).rowcount
    return counts


async def delete_cases(connection: Connection, *where: ColumnElement[bool]) -> int:
    """Delete cases and what happened to them, in the caller's transaction; gives how many cases.

    Their cards are remembered, until nothing is left on them: see :meth:`bot.core.cases.CaseStore.blanks`.
    """
    names = ("platform", "workspace", "card", "card_channel", "channel", "number", "due", "tries")
    columns = [literal(0) if name in ("due", "tries") else cases.c[name] for name in names]
    await connection.execute(insert(blanks).from_select(names, select(*columns).where(SHOWN, *where)))
    of_them = select(cases.c.number).where(
        cases.c.platform == case_notes.c.platform,
        cases.c.workspace == case_notes.c.workspace,
        cases.c.number == case_notes.c.number,
        *where,
    )
    await connection.execute(delete(case_notes).where(of_them.exists()))
    return (await connection.execute(delete(cases).where(*where))).rowcount


async def forget_moderator(connection: Connection, person: str) -> int:
    """Leave out who it was in what a person did with cases, in the caller's transaction; gives in how many places."""
    seen = (
        update(cases).where(cases.c.assignee_person == person).values(assignee="", assignee_person="", card_state=STALE)
    )
    done = update(case_notes).where(case_notes.c.person == person).values(who="", person="")
    return (await connection.execute(seen)).rowcount + (await connection.execute(done)).rowcount
