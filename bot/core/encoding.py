"""Which characters the bytes of a Korean text file are: UTF-8, UTF-16 with its mark, or CP949.

Nothing is ever turned into other characters silently. A file is looked at to its last byte before any of it
is used, and one that is not wholly readable is refused with the number of the line.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path

from bot.core.errors import ExitStatus, UserError

_CHUNK = 1 << 20
_MOST_NUL = 0.1
_MOST_CONTROL = 0.05
_MOST_RARE = 0.34
_SAMPLE = 1 << 16

# UTF-32's mark begins with UTF-16's, so it comes first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_FOR_FILES = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}

_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]")
_FOREIGN = re.compile(r"[^\W\d_a-zA-Z가-힣ㄱ-ㅣ]")


@dataclass(frozen=True)
class TextFile:
    """A text file that was read once to its end and is known to decode.

    Attributes:
        codec: Python's name of the encoding, without any mark.
        mark: the byte order mark that the file begins with, or nothing.
        newline: how its first line ends.
        digest: SHA-256 of its bytes, hexadecimal.
        size: in bytes.
    """

    path: Path
    codec: str
    mark: bytes
    newline: str
    digest: str
    size: int

    def open(self) -> TextIOWrapper[BufferedReader]:
        """A reader of its characters, line ends left as they are; close it."""
        stream = open(self.path, "rb")  # noqa: SIM115 - the wrapper that is returned closes it
        stream.seek(len(self.mark))
        return TextIOWrapper(stream, encoding=self.codec, newline="")


class _UndecodableError(Exception):
    """Bytes that an encoding does not know: in which line, and whether Hangul came before."""

    def __init__(self, line: int, after_hangul: bool) -> None:
        super().__init__(line)
        self.line = line
        self.after_hangul = after_hangul


def inspect(path: Path, wanted: str | None = None, tick: Callable[[int], None] = lambda done: None) -> TextFile:
    """Read a file to its end and say how to decode it.

    Args:
        path: the file.
        wanted: the encoding that it is said to have; found out if None.
        tick: told the number of bytes read so far.

    Raises:
        UserError: if it cannot be decoded from first to last byte, or is no text.
        OSError: if it cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(_CHUNK)
    mark, codec = next(((m, c) for m, c in _MARKS if head.startswith(m)), (b"", None))
    if wanted is not None:
        mark, codec = _as_wanted(wanted, mark, codec)
    if codec is not None:
        try:
            return _decode_all(path, codec, mark, tick)
        except _UndecodableError as error:
            raise _unreadable(head, error.line, codec) from None
    try:
        return _decode_all(path, "utf-8", mark, tick)
    except _UndecodableError as error:
        # Bytes of CP949 Hangul are not UTF-8, so whoever has read Hangul was reading UTF-8, and it is damaged.
        if error.after_hangul:
            raise _unreadable(head, error.line, "utf-8") from None
        utf8 = error
    try:
        return _decode_all(path, "cp949", mark, tick)
    except _UndecodableError as error:
        raise _unreadable(head, max(utf8.line, error.line), None) from None


def check_codec(name: str) -> str:
    """Python's name of an encoding that someone asked for.

    Raises:
        UserError: if there is no such encoding for files.
    """
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):  # ValueError: a name with a NUL
        info = None
    usable = info is not None and info.incrementaldecoder is not None and getattr(info, "_is_text_encoding", True)
    if info is None or not usable or info.name.replace("_", "-") in _NOT_FOR_FILES:
        raise UserError(ExitStatus.USAGE, "usage_encoding")
    return info.name


def decode_line(line: bytes) -> str:
    """A line from a pipe, whatever its bytes are; what cannot be read becomes U+FFFD."""
    text = decode_strictly(line)
    return line.decode(errors="replace") if text is None else text


def decode_strictly(line: bytes) -> str | None:
    """A line in UTF-8 or, where it is Korean then, in CP949; None if it is neither."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        text = line.decode("cp949")
    except UnicodeDecodeError:
        return None
    return text if looks_korean(text) else None


def looks_korean(text: str) -> bool:
    """Whether a text that was decoded as CP949 is what someone wrote.

    Bytes of other encodings can be CP949 too, but they turn into hanja, and into syllables beyond the 2,350 of
    KS X 1001, which hardly any Korean word has.
    """
    text = text[:_SAMPLE]
    hangul = "".join(_HANGUL.findall(text)).encode("cp949", "replace")
    common = sum(lead > 0xA0 and trail > 0xA0 for lead, trail in zip(hangul[::2], hangul[1::2], strict=False))
    rare = len(_FOREIGN.findall(text)) + len(hangul) // 2 - common
    return rare <= _MOST_RARE * (rare + common)


def _as_wanted(wanted: str, mark: bytes, marked: str | None) -> tuple[bytes, str]:
    codec = check_codec(wanted)
    if codec == "utf-8-sig":
        codec = "utf-8"
    if codec == "euc_kr":
        codec = "cp949"  # the same and more
    if codec in ("utf-16", "utf-32"):  # without a mark, Windows' order
        codec = marked if marked is not None and marked.startswith(codec) else f"{codec}-le"
    return (mark if codec == marked else b""), codec


def _decode_all(path: Path, codec: str, mark: bytes, tick: Callable[[int], None]) -> TextFile:
    """Decode the whole file, chunk by chunk.

    Raises:
        _UndecodableError: at the first byte that cannot be.
        UserError: if it decodes, but to what no text holds.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    digest = hashlib.sha256(mark)
    size, nul, lines, newline, after_hangul, sample = len(mark), 0, 0, "", False, ""
    with open(path, "rb") as file:
        file.seek(len(mark))
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(codec, "replace")
                after_hangul = after_hangul or _HANGUL.search(before) is not None
                raise _UndecodableError(lines + _line_ends(before) + 1, after_hangul) from None
            except UnicodeError:  # some codecs say no more than this
                raise _UndecodableError(lines + 1, after_hangul) from None
            digest.update(chunk)
            size += len(chunk)
            nul += text.count("\0")
            lines += _line_ends(text)
            newline = newline or _first_line_end(text)
            sample = sample or text
            after_hangul = after_hangul or _HANGUL.search(text) is not None
            tick(size)
            if not chunk:
                break
    if nul > _MOST_NUL * size:
        raise UserError(ExitStatus.BAD_DATA, "input_binary")
    if codec == "cp949" and not looks_korean(sample):
        raise UserError(ExitStatus.BAD_DATA, "input_encoding_unknown")
    return TextFile(path, codec, mark, newline or "\n", digest.hexdigest(), size)


def _line_ends(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _first_line_end(text: str) -> str:
    found = re.search(r"\r\n|\n|\r", text)
    return found[0] if found else ""


def _unreadable(head: bytes, line: int, codec: str | None) -> UserError:
    if len(head.translate(None, _CONTROL)) < (1 - _MOST_CONTROL) * len(head):
        return UserError(ExitStatus.BAD_DATA, "input_binary")
    if codec is None:
        return UserError(ExitStatus.BAD_DATA, "input_undecodable", line=line)
    return UserError(ExitStatus.BAD_DATA, "input_undecodable_as", line=line, encoding=codec.upper())
