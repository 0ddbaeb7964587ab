"""Cells that a compiled loop moves: the agreement between devices, kernels and circuit.

Nothing else has to know it. Cells without it answer pulses in NumPy, and an array then follows
them itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from crossbar.devices.tally import Tally
from crossbar.kernels.bound import bind
from crossbar.kernels.offers import Offer, Sums
from crossbar.kernels.visits import EVERY
from crossbar.random import key
from crossbar.types import Floats, Integers, Masks, Rng

WHOLE = 2**24  # largest number up to which single precision has every whole one


class Compiled(NamedTuple):
    """The loop that moves cells, and their arrays and constants as it takes them."""

    change: Any
    """Takes ``state`` and ``Sums``, bound; the entries of an ``Offer``; a key; the
    totals of a tally; and visits."""
    state: Any
    """Named tuple of the loop, with views of the arrays of the cells (cols, lines)."""
    after: Callable[[Callable[[], Masks]], None] | None = None
    """Called after a change with what returns the cells (rows, cols) that got pulses."""


def alone(g: Floats) -> Sums:
    """Return room for the sums of cells ``g`` (cols, lines) that nobody follows."""
    cols, lines = g.shape
    across, down = np.zeros((1, lines), g.dtype), np.zeros((1, cols), g.dtype)
    return Sums(np.empty((0, 0), g.dtype), across, down, np.array([0, lines]), cols)


def answer(compiled: Compiled, counts: Integers, *, rng: Rng) -> Tally:
    """Give whole numbers of pulses ``counts`` (lines, cols) to cells of a compiled loop.

    The same loop as in an array, with offers that are whole already.
    """
    tally, g = Tally(), compiled.state.g
    state = compiled.state._replace(stochastic=False)
    d = np.ascontiguousarray(counts.T[None], g.dtype)
    offer = Offer(np.empty((1, 0), g.dtype), d, 1.0, 1.0)
    compiled.change(bind((state, alone(g))), *offer, key(rng), tally.totals, EVERY)
    if compiled.after is not None:
        compiled.after(lambda: counts != 0)
    return tally
