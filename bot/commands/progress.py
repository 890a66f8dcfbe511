"""A progress bar on standard error, where a person can see it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.messages import Messages
from bot.core.tables import Tick
from bot.terminal import is_terminal


@contextmanager
def progress(messages: Messages) -> Iterator[Tick]:
    """A function to report progress to; it shows nothing unless standard error is a terminal."""
    if not is_terminal(sys.stderr):
        yield lambda phase, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {}

        def tick(phase: str, done: int, total: int | None) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(messages(f"progress_{phase}"), total=total, count="")
            count = "" if phase == "check" else f"{done:,} / {total:,}" if total else f"{done:,}"
            bar.update(tasks[phase], completed=done, total=total, count=count)

        yield tick
