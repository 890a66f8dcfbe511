"""Text of files as a terminal may show it: as it stands, and without anything that a terminal would obey."""

from __future__ import annotations

import unicodedata

from rich.text import Text


def plain(text: str) -> str:
    """The text without control and other invisible characters; lines and tabs stay."""
    return "".join(c for c in text if c in "\n\t" or not unicodedata.category(c).startswith("C"))


def cell(text: str) -> Text:
    """The text for a table, in which brackets are brackets and no markup."""
    return Text(plain(text))
