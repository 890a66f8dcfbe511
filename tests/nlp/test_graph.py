"""The graph that is written without the package ``onnx``, read and checked by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from nlp import onnx_format
from nlp.config import CELLS, POOLINGS, NetworkConfig
from nlp.graph import network_graph


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_the_checker_of_onnx_accepts_the_graph_of_every_shape(make_model: Any, cell: str, pooling: str) -> None:
    config = NetworkConfig(embedding=4, cell=cell, units=(3, 5), pooling=pooling, hidden=3, bigrams=16)
    model = make_model(config)
    read = onnx.load_model_from_string(network_graph(config, model.tokenizer, model.weights))
    onnx.checker.check_model(read, full_check=True)
    assert [i.name for i in read.graph.input][:3] == ["tokens", "lengths", "bigrams"]
    found = {c.name: numpy_helper.to_array(c) for c in read.graph.initializer}
    np.testing.assert_array_equal(found["output_bias"], model.weights["output/bias"])


def test_a_node_is_what_the_package_would_have_written() -> None:
    ours = onnx.NodeProto.FromString(
        onnx_format.node("Any", ["a", "b"], ["c"], {"text": "둘", "number": -3, "share": 0.5, "axes": [0, 300, -1]})
    )
    theirs = helper.make_node("Any", ["a", "b"], ["c"], text="둘", number=-3, share=0.5, axes=[0, 300, -1])
    assert {a.name: helper.get_attribute_value(a) for a in ours.attribute} == {
        a.name: helper.get_attribute_value(a) for a in theirs.attribute
    }
    assert (ours.op_type, ours.input, ours.output) == (theirs.op_type, theirs.input, theirs.output)


@pytest.mark.parametrize("kind", [np.float32, np.int32, np.int64])
def test_a_constant_comes_back(kind: type[np.generic]) -> None:
    value = np.arange(-300, 300).reshape(2, 3, 100).astype(kind)
    for array in (value, value.transpose(2, 0, 1), value.astype(value.dtype.newbyteorder(">")), value[:0]):
        same = array.astype(kind)
        read = onnx.TensorProto.FromString(onnx_format.tensor("x", same))
        np.testing.assert_array_equal(numpy_helper.to_array(read), array)
        assert read.name == "x" and numpy_helper.to_array(read).dtype == kind


def test_an_input_is_what_the_package_would_have_written() -> None:
    ours = onnx.ValueInfoProto.FromString(onnx_format.value_info("late", onnx_format.FLOAT, ["t", 1, "b", 200]))
    assert ours == helper.make_tensor_value_info("late", onnx.TensorProto.FLOAT, ["t", 1, "b", 200])
