"""Tokenizers: text in, a sequence of integer ids out, and back from a saved model.

Every tokenizer takes *normalised* text (:func:`nlp.text.normalize`) and numbers its tokens the same way:
0 is padding, 1 is any token not in the vocabulary, the vocabulary starts at 2. A model folder keeps
``tokenizer.to_dict()``; :func:`from_dict` restores it. The order of the vocabulary is part of the model,
which is why the manifest holds a hash of that description, too.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from nlp.text import is_hangul_syllable

PAD = 0
UNKNOWN = 1
_FIRST = 2

_SYLLABLE_BASE = 0xAC00
_SYLLABLES = 11_172
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


@runtime_checkable
class Tokenizer(Protocol):
    """What a network needs of a tokenizer."""

    kind: ClassVar[str]

    @property
    def size(self) -> int:
        """Number of ids, padding and unknown included."""

    def tokens(self, text: str) -> list[str]:
        """The tokens of a normalised text, in order."""

    def encode(self, text: str) -> list[int]:
        """The ids of the tokens of a normalised text, each in ``1 .. size - 1``."""

    def id_of(self, token: str) -> int:
        """The id of a token of the vocabulary; ``UNKNOWN`` if it is not there."""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-serialisable description from which :func:`from_dict` restores the tokenizer."""

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the description; equal exactly when the ids mean the same."""


class Vocabulary:
    """What the tokenizers share: a list of tokens, most frequent first, numbered from 2."""

    kind: ClassVar[str]

    def __init__(self, vocabulary: Sequence[str]) -> None:
        if len(set(vocabulary)) != len(vocabulary):
            raise ValueError("a token stands twice in the vocabulary")
        self.vocabulary = tuple(vocabulary)
        self._ids = {token: i for i, token in enumerate(self.vocabulary, _FIRST)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"

    @property
    def size(self) -> int:
        return _FIRST + len(self.vocabulary)

    def tokens(self, text: str) -> list[str]:
        raise NotImplementedError

    def encode(self, text: str) -> list[int]:
        get = self._ids.get
        return [get(token, UNKNOWN) for token in self.tokens(text)]

    def id_of(self, token: str) -> int:
        """The id of a token of the vocabulary; ``UNKNOWN`` if it is not there."""
        return self._ids.get(token, UNKNOWN)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "vocabulary": list(self.vocabulary)}

    def fingerprint(self) -> str:
        text = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def fit(cls, texts: Iterable[str], *, limit: int | None = None, min_count: int = 1) -> Any:
        """Build a tokenizer from normalised texts.

        Args:
            texts: normalised texts, read once.
            limit: keep at most this many tokens, the most frequent ones (the course's ``num_words``).
            min_count: leave out tokens seen fewer times.
        """
        counts: Counter[str] = Counter()
        bare = cls(())
        for text in texts:
            counts.update(bare.tokens(text))
        # Ties by the token itself: the order must not depend on the order of the corpus.
        ranked = sorted((t for t, n in counts.items() if n >= min_count), key=lambda t: (-counts[t], t))
        return cls(ranked[:limit])


class CharTokenizer(Vocabulary):
    """One token a character, blanks left out, so that 띄어쓰기 cannot change a verdict.

    Every Hangul syllable has an id, seen in training or not: those that were not come after the vocabulary
    and are known to the network by their jamo alone (:meth:`components`).
    """

    kind = "char"

    def __init__(self, vocabulary: Sequence[str]) -> None:
        super().__init__(vocabulary)
        if any(len(token) != 1 for token in vocabulary):
            raise ValueError("the vocabulary of a tokenizer of characters holds a token that is not one character")
        unseen = (c for c in map(chr, range(_SYLLABLE_BASE, _SYLLABLE_BASE + _SYLLABLES)) if c not in self._ids)
        self._all_ids = self._ids | {c: i for i, c in enumerate(unseen, _FIRST + len(self.vocabulary))}

    @property
    def size(self) -> int:
        return _FIRST + len(self._all_ids)

    def tokens(self, text: str) -> list[str]:
        return [c for c in text if not c.isspace()]

    def encode(self, text: str) -> list[int]:
        get = self._all_ids.get
        return [get(c, UNKNOWN) for c in text if not c.isspace()]

    def components(self) -> NDArray[np.int32]:
        """For each id its row of the character table and its jamo.

        Returns:
            Array ``[size, 4]``: row of the character table (``UNKNOWN`` for syllables never seen), then lead
            (1..19), vowel (1..21) and tail (1..27); 0 where there is none.
        """
        table = np.zeros((self.size, 4), np.int32)
        table[UNKNOWN, 0] = UNKNOWN
        for char, i in self._all_ids.items():
            table[i, 0] = self._ids.get(char, UNKNOWN)
            table[i, 1:] = _jamo_indices(char)
        return table


def _jamo_indices(char: str) -> tuple[int, int, int]:
    """Lead, vowel and tail of a syllable, or of a lone jamo; 1-based, 0 for none."""
    if is_hangul_syllable(char):
        code = ord(char) - _SYLLABLE_BASE
        return code // 588 + 1, code % 588 // 28 + 1, code % 28
    return _LEADS.find(char) + 1, _VOWELS.find(char) + 1, 0


class JamoTokenizer(Vocabulary):
    """One token a jamo: 좋아 is ㅈ ㅗ ㅎ ㅇ ㅏ. Blanks are left out, other characters stay whole."""

    kind = "jamo"

    def tokens(self, text: str) -> list[str]:
        out: list[str] = []
        for char in text:
            if is_hangul_syllable(char):
                lead, vowel, tail = _jamo_indices(char)
                out += (_LEADS[lead - 1], _VOWELS[vowel - 1])
                if tail:
                    out.append(_TAILS[tail - 1])
            elif not char.isspace():
                out.append(char)
        return out


class WordTokenizer(Vocabulary):
    """One token an eojeol, cut at blanks."""

    kind = "word"

    def tokens(self, text: str) -> list[str]:
        return text.split()


_KINDS: dict[str, type[Vocabulary]] = {cls.kind: cls for cls in (CharTokenizer, JamoTokenizer, WordTokenizer)}

KINDS = tuple(_KINDS)
"""Names of the tokenizers that need nothing beyond this package."""

MORPHEME_KINDS = ("kiwi", "mecab-ko", "okt", "komoran", "hannanum", "kkma", "mecab")
"""Names of those that need an extra (:mod:`nlp.tokenizers.morphemes`)."""


def create(kind: str) -> type[Vocabulary]:
    """The tokenizer class of that name.

    Raises:
        ValueError: if there is no tokenizer of that name.
    """
    if kind in MORPHEME_KINDS:
        from nlp.tokenizers.morphemes import CLASSES

        return CLASSES[kind]
    try:
        return _KINDS[kind]
    except KeyError:
        known = ", ".join((*_KINDS, *MORPHEME_KINDS))
        raise ValueError(f"no tokenizer is called {kind!r}; there are: {known}") from None


def from_dict(data: Mapping[str, Any]) -> Tokenizer:
    """Restore a tokenizer from :meth:`Tokenizer.to_dict`.

    Raises:
        ValueError: if the description is not one that ``to_dict`` writes.
    """
    kind, vocabulary = data.get("kind"), data.get("vocabulary")
    if not isinstance(kind, str) or not isinstance(vocabulary, list) or not all(isinstance(t, str) for t in vocabulary):
        raise ValueError("a tokenizer is described by 'kind' and a 'vocabulary' of strings")
    return create(kind)(vocabulary)
