"""Sums and products, by constants or of signals."""

from __future__ import annotations

import numpy as np

from crossbar.imports.onnx.draft import Signal
from crossbar.imports.onnx.op import Op, operator
from crossbar.nn import Add, Affine, Multiply
from crossbar.types import Floats


@operator("Add", "Sum")
def add(op: Op) -> Signal:
    """Return the sum of signals and constants."""
    signals = [op.signal(k) for k in range(len(op.inputs)) if op.is_signal(k)]
    constants = [op.weights(k) for k in range(len(op.inputs)) if not op.is_signal(k)]
    total = signals[0] if len(signals) == 1 else op.add(Add(), *_alike(op, signals))
    return affine(op, total, 1.0, sum(constants, np.zeros(())))


@operator("Sub")
def sub(op: Op) -> Signal:
    """Return a difference."""
    if op.is_signal(0) and op.is_signal(1):
        first, second = _alike(op, [op.signal(0), op.signal(1)])
        return op.add(Add(), first, affine(op, second, -1.0, 0.0))
    if op.is_signal(0):
        return affine(op, op.signal(0), 1.0, -op.weights(1))
    return affine(op, op.signal(1), -1.0, op.weights(0))


@operator("Mul")
def mul(op: Op) -> Signal:
    """Return a product; of two signals it is digital."""
    if op.is_signal(0) and op.is_signal(1):
        op.draft.note("products of two signals (Mul) stay digital")
        return op.add(Multiply(), *_alike(op, [op.signal(0), op.signal(1)]))
    k = int(op.is_signal(1))
    return affine(op, op.signal(k), op.weights(1 - k), 0.0)


@operator("Div")
def div(op: Op) -> Signal:
    """Return a quotient by a constant."""
    if op.is_signal(1):
        op.refuse("a signal as divisor", "Divide by constants alone.")
    divisor = op.weights(1)
    if not divisor.all():
        op.refuse("a division by 0", "Remove it.")
    return affine(op, op.signal(0), 1 / divisor, 0.0)


@operator("Neg")
def neg(op: Op) -> Signal:
    """Return the negative."""
    return affine(op, op.signal(), -1.0, 0.0)


def affine(op: Op, signal: Signal, scale: Floats | float, shift: Floats | float) -> Signal:
    """Return ``scale`` times ``signal`` plus ``shift``, constants as the file has them."""
    factor, constant = (laid(op, signal, np.asarray(one)) for one in (scale, shift))
    if (factor == 1).all() and not constant.any():
        return signal
    factor, constant = np.broadcast_arrays(factor, constant)
    layer = Affine(shape=None if factor.shape == signal.laid[-1:] else factor.shape)
    return op.add(layer, signal, weights={"scale": factor, "shift": constant})


def laid(op: Op, signal: Signal, constant: Floats) -> Floats:
    """Return ``constant`` along the axes of the layer of ``signal``, without leading ones."""
    rank = len(signal.shape)
    shape = (1,) * (rank + 1 - constant.ndim) + constant.shape
    fits = len(shape) == rank + 1 and all(
        own in (1, length) for own, length in zip(shape, (1, *signal.shape), strict=True)
    )
    if not fits:
        got = f"a constant of shape {constant.shape} for samples of {signal.shape}"
        op.refuse(got, "Give one that is repeated to the samples, and no other way round.")
    own = constant.reshape(shape[1:])
    dropped = tuple(axis for axis in range(rank) if axis not in signal.order)
    kept = own.transpose((*signal.order, *dropped))
    kept = kept.reshape(kept.shape[: len(signal.order)])
    first = next((k for k, side in enumerate(kept.shape) if side > 1), kept.ndim - 1)
    return np.ascontiguousarray(kept.reshape(kept.shape[first:]))


def _alike(op: Op, signals: list[Signal]) -> list[Signal]:
    """Return ``signals`` with their axes in one order, that of the one with the most of them."""
    if len({len(signal.shape) for signal in signals}) > 1:
        got = f"signals of shapes {', '.join(str(signal.shape) for signal in signals)}"
        op.refuse(got, "Bring them to one shape: Unsqueeze or Reshape.")
    order = max(signals, key=lambda signal: len(signal.order)).order
    return [op.draft.arranged(signal, order) for signal in signals]
