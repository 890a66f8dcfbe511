"""Checks what a recipe's file says before hours of work depend on it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from training.errors import DataError

_AT_LEAST_ONE = (
    *("batch", "students", "networks", "seeds", "tokens", "language_model_batch", "layers", "span", "domain_weight"),
    *("calibration_folds", "generations"),
    *("course.embedding", "course.length", "course.epochs"),
)
_ABOVE_ZERO = ("rate",)
_LISTS = {"tuple[int, ...]": "[128, 64]", "tuple[str, ...]": '["pieces"]'}
_SHARES = ("hide", "noise", "smooth", "dropout", "recurrent_dropout", "wide_dropout")
# Of a whole, which may be all of it.
_PARTS = ("trust", "right_when_sure", "wide_marks", "least", "marks", "share", "level")


def check_settings(kind: type[Any] | Any, values: Mapping[str, Any], table: str) -> None:
    """Compare the values of one table with the fields of the dataclass that they are for.

    Args:
        kind: the dataclass, or one of it.
        values: as they stand in the file.
        table: its name; empty for what stands before the first table.

    Raises:
        DataError: naming the table and the setting that is wrong.
    """
    check_table(values, table)
    known = {f.name: f.type for f in fields(kind)}
    for name, value in values.items():
        if name not in known:
            raise DataError("recipe_no_setting", table=table, name=name)
        _check(table, name, str(known[name]), value)


def check_table(values: Any, table: str) -> None:
    """See that what stands for a table is one.

    Raises:
        DataError: naming it.
    """
    if not isinstance(values, Mapping):
        *outer, name = table.split(".")
        raise DataError("recipe_table", place=place_of(".".join(outer)), name=name, table=table, value=repr(values))


def place_of(table: str) -> str:
    """How a sentence says where a setting is; nothing for what stands before the first table."""
    return f"[{table}] " if table else ""


def _check(table: str, name: str, kind: str, value: Any) -> None:
    place = place_of(table)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "str" and not isinstance(value, str):
        raise DataError("recipe_text", place=place, name=name, value=repr(value))
    if kind == "bool" and not isinstance(value, bool):
        raise DataError("recipe_choice", place=place, name=name, choices="true, false", value=repr(value))
    least = int(name in _AT_LEAST_ONE or f"{table}.{name}" in _AT_LEAST_ONE)
    if kind == "int" and (not number or not isinstance(value, int) or value < least):
        raise DataError("recipe_whole", place=place, name=name, least=least, value=repr(value))
    if kind == "float" and (not number or not 0 <= value <= sys.float_info.max):
        raise DataError("recipe_number", place=place, name=name, value=repr(value))
    if kind in _LISTS and not isinstance(value, list | tuple):
        raise DataError("recipe_list", place=place, name=name, example=_LISTS[kind], value=repr(value))
    if name in _ABOVE_ZERO and value == 0:
        raise DataError("recipe_above_zero", place=place, name=name)
    if name in _SHARES and value >= 1:
        raise DataError("recipe_share", place=place, name=name, value=repr(value))
    if name in _PARTS and value > 1:
        raise DataError("recipe_part", place=place, name=name, value=repr(value))
