"""The model folder: a sealed folder (:mod:`nlp.sealed`) that holds a network.

Beside ``manifest.json`` it holds

* ``model.json``: shape of the network, calibration, bands (plain values; see :class:`nlp.settings.ModelSettings`),
* ``tokenizer.json``: kind and vocabulary,
* ``weights.safetensors``: arrays only, a format that cannot carry code,
* ``README.md``: the model card,
* ``curve.json``, where it was measured: what thresholds are worth (see :mod:`nlp.curve`).

Its hashes protect against damage and mix-ups, not against someone who rewrites it all: take models only from people you
trust.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from nlp import sealed
from nlp.curve import CURVE, Curve
from nlp.sealed import MANIFEST, ArtifactError, one_line, parse_object, read_listed, refused
from nlp.settings import ModelSettings
from nlp.tokenizer import Tokenizer
from nlp.tokenizer import from_dict as tokenizer_from_dict
from nlp.tokenizers.morphemes import MissingAnalyserError

SETTINGS = "model.json"
TOKENIZER = "tokenizer.json"
WEIGHTS = "weights.safetensors"
CARD = "README.md"

_LOADED = (SETTINGS, TOKENIZER, WEIGHTS)


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


def files(folder: Path) -> list[str]:
    """Names of the files that a model folder lists, its manifest first.

    Raises:
        ArtifactError: if its manifest is damaged.
    """
    return [MANIFEST, *_manifest(folder)["files"]]


def id_of(folder: Path) -> str:
    """The id that a model folder's manifest gives it; whether its files are whole is not looked at.

    Raises:
        ArtifactError: if its manifest is damaged.
    """
    return str(_manifest(folder)["model_id"])


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
    if not sealed.is_name(name):
        raise ValueError(f"a model is named by up to 64 letters, digits, '.', '_', '+' and '-', not {name!r}")
    weights = _cast(artifact.weights, np.float16 if half else np.float32)
    files = {
        SETTINGS: sealed.canonical(artifact.settings.to_dict()),
        TOKENIZER: sealed.canonical(artifact.tokenizer.to_dict()),
        WEIGHTS: safetensors.numpy.save(weights),
        CARD: card.encode(),
        **(more or {}),
    }
    return sealed.write({n: b for n, b in files.items() if b}, name, folder)


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
    manifest = _manifest(folder)
    found = {name: read_listed(folder, name, manifest) for name in manifest["files"]}
    return sealed.write({**found, **more}, manifest["name"], folder)


def load(folder: Path) -> Artifact:
    """Read and check a model folder.

    Raises:
        ArtifactError: if anything about it is not as it was written.
    """
    if os.path.isfile(folder):  # noqa: PTH113 - it never raises, whatever the path is
        raise _not_a_folder(folder)
    manifest = _manifest(folder)
    found = {name: read_listed(folder, name, manifest) for name in manifest["files"]}
    try:
        settings = ModelSettings.from_dict(parse_object(found[SETTINGS], SETTINGS))
        tokenizer = tokenizer_from_dict(parse_object(found[TOKENIZER], TOKENIZER))
        weights = _cast(_arrays(found[WEIGHTS]), np.float32)
        curve = Curve.from_dict(parse_object(found[CURVE], CURVE)) if CURVE in found else None
    except MissingAnalyserError as error:
        kind = "_".join(filter(None, ["analyser", error.beside]))
        raise ArtifactError(one_line(f"model folder {folder}: {error}"), kind, extra=error.extra) from None
    except ValueError as error:
        raise ArtifactError(one_line(f"model folder {folder}: {error}")) from None
    return Artifact(settings, tokenizer, weights, manifest["model_id"], curve)


def _not_a_folder(path: Path) -> ArtifactError:
    """What a single file is, by its first bytes and its name; none is opened any further."""
    try:
        with open(path, "rb", opener=sealed.open_at_once) as file:
            head = file.read(8)
    except OSError as error:
        return refused(f"model file {path} cannot be read: {error.strerror}", "unreadable", path, error.strerror)
    name = path.name.lower()
    if head.startswith((b"\x89HDF", b"PK")) or name.endswith((".h5", ".hdf5", ".keras")):
        what, kind = "a Keras file, which can hold code", "keras"
    elif head[:1] == b"\x80" or name.endswith((".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".npy", ".npz")):
        what, kind = "a pickle, which runs code when it is opened", "pickle"
    else:
        return refused(f"{path} is a file, not a model folder of this program", "file", path)
    return refused(
        f"{path} is {what}, so it was not opened; make the model again from its reviews with nunchi train fit, "
        "or the course's network with nunchi train compare course-char-lstm (how to convert its embedding: "
        "training/README.md)",
        kind,
        path,
    )


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


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder that lists all that a model needs."""
    manifest = sealed.read_manifest(folder)
    missing = [name for name in _LOADED if name not in manifest["files"]]
    if missing:
        path = folder / MANIFEST
        raise refused(f"{path} does not list {missing[0]}; get the model again", "changed", path)
    return manifest
