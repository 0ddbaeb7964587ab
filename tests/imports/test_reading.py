"""What is read from a file besides the product: names, notes, older versions, folding."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx_models import CLOSE, Model, helper, onnx

from crossbar.errors import OutputError
from crossbar.imports import read_onnx
from crossbar.imports.onnx.operators import OPERATORS
from crossbar.nn import CrossEntropy, SquaredError
from crossbar.random import Streams
from crossbar.substrates.digital import Digital

ROOT = Path(__file__).parents[2]
DOUBLE = Digital(dtype=np.float64)


def outputs(imported, x):
    chip = imported.build(DOUBLE, Streams(0))
    give = chip.outputs if imported.softmax else chip.scores
    return give(x, rng=np.random.default_rng(0))


def equal(model, path, **options):
    """The import of ``model``, once its outputs are seen to be those of the reference."""
    imported, x = read_onnx(path, **options), model.samples()
    expected = model.expected(x)
    got = outputs(imported, x)
    np.testing.assert_allclose(got, expected, rtol=0, atol=CLOSE * np.abs(expected).max())
    return imported


def network(**options):
    """Convolution, normalisation, rectifier, pooling, a row of scores and their softmax."""
    m = Model(2, 6, 6, **options)
    y = m.add("Conv", "x", m.constant(4, 2, 3, 3, name="body.0.weight"), name="/body/body.0/Conv")
    y = m.add("BatchNormalization", y, *[m.constant(values=np.float32([1, 2, 3, 4]))] * 4)
    y = m.add("MaxPool", m.add("Relu", y, name="/act/Relu"), kernel_shape=[2, 2], strides=[2, 2])
    y = m.add("Flatten", y, name="/Flatten")
    y = m.add("Gemm", y, m.constant(16, 3), m.constant(3), name="/head/Gemm")
    m.add("Softmax", y, axis=1)
    return m


def test_layers_are_called_after_weights_and_nodes(tmp_path):
    imported = equal(network(), network().saved(tmp_path))
    names = [name for name in imported.network.nodes if "order" not in name]
    assert names == ["body_0", "act", "v3", "head"]
    assert imported.origins == {
        "body_0": "/body/body.0/Conv", "act": "/act/Relu", "v3": "v3", "head": "/head/Gemm",
    }  # fmt: skip
    assert {name: w.shape for name, w in imported.weights.items()} == {
        "body_0": (19, 4), "head": (17, 3),
    }  # fmt: skip
    assert repr(imported).startswith("<Imported (2, 6, 6) to 3 outputs, 7 layers, 127 weights in")


def test_normalisations_stay_where_they_are_asked_to(tmp_path):
    model = network()
    imported = equal(model, model.saved(tmp_path), fold=False)
    assert "v1" in imported.network.nodes
    assert imported.weights["body_0"].shape == (18, 4)
    assert imported.weights["v1.mean"].tolist() == [1, 2, 3, 4]


def test_the_softmax_at_the_end_is_that_of_the_loss(tmp_path):
    imported = read_onnx(network().saved(tmp_path))
    assert imported.softmax
    assert isinstance(imported.build(DOUBLE, Streams(0)).loss, CrossEntropy)
    assert isinstance(imported.build(DOUBLE, Streams(0), loss=SquaredError()).loss, SquaredError)
    single = Model(4)
    single.add("Gemm", "x", single.constant(4, 1))
    imported = read_onnx(single.saved(tmp_path))
    assert not imported.softmax
    assert isinstance(imported.build(DOUBLE, Streams(0)).loss, SquaredError)


def test_an_imported_chip_learns(tmp_path):
    """The loss of eight samples falls by a hundred times in a hundred steps."""
    model = network()
    chip = read_onnx(model.saved(tmp_path), fold=False).build(DOUBLE, Streams(0))
    rng = np.random.default_rng(0)
    x, labels = rng.standard_normal((8, 2, 6, 6)), rng.integers(0, 3, 8)
    first = -np.log(chip.outputs(x, rng=rng)[range(8), labels]).mean()
    for _ in range(100):
        chip.learn(x, labels, 0.01, rng=rng)
    assert -np.log(chip.outputs(x, rng=rng)[range(8), labels]).mean() < first / 100


def test_weights_of_16_bits_are_kept_in_32(tmp_path):
    model = Model(4)
    half = model.rng.standard_normal((6, 4)).astype(np.float16)
    inputs = [model.constant(values=half[:4]), model.constant(values=half[4])]
    model.add("Gemm", "x", *inputs, name="narrow")
    imported = read_onnx(model.saved(tmp_path))
    assert imported.notes == ("2 x weights of 16 bits are kept in 32",)
    np.testing.assert_array_equal(imported.weights["narrow"], half[:5])


def test_a_cast_of_signals_is_passed_by(tmp_path):
    model = Model(4)
    model.add("Gemm", model.add("Cast", "x", to=1), model.constant(4, 2))
    assert len(equal(model, model.saved(tmp_path)).network.nodes) == 1


def test_what_stays_digital_is_noted(tmp_path):
    model = Model(3, 4)
    model.add("Mul", "x", model.add("MatMul", model.add("Transpose", "x", perm=[0, 2, 1]), "x"))
    model.nodes[-1].input[0] = model.nodes[-2].output[0]
    assert read_onnx(model.saved(tmp_path)).notes == (
        "1 x products of two signals (MatMul) stay digital",
        "1 x products of two signals (Mul) stay digital",
    )


def test_older_operators_say_it_in_attributes(tmp_path):
    m = Model(2, 6, 6, opset=9)
    y = m.add("Conv", "x", m.constant(4, 2, 3, 3))
    y = m.add("Clip", y, min=-0.5, max=0.8)
    y = m.add("Pad", y, pads=[0, 0, 1, 0, 0, 0, 0, 2], value=0.3)
    y = m.add("Unsqueeze", y, axes=[1])
    y = m.add("Squeeze", y, axes=[1])
    y = m.add("Dropout", y, ratio=0.25)
    y = m.add("ReduceMean", y, axes=[2, 3], keepdims=0)
    m.add("Relu", m.add("Softmax", y))
    imported = equal(m, m.saved(tmp_path))
    assert imported.network.nodes["v5"].layer.keep == 0.75


def test_a_softmax_of_old_runs_over_all_behind_its_axis(tmp_path):
    """The reference takes one axis in every version: the sums are checked by hand."""
    m = Model(2, 3, opset=11)
    m.add("Relu", m.add("Softmax", "x", axis=2))
    equal(m, m.saved(tmp_path))
    wide = Model(1, 3, 1, opset=11)
    wide.add("Relu", wide.add("Softmax", "x"))
    x = wide.samples()
    got = outputs(read_onnx(wide.saved(tmp_path)), x)
    shares = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(got, shares.reshape(3, 3), rtol=1e-6)


@pytest.mark.parametrize("opset", [13, 17, 19, 21, 23])
def test_versions_agree(opset, tmp_path):
    """One network, written in two versions, has the same layers and the same weights."""
    first = read_onnx(network(opset=12).saved(tmp_path))
    model = network(opset=opset)
    other = equal(model, model.saved(tmp_path))
    assert other.network == first.network
    assert other.softmax == first.softmax
    assert other.weights.keys() == first.weights.keys()
    for name, weights in first.weights.items():
        np.testing.assert_array_equal(other.weights[name], weights)


def test_functions_of_the_file_are_written_out(tmp_path):
    model = network()
    proto = model.proto()
    nodes = [helper.make_node("Relu", ["a"], ["b"]), helper.make_node("Tanh", ["b"], ["c"])]
    proto.functions.append(
        helper.make_function("own", "Bent", ["a"], ["c"], nodes, [helper.make_opsetid("", 21)])
    )
    proto.graph.node[2].op_type, proto.graph.node[2].domain = "Bent", "own"
    proto.opset_import.append(helper.make_opsetid("own", 1))
    onnx.save(proto, tmp_path / "m.onnx")
    kinds = [type(n.layer).__name__ for n in read_onnx(tmp_path / "m.onnx").network.nodes.values()]
    assert kinds[2:4] == ["Relu", "Tanh"]


def test_without_the_package_the_remedy_is_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(OutputError, match=r"pip install 'crossbar-sim\[onnx\]'"):
        read_onnx("any.onnx")


def test_weights_before_a_row_of_scores_lie_as_the_file_says(tmp_path):
    """Flatten runs along channels, rows, columns in the file: each weight has its own pixel."""
    model = Model(2, 3, 4)
    matrix = np.eye(24, dtype=np.float32)
    y = model.add("Conv", "x", model.constant(values=np.eye(2, dtype=np.float32)[:, :, None, None]))
    model.add("Gemm", model.add("Flatten", y), model.constant(values=matrix))
    x = model.samples()
    got = outputs(read_onnx(model.saved(tmp_path)), x)
    np.testing.assert_allclose(got, x.reshape(3, -1), rtol=0, atol=1e-12)


def test_the_snippets_of_the_page_run(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    text = (ROOT / "docs" / "import.md").read_text()
    monkeypatch.chdir(tmp_path)
    model = Model(1, 8, 8)
    y = model.add("Conv", "x", model.constant(8, 1, 3, 3), model.constant(8), pads=[1, 1, 1, 1])
    y = model.add("MaxPool", model.add("Relu", y), kernel_shape=[2, 2], strides=[2, 2])
    model.add("Gemm", model.add("Flatten", y), model.constant(128, 10), model.constant(10))
    model.saved(tmp_path)
    names: dict[str, object] = {}
    for snippet in re.findall(r"```python\n(.*?)```", text, re.S):
        if "torch" not in snippet or importlib.util.find_spec("torch") is not None:
            exec(snippet, names)
    assert f"{names['imported']!r}\n" in text
    assert names["scores"].shape == (5, 10)
    assert names["chip"].held.keys() == {"fc0", "fc1"}


def test_every_operator_is_on_the_page():
    text = (ROOT / "docs" / "import.md").read_text()
    assert [name for name in OPERATORS if f"`{name}`" not in text] == []
