"""Files that cannot be imported: one line each, with node and remedy."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from onnx_models import Model, onnx

from crossbar.errors import ConfigError, CrossbarError
from crossbar.imports import read_onnx


def refused(path, **options):
    """The one line that an import of ``path`` ends in, without the path."""
    with pytest.raises(CrossbarError) as error:
        read_onnx(path, **options)
    text = str(error.value)
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


def small():
    model = Model(3, 6, 6)
    model.add("Conv", "x", model.constant(4, 3, 3, 3, name="first.weight"), name="first")
    return model


def test_all_nodes_that_cannot_be_are_named_at_once(tmp_path):
    model = small()
    y = model.add("Elu", "v0", name="bent", alpha=0.5)
    y = model.add("Relu", y)
    y = model.add("Conv", y, model.constant(2, 5, 1, 1), name="narrow")
    y = model.add("Det", y, name="determinant")
    model.add("Reshape", model.add("Relu", "v0"), model.whole(-1), name="apart")
    model.add("Concat", y, model.nodes[-1].output[0], axis=1)
    text = refused(model.saved(tmp_path))
    assert text.startswith("expected nodes that can be imported, got 'bent' (Elu, version ")
    assert "'determinant' (Det, version 11), 'apart' (Reshape, version 21: the shape (-1,)" in text
    assert "narrow" not in text  # what follows a node that is refused has no shape
    assert text.endswith("Keep samples apart: the batch is axis 0.")


def test_operators_of_other_domains_are_refused_with_theirs(tmp_path):
    model = small()
    model.add("FusedConv", "v0", name="fused", domain="com.microsoft")
    text = refused(model.saved(tmp_path))
    assert "'fused' (com.microsoft.FusedConv, version 21). Replace it by operators of" in text


def test_nodes_that_the_output_does_not_need_are_no_matter(tmp_path):
    model = small()
    model.add("Elu", "v0")
    path = model.saved(tmp_path)
    assert list(read_onnx(path, output="v0").network.nodes)[:2] == ["input_order", "first"]
    assert "expected the value 'v7', got none. Try v1." in refused(path, output="v7")


WRONG = {
    "a mask that others read": (
        lambda m: (m.nodes.append(onnx.helper.make_node("Dropout", ["v0"], ["d", "mask"])),
                   m.add("Mul", "d", "mask")),
        "'d' (Dropout, version 13: the output 'mask'). Export the model for inference.",
    ),
    "weights that are signals": (
        lambda m: m.add("Conv", "v0", "v0", name="c"),
        "'c' (Conv, version 11: a signal as input 1). Export the model with constant parameters.",
    ),
    "whole weights": (
        lambda m: m.add("Conv", "v0", m.constant(values=np.ones((2, 4, 1, 1), np.int8)), name="c"),
        "'c' (Conv, version 11: weights 'c1' of type int8). Give them a scale with Dequantize",
    ),
    "weights that are not finite": (
        lambda m: m.add("Conv", "v0", m.constant(values=np.full((2, 4, 1, 1), np.nan, "f4"))),
        "'v1' (Conv, version 11: weights 'c1': expected finite numbers, got nan at (0, 0, "
        "0, 0)). Remove or replace it.",
    ),
    "three axes": (
        lambda m: m.add("Conv", "v0", m.constant(2, 4, 1, 1, 1), name="c"),
        "'c' (Conv, version 11: 3 axes). Convolutions have one or two",
    ),
    "other channels": (
        lambda m: m.add("Conv", "v0", m.constant(2, 5, 1, 1), name="c"),
        "'c' (Conv, version 11: weights (2, 5, 1, 1) in 1 groups for 4 channels).",
    ),
    "a Gemm of maps": (
        lambda m: m.add("Gemm", "v0", m.constant(4, 2), name="g"),
        "'g' (Gemm, version 13: samples that are no rows). Put Flatten before it.",
    ),
    "a Gemm of other rows": (
        lambda m: m.add("Gemm", m.add("Flatten", "v0"), m.constant(63, 2), name="g"),
        "'g' (Gemm, version 13: 63 rows of weights for 64 inputs).",
    ),
    "a window too large": (
        lambda m: m.add("MaxPool", "v0", kernel_shape=[5, 5], name="p"),
        "'p' (MaxPool, version 12: MaxPooling.kernel: expected samples of at least 5x5",
    ),
    "a moved batch": (
        lambda m: m.add("Transpose", "v0", perm=[1, 0, 2, 3], name="t"),
        "'t' (Transpose, version 21: the order (1, 0, 2, 3)). Keep samples apart",
    ),
    "a constant that is larger": (
        lambda m: m.add("Mul", "v0", m.constant(2, 4, 4, 4), name="m"),
        "'m' (Mul, version 14: a constant of shape (2, 4, 4, 4) for samples of (4, 4, 4)).",
    ),
    "mirrors": (
        lambda m: m.add("Pad", "v0", m.whole(0, 0, 1, 1, 0, 0, 1, 1), mode="reflect", name="p"),
        "'p' (Pad, version 21: padding (0, 0, 1, 1, 0, 0, 1, 1) of mode reflect).",
    ),
    "codes that nobody takes": (
        lambda m: m.add("Relu", m.add("QuantizeLinear", "v0", m.constant(values=np.float32(1))),
                        name="r"),
        "'r' (Relu, version 14: codes as input). Put DequantizeLinear behind each Quantize",
    ),
    "a value from nowhere": (
        lambda m: m.add("Add", "v0", "nowhere", name="a"),
        "'a' (Add, version 14: input 'nowhere', which nothing gives). Export the model again.",
    ),
    "constants that are none": (
        lambda m: m.add("Mul", "v0", m.add("Reshape", m.constant(4), m.whole(3), name="r")),
        "'r' (Reshape, version 21: constants that onnx.reference cannot work out (",
    ),
    "numbers that are drawn": (
        lambda m: m.add("Mul", "v0", m.add("RandomNormal", shape=[1], name="r")),
        "'r' (RandomNormal, version 1). Replace it by",
    ),
    "no window": (
        lambda m: m.add("MaxPool", "v0", name="p"),
        "'p' (MaxPool, version 12: parameters that do not fit, KeyError: 'kernel_shape'). Export",
    ),
    "steps of other sides": (
        lambda m: m.add("Conv", "v0", m.constant(2, 4, 1, 1), strides=[1, 1, 1], name="c"),
        "'c' (Conv, version 11: Convolution.stride: expected one number, or 2, got (1, 1, 1)).",
    ),
    "padding of other sides": (
        lambda m: m.add("AveragePool", "v0", kernel_shape=[2, 2], pads=[1, 1, 1], name="p"),
        "'p' (AveragePool, version 19: AveragePooling.padding: expected one number, or 2, got "
        "(1, 1, 1)). Give one a side.",
    ),
    "a matrix with more axes than samples": (
        lambda m: m.add("MatMul", m.add("Flatten", "v0"), m.constant(1, 64, 2), name="m"),
        "'m' (MatMul, version 13: a constant of shape (1, 64, 2)). Give a matrix.",
    ),
    "a Gemm of a row": (
        lambda m: m.add("Gemm", m.add("Flatten", "v0"), m.constant(64), name="g"),
        "'g' (Gemm, version 13: a constant of shape (64,)). Give a matrix.",
    ),
    "a factor that is not finite": (
        lambda m: m.add("Gemm", m.add("Flatten", "v0"), m.constant(64, 2), alpha=np.inf, name="g"),
        "'g' (Gemm, version 13: alpha x W and beta c: expected finite numbers, got ",
    ),
    "numbers of other channels": (
        lambda m: m.add("BatchNormalization", "v0", *[m.constant(3)] * 4, name="b"),
        "'b' (BatchNormalization, version 15: scale of shape (3,) for 4 channels). Give one number",
    ),
    "an axis that is added twice": (
        lambda m: m.add("Unsqueeze", "v0", m.whole(1, 1), name="u"),
        "'u' (Unsqueeze, version 21: axes (1, 1)). Name each new axis once.",
    ),
    "an axis beyond the last": (
        lambda m: m.add("Pad", "v0", m.whole(1, 1), "", m.whole(7), name="p"),
        "'p' (Pad, version 21: parameters that do not fit, IndexError: index 7 is out of bounds",
    ),
    "no step": (
        lambda m: m.add("MaxPool", "v0", kernel_shape=[2, 2], strides=[0, 1], ceil_mode=1,
                        name="p"),
        "'p' (MaxPool, version 12: parameters that do not fit, ZeroDivisionError: division by",
    ),
    "a scale below zero": (
        lambda m: m.add("QuantizeLinear", "v0", m.constant(values=np.float32(-2)), name="q"),
        "'q' (QuantizeLinear, version 21: the scale -2). Give one above 0.",
    ),
    "a divisor": (
        lambda m: m.add("Div", m.constant(1), "v0", name="d"),
        "'d' (Div, version 14: a signal as divisor). Divide by constants alone.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", WRONG)
def test_a_node_is_refused_with_its_reason(word, tmp_path):
    write, expected = WRONG[word]
    model = small()
    write(model)
    assert f"got {expected}" in refused(model.saved(tmp_path))


def test_files_that_are_no_model(tmp_path):
    """All are read as ONNX, whatever their names say."""
    path, whole = tmp_path / "m.json", small().proto().SerializeToString()
    assert refused(path) == "expected a file, got none. Check the path."
    assert refused(tmp_path).endswith("expected a file, got none. Check the path.")
    for content in (b"PK\x03\x04 no model", whole[:-9]):
        path.write_bytes(content)
        assert refused(path).startswith("expected an ONNX model, got DecodeError")
    path.write_bytes(b"")
    assert refused(path).startswith("expected an ONNX model, got a graph without nodes.")


def test_damaged_weights(tmp_path):
    model = small()
    model.initializers[0].raw_data = model.initializers[0].raw_data[:-4]
    assert "expected weights, got damaged numbers 'first.weight'" in refused(model.saved(tmp_path))


def test_external_data_that_are_missing_are_listed(tmp_path):
    path = tmp_path / "m.onnx"
    onnx.save(small().proto(), path, save_as_external_data=True, location="w.bin", size_threshold=0)
    assert read_onnx(path).weights["first"].shape == (27, 4)
    (tmp_path / "w.bin").write_bytes(b"short")
    assert "expected its external data, got" in refused(path)
    (tmp_path / "w.bin").unlink()
    text = "expected 1 files of external data, got none of w.bin. Put them beside the model"
    assert refused(path).startswith(text)


def test_open_shapes_are_asked_for(tmp_path):
    model = small()
    model.input.type.tensor_type.shape.dim[2].dim_param = "height"
    path = model.saved(tmp_path)
    text = "expected samples of a fixed shape as input 'x', got (n, 3, height, 6). Give input"
    assert refused(path).startswith(text)
    assert read_onnx(path, input_shape=(3, 8, 6)).input_shape == (3, 8, 6)
    assert "expected an input_shape that fits (3, 'height', 6), got (3, 8, 7)." in refused(
        path, input_shape=(3, 8, 7)
    )


def test_a_shape_is_a_tuple(tmp_path):
    with pytest.raises(ConfigError) as error:
        read_onnx(small().saved(tmp_path), input_shape=64)
    expected = "expected a tuple of whole numbers, got 64. A row of 64 is (64,)."
    assert str(error.value) == f"read_onnx.input_shape: {expected}"


def test_several_ends_are_chosen_from(tmp_path):
    proto = small().proto()
    proto.graph.output.append(onnx.helper.make_tensor_value_info("x", 1, None))
    onnx.save(proto, tmp_path / "m.onnx")
    text = "expected one output, got v0, x. Choose one: read_onnx(path, output='v0')."
    assert refused(tmp_path / "m.onnx") == text
    proto.graph.input.append(onnx.helper.make_tensor_value_info("z", 1, [1]))
    onnx.save(proto, tmp_path / "m.onnx")
    assert refused(tmp_path / "m.onnx").startswith("expected one input, got x, z.")


def test_an_output_is_a_signal(tmp_path):
    model = small()
    model.add("QuantizeLinear", "v0", model.constant(values=np.float32(0.1)))
    text = "expected a signal of real numbers as output 'v1', got codes of QuantizeLinear. Choose"
    assert refused(model.saved(tmp_path)).startswith(text)
    model.add("Neg", model.constant(3))
    text = "expected a signal of real numbers as output 'v2', got no signal. Choose another"
    assert refused(model.saved(tmp_path)).startswith(text)


def test_a_damaged_file_ends_in_one_line(tmp_path):
    """Of 400 models with some bytes drawn anew, each is read or refused."""
    path, whole = tmp_path / "m.onnx", np.frombuffer(small().proto().SerializeToString(), np.uint8)
    rng, lines = np.random.default_rng(0), []
    for _ in range(400):
        damaged = whole.copy()
        damaged[rng.integers(len(whole), size=3)] = rng.integers(256, size=3)
        path.write_bytes(damaged.tobytes())
        with contextlib.suppress(CrossbarError):
            read_onnx(path)
            continue
        lines.append(refused(path))
    assert len(lines) > 100


def test_samples_that_are_whole_numbers(tmp_path):
    model = Model(4, elem=7)
    model.add("Gemm", "x", model.constant(4, 2))
    assert "expected floating-point samples, got input 'x'" in refused(model.saved(tmp_path))


def test_old_operators_are_converted_first(tmp_path):
    model = small()
    model.opset = 6
    text = "expected operators of version 7 or later, got version 6. Convert it: onnx.version"
    assert refused(model.saved(tmp_path)).startswith(text)
