"""Evidence words made fit to be shown: they are the only thing of a user's text that an answer may repeat.

Nothing is escaped and nothing is looked for: only Hangul, short figures and single blanks pass, so that no mark-up of
any platform, no link, no mention and no character that is not seen can be left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.explain import Evidence

MOST_WORDS = 5
LONGEST_WORD = 16

# A long figure could be somebody's number, or an id that a platform knows.
_PASSES = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]+|(?<![0-9])[0-9]{1,3}(?![0-9])")
_HANGUL = re.compile("[가-힣]")
_SIGNS = {"+": "+", "-": "−"}


def safe_word(word: str) -> str:
    """What may be shown of a word; empty if there is no Hangul in it, or it is not a word at all."""
    parts = [_PASSES.findall(part) for part in word[: 4 * LONGEST_WORD].split()]
    safe = " ".join("".join(part) for part in parts if part)
    if not _HANGUL.search(safe):
        return ""
    return safe if len(safe) <= LONGEST_WORD else safe[: LONGEST_WORD - 1].rstrip() + "…"


def safe_words(words: Iterable[str]) -> tuple[str, ...]:
    """The first few words of which something may be shown, each once."""
    return tuple(dict.fromkeys(filter(None, map(safe_word, words))))[:MOST_WORDS]


def signed_words(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The same with the side that each word speaks for: ``+빨라요``, ``−별로예요``."""
    shown = ((_SIGNS[word.sign], safe_word(word.text)) for word in evidence)
    return tuple(dict.fromkeys(sign + word for sign, word in shown if word))[:MOST_WORDS]
