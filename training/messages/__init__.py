"""Picks the sentence to say, in the language of whoever reads it: Korean, or English where that is asked for.

A sentence is known by its name, and said when it is printed: an error, or a note of what was read, carries the name and
what its placeholders stand for. What machines read (JSON keys, metrics, manifests) has no language and is not here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from training.messages import card_en, card_ko, data_en, data_ko, en, help_en, help_ko, ko

Language = Literal["ko", "en"]

MODULES = {"ko": (ko, data_ko, card_ko, help_ko), "en": (en, data_en, card_en, help_en)}
_SENTENCES: dict[str, dict[str, str]] = {
    language: {name: value for module in modules for name, value in vars(module).items() if name.isupper()}
    for language, modules in MODULES.items()
}
_chosen: Language | None = None


def choose_language(option: str | None, environment: Mapping[str, str]) -> Language | None:
    """The language to speak: ``--lang``, else ``NUNCHI_LANG``, else Korean; the rule of ``nunchi``.

    Returns:
        None if ``option`` is no language. A wish in the environment that cannot be met is not worth stopping for.
    """
    if option is not None:
        return cast(Language, option) if option in MODULES else None
    wish = environment.get("NUNCHI_LANG", "")[:2].lower()
    return cast(Language, wish) if wish in MODULES else "ko"


def language() -> Language:
    """The language that is spoken now."""
    return _chosen or choose_language(None, os.environ) or "ko"


@contextmanager
def speaking(wish: Language) -> Iterator[None]:
    """Speak a language for a while, in every thread."""
    global _chosen
    before, _chosen = _chosen, wish
    try:
        yield
    finally:
        _chosen = before


def say(name: str, /, **values: object) -> str:
    """The sentence of that name (lower case), its placeholders filled in."""
    return _SENTENCES[language()][name.upper()].format(**values)


def is_known(name: str) -> bool:
    """Whether there is a sentence of that name."""
    return name.upper() in _SENTENCES["ko"]


@dataclass(frozen=True)
class Said:
    """A sentence that is put into words when somebody reads it.

    Attributes:
        name: of the sentence.
        values: what its placeholders stand for; other such sentences too.
    """

    name: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return say(self.name, **self.values)

    def plain(self) -> dict[str, Any]:
        """The same for a machine, in no language."""
        told = {key: value.plain() if isinstance(value, Said) else value for key, value in self.values.items()}
        return {"what": self.name, **told}
