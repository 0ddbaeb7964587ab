"""Every operator of ONNX on an ideal chip against onnx.reference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from onnx_models import CLOSE, IDEAL, Model

from crossbar.imports import read_onnx
from crossbar.imports.onnx.operators import OPERATORS
from crossbar.random import Streams

CASES: dict[str, Callable[[], Model]] = {}


def case(*shape: int, **options: int) -> Callable[[Callable[[Model], object]], object]:
    """A test case: a function that adds nodes to a model of samples of ``shape``."""

    def enter(write: Callable[[Model], object]) -> object:
        def made() -> Model:
            model = Model(*shape, **options)
            write(model)
            return model

        CASES[write.__name__] = made
        return write

    return enter


def conv(m: Model, *weights: int, bias: bool = True, x: str = "x", **attributes: object) -> str:
    inputs = [x, m.constant(*weights), *([m.constant(weights[0])] if bias else [])]
    return m.add("Conv", *inputs, **attributes)


def one(m: Model, kind: str, *inputs: str, **attributes: object) -> str:
    """The operator behind a convolution, whose signal has its channels last."""
    return m.add(kind, conv(m, 4, 3, 2, 2), *inputs, **attributes)


for width, sizes in (("1d", (9,)), ("2d", (9, 8))):
    side = len(sizes)
    windows = {
        "plain": {},
        "stride": {"strides": [2] * side},
        "dilation": {"dilations": [2] * side, "pads": [1] * 2 * side},
        "uneven": {"pads": [*range(2 * side)]},
        "same_upper": {"auto_pad": "SAME_UPPER", "strides": [2] * side},
        "same_lower": {"auto_pad": "SAME_LOWER", "strides": [2] * side, "kernel": 4},
        "valid": {"auto_pad": "VALID"},
        "groups": {"group": 2},
        "depthwise": {"group": 4, "filters": 8},
        "no_bias": {"bias": False},
    }
    for word, options in windows.items():
        own = dict(options)
        kernel, filters = own.pop("kernel", 3), own.pop("filters", 6)
        channels = 4 // own.get("group", 1)

        def write(m, own=own, weights=(filters, channels, *[kernel] * side)):
            conv(m, *weights, **own)

        write.__name__ = f"conv_{width}_{word}"
        case(4, *sizes)(write)
    pools = {
        "plain": {},
        "stride": {"strides": [2] * side},
        "padding": {"strides": [2] * side, "pads": [1] * 2 * side},
        "uneven": {"pads": [1] * side + [2] * side},
        "ceiling": {"strides": [3] * side, "ceil_mode": 1},
        "ceiling_beyond": {"strides": [4] * side, "ceil_mode": 1, "pads": [0] * side + [2] * side},
        "same": {"auto_pad": "SAME_UPPER", "strides": [2] * side},
        "dilation": {"dilations": [2] * side, "strides": [2] * side},
    }
    for word, options in pools.items():
        for kind in ("MaxPool", "AveragePool"):
            if (kind, word) == ("MaxPool", "uneven"):
                continue  # the reference fails

            def write(m, kind=kind, options=options, kernel=[3] * side):
                m.add(kind, "x", kernel_shape=kernel, **options)

            write.__name__ = f"{kind}_{width}_{word}"
            case(4, *sizes)(write)

    def write(m, kernel=[3] * side):
        m.add("AveragePool", "x", kernel_shape=kernel, pads=[1] * 2 * len(kernel),
              strides=[2] * len(kernel), count_include_pad=1)  # fmt: skip

    write.__name__ = f"AveragePool_{width}_counted"
    case(4, *sizes)(write)

PLAIN = ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Gelu", "HardSwish", "HardSigmoid", "Erf", "Neg",
         "Identity", "Dropout", "GlobalAveragePool", "GlobalMaxPool", "Softmax")  # fmt: skip
for kind in PLAIN:

    def write(m, kind=kind):
        one(m, kind)

    write.__name__ = kind
    case(3, 5, 6)(write)


@case(6)
def gemm(m):
    m.add("Gemm", "x", m.constant(6, 4), m.constant(4), alpha=0.7, beta=1.3)


@case(6)
def gemm_transposed_without_constants(m):
    m.add("Gemm", "x", m.constant(4, 6), transB=1)


@case(6)
def gemm_of_one_constant(m):
    m.add("Gemm", "x", m.constant(6, 4), m.constant())


@case(6)
def matmul_of_rows(m):
    m.add("Add", m.add("MatMul", "x", m.constant(6, 4)), m.constant(4))


@case(5, 6)
def matmul_of_positions(m):
    m.add("MatMul", "x", m.constant(6, 4))


@case(2, 5, 6)
def matmul_of_maps(m):
    m.add("MatMul", "x", m.constant(1, 1, 6, 4))


@case(5, 6)
def matmul_from_the_left(m):
    m.add("MatMul", m.constant(4, 5), "x")


@case(4, 6)
def attention(m):
    q, k, v = (m.add("MatMul", "x", m.constant(6, 6)) for _ in range(3))
    heads = [m.add("Transpose", m.add("Reshape", z, m.whole(0, 4, 2, 3)), perm=[0, 2, 1, 3])
             for z in (q, k, v)]  # fmt: skip
    turned = m.add("Transpose", heads[1], perm=[0, 1, 3, 2])
    scores = m.add("Div", m.add("MatMul", heads[0], turned), m.constant(values=np.float32(1.7)))
    mixed = m.add("MatMul", m.add("Softmax", scores, axis=-1), heads[2])
    m.add("Reshape", m.add("Transpose", mixed, perm=[0, 2, 1, 3]), m.whole(0, 4, 6))


@case(3, 5, 6)
def constants_of_all_shapes(m):
    y = conv(m, 4, 3, 2, 2)
    y = m.add("Mul", y, m.constant(4, 1, 1))
    y = m.add("Add", m.constant(1, 4, 1, 1), y)
    y = m.add("Sub", y, m.constant(4, 4, 5))
    y = m.add("Sub", m.constant(1), y)
    y = m.add("Div", y, m.constant(5))
    m.add("Sum", y, m.constant(), m.constant(4, 1))


@case(3, 5, 6)
def sums_and_products_of_signals(m):
    a, b = conv(m, 4, 3, 2, 2), conv(m, 4, 3, 2, 2, bias=False)
    total = m.add("Sum", m.add("Add", a, b), m.add("Sub", a, b), m.add("Mul", a, b))
    gate = m.add("Sigmoid", conv(m, 4, 4, 1, 1, x=m.add("GlobalAveragePool", total)))
    m.add("Mul", total, gate)


@case(3, 5, 6)
def normalisation(m):
    numbers = [m.constant(4) for _ in range(3)] + [m.constant(values=np.float32([1, 2, 0.1, 3]))]
    y = m.add("BatchNormalization", conv(m, 4, 3, 2, 2), *numbers, epsilon=1e-3)
    m.add("BatchNormalization", m.add("Relu", y), *numbers)


@case(4, 7)
def normalisation_of_a_sequence(m):
    m.add("BatchNormalization", "x", *[m.constant(values=np.float32([1, 2, 3, 4]))] * 4)


@case(3, 4, 5)  # the reference takes as many channels as there are samples
def local_normalisation(m):
    m.add("LRN", "x", size=2, alpha=0.3, beta=0.6, bias=1.5)


@case(3, 5, 6)
def clips(m):
    low, high = m.constant(values=np.float32(-1)), m.constant(values=np.float32(0.5))
    y = one(m, "Clip", low, high)
    y = m.add("Clip", y, "", m.constant(values=np.float32(0.3)))
    m.add("Clip", m.add("Clip", y, m.constant(values=np.float32(-0.8))), low, high)


@case(3, 5, 6)
def a_clip_that_is_a_rectifier(m):
    one(m, "Clip", m.constant(values=np.float32(0)))


@case(3, 5, 6)
def gelu_by_tanh(m):
    one(m, "Gelu", approximate="tanh")


@case(3, 5, 6)
def flatten_and_gemm(m):
    m.add("Gemm", m.add("Flatten", conv(m, 4, 3, 2, 2)), m.constant(80, 5))


@case(3, 5, 6)
def flatten_of_pooled_maps(m):
    m.add("Gemm", m.add("Flatten", one(m, "GlobalAveragePool")), m.constant(4, 5))


@case(3, 5, 6)
def shapes(m):
    y = m.add("Reshape", conv(m, 4, 3, 2, 2), m.whole(-1, 2, 2, 4, 5))
    y = m.add("Reshape", m.add("Transpose", y, perm=[0, 2, 1, 3, 4]), m.whole(0, 4, 4, 5))
    y = conv(m, 3, 4, 2, 2, x=y)
    y = m.add("Unsqueeze", y, m.whole(1, -1))
    y = m.add("Squeeze", m.add("Squeeze", y, m.whole(1)), m.whole(-1))
    m.add("Transpose", y, perm=[0, 3, 1, 2])


@case(3, 5, 6, batch=1)
def a_shape_with_the_batch_in_it(m):
    m.add("Reshape", "x", m.whole(1, 3, -1))


@case(3, 5, 6)
def a_shape_that_is_worked_out(m):
    y = conv(m, 4, 3, 2, 2)
    first = m.add("Gather", m.add("Shape", y), m.whole(0))
    m.add("Reshape", y, m.add("Concat", first, m.whole(-1), axis=0))


@case(3, 5, 6)
def joins(m):
    a, b = conv(m, 4, 3, 2, 2), conv(m, 2, 3, 2, 2)
    y = m.add("Concat", a, b, axis=1)
    y = m.add("Concat", y, m.add("Relu", y), axis=-1)
    m.add("Concat", y, m.add("Tanh", y), axis=2)


@case(3, 5, 6)
def padding(m):
    y = one(m, "Pad", m.whole(0, 1, 0, 2, 0, 0, 3, 0), m.constant(values=np.float32(0.7)))
    m.add("Pad", y, m.whole(1, 2), "", m.whole(-1), mode="constant")


@case(3, 5, 6)
def means_and_largest(m):
    y = one(m, "ReduceMean", m.whole(2, 3), keepdims=0)
    m.add("Gemm", y, m.constant(4, 2))


@case(4, 7)
def the_largest_of_a_sequence(m):
    m.add("ReduceMax", "x", m.whole(-1), keepdims=1)


@case(3, 5, 6)
def softmax_of_channels(m):
    m.add("Relu", one(m, "Softmax", axis=1))


@case(3, 5, 6)
def codes(m):
    scale, zero = m.constant(values=np.float32(0.11)), m.constant(values=np.uint8(120))
    y = m.add("DequantizeLinear", one(m, "QuantizeLinear", scale, zero), scale, zero)
    weights = m.constant(values=m.rng.integers(-128, 127, (2, 4, 1, 1)).astype(np.int8))
    scales, zeros = m.constant(values=np.float32([0.01, 0.02])), m.constant(values=np.int8([0, 3]))
    real = m.add("DequantizeLinear", weights, scales, zeros, axis=0)
    m.add("Conv", y, real)


@case(3, 5, 6)
def constants_from_nodes(m):
    import onnx

    one = onnx.numpy_helper.from_array(np.float32([[1.5, -2.0]]))
    c = m.add("Unsqueeze", m.add("Transpose", m.add_constant(one)), m.whole(-1))
    m.add("Mul", conv(m, 2, 3, 2, 2), c)


@pytest.mark.parametrize("name", CASES)
def test_an_ideal_chip_gives_what_the_reference_gives(name, tmp_path):
    model = CASES[name]()
    imported = read_onnx(model.saved(tmp_path))
    x = model.samples()
    chip = imported.build(IDEAL, Streams(0), progress=False)
    give = chip.outputs if imported.softmax else chip.scores
    got, expected = give(x, rng=np.random.default_rng(0)), model.expected(x)
    assert np.ptp(expected) > 0
    np.testing.assert_allclose(got, expected, rtol=0, atol=CLOSE * np.abs(expected).max())


def test_pooling_with_uneven_padding_is_that_of_padded_samples(tmp_path):
    uneven, padded = Model(4, 9, 8), Model(4, 9, 8)
    uneven.add("MaxPool", "x", kernel_shape=[3, 3], pads=[1, 0, 2, 1])
    least = padded.constant(values=np.float32(-9))
    wide = padded.add("Pad", "x", padded.whole(0, 0, 1, 0, 0, 0, 2, 1), least)
    padded.add("MaxPool", wide, kernel_shape=[3, 3])
    x = uneven.samples()
    chip = read_onnx(uneven.saved(tmp_path)).build(IDEAL, Streams(0))
    got = chip.scores(x, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(got, padded.expected(x))


def test_a_window_that_would_begin_behind_the_samples_is_none(tmp_path):
    """By the end of the values, whatever the padding behind them; the reference fails there."""
    model = Model(2, 4)
    model.add("AveragePool", "x", kernel_shape=[1], strides=[4], pads=[0, 1], ceil_mode=1)
    x = model.samples()
    chip = read_onnx(model.saved(tmp_path)).build(IDEAL, Streams(0))
    got = chip.scores(x, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(got, x[:, :, 0])


def test_every_operator_has_a_case():
    written = {node.op_type for made in CASES.values() for node in made().nodes}
    assert OPERATORS.keys() - written == {"Cast"}  # see test_reading.py
