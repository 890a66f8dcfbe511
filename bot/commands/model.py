"""Loading a model for a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import ExitStatus, UserError

if TYPE_CHECKING:
    from nlp import Analyzer


def load_model(folder: Path | None, *, threads: int = 1, aspects: Path | None = None) -> Analyzer:
    """The model to work with.

    Args:
        folder: its folder; the bundled model if None.
        threads: threads that it may use.
        aspects: a file of words for aspects, added to the bundled ones.

    Raises:
        UserError: if there is none, it is damaged, or a package that it needs is missing.
    """
    if folder is not None and not folder.is_dir():
        raise UserError(ExitStatus.CONFIG, "model_missing", path=folder)
    try:
        import nlp  # takes a quarter of a second, so only when it is needed
    except ImportError as error:
        raise UserError(ExitStatus.CONFIG, "package_missing", package=error.name or "nlp") from None
    try:
        return nlp.load(folder, threads=threads, aspects=aspects)
    except ValueError as error:
        raise UserError(ExitStatus.CONFIG, "aspects_unusable", reason=error) from None
    except nlp.ArtifactError as error:
        raise UserError(ExitStatus.CONFIG, "model_unusable", reason=error) from None
