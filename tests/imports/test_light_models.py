"""The light models of the onnx wheel, with random weights, on an ideal chip.

Their files have constant weights, which would give equal outputs: each is drawn here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx_models import CLOSE, IDEAL, ReferenceEvaluator, numpy_helper, onnx

from crossbar.imports import read_onnx
from crossbar.random import Streams

FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
MODELS = {"squeezenet": 26, "shufflenet": 4594, "resnet50": 54}  # matrices of each


def drawn(name):
    """The model with weights that keep signals at about one, in place of constants."""
    model = onnx.load(FOLDER / f"light_{name}.onnx")
    graph, rng = model.graph, np.random.default_rng(0)
    shapes = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    uses = {value: (node.op_type, k) for node in graph.node for k, value in enumerate(node.input)}
    kept = []
    for node in graph.node:
        if node.op_type != "ConstantOfShape":
            kept.append(node)
            continue
        shape, (operator, k) = tuple(shapes[node.input[0]]), uses[node.output[0]]
        values = rng.standard_normal(shape)
        if operator == "BatchNormalization":
            values = np.abs(values) + 0.5 if k in (1, 4) else 0.1 * values
        else:
            values *= np.sqrt(2 / np.prod(shape[1:])) if k == 1 else 0.1
        graph.initializer.append(numpy_helper.from_array(values.astype("f4"), node.output[0]))
    del graph.node[:]
    graph.node.extend(kept)
    return model


def scores(model, x):
    """What the reference gives before the softmax.

    Normalisations of version 9 it mixes with statistics of the samples, but for a momentum of 1.
    """
    graph = model.graph
    for node in graph.node:
        if node.op_type == "BatchNormalization":
            node.attribute.append(onnx.helper.make_attribute("momentum", 1.0))
    graph.output[0].name = graph.node[-1].input[0]
    del graph.node[-1]
    given = {tensor.name for tensor in graph.initializer}
    source = next(value.name for value in graph.input if value.name not in given)
    return ReferenceEvaluator(model).run(None, {source: x})[0].reshape(len(x), -1)


@pytest.mark.parametrize("name", MODELS)
def test_a_light_model_gives_what_the_reference_gives(name, tmp_path):
    model = drawn(name)
    onnx.save(model, tmp_path / "light.onnx")
    imported = read_onnx(tmp_path / "light.onnx")
    assert imported.softmax
    assert len(imported.network.matrices) == MODELS[name]
    x = np.random.default_rng(1).standard_normal((1, 3, 224, 224)).astype(np.float32)
    chip = imported.build(IDEAL, Streams(0), progress=False)
    got, expected = chip.scores(x, rng=np.random.default_rng(0)), scores(model, x)
    np.testing.assert_allclose(got, expected, rtol=0, atol=CLOSE * np.abs(expected).max())
