"""Whole steps of numbers in digital memory, which are written as whole pulses."""

from __future__ import annotations

import numpy as np

from crossbar.types import Floats


def taken(total: Floats, step: Floats) -> Floats:
    """Take the whole steps out of ``total``, in place, and return them; all where a step is 0.

    Examples
    --------
    >>> total = np.array([0.5, -2.5, 3.0])
    >>> taken(total, np.array([1.0, 1.0, 0.0])), total
    (array([ 0., -2.,  3.]), array([ 0.5, -0.5,  0. ]))
    """
    whole = np.trunc(total / np.where(step > 0, step, 1.0)) * step
    steps: Floats = np.where(step > 0, whole, total)
    total -= steps
    return steps
