"""``nunchi doctor``: what is installed, which model, what is missing for which feature and how to get it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.commands.checks import Check, run_checks
from bot.core.errors import ExitStatus
from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.terminal import say

_COLOURS = {"ok": "green", "missing": "yellow", "warning": "yellow", "error": "red"}
_LEAST_WIDTH = 100


def doctor(messages: Messages, *, json: bool, model: Path | None) -> ExitStatus:
    """Print the report.

    Args:
        messages: the language to speak.
        json: one JSON object instead of a table.
        model: folder of the model; the bundled one if None.

    Returns:
        ``CONFIG`` if the base does not work, e.g. because the model is damaged.
    """
    checks = list(run_checks(messages, model))
    healthy = all(check.status != "error" for check in checks)
    if json:
        say(to_json({"ok": healthy, "checks": [asdict(check) for check in checks]}))
    else:
        _print(checks, messages)
        say(messages("doctor_healthy" if healthy else "doctor_broken"))
    return ExitStatus.OK if healthy else ExitStatus.CONFIG


def _print(checks: list[Check], messages: Messages) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=_LEAST_WIDTH)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for check in checks:
        detail = check.detail + (f"\n→ {check.fix}" if check.fix else "")
        mark = Text(messages(f"doctor_status_{check.status}"), style=_COLOURS[check.status])
        table.add_row(mark, Text(check.name), Text(detail))
    with console.capture() as capture:
        console.print(table)
    say("\n".join(line.rstrip() for line in capture.get().splitlines()))
