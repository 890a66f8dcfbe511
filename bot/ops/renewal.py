"""A running bot takes over the model that was put into service, without a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from bot.core.inference import Inference
from bot.core.ports import Classifier

_LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Pointer(Protocol):
    """Says which model serves; :class:`nlp.modelstore.ModelStore` is one."""

    def current(self) -> Path | None:
        """Its folder; None for the bundled one."""
        ...


class ModelWatch:
    """Notices that another model serves, and loads it once.

    Args:
        pointer: says which.
        load: makes a model of its folder; raises whatever is wrong with it.
        serving: id of the model that judges now.
    """

    def __init__(self, pointer: Pointer, load: Callable[[Path | None], Classifier], serving: str) -> None:
        self._pointer, self._load = pointer, load
        self.serving = serving
        self._seen: tuple[Path | None] | None = None

    def look(self) -> Classifier | None:
        """The model that is to take over; None if the one that judges is to go on.

        A folder is tried once: a broken one stays out of service until another is put there. What passes, such as too
        many open files, says nothing of the folder, which is tried again.

        Raises:
            Exception: whatever is wrong with the new model or the file that names it.
        """
        folder = self._pointer.current()
        if self._seen == (folder,):
            return None
        self._seen = (folder,)
        if folder is not None and folder.name == self.serving:
            return None
        try:
            classifier = self._load(folder)
        except (OSError, MemoryError):
            self._seen = None
            raise
        return classifier if classifier.model_id != self.serving else None


async def change_over_again_and_again(inference: Inference, watch: ModelWatch, every: float = _LOOK_SECONDS) -> None:
    """Look for a newer model now and every few seconds, and let it judge from the next batch on."""
    told = ""
    while True:
        try:
            classifier = await asyncio.to_thread(watch.look)
            if classifier is not None:
                inference.replace(classifier)
                watch.serving = classifier.model_id
                log.info("model replaced", extra={"event": "model_replaced", "model": classifier.model_id})
            told = ""
        except Exception as error:
            # Once, not every few seconds: an unreadable file stays unreadable.
            kind = type(error).__name__
            if kind != told:
                log.error("model not replaced", extra={"event": "model_refused", "kind": kind})
            told = kind
        await asyncio.sleep(every)
