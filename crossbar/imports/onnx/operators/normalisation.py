"""Normalisations."""

from __future__ import annotations

import numpy as np

from crossbar.imports.onnx.draft import Signal, channels_last
from crossbar.imports.onnx.op import Op, operator
from crossbar.nn import BatchNormalisation, LocalResponseNormalisation

PRESENTED = 1000.0  # so many that training goes on by the momentum, as it would have


@operator("BatchNormalization")
def batch_normalization(op: Op) -> Signal:
    """Return a normalisation by the mean and variance of the file."""
    if op.attributes.get("training_mode", 0):
        op.refuse("training mode", "Export the model for inference: model.eval().")
    if not op.attributes.get("spatial", 1):
        op.refuse("one number a position", "Convert the model to opset 9 or later.")
    signal = op.signal()
    names = ("scale", "shift", "mean", "variance")
    numbers = {name: op.weights(k) for k, name in enumerate(names, start=1)}
    for name, values in numbers.items():
        if values.shape != signal.shape[:1]:
            got = f"{name} of shape {values.shape} for {signal.shape[0]} channels"
            op.refuse(got, "Give one number a channel.")
    if (numbers["variance"] < 0).any():
        op.refuse("a negative variance", "Export the model again.")
    layer = BatchNormalisation(epsilon=op.attributes.get("epsilon", 1e-5))
    laid = op.draft.arranged(signal, channels_last(len(signal.shape)))
    return op.add(layer, laid, weights=numbers | {"presented": np.full(1, PRESENTED)})


@operator("LRN")
def lrn(op: Op) -> Signal:
    """Return a local response normalisation over channels."""
    signal, given = op.signal(), op.attributes
    layer = LocalResponseNormalisation(
        size=given["size"], alpha=given.get("alpha", 1e-4), beta=given.get("beta", 0.75),
        bias=given.get("bias", 1.0),
    )  # fmt: skip
    return op.add(layer, op.draft.arranged(signal, channels_last(len(signal.shape))))
