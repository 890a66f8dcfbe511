"""Where rows came from, and the refusal of rows that came from a chat.

The developer policies of Discord and Slack forbid training models on what people write there, so a file with a single
such row is refused as a whole: whoever put it together has to know, and what is left out silently comes back.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from training.errors import ForbiddenError
from training.messages import Said, say
from training.signs import has_slack_time, names_platform

_HEAD = 1 << 20

OUR_LOG = frozenset(("platform", "workspace", "channel", "way", "band", "model_id"))
"""Columns of what ``nunchi log`` writes."""


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
    for given, sign in ((source, "sign_source"), (licence, "sign_licence")):
        if names_platform(given):
            raise ForbiddenError("forbidden", file=path.name, what=Said(sign))
    day = obtained or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    return Origin(source or path.name, licence, day)


def plain_name(name: str) -> str:
    """A column's name by which it is known: lower case, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFC", name).casefold() if c.isalnum())


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
        found = json_keys(head.decode("utf-8", "replace"))
    if not found and (names_platform(path.name) or names_platform(path.resolve().name)):
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


def json_keys(head: str) -> str:
    """The sentence on what JSON is, if it comes from a chat; else empty.

    It goes by the keys in its beginning: a file can be far larger than what has to be looked at.
    """
    keys = set(re.findall(r'"(\w+)"\s*:', head))
    if keys & {"client_msg_id", "thread_ts", "user_team", "source_team"} or (
        {"type", "user", "ts", "text"} <= keys and has_slack_time(head)
    ):
        return "sign_slack_keys"
    if {"guild", "channel", "messages"} <= keys or {"guild_id", "channel_id", "discriminator"} & keys:
        return "sign_discord_keys"
    if keys >= OUR_LOG:
        return "sign_our_log"
    try:
        first = json.loads(head.lstrip("\ufeff").lstrip().splitlines()[0])
    except (ValueError, IndexError, RecursionError):
        return ""
    platform = first.get("platform") if isinstance(first, dict) else None
    return "sign_rows" if isinstance(platform, str) and names_platform(platform) else ""
