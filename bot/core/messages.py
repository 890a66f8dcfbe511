"""Picks the sentence to say, in the language to say it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from bot.core import messages_en, messages_ko
from bot.core.errors import ExitStatus, UserError

Language = Literal["ko", "en"]

_MODULES = {"ko": messages_ko, "en": messages_en}


class Messages:
    """Every sentence in one language: ``Messages("en")("prompt_bye")``.

    Args:
        language: ``ko`` or ``en``.
    """

    def __init__(self, language: Language = "ko") -> None:
        self.language = language
        self._module = _MODULES[language]

    def __call__(self, name: str, /, **values: object) -> str:
        """The sentence of that name (lower case), its placeholders filled in."""
        sentence = getattr(self._module, name.upper())
        return cast(str, sentence.format(**values))


def choose_language(option: str | None, environment: Mapping[str, str]) -> Language:
    """The language to speak: ``--lang``, else ``NUNCHI_LANG``, else Korean.

    Raises:
        UserError: if ``option`` is neither ``ko`` nor ``en``. A wish in the environment that cannot be met is
            not worth stopping for: Korean then.
    """
    if option is not None:
        if option not in _MODULES:
            raise UserError(ExitStatus.USAGE, "usage_language")
        return cast(Language, option)
    wish = environment.get("NUNCHI_LANG", "")[:2].lower()
    return cast(Language, wish) if wish in _MODULES else "ko"
