"""Other shapes of the same values; values side by side and around."""

from __future__ import annotations

import math

import numpy as np

from crossbar.imports.onnx.draft import Signal, channels_last
from crossbar.imports.onnx.op import Op, operator
from crossbar.nn import Concatenate, Pad

APART = "Keep samples apart: the batch is axis 0."


@operator("Flatten")
def flatten(op: Op) -> Signal:
    """Return the values of a sample in one row."""
    signal, axis = op.signal(), op.attributes.get("axis", 1)
    if axis not in (1, -len(signal.shape)):
        op.refuse(f"axis {axis}", APART)
    return op.draft.straightened(signal, (math.prod(signal.shape),))


@operator("Reshape")
def reshape(op: Op) -> Signal:
    """Return the values of a sample in another shape."""
    signal, wanted = op.signal(), [int(side) for side in op.constant(1).ravel()]
    size, first, rest = math.prod(signal.shape), wanted[:1], wanted[1:]
    if not op.attributes.get("allowzero", 0):
        rest = [side or dict(enumerate(signal.shape)).get(k, 0) for k, side in enumerate(rest)]
    if rest.count(-1) == 1:
        known = -math.prod(rest)
        rest = [size // known if known and side == -1 else side for side in rest]
    whole = first and first[0] in (-1, 0, 1, op.draft.batch) and math.prod(rest) == size
    if not whole or not rest:
        op.refuse(f"the shape {tuple(wanted)} for samples of {signal.shape}", APART)
    return op.draft.straightened(signal, tuple(rest))


@operator("Squeeze")
def squeeze(op: Op) -> Signal:
    """Return a sample without some axes of 1."""
    signal, given = op.signal(), op.whole("axes", 1, 13)
    ones = {axis for axis, side in enumerate(signal.shape) if side == 1}
    rank = len(signal.shape)
    dropped = ones if given is None else {op.axis(axis, rank) for axis in given}
    shape = tuple(side for axis, side in enumerate(signal.shape) if axis not in dropped)
    if not dropped <= ones or not shape:
        op.refuse(f"axes {given} of {signal.shape}", "Drop axes of 1, and leave one of a sample.")
    return op.draft.straightened(signal, shape)


@operator("Unsqueeze")
def unsqueeze(op: Op) -> Signal:
    """Return a sample with more axes of 1."""
    signal, given = op.signal(), op.whole("axes", 1, 13) or ()
    rank = len(signal.shape) + len(given)
    added = {op.axis(axis, rank) for axis in given}
    if len(added) < max(len(given), 1):
        op.refuse(f"axes {given}", "Name each new axis once.")
    shape = list(signal.shape)
    for axis in sorted(added):
        shape.insert(axis, 1)
    return op.draft.straightened(signal, tuple(shape))


@operator("Transpose")
def transpose(op: Op) -> Signal:
    """Return the same signal, its axes called otherwise: what reads it lays them out."""
    signal = op.signal()
    rank = len(signal.shape)
    axes = list(op.attributes.get("perm") or reversed(range(rank + 1)))
    if axes[0] != 0:
        op.refuse(f"the order {tuple(axes)}", APART)
    new = [axis - 1 for axis in axes[1:]]
    shape = tuple(signal.shape[axis] for axis in new)
    return Signal(signal.node, shape, tuple(new.index(axis) for axis in signal.order))


@operator("Concat")
def concat(op: Op) -> Signal:
    """Return signals behind one another."""
    signals = [op.signal(k) for k in range(len(op.inputs))]
    rank = len(signals[0].shape)
    order = channels_last(rank, op.axis(op.attributes["axis"], rank))
    if len(signals) == 1:
        return signals[0]
    return op.add(Concatenate(), *(op.draft.arranged(one, order) for one in signals))


@operator("Pad")
def pad(op: Op) -> Signal:
    """Return a sample with a constant around it."""
    signal, mode = op.signal(), op.attributes.get("mode", "constant")
    rank = len(signal.shape)
    if op.opset < 11:
        given, value = tuple(op.attributes["pads"]), op.attributes.get("value", 0.0)
    else:
        given, value = tuple(int(one) for one in op.constant(1)), op.number(2, 0.0)
    both = np.zeros((2, rank + 1), int)
    listed = op.constant(3).tolist() if op.has(3) else range(rank + 1)
    both[:, listed] = np.reshape(given, (2, -1))
    if mode != "constant" or both.min() < 0 or both[:, 0].any():
        op.refuse(f"padding {given} of mode {mode}", "Add a constant around samples.")
    if not both.any():
        return signal
    order = signal.order if len(signal.order) == rank else tuple(range(rank))
    low, high = (tuple(int(side[axis + 1]) for axis in order) for side in both)
    layer = Pad(before=low, behind=high, value=float(value))
    return op.add(layer, op.draft.arranged(signal, order))
