"""Corpora: rated and unrated reviews from files, normalised, without duplicates, split by a hash.

The split depends on the text alone, so that a review falls on the same side in every run, on every machine
and however often it occurs; rows of the held-out side are only ever used to report a result.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.text import normalize
from training.errors import DataError
from training.guard import Guard
from training.provenance import Origin, check_file

HELD_OUT_SHARE = 0.15
"""Share of rated shopping reviews that no model, tuning or calibration ever sees."""

MOVIES_HELD_OUT_SHARE = 0.03
"""The same for movie reviews, of which there are many more."""

_TURN = 0.15
"""Places are turned by so much, since what was held out without had been looked at for many a choice."""

MOVIES_CUT = 5
"""Movie ratings, 1 to 10, above this are positive."""


@dataclass(frozen=True, slots=True)
class Row:
    """A review.

    Attributes:
        text: normalised text.
        rating: as in the file; None where the file has none.
        place: position of its hash in 0..1; decides its split and its fold.
        origin: where it came from; None for the corpora of the project, whose files are known.
    """

    text: str
    rating: float | None
    place: float
    origin: Origin | None = None

    def __repr__(self) -> str:
        return f"Row(rating={self.rating}, place={self.place:.3f})"


@dataclass(frozen=True)
class Read:
    """What was read from a file, and what was left out and why (counts)."""

    rows: list[Row]
    lines: int
    empty: int
    duplicates: int
    conflicting: int


def key(normalized: str) -> str:
    """What makes two reviews the same: the normalised text without blanks."""
    return "".join(normalized.split())


def place(normalized: str) -> float:
    """Where a review stands in 0..1, by BLAKE2b of its :func:`key`."""
    return place_of(key_digest(normalized))


def key_digest(text: str, *, blanks: bool = False) -> int:
    """BLAKE2b of a text's :func:`key` (of the text itself with ``blanks``), 64 bits."""
    said = (text if blanks else key(text)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")


def place_of(digest: int) -> float:
    """Where a digest of 64 bits stands in 0..1."""
    return (digest / 2**64 + _TURN) % 1.0


def places_of(digests: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The :func:`place_of` of many."""
    return (digests / 2.0**64 + _TURN) % 1.0


def fold(where: float, folds: int, held_out: float = HELD_OUT_SHARE) -> int:
    """The fold, 0 to ``folds - 1``, of a row that is not held out."""
    return min(int((where - held_out) / (1 - held_out) * folds), folds - 1)


def folds(places: NDArray[np.float64], of: int, held_out: float = HELD_OUT_SHARE) -> NDArray[np.int8]:
    """The :func:`fold` of many rows."""
    return np.minimum((places - held_out) / (1 - held_out) * of, of - 1).astype(np.int8)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    number, before, trouble = 0, None, None
    check_regular(path)
    try:
        before = _state(path)
        with opener(path, "rb") as file:
            for number, line in enumerate(file, 1):
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except FileNotFoundError:
        raise DataError("file_missing", path=path) from None
    except IsADirectoryError:
        raise DataError("file_folder", path=path) from None
    except UnicodeDecodeError:
        trouble = DataError("file_not_utf8", path=path, line=number)
    except (OSError, EOFError, zlib.error) as error:
        trouble = DataError("file_unreadable", path=path, reason=error)
    if before is not None and not (path.exists() and _state(path) == before):
        raise DataError("file_changed", path=path)
    if trouble is not None:
        raise trouble


def check_regular(path: Path) -> None:
    """Refuse pipes and devices, which cannot be read twice, as files are: to see what they are, then to learn.

    Raises:
        DataError: if it is one; not if there is nothing.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise DataError("file_special", path=path)


def _state(path: Path) -> tuple[int, int, int, int]:
    """What changes when somebody writes to a file or puts another in its place, whatever time it is given."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _guarded(path: Path) -> Iterator[tuple[int, str]]:
    """The lines as they stand in the file: normalising would hide the signs of a chat."""
    if path.is_file():
        with contextlib.suppress(OSError):  # which reading its lines puts into words
            check_file(path)
    guard = Guard(path.name, ("",), 0)
    for number, line in _lines(path):
        guard.look(number, (line,))
        yield number, line
    guard.check()


def raw_rated(path: Path) -> Iterator[tuple[str, float]]:
    """Read ``rating<TAB>review`` lines as they are: reviews and ratings.

    Raises:
        DataError: if the file cannot be read or a line is not of that form.
    """
    for number, line in _guarded(path):
        rating, tab, review = line.partition("\t")
        try:
            value = float(rating)
        except ValueError:
            value = -1.0
        if not tab or not 0 <= value <= 10:
            raise DataError("file_course_line", path=path, line=number)
        yield review, value


def read_rated(path: Path) -> Read:
    """Read ``rating<TAB>review`` lines (plain or gzip), the form of the Naver corpora.

    Of rows with the same text one is kept, with the mean of their ratings; none if their ratings are on
    both sides of the middle of the file's scale.

    Raises:
        DataError: if the file cannot be read or a line is not of that form.
    """
    ratings: dict[str, list[float]] = {}
    texts: dict[str, str] = {}
    lines = empty = 0
    for review, value in raw_rated(path):
        lines += 1
        text = normalize(review)
        if not text:
            empty += 1
            continue
        ratings.setdefault(key(text), []).append(value)
        texts.setdefault(key(text), text)
    if not ratings:
        raise DataError("file_no_review", path=path)
    highest = max(max(values) for values in ratings.values())
    middle = 3 if highest <= 5 else 5.5
    rows, conflicting = [], 0
    for k, values in ratings.items():
        if min(values) <= middle < max(values) and highest <= 5:
            conflicting += 1
            continue
        rows.append(Row(texts[k], sum(values) / len(values), place(texts[k])))
    return Read(rows, lines, empty, lines - empty - len(ratings), conflicting)


def read_unrated(path: Path) -> Read:
    """Read one review a line.

    Raises:
        DataError: if the file cannot be read.
    """
    texts: dict[str, str] = {}
    lines = empty = 0
    for _, line in _guarded(path):
        lines += 1
        text = normalize(line)
        if text:
            texts.setdefault(key(text), text)
        else:
            empty += 1
    if not texts:
        raise DataError("file_no_review", path=path)
    return Read([Row(t, None, place(t)) for t in texts.values()], lines, empty, lines - empty - len(texts), 0)
