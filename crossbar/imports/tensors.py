"""Tensors of PyTorch and arrays, as arrays of floating-point numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.errors import DataError, message
from crossbar.types import Floats


def floats(where: str, value: Any) -> Floats:
    """Return a tensor on any device, or an array, as float32 or float64, or raise.

    Numbers of 16 bits and less become float32, which holds each of them exactly.

    Raises
    ------
    DataError
        If it holds no numbers, whole numbers, codes that need a scale, NaN or infinity.
    """
    if hasattr(value, "detach"):
        value = _numbers(where, value)
    array = require_array(where, value)
    if array.dtype.kind != "f":
        remedy = "Give the real numbers that codes stand for: scale * (codes - zero)."
        raise DataError(message(where, "floating-point numbers", f"{array.dtype}", remedy))
    wide = array.dtype in (np.float32, np.float64)
    real: Floats = array if wide else array.astype(np.float32)
    return real


def _numbers(where: str, tensor: Any) -> Any:
    """Return the numbers of a tensor as an array."""
    for wrong, got, remedy in (
        (tensor.device.type == "meta", "a tensor on the device meta", "Load the weights first."),
        (tensor.is_quantized, "a quantised tensor", "Give tensor.dequantize()."),
        (tensor.layout.__repr__() != "torch.strided", "a sparse tensor", "Give tensor.to_dense()."),
    ):
        if wrong:
            raise DataError(message(where, "a tensor of numbers", got, remedy))
    dense = tensor.detach().cpu()
    return (dense.float() if dense.is_floating_point() and dense.itemsize < 4 else dense).numpy()
