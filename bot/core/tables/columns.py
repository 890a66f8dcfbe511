"""Which row is the header, and which column holds the reviews."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from bot.core.errors import ExitStatus, UserError
from bot.core.tables.row import Cell, to_text

TEXT_NAMES = (
    *(
        "리뷰",
        "리뷰내용",
        "리뷰상세내용",
        "후기",
        "후기내용",
        "상품평",
        "구매평",
        "사용평",
        "내용",
        "본문",
        "텍스트",
        "문장",
        "댓글",
        "의견",
    ),
    *("review", "reviewtext", "reviewcontent", "reviewbody", "text", "content", "contents", "comment", "comments"),
    *("body", "document", "sentence", "message"),
)
"""Names of a column of reviews, blanks and punctuation left out, the plainest first."""

_HEADER_WORDS = (
    *(
        "고객",
        "상품",
        "제품",
        "구매",
        "사용",
        "포토",
        "일반",
        "상세",
        "한줄",
        "작성",
        "등록",
        "수정",
        "네이버",
        "쇼핑",
        "주문",
    ),
    *("리뷰", "후기", "상품평", "구매평", "사용평", "내용", "본문", "텍스트", "문장", "댓글", "의견", "글", "답글"),
    *("별점", "평점", "점수", "등급", "평가", "감정", "감성", "라벨", "분류"),
    *(
        "번호",
        "순번",
        "아이디",
        "일자",
        "날짜",
        "일시",
        "시간",
        "자",
        "일",
        "명",
        "이름",
        "제목",
        "옵션",
        "카테고리",
        "주소",
    ),
    *("reviews", "review", "texts", "text", "contents", "content", "comments", "comment", "body", "document"),
    *("sentence", "message", "rating", "score", "stars", "star", "label", "class", "sentiment", "grade"),
    *("id", "no", "num", "number", "index", "idx", "date", "time", "created", "at", "user", "customer", "author"),
    *("name", "product", "item", "title", "subject", "category", "option", "url", "link", "lang", "language"),
    *("source", "type"),
)
_HEADER = re.compile(rf"(?:{'|'.join(sorted(_HEADER_WORDS, key=len, reverse=True))})+\d*")
_VALUE = re.compile(r"(?=.*\d)(?:[\d\s.,:/%+-]|오전|오후|[AaPp][Mm]|[TZ년월일시분초점개원])+")  # a number or a time
_SYLLABLE = re.compile("[가-힣]")
_MOST = 0.8
_LONGEST_NAME = 40


def key(name: str) -> str:
    """A column name as it is compared: without case, blanks and punctuation."""
    return "".join(c for c in unicodedata.normalize("NFC", name).casefold() if c.isalnum())


def has_header(first: Sequence[Cell], sample: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first record names the columns.

    Args:
        first: the first record.
        sample: some records after it.
    """
    if any(len(to_text(cell)) > _LONGEST_NAME for cell in first):
        return False
    if any(isinstance(cell, str) and _HEADER.fullmatch(key(cell)) for cell in first):
        return True
    if not all(isinstance(cell, str) and cell.strip() and not _VALUE.fullmatch(cell) for cell in first):
        return False
    columns = [[to_text(row[i]) for row in sample if i < len(row)] for i in range(len(first))]
    filled = [[text for text in column if text.strip()] for column in columns]
    if any(_mostly(column, _VALUE.fullmatch) for column in filled):
        return True  # names above numbers or dates
    return any(
        _mostly(column, _SYLLABLE.search) and not _SYLLABLE.search(to_text(cell))
        for cell, column in zip(first, filled, strict=True)
    )


def names_only(cells: Sequence[str]) -> bool:
    """Whether every cell is a name that columns usually have."""
    return all(_HEADER.fullmatch(key(cell)) for cell in cells)


def _mostly(texts: Sequence[str], test: Callable[[str], object]) -> bool:
    return bool(texts) and sum(bool(test(text)) for text in texts) >= _MOST * len(texts)


def find_text_column(names: Sequence[str], sample: Sequence[Sequence[Cell]], wanted: str | None = None) -> int:
    """Index of the column of reviews.

    Args:
        names: of the columns; empty strings where there is no header.
        sample: some rows.
        wanted: a name, or a number from 1; found by name, then by content, if None.

    Raises:
        UserError: if there is no such column, or none can be told from the others.
    """
    if wanted is not None:
        return _named(names, wanted)
    hangul = [_hangul(sample, i) for i in range(len(names))]
    keys = [key(name) for name in names]
    exact = [i for i, k in enumerate(keys) if k in TEXT_NAMES]
    if exact:
        return max(exact, key=lambda i: (hangul[i] > 0, -TEXT_NAMES.index(keys[i])))
    if len(names) == 1:
        return 0
    holding = [i for i, k in enumerate(keys) if hangul[i] and any(name in k for name in TEXT_NAMES)]
    best = max(holding or range(len(names)), key=hangul.__getitem__, default=0)
    if not names or not hangul[best]:
        raise UserError(ExitStatus.BAD_DATA, "column_not_found", columns=listed(names))
    return best


def _named(names: Sequence[str], wanted: str) -> int:
    for compare in (str, key):
        for i, name in enumerate(names):
            if name and compare(name) == compare(wanted):
                return i
    if wanted.isdecimal() and len(wanted) < 9 and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise UserError(ExitStatus.BAD_DATA, "column_missing", columns=listed(names))


def _hangul(sample: Sequence[Sequence[Cell]], column: int) -> int:
    return sum(len(_SYLLABLE.findall(to_text(row[column]))) for row in sample if column < len(row))


def listed(names: Sequence[str]) -> str:
    """The columns as a person can name them: by number, and by name where there is one."""
    shown = [f"{i} {name[:40]}".strip() for i, name in enumerate(names[:30], 1)]
    return ", ".join(shown) + (", …" if len(names) > 30 else "")


def unique_names(names: Sequence[str]) -> list[str]:
    """The names, made up and numbered where one is missing or stands twice: what JSON needs."""
    out: list[str] = []
    for i, name in enumerate(names, 1):
        base = name or f"column_{i}"
        candidate, n = base, 2
        while candidate in out:
            candidate, n = f"{base}_{n}", n + 1
        out.append(candidate)
    return out
