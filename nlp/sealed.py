"""Sealed folders: written whole, read once, and refused if a single byte is not the one that was written.

``manifest.json`` lists every other file with its size and SHA-256. Each file is read once, and what is given back are
the very bytes that were checked, so that nothing can change between the check and the use. The hashes protect against
damage and mix-ups, not against someone who rewrites the whole folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"

_MAX_MANIFEST = 64 * 1024
_MAX_FILE = 512 * 1024 * 1024
_NAME = re.compile(r"\w[\w.+-]{0,63}")  # of files and models: shown to people, part of paths
_ID = re.compile(r"\w[\w.+-]{0,72}")  # a name, a dash and eight digits


class ArtifactError(Exception):
    """A model folder that is missing, damaged, changed or not ours; the message says which and what to do.

    Args:
        message: for people who read English.
        kind: what is wrong, in a word, for a program that says it in another language; empty where there is none.
        values: what it is about, likewise.
    """

    def __init__(self, message: str, kind: str = "", **values: str) -> None:
        super().__init__(message)
        self.kind, self.values = kind, values


def is_name(text: str) -> bool:
    """Whether a text can be the name of a model, the first part of its id."""
    return _NAME.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Whether a text can be the id of a model, which becomes part of a path."""
    return _ID.fullmatch(text) is not None


def canonical(data: object) -> bytes:
    """The one way to write these values as JSON, so that the same values are the same bytes."""
    return (json.dumps(data, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def seal(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """The manifest of these files: sizes, hashes, and an id that depends on them all."""
    listed = {n: {"size": len(b), "sha256": _digest(b)} for n, b in sorted(files.items())}
    return _manifest(listed, name)


def _manifest(listed: Mapping[str, Any], name: str) -> dict[str, Any]:
    digest = _digest(canonical({"format": FORMAT, "name": name, "files": listed}))
    return {"format": FORMAT, "name": name, "files": listed, "digest": digest, "model_id": f"{name}-{digest[:8]}"}


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut, where the system allows it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_synced(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write(files: Mapping[str, bytes], name: str, folder: Path) -> str:
    """Write a sealed folder in the place of the one that may be there; gives the model's id.

    The old one stands beside it under another name until the new one is there, so that neither an error nor a kill
    takes both.

    Raises:
        OSError: if it cannot be written; the old one is still there then.
    """
    manifest = seal(files, name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as scratch:
        new = Path(scratch) / "model"
        new.mkdir()
        for file, content in {**files, MANIFEST: canonical(manifest)}.items():
            _write_synced(new / file, content)
        old = folder.with_name(f"{folder.name}.old-{token_hex(4)}")
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except BaseException:
            if old.exists() and not folder.exists():
                old.rename(folder)
            raise
    sync_folder(folder.parent)
    if old.exists():
        shutil.rmtree(old, ignore_errors=True)  # the new one is there: what is left is no error
    return str(manifest["model_id"])


def parse_object(data: bytes, name: str) -> Any:
    """The JSON object in a file; ValueError if it holds anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a JSON object as this program writes it")
    return value


def refused(message: str, kind: str, path: Path, reason: str | None = None) -> ArtifactError:
    """The error that says so, in one line."""
    return ArtifactError(one_line(message), kind, path=one_line(str(path)), reason=one_line(reason or ""))


def one_line(text: str) -> str:
    """The text as one line that a terminal can show, whatever a file or a path put into it."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def open_at_once(path: str, flags: int) -> int:
    """Opens without waiting for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read(path: Path, limit: int) -> bytes:
    try:
        with open(path, "rb", opener=open_at_once) as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(limit + 1) if regular else b""
    except (FileNotFoundError, ValueError):  # ValueError: a path that no system has
        raise refused(f"there is no model at {path.parent}: {path.name} is missing", "missing", path.parent) from None
    except OSError as error:
        raise refused(
            f"model file {path} cannot be read: {error.strerror}", "unreadable", path, error.strerror
        ) from None
    if not regular:
        raise refused(f"model file {path} is not a regular file; get the model again", "changed", path)
    if len(data) > limit:
        raise refused(f"model file {path} is larger than its manifest says; get the model again", "changed", path)
    return data


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a sealed folder.

    Raises:
        ArtifactError: if it is missing or not one that :func:`seal` makes.
    """
    path = folder / MANIFEST
    data = _read(path, _MAX_MANIFEST)
    try:
        manifest: dict[str, Any] = parse_object(data, MANIFEST)
        listed = {name: {"size": f["size"], "sha256": f["sha256"]} for name, f in manifest["files"].items()}
        if manifest["format"] != FORMAT:
            raise refused(
                f"{path} is of format {manifest['format']!r}; this version reads format {FORMAT}", "format", path
            )
        whole = _manifest(listed, manifest["name"])
        intact = canonical(whole) == data and all(type(f["size"]) is int for f in listed.values())
        intact = intact and all(_NAME.fullmatch(n) for n in (*listed, manifest["name"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        intact = False
    if not intact:
        raise refused(f"{path} was changed or is not a manifest of this program; get the model again", "changed", path)
    return manifest


def read_listed(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """A file of a sealed folder.

    Raises:
        ArtifactError: if it is missing or not the one that the manifest lists.
    """
    path = folder / name
    size = manifest["files"][name]["size"]
    if not 0 <= size <= _MAX_FILE:
        raise refused(f"model file {path} is too large for this program", "changed", path)
    data = _read(path, size)
    if len(data) != size or _digest(data) != manifest["files"][name]["sha256"]:
        raise refused(f"model file {path} was changed or cut off; get the model again", "changed", path)
    return data
