"""Values of cells in the order of physical arrays: conductances, or which cells are stuck.

A matrix (word lines, bit lines) stands for one physical array. The bit lines of the cells of a
weight stand side by side: column 0 holds the plus cell of the first weight on a word line, column 1
its minus cell, and so on. Where the array has reference lines, the reference bit line is the last
column and the reference word line the last row. An array is named after its layer, ``fc``, or
``fc-0``, ``fc-1``, ... if the layer takes several: its copies one after another, or the tiles of
its matrix from left to right, then down.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from crossbar import files, texttables
from crossbar.array_checks import require_array
from crossbar.errors import DataError, OutputError, ShapeError, fail, message, nearest
from crossbar.seals import bytes_of, unpacked

EVERY = "*"
"""Name of a matrix that stands for every array."""
Matrix: TypeAlias = npt.NDArray[Any]
Named = dict[str, Matrix]
Shape = tuple[int, int]


def names(part: str, arrays: int) -> list[str]:
    """Return the names of the physical arrays of ``part``.

    Examples
    --------
    >>> names("fc", 1), names("fc", 2)
    (['fc'], ['fc-0', 'fc-1'])
    """
    return [part] if arrays == 1 else [f"{part}-{k}" for k in range(arrays)]


def fitted(
    where: str, given: Mapping[str, Matrix], part: str, shapes: Sequence[Shape], references: int
) -> Named:
    """Return the matrices of ``given`` that stand for physical arrays of ``part``, by name.

    Parameters
    ----------
    shapes
        (word lines, bit lines) of the cells of weights of every array.
    references
        1 if each array has a reference bit line and a reference word line, else 0; a matrix may
        omit them.

    Raises
    ------
    ConfigError
        If the name of a matrix is that of no array.
    ShapeError
        If a matrix has another shape than its array.
    """
    known = names(part, len(shapes))
    for name in given:
        if name not in (*known, EVERY):
            expected = known[0] if len(known) == 1 else f"{known[0]} to {known[-1]}"
            fail(where, f"the array {expected}", repr(name), nearest(name, known))
    kept = {}
    for name, (rows, cols) in zip(known, shapes, strict=True):
        matrix = given.get(name, given.get(EVERY))
        if matrix is None:
            continue
        if matrix.shape not in ((rows, cols), (rows + references, cols + references)):
            expected = f"{rows} word lines x {cols} bit lines"
            if references:
                expected += f", or {rows + 1} x {cols + 1} with its reference lines"
            got = " x ".join(map(str, matrix.shape))
            remedy = "Give each array a matrix of its own size, in a .npz file or a folder."
            raise ShapeError(message(f"{where}['{name}']", expected, got, remedy))
        kept[name] = matrix
    return kept


def conductances(
    given: Mapping[str, Matrix], part: str, shapes: Sequence[Shape], references: int
) -> list[Matrix]:
    """Return measured conductances [S] of all arrays of ``part``; arguments of :func:`fitted`.

    Raises
    ------
    ConfigError
        If an array is missing or unknown.
    ShapeError, DataError
        If a matrix has another shape, or a conductance is negative or not finite.
    """
    where = f"conductances of {part}"
    checked = {name: require_array(f"{where}['{name}']", g) for name, g in given.items()}
    own = fitted(where, checked, part, shapes, references)
    for name in names(part, len(shapes)):
        if name not in own:
            fail(where, f"those of {name}", "none", "Give a matrix for every array.")
        if own[name].min() < 0:
            at = tuple(int(k) for k in np.argwhere(own[name] < 0)[0])
            got, remedy = f"{own[name][at]:g} S at {at}", "A cell conducts 0 S or more."
            raise DataError(message(f"{where}['{name}']", "at least 0 S", got, remedy))
    return list(own.values())


def read(path: Path, expected: str, remedy: str, allowed: Sequence[int] = ()) -> Named:
    """Return the matrices that ``path`` holds, by name.

    A text file holds one matrix, named :data:`EVERY`. A NumPy archive (.npz) and a folder of text
    files (.csv) hold one for each name.

    Parameters
    ----------
    expected, remedy
        For error messages.
    allowed
        The allowed values; empty for all numbers. For text files the message states the position
        of a wrong value.

    Raises
    ------
    DataError
        If ``path`` is missing, or holds anything but matrices of finite numbers.
    """
    if path.is_dir():
        paths = sorted(path.glob("*.csv"))
        if not paths:
            raise DataError(message(str(path), expected, "a folder without .csv files", remedy))
        return {file.stem: _matrix(file, expected, remedy, allowed) for file in paths}
    if path.suffix.lower() != ".npz":
        return {EVERY: _matrix(path, expected, remedy, allowed)}
    archive = unpacked(path, bytes_of(path, remedy, expected), remedy, expected)
    named = {name: np.asarray(matrix) for name, matrix in archive.items()}
    for name, matrix in named.items():
        real = matrix.ndim == 2 and matrix.size and matrix.dtype.kind in "fiub"
        if not real or not np.isfinite(matrix).all():
            got = f"shape {matrix.shape} of {matrix.dtype}"
            where = f"{path}: {name}"
            raise DataError(message(where, "a matrix of finite numbers", got, remedy))
    return named


def _matrix(path: Path, expected: str, remedy: str, allowed: Sequence[int]) -> Matrix:
    """Return the matrix in a text file."""
    values, rows = texttables.matrix(path, expected, remedy)
    strays = ~np.isin(values, allowed)
    if allowed and strays.any():
        i, j = np.argwhere(strays)[0].tolist()
        choice = " or ".join([", ".join(map(str, allowed[:-1])), str(allowed[-1])])
        raise rows[i].fail(choice, rows[i].cells[j], remedy, j)
    return values


def write(path: Path, named: Mapping[str, Matrix]) -> None:
    """Write matrices to ``path``: a NumPy archive (.npz), one text file (.csv), or a folder.

    Text has 17 digits, which preserve every bit.

    Raises
    ------
    OutputError
        If ``path`` ends in .csv and there are several, or it cannot be written.
    """
    if path.suffix.lower() == ".npz":
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {name: np.asarray(m) for name, m in named.items()}
        np.savez_compressed(buffer, **arrays)
        files.write(path, buffer.getvalue())
    elif path.suffix.lower() == ".csv":
        if len(named) != 1:
            remedy = "Give a name that ends in .npz, or a folder."
            got = f"{len(named)}: {', '.join(named)}"
            raise OutputError(message(str(path), "one array in a .csv file", got, remedy))
        files.write(path, _text(next(iter(named.values()))))
    else:
        files.make_folder(path)
        for name, matrix in named.items():
            files.write(path / f"{name}.csv", _text(matrix))


def _text(matrix: Matrix) -> str:
    buffer = io.StringIO()
    np.savetxt(buffer, matrix, fmt="%.17g", delimiter=",")
    return buffer.getvalue()
