"""Line currents of one plane of cells with their noise, and the way back through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossbar.circuit.pathwise.laws import across_cells
from crossbar.devices import Conduction
from crossbar.kernels.currents import Common, Driven, Planes
from crossbar.kernels.noise import LineNoise
from crossbar.kernels.settings import PER_CELL, RELATIVE, SHOT, THERMAL
from crossbar.types import Doubles, Floats, Integers


class CellLines(NamedTuple):
    """What the currents of one plane depend on: (copies, inputs, outputs), views of the state.

    Matrices are empty where there are none; ``floor`` is (copies or 1, outputs), ``bends``
    (2, rank, copies, inputs).
    """

    seen: Floats
    plus: Floats
    minus: Floats
    flicker: Floats
    spread: Floats
    shots: Floats
    floor: Floats
    bends: Floats

    @classmethod
    def of_plane(
        cls, planes: Planes, noise: LineNoise, plane: int, at: Driven, rows: slice
    ) -> CellLines:
        """Return those of a plane; ``rows`` are the sums on lines of the driven part."""
        wired = noise.spread.size > 0
        own = (noise.spread[plane], noise.shots[plane]) if wired else (planes.seen[:0],) * 2
        cells = (planes.seen[plane], planes.plus, planes.minus, planes.flicker, *own)
        floor = noise.floor[plane, rows] if wired else planes.totals[rows]
        bends = _bent(noise, plane, at.copies)
        seen, plus, minus, flicker, spread, shots = (_laid(m, at) for m in cells)
        bends = bends[..., at.first : at.last]
        return cls(seen, plus, minus, flicker, spread, shots, floor, bends)

    @classmethod
    def of_reference(
        cls, common: Common, noise: LineNoise, plane: int, at: Driven, rows: slice
    ) -> CellLines:
        """Return those of the reference lines that the plane subtracts."""
        wired, no = noise.spread.size > 0, common.cells[:0]
        seen = common.seen[min(plane, len(common.seen) - 1)]
        own = (noise.spread_reference[plane], noise.shots_reference[plane]) if wired else (no, no)
        floor = noise.floor_reference[plane, rows] if wired else common.totals[rows]
        bends = _bent(noise, plane, at.copies)
        cells = (seen, common.cells, no, common.flicker, *own)
        seen, plus, minus, flicker, spread, shots = (_laid(m, at) for m in cells)
        bends = bends[..., at.first : at.last]
        return cls(seen, plus, minus, flicker, spread, shots, floor, bends)


def _bent(noise: LineNoise, plane: int, copies: int) -> Floats:
    """Return the bends (2, rank, copies, inputs) of a plane."""
    _, two, rank, lines = noise.bends.shape
    bends: Floats = noise.bends[plane].reshape(two, rank, copies, lines // copies)
    return bends


def _laid(matrix: Floats, at: Driven) -> Floats:
    """Return ``matrix`` (outputs, copies x inputs) as (copies, inputs of the part, outputs)."""
    if not matrix.size:
        return matrix
    each = matrix.reshape(len(matrix), at.copies, -1)[:, :, at.first : at.last]
    return each.transpose(1, 2, 0)


def line_currents(
    v: Doubles,
    cells: CellLines,
    blocks: Integers,
    settings: Doubles,
    z: Doubles,
    law: Conduction | None,
) -> tuple[Doubles, Callable[[Doubles, CellLines, Doubles], Doubles]]:
    """Return the currents (cycles, copies, outputs) [A] of a plane, and the way back.

    Parameters
    ----------
    v
        (cycles, copies, inputs) [V] of the driven lines.
    cells
        What the currents depend on.
    blocks
        First line of each array, counted from the first of ``v``, and their end.
    settings, z
        Settings of the read, and standard normal numbers of the shape of the currents.
    law
        Law i = g h(v) of cells on ideal lines, or None for ohmic cells.

    Returns
    -------
    The currents, and the function that goes back: it takes the derivative by them, adds those by
    ``cells`` and ``settings`` to what it is given, and returns that by ``v``.
    """
    cell = across_cells(v, settings, law)
    variance, back_variance = _variance(v, cells, blocks, settings, law)
    sigma = np.sqrt(variance)
    i = _times(cell.current, cells.seen) + sigma * z

    def back(d: Doubles, by: CellLines, by_settings: Doubles) -> Doubles:
        by_v = cell.slope * _back(d, cells.seen, cell.current, by.seen)
        half = np.divide(d * z, 2 * sigma, out=np.zeros_like(sigma), where=sigma > 0)
        total: Doubles = by_v + back_variance(half, by, by_settings)
        return total

    return i, back


class Term(NamedTuple):
    """A part of the variance: a setting, if any, times v^2, or an excess, times a matrix."""

    matrix: str
    setting: int | None = None
    squared: bool = False
    shot: bool = False


def _terms(cells: CellLines, settings: Doubles, law: Conduction | None) -> list[Term]:
    """Return the parts of the variance that are not 0 and differ from cell to cell."""
    lines = (Term("spread"), Term("shots", None if law else SHOT, shot=True))
    single = [
        term for g in ("plus", "minus")
        for term in (Term(g, RELATIVE, squared=True), Term(g, SHOT, shot=True))
    ]  # fmt: skip
    each = lines if cells.spread.size else (Term("flicker"), *single)
    return [
        term for term in each
        if getattr(cells, term.matrix).size and (term.setting is None or settings[term.setting])
    ]  # fmt: skip


def _variance(
    v: Doubles, cells: CellLines, blocks: Integers, settings: Doubles, law: Conduction | None
) -> tuple[Doubles, Callable[[Doubles, CellLines, Doubles], Doubles]]:
    """Return the variance of the currents [A^2], and the way back; as :func:`line_currents`."""
    across, back_across = lowered(v, cells.bends, blocks)
    cell, terms = across_cells(across, settings, law), _terms(cells, settings, law)
    square, thermal = cell.current**2, 0.0 if law else settings[THERMAL]
    count = 0 if cells.spread.size else 1 + bool(cells.minus.size)
    alike = count * square.sum(axis=2, keepdims=True)
    floor = cells.floor[None] + np.zeros((*v.shape[:2], 1))
    variance = thermal * floor + settings[PER_CELL] * alike
    for term in terms:
        factor, matrix = _factors(term, cells, settings)
        variance += factor * _times(cell.noise if term.shot else square, matrix)

    def back(d: Doubles, by: CellLines, by_settings: Doubles) -> Doubles:
        if not law:
            over = (0, 1) if len(by.floor) == 1 else (0,)
            by.floor[...] += thermal * d.sum(axis=over).reshape(by.floor.shape)
            by_settings[THERMAL] += float((d * floor).sum())
        each = d.sum(axis=2, keepdims=True)
        by_settings[PER_CELL] += float((each * alike).sum())
        by_square = settings[PER_CELL] * count * each + np.zeros_like(v)
        by_noise = np.zeros_like(v)
        for term in terms:
            factor, matrix = _factors(term, cells, settings)
            driven, by_driven = (cell.noise, by_noise) if term.shot else (square, by_square)
            by_matrix = np.zeros_like(matrix)
            by_driven += _back(factor * d, matrix, driven, by_matrix)
            if term.setting is not None:
                by_settings[term.setting] += float((by_matrix * matrix).sum()) / factor
            by_cells, g = getattr(by, term.matrix), getattr(cells, term.matrix)
            by_cells[...] += 2 * g * by_matrix if term.squared else by_matrix
        for setting, slope in cell.by.items():
            by_settings[setting] += float((by_noise * slope).sum())
        return back_across(2 * cell.current * cell.slope * by_square + cell.noise_slope * by_noise)

    return variance, back


def _factors(term: Term, cells: CellLines, settings: Doubles) -> tuple[float, Floats]:
    """Return the number and the matrix (copies, inputs, outputs) of a part of the variance."""
    matrix = getattr(cells, term.matrix)
    factor = 1.0 if term.setting is None else float(settings[term.setting])
    return factor, matrix**2 if term.squared else matrix


def lowered(
    v: Doubles, bends: Floats, blocks: Integers
) -> tuple[Doubles, Callable[[Doubles], Doubles]]:
    """Return ``v`` less what cells lose by the currents of other lines, and the way back.

    See :func:`crossbar.kernels.noise.lowered`; ``bends`` are held.
    """
    if not bends.shape[1]:
        return v, lambda d: d

    def fallen(u: Doubles, left: Floats, right: Floats) -> Doubles:
        out = u.copy()
        for k in range(len(blocks) - 1):
            on = slice(max(int(blocks[k]), 0), max(int(blocks[k + 1]), 0))
            total = np.einsum("mci,rci->mcr", u[..., on], right[..., on])
            out[..., on] -= np.einsum("mcr,rci->mci", total, left[..., on])
        return out

    return fallen(v, bends[0], bends[1]), lambda d: fallen(d, bends[1], bends[0])


def _times(v: Doubles, matrix: Floats) -> Doubles:
    """Return the products (cycles, copies, outputs) of ``v`` (cycles, copies, inputs)."""
    product: Doubles = np.matmul(v.transpose(1, 0, 2), matrix).transpose(1, 0, 2)
    return product


def _back(d: Doubles, matrix: Floats, v: Doubles, by_matrix: Floats) -> Doubles:
    """Return the derivative by ``v`` of products, and add that by ``matrix`` to ``by_matrix``."""
    wide = d.transpose(1, 0, 2)
    by_matrix[...] += np.matmul(v.transpose(1, 2, 0), wide)
    by_v: Doubles = np.matmul(wide, matrix.transpose(0, 2, 1)).transpose(1, 0, 2)
    return by_v
