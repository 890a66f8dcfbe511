"""Somebody's text, made harmless to show."""

from __future__ import annotations

import re

# What could move a cursor, change colours, break a line or turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_BLANKS = re.compile(r"\s+")


def one_line(text: str) -> str:
    """A part of a text on one line, without anything that a terminal, a cell or a page would obey.

    Blanks at the ends stay (one of each), so that parts can be put together again.
    """
    return _BLANKS.sub(" ", _UNSEEN.sub(" ", text))
