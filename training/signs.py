"""What gives away that a cell was written in Discord or Slack."""

from __future__ import annotations

import html
import re
import time
import unicodedata

_PLATFORM = re.compile(  # not trousers
    r"discord(?:app)?|slack(?!s|[ _-]*(?:pants|fit|line))|디스[ _-]?코드|슬[랙렉](?!스|[ _-]*(?:팬츠|바지|핏|라인|진))"
    r"|(?<![가-힣])디코(?![가-힣])|(?<![가-힣])디코(?=방|채널|서버|에서)",  # short for it; not a decoder
    re.IGNORECASE,
)
_DISGUISED = re.compile("[^\x00-\x7f가-힣ㄱ-ㆎ]")
_LEFT_OUT = ("Mn", "Me", "Cf")
"""Categories of characters that stand over others or are not seen."""

_LOOK_ALIKE = str.maketrans(
    "\u0430\u03b1\u0441\u0456\u03b9\u0131\u043a\u03ba\u0138\u04cf\u043e\u03bf\u0455\u0501\u1d00\u1d04\u1d05\u026a\u1d0b\u029f\u1d0f\u0280\ua731",
    "aaciiikkkloosdacdiklors",
)
"""Cyrillic, Greek and small capital letters that look like those of the two names (Unicode Technical Standard 39)."""

_MARKUP = re.compile(
    r"<@[UW][A-Z0-9]{5,}(?:\|[^>]*)?>"  # Slack: a person, a channel, a group, everybody
    r"|<#[CG][A-Z0-9]{5,}(?:\|[^>]*)?>"
    r"|<!(?:here|channel|everyone|subteam\^[A-Z0-9]+|date\^\d+)[^>]*>"
    r"|<@[!&]?\d{17,20}>|<#\d{17,20}>|<a?:\w{2,32}:\d{17,20}>|<t:\d{9,11}(?::[tTdDfFR])?>"  # Discord
    r"|https?://(?:\w+\.)?(?:discord(?:app)?\.com/(?:channels|attachments|invite)/|discord\.gg/|[\w-]+\.slack\.com/archives/)"
    r"|(?<![\w.])discord\.gg/\w"
    r"|https?://(?:cdn|media)\.discordapp\.(?:com|net)/|https?://files\.slack\.com/"
)
_SNOWFLAKE = re.compile(r"\d{17,20}")
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?1[6-9]")
"""A number that Discord gives as a spreadsheet shows it, its end lost."""

_DISCORD_EPOCH = 1_420_070_400_000
_FIRST_DISCORD = 1_431_468_000_000
_CLOCK_WRONG = 1_800_000_000_000
"""Milliseconds; a number of Discord is not of the future, unless it is the clock that is wrong."""

_DAY_MS = 86_400_000
_SLACK_TIME = re.compile(r"1\d{9}\.\d{6}")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?")
_SLACK_ID = re.compile(r"[UWCGDTB][A-Z0-9]{8,12}")
_SHOP_ID = re.compile(
    r"[A-Z]+\d+"
)  # a prefix and a number; of random ones 2 to 5 % look so, of those with U0 hardly any
_OWN_ID = re.compile(r"(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8,13}")
_DAY_FIRST = re.compile(
    r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d+"
)  # a number of an order; of Discord's, one in 10,000
_MONTH_FIRST = re.compile(r"2\.?0[0-3]\d(?:0[1-9]|1[0-2])")
_AROUND = " \t\u00a0\u200b\ufeff'\"`"
"""What spreadsheets and people put around a number that is to stay as it is."""


def names_platform(text: str) -> bool:
    """Whether a text names Discord or Slack."""
    return bool(_PLATFORM.search(_undisguised(text) if _DISGUISED.search(text) else text))


def _undisguised(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    seen = "".join(c for c in apart if unicodedata.category(c) not in _LEFT_OUT)
    return unicodedata.normalize("NFC", seen).lower().translate(_LOOK_ALIKE)


def has_markup(text: str) -> bool:
    """Whether a mention or an address of a chat stands in a text."""
    if not ("<" in text or "://" in text or "&lt;" in text or ".gg/" in text):
        return False
    return bool(_MARKUP.search(html.unescape(text)))


def bare(cell: str) -> str:
    """A cell that holds an id, without what stands around it."""
    return cell.strip(_AROUND)


def is_snowflake(cell: str) -> bool:
    """Whether a cell is a number that Discord gives."""
    return bool(_SNOWFLAKE.fullmatch(cell)) and _is_of_discord(int(cell)) and not _DAY_FIRST.fullmatch(cell)


def is_rounded_snowflake(cell: str) -> bool:
    """The same for one that a spreadsheet has rounded."""
    return bool(_ROUNDED.fullmatch(cell)) and _is_of_discord(int(float(cell))) and not _MONTH_FIRST.match(cell)


def _is_of_discord(number: int) -> bool:
    made = (number >> 22) + _DISCORD_EPOCH
    return _FIRST_DISCORD <= made <= max(_CLOCK_WRONG, time.time() * 1000 + _DAY_MS)


def is_slack_time(cell: str) -> bool:
    """Whether a cell is a time as Slack writes it."""
    return bool(_SLACK_TIME.fullmatch(cell))


def has_slack_time(text: str) -> bool:
    """Whether such a time stands in a text."""
    return bool(_SLACK_TIME.search(text))


def is_epoch(cell: str) -> bool:
    """Whether a cell is a time in seconds or milliseconds since 1970, as programs write it."""
    return bool(_EPOCH.fullmatch(cell))


def is_slack_id(cell: str) -> bool:
    """Whether a cell is an id that Slack gives: letters and digits all mixed up."""
    return bool(_SLACK_ID.fullmatch(cell)) and any(c.isdigit() for c in cell) and not _SHOP_ID.fullmatch(cell)


def is_mixed_id(cell: str) -> bool:
    """Whether a cell is letters and digits all mixed up, and not such as Slack gives."""
    return bool(_OWN_ID.fullmatch(cell)) and not _SLACK_ID.fullmatch(cell) and not _SHOP_ID.fullmatch(cell)
