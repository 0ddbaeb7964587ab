"""Filters of convolutions as other tools keep them, and the matrices that they are here."""

from __future__ import annotations

import numpy as np

from crossbar.array_checks import Array
from crossbar.types import Floats


def matrices(weights: Array, bias: Array | None, groups: int) -> dict[str, Floats]:
    """Return the matrix of every group: entries of a window, their channels last, by filters.

    Parameters
    ----------
    weights
        (filters, channels of a group, *kernel).
    bias
        (filters,), which become the last rows; None for none.

    Returns
    -------
    dict
        By the name of a matrix behind that of its layer: ``group0`` and so on, ``""`` where there
        is one group.
    """
    parts = {}
    for k, own in enumerate(np.split(weights, groups)):
        matrix = np.moveaxis(own, 1, -1).reshape(len(own), -1).T
        if bias is not None:
            matrix = np.vstack([matrix, np.split(bias, groups)[k]])
        parts[f"group{k}" if groups > 1 else ""] = np.ascontiguousarray(matrix)
    return parts
