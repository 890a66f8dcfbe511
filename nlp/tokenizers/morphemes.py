"""Morphemes as tokens, by analysers that are not part of this package: each is an extra.

A vocabulary of morphemes means nothing without the analyser that cut them, so a tokenizer of this kind cannot even be
made where its analyser is missing: a model that needs one is refused when it is loaded, not at the first message.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from nlp.tokenizer import Vocabulary

Cut = Callable[[str], list[str]]

_KIWI = 'pip install "nunchi[kiwi]"'
_KONLPY = 'pip install "nunchi[morph]" and Java (a JDK, with JAVA_HOME set)'
_MECAB = 'pip install "nunchi[mecab]"'

_KONLPY_NAMES = {"okt": "Okt", "komoran": "Komoran", "hannanum": "Hannanum", "kkma": "Kkma", "mecab": "Mecab"}

_lock = threading.Lock()
_analysers: dict[str, Cut] = {}


class MissingAnalyserError(ValueError):
    """An analyser that is not installed; the message says how to get it.

    Args:
        message: for people who read English.
        extra: of this package, in which the analyser is.
        beside: what else it needs: ``""``, ``"java"`` or ``"mecab"``.
    """

    def __init__(self, message: str, extra: str = "", beside: str = "") -> None:
        super().__init__(message)
        self.extra, self.beside = extra, beside


def analyser(kind: str) -> Cut:
    """What cuts a text into morphemes, made once in a process.

    Raises:
        MissingAnalyserError: if it, or Java, is not installed.
    """
    with _lock:
        if kind not in _analysers:
            _analysers[kind] = _make(kind)
        return _analysers[kind]


def _make(kind: str) -> Cut:
    if kind == "kiwi":
        return _kiwi()
    if kind == "mecab-ko":
        return _mecab_ko()
    return _konlpy(kind)


def new_kiwi() -> Any:
    """A Kiwi of its own, which takes seconds to load.

    Raises:
        MissingAnalyserError: if it is not installed.
    """
    try:
        from kiwipiepy import Kiwi
    except ImportError:
        raise MissingAnalyserError(f"morphemes by Kiwi need kiwipiepy: {_KIWI}", "kiwi") from None
    return Kiwi(num_workers=1)


def _kiwi() -> Cut:
    kiwi = new_kiwi()
    return lambda text: [token.form for token in kiwi.tokenize(text)]


def _mecab_ko() -> Cut:
    try:
        from mecab import MeCab
    except ImportError:
        raise MissingAnalyserError(f"morphemes by MeCab need python-mecab-ko: {_MECAB}", "mecab") from None
    tagger = MeCab()
    return lambda text: list(tagger.morphs(text))


def _konlpy(kind: str) -> Cut:
    name, beside = _KONLPY_NAMES[kind], "mecab" if kind == "mecab" else "java"
    try:
        import konlpy.tag

        made: Any = getattr(konlpy.tag, name)()
    except ImportError:
        raise MissingAnalyserError(f"morphemes by {name} need konlpy: {_KONLPY}", "morph", beside) from None
    except Exception as error:  # no Java, no dictionary: each says so with an error of its own
        what = "MeCab and its Korean dictionary" if kind == "mecab" else "Java"
        raise MissingAnalyserError(
            f"morphemes by {name} need {what}, which cannot be used here ({type(error).__name__}): {_KONLPY}",
            "morph",
            beside,
        ) from None
    return lambda text: list(made.morphs(text))


class MorphemeTokenizer(Vocabulary):
    """One token a morpheme; see the module."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        super().__init__(vocabulary)
        self._cut = analyser(self.kind)

    def __getstate__(self) -> dict[str, Any]:
        """Without the analyser, which lives in its process."""
        return {k: v for k, v in self.__dict__.items() if k != "_cut"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._cut = analyser(self.kind)

    def tokens(self, text: str) -> list[str]:
        return self._cut(text) if text.strip() else []


class KiwiTokenizer(MorphemeTokenizer):
    """Morphemes by Kiwi; needs neither Java nor a compiler."""

    kind: ClassVar[str] = "kiwi"


class MecabKoTokenizer(MorphemeTokenizer):
    """Morphemes by MeCab-ko, through python-mecab-ko."""

    kind: ClassVar[str] = "mecab-ko"


class OktTokenizer(MorphemeTokenizer):
    """Morphemes by Okt, through konlpy; needs Java."""

    kind: ClassVar[str] = "okt"


class KomoranTokenizer(MorphemeTokenizer):
    """Morphemes by Komoran, through konlpy; needs Java."""

    kind: ClassVar[str] = "komoran"


class HannanumTokenizer(MorphemeTokenizer):
    """Morphemes by Hannanum, through konlpy; needs Java."""

    kind: ClassVar[str] = "hannanum"


class KkmaTokenizer(MorphemeTokenizer):
    """Morphemes by Kkma, through konlpy; needs Java."""

    kind: ClassVar[str] = "kkma"


class MecabTokenizer(MorphemeTokenizer):
    """Morphemes by MeCab, through konlpy; needs MeCab and its Korean dictionary on the system."""

    kind: ClassVar[str] = "mecab"


CLASSES: dict[str, type[MorphemeTokenizer]] = {
    cls.kind: cls
    for cls in (
        KiwiTokenizer,
        MecabKoTokenizer,
        OktTokenizer,
        KomoranTokenizer,
        HannanumTokenizer,
        KkmaTokenizer,
        MecabTokenizer,
    )
}
