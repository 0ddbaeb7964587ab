"""Pooling of windows and of all positions."""

from __future__ import annotations

import math

from crossbar.imports.onnx.draft import Signal, channels_last
from crossbar.imports.onnx.op import Op, operator
from crossbar.imports.onnx.sides import pads, sides
from crossbar.nn import (
    AveragePooling,
    AveragePooling1d,
    GlobalAveragePooling,
    GlobalMaxPooling,
    MaxPooling,
    MaxPooling1d,
    Pad,
)

KINDS = {
    "MaxPool": {1: MaxPooling1d, 2: MaxPooling},
    "AveragePool": {1: AveragePooling1d, 2: AveragePooling},
}
WHOLE: dict[str, type[GlobalAveragePooling] | type[GlobalMaxPooling]] = {
    "GlobalAveragePool": GlobalAveragePooling,
    "GlobalMaxPool": GlobalMaxPooling,
    "ReduceMean": GlobalAveragePooling,
    "ReduceMax": GlobalMaxPooling,
}


@operator("MaxPool", "AveragePool")
def pool(op: Op) -> Signal:
    """Return pooling of windows of one or two axes."""
    signal, kernel = op.signal(), tuple(op.attributes["kernel_shape"])
    dimensions, lengths = len(kernel), signal.shape[1:]
    if dimensions not in (1, 2) or len(lengths) != dimensions:
        op.refuse(f"{dimensions} axes", "Pooling has one or two: reshape the samples.")
    stride, dilation = sides(op, "strides", dimensions), sides(op, "dilations", dimensions)
    padding = pads(op, lengths, kernel, stride, dilation)
    laid = op.draft.arranged(signal, channels_last(len(signal.shape)))
    if op.attributes.get("count_include_pad", 0) and any(padding):
        before, behind = (*padding[:dimensions], 0), (*padding[dimensions:], 0)
        laid = op.add(Pad(before=before, behind=behind), laid)
        lengths, padding = laid.shape[1:], (0,) * 2 * dimensions
    if op.attributes.get("ceil_mode", 0):
        padding = _whole(lengths, kernel, stride, dilation, padding)
    layer = KINDS[op.kind][dimensions](
        kernel=kernel, stride=stride, dilation=dilation, padding=padding
    )
    return op.add(layer, laid)


def _whole(
    lengths: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: tuple[int, ...],
) -> tuple[int, ...]:
    """Return the padding with as much behind as the last window needs, if it begins before that."""
    before, after = padding[: len(lengths)], padding[len(lengths) :]
    behind = []
    for length, side, step, gap, low, high in zip(
        lengths, kernel, stride, dilation, before, after, strict=True
    ):
        span = gap * (side - 1) + 1
        last = math.ceil((length + low + high - span) / step) * step
        if last >= length + low:
            last -= step
        behind.append(max(0, last + span - length - low))
    return (*before, *behind)


@operator(*WHOLE)
def whole(op: Op) -> Signal:
    """Return one value a channel, of all positions."""
    signal = op.signal()
    rank, keep = len(signal.shape), True
    axes = tuple(range(1, rank))
    if op.kind.startswith("Reduce"):
        given = op.whole("axes", 1, 18)
        keep = bool(op.attributes.get("keepdims", 1))
        axes = tuple(sorted(op.axis(axis, rank) for axis in given or ()))
    left = [axis for axis in range(rank) if axis not in axes]
    if len(left) != 1 or not axes:
        op.refuse(f"axes {axes} of {rank}", "Reduce all but one axis and the batch.")
    laid = op.draft.arranged(signal, channels_last(rank, left[0]))
    if not keep:
        return op.add(WHOLE[op.kind](), laid, order=(0,), rank=1)
    return op.add(WHOLE[op.kind](), laid, order=(left[0],), rank=rank)
