"""Line resistance: what the wires of an array do to its currents, exactly.

With linear cells an array is a network of resistors between its terminals, so it is a matrix. The
network is reduced to its terminals by eliminating the inner nodes, one bit line after the other.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.blas import dsymm, dsymv
from scipy.linalg.lapack import dpotrf, dpotri
from threadpoolctl import ThreadpoolController

from crossbar import nodal
from crossbar.errors import ConvergenceError, ShapeError, fail, message, require_number
from crossbar.nodal import Solution
from crossbar.units import quantity

Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Wires:
    """Resistances of the lines of an array, of their drivers and of their sense nodes.

    Word line i is driven from the left, bit line j ends in a virtual ground at the bottom. One
    segment of word line comes before each cell, the first one included; one segment of bit line
    comes after each cell, the last one included::

        v_i o--[r_driver]--[r_wl]--+--------[r_wl]--+--------[r_wl]--+
                                   |  |             |  |             |  |
                                 g_i0 |           g_i1 |           g_i2 |
                                   |__|             |__|             |__|
                                      |                |                |
                                    [r_bl]           [r_bl]           [r_bl]
                                      :                :                :     rows below
                                  [r_sense]        [r_sense]        [r_sense]
                                      |                |                |
                                  0 V, i_0         0 V, i_1         0 V, i_2

    A cell of row i and column j is thus reached through ``r_driver + (j + 1) r_wl`` and left
    through ``(rows - i) r_bl + r_sense``. Each of the four may be zero: an ideal wire.

    In a transposed read the bit lines are driven through ``r_sense`` and the word lines end in
    virtual grounds behind ``r_driver``. By reciprocity its transfer conductances are
    ``operator(g).T``.

    Parameters
    ----------
    r_wl
        Resistance of one segment of word line [ohm].
    r_bl
        Resistance of one segment of bit line [ohm].
    r_driver
        Resistance between a source and the first segment of its word line [ohm].
    r_sense
        Resistance between the last segment of a bit line and its virtual ground [ohm].

    Raises
    ------
    ConfigError
        If a resistance is negative, infinite or not a number.

    Notes
    -----
    **Source**: Kirchhoff's laws. **Valid for** cells whose current is proportional to their
    voltage, at rest (no line capacitance). Every entry of the operator is exact to rounding, about
    1e-14, up to r g = 100 (any resistance times any conductance) and to 1e-10 up to 1e6. Beyond,
    digits go in proportion to r g; :class:`~crossbar.errors.ConvergenceError` is raised where the
    elimination fails, from about 1e16. :meth:`solve` is exact to 1e-11 up to r g = 100.

    Examples
    --------
    One cell of 1 kohm behind 4 + 1 ohm and before 2 + 3 ohm:

    >>> wires = Wires(r_wl=1.0, r_bl=2.0, r_driver=4.0, r_sense=3.0)
    >>> bool(np.isclose(wires.operator([[1e-3]])[0, 0], 1 / 1010))
    True
    """

    r_wl: float = quantity(unit="ohm")
    r_bl: float = quantity(unit="ohm")
    r_driver: float = quantity(0.0, unit="ohm")
    r_sense: float = quantity(0.0, unit="ohm")

    def __post_init__(self) -> None:
        for field in fields(self):
            require_number(
                f"Wires.{field.name}",
                getattr(self, field.name),
                low=0.0,
                below=np.inf,
                unit="ohm",
                remedy="Give 0 for an ideal wire.",
            )

    def operator(self, g: ArrayLike) -> Matrix:
        """Return the transfer conductances of the array: ``i_bl = v_wl @ operator(g)``.

        The shorter side is the block of the elimination: with m and n cells on the short and the
        long side the time grows as ``n m**3 + (n m)**2`` and the memory as ``n m``.

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells [S].

        Returns
        -------
        (rows, cols) Current of bit line j for one volt on word line i [S].

        Raises
        ------
        ShapeError
            If ``g`` is not a matrix.
        ConfigError
            If a conductance is negative or not finite.
        """
        g = _checked(g)
        if g.shape[0] > g.shape[1]:
            return _mirror(self._mirrored()._reduce(_mirror(g))[0])
        return self._reduce(g)[0]

    def input_admittance(self, g: ArrayLike) -> Matrix:
        """Return the admittances that the sources of a read see: ``i_source = v_wl @ Y``.

        The power that a read draws is ``v_wl @ Y @ v_wl``. The time grows as
        ``cols * rows**3 + (rows * cols)**2``.

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells [S].

        Returns
        -------
        (rows, rows) Current out of source k for one volt on word line i, symmetric [S].

        Raises
        ------
        ShapeError
            If ``g`` is not a matrix.
        ConfigError
            If a conductance is negative or not finite.
        """
        return self._reduce(_checked(g))[1]

    def output_admittance(self, g: ArrayLike) -> Matrix:
        """Return the admittances that the sources of a transposed read see, (cols, cols) [S].

        As :meth:`input_admittance`, with the bit lines driven through ``r_sense`` and the word
        lines at virtual ground behind ``r_driver``. Its time grows as ``rows * cols**3``.
        """
        return _mirror(self._mirrored().input_admittance(_mirror(_checked(g))))

    def solve(self, g: ArrayLike, v: ArrayLike) -> Solution:
        """Return the currents and every node voltage of a read, for one or a few vectors.

        Sparse nodal analysis: independent of :meth:`operator`, and slower for many vectors.

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells [S].
        v
            (n, rows) Voltages of the sources [V].

        Raises
        ------
        ShapeError
            If ``g`` is not a matrix or ``v`` does not fit it.
        ConfigError
            If a conductance is negative, or a conductance or voltage is not finite.
        """
        g = _checked(g)
        v = np.asarray(v, dtype=np.float64)
        if v.ndim != 2 or v.shape[1] != g.shape[0]:
            want = f"shape (n, {g.shape[0]})"
            remedy = "Give one voltage a word line, batch axis first."
            raise ShapeError(message("Wires.solve.v", want, v.shape, remedy))
        if not np.isfinite(v).all():
            fail("Wires.solve.v", "finite voltages", "NaN or infinity", "Check the inputs.")
        return nodal.solve(
            g, v, r_wl=self.r_wl, r_bl=self.r_bl, r_driver=self.r_driver, r_sense=self.r_sense
        )

    def _mirrored(self) -> Wires:
        """Return the wires of the array seen from its bit lines, for use with :func:`_mirror`."""
        return Wires(r_wl=self.r_bl, r_bl=self.r_wl, r_driver=self.r_sense, r_sense=self.r_driver)

    def _reduce(self, g: Matrix) -> tuple[Matrix, Matrix]:
        """Return the transfer conductances and the input admittances of the cells ``g``.

        The reduced network is kept as what it is, a mesh of resistors: ``transfer[i, j]`` joins
        word line i to virtual ground j and ``mesh[i, k]`` joins word lines i and k. All are
        non-negative and only ever multiplied and added, so weak wires cost no digits.
        """
        rows, cols = g.shape
        transfer = np.zeros((rows, cols), order="F")
        mesh = np.zeros((rows, rows), order="F")  # lower triangle only, diagonal zero
        lines = _BitLines.of(g, self.r_bl, self.r_sense)
        with _blas().limit(limits=1, user_api="blas"):
            for j in reversed(range(cols)):
                _pass_through(self.r_wl, mesh, transfer[:, j + 1 :])
                transfer[:, j] = lines.transfer[:, j]
                lines.add_mesh(j, mesh)
            _pass_through(self.r_wl + self.r_driver, mesh, transfer)
        lower = np.tril(mesh, -1)
        joined = lower + lower.T
        return transfer, np.diag(transfer.sum(axis=1) + joined.sum(axis=1)) - joined


@dataclass(frozen=True, kw_only=True)
class _BitLines:
    """The bit lines of an array, each reduced to the mesh that joins its word lines and ground."""

    g: Matrix  # (rows, cols) cells [S]
    transfer: Matrix  # (rows, cols) conductance from a word line to the virtual ground [S]
    weight: Matrix  # (rows, cols) g_k times the resistance that bit-line node k sees to ground
    depth: Matrix  # (rows, cols) -log of the voltage that reaches the top from node k

    @classmethod
    def of(cls, g: Matrix, r: float, r_sense: float) -> _BitLines:
        """Reduce the bit lines with segments ``r``: two ladders, from the top and from the bottom.

        With every word line at 0 V, node k sees the conductance ``up`` above it and the
        resistance ``down`` below it.
        """
        up = np.zeros_like(g)
        down = np.full_like(g, r + r_sense)
        for i in range(1, g.shape[0]):
            above = up[i - 1] + g[i - 1]
            up[i] = above / (1.0 + r * above)
        for i in reversed(range(g.shape[0] - 1)):
            down[i] = r + down[i + 1] / (1.0 + g[i + 1] * down[i + 1])
        node = g + up
        depth = np.zeros_like(g)
        depth[1:] = np.cumsum(np.log1p(r * node[:-1]), axis=0)
        share = 1.0 / (1.0 + node * down)  # of a current into node k, what goes down
        passed = np.ones_like(g)  # and of that, what reaches the sense node
        passed[:-1] = np.cumprod(1.0 / (1.0 + g * down)[:0:-1], axis=0)[::-1]
        return cls(g=g, transfer=g * share * passed, weight=g * share * down, depth=depth)

    def add_mesh(self, j: int, mesh: Matrix) -> None:
        """Add what bit line j joins, weight_k exp(depth_i - depth_k) g_i for k > i, to ``mesh``."""
        depth = self.depth[:, j]
        joined = np.subtract.outer(depth, depth).T
        np.exp(np.minimum(joined, 0.0, out=joined), out=joined)  # above the diagonal unused
        joined *= self.weight[:, j, np.newaxis]
        joined *= self.g[:, j]
        mesh += joined
        np.fill_diagonal(mesh, 0.0)


def _pass_through(r: float, mesh: Matrix, transfer: Matrix) -> None:
    """Put a resistance ``r`` in front of every word line of a reduced network, in place.

    With the admittance matrix Y of the network, its lines are at ``P v``, P = (1 + r Y)^-1, so
    ``transfer`` becomes ``P transfer`` and Y becomes ``P Y`` = (1 - P) / r, a mesh of P / r.
    """
    if r == 0.0 or transfer.shape[1] == 0:
        return
    one_plus_ry = mesh * -r
    row_sums = transfer.sum(axis=1) + dsymv(1.0, mesh, np.ones(len(mesh)), lower=1)
    np.fill_diagonal(one_plus_ry, 1.0 + r * row_sums)
    factor, failed = dpotrf(one_plus_ry, lower=1, clean=0, overwrite_a=1)
    if failed:
        want, got = "r g far below 1e16", f"r = {r:g} ohm and sums of g up to {row_sums.max():g} S"
        raise ConvergenceError(message("Wires", want, got, "Lower the resistances."))
    p, _ = dpotri(factor, lower=1, overwrite_c=1)
    transfer[:] = dsymm(1.0, p, transfer, lower=1)
    np.divide(p, r, out=mesh)
    np.fill_diagonal(mesh, 0.0)


def _mirror(a: Matrix) -> Matrix:
    """Return ``a`` seen from the bit lines: they become word lines, driven from the near end."""
    return np.ascontiguousarray(a[::-1, ::-1].T)


def _checked(g: ArrayLike) -> Matrix:
    """Return ``g`` as a matrix of float64, or raise."""
    g = np.asarray(g, dtype=np.float64)
    if g.ndim != 2 or g.size == 0:
        raise ShapeError(
            message("Wires.g", "a matrix (rows, cols)", g.shape, "Give one conductance a cell.")
        )
    if not (np.isfinite(g).all() and (g >= 0.0).all()):
        first = float(g[~(np.isfinite(g) & (g >= 0.0))][0])
        fail("Wires.g", "finite conductances >= 0 S", f"{first:g}", "Check the programming.")
    return g


@functools.cache
def _blas() -> ThreadpoolController:
    """Return the controller of the BLAS threads, found once: competing threads cost 10 to 100 x."""
    return ThreadpoolController()
