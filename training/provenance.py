"""Where rows came from, and the refusal of rows that came from a chat.

The developer policies of Discord and Slack forbid training models on what people write there, so a file with a single
such row is refused as a whole: whoever put it together has to know, and what is left out silently comes back.
"""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from training.errors import ForbiddenError
from training.messages import Said, say

_HEAD = 1 << 20


def _shown(text: str) -> str:
    """What a file says of itself, as a cell of a table and a terminal can show it."""
    return "".join(c if c.isprintable() and c != "|" else " " for c in text[:120]).strip()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from.

    Attributes:
        source: who gave them, e.g. the name of a corpus or of a shop's export.
        licence: under which terms; empty where nobody said.
        obtained: the day.
    """

    source: str
    licence: str = ""
    obtained: date | None = None

    def __post_init__(self) -> None:
        for name in ("source", "licence"):
            object.__setattr__(self, name, _shown(getattr(self, name)))

    def __str__(self) -> str:
        licence, day = self.licence or say("unstated"), self.obtained or say("unstated")
        return say("origin", source=self.source, licence=licence, obtained=day)


def origin_of(path: Path, source: str = "", licence: str = "", obtained: date | None = None) -> Origin:
    """What was said of a file; where nothing was, its name and the day on which it was last written.

    Raises:
        ForbiddenError: if it is said to come from Discord or Slack.
    """
    if _PLATFORM.search(source):
        raise ForbiddenError("forbidden", file=path.name, what=Said("sign_source"))
    day = obtained or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    return Origin(source or path.name, licence, day)


_PLATFORM = re.compile(  # not trousers
    r"discord(?:app)?|slack(?!s|[ _-]*(?:pants|fit|line))|디스코드|슬랙(?!스|[ _-]*(?:팬츠|바지|핏|라인|진))",
    re.IGNORECASE,
)
_GOODS = re.compile(r"상품|제품|품목|품명|옵션|브랜드|사이즈|product|item|option|goods|brand|model|size", re.IGNORECASE)
"""Names of columns about what was sold, where the name of a cut is none of a platform."""

_ORIGIN = frozenset(("source", "출처"))
"""Names of columns that say where a row came from."""

_MARKUP = re.compile(
    r"<@[UW][A-Z0-9]{5,}(?:\|[^>]*)?>"  # Slack: a person, a channel, a group, everybody
    r"|<#[CG][A-Z0-9]{5,}(?:\|[^>]*)?>"
    r"|<!(?:here|channel|everyone|subteam\^[A-Z0-9]+|date\^\d+)[^>]*>"
    r"|<@[!&]?\d{17,20}>|<#\d{17,20}>|<a?:\w{2,32}:\d{17,20}>|<t:\d{9,11}(?::[tTdDfFR])?>"  # Discord
    r"|https?://(?:\w+\.)?(?:discord(?:app)?\.com/(?:channels|attachments|invite)/|discord\.gg/|[\w-]+\.slack\.com/archives/)"
    r"|https?://(?:cdn|media)\.discordapp\.(?:com|net)/|https?://files\.slack\.com/"
)
_CHAT_COLUMNS = frozenset(
    [
        "channelid",
        "guildid",
        "teamid",
        "clientmsgid",
        "threadts",
        "messagets",
        "eventts",
        "parentuserid",
        "botid",
        "userteam",
        "sourceteam",
        "discriminator",
        "interactionid",
        "subteam",
    ]
)
_TALK_COLUMNS = frozenset(("serverid", "workspaceid", "authorid", "messageid", "threadid"))
"""Such as a helpdesk has, too; of a chat there are two of them."""

_EXPORTER = frozenset(("authorid", "attachments", "reactions"))
"""As DiscordChatExporter writes them."""

_OUR_LOG = frozenset(("platform", "workspace", "channel", "way", "band", "model_id"))
_SNOWFLAKE = re.compile(r"\d{17,20}")
_ID_NAME = re.compile(r"(?:^|_)(?:id|user|author|channel|guild|server|message|member)(?:_?id)?$", re.IGNORECASE)
_WHO_NAME = re.compile(
    r"(?:작성자|글쓴이|사용자|유저|회원|멤버|채널|서버|메시지)(?:[ _]?(?:id|아이디|번호))?$|아이디$", re.IGNORECASE
)
"""The same in Korean, and who or where a message is of, for ids of Slack, too."""

_SHOP_NAME = re.compile(
    r"order|product|item|goods|sku|payment|invoice|tracking|주문|상품|제품|결제|송장|운송장", re.IGNORECASE
)
"""Names of columns of a shop's own numbers, which may be as long as those of Discord."""

_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?1[6-9]")
"""A number that Discord gives as a spreadsheet shows it, its end lost."""

_FIRST_DISCORD = 1_431_468_000_000 - 1_420_070_400_000
_SLACK_TIME = re.compile(r"1\d{9}\.\d{6}")
_TIME_NAME = re.compile(r"(?:^|_)(?:ts|timestamp|id)$", re.IGNORECASE)
_SLACK_ID = re.compile(r"[UWCGDTB][A-Z0-9]{8,12}")
_SHOP_ID = re.compile(
    r"[A-Z]+\d+"
)  # a prefix and a number; of random ones 2 to 5 % look so, of those with U0 hardly any
_DAY_FIRST = re.compile(
    r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d+"
)  # a number of an order; of Discord's, one in 10,000
_SLACK_NAME = re.compile(r"(?:^|_)(?:user|channel|team|workspace|bot|member)(?:_?id)?$", re.IGNORECASE)
_TALKER_NAME = re.compile(r"(?:^|_)(?:user|author|channel|guild|server|message|member)(?:_?id)?$", re.IGNORECASE)


def plain_name(name: str) -> str:
    """A column's name by which it is known: lower case, letters and digits only."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _is_snowflake(cell: str) -> bool:
    """Whether a cell is a number that Discord gives."""
    return bool(_SNOWFLAKE.fullmatch(cell)) and int(cell) >> 22 >= _FIRST_DISCORD and not _DAY_FIRST.fullmatch(cell)


def _is_slack_id(cell: str) -> bool:
    """Whether a cell is an id that Slack gives: letters and digits all mixed up."""
    return bool(_SLACK_ID.fullmatch(cell)) and any(c.isdigit() for c in cell) and not _SHOP_ID.fullmatch(cell)


class Guard:
    """Looks at every row of one table for signs of a chat.

    Args:
        name: of the file, for the sentence that refuses it.
        columns: names of its columns; empty where they have none.
        text_column: index of the column of reviews; only markup and addresses count there, because customers may well
            write the word "discord".

    Raises:
        ForbiddenError: if the columns alone are those of an export of a chat.
    """

    def __init__(self, name: str, columns: Sequence[str], text_column: int) -> None:
        self._name, self._text = name, text_column
        self._names = list(columns)
        self.first: tuple[int, Said] | None = None
        self.count = 0
        plain = {plain_name(column) for column in columns}
        talk = plain & _TALK_COLUMNS
        chat = sorted((plain & _CHAT_COLUMNS) | (talk if len(talk) > 1 or plain >= _EXPORTER else set()))
        if chat or set(columns) >= _OUR_LOG:
            self._refuse(Said("forbidden_columns", {"columns": ", ".join(chat) or "nunchi log"}))

        def named(*patterns: re.Pattern[str]) -> list[int]:
            """The columns whose names match, or that have none."""
            return [
                i
                for i, n in enumerate(columns)
                if i != text_column
                and (not n.strip() or any(p.search(n.strip()) for p in patterns))
                and not _SHOP_NAME.search(n)
            ]

        self._ids, self._slack = named(_ID_NAME, _WHO_NAME), named(_SLACK_NAME, _WHO_NAME)
        self._times = [i for i, n in enumerate(columns) if _TIME_NAME.search(n)]
        self._talkers = [i for i, n in enumerate(columns) if _TALKER_NAME.search(n) or _WHO_NAME.search(n)]
        self._goods = {i for i, n in enumerate(columns) if _GOODS.search(n)}
        self._origins = {i for i, n in enumerate(columns) if plain_name(n) in _ORIGIN}

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

    def _sign(self, cells: Sequence[str]) -> Said | None:
        for i, cell in enumerate(cells):
            if not cell:
                continue
            if ("<" in cell or "://" in cell or "&lt;" in cell) and _MARKUP.search(html.unescape(cell)):
                return Said("sign_markup")
            if cell[0] in "{[" and (found := _json_keys(cell)):
                return Said(found)
            if i != self._text and self._names_platform(i, cell):
                return Said("sign_named", {"column": self._column(i)})
        for i in self._ids:
            if i < len(cells) and _is_snowflake(cells[i]):
                return Said("sign_discord_id", {"column": self._column(i)})
        for i in self._talkers:
            if i < len(cells) and _ROUNDED.fullmatch(cells[i]):
                return Said("sign_discord_id", {"column": self._column(i)})
        for i in self._times:
            if i < len(cells) and _SLACK_TIME.fullmatch(cells[i]):
                return Said("sign_slack_time", {"column": self._column(i)})
        for i in self._slack:
            if i < len(cells) and _is_slack_id(cells[i]):
                return Said("sign_slack_id", {"column": self._column(i)})
        return None

    def _names_platform(self, i: int, cell: str) -> bool:
        """Whether a cell names Discord or Slack, as a word on where a row came from does."""
        if i in self._origins:
            return bool(_PLATFORM.search(cell))
        return i not in self._goods and len(cell) <= 80 and bool(_PLATFORM.search(cell))

    def _column(self, i: int) -> str:
        name = self._names[i][:40] if i < len(self._names) else ""
        return f"{i + 1} ({name})" if name else str(i + 1)

    def check(self) -> None:
        """Refuse the table if any of its rows came from a chat.

        Raises:
            ForbiddenError: with the first such row, and how many there are.
        """
        if self.first:
            number, sign = self.first
            more = {"more": self.count - 1} if self.count > 1 else {}
            self._refuse(Said("forbidden_rows" if more else "forbidden_row", {"row": number, "sign": sign, **more}))

    def _refuse(self, what: Said) -> None:
        raise ForbiddenError("forbidden", file=self._name, what=what)


def check_file(path: Path) -> None:
    """Look at a file that is no table: exports of whole workspaces and servers as JSON or ZIP.

    Raises:
        ForbiddenError: if it is one.
        OSError: if it cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(_HEAD)
    found = ""
    if head.startswith(b"PK\x03\x04"):
        found = _zip(path)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        found = _json_keys(head.decode("utf-8", "replace"))
    if not found and _PLATFORM.search(path.name):
        found = "sign_file_name"
    if found:
        raise ForbiddenError("forbidden", file=path.name, what=Said(found))


def _zip(path: Path) -> str:
    """The sentence on what an archive is, if it is an export of a chat; else empty."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:10_000])
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    if {"channels.json", "users.json"} <= names:
        return "sign_slack_workspace"
    if "messages/index.json" in names or any(re.fullmatch(r"messages/c\d{17,20}/.*", n) for n in names):
        return "sign_discord_package"
    return ""


def _json_keys(head: str) -> str:
    """By the keys in its beginning: a file can be far larger than what has to be looked at."""
    keys = set(re.findall(r'"(\w+)"\s*:', head))
    if keys & {"client_msg_id", "thread_ts", "user_team", "source_team"} or (
        {"type", "user", "ts", "text"} <= keys and _SLACK_TIME.search(head)
    ):
        return "sign_slack_keys"
    if {"guild", "channel", "messages"} <= keys or {"guild_id", "channel_id"} & keys:
        return "sign_discord_keys"
    if keys >= _OUR_LOG:
        return "sign_our_log"
    try:
        first = json.loads(head.lstrip("\ufeff").lstrip().splitlines()[0])
    except (ValueError, IndexError, RecursionError):
        return ""
    platform = first.get("platform") if isinstance(first, dict) else None
    return "sign_rows" if isinstance(platform, str) and _PLATFORM.search(platform) else ""
