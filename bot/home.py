"""Where the data folder is, told without reading any other setting: a single answer should not wait for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bot.core.errors import ExitStatus, UserError

NAME = "NUNCHI_HOME"
DEFAULT = Path("~/.nunchi")


def home_folder(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Path:
    """The data folder, as :func:`bot.settings.load_settings` has it: the environment, ``.env``, ``~/.nunchi``.

    Args:
        environment: that of this process if None.
        env_file: need not exist.

    Raises:
        UserError: if nobody knows where the user's own folder is, as in a container.
    """
    environment = os.environ if environment is None else environment
    named = environment.get(NAME, "").strip()
    if not named and env_file.is_file():
        from dotenv import dotenv_values

        try:
            named = (dotenv_values(env_file, interpolate=False).get(NAME) or "").strip()
        except (OSError, ValueError):  # the bots say so; a single answer does without
            named = ""
    return expanded(Path(named) if named else DEFAULT, NAME)


def expanded(path: Path, name: str) -> Path:
    """The path with the user's own folder in the place of ``~``.

    Args:
        path: as it was given.
        name: of the setting to name where that folder is not known.

    Raises:
        UserError: if it is not known.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        raise UserError(ExitStatus.CONFIG, "home_unknown", name=name) from None
