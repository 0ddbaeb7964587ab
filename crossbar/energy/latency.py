"""Time and area against each other: copies of the convolution array, and the cycles they save."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crossbar.energy.counts import Matrix
from crossbar.errors import require_number

COPIES = (1, 5, 25, 125, 625)  # divisors of the 625 windows of the published network


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Cycles, time and cells of one inference with ``copies`` copies of every convolution.

    Attributes
    ----------
    copies
        Copies B asked for; a matrix that reads fewer vectors has as many copies as vectors.
    shared_cycles
        Cycles of the matrices that read several vectors an image: ceil(vectors / B) each.
    cycles
        Cycles of all matrices, one after the other.
    seconds : [s]
        Time of one image.
    cells
        Cells that hold weights, without reference columns.
    """

    copies: int
    shared_cycles: int
    cycles: int
    seconds: float
    cells: int


def latency(positions: int, copies: int, t_cycle: float) -> tuple[int, float]:
    """Return cycles and seconds of ``positions`` vectors on ``copies`` equal arrays.

    T = ceil(positions / copies).

    Source: LETI 2026, section on the convolution. Valid for: copies that all read at once.

    Examples
    --------
    >>> latency(625, 125, 0.5e-9)
    (5, 2.5e-09)
    """
    require_number("latency.positions", positions, low=1)
    require_number("latency.copies", copies, low=1)
    require_number("latency.t_cycle", t_cycle, above=0, unit="s")
    cycles = math.ceil(positions / copies)
    return cycles, cycles * t_cycle


def latency_table(
    matrices: Sequence[Matrix],
    *,
    t_cycle: float,
    copies: Sequence[int] = COPIES,
    cells_per_weight: int = 1,
) -> tuple[Latency, ...]:
    """Return one :class:`Latency` for each number of ``copies``.

    Parameters
    ----------
    matrices
        Name, rows, cols and vectors per image of every weight matrix, in order.
    t_cycle : [s]
        Time of one analog step.
    copies
        Copies of every matrix that reads several vectors an image.
    cells_per_weight
        2 for differential pairs.
    """
    require_number("latency_table.cells_per_weight", cells_per_weight, low=1)
    return tuple(_row(matrices, b, t_cycle, cells_per_weight) for b in copies)


def _row(matrices: Sequence[Matrix], copies: int, t_cycle: float, per_weight: int) -> Latency:
    shared, cycles, cells = 0, 0, 0
    for _, rows, cols, vectors in matrices:
        taken, _ = latency(vectors, copies, t_cycle)
        cycles += taken
        shared += taken if vectors > 1 else 0
        cells += rows * cols * min(copies, vectors) * per_weight
    return Latency(
        copies=copies,
        shared_cycles=shared,
        cycles=cycles,
        seconds=cycles * t_cycle,
        cells=cells,
    )
