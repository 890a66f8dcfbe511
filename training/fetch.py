"""Downloads a corpus from its author's repository, and uses it only if it is the very file that is expected.

An interrupted download goes on where it was. What has come so far waits in a ``.part`` file, and gets its name only
when both its digests are right.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import os
import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from training.errors import FetchError
from training.messages import Said

_CHUNK = 1 << 16
_MOST = 1 << 30
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOBODY = (ConnectionRefusedError, socket.gaierror)
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Corpus:
    """A file in its author's repository.

    Attributes:
        name: what it is called on the command line.
        file: name of the file that is made.
        url: where it is.
        sha256: of its bytes, hexadecimal; empty where only the other is known.
        blob: git's id of it, hexadecimal; empty likewise.
        source, licence: for the model card.
    """

    name: str
    file: str
    url: str
    sha256: str
    blob: str
    source: str
    licence: str


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "naver-shopping",
            "naver_shopping.txt",
            "https://raw.githubusercontent.com/bab2min/corpus/master/sentiment/naver_shopping.txt",
            "dc4d1aca0a148671cbe80bcb81962eee297370acab42be93c1617ce9336479c0",
            "25afff322fd86ee54d7813acedafe4990d83b18c",
            "Naver shopping (bab2min/corpus)",
            "public domain",
        ),
        # Their digests are those that the datasets library (Hugging Face) published of the same addresses.
        Corpus(
            "nsmc-train",
            "nsmc_train.txt",
            "https://raw.githubusercontent.com/e9t/nsmc/master/ratings_train.txt",
            "e03b7d14e9e41be8d464a28057cd25d7396c53e67aa7fd5f7e552c59b0ee2940",
            "",
            "Naver movies (e9t/nsmc)",
            "CC0",
        ),
        Corpus(
            "nsmc-test",
            "nsmc_test.txt",
            "https://raw.githubusercontent.com/e9t/nsmc/master/ratings_test.txt",
            "8ac9f64052f11dbf6ae0acb5e038f03d90a76f0eda7820cfb3a92d02edfcebda",
            "",
            "Naver movies (e9t/nsmc)",
            "CC0",
        ),
    )
}
SHOPPING = CORPORA["naver-shopping"]


def folder_of(home: Path) -> Path:
    """Where fetched corpora are, in the data folder."""
    return home / "corpora"


def obtained(path: Path) -> date:
    """The day on which a corpus that is there was fetched."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def fetch(
    corpus: Corpus,
    folder: Path,
    tell: Tell,
    *,
    url: str = "",
    attempts: int = 5,
    patience: float = 30.0,
    rest: Callable[[float], None] = time.sleep,
) -> tuple[Path, date]:
    """Download a corpus, or find it there already.

    Args:
        corpus: which.
        folder: where to.
        tell: told how many bytes there are, of how many (0 if the server does not say).
        url: another address of the same file.
        attempts: how often in a row the server may send nothing before that is an error.
        patience: seconds without a byte after which a connection is given up.
        rest: waits so many seconds before the server is asked again after it sent nothing: 1, 2, 4 and so on.

    Returns:
        The file, and the day on which it was obtained.

    Raises:
        FetchError: if it cannot be had, or is another file.
        OSError: if it cannot be written.
    """
    target, part = folder / corpus.file, folder / f"{corpus.file}.part"
    if target.exists():
        if is_expected(target, corpus):
            return target, obtained(target)
        raise FetchError("fetch_other_file", path=target)
    folder.mkdir(parents=True, exist_ok=True)
    address = url or corpus.url
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise FetchError("fetch_http_only")
    resumed = part.exists()
    for _ in range(2):
        _download(address, part, corpus, target, tell, attempts, patience, rest)
        if is_expected(part, corpus):
            with open(part, "rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)
            return target, datetime.now(UTC).date()
        part.unlink()
        if not resumed:
            break
        resumed = False  # what was there before may have been damaged: once more from the start
    raise FetchError("fetch_wrong_digest", host=_host(address), target=target)


def is_expected(path: Path, corpus: Corpus) -> bool:
    """Whether a file has the digests of a corpus."""
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            blob.update(chunk)
    return corpus.sha256 in ("", sha256.hexdigest()) and corpus.blob in ("", blob.hexdigest())


def _download(
    address: str,
    part: Path,
    corpus: Corpus,
    target: Path,
    tell: Tell,
    attempts: int,
    patience: float,
    rest: Callable[[float], None],
) -> None:
    """Bring ``part`` to its end, however often the connection breaks on the way."""
    failures, why = 0, Said("fetch_cut")
    while failures < attempts:
        before, offline = part.stat().st_size if part.exists() else 0, False
        try:
            if _go_on(address, part, before, corpus.name, tell, patience):
                return
            why = Said("fetch_cut")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416:  # there is nothing after what we have: whole, or something else
                return
            if error.code < 500 and error.code not in (408, 429):
                raise FetchError(
                    "fetch_answer", host=_host(address), code=error.code, target=target, url=corpus.url
                ) from None
            why = Said("fetch_code", {"code": error.code})
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            if getattr(error, "filename", None) is not None or getattr(error, "errno", None) in _DISK:
                raise  # our disk, not their network
            why, offline = _reason(error), isinstance(getattr(error, "reason", error), _NOBODY)
        failures = 0 if part.exists() and part.stat().st_size > before else failures + 1
        if 0 < failures < attempts and not offline:
            rest(2.0 ** (failures - 1))
    raise FetchError("fetch_unreachable", host=_host(address), why=why, target=target, url=corpus.url)


def _go_on(address: str, part: Path, start: int, name: str, tell: Tell, patience: float) -> bool:
    """One connection; whether it brought the file to its end."""
    headers = {"User-Agent": "nunchi", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - fetch() allows http and https only
    with contextlib.closing(urllib.request.urlopen(request, timeout=patience)) as response:  # noqa: S310
        start, total = _where(response, start)
        with open(part, "r+b" if start else "wb") as file:
            file.truncate(start)
            file.seek(start)
            done = start
            while chunk := response.read1(_CHUNK):
                done += len(chunk)
                if done > _MOST:
                    raise FetchError("fetch_too_large", host=_host(address))
                file.write(chunk)
                tell(name, done, total)
    return not total or done >= total


def _where(response: Any, start: int) -> tuple[int, int]:
    """At which byte the answer begins, and how long the whole is; 0 if the server does not say."""
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if response.status == 206 and found and int(found[1]) <= start:
        return int(found[1]), 0 if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else 0


def _host(address: str) -> str:
    return urllib.parse.urlsplit(address).hostname or address


def _reason(error: BaseException) -> Said:
    inner = getattr(error, "reason", error)
    if isinstance(inner, TimeoutError):
        return Said("fetch_silent")
    return Said("fetch_other", {"reason": getattr(inner, "strerror", None) or type(inner).__name__})
