"""What a program may use of ``nlp``: few names, each documented and typed."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

import nlp

MOST_NAMES = 6


def public_names(module: ModuleType) -> set[str]:
    """Names that a user sees: neither private nor the modules behind them."""
    return {n for n, value in vars(module).items() if not n.startswith("_") and not isinstance(value, ModuleType)}


def public_members() -> Iterator[tuple[str, Any]]:
    """Everything that the face leads to: its names, and the methods of its classes."""
    for name in nlp.__all__:
        value = getattr(nlp, name)
        yield name, value
        if inspect.isclass(value):
            for method, function in vars(value).items():
                if inspect.isfunction(function) and not method.startswith("_") and "<" not in function.__qualname__:
                    yield f"{name}.{method}", function


MEMBERS = dict(public_members())


def test_the_names_are_few_and_said() -> None:
    assert list(nlp.__all__) == sorted(nlp.__all__)
    assert set(nlp.__all__) == public_names(nlp)
    assert len(nlp.__all__) <= MOST_NAMES
    assert {"load", "Analyzer", "Verdict"} <= set(nlp.__all__)


def test_the_check_sees_a_name_too_many() -> None:
    module = ModuleType("extra")
    module.__dict__.update(load=nlp.load, _private=1, os=re, helper=len)
    assert public_names(module) == {"load", "helper"}


def test_the_package_says_what_it_is_for() -> None:
    assert nlp.__doc__ is not None
    assert "analyze(" in nlp.__doc__
    assert Path(nlp.__file__).with_name("py.typed").exists()


@pytest.mark.parametrize("name", MEMBERS)
def test_it_is_documented(name: str) -> None:
    text = MEMBERS[name].__doc__ or ""
    assert len(text.split()) >= 4
    assert not text.startswith(f"{name}("), "dataclasses make up a docstring where there is none"


@pytest.mark.parametrize("name", [n for n, value in MEMBERS.items() if inspect.isfunction(value)])
def test_arguments_and_errors_are_documented(name: str) -> None:
    function = MEMBERS[name]
    signature = inspect.signature(function)
    hints = get_type_hints(function)
    arguments = [p for p in signature.parameters if p != "self"]
    assert set(hints) == {*arguments, "return"}, "every argument and the result have types"
    documented = inspect.getdoc(function) or ""
    if len(arguments) > 1:
        assert all(re.search(rf"^ +{argument}: ", documented, re.MULTILINE) for argument in arguments)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    if any(isinstance(node, ast.Raise) for node in ast.walk(tree)):
        assert "Raises:" in documented


def test_errors_of_loading_are_documented() -> None:
    assert "ArtifactError" in (nlp.load.__doc__ or "")
    assert issubclass(nlp.ArtifactError, Exception)


def test_every_field_of_a_verdict_is_documented() -> None:
    text = inspect.getdoc(nlp.Verdict) or ""
    for field in dataclasses.fields(nlp.Verdict):
        assert re.search(rf"^ +{field.name}: \S", text, re.MULTILINE), field.name
