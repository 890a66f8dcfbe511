"""Finds dictionary words in Korean text whatever particle or ending they carry.

A noun is found before any particle (``배송`` in 배송도, 당일배송). A verb or adjective is written in its dictionary
form and found in all its conjugations (``비싸다`` in 비싼데, 비쌌어요; ``빠르다`` in 빨라요). All comparing is done on
letters (jamo), because an ending may share a syllable with its stem.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_TAILS = frozenset(map(chr, range(0x11A8, 0x11C3)))
_TAILS_OF_ENDINGS = frozenset("\u11ab\u11af\u11b7\u11b8\u11bb")  # ㄴ ㄹ ㅁ ㅂ ㅆ: 비싼 비쌀 비쌈 비쌉니다 비쌌다
_AFTER_SHORT_NOUN = tuple("이은을도만과에의으로까부처조들감")
_AFTER_SHORT_VERB = tuple("요네다고지면서게구데니어아음은을습더길기던나며거듯만도용죠자므는시신십질준라려했")
_BEFORE_SHORT = (
    "너무",
    "넘",
    "좀",
    "조금",
    "딱",
    "안",
    "잘",
    "더",
    "꽤",
    "참",
    "약간",
    "아주",
    "많이",
    "엄청",
    "생각보다",
    "진짜",
)
_LONGEST_ENDING = 12
_GAP_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Form:
    """One spelling of a word.

    Attributes:
        jamo: what the text must hold.
        tails: final consonants that may follow at once.
        starts: beginnings of the next syllable, where only some will do; empty for any.
        after: syllables that may follow, where only some will do (words of one syllable).
        first: whether it must stand at the beginning of an eojeol.
    """

    jamo: str
    tails: frozenset[str]
    starts: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    first: bool = False

    def matches(self, text: Decomposed, at: int, *, continued: bool) -> bool:
        """Whether it stands at a position; ``continued`` says that what came before belongs to the phrase."""
        jamo = text.jamo
        if not jamo.startswith(self.jamo, at):
            return False
        end = at + len(self.jamo)
        following = jamo[end : end + 1]
        if self.starts and not jamo.startswith(self.starts, end):
            return False
        if following in _TAILS:
            if following not in self.tails:
                return False
            end += 1
        if self.first and not continued and not text.begins_word(at):
            return False
        return not self.after or not text.is_letter(end) or jamo.startswith(self.after, end)


class Decomposed:
    """A normalised text as letters.

    Args:
        text: a normalised text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        parts = [unicodedata.normalize("NFD", char) for char in text]
        self.jamo = "".join(parts)
        self.owner = [i for i, part in enumerate(parts) for _ in part] + [len(text)]

    def is_letter(self, at: int) -> bool:
        """Whether a letter or digit stands at a position among the jamo."""
        return at < len(self.jamo) and self.jamo[at].isalnum()

    def begins_word(self, at: int) -> bool:
        """Whether an eojeol begins at a position among the jamo; 너무커요 counts as 너무 커요."""
        if not self.is_letter(at - 1) or at == 0:
            return True
        before = self.text[: self.owner[at]]
        adverb = next((a for a in _BEFORE_SHORT if before.endswith(a)), None)
        return adverb is not None and not before[: -len(adverb)][-1:].isalnum()

    def end_of_word(self, at: int) -> int:
        """Where the eojeol at a position ends."""
        while self.is_letter(at):
            at += 1
        return at

    def next_words(self, at: int, count: int) -> Iterator[int]:
        """Where the next ``count`` eojeol begin; first the position itself, for text without blanks."""
        yield at
        for _ in range(count):
            end = self.end_of_word(at)
            if end - at > _LONGEST_ENDING:
                return
            at = end
            while at < len(self.jamo) and not self.is_letter(at):
                at += 1
            if at == len(self.jamo):
                return
            yield at


class Phrase:
    """A word, or several in a row, as a person writes them into a lexicon.

    ``만에 오다`` is found in 이틀 만에 왔어요: the words must follow one another, each with any particle or ending.
    ``다른 … 오다`` allows up to two words in between. ``^양이`` is found at the beginning of an eojeol only, as every
    word of one syllable is.

    Args:
        written: nouns as they are, verbs and adjectives in dictionary form.
    """

    def __init__(self, written: str) -> None:
        self.written = written
        self._parts: list[tuple[bool, tuple[_Form, ...]]] = []
        far = False
        for word in written.split():
            if word in ("…", ".."):
                far = True
            else:
                self._parts.append((far, tuple(_forms(word))))
                far = False

    def __repr__(self) -> str:
        return f"Phrase({self.written!r})"

    def first_letters(self) -> set[str]:
        """The first two letters of every spelling of its first word, by which a text can be looked through fast."""
        return {form.jamo[:2] for form in self._parts[0][1] if form.jamo[:1].isalnum()} if self._parts else set()

    def match(self, text: Decomposed, at: int) -> int | None:
        """The end of the phrase if it stands at a position among the jamo."""
        return self._match(text, at, 0)

    def _match(self, text: Decomposed, at: int, index: int) -> int | None:
        form = next((f for f in self._parts[index][1] if f.matches(text, at, continued=index > 0)), None)
        if form is None:
            return None
        end = at + len(form.jamo)
        if index + 1 == len(self._parts):
            return end
        for start in text.next_words(end, _GAP_WORDS if self._parts[index + 1][0] else 1):
            found = self._match(text, start, index + 1)
            if found is not None:
                return found
        return None


def _forms(word: str) -> Iterator[_Form]:
    """Every spelling in which a word begins."""
    first, word = word.startswith("^"), word.removeprefix("^")
    if len(word) > 1 and word.endswith("다"):
        short = len(word) == 2
        after = _jamo_of(_AFTER_SHORT_VERB) if short else ()
        for jamo, starts in _stems(word[:-1]):
            yield _Form(jamo, _TAILS_OF_ENDINGS, starts, after, first or short)
    else:
        short = len(word) == 1
        yield _Form(_nfd(word), frozenset(), (), _jamo_of(_AFTER_SHORT_NOUN) if short else (), first or short)


def _stems(stem: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A verb's stem as it stands before each kind of ending, and what must follow where not everything can."""
    jamo = _nfd(stem)
    yield jamo, ()
    body, last = jamo[:-1], jamo[-1]
    if last in _CONTRACTED:
        yield body + _CONTRACTED[last], ()
    elif last == "\u1173":  # 예뻐, 커; 바빠
        before = [c for c in body[:-1] if "\u1161" <= c <= "\u1175"]
        yield body + ("\u1161" if before and before[-1] in "\u1161\u1169" else "\u1165"), ()
    if stem.endswith("하"):
        yield body + "\u1162", ()  # 해
    if stem.endswith("르") and len(stem) > 1 and jamo[-3] not in _TAILS:
        for vowel in "\u1161\u1165":  # 빨라, 흘러
            yield jamo[:-2] + "\u11af\u1105" + vowel, ()
    if last == "\u11b8":  # 두꺼워, 고와
        for vowel in "\u116e\u116f\u116a":
            yield body + "\u110b" + vowel, ()
    elif last == "\u11af":  # 긴, 깁니다, 기네
        yield body, ("\u11ab", "\u11b8", *_jamo_of(("네", "는")))
    elif last == "\u11c2" and len(stem) > 1:  # 노란, 노래, 그래
        yield body, ("\u11ab", "\u1102")
        yield body[:-1] + "\u1162", ()
    elif last == "\u11ae":  # 들어
        yield body + "\u11af\u110b", ()
    elif last == "\u11ba":  # 나아, 부어
        yield body + "\u110b", ()


_CONTRACTED = {
    "\u1175": "\u1167",  # 느리: 느려
    "\u1169": "\u116a",  # 오: 와
    "\u116e": "\u116f",  # 주: 줘
    "\u116c": "\u116b",  # 되: 돼
}


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _jamo_of(syllables: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_nfd, syllables))
