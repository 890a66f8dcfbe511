"""Where the data folder is, told without reading any other setting: a single answer should not wait for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

NAME = "NUNCHI_HOME"
DEFAULT = Path("~/.nunchi")


def home_folder(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Path:
    """The data folder, as :func:`bot.settings.load_settings` has it: the environment, ``.env``, ``~/.nunchi``.

    Args:
        environment: that of this process if None.
        env_file: need not exist.
    """
    environment = os.environ if environment is None else environment
    named = environment.get(NAME, "").strip()
    if not named and env_file.is_file():
        from dotenv import dotenv_values

        try:
            named = (dotenv_values(env_file, interpolate=False).get(NAME) or "").strip()
        except (OSError, ValueError):  # the bots say so; a single answer does without
            named = ""
    return (Path(named) if named else DEFAULT).expanduser()
