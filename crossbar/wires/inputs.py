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


def held_voltages(v_bl: ArrayLike | None, reads: int, floating: Masks) -> Doubles:
    """Return ``v_bl`` as voltages (reads, lines), 0 V by default, or raise."""
    if v_bl is None:
        return np.zeros((reads, len(floating)))
    held = voltages("Wires.solve.v_bl", v_bl, len(floating), floating)
    if len(held) != reads:
        remedy = "Give the voltages of the bit lines for each read."
        raise ShapeError(message("Wires.solve.v_bl", f"{reads} reads", len(held), remedy))
    return held


def floating_lines(where: str, floating: ArrayLike | None, lines: int) -> Masks:
    """Return ``floating`` as a mask of ``lines``, none by default, or raise."""
    if floating is None:
        return np.zeros(lines, np.bool_)
    mask = np.asarray(floating)
    if mask.shape != (lines,) or mask.dtype != np.bool_:
        got = f"{mask.dtype} of shape {mask.shape}"
        raise ShapeError(message(where, f"booleans of shape ({lines},)", got, "Give a mask."))
    return mask
