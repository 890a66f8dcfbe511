"""Writes an ONNX model: the few messages of the format that :mod:`nlp.graph` needs, as Protocol Buffers.

ONNX Runtime reads this format but cannot write it, and the package that can is 31 MB and slow to import. The numbers of
the fields are those of ``onnx.proto`` (ONNX 1.17, Apache-2.0); a test reads what is written here with that package and
has its checker look at it. Encoding: https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

FLOAT, INT32, INT64 = 1, 6, 7
"""Types of elements, as ONNX numbers them."""

_TYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.int32): INT32, np.dtype(np.int64): INT64}
_OPSET = 17
_IR_VERSION = 9
_VARINT, _BYTES, _FIXED32 = 0, 2, 5
_OF_FLOAT, _OF_INT, _OF_STRING, _OF_INTS = 1, 2, 3, 7  # types of attributes

Attribute = int | float | str | Sequence[int]


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Mapping[str, Attribute]) -> bytes:
    """A ``NodeProto``: one operator.

    Args:
        operator: its name.
        inputs: names of what it takes.
        outputs: names of what it gives.
        attributes: by name.
    """
    parts = [_text(1, name) for name in inputs] + [_text(2, name) for name in outputs]
    parts += [_text(4, operator)] + [_bytes(5, _attribute(*pair)) for pair in attributes.items()]
    return b"".join(parts)


def tensor(name: str, value: NDArray[np.generic]) -> bytes:
    """A ``TensorProto``: a constant of float32, int32 or int64.

    Raises:
        KeyError: if it is of another type.
    """
    little = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
    head = [*(_int(1, n) for n in value.shape), _int(2, _TYPES[value.dtype]), _text(8, name), _head(9, little.nbytes)]
    return b"".join((*head, little.data.cast("B") if little.size else b""))  # copied once


def value_info(name: str, kind: int, shape: Iterable[int | str]) -> bytes:
    """A ``ValueInfoProto``: an input or output.

    Args:
        name: of it.
        kind: type of its elements.
        shape: sizes; a name for one that is known only when it is run.
    """
    dims = b"".join(_bytes(1, _int(1, n) if isinstance(n, int) else _text(2, n)) for n in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _int(1, kind) + _bytes(2, dims)))


def model(
    name: str, nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]
) -> bytes:
    """A ``ModelProto`` of one graph.

    Args:
        name: of the graph.
        nodes: as :func:`node` gives them, each after those that it needs.
        constants: as :func:`tensor` gives them.
        inputs: as :func:`value_info` gives them.
        outputs: the same.
    """
    graph = [_text(2, name)]
    for field, messages in ((1, nodes), (5, constants), (11, inputs), (12, outputs)):
        for message in messages:
            graph += [_head(field, len(message)), message]
    opset = _text(1, "") + _int(2, _OPSET)
    return b"".join((_int(1, _IR_VERSION), _bytes(8, opset), _head(7, sum(map(len, graph))), *graph))


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, str):
        what, kind = _text(4, value), _OF_STRING
    elif isinstance(value, int):
        what, kind = _int(3, value), _OF_INT
    elif isinstance(value, float):
        what, kind = _key(2, _FIXED32) + struct.pack("<f", value), _OF_FLOAT
    else:
        what, kind = b"".join(_int(8, n) for n in value), _OF_INTS
    return _text(1, name) + what + _int(20, kind)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1  # a negative one is written as 64 bits
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _int(field: int, number: int) -> bytes:
    return _key(field, _VARINT) + _varint(number)


def _head(field: int, size: int) -> bytes:
    return _key(field, _BYTES) + _varint(size)


def _bytes(field: int, data: bytes) -> bytes:
    return _head(field, len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
