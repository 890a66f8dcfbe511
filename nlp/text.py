"""Normalisation: one spelling for the many ways the same review can arrive.

``normalize`` is what every model sees, in training and in service. It is total (any Python string,
lone surrogates included), idempotent and linear in the length of its input. It keeps what carries
tone in Korean reviews (ㅋㅋ, ㅠㅠ, ^^, !, ~, emoji) and removes what only carries plumbing.

The steps are one table of rules applied in order, so that :func:`normalize_with_offsets` can apply the
very same rules while it remembers where each character came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

MAX_RUN = 2
"""Longest run of one character that is kept: ㅋㅋㅋㅋ and ㅋㅋ say the same."""

MIN_HANGUL_SHARE = 0.3
"""Least share of Hangul among the letters of a text that is judged as Korean."""

# Slack sends standard emoji as names. Only names that carry sentiment; none has a tripled letter, so
# shortening runs cannot create one.
_SHORTCODES = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤",
    "hearts": "❤",
    "heart_eyes": "😍",
    "smile": "😄",
    "smiley": "😃",
    "grin": "😁",
    "blush": "😊",
    "joy": "😂",
    "star": "⭐",
    "fire": "🔥",
    "tada": "🎉",
    "clap": "👏",
    "pray": "🙏",
    "100": "💯",
    "sob": "😭",
    "cry": "😢",
    "rage": "😡",
    "angry": "😠",
    "unamused": "😒",
    "broken_heart": "💔",
    "face_vomiting": "🤮",
}

_SAME = str.maketrans(
    {
        "…": "..",
        "⋯": "..",
        "‥": "..",
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "`": "'",
        "´": "'",
        "〜": "~",
        "∼": "~",
        "˜": "~",
        "♥": "❤",
        "♡": "❤",
        "ᆢ": "..",
        "ㆍ": ".",
        "·": ".",
        "\u3164": " ",  # Hangul filler: looks like a space and is used as one
        "\u115f": " ",
        "\u1160": " ",
    }
)

# Conjoining jamo that NFC could not compose (ᄏᄏ from some keyboards), as the letters people read (ㅋㅋ).
_LEAD = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAIL = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_LETTERS = {0x1100 + i: c for i, c in enumerate(_LEAD)}
_LETTERS |= {0x1161 + i: c for i, c in enumerate(_VOWEL)}
_LETTERS |= {0x11A8 + i: c for i, c in enumerate(_TAIL)}

_CONJOINING = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
_INVISIBLE = (
    "\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
)

MAX_MARKS = 32
"""Most combining marks in a row; no script needs more, and NFC takes quadratic time to sort them."""


def _width(match: re.Match[str]) -> str:
    """The character behind a full-width or half-width form.

    Not NFKC, which would also turn the letter ㅋ (U+314B) into a conjoining jamo.
    """
    out = []
    for char in match[0]:
        kind, _, code = unicodedata.decomposition(char).partition(" ")
        out.append(chr(int(code, 16)) if kind in ("<wide>", "<narrow>") else char)
    return "".join(out)


def _few_marks(match: re.Match[str]) -> str:
    """The symbols and marks of a run, marks beyond :data:`MAX_MARKS` in a row left out."""
    out = []
    marks = 0
    for char in match[0]:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= MAX_MARKS:
            out.append(char)
    return "".join(out)


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    replace: Callable[[re.Match[str]], str]


def _rule(pattern: str, replace: str | Callable[[re.Match[str]], str]) -> _Rule:
    if isinstance(replace, str):
        constant = replace
        return _Rule(re.compile(pattern), lambda _: constant)
    return _Rule(re.compile(pattern), replace)


_SAME_CLASS = "".join(re.escape(chr(c)) for c in _SAME)

_LIMIT_MARKS = _rule(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}", _few_marks)

_BEFORE_NFC = (
    _rule("[\uff01-\uffef\u3000]+", _width),
    # A letter whose lower case is longer (İ) leaves a combining mark, so case comes before marks.
    _rule("[A-Z\u00c0-\u00de\u0100-\u024f\u0370-\u052f\u1e00-\u1fff\u2126\u212a\u212b]", lambda m: m[0].lower()),
    _rule(f"[{_INVISIBLE}]+", ""),
    _LIMIT_MARKS,
)

# Followed by NFC once more: what stood on either side of a mark may compose now.
_BETWEEN_NFC = (
    _rule(f"[{_MARKS}]+", ""),
    _LIMIT_MARKS,  # again, because NFC takes some marks apart and others have just met
)

_AFTER_NFC = (
    _rule(f"[{_SAME_CLASS}]", lambda m: m[0].translate(_SAME)),
    _rule(f"[{_CONJOINING}]", lambda m: _LETTERS.get(ord(m[0]), " ")),
    # Discord and Slack mark-up: <@1> <@!1> <@&1> <#1> <:name:1> <a:name:1> <@U1|name> <!channel> <!subteam^S1>.
    # No limits and no blanks, so that what later rules shorten or blank out cannot become mark-up; before
    # shortcodes, because a server's own emoji may be called heart.
    _rule(
        r"<(?:[@#][!&]?[a-z0-9]+|a?:\w+:\d+|!(?:here|channel|everyone|subteam\^\w+))(?:\|[^<>|\s]*)?>",
        " ",
    ),
    _rule(r":(" + "|".join(map(re.escape, _SHORTCODES)) + r"):", lambda m: _SHORTCODES[m[1]]),
    # Digits are not shortened: 1000 is not 100.
    _rule(rf"([^\d\s])\1{{{MAX_RUN},}}", lambda m: m[1] * MAX_RUN),
    _rule(r"(?:https?://|\bww+\.)[!-;=?-~]+", " "),
    _rule(r"@(?:everyone|here)\b", " "),  # after URLs: @herehttp://
    _rule(r"\s+", " "),
)


def _merge_surrogates(text: str) -> str:
    """Surrogate pairs that arrived as two code units (from broken JSON) become the character they mean."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


_SURROGATE = re.compile("[\ud800-\udfff]")

# Most reviews are plain already. No w, which could begin an address; ++ tries nothing twice, or time would explode.
_PLAIN = re.compile(r"(?:[가-힣ㄱ-ㅣ0-9a-vx-z.,!?~^;'\"()+\-*/%=]++ ?)*+")
_LONG_RUN = re.compile(rf"([^\d\s])\1{{{MAX_RUN}}}")


def normalize(text: str) -> str:
    """Return the spelling of ``text`` that models are trained on and asked about.

    Args:
        text: any string, of any length; nothing is refused.

    Returns:
        A string that ``normalize`` leaves as it is; empty if nothing visible was in ``text``.
    """
    if _PLAIN.fullmatch(text) and not _LONG_RUN.search(text):
        return text.rstrip()
    if _SURROGATE.search(text):
        text = _merge_surrogates(text)
    text = unicodedata.normalize("NFC", _apply(_BEFORE_NFC, text))
    text = unicodedata.normalize("NFC", _apply(_BETWEEN_NFC, text))
    return _apply(_AFTER_NFC, text).strip()


def _apply(rules: tuple[_Rule, ...], text: str) -> str:
    for pattern, replace in rules:
        text = pattern.sub(replace, text)
    return text


def normalize_with_offsets(text: str) -> tuple[str, list[int], list[int]]:
    """:func:`normalize`, and where in ``text`` each character of the result came from.

    Args:
        text: any string.

    Returns:
        What ``normalize`` returns, and for each of its characters the first position in ``text`` that it stands
        for and the position after the last. Both lists never fall. A character owns the marks, joiners and
        variation selectors that followed it, so that a span never cuts an emoji or a decomposed syllable.
    """
    tracked = _merged_surrogates(text)
    tracked = _composed(_apply_tracked(_BEFORE_NFC, tracked))
    tracked = _composed(_apply_tracked(_BETWEEN_NFC, tracked))
    normal, starts, ends = _apply_tracked(_AFTER_NFC, tracked)
    left, right = len(normal) - len(normal.lstrip()), len(normal.rstrip())
    normal, starts, ends = normal[left:right], starts[left:right], ends[left:right]
    for i, (end, limit) in enumerate(zip(ends, [*starts[1:], len(text)], strict=False)):
        clinging = _CLINGING.match(text, end, limit) if end < limit else None
        ends[i] = clinging.end() if clinging else end
    return normal, starts, ends


_Tracked = tuple[str, list[int], list[int]]

_CLINGING = re.compile(f"[{_MARKS}\u200d\ufe00-\ufe0f\U000e0020-\U000e007f]+")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _merged_surrogates(text: str) -> _Tracked:
    merged = _merge_surrogates(text) if _SURROGATE.search(text) else text
    if len(merged) == len(text):
        return text, list(range(len(text))), list(range(1, len(text) + 1))
    second = {match.start() + 1 for match in _PAIR.finditer(text)}
    starts = [i for i in range(len(text)) if i not in second]
    return merged, starts, [*starts[1:], len(text)]


def _composed(tracked: _Tracked) -> _Tracked:
    """NFC, piece by piece: nothing composes across the start of a character that is neither mark nor jamo."""
    text, starts, ends = tracked
    if unicodedata.is_normalized("NFC", text):
        return tracked
    cuts = [i for i, char in enumerate(text) if i == 0 or not _may_compose_back(char)] + [len(text)]
    pieces: list[_Tracked] = []
    for a, b in pairwise(cuts):
        new = unicodedata.normalize("NFC", text[a:b])
        pieces.append((new, *_places(text[a:b], new, starts[a:b], ends[a:b])))
    return _joined(pieces)


def _may_compose_back(char: str) -> bool:
    return "\u1160" <= char <= "\u11ff" or unicodedata.category(char)[0] == "M"


def _apply_tracked(rules: tuple[_Rule, ...], tracked: _Tracked) -> _Tracked:
    text, starts, ends = tracked
    for pattern, replace in rules:
        pieces: list[_Tracked] = []
        done = 0
        for match in pattern.finditer(text):
            a, b = match.span()
            new = replace(match)
            pieces.append((text[done:a], starts[done:a], ends[done:a]))
            pieces.append((new, *_places(match[0], new, starts[a:b], ends[a:b])))
            done = b
        if pieces:
            text, starts, ends = _joined([*pieces, (text[done:], starts[done:], ends[done:])])
    return text, starts, ends


def _joined(pieces: list[_Tracked]) -> _Tracked:
    texts, starts, ends = zip(*pieces, strict=True)
    return "".join(texts), [i for part in starts for i in part], [i for part in ends for i in part]


def _places(old: str, new: str, starts: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
    """Places of the characters that stand for ``old`` now.

    Each its own where there are as many as before, or where some were only left out (then the last one stands for
    the rest as well); else each stands for all.
    """
    if len(new) == len(old):
        return starts, ends
    rest = iter(enumerate(old))
    kept = [next((i for i, c in rest if c == char), None) for char in new]
    own = [i for i in kept if i is not None]
    if not new or len(own) < len(kept):
        return [starts[0]] * len(new), [ends[-1]] * len(new)
    return [starts[i] for i in own], [*(ends[i] for i in own[:-1]), ends[-1]]


def is_hangul_syllable(char: str) -> bool:
    """Whether ``char`` is one of the 11,172 composed syllables 가..힣."""
    return "가" <= char <= "힣"


_SYLLABLES = re.compile("[가-힣]+")
_JAMO = re.compile("[ㄱ-ㅣ]+")
_LETTERS_OF_ANY = re.compile(r"[^\W\d_]+")


def is_korean(normalized: str) -> bool:
    """Whether a normalised text holds enough Hangul to be judged.

    At least one composed syllable, and Hangul at least :data:`MIN_HANGUL_SHARE` of all letters.
    """
    syllables = _count(_SYLLABLES, normalized)
    if not syllables or syllables >= MIN_HANGUL_SHARE * len(normalized):
        return syllables > 0
    hangul = syllables + _count(_JAMO, normalized)
    return hangul >= MIN_HANGUL_SHARE * _count(_LETTERS_OF_ANY, normalized)


def _count(characters: re.Pattern[str], text: str) -> int:
    return len("".join(characters.findall(text)))
