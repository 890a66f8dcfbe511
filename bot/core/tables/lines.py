"""Plain text, one review a line: a file, or a stream that is read only once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bot.core.encoding import TextFile, decode_strictly
from bot.core.errors import ExitStatus, UserError
from bot.core.tables.delimited import LONGEST_CELL, TICK_EVERY, lines
from bot.core.tables.row import Kind, Row, Style, Tick


class TextTable:
    """The lines of a text file. A blank line is a row too, so that rows keep the numbers of their lines."""

    kind: Kind = "text"
    columns: tuple[str, ...] = ("text",)
    text_column = 0
    sheets: tuple[str, ...] = ()

    def __init__(self, file: TextFile, tick: Tick) -> None:
        self._file = file
        self.digest = file.digest
        self.style = Style(file.codec, file.mark, file.newline)
        self.total = 0
        with file.open() as stream:
            for _ in lines(stream):
                self.total += 1
                if self.total % TICK_EVERY == 0:
                    tick("check", stream.buffer.tell(), file.size)

    def rows(self) -> Iterator[Row]:
        """See :class:`bot.core.tables.row.Table`."""
        with self._file.open() as stream:
            for line in lines(stream):
                yield Row([line.rstrip("\r\n")])


class StreamTable:
    """The lines of a pipe. Nothing is known of them before they come.

    Args:
        stream: where they come from.
        codec: how to decode them; line by line whatever fits, if None.
    """

    kind: Kind = "text"
    columns: tuple[str, ...] = ("text",)
    text_column = 0
    total: int | None = None
    digest = ""
    style: Style | None = None
    sheets: tuple[str, ...] = ()

    def __init__(self, stream: BinaryIO, codec: str | None) -> None:
        self._stream = stream
        self._codec = codec

    def rows(self) -> Iterator[Row]:
        """See :class:`bot.core.tables.row.Table`; can be called once."""
        number = 0
        while line := self._stream.readline(LONGEST_CELL + 1):
            number += 1
            if len(line) > LONGEST_CELL:
                raise UserError(ExitStatus.BAD_DATA, "input_line_too_long", line=number, limit=LONGEST_CELL)
            yield Row([self._decode(line, number).rstrip("\r\n").removeprefix("\ufeff" if number == 1 else "")])

    def _decode(self, line: bytes, number: int) -> str:
        if self._codec is None:
            text = decode_strictly(line)
            if text is None:
                raise UserError(ExitStatus.BAD_DATA, "input_undecodable", line=number)
            return text
        try:
            return line.decode(self._codec)
        except UnicodeError:
            encoding = self._codec.upper()
            raise UserError(ExitStatus.BAD_DATA, "input_undecodable_as", line=number, encoding=encoding) from None
