"""What the wires of an array are asked with: conductances, voltages, lines that float."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crossbar.array_checks import real
from crossbar.errors import ShapeError, fail, message
from crossbar.types import Doubles, Masks


def conductances(g: ArrayLike) -> Doubles:
    """Return ``g`` as a contiguous matrix of float64, or raise."""
    g = np.ascontiguousarray(real("Wires.g", g), dtype=np.float64)
    if g.ndim != 2 or g.size == 0:
        raise ShapeError(
            message("Wires.g", "a matrix (rows, cols)", g.shape, "Give one conductance a cell.")
        )
    if not (g.min() >= 0.0 and g.max() < np.inf):  # not so with NaN either
        first = float(g[~(np.isfinite(g) & (g >= 0.0))][0])
        fail("Wires.g", "finite conductances >= 0 S", f"{first:g}", "Check the programming.")
    return g


def voltages(where: str, v: ArrayLike, lines: int, floating: Masks) -> Doubles:
    """Return ``v`` as voltages (n, lines) of float64, zero on floating lines, or raise."""
    v = np.asarray(real(where, v), dtype=np.float64)
    if v.ndim != 2 or v.shape[1] != lines:
        remedy = "Give one voltage a line, batch axis first."
        raise ShapeError(message(where, f"shape (n, {lines})", v.shape, remedy))
    if not np.isfinite(v).all():
        fail(where, "finite voltages", "NaN or infinity", "Check the inputs.")
    if v[:, floating].any():
        fail(where, "0 V on floating lines", "a voltage", "A floating line has no source.")
    return v


def each_read(
    where: str, given: ArrayLike | None, reads: int, floating: Masks, *, kept: bool = False
) -> Doubles:
    """Return numbers (reads, lines), 0 by default, or raise.

    They are voltages, and weights of currents where they may be ``kept`` on floating lines, the
    current of which is 0.
    """
    if given is None:
        return np.zeros((reads, len(floating)))
    nowhere = np.zeros_like(floating)
    numbers = voltages(where, given, len(floating), nowhere if kept else floating)
    if len(numbers) != reads:
        remedy = "Give one number a line for each read."
        raise ShapeError(message(where, f"{reads} reads", len(numbers), remedy))
    return np.where(floating, 0.0, numbers)


def changes(where: str, given: ArrayLike | None, shape: tuple[int, ...]) -> Doubles:
    """Return changes of the shape of an array, 0 by default, or raise."""
    numbers = np.zeros(shape) if given is None else np.asarray(real(where, given), np.float64)
    if numbers.shape != shape:
        raise ShapeError(message(where, f"shape {shape}", numbers.shape, "Give one a cell."))
    if not np.isfinite(numbers).all():
        fail(where, "finite changes", "NaN or infinity", "Check what they are made of.")
    return numbers


def floating_lines(where: str, floating: ArrayLike | None, lines: int) -> Masks:
    """Return ``floating`` as a mask of ``lines``, none by default, or raise."""
    if floating is None:
        return np.zeros(lines, np.bool_)
    mask = np.asarray(floating)
    if mask.shape != (lines,) or mask.dtype != np.bool_:
        got = f"{mask.dtype} of shape {mask.shape}"
        raise ShapeError(message(where, f"booleans of shape ({lines},)", got, "Give a mask."))
    return mask
