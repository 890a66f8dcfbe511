"""The model folder: written whole, read once, and refused if a single byte is not the one that was written.

A folder holds ``manifest.json``, which lists every other file with its size and SHA-256, and

* ``model.json``: shape of the network, calibration, bands (plain values; see :class:`ModelSettings`),
* ``tokenizer.json``: kind and vocabulary,
* ``weights.safetensors``: arrays only, a format that cannot carry code,
* ``README.md``: the model card,
* ``curve.json``, where it was measured: what thresholds are worth (see :mod:`nlp.curve`).

Each file is read once and parsed from the very bytes that were checked, so that nothing can change between
the check and the use. The hashes protect against damage and mix-ups, not against someone who rewrites the
whole folder: take models only from people you trust.
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
from dataclasses import asdict, dataclass
from math import tanh
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from nlp.config import NetworkConfig
from nlp.curve import CURVE, Curve
from nlp.tokenizer import Tokenizer
from nlp.tokenizer import from_dict as tokenizer_from_dict

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "model.json"
TOKENIZER = "tokenizer.json"
WEIGHTS = "weights.safetensors"
CARD = "README.md"

_LARGEST = 1e6  # no calibration is near it

_LOADED = (SETTINGS, TOKENIZER, WEIGHTS)
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


@dataclass(frozen=True)
class ModelSettings:
    """Everything about a model that is not weights or vocabulary.

    Attributes:
        network: its shape.
        scale, shift: of the calibration (Platt 1999), see :meth:`calibrated`.
        negative_below, positive_above: probabilities between the two are in the ``unsure`` band.
        bend: of the calibration; above 0, small log-odds are made more of than large ones.
    """

    network: NetworkConfig
    scale: float = 1.0
    shift: float = 0.0
    negative_below: float = 0.5
    positive_above: float = 0.5
    bend: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.scale, self.shift, self.negative_below, self.positive_above, self.bend)
        if not all(isinstance(n, int | float) and abs(n) <= _LARGEST for n in numbers) or self.scale <= 0:
            raise ValueError("calibration and bands must be finite numbers, and the scale greater than 0")
        if self.scale + self.bend / 2 <= 0:
            raise ValueError("calibration must not fall: the scale and half the bend must add up to more than 0")
        if not 0 <= self.negative_below <= self.positive_above <= 1:
            raise ValueError("bands must satisfy 0 <= negative_below <= positive_above <= 1")

    def calibrated(self, log_odds: float) -> float:
        """Calibrated log-odds of positive: ``scale * x + bend * tanh(x / 2) + shift``."""
        return self.scale * log_odds + self.bend * tanh(log_odds / 2) + self.shift

    def to_dict(self) -> dict[str, Any]:
        """A JSON-serialisable description; :meth:`from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ModelSettings:
        """Read a description.

        Raises:
            ValueError: if it is not one that :meth:`to_dict` writes.
        """
        try:
            return cls(**{**data, "network": NetworkConfig.from_dict(data["network"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"not the settings of a model: {error}") from None


@dataclass(frozen=True)
class Artifact:
    """A model as it was read from, or is about to be written to, a folder."""

    settings: ModelSettings
    tokenizer: Tokenizer
    weights: Mapping[str, NDArray[np.float32]]
    model_id: str = ""
    curve: Curve | None = None

    def __repr__(self) -> str:
        return f"Artifact({self.model_id!r})"


def _canonical(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_name(text: str) -> bool:
    """Whether a text can be the name of a model, the first part of its id."""
    return _NAME.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Whether a text can be the id of a model, which becomes part of a path."""
    return _ID.fullmatch(text) is not None


def files(folder: Path) -> list[str]:
    """Names of the files that a model folder lists, its manifest first.

    Raises:
        ArtifactError: if its manifest is damaged.
    """
    return [MANIFEST, *_read_manifest(folder)["files"]]


def id_of(folder: Path) -> str:
    """The id that a model folder's manifest gives it; whether its files are whole is not looked at.

    Raises:
        ArtifactError: if its manifest is damaged.
    """
    return str(_read_manifest(folder)["model_id"])


def save(
    artifact: Artifact,
    folder: Path,
    *,
    name: str,
    card: str = "",
    half: bool = True,
    more: Mapping[str, bytes] | None = None,
) -> str:
    """Write a model folder, whole or not at all.

    Args:
        artifact: the model; its ``model_id`` is not used.
        folder: where; must not exist.
        name: first part of the model's id, e.g. ``"shopping-2026-11"``.
        card: the model card, Markdown.
        half: keep weights as 16-bit floats (half the size; compare accuracy before and after).
        more: other files that belong to it, by name; they are sealed with the rest.

    Returns:
        The model id: ``name`` and the first 8 digits of the manifest's digest.

    Raises:
        ValueError: if the name has blanks or signs, or a weight is not finite or too large for 16 bits.
        FileExistsError: if the folder exists.
        OSError: if it cannot be written; nothing is left behind then.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists already")
    if not _NAME.fullmatch(name):
        raise ValueError(f"a model is named by up to 64 letters, digits, '.', '_', '+' and '-', not {name!r}")
    weights = _cast(artifact.weights, np.float16 if half else np.float32)
    files = {
        SETTINGS: _canonical(artifact.settings.to_dict()),
        TOKENIZER: _canonical(artifact.tokenizer.to_dict()),
        WEIGHTS: safetensors.numpy.save(weights),
        CARD: card.encode(),
        **(more or {}),
    }
    return _write({n: b for n, b in files.items() if b}, name, folder)


def _write(files: Mapping[str, bytes], name: str, folder: Path) -> str:
    """Write a sealed folder in the place of the one that may be there; gives the model's id.

    The old one stands beside it under another name until the new one is there, so that neither an error nor a kill
    takes both.
    """
    manifest = seal(files, name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as scratch:
        new = Path(scratch) / "model"
        new.mkdir()
        for file, content in {**files, MANIFEST: _canonical(manifest)}.items():
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


def renew(folder: Path, more: Mapping[str, bytes]) -> str:
    """Put files into a model folder, which is sealed anew: it is another model then, with another id.

    Args:
        folder: of the model.
        more: files by name; they replace those of the same name.

    Returns:
        The new id.

    Raises:
        ArtifactError: if anything about the folder is not as it was written.
        OSError: if it cannot be written; the old one is still there then. After a kill it may be there as
            ``FOLDER.old-…``.
    """
    manifest = _read_manifest(folder)
    found = {name: _read_listed(folder, name, manifest) for name in manifest["files"]}
    return _write({**found, **more}, manifest["name"], folder)


def seal(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """The manifest of these files: sizes, hashes, and an id that depends on them all."""
    listed = {n: {"size": len(b), "sha256": _digest(b)} for n, b in sorted(files.items())}
    return _manifest(listed, name)


def _manifest(listed: Mapping[str, Any], name: str) -> dict[str, Any]:
    digest = _digest(_canonical({"format": FORMAT, "name": name, "files": listed}))
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


def load(folder: Path) -> Artifact:
    """Read and check a model folder.

    Raises:
        ArtifactError: if anything about it is not as it was written.
    """
    if os.path.isfile(folder):  # noqa: PTH113 - it never raises, whatever the path is
        raise _not_a_folder(folder)
    manifest = _read_manifest(folder)
    found = {name: _read_listed(folder, name, manifest) for name in manifest["files"]}
    try:
        settings = ModelSettings.from_dict(_json(found[SETTINGS], SETTINGS))
        tokenizer = tokenizer_from_dict(_json(found[TOKENIZER], TOKENIZER))
        weights = _cast(_arrays(found[WEIGHTS]), np.float32)
        curve = Curve.from_dict(_json(found[CURVE], CURVE)) if CURVE in found else None
    except ValueError as error:
        raise ArtifactError(_line(f"model folder {folder}: {error}")) from None
    return Artifact(settings, tokenizer, weights, manifest["model_id"], curve)


def _not_a_folder(path: Path) -> ArtifactError:
    """What a single file is, by its first bytes and its name; none is opened any further."""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            head = file.read(8)
    except OSError as error:
        return _error(f"model file {path} cannot be read: {error.strerror}", "unreadable", path, error.strerror)
    name = path.name.lower()
    if head.startswith((b"\x89HDF", b"PK")) or name.endswith((".h5", ".hdf5", ".keras")):
        what, kind = "a Keras file, which can hold code", "keras"
    elif head[:1] == b"\x80" or name.endswith((".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".npy", ".npz")):
        what, kind = "a pickle, which runs code when it is opened", "pickle"
    else:
        return _error(f"{path} is a file, not a model folder of this program", "file", path)
    return _error(
        f"{path} is {what}, so it was not opened; make the model again from its reviews with nunchi train fit, "
        "or the course's network with nunchi train compare course-char-lstm (how to convert its embedding: "
        "training/README.md)",
        kind,
        path,
    )


def _error(message: str, kind: str, path: Path, reason: str | None = None) -> ArtifactError:
    return ArtifactError(_line(message), kind, path=_line(str(path)), reason=_line(reason or ""))


def _line(text: str) -> str:
    """The text as one line that a terminal can show, whatever a file or a path put into it."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _cast(weights: Mapping[str, NDArray[Any]], kind: type[np.floating[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays as floats of that size; ValueError if one is not finite then."""
    with np.errstate(over="ignore", invalid="ignore"):
        out = {key: np.ascontiguousarray(value, kind) for key, value in weights.items()}
    for key, value in out.items():
        if not np.isfinite(value).all():
            raise ValueError(f"weight {key!r} is not a finite {kind.__name__} everywhere")
    return out


def _arrays(data: bytes) -> dict[str, NDArray[Any]]:
    try:
        return safetensors.numpy.load(data)
    except (safetensors.SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{WEIGHTS} is not in the format it should be ({error})") from None


def _json(data: bytes, name: str) -> Any:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a JSON object as this program writes it")
    return value


def _open_at_once(path: str, flags: int) -> int:
    """Opens without waiting for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read(path: Path, limit: int) -> bytes:
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(limit + 1) if regular else b""
    except (FileNotFoundError, ValueError):  # ValueError: a path that no system has
        raise _error(f"there is no model at {path.parent}: {path.name} is missing", "missing", path.parent) from None
    except OSError as error:
        raise _error(
            f"model file {path} cannot be read: {error.strerror}", "unreadable", path, error.strerror
        ) from None
    if not regular:
        raise _error(f"model file {path} is not a regular file; get the model again", "changed", path)
    if len(data) > limit:
        raise _error(f"model file {path} is larger than its manifest says; get the model again", "changed", path)
    return data


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    data = _read(path, _MAX_MANIFEST)
    try:
        manifest: dict[str, Any] = _json(data, MANIFEST)
        listed = {name: {"size": f["size"], "sha256": f["sha256"]} for name, f in manifest["files"].items()}
        if manifest["format"] != FORMAT:
            raise _error(
                f"{path} is of format {manifest['format']!r}; this version reads format {FORMAT}", "format", path
            )
        whole = _manifest(listed, manifest["name"])
        intact = _canonical(whole) == data and all(type(f["size"]) is int for f in listed.values())
        intact = intact and all(_NAME.fullmatch(n) for n in (*listed, manifest["name"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        intact = False
    if not intact:
        raise _error(f"{path} was changed or is not a manifest of this program; get the model again", "changed", path)
    missing = [name for name in _LOADED if name not in listed]
    if missing:
        raise _error(f"{path} does not list {missing[0]}; get the model again", "changed", path)
    return manifest


def _read_listed(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    path = folder / name
    size = manifest["files"][name]["size"]
    if not 0 <= size <= _MAX_FILE:
        raise _error(f"model file {path} is too large for this program", "changed", path)
    data = _read(path, size)
    if len(data) != size or _digest(data) != manifest["files"][name]["sha256"]:
        raise _error(f"model file {path} was changed or cut off; get the model again", "changed", path)
    return data
