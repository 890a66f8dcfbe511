"""Model folders whose manifest was made good after the change: what is in the files is checked as well."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from nlp import sealed
from nlp.sealed import seal

Files = dict[str, bytes]
Case = tuple[str, Files]

LOADED = ("model.json", "tokenizer.json", "weights.safetensors")
SEED = 20261122


def resealed(files: Files, name: Any = "test") -> Files:
    """The folder that someone would leave who changes files and knows how manifests are made."""
    manifest = seal({n: b for n, b in files.items() if n != "manifest.json"}, name)
    return {**files, "manifest.json": sealed.canonical(manifest)}


def resealed_contents(whole: Files, pick: random.Random, bomb: object) -> Iterator[Case]:
    for name in LOADED:
        for kind, data in (
            ("nothing", b" "),
            ("pickle", pickle.dumps(bomb)),
            ("deep list", b"[" * 100_000),
            ("deep object", b'{"network":' * 50_000),
            ("number", b"1" * 5_000),
            ("list", b"[]"),
            ("null", b"null"),
            ("string", b'"network"'),
            ("not utf-8", b'{"kind": "\xff\xfe"}'),
            ("random", pick.randbytes(300)),
            ("huge header", (2**63 - 1).to_bytes(8, "little") + b"{}"),
            ("long header", (10**9).to_bytes(8, "little") + b"{}"),
            ("deep header", header_of(b'{"a":' * 20_000)),
            ("empty header", header_of(b"{}")),
        ):
            yield f"{name} is {kind}, resealed", resealed({**whole, name: data})
    for case, weights in resealed_weights(whole, pick):
        yield f"weights: {case}, resealed", resealed({**whole, "weights.safetensors": weights})
    for case, settings in resealed_json(whole["model.json"], SETTINGS_EDITS):
        yield f"settings: {case}, resealed", resealed({**whole, "model.json": settings})
    for case, tokenizer in resealed_json(whole["tokenizer.json"], TOKENIZER_EDITS):
        yield f"tokenizer: {case}, resealed", resealed({**whole, "tokenizer.json": tokenizer})


def header_of(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header


def resealed_weights(whole: Files, pick: random.Random) -> Iterator[tuple[str, bytes]]:
    good = {k: v.astype(np.float32) for k, v in safetensors.numpy.load(whole["weights.safetensors"]).items()}
    for name, value in good.items():
        for number in (np.nan, np.inf, -np.inf):
            spoilt = value.copy()
            spoilt.flat[pick.randrange(spoilt.size)] = number
            yield f"{name} has {number}", safetensors.numpy.save({**good, name: spoilt})
        yield f"{name} overflows", safetensors.numpy.save({**good, name: np.full(value.shape, 1e300)})
        yield f"{name} missing", safetensors.numpy.save({k: v for k, v in good.items() if k != name})
        shapes = {
            "flat": value.reshape(-1),
            "deeper": value[None],
            "empty": value[:0],
            "longer": np.concatenate([value, value]),
        }
        for kind, other in {**shapes, "turned": value.T, "number": np.float32(1).reshape(())}.items():
            if other.shape != value.shape:
                yield f"{name} {kind}", safetensors.numpy.save({**good, name: np.ascontiguousarray(other)})
    for kind in ("BF16", "F8_E4M3", "F4", "F999", "", None, 5, "C64"):
        header = {"output/bias": {"dtype": kind, "shape": [4], "data_offsets": [0, 8]}}
        yield f"type {kind}", header_of(json.dumps(header).encode()) + bytes(8)
    for shape, offsets in (
        ([2**62, 4], [0, 8]),
        ([-1], [0, 8]),
        ([4], [0, 2**62]),
        ([4], [8, 0]),
        ("4", [0, 8]),
        ([4], []),
    ):
        header = {"output/bias": {"dtype": "F16", "shape": shape, "data_offsets": offsets}}
        yield f"shape {shape} {offsets}", header_of(json.dumps(header).encode()) + bytes(8)


SETTINGS_EDITS: dict[str, list[Any]] = {
    "network": [None, 5, [], {}, "lstm", {"cell": "transformer"}, {"units": []}, {"no\nsuch": 1}],
    "network.cell": ["LSTM", None, ["lstm"], {}, "rnn", "gru"],
    "network.units": [[], [0], 3, "3", [2**16 + 1], [3.0], [4], [3, 3], None],
    "network.embedding": [0, 5, "4", None, 2**16 + 1, 1e9],
    "network.jamo": ["false", None, 0, False],
    "network.bidirectional": ["yes", None, 1, False],
    "network.pooling": ["min", None, 7, "last"],
    "network.hidden": [-1, 4, "3", None, 0],
    "network.buckets": [1, 3, 128, -64, "64", None],
    "network.ratings": [[], [5], [1, 1], [5, 4, 2, 1], "1245", None, [1, 2, 3], [1, 2, 3, 4, 5], [[1], [2]]],
    "network.positive_above": [0, 9, "3", None, float("nan"), []],
    "network.max_tokens": [0, 1, -5, "32", None, 10**9],
    "network.longest_ngram": [0, -1, None, "3"],
    "network.dropout": [1, -1, None, "0", float("nan")],
    "network.__class__": ["os"],
    "scale": [0, -1, None, "1", float("nan"), float("inf"), [], 10**400],
    "shift": [None, "0", float("nan"), float("-inf"), {}, 10**400],
    "negative_below": [-1, 2, None, "0", float("nan")],
    "positive_above": [-1, 2, None, "1", float("nan")],
    "other\nkey": [1],
}

TOKENIZER_EDITS: dict[str, list[Any]] = {
    "kind": ["word", "jamo", "none\nsuch", "", None, 5, ["char"], "os.system"],
    "vocabulary": [None, 5, "가나", {}, [1], ["가", "가"], [["가"]], ["가나"], [""], [], ["가"], ["가", None]],
}


def resealed_json(data: bytes, edits: dict[str, list[Any]]) -> Iterator[tuple[str, bytes]]:
    """The file with one value replaced, for every value; and with one value left out."""
    for path, values in edits.items():
        *above, key = path.split(".")
        for value in values:
            edited = json.loads(data)
            at = edited
            for step in above:
                at = at[step]
            at[key] = value
            yield f"{path!r} = {str(value)[:30]!r}", json.dumps(edited).encode()
    required = {"network", "kind", "vocabulary"} & set(json.loads(data))
    for key in sorted(required):
        yield f"no {key}", json.dumps({k: v for k, v in json.loads(data).items() if k != key}).encode()


def test_changed_contents_are_refused_under_a_good_manifest(whole: Files, folder: Any, bomb: object) -> None:
    folder.write(resealed(whole))
    assert folder.refusal() is None, "a folder sealed again without a change is whole"
    tried = 0
    for case, files in resealed_contents(whole, random.Random(SEED), bomb):
        assert files != whole, case
        folder.write(files)
        folder.check_refused(case)
        tried += 1
    assert tried > 250


@pytest.mark.fuzz
def test_any_damage_under_a_good_manifest_is_refused_or_harmless(whole: Files, folder: Any) -> None:
    """Who can make the manifest good can change a weight; but no content may raise anything else."""
    pick = random.Random(SEED)
    loaded = 0
    for number in range(4000):
        files = dict(whole)
        for _ in range(pick.randrange(1, 4)):
            name = pick.choice(LOADED)
            files[name] = damaged(files[name], pick)
        folder.write(resealed(files))
        if folder.refusal() is None:
            loaded += 1
        else:
            folder.check_refused(f"number {number}")
    assert 0 < loaded < 2000


def damaged(data: bytes, pick: random.Random) -> bytes:
    """Some bits or a stretch of bytes changed, left out or put in."""
    out = bytearray(data)
    start = pick.randrange(len(out))
    stop = min(len(out), start + pick.randrange(1, 40))
    match pick.randrange(5):
        case 0:
            del out[start:stop]
        case 1:
            out[start:start] = pick.randbytes(stop - start)
        case 2:
            out[start:stop] = pick.randbytes(stop - start)
        case 3:
            out[start:stop] = bytes(pick.choice(data) for _ in range(start, stop))
        case _:
            out[start] ^= 1 << pick.randrange(8)
    return bytes(out) or b" "
