"""A thousand damaged, mixed-up and edited model folders: each is refused, in one sentence, by the one error."""

from __future__ import annotations

import copy
import io
import json
import pickle
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import safetensors.numpy

from nlp import sealed

Files = dict[str, bytes]
Case = tuple[str, Files]

LOADED = ("model.json", "tokenizer.json", "weights.safetensors")
SEED = 20261122


# --- damage: what disks, networks and editors do ------------------------------------------------------------


def flipped(data: bytes, pick: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(pick.choice((1, 1, 1, 2, 8))):
        out[pick.randrange(len(out))] ^= 1 << pick.randrange(8)
    return bytes(out)


def cut(data: bytes, pick: random.Random) -> bytes:
    return data[: pick.randrange(len(data))]


def longer(data: bytes, pick: random.Random) -> bytes:
    extra = pick.choice((b"\n", b" ", b"\0", b"}", data, pick.randbytes(pick.randrange(1, 200)), b"\0" * 100_000))
    return pick.choice((data + extra, extra + data))


def swapped(data: bytes, pick: random.Random) -> bytes:
    out = bytearray(data)
    i, j = pick.randrange(len(out)), pick.randrange(len(out))
    out[i], out[j] = out[j], out[i]
    return bytes(out)


def overwritten(data: bytes, pick: random.Random) -> bytes:
    start = pick.randrange(len(data))
    length = min(pick.randrange(1, 64), len(data) - start)
    return data[:start] + pick.randbytes(length) + data[start + length :]


def missing_piece(data: bytes, pick: random.Random) -> bytes:
    start = pick.randrange(len(data))
    return data[:start] + data[start + pick.randrange(1, 64) :]


def line_ends(data: bytes, pick: random.Random) -> bytes:
    return pick.choice((data.replace(b"\n", b"\r\n"), data.strip(), b"\xef\xbb\xbf" + data, data.replace(b" ", b"")))


DAMAGES = (flipped, flipped, flipped, cut, cut, longer, swapped, overwritten, missing_piece, line_ends)


def damages(whole: Files, pick: random.Random, count: int) -> Iterator[Case]:
    while count:
        name, damage = pick.choice(sorted(whole)), pick.choice(DAMAGES)
        data = damage(whole[name], pick)
        if data != whole[name]:
            count -= 1
            yield f"{damage.__name__} {name}", {**whole, name: data}


def replacements(whole: Files, pick: random.Random, bomb: object) -> Iterator[Case]:
    """Files missing, mixed up or of another kind."""
    foreign = {
        "nothing": b"",
        "random": pick.randbytes(500),
        "pickle": pickle.dumps(bomb),
        "npy": np_bytes(np.zeros(3)),
        "npy of objects": np_bytes(np.array([bomb], object)),
        "safetensors": safetensors.numpy.save({"other": np.zeros(3, np.float32)}),
        "hdf5": b"\x89HDF\r\n\x1a\n" + pick.randbytes(100),
        "zip": b"PK\x03\x04" + pick.randbytes(100),
        "json": b"{}",
        "list": b"[]",
        "deep": b"[" * 60_000,
        "deep object": b'{"a":' * 10_000,
        "number": b"1" * 5_000,
        "nan": b"NaN",
        "utf-16": '{"format": 1}'.encode("utf-16"),
        "html": b"<!doctype html><title>404</title>",
        "git lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    }
    for name in whole:
        yield f"{name} deleted", {n: b for n, b in whole.items() if n != name}
        for kind, data in foreign.items():
            yield f"{name} is {kind}", {**whole, name: data}
        for other in whole:
            if other != name:
                yield f"{name} is {other}", {**whole, name: whole[other]}
    yield "nothing there", {}
    yield "only the manifest", {"manifest.json": whole["manifest.json"]}


def np_bytes(array: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


# --- a manifest that was edited -----------------------------------------------------------------------------


def manifest_edits(whole: Files, pick: random.Random, count: int) -> Iterator[Case]:
    """Edits of single values, without making the hashes good."""
    original = json.loads(whole["manifest.json"])
    odd = [None, True, 0, -1, 2, 1.5, 10**30, "", "x", "../x", [], {}, [[]], "0" * 64, "\ud800", "a\nb", float("inf")]
    while count:
        edited = copy.deepcopy(original)
        at, key = pick.choice(list(places(edited)))
        if pick.random() < 0.2:
            del at[key]
        elif pick.random() < 0.15:
            key = pick.choice(("extra", "sha512", "model.bin", ""))
            at[key] = pick.choice(odd)
        else:
            at[key] = pick.choice(odd)
        if edited != original or repr(edited) != repr(original):
            count -= 1
            yield f"manifest: {key}", {**whole, "manifest.json": sealed.canonical(edited)}


def places(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for key, value in data.items():
        yield data, key
        if isinstance(value, dict):
            yield from places(value)


def relisted(whole: Files, listed: dict[str, Any], name: Any = "test", model_format: Any = 1) -> Files:
    """A folder with a consistent manifest that lists whatever is wanted."""
    digest = sealed._digest(sealed.canonical({"format": model_format, "name": name, "files": listed}))
    manifest = {
        "format": model_format,
        "name": name,
        "files": listed,
        "digest": digest,
        "model_id": f"{name}-{digest[:8]}",
    }
    return {**whole, "manifest.json": sealed.canonical(manifest)}


def consistent_manifests(whole: Files) -> Iterator[Case]:
    """Manifests whose own digest is right, and that list what must not be read."""
    good = json.loads(whole["manifest.json"])["files"]
    entry = good["model.json"]
    outside = (
        "../secret",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/b",
        "./model.json",
        "../whole/model.json",
        "a\0b",
        "\ud800",
    )
    for name in (
        *outside,
        "a\nb",
        "a\u2028b",
        "x" * 300,
        "가" * 200,
        "/",
        "//",
        "model.json/",
        "model.json/x",
        "~root",
    ):
        yield f"lists {name[:20]!r}", relisted(whole, {**good, name: entry})
    for size in (
        0,
        1,
        -1,
        entry["size"] - 1,
        entry["size"] + 1,
        2**31,
        2**63,
        2**64,
        10**30,
        True,
        1.0,
        float(entry["size"]),
    ):
        yield f"size {size!r}", relisted(whole, {**good, "model.json": {**entry, "size": size}})
    for size in ("1", None, [], {}, float("inf"), float("nan"), str(entry["size"])):
        yield f"size {size!r}", relisted(whole, {**good, "model.json": {**entry, "size": size}})
    for digest in ("", "0" * 64, entry["sha256"].upper(), entry["sha256"][:-1], None, 5, [], {"a": 1}, "\ud800"):
        yield f"sha256 {digest!r}", relisted(whole, {**good, "model.json": {**entry, "sha256": digest}})
    for name in LOADED:
        yield f"does not list {name}", relisted(whole, {n: f for n, f in good.items() if n != name})
    for model_format in (0, 2, -1, "1", None, [1], 10**30, "a\nb"):
        yield f"format {model_format!r}", relisted(whole, good, model_format=model_format)
    for model_name in (None, 5, [], {}, "", "a\nb", "a\u2028b", "../x", "a/b", "\ud800", "x" * 1000, "a\x1b[31mb", " "):
        yield f"name {str(model_name)[:20]!r}", relisted(whole, good, name=model_name)
    yield "lists nothing", relisted(whole, {})
    yield "no files at all", relisted(whole, [])  # type: ignore[arg-type]


def every_case(whole: Files, bomb: object) -> Iterator[Case]:
    pick = random.Random(SEED)
    yield from replacements(whole, pick, bomb)
    yield from consistent_manifests(whole)
    yield from manifest_edits(whole, pick, 200)
    yield from damages(whole, pick, 620)


def test_a_thousand_changed_folders_are_refused(whole: Files, folder: Any, bomb: object) -> None:
    tried = 0
    for case, files in every_case(whole, bomb):
        assert files != whole, case
        folder.write(files)
        folder.check_refused(case)
        tried += 1
    assert tried >= 1000
