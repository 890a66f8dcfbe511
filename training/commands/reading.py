"""The options that say how files of rated reviews are read, the same for every command that measures or compares."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from training.reviews import ReadRules

_OPTIONS: dict[str, Any] = {
    "text_column": str | None,
    "label_column": str | None,
    "scale": float | None,
    "cut": float | None,
    "encoding": str | None,
    "sheet": str | None,
}


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it gets them as its argument ``rules``."""
    own = inspect.signature(command, eval_str=True)
    kept = [parameter for name, parameter in own.parameters.items() if name != "rules"]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in _OPTIONS.items()
    ]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        command(rules=ReadRules(**{name: given.pop(name) for name in _OPTIONS}), **given)

    run.__signature__ = own.replace(parameters=[*kept, *more])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*kept, *more)}
    return run
