"""``nunchi cases``: the cases that are kept, for a terminal and for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from bot.commands.store import case_sealer, with_store
from bot.core.case_card import say_aspects, say_verdict
from bot.core.case_commands import line_of, parse_case, query_of
from bot.core.cases import Case, Query
from bot.core.clock import KOREA, SystemClock
from bot.core.errors import ExitStatus, UserError
from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.core.visible import one_line
from bot.settings import Settings
from bot.storage.cases import SqlCases
from bot.storage.store import SqlStore
from bot.terminal import complain, say

ACTIONS = ("list", "show", "export")
COLUMNS = (
    "platform",
    "workspace",
    "channel",
    "number",
    "message",
    "at",
    "band",
    "probability",
    "model_id",
    "aspects",
    "rule",
    "state",
    "decision",
    "assignee",
    "owed",
    "hidden",
    "gone",
    "edited",
    "contested",
    "text",
)
"""Of an export. ``text`` is empty unless it is kept: see ``NUNCHI_KEEP_CASE_TEXT``."""

Form = Literal["jsonl", "csv"]


def cases(
    messages: Messages, action: str, words: Sequence[str], *, workspace: str | None, newest: int, form: str
) -> ExitStatus:
    """List cases, show one with all that happened to it, or export all that fit.

    Args:
        messages: the language to speak.
        action: ``list``, ``show`` or ``export``.
        words: which: a number for ``show``, else as in the chat: ``부정 열림 7일``.
        workspace: ``platform/workspace``; all if None.
        newest: how many to list.
        form: of an export: ``jsonl`` or ``csv``.

    Raises:
        UserError: if the store cannot be opened, or that is no action, no case, or not to be understood.
    """
    if action not in ACTIONS:
        raise UserError(ExitStatus.USAGE, "usage_action", actions=", ".join(ACTIONS))
    if form not in ("jsonl", "csv"):
        raise UserError(ExitStatus.USAGE, "usage_value", option="--format")
    where = _workspace(workspace)
    value = parse_case(" ".join(["cases", *words]))
    number = value if value is not None and value.isdecimal() else None
    if value is None or (action == "show") is not (number is not None):
        raise UserError(ExitStatus.USAGE, "usage_cases")
    if action == "show":
        return _show(messages, int(value), where)
    query = Query() if not value else query_of(value.split(), SystemClock().now())
    if action == "export":
        return _export(query, where, form)
    return _list(messages, query, where, newest)


def _workspace(given: str | None) -> tuple[str | None, str | None]:
    if given is None:
        return None, None
    platform, slash, workspace = given.partition("/")
    if not platform or not slash:
        raise UserError(ExitStatus.USAGE, "usage_value", option="--workspace")
    return platform, workspace


def _with_cases(work: Callable[[SqlCases], Awaitable[ExitStatus]]) -> ExitStatus:
    async def do(store: SqlStore, settings: Settings) -> ExitStatus:
        return await work(SqlCases(store, case_sealer(settings)))

    return with_store(do)


def _list(messages: Messages, query: Query, where: tuple[str | None, str | None], newest: int) -> ExitStatus:
    async def show(kept: SqlCases) -> ExitStatus:
        found = [case async for case in kept.everything(query, *where, newest=newest)]
        for case in found:
            say(f"{_place(case)}  {line_of(case, messages)}")
        if not found:
            complain(messages, "case_list_none")
        return ExitStatus.OK

    return _with_cases(show)


def _show(messages: Messages, number: int, where: tuple[str | None, str | None]) -> ExitStatus:
    async def show(kept: SqlCases) -> ExitStatus:
        found = [case async for case in kept.everything(Query(), *where, number=number)]
        if not found:
            raise UserError(ExitStatus.NO_INPUT, "case_unknown")
        for case in found:
            say(f"{_place(case)}  {line_of(case, messages)}")
            say(say_verdict(case, messages))
            if aspects := say_aspects(case.aspects, messages):
                say(aspects)
            text = await kept.text(case)
            if text is not None:
                say(one_line(text))
            for note in await kept.notes(case):
                at = note.at.astimezone(KOREA).strftime("%Y-%m-%d %H:%M:%S")
                say(f"{at}  {messages(f'case_act_{note.act}')}  {note.who}".rstrip())
        return ExitStatus.OK

    return _with_cases(show)


def _export(query: Query, where: tuple[str | None, str | None], form: str) -> ExitStatus:
    async def export(kept: SqlCases) -> ExitStatus:
        if form == "csv":
            say(_as_csv(COLUMNS))
        async for case in kept.everything(query, *where):
            row = _row(case, await kept.text(case))
            say(to_json(row) if form == "jsonl" else _as_csv(row.values()))
        return ExitStatus.OK

    return _with_cases(export)


def _row(case: Case, text: str | None) -> dict[str, Any]:
    place = {"platform": case.place.platform, "workspace": case.place.workspace, "channel": case.place.channel}
    own = {name: getattr(case, name) for name in COLUMNS if name not in (*place, "text")}
    own |= {"at": case.at.isoformat(), "aspects": " ".join(case.aspects)}
    return {name: {**place, **own, "text": None if text is None else one_line(text)}[name] for name in COLUMNS}


def _as_csv(values: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _place(case: Case) -> str:
    return "/".join(part for part in (case.place.platform, case.place.workspace, case.place.channel) if part)
