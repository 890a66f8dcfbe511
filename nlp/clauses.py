"""Cuts a review into clauses: at sentence ends and at contrastive or listing connectives.

A review often holds more than one opinion, ``배송은 빠른데 | 품질이 별로예요``. The cuts come from punctuation and from
word endings (:mod:`nlp.endings`), never from inside a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nlp.endings import ends_contrast, ends_listing, ends_sentence, is_judgement, may_end_sentence, opens_clause
from nlp.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a review that says one thing.

    Attributes:
        start: where it begins in the original text, in characters.
        end: where it ends, its last character not counted.
        text: the original text between them.
        verdict: of the clause alone.
    """

    start: int
    end: int
    text: str
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """Plain values; of the verdict only what differs from clause to clause."""
        said = {name: getattr(self.verdict, name) for name in ("label", "probability", "band")}
        return {"text": self.text, "start": self.start, "end": self.end, **said}


def are_mixed(clauses: Sequence[Clause]) -> bool:
    """Whether at least one clause is surely positive and one surely negative."""
    return {"positive", "negative"} <= {clause.verdict.band for clause in clauses}


# What stands between words: punctuation, laughter, tears, faces, symbols and emoji.
_BETWEEN = (
    "\\s.,!?~;:()\\[\\]{}<>^*_=+\\-/|\"'ㅋㅎㅠㅜㅡㄷㅗ\u2010-\u206f\u2190-\u2bff\u3000-\u303f\U0001f000-\U0001faff"
)
_WORD = re.compile(rf"(?:[^{_BETWEEN}]|(?<=[0-9])[.,:~/-](?=[0-9])|(?<=[a-z0-9])[-_./:+](?=[a-z0-9]))+")
_OPENING = frozenset("\"'([<{")
_FULL_STOP = re.compile(r"[!?]|(?<!\.)\.(?!\.)")
_FACE = re.compile("[ㅋㅎㅠㅜㅡ^\u2190-\u2bff\U0001f000-\U0001faff]")
_UNSPACED = re.compile(
    "(?<=[가-힣]{2})지만(?!요|서|은)(?=[가-힣])"
    "|(?<=[가-힣]{2})(?:[습입합]니다|[네아어해예에세]요|[는은른한운쁜]데)(?![요도서만다가는라하에])(?=[가-힣]{3})"
)
_LONG = 5
_ENOUGH = 16  # syllables of a word that are looked at, so that no word, however long, takes long


def split(text: str, breaks: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Cut a normalised text into clauses.

    Args:
        text: a normalised text.
        breaks: positions of blanks in it that stood for a line break.

    Returns:
        Start and end of each clause, in order; blanks between clauses belong to none.
    """
    words = list(_words(text))
    line_ends = frozenset(breaks)
    before, cuts = "", [0]
    for (start, end), (begin, stop) in pairwise(words):
        cut = _with_opening_marks(text, begin, end)
        word, following = text[max(start, end - _ENOUGH) : end], text[begin : min(stop, begin + _ENOUGH)]
        broken = not line_ends.isdisjoint(range(end, cut))
        if broken or _parts(before, word, following, text[end:cut], text[stop : stop + 1], alone=start <= cuts[-1]):
            cuts.append(cut)
        before = word
    spans = pairwise([*cuts, len(text)])
    return [(a, a + len(text[a:b].rstrip())) for a, b in spans if text[a:b].strip()]


def _with_opening_marks(text: str, begin: int, least: int) -> int:
    """Where a word begins that has brackets or quotes before it."""
    start = begin
    while start > least and text[start - 1] in _OPENING:
        start -= 1
    return begin if start == least else start  # what touches the word before belongs to that


def _words(text: str) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text):
        start, stop = match.span()
        if stop - start >= _LONG:
            for end in [m.end() for m in _UNSPACED.finditer(text, start, stop)]:
                yield start, end
                start = end
        yield start, stop


def _parts(before: str, word: str, following: str, gap: str, next_mark: str, *, alone: bool) -> bool:
    """Whether a clause ends between ``word`` and ``following``.

    Args:
        before: the word before ``word``.
        word: the last word of what may be a clause.
        following: the word after it.
        gap: what stands between the two.
        next_mark: the character after ``following``.
        alone: whether the clause would hold but this word.
    """
    marks = gap.replace(" ", "")
    if word.isdecimal() and len(word) < 3 and marks in (".", ")"):
        return False  # 1. 배송
    if not gap or _FULL_STOP.search(marks):
        return True
    if following.isdecimal() and len(following) < 3 and next_mark in (".", ")"):
        return True
    if ends_sentence(word, following) or ends_contrast(word, before, following):
        return True
    if ends_listing(word, before, following, comma="," in marks):
        return True
    if opens_clause(following, word) or (following == "단" and next_mark == ","):
        return not opens_clause(word, before)
    if marks and (may_end_sentence(word) if marks != "," else is_judgement(word)):
        return True
    return not alone and gap != marks and bool(_FACE.search(marks))
