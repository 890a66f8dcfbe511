"""The statements that every message needs, made once: to put one together takes longer than to run it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, select, update
from sqlalchemy.schema import Table

from bot.core.events import Place
from bot.core.records import Claim
from bot.storage.schema import channels, claims, opt_outs, rules, verdicts


def place_values(place: Place) -> dict[str, str]:
    """A place, as columns."""
    return {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}


def claim_values(claim: Claim) -> dict[str, str]:
    """A claim, as columns."""
    return {**place_values(claim.place), "message": claim.message, "revision": claim.revision}


def asked(values: dict[str, Any]) -> dict[str, Any]:
    """Columns as parameters of a condition; their own names mean the columns of an INSERT or UPDATE."""
    return {f"asked_{name}": value for name, value in values.items()}


def _where(table: Table, *names: str) -> ColumnElement[bool]:
    return and_(*(table.c[name] == bindparam(f"asked_{name}") for name in names))


_PLACE = ("platform", "workspace", "channel")

SETTINGS = select(channels).where(_where(channels, *_PLACE))
"""Asked: a place."""

RULE = select(rules.c.name, rules.c.value).where(_where(rules, *_PLACE))
"""Asked: a place."""

NO_RULE = delete(rules).where(_where(rules, *_PLACE))
"""Asked: a place."""

OPTED_OUT = select(opt_outs.c.person).where(_where(opt_outs, "person"))
"""Asked: a person."""

SETTLE = update(claims).where(
    _where(claims, *_PLACE, "message", "revision"),
    claims.c.state != "forgotten",  # what was forgotten meanwhile stays forgotten
)
"""Asked: a claim. Set: its state and reference, and what is due of it."""

NOTHING_DUE: dict[str, Any] = {"due": None, "person": None}
"""Of a claim, as columns."""

OLDER_VERDICT = delete(verdicts).where(_where(verdicts, *_PLACE, "message"))
"""Asked: a message."""

VERDICT = insert(verdicts)
"""Set: all columns."""
