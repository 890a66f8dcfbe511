"""The command line of the trainer, explained in the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from training.commands.ablate import ablate
from training.commands.bench import bench
from training.commands.compare import compare
from training.commands.curve import curve
from training.commands.fetch import fetch
from training.commands.finish import finish
from training.commands.fit import fit
from training.commands.measure import behaviour, evaluate, faithfulness, parts
from training.commands.models import models_app, promote, rollback
from training.commands.teach import teach
from training.commands.vectors import vectors_app
from training.messages import is_known, say

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for _command in (
    fit,
    ablate,
    bench,
    compare,
    curve,
    fetch,
    teach,
    finish,
    promote,
    rollback,
    evaluate,
    behaviour,
    faithfulness,
    parts,
):
    app.command(_command.__name__)(_command)
app.add_typer(models_app, name="models")
app.add_typer(vectors_app, name="vectors")

_LONG_OPTION = re.compile(r"--[a-z][a-z-]{0,30}")


def command_line() -> Any:
    """What reads the words, with its help in the language that is spoken."""
    root = get_command(app)
    for path, command in walk(root):
        command.help = say("_".join(["help", *path]))
        for parameter in command.params:
            if parameter.name != "help":
                parameter.help = say(help_name(path, parameter.name))
    return root


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and all below it, with the words by which they are called."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, (*path, name))


def help_name(path: tuple[str, ...], parameter: str) -> str:
    """The sentence that explains a parameter: the command's own, else the one that all share."""
    own = "_".join(["help", *path, parameter])
    return own if is_known(own) else f"help_{parameter}"


def what_is_wrong(error: typer.TyperException, program: str) -> str:
    """A mistake in the words in one sentence, which repeats nothing of what was typed, except an option's name."""
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    is_option = getattr(parameter, "param_type_name", "") == "option"
    name = str(getattr(parameter, "name", ""))
    shown = max(getattr(parameter, "opts", []), key=len, default="--") if is_option else name.upper()
    seen = f"{program} --help"
    option = str(getattr(error, "option_name", ""))
    if kind == "MissingParameter":
        return say("usage_missing", argument=shown, help=seen)
    if kind == "NoSuchOption" and _LONG_OPTION.fullmatch(option):
        return say("usage_option", option=option, help=seen)
    if kind == "BadParameter":
        return say("usage_value", option=shown, help=seen)
    if kind == "BadOptionUsage":
        return say("usage_needs_value", option=option, help=seen)
    if "extra argument" in str(error):
        return say("usage_extra", help=seen)
    return say("usage_command" if "No such command" in str(error) else "usage", help=seen)
