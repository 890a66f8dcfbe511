"""Names of columns, and what they say of a table: that it is of a chat, or where to look for signs of one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.provenance import OUR_LOG, plain_name
from training.signs import names_platform

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

_ORIGIN = frozenset(("source", "출처"))
_GOODS = re.compile(r"상품|제품|품목|품명|옵션|브랜드|사이즈|product|item|option|goods|brand|model|size", re.IGNORECASE)
_SAID = re.compile(
    r"제목|한줄|요약|답글|답변|댓글|장점|단점|title|subject|headline|summary|answer|repl(?:y|ies)", re.IGNORECASE
)
_SOLD = re.compile(rf"{_GOODS.pattern}|주문|결제|송장|바코드|order|payment|invoice|barcode|sku", re.IGNORECASE)

_ID = re.compile(r"(?:^|_)(?:id|user|author|channel|guild|server|message|member)(?:_?id)?$", re.IGNORECASE)
_NUMBER = re.compile(r"번호$|순번$|(?:^|_)(?:no|num|number|idx|index)$", re.IGNORECASE)
_WHO = re.compile(
    r"(?:작성자|글쓴이|사용자|유저|회원|멤버|채널|서버|메시지|구매자|고객|닉네임|별명)"
    r"(?:[ _]?(?:id|아이디|번호|명|이름))?$|아이디$"
    r"|(?:^|_)(?:writer|nick_?name|user_?name|reviewer|customer|buyer)(?:_?id)?$",
    re.IGNORECASE,
)
_SLACK = re.compile(r"(?:^|_)(?:user|channel|team|workspace|bot|member)(?:_?id)?$", re.IGNORECASE)
_TALKER = re.compile(r"(?:^|_)(?:user|author|channel|guild|server|message|member)(?:_?id)?$", re.IGNORECASE)
_TIME = re.compile(r"(?:^|_)(?:ts|timestamp|id)$|타임스탬프$", re.IGNORECASE)
_DAY = re.compile(
    r"(?:일시|일자|날짜|시각|시간|작성일|등록일)$|(?:^|_)(?:date|time|at|created|datetime)$", re.IGNORECASE
)
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")


def chat_columns(columns: Sequence[str]) -> str:
    """Names of columns that only an export of a chat has, for the sentence that refuses it.

    Empty if there are none, and no column names a platform.
    """
    named = [column[:40] for column in columns if names_platform(column) and not _GOODS.search(column)]
    if named:
        return ", ".join(named[:5])
    plain = {plain_name(column) for column in columns}
    talk = plain & _TALK_COLUMNS
    chat = sorted((plain & _CHAT_COLUMNS) | (talk if len(talk) > 1 or plain >= _EXPORTER else set()))
    return ", ".join(chat) or ("nunchi log" if set(columns) >= OUR_LOG else "")


class Columns:
    """Where in a table to look for which signs; numbers of columns, the one of reviews nowhere among them.

    Attributes:
        ids: that hold ids of people and messages, or have no name.
        slack: the same for ids of Slack.
        talkers: the same where numbers may be rounded.
        times: that hold times as Slack writes them.
        numbers: that hold a number of any kind, among which one of Discord is another kind.
        days: the same of times.
    """

    def __init__(self, columns: Sequence[str], text_column: int) -> None:
        names = {i: _HUMP.sub("_", n.strip()) for i, n in enumerate(columns) if i != text_column}
        sold = {i for i, n in names.items() if _SOLD.search(n)}

        def of(*patterns: re.Pattern[str], unnamed: bool = False) -> list[int]:
            return [
                i
                for i, n in names.items()
                if i not in sold and (any(p.search(n) for p in patterns) or (unnamed and not n))
            ]

        self.ids, self.slack = of(_ID, _WHO, unnamed=True), of(_SLACK, _WHO, unnamed=True)
        self.talkers, self.times = of(_TALKER, _WHO), of(_TIME)
        self.numbers = [i for i in of(_NUMBER) if i not in self.ids]
        self.days = [i for i in of(_DAY) if i not in self.times]
        self._origins = {i for i, n in names.items() if plain_name(n) in _ORIGIN}
        self._never = {i for i, n in names.items() if _GOODS.search(n) or _SAID.search(n)} | {text_column}

    def may_name(self, column: int, cell: str) -> bool:
        """Whether the name of a platform in a cell says that a row is from there.

        Customers may well write it, and goods have it; of a long cell only a column of origins says so.
        """
        return column in self._origins or (column not in self._never and len(cell) <= 80)
