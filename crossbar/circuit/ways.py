"""What a linear read of an array, or of few of its lines, needs in one direction."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.circuit.reading import CellNoise
from crossbar.kernels import settings as at
from crossbar.kernels.bound import Bound, bind
from crossbar.kernels.currents import Common, Planes
from crossbar.kernels.noise import LineNoise
from crossbar.kernels.reads import Edge, Loads, Parts
from crossbar.types import Floats, Integers

Lines = tuple[Planes, Common, Loads, LineNoise, Parts]


class Sensed(NamedTuple):
    """What the compiled loops take of an array, and the same as one argument of theirs."""

    lines: Lines
    bound: Bound

    @classmethod
    def of(cls, *lines: *Lines) -> Sensed:
        """Return both."""
        return cls(lines, bind(lines))


class Way(NamedTuple):
    """What a read in one direction needs: views of the state of an array.

    Attributes
    ----------
    loads
        Conductances on the driven lines.
    apart, whole
        What is read, sensed array by array and as a whole.
    totals
        Sums on the sensed lines by array, which changes of the cells follow.
    summed
        Those in ``whole``, to be summed from ``totals`` before a read where they differ.
    """

    loads: Loads
    apart: Sensed
    whole: Sensed
    totals: Floats
    summed: Floats


FEW = 32
"""Driven lines are few where all are this many times as many.

Picking takes less time than a whole read from there on: measured on 4096 x 512 cells. Noise that is
summed from single cells makes it faster earlier, and on 256 x 64 cells it takes twice as long as a
whole read, some 10 us more.
"""


def driven(x: Floats) -> Integers | None:
    """Return the lines that any of the vectors ``x`` (n, positions, lines) drives; None if many."""
    lines = np.flatnonzero(x.any(axis=(0, 1)))
    if FEW * len(lines) > x.shape[2]:
        return None
    return lines if len(lines) else np.zeros(1, np.intp)  # whose noise at rest is read


def only(few: Integers, lines: Lines, edge: Edge, noise: CellNoise) -> tuple[*Lines, Edge]:
    """Return what a read takes of ``lines`` and ``edge`` where it drives the lines ``few`` alone.

    Sums of cells on the sensed lines, which have thermal noise at rest, and the full scale stay
    those of whole lines. Single cells are picked where the noise asks for them.
    """
    planes, common, loads, sums, parts = lines

    def of(whole: Floats) -> Floats:
        return whole.take(few, axis=-1) if whole.size else whole

    planes = planes._replace(seen=of(planes.seen), flicker=of(planes.flicker))
    common = common._replace(seen=of(common.seen), flicker=of(common.flicker))
    if not noise.uniform:
        planes = planes._replace(plus=of(planes.plus), minus=of(planes.minus))
        common = common._replace(cells=of(common.cells))
    sums = sums._replace(
        bends=of(sums.bends), spread=of(sums.spread), shots=of(sums.shots),
        spread_reference=of(sums.spread_reference), shots_reference=of(sums.shots_reference),
    )  # fmt: skip
    settings = edge[0].copy()
    settings[at.OUT_FULL] *= math.sqrt(parts.starts[-1] / len(few))
    parts = parts._replace(starts=np.array([0, len(few)]))
    loads = Loads(of(loads.totals), of(loads.load))
    return planes, common, loads, sums, parts, (settings, *edge[1:])
