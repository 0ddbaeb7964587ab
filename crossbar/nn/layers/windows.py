"""Windows of images: what a convolution multiplies by its kernel."""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels import images
from crossbar.types import Floats


def rows_of(x: Floats) -> Floats:
    """Return images (n, height, width[, channels]) as (n, height, width * channels)."""
    flat: Floats = np.ascontiguousarray(x).reshape(*x.shape[:2], -1)
    return flat


def windows(x: Floats, kernel: int) -> Floats:
    """Return the windows (n, positions, kernel * kernel * channels) of images (n, h, w[, c]).

    Positions run along rows, then columns; entries of a window along rows, columns, channels.
    """
    height, width = (side - kernel + 1 for side in x.shape[1:3])
    size = kernel * kernel * math.prod(x.shape[3:])
    out: Floats = np.empty((len(x), height * width, size), x.dtype)
    images.gather(rows_of(x), kernel, out)
    return out


def overlapped(parts: Floats, kernel: int, shape: tuple[int, ...]) -> Floats:
    """Return images of ``shape`` (h, w[, c]) that windows ``parts`` (n, positions, size) sum to."""
    total: Floats = np.zeros((len(parts), shape[0], math.prod(shape[1:])), parts.dtype)
    images.scatter(np.ascontiguousarray(parts), kernel, total)
    return total.reshape(len(parts), *shape)


def correlated(x: Floats, d: Floats, kernel: int) -> Floats:
    """Return the windows of ``x`` (n, h, w[, c]) times ``d``, summed over positions.

    ``d`` (n, positions, cols) is the gradient at the outputs; the result is (n, cols, size).
    """
    size = kernel * kernel * math.prod(x.shape[3:])
    out: Floats = np.empty((len(x), d.shape[2], size), x.dtype)
    images.correlate(rows_of(x), np.ascontiguousarray(d, x.dtype), kernel, out)
    return out
