"""People and texts as keyed hashes: equal ones can be seen to be equal, nothing can be read back."""

from __future__ import annotations

import hashlib
import hmac

KEY_BYTES = 32


class Fingerprint:
    """Makes fingerprints with a secret key. Without it nobody can try names or texts until one fits.

    Args:
        key: at least 16 bytes.

    Raises:
        ValueError: if the key is shorter.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the key of the fingerprints needs at least 16 bytes")
        self._key = key

    def person(self, platform: str, author: str) -> str:
        """Of a person, 32 hexadecimal digits."""
        return self._digest("person", platform, author)

    def text(self, normalized: str) -> str:
        """Of a normalised text, 32 hexadecimal digits."""
        return self._digest("text", normalized)

    def key(self) -> str:
        """Of the key itself, to see whether two processes use the same."""
        return self._digest("key")

    def _digest(self, *parts: str) -> str:
        message = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, hashlib.sha256).hex()[:32]
