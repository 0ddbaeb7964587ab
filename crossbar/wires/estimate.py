"""A fast estimate of the operator, and of how it follows small changes of the conductances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossbar.brief import brief
from crossbar.kernels.lines import reaches, shares
from crossbar.wires.sides import Line

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What an array would do if every current met one word line and one bit line only."""

    transfer: Matrix
    """(rows, cols) Estimate of the transfer conductances [S]."""
    attenuation: Matrix
    """(rows, cols) Estimate of their derivatives, each by the conductance of its own cell."""

    __repr__ = brief


def estimate(g: Matrix, word: Line, bit: Line) -> Estimate:
    """Return the estimates for cells ``g`` (rows, cols) [S]; see :meth:`Wires.estimate`."""
    near_first = np.ascontiguousarray(g[::-1])
    seen = 1.0 - shares(near_first, *_ends(bit))[::-1]
    other = 1.0 - shares(np.ascontiguousarray(g.T), *_ends(word)).T
    along = reaches(np.ascontiguousarray((g * seen).T), *_ends(word)).T
    down = reaches(near_first, *_ends(bit))[::-1]
    up = reaches(np.ascontiguousarray((g * other)[::-1]), *_ends(bit))[::-1]
    return Estimate(transfer=g * along * down, attenuation=along * seen * up * other)


def _ends(line: Line) -> tuple[float, float, float]:
    return line.segment, line.near_conductance, line.far_conductance
