"""What the lines of an array see of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.brief import brief
from crossbar.circuit.layout import Layout
from crossbar.circuit.planes import Plane
from crossbar.circuit.reference import Reference
from crossbar.devices import Cells
from crossbar.kernels.offers import Sums
from crossbar.types import Floats, FloatType, Integers


@dataclass
class Lines:
    """What the lines of an array see of its cells, kept current by every change of a cell.

    Attributes
    ----------
    seen : (lines, cols) [S]
        Conductances summed with their signs (plus and minus cells of a pair), as the lines see
        them; the conductances themselves where one cell holds a weight and wires are ideal.
    row_total : (arrays across, lines) [S]
        Conductance of the cells on each word line of an array, all signs.
    col_total : (parts, cols) [S]
        Conductance of the cells on each bit line (or pair of them) of a copy or an array.
    starts : (parts + 1,)
        First word line of every part (copy or array), and the number of word lines.
    width
        Weights on a word line of one array.
    followed : (cols, lines) or (0, 0)
        What a change has to keep current: ``seen``, or nothing where that is the array of
        conductances of the cells.
    """

    seen: Floats
    row_total: Floats
    col_total: Floats
    starts: Integers
    width: int
    followed: Floats

    __repr__ = brief

    @classmethod
    def of(
        cls,
        cells: Sequence[Cells],
        signs: Sequence[int],
        layout: Layout,
        dtype: FloatType,
        *,
        direct: bool,
    ) -> Lines:
        """Return what ideal lines see of the ``cells`` of one plane.

        ``direct`` states whether they are the conductances of the only cells themselves.
        """
        each = [c.g.astype(np.float64) for c in cells]
        total = np.sum(each, axis=0)
        down, across = layout.row_slices(), layout.col_slices()
        seen = cells[0].g
        if not direct:
            signed: Floats = np.einsum("p,pij->ij", np.array(signs, float), each)
            seen = np.asfortranarray(signed.astype(dtype))
        return cls(
            seen,
            np.stack([total[:, k].sum(axis=1) for k in across]).astype(dtype),
            np.stack([total[r].sum(axis=0) for r in down]).astype(dtype),
            starts=np.array([0, *(r.stop for r in down)]),
            width=across[0].stop,
            followed=np.empty((0, 0), dtype) if direct else seen.T,
        )

    @property
    def sums(self) -> Sums:
        """What a change has to follow, as the compiled loops take it."""
        return Sums(self.followed, self.row_total, self.col_total, self.starts, self.width)


def signed(
    planes: Sequence[Plane], lines: Sequence[Lines], reference: Reference | None, dtype: FloatType
) -> Floats:
    """Return the conductances (lines, cols) [S] that a forward read sees in place of weights.

    They are the sum over the planes of their significance times what their lines see, less the
    conductances of their reference lines.
    """
    total: Floats = np.zeros_like(lines[0].seen)
    for plane, own in zip(planes, lines, strict=True):
        seen = own.seen
        if reference is not None and plane.references:
            column = reference.columns_of(reference.column_seen)
            seen = seen - dtype(plane.references) * column
        total += dtype(plane.significance) * seen
    return total
