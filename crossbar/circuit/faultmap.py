"""Maps of the stuck cells of a chip, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.circuit import physical
from crossbar.errors import DataError, fail, message, nearest

REMEDY = "Give -1 (stuck off), 0 (healthy) and 1 (stuck on), a row a word line."


@dataclass(frozen=True, eq=False)
class FaultMap:
    """Stuck cells of physical arrays.

    Parameters
    ----------
    arrays : name -> (word lines, bit lines)
        +1 stuck on (at the highest conductance), -1 stuck off (at the lowest), 0 healthy; cells
        and names as in :mod:`crossbar.circuit.physical`. Arrays without a matrix are healthy. The
        name ``*`` stands for every array. Reference lines may be omitted; they are then healthy.

    Raises
    ------
    DataError
        If a matrix holds another value.

    Examples
    --------
    >>> FaultMap({"fc": np.array([[0, 1], [-1, 0]])})
    FaultMap(fc: 1 on, 1 off of 4 cells)
    """

    arrays: Mapping[str, physical.Matrix]

    def __post_init__(self) -> None:
        kept = {}
        if not isinstance(self.arrays, Mapping) or not self.arrays:
            got = type(self.arrays).__name__
            fail("FaultMap.arrays", "matrices by name of the array", got, '{"*": matrix} fits all.')
        for name, given in self.arrays.items():
            matrix = np.asarray(given)
            wrong = matrix.ndim != 2 or not matrix.size or matrix.dtype.kind not in "iufb"
            got = f"shape {matrix.shape} of {matrix.dtype}"
            if not wrong and not np.isin(matrix, (-1, 0, 1)).all():
                at = tuple(np.argwhere(~np.isin(matrix, (-1, 0, 1)))[0].tolist())
                wrong, got = True, f"{matrix[at]:g} at word line {at[0]}, bit line {at[1]}"
            if wrong:
                raise DataError(message(f"FaultMap['{name}']", "a matrix of -1, 0, 1", got, REMEDY))
            kept[str(name)] = matrix.astype(np.int8)
        object.__setattr__(self, "arrays", kept)

    def __repr__(self) -> str:
        texts = (
            f"{name}: {(m > 0).sum()} on, {(m < 0).sum()} off of {m.size} cells"
            for name, m in self.arrays.items()
        )
        return f"FaultMap({'; '.join(texts)})"

    @classmethod
    def from_file(cls, path: Path | str) -> FaultMap:
        """Read a map: one text file for every array, or an archive or folder of named matrices.

        Raises
        ------
        DataError
            If it cannot be read, or a cell holds another value; the message states its position.
        """
        expected, remedy = "a map of -1, 0 and 1", "Correct faults.map."
        return cls(physical.read(Path(path), expected, remedy, (-1, 0, 1)))

    def part(self, part: str) -> FaultMap | None:
        """Return the map of the arrays of ``part`` alone; None if none of them is named."""
        own = {n: m for n, m in self.arrays.items() if n == physical.EVERY or _part(n) == part}
        return FaultMap(own) if own else None

    def require_parts(self, parts: Sequence[str]) -> None:
        """Raise if a matrix has a name that belongs to none of ``parts``."""
        for name in self.arrays:
            if name != physical.EVERY and _part(name) not in parts:
                hint = nearest(_part(name), parts)
                fail("FaultMap", f"arrays of {', '.join(parts)}", repr(name), hint)

    def of(
        self, part: str, shapes: Sequence[physical.Shape], references: int
    ) -> list[physical.Matrix]:
        """Return the map of every physical array of ``part``.

        Arguments and errors are those of :func:`crossbar.circuit.physical.fitted`.
        """
        own = physical.fitted("FaultMap", self.arrays, part, shapes, references)
        maps: list[physical.Matrix] = []
        for name, (rows, cols) in zip(physical.names(part, len(shapes)), shapes, strict=True):
            whole = np.zeros((rows + references, cols + references), np.int8)
            matrix = own.get(name, whole)
            whole[: matrix.shape[0], : matrix.shape[1]] = matrix
            maps.append(whole)
        return maps


def _part(name: str) -> str:
    """Return the part that the array called ``name`` belongs to.

    Examples
    --------
    >>> _part("fc"), _part("fc-12")
    ('fc', 'fc')
    """
    return re.sub(r"-\d+$", "", name)
