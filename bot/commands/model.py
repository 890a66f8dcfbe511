"""Loading a model for a command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import ExitStatus, UserError
from bot.home import home_folder

if TYPE_CHECKING:
    from nlp import Analyzer


def promoted_model() -> Path | None:
    """Folder of the model that was put into service; None for the bundled one.

    Raises:
        nlp.ArtifactError: if nobody knows which it is.
    """
    from nlp.modelstore import ModelStore

    return ModelStore(home_folder()).current()


def load_model(folder: Path | None, *, threads: int = 1, aspects: Path | None = None) -> Analyzer:
    """The model to work with.

    Args:
        folder: its folder; if None that which ``nunchi train promote`` put into service, else the bundled one.
        threads: threads that it may use.
        aspects: a file of words for aspects, added to the bundled ones.

    Raises:
        UserError: if there is none, it is damaged, or a package that it needs is missing.
    """
    if folder is not None and not os.path.exists(folder):  # noqa: PTH110 - it never raises
        raise UserError(ExitStatus.CONFIG, "model_missing", path=folder)
    try:
        import nlp  # takes a quarter of a second, so only when it is needed
    except ImportError as error:
        raise UserError(ExitStatus.CONFIG, "package_missing", package=error.name or "nlp") from None
    try:
        if folder is None:
            folder = promoted_model()
        return nlp.load(folder, threads=threads, aspects=aspects)
    except ValueError as error:
        raise UserError(ExitStatus.CONFIG, "aspects_unusable", reason=error) from None
    except nlp.ArtifactError as error:
        if error.kind.startswith("analyser"):
            raise UserError(ExitStatus.CONFIG, f"model_{error.kind}", **error.values) from None
        raise UserError(ExitStatus.CONFIG, "model_unusable", reason=error) from None


def load_tested(folder: Path | None) -> Analyzer:
    """A model that is to take over from one that serves, after it has answered what any model must.

    Args:
        folder: its folder; the bundled model if None.

    Raises:
        nlp.ArtifactError: if it is damaged, or does not answer as a model should.
    """
    import nlp
    from nlp.golden import GOLDEN, golden_right

    analyzer = nlp.load(folder)
    if golden_right(analyzer) <= len(GOLDEN) // 2:
        raise nlp.ArtifactError(f"model {analyzer.model_id} answers no better than chance")
    return analyzer
