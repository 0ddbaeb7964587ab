"""Windows of a convolution as places on the lines that carry its input."""

from __future__ import annotations

import math

import numpy as np

from crossbar.errors import fail
from crossbar.nn import Convolution
from crossbar.nn.layers.base import Shape
from crossbar.nn.layers.windows import windows


def windows_of(layer: Convolution, shape: Shape, where: str) -> list[list[int]]:
    """Return the places, among the values of a sample of ``shape``, of those in each window.

    Raises
    ------
    ConfigError
        If the windows do not lie densely, or a bias line is driven beside them.
    """
    if not layer.dense(shape):
        expected = "square windows at stride 1 without padding, dilation, groups and bias"
        fail(where, expected, str(layer), "Other windows have no circuit.")
    index = np.arange(math.prod(shape), dtype=np.float64).reshape(1, *shape)
    places: list[list[int]] = windows(index, layer.grid(shape).kernel[0])[0].astype(int).tolist()
    return places
