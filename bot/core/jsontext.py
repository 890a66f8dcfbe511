"""JSON as it is written everywhere: in one line, and readable."""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(value: Any) -> str:
    """JSON in one line, Hangul as Hangul, half a surrogate pair as an escape (it has no bytes in UTF-8)."""
    return _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False))
