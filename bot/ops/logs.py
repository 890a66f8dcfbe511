"""Logs as JSON lines on standard error: time, level, event, kind of error. No text of users, no names, no secrets."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|v0=[0-9a-f]{64}|[MNO][\w-]{20,40}\.[\w-]{6}\.[\w-]{27,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
_OURS = ("bot", "nlp")
_FIELDS = ("event", "kind", "platform", "outcome", "ms", "count", "model")


def redact(text: str) -> str:
    """A text without tokens, signatures and passwords."""
    return _SECRET.sub("[redacted]", text)


class JsonLines(logging.Formatter):
    """A record as one line of JSON.

    What another library has to say may hold a message's text, so only its name and level are written, and the
    kind of an exception, never its words.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name.partition(".")[0] in _OURS:
            line["message"] = redact(record.getMessage())
        else:
            line["where"] = f"{record.module}:{record.lineno}"
        for field in _FIELDS:
            if hasattr(record, field):
                line[field] = redact(str(getattr(record, field)))
        if record.exc_info and record.exc_info[0] is not None:
            line["kind"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(level: str) -> None:
    """Write the logs of this process from now on.

    Args:
        level: of our own logs; those of libraries begin at WARNING.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in ("discord", "slack_bolt", "slack_sdk", "aiohttp", "sqlalchemy", "aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
