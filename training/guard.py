"""The refusal of tables with rows that came from a chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from training.chat_columns import Columns, chat_columns
from training.errors import ForbiddenError
from training.messages import Said
from training.provenance import json_keys
from training.signs import (
    bare,
    has_markup,
    is_epoch,
    is_mixed_id,
    is_rounded_snowflake,
    is_slack_id,
    is_slack_time,
    is_snowflake,
    names_platform,
)

_MOST = 1 << 14  # characters of a cell of JSON that are looked at
_JSON_PARTS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\d[\d.eE+]*)')

_Test = Callable[[str], bool]
_Own = Callable[[int, int, int], bool]


def _own_ids(count: int, like: int, filled: int) -> bool:
    """A shop may make ids at random, too; some of them look like Slack's, but most do not."""
    return like >= max(2 * count, filled / 10)


def _own_times(count: int, like: int, filled: int) -> bool:
    """A shop's times may be seconds since 1970, too, but then all of them are."""
    return count + like >= filled / 2


def _own_numbers(count: int, like: int, filled: int) -> bool:
    """A shop's numbers may be as long as Discord's, too, but then many of them are."""
    return count > filled / 10


def _parts(cell: str) -> list[str]:
    """What a cell holds: itself, or the strings and numbers in it where it is JSON, such as an author."""
    if cell[:1] not in ("{", "["):
        return [bare(cell)]
    return [bare(text or number) for text, number in _JSON_PARTS.findall(cell[:_MOST])]


class _Odd:
    """Cells that give a chat away, unless their column shows that the shop makes such itself.

    Args:
        column: number of the column.
        sign: name of the sentence.
        is_it: whether a cell is such.
        is_like_it: whether it is no such, but made in the same way.
        own: whether they are the shop's, by how many there are, how many are like them and how many are filled.
    """

    def __init__(self, column: int, sign: str, is_it: _Test, is_like_it: _Test, own: _Own) -> None:
        self.column, self.sign = column, sign
        self._is_it, self._is_like_it, self._own = is_it, is_like_it, own
        self.first = self.count = self._like = self._filled = 0

    def look(self, number: int, cell: str) -> None:
        """Count a cell of the row of that number."""
        if not cell:
            return
        self._filled += 1
        if self._is_it(cell):
            self.count += 1
            self.first = self.first or number
        elif self._is_like_it(cell):
            self._like += 1

    @property
    def found(self) -> bool:
        """Whether they give a chat away."""
        return self.count > 0 and not self._own(self.count, self._like, self._filled)


class Guard:
    """Looks at every row of one table for signs of a chat.

    Args:
        name: of the file, for the sentence that refuses it.
        columns: names of its columns; empty where they have none.
        text_column: index of the column of reviews; only markup and addresses count there, because customers may well
            write the word "discord".
        sheet: name of the sheet that it is; empty for none.

    Raises:
        ForbiddenError: if the columns or the sheet's name alone are those of an export of a chat.
    """

    def __init__(self, name: str, columns: Sequence[str], text_column: int, *, sheet: str = "") -> None:
        self._name, self._text, self._names = name, text_column, list(columns)
        self.first: tuple[int, Said] | None = None
        self.count = 0
        chat = chat_columns(columns)
        if chat:
            self._refuse(Said("forbidden_columns", {"columns": chat}))
        if names_platform(sheet):
            self._refuse(Said("sign_sheet"))
        self._columns = where = Columns(columns, text_column)
        self._sure = [
            *((i, "sign_discord_id", is_snowflake) for i in where.ids),
            *((i, "sign_discord_id", is_rounded_snowflake) for i in where.talkers),
            *((i, "sign_slack_time", is_slack_time) for i in where.times),
        ]
        self._odd = [
            *(_Odd(i, "sign_slack_id", is_slack_id, is_mixed_id, _own_ids) for i in where.slack),
            *(_Odd(i, "sign_slack_time", is_slack_time, is_epoch, _own_times) for i in where.days),
            *(_Odd(i, "sign_discord_id", is_snowflake, lambda _: False, _own_numbers) for i in where.numbers),
        ]

    def look(self, number: int, cells: Sequence[str]) -> None:
        """Remember a row if it comes from a chat.

        Args:
            number: of the row, from 1.
            cells: as text.
        """
        sign = self._sign(cells)
        if sign:
            self.count += 1
            self.first = self.first or (number, sign)
        for odd in self._odd:
            if odd.column < len(cells):
                for part in _parts(cells[odd.column]):
                    odd.look(number, part)

    def _sign(self, cells: Sequence[str]) -> Said | None:
        for i, cell in enumerate(cells):
            if not cell:
                continue
            if has_markup(cell):
                return Said("sign_markup")
            if cell[0] in "{[" and (found := json_keys(cell)):
                return Said(found)
            if i != self._text and self._columns.may_name(i, cell) and names_platform(cell):
                return Said("sign_named", {"column": self._column(i)})
        for i, sentence, is_it in self._sure:
            if i < len(cells) and any(map(is_it, _parts(cells[i]))):
                return Said(sentence, {"column": self._column(i)})
        return None

    def _column(self, i: int) -> str:
        name = self._names[i][:40] if i < len(self._names) else ""
        return f"{i + 1} ({name})" if name else str(i + 1)

    def check(self) -> None:
        """Refuse the table if any of its rows came from a chat.

        Raises:
            ForbiddenError: with the first such row, and how many there are at least.
        """
        found = [(odd.first, Said(odd.sign, {"column": self._column(odd.column)})) for odd in self._odd if odd.found]
        first = min([*found, *([self.first] if self.first else [])], key=lambda it: it[0], default=None)
        if first:
            number, sign = first
            count = max([self.count, *(odd.count for odd in self._odd if odd.found)])
            more = {"more": count - 1} if count > 1 else {}
            self._refuse(Said("forbidden_rows" if more else "forbidden_row", {"row": number, "sign": sign, **more}))

    def _refuse(self, what: Said) -> None:
        raise ForbiddenError("forbidden", file=self._name, what=what)
