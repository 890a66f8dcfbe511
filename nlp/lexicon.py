"""The words by which aspects are found, and those that praise or blame an aspect whatever a model thinks of them.

The lexicon is a TOML file (:data:`BUNDLED`, in Korean) that a team can extend without code.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from nlp.stems import Decomposed, Phrase
from nlp.text import normalize

BUNDLED = Path(__file__).with_name("aspects.toml")
"""The lexicon that comes with the package."""

ANY = "*"
"""Name of the table whose ``good`` and ``bad`` words count for every aspect."""

_MOST_PHRASES = 5_000
_LONGEST_PHRASE = 60
_NEGATED_BEFORE = re.compile(r"(?:^|\s)(?:안|못|덜)\s?$")
_NEGATED_AFTER = re.compile(r"^[가-힣]{0,2}(?:지|지도|지는|진|질)\s?(?:않|못|안)|^[가-힣]{0,3}\s(?:없|아니|아닌|않)")


class LexiconError(ValueError):
    """A lexicon that cannot be used; the message says which file, where and what to do."""


@dataclass(frozen=True)
class AspectWords:
    """The phrases of one aspect.

    Attributes:
        words: name it wherever they stand.
        hints: name it where the clause has no ``words`` of any aspect.
        exceptions: phrases in which neither counts.
        good: praise it.
        bad: blame it.
    """

    words: tuple[Phrase, ...] = ()
    hints: tuple[Phrase, ...] = ()
    exceptions: tuple[Phrase, ...] = ()
    good: tuple[Phrase, ...] = ()
    bad: tuple[Phrase, ...] = ()

    def __add__(self, more: AspectWords) -> AspectWords:
        return AspectWords(*(getattr(self, f.name) + getattr(more, f.name) for f in fields(self)))


_KEYS = {"words": "words", "hints": "hints", "except": "exceptions", "good": "good", "bad": "bad"}
"""The keys of the file, and what they are called here."""


class Named(NamedTuple):
    """An aspect that a clause names.

    Attributes:
        name: of the aspect.
        words: start and end of the words that named it.
        leaning: how many words praise it, less how many blame it; a negated word counts for the other side.
    """

    name: str
    words: tuple[tuple[int, int], ...]
    leaning: int


class _Hit(NamedTuple):
    name: str
    kind: str
    start: int
    end: int

    def within(self, other: _Hit) -> bool:
        """Whether it is a part of a longer one."""
        longer = other.end - other.start > self.end - self.start
        return longer and other.start <= self.start and self.end <= other.end

    def touches(self, other: _Hit) -> bool:
        return self.start < other.end and other.start < self.end


class Lexicon:
    """Aspects and their words.

    Args:
        aspects: the words by the aspect's name; under :data:`ANY` those of all aspects.
    """

    def __init__(self, aspects: Mapping[str, AspectWords]) -> None:
        self.names = tuple(name for name in aspects if name != ANY)
        self._index: dict[str, list[tuple[str, str, Phrase]]] = defaultdict(list)
        for name, phrases in aspects.items():
            for field in fields(phrases):
                for phrase in getattr(phrases, field.name):
                    for key in phrase.first_letters():
                        self._index[key].append((name, field.name, phrase))

    def find(self, text: str, clauses: Sequence[tuple[int, int]]) -> list[list[Named]]:
        """Every aspect that a text names.

        A word inside of a longer one that names another aspect does not count (배송 in 오배송). A phrase that runs over
        two clauses belongs to the second: ``검정 시켰는데 | 흰색이 왔어요``.

        Args:
            text: a normalised text.
            clauses: start and end of its clauses, in order.

        Returns:
            What each clause names, in order of the first word.
        """
        by_kind: dict[str, list[_Hit]] = defaultdict(list)
        for hit in self._hits(text):
            by_kind[hit.kind].append(hit)
        naming = [
            h
            for h in by_kind["words"] + by_kind["hints"]
            if not any(h.name == e.name and h.touches(e) for e in by_kind["exceptions"])
        ]
        naming = [h for h in naming if not any(h.within(o) and (o.kind == "words" or h.kind == o.kind) for o in naming)]
        judging = by_kind["good"] + by_kind["bad"]
        judging = [h for h in judging if not any(h.within(o) for o in judging if o.name in (h.name, ANY))]
        return [self._named(text, naming, judging, clause) for clause in clauses]

    def _named(
        self, text: str, naming: Sequence[_Hit], judging: Sequence[_Hit], clause: tuple[int, int]
    ) -> list[Named]:
        start, end = clause
        own = [h for h in naming if start < h.end <= end]
        own = [h for h in own if h.kind == "words"] or own
        words: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for hit in _apart(own):
            words[hit.name].append((hit.start, hit.end))
        # A phrase that praises may have begun in the clause before.
        near = [h for h in judging if start < h.end <= end]
        return [
            Named(name, tuple(spans), sum(_sign(text, h, clause) for h in near if h.name in (name, ANY)))
            for name, spans in words.items()
        ]

    def _hits(self, text: str) -> Iterator[_Hit]:
        decomposed = Decomposed(text)
        for at in range(len(decomposed.jamo) - 1):
            for name, kind, phrase in self._index.get(decomposed.jamo[at : at + 2], ()):
                end = phrase.match(decomposed, at)
                if end is not None:
                    yield _Hit(name, kind, decomposed.owner[at], decomposed.owner[end - 1] + 1)


def _sign(text: str, hit: _Hit, clause: tuple[int, int]) -> int:
    before, after = text[max(clause[0], hit.start - 4) : hit.start], text[hit.end : min(clause[1], hit.end + 10)]
    negated = bool(_NEGATED_BEFORE.search(before)) != bool(_NEGATED_AFTER.search(after))
    return -1 if (hit.kind == "good") == negated else 1


def _apart(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Of hits of one aspect that overlap, the one that begins first, and of these the longest."""
    last: dict[str, int] = {}
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, h.name)):
        if hit.start >= last.get(hit.name, 0):
            last[hit.name] = hit.end
            yield hit


def load_lexicon(path: Path | None = None) -> Lexicon:
    """Read the bundled lexicon, and add a team's own to it.

    Args:
        path: a file of the same form; its words come on top of the bundled ones, except where it says
            ``replace = true``.

    Raises:
        LexiconError: if the file cannot be read or is not of that form.
    """
    merged = {name: words for name, (words, _) in _read(BUNDLED).items()}
    if path is not None:
        for name, (words, replace) in _read(path).items():
            merged[name] = words if replace else merged.get(name, AspectWords()) + words
    return Lexicon({name: words for name, words in merged.items() if name == ANY or words.words or words.hints})


def _read(path: Path) -> dict[str, tuple[AspectWords, bool]]:
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise LexiconError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise LexiconError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f'{path}: {error}; a Korean name stands in quotes, ["배송"]') from None
    return {name: _read_aspect(f"{path}, {name!r}", table) for name, table in tables.items()}


def _read_aspect(where: str, table: Any) -> tuple[AspectWords, bool]:
    if not isinstance(table, dict):
        raise LexiconError(f'{where} stands outside of an aspect; write a name such as ["배송"] above the words')
    unknown = sorted(set(table) - {*_KEYS, "replace"})
    if unknown:
        raise LexiconError(
            f"{where}: {unknown[0]!r} is not known; there are words, hints, except, good, bad and replace"
        )
    replace = table.get("replace", False)
    if not isinstance(replace, bool):
        raise LexiconError(f"{where}: replace is true or false")
    return AspectWords(**{ours: _phrases(where, key, table.get(key, [])) for key, ours in _KEYS.items()}), replace


def _phrases(where: str, key: str, written: Any) -> tuple[Phrase, ...]:
    if not isinstance(written, list) or not all(isinstance(w, str) for w in written):
        raise LexiconError(f'{where}: {key} is a list of words in quotes, ["배송", "택배"]')
    if len(written) > _MOST_PHRASES:
        raise LexiconError(f"{where}: {key} holds more than {_MOST_PHRASES:,} words")
    phrases = []
    for word in written:
        phrase = Phrase(normalize(word).replace("..", " … "))
        if len(word) > _LONGEST_PHRASE or not phrase.first_letters():
            raise LexiconError(f"{where}: {word[:20]!r} in {key} should be a word of 1 to {_LONGEST_PHRASE} letters")
        phrases.append(phrase)
    return tuple(phrases)
