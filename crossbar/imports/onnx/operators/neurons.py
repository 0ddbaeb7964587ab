"""Functions of every value, and softmax."""

from __future__ import annotations

import math

from crossbar.imports.onnx.constants import FLOATS
from crossbar.imports.onnx.draft import Signal, channels_last
from crossbar.imports.onnx.op import Op, operator
from crossbar.nn import (
    Activation,
    BernoulliDropout,
    Clip,
    Erf,
    Gelu,
    GeluTanh,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Relu,
    Sigmoid,
    Softmax,
    Tanh,
)

FAR = 1e30  # the largest end that Clip has: it stands for none
PLAIN: dict[str, Activation] = {
    "Relu": Relu(),
    "Sigmoid": Sigmoid(),
    "Tanh": Tanh(),
    "HardSwish": HardSwish(),
    "Erf": Erf(),
}


@operator(*PLAIN)
def plain(op: Op) -> Signal:
    """Return the neurons of a function without parameters."""
    return op.add(PLAIN[op.kind], op.signal())


@operator("LeakyRelu")
def leaky_relu(op: Op) -> Signal:
    """Return leaky rectifiers."""
    return op.add(LeakyRelu(leak=op.attributes.get("alpha", 0.01)), op.signal())


@operator("HardSigmoid")
def hard_sigmoid(op: Op) -> Signal:
    """Return cut straight lines."""
    rise, middle = op.attributes.get("alpha", 0.2), op.attributes.get("beta", 0.5)
    return op.add(HardSigmoid(rise=rise, middle=middle), op.signal())


@operator("Gelu")
def gelu(op: Op) -> Signal:
    """Return GELU, exactly or by tanh."""
    exact = op.attributes.get("approximate", "none") == "none"
    return op.add(Gelu() if exact else GeluTanh(), op.signal())


@operator("Clip")
def clip(op: Op) -> Signal:
    """Return values cut at one end or both."""
    if op.opset < 11:
        low, high = op.attributes.get("min", -math.inf), op.attributes.get("max", math.inf)
    else:
        low, high = op.number(1, -math.inf), op.number(2, math.inf)
    if low == 0 and high > FAR:
        return op.add(Relu(), op.signal())
    return op.add(Clip(low=max(low, -FAR), high=min(high, FAR)), op.signal())


@operator("Identity")
def identity(op: Op) -> Signal:
    """Return the input."""
    return op.coded()


@operator("Cast")
def cast(op: Op) -> Signal:
    """Return the input where it stays a floating-point number."""
    if op.attributes.get("to", 1) not in FLOATS:
        op.refuse("a cast of signals to whole numbers", "Omit it.")
    return op.signal()


@operator("Dropout")
def dropout(op: Op) -> Signal:
    """Return dropout, which inference passes by."""
    ratio = op.attributes.get("ratio", 0.5) if op.opset < 12 else op.number(1, 0.5)
    if not 0 < ratio < 1:
        return op.signal()
    return op.add(BernoulliDropout(keep=1 - ratio), op.signal())


@operator("Softmax")
def softmax(op: Op) -> Signal:
    """Return shares over an axis; those that end the network are left to the loss."""
    signal = op.signal()
    shape, rank = signal.shape, len(signal.shape)
    old = op.opset < 13
    axis = op.axis(op.attributes.get("axis", 1 if old else -1), rank)
    long = [k for k in range(axis, rank) if shape[k] > 1] if old else [axis]
    if max(shape) == math.prod(shape[k] for k in long) == math.prod(shape) > 1:
        if op.outputs[0] == op.draft.output:
            op.draft.softmax = True
            return signal
        axis = shape.index(max(shape))
    elif len(long) > 1:
        op.refuse(f"one softmax over {len(long)} axes", "Convert the model to opset 13 or later.")
    elif long:
        axis = long[0]
    return op.add(Softmax(), op.draft.arranged(signal, channels_last(rank, axis)))
