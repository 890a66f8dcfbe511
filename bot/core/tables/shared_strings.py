"""The strings of a spreadsheet on disk instead of in memory.

An XLSX file keeps each distinct text once, in a table that all cells refer to by number. For a million
reviews that table is most of the file, so it does not belong in memory.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import IO, overload

from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_ITEM = f"{{{SHEET_MAIN_NS}}}si"
_RUN = f"{{{SHEET_MAIN_NS}}}r"
_TEXT = f"{{{SHEET_MAIN_NS}}}t"


class SharedStrings(Sequence[str]):
    """A sequence of strings in an unnamed temporary file."""

    def __init__(self, source: IO[bytes]) -> None:
        self._file = tempfile.TemporaryFile(prefix="nunchi.")  # noqa: SIM115 - lives as long as the sequence
        self._ends = array("Q", [0])
        try:
            for text in _texts(source):
                self._file.write(text.encode("utf-8", "surrogatepass"))
                self._ends.append(self._file.tell())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        self._file.seek(self._ends[index])
        return self._file.read(self._ends[index + 1] - self._ends[index]).decode("utf-8", "surrogatepass")


def _texts(source: IO[bytes]) -> Iterator[str]:
    """The text of each item: its own, or that of its runs; readings of hanja (``rPh``) are not part of it."""
    root = None
    for event, node in iterparse(source, events=("start", "end")):
        if root is None:
            root = node
        elif event == "end" and node.tag == _ITEM:
            parts = [node.findtext(_TEXT) or "", *(run.findtext(_TEXT) or "" for run in node.iterfind(_RUN))]
            yield "".join(parts)
            root.clear()
