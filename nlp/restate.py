"""Says a clause as a sentence of its own: 배송은 빠른데 → 배송은 빠릅니다.

A model that learnt from whole reviews knows that a complaint comes after 빠른데, and counts it against the clause.
Restated, the clause is judged for what it says. Only the ending changes, and a conjunction at the beginning goes.
"""

from __future__ import annotations

import re

from nlp.endings import ends_contrast, ends_listing, is_judgement, opens_clause, tail

_RIEUL, _BIEUP, _NIEUN = 8, 17, 4
_MARKS = " .,~;…ㅋㅎㅠㅜ^"
_LAST_WORD = re.compile(rf"(\S+?)([{_MARKS}]*)$")
_FIRST_WORD = re.compile(r"(\S+?)[,\s]+")
_JIMAN = re.compile("지만(?:요|서도)?$")
_DE = re.compile("데(?:도|다가?|두|요|요도)?$")
_NA = re.compile("(?:으)?나$")
_LISTING = re.compile("(?:고|구|(?:으)?며|(?:으)?면서도?)$")
_LONGEST = 16


def restate(clause: str, following: str = "") -> str:
    """A clause with a finished ending in place of a connective.

    Args:
        clause: a clause of a normalised text.
        following: the first word of the next clause.

    Returns:
        The clause as a sentence; as it is where it ends in no connective.
    """
    opener = _FIRST_WORD.match(clause)
    if opener and opens_clause(opener[1]):
        clause = clause[opener.end() :]
    last = _LAST_WORD.search(clause[-_LONGEST:])
    if last is None:
        return clause
    word, at = last[1], len(clause) - len(last[0])
    before = clause[:at].rsplit(maxsplit=1)[-1:] or [""]
    stem = _stem(word, before[0], following, comma="," in last[2])
    return clause if stem is None else clause[:at] + formal(stem) + last[2].strip(" ,")


def _stem(word: str, before: str, following: str, *, comma: bool) -> str | None:
    """The stem of a word that ends in a connective."""
    if ends_contrast(word, before, following):
        if _JIMAN.search(word):
            return _JIMAN.sub("", word) or None
        if _DE.search(word):
            return _before_de(_DE.sub("", word))
        return _NA.sub("", word) if _NA.search(word) and len(word) > 1 else None
    if ends_listing(word, before, following, comma=comma) and _LISTING.search(word):
        return _LISTING.sub("", word) or None
    return None


def _before_de(modifier: str) -> str | None:
    """The stem in a form such as 좋은, 빠른, 있는, 무거운."""
    if len(modifier) > 1 and modifier[-1] in "는은":
        return modifier[:-1]
    if len(modifier) > 1 and modifier[-1] == "운" and not tail(modifier[-2]):
        return modifier[:-2] + chr(ord(modifier[-2]) + _BIEUP)  # 무거운: 무겁
    return modifier[:-1] + chr(ord(modifier[-1]) - _NIEUN) if tail(modifier[-1:]) == _NIEUN else None


def formal(stem: str) -> str:
    """A stem with the formal ending: 좋습니다, 빠릅니다, 깁니다, 별로입니다."""
    if is_judgement(stem):
        return stem + "입니다"
    final = tail(stem[-1])
    if final in (0, _RIEUL) and "가" <= stem[-1] <= "힣":
        return stem[:-1] + chr(ord(stem[-1]) - final + _BIEUP) + "니다"
    return stem + "습니다"
