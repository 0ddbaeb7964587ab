"""Signals that are rounded to codes: QuantizeLinear and DequantizeLinear."""

from __future__ import annotations

import numpy as np

from crossbar.imports.onnx.draft import Signal
from crossbar.imports.onnx.op import Op, operator
from crossbar.nn import Quantise

RANGES = {
    "uint4": (0, 15), "int4": (-8, 7), "uint8": (0, 255), "int8": (-128, 127),
    "uint16": (0, 65535), "int16": (-32768, 32767),
}  # fmt: skip
TYPES = {2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 21: "uint4", 22: "int4"}


@operator("QuantizeLinear")
def quantize_linear(op: Op) -> Signal:
    """Return values rounded to codes, which DequantizeLinear then takes."""
    signal, codes = op.signal(), _codes(op)
    op.draft.note("signals are rounded as QuantizeLinear says, in digital")
    return op.add(codes, signal)._replace(codes=codes)


@operator("DequantizeLinear")
def dequantize_linear(op: Op) -> Signal:
    """Return the values of codes."""
    signal = op.coded()
    if signal.codes is None or signal.codes != _codes(op):
        op.refuse("codes of another scale", "Put it behind a QuantizeLinear of its scale.")
    return signal._replace(codes=None)


def _codes(op: Op) -> Quantise:
    """Return the scale, the zero and the ends of the codes."""
    scale, zero = op.weights(1), op.constant(2) if op.has(2) else np.zeros((), np.uint8)
    kind = TYPES.get(op.attributes.get("output_dtype", 0), zero.dtype.name)
    if scale.size != 1 or zero.size != 1:
        op.refuse(f"{scale.size} scales of one signal", "Give one scale a signal.")
    if not scale.item() > 0:
        op.refuse(f"the scale {scale.item():g}", "Give one above 0.")
    if kind not in RANGES:
        op.refuse(f"codes of type {kind}", "Use whole numbers of 4, 8 or 16 bits.")
    low, high = RANGES[kind]
    return Quantise(scale=scale.item(), zero=int(zero.item()), low=low, high=high)
