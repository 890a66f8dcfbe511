"""What the commands share: where they print, the program around them, and how they end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from nlp import ArtifactError
from nlp.modelstore import ModelStore
from training.host import Host, home_of
from training.messages import is_known, say

out = Console()
if not out.is_terminal:  # a file or a pipe has no edge at which a table should be cut
    out = Console(width=max(out.width, 140))
err = Console(stderr=True)

SeedOption = Annotated[int, typer.Option(min=0, max=2**31 - 1)]
"""Others are made from it by adding, and none may be more than 32 bits."""

USAGE, BAD_DATA, IO_ERROR, INTERRUPTED, CONFIG = 64, 65, 74, 75, 78
"""Exit statuses, those of ``nunchi``."""


@dataclass(frozen=True)
class Around:
    """The program around a command.

    Attributes:
        host: reads tables and knows the data folder; None where none is installed.
        program: what the user typed, for sentences that say what to type next.
    """

    host: Host | None
    program: str

    @property
    def store(self) -> ModelStore:
        """The model store of the data folder."""
        return ModelStore(home_of(self.host))


def around(context: typer.Context) -> Around:
    """What :func:`training.__main__.main` handed to the commands."""
    found = context.obj
    assert isinstance(found, Around)  # noqa: S101 - main always hands one in
    return found


def service_model(store: ModelStore) -> Path:
    """Folder of the model that serves: the store's, else the bundled one.

    Raises:
        ArtifactError: if the store is damaged, or the model is or is gone.
    """
    from nlp.analyze import BUNDLED

    serving = store.state().current
    if serving is None:
        return BUNDLED
    try:
        store.check(serving)
    except ArtifactError as error:
        if error.kind == "other":
            raise
        raise ArtifactError(f"model {serving}, which is in service, is gone or damaged", "serving") from None
    return store.path(serving)


def in_words(error: ArtifactError) -> str:
    """What is wrong with a model, in the language that is spoken."""
    sentence = f"model_{error.kind}"
    return say(sentence, **error.values) if is_known(sentence) else say("model_unusable", reason=error)
