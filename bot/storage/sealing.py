"""Secrets of others, encrypted before they are stored (Fernet: AES-128-CBC with HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.core.errors import ExitStatus, UserError
from bot.core.installations import UnreadableError
from bot.storage.keyfile import key_file

TOKEN_KEY, SETTING = "token.key", "NUNCHI_TOKEN_KEY"
_URL_SAFE = str.maketrans("+/", "-_")


class Sealer:
    """Seals with the first key, opens with any.

    Args:
        keys: each 32 bytes in base64.

    Raises:
        ValueError: if there is none, or one is no such key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("no key")
        keys = [key.translate(_URL_SAFE) for key in keys]  # one key has one spelling, and so one fingerprint
        each = [Fernet(key) for key in keys]
        self._newest, self._any = each[0], MultiFernet(each)
        self.fingerprints = tuple(_fingerprint(key) for key in keys)

    def seal(self, content: bytes) -> bytes:
        """The content, encrypted with the first key."""
        return self._newest.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """The content.

        Raises:
            UnreadableError: if none of the keys fits.
        """
        try:
            return self._any.decrypt(sealed)
        except InvalidToken:
            raise UnreadableError from None

    def seal_again(self, sealed: bytes) -> bytes | None:
        """The same, sealed with the first key; None if it is already.

        Raises:
            UnreadableError: if none of the keys fits.
        """
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None


def _fingerprint(key: str) -> str:
    return hmac.digest(key.encode(), b"nunchi token key", hashlib.sha256).hex()[:32]


def load_sealer(given: str | None, home: Path) -> Sealer:
    """The given keys, else those of the data folder, made at the first time.

    Args:
        given: keys with blanks or commas between them; the first is the one to seal with.
        home: the data folder.

    Raises:
        UserError: if one is no key, or the file can be neither read nor made, or others can read it.
    """
    path = home / TOKEN_KEY
    try:
        if given is None:
            kept = key_file(path, Fernet.generate_key() + b"\n")
            if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise UserError(ExitStatus.CONFIG, "seal_key_readable", path=path)
            given = kept.decode("ascii", "replace")
        return Sealer(re.findall(r"[^\s,]+", given))
    except ValueError:
        raise UserError(ExitStatus.CONFIG, "seal_key_wrong", name=SETTING, path=path) from None
    except OSError as error:
        raise UserError(ExitStatus.CONFIG, "home_unusable", path=home, reason=error.strerror) from None
