"""Cases as rows of a database: which columns they have, and the conditions by which they are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.core.cases import Case, Note, Query, rolled_up
from bot.core.events import Place
from bot.storage.lanes import Connection
from bot.storage.schema import cases
from bot.storage.statements import place_values
from bot.storage.store import from_milliseconds, to_milliseconds

_MOST_ASPECTS = 256

_PLAIN = (
    "number",
    "message",
    "person",
    "record",
    "band",
    "probability",
    "model_id",
    "rule",
    "state",
    "decision",
    "assignee",
    "owed",
    "hidden",
    "gone",
    "edited",
    "contested",
    "version",
    "card",
    "card_channel",
    "card_state",
)
COLUMNS = [cases.c[name] for name in ("platform", "workspace", "channel", "at", "aspects", *_PLAIN)]
FIXED = frozenset(
    ("platform", "workspace", "channel", "number", "message", "person", "at", "card", "card_channel", "card_state")
) | {"card_at", "assignee_person"}
"""What :meth:`bot.storage.cases.SqlCases.change` leaves as it is."""


async def one(connection: Connection, *where: ColumnElement[bool]) -> Case | None:
    """The first case that fits."""
    row = (await connection.execute(select(*COLUMNS).where(*where))).first()
    return None if row is None else case_of(row)


def at_place(table: Any, place: Place) -> list[ColumnElement[bool]]:
    """Of a channel."""
    return [table.c[name] == value for name, value in place_values(place).items()]


def of_message(place: Place, message: str) -> list[ColumnElement[bool]]:
    """The case of a message."""
    return [*at_place(cases, place), cases.c.message == message]


def in_workspace(place: Place, table: Any = cases) -> list[ColumnElement[bool]]:
    """Of a workspace."""
    return [table.c.platform == place.platform, table.c.workspace == place.workspace]


def of_roll(moderators: Place, roll: str) -> list[ColumnElement[bool]]:
    """Those that stand in a list of many, a roll."""
    mine = cases.c.card.startswith(rolled_up(roll), autoescape=True)
    channel = cases.c.card_channel == moderators.channel
    return [*in_workspace(moderators), cases.c.card_state == "rolled", channel, mine]


def is_case(case: Case, table: Any = cases) -> list[ColumnElement[bool]]:
    """A case itself, or what belongs to it."""
    return [*in_workspace(case.place, table), table.c.number == case.number]


def fits(platform: str | None, workspace: str | None, query: Query) -> list[ColumnElement[bool]]:
    """What a query asks for."""
    out: list[ColumnElement[bool]] = [] if platform is None else [cases.c.platform == platform]
    out += [] if workspace is None else [cases.c.workspace == workspace]
    for name in ("band", "state", "decision", "assignee", "owed", "channel"):
        wanted = getattr(query, name)
        if wanted is not None:
            out.append(cases.c[name] == wanted)
    if query.within is not None:
        out.append(cases.c.channel.in_(query.within))
    return out if query.since is None else [*out, cases.c.at >= to_milliseconds(query.since)]


def values_of(case: Case) -> dict[str, Any]:
    """The columns of a case, but for its sealed text."""
    return {
        **place_values(case.place),
        **{name: getattr(case, name) for name in _PLAIN},
        "at": to_milliseconds(case.at),
        "aspects": aspects_of(case.aspects),
        "assignee_person": "",
        "card_at": 0,
    }


def aspects_of(aspects: Sequence[str]) -> str:
    """As many of them as there is room for."""
    kept = list(aspects)
    while len(" ".join(kept)) > _MOST_ASPECTS:
        kept.pop()
    return " ".join(kept)


def case_of(row: Any) -> Case:
    """The case of a row of :data:`COLUMNS`."""
    values = {name: getattr(row, name) for name in _PLAIN}
    place = Place(row.platform, row.workspace, row.channel)
    return Case(place=place, at=from_milliseconds(row.at), aspects=tuple(row.aspects.split()), **values)


def note_values(case: Case, place: int, note: Note) -> Mapping[str, Any]:
    """The columns of a note."""
    return {
        "platform": case.place.platform,
        "workspace": case.place.workspace,
        "number": case.number,
        "place": place,
        "at": to_milliseconds(note.at),
        "act": note.act,
        "who": note.who,
        "person": note.person,
    }
