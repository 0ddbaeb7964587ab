"""Matrix products: by constants on arrays, of two signals in digital."""

from __future__ import annotations

import math

import numpy as np

from crossbar.array_checks import require_finite
from crossbar.imports.onnx.draft import Signal, channels_last
from crossbar.imports.onnx.op import Op, operator
from crossbar.nn import Convolution, Convolution1d, Dense, Layer, MatrixProduct
from crossbar.types import Floats


@operator("Gemm")
def gemm(op: Op) -> Signal:
    """Return a fully connected layer, alpha x W + beta c."""
    signal = op.signal()
    if len(signal.shape) != 1 or op.attributes.get("transA", 0):
        op.refuse("samples that are no rows", "Put Flatten before it.")
    weights = op.weights(1).T if op.attributes.get("transB", 0) else op.weights(1)
    if weights.ndim != 2:
        op.refuse(f"a constant of shape {weights.shape}", "Give a matrix.")
    weights = np.ascontiguousarray(weights * weights.dtype.type(op.attributes.get("alpha", 1.0)))
    bias = op.weights(2) * op.attributes.get("beta", 1.0) if op.has(2) else None
    if bias is not None:
        if bias.size not in (1, weights.shape[1]) or bias.shape[-1:] not in ((), (bias.size,)):
            op.refuse(f"constants of shape {bias.shape}", "Give one for each output.")
        line = np.broadcast_to(bias.ravel(), weights.shape[1:])
        weights = np.vstack([weights, line.astype(weights.dtype)])
    require_finite("alpha x W and beta c", weights)
    layer = Dense(units=weights.shape[1], bias=bias is not None)
    return _dense(op, layer, signal, weights)


@operator("MatMul")
def matmul(op: Op) -> Signal:
    """Return a product with a constant on either side, or of two signals."""
    if op.is_signal(0) and op.is_signal(1):
        return _of_signals(op)
    left = op.is_signal(1)
    signal, weights = op.signal(int(left)), op.weights(int(not left))
    if weights.ndim <= len(signal.shape) + 1 and math.prod(weights.shape[:-2]) == 1:
        weights = weights.reshape(weights.shape[-2:])  # more axes would come before the batch
    if weights.ndim != 2:
        op.refuse(f"a constant of shape {weights.shape}", "Give a matrix.")
    rank, matrix = len(signal.shape), np.ascontiguousarray(weights.T if left else weights)
    if rank > 3 or (left and rank < 2):
        op.refuse(f"samples of {rank} axes", "Reshape them: up to three are multiplied.")
    axis = rank - 2 if left else rank - 1
    if rank == 1:
        return _dense(op, Dense(units=matrix.shape[1]), signal, matrix)
    layer = (Convolution1d if rank == 2 else Convolution)(filters=matrix.shape[1], kernel=1)
    order = channels_last(rank, axis)
    return _require_rows(op, signal.shape[axis], matrix, layer, op.draft.arranged(signal, order))


def _dense(op: Op, layer: Dense, signal: Signal, matrix: Floats) -> Signal:
    """Return the layer ``layer`` of a row."""
    rows = signal.shape[0]
    return _require_rows(op, rows + layer.bias, matrix, layer, op.draft.arranged(signal, (0,)))


def _require_rows(op: Op, rows: int, matrix: Floats, layer: Layer, signal: Signal) -> Signal:
    """Return ``layer`` on ``signal``, or raise unless its matrix has as many ``rows``."""
    if len(matrix) != rows:
        op.refuse(f"{len(matrix)} rows of weights for {rows} inputs", "Export the model again.")
    named = next(name for k, name in enumerate(op.inputs) if not op.is_signal(k))
    return op.add(layer, signal, weights={"": matrix}, named=named)


def _of_signals(op: Op) -> Signal:
    """Return the digital product of two signals."""
    pair = [op.signal(k) for k in (0, 1)]
    laid = [op.draft.arranged(one, tuple(range(len(one.shape)))) for one in pair]
    op.draft.note("products of two signals (MatMul) stay digital")
    return op.add(MatrixProduct(), *laid)
