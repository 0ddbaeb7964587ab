"""Convolutions."""

from __future__ import annotations

from crossbar.imports.filters import matrices
from crossbar.imports.onnx.draft import Signal, channels_last
from crossbar.imports.onnx.op import Op, operator
from crossbar.imports.onnx.sides import pads, sides
from crossbar.nn import Convolution, Convolution1d

KINDS = {1: Convolution1d, 2: Convolution}


@operator("Conv")
def conv(op: Op) -> Signal:
    """Return a convolution of one or two axes, with a matrix for every group."""
    signal, weights = op.signal(), op.weights(1)
    dimensions = weights.ndim - 2
    if dimensions not in KINDS or len(signal.shape) != dimensions + 1:
        op.refuse(f"{dimensions} axes", "Convolutions have one or two: reshape the samples.")
    groups, kernel = op.attributes.get("group", 1), weights.shape[2:]
    if weights.shape[1] * groups != signal.shape[0] or len(weights) % groups:
        got = f"weights {weights.shape} in {groups} groups for {signal.shape[0]} channels"
        op.refuse(got, "Export the model again.")
    stride, dilation = sides(op, "strides", dimensions), sides(op, "dilations", dimensions)
    layer = KINDS[dimensions](
        filters=len(weights), kernel=kernel, stride=stride, dilation=dilation, groups=groups,
        padding=pads(op, signal.shape[1:], kernel, stride, dilation), bias=op.has(2),
    )  # fmt: skip
    bias = op.weights(2) if op.has(2) else None
    order = channels_last(len(signal.shape))
    return op.add(
        layer, op.draft.arranged(signal, order), order=order,
        weights=matrices(weights, bias, groups), named=op.inputs[1],
    )  # fmt: skip
