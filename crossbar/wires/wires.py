"""The wires of an array: resistances of lines, drivers and sense nodes, and their sides."""

from __future__ import annotations

from dataclasses import dataclass, field

from numpy.typing import ArrayLike

from crossbar.checks import Checked
from crossbar.displayed import Displayed
from crossbar.types import Doubles
from crossbar.units import quantity
from crossbar.wires.adjoints import Adjoints
from crossbar.wires.estimate import Estimate, couplings, estimate
from crossbar.wires.inputs import conductances
from crossbar.wires.newton import CellLaw
from crossbar.wires.reads import Reads
from crossbar.wires.reduction import Reduced, reduce_array, reduce_cells
from crossbar.wires.sides import Driven, Line, Sensed
from crossbar.wires.solution import Solution, solve_reads

_LINE = "Give 0 for an ideal wire; a line of more than 1e12 ohm is cut."


@dataclass(frozen=True, kw_only=True)
class Wires(Adjoints, Checked, Displayed):
    """Resistances of the lines of an array, of their drivers and of their sense nodes.

    Word line i is driven from the left, bit line j ends in a virtual ground at the bottom, unless
    ``driven`` and ``sensed`` say otherwise. One segment of word line lies between the source and
    its first cell; one segment of bit line between the last cell and its virtual ground::

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
    through ``(rows - i) r_bl + r_sense``. Each of the four may be zero: an ideal wire. Driven from
    the right or sensed at the top, the array is its mirror image; with both sides, either end of a
    line has its segment and its terminal resistance.

    In a transposed read the bit lines are driven through ``r_sense`` and the word lines end in
    virtual grounds behind ``r_driver``. By reciprocity its transfer conductances are
    ``operator(g).T``.

    Parameters
    ----------
    r_wl
        Resistance of a word-line segment [ohm].
    r_bl
        Resistance of a bit-line segment [ohm].
    r_driver
        Resistance of a word-line driver, between source and first segment [ohm].
    r_sense
        Resistance before a sense amplifier, between last segment and virtual ground [ohm].
    driven
        Ends of the word lines that are driven.
    sensed
        Ends of the bit lines that are sensed.

    Raises
    ------
    ConfigError
        If a resistance is negative, infinite or not a number, or a side is no member of its enum.

    Notes
    -----
    **Source**: Kirchhoff's laws. **Valid for** arrays at rest (no line capacitance); cells whose
    current is proportional to their voltage, but for :meth:`solve`, which takes other laws. Every
    entry of the operator is exact to rounding, about 1e-14, up to r g = 100 (any resistance times
    any conductance) and to 1e-10 up to 1e6. Beyond, digits go in proportion to r g;
    :class:`~crossbar.errors.SolverError` is raised where the elimination fails, from about
    1e16.

    Examples
    --------
    One cell of 1 kohm behind 4 + 1 ohm and before 2 + 3 ohm:

    >>> wires = Wires(r_wl=1.0, r_bl=2.0, r_driver=4.0, r_sense=3.0)
    >>> round(1 / float(wires.operator([[1e-3]])[0, 0]), 9)
    1010.0
    """

    r_wl: float = quantity(unit="ohm", low=0, high=1e21, remedy=_LINE)
    r_bl: float = quantity(unit="ohm", low=0, high=1e21, remedy=_LINE)
    r_driver: float = quantity(0.0, unit="ohm", low=0, high=1e21, remedy=_LINE)
    r_sense: float = quantity(0.0, unit="ohm", low=0, high=1e21, remedy=_LINE)
    driven: Driven = field(default=Driven.LEFT)
    sensed: Sensed = field(default=Sensed.BOTTOM)

    def operator(self, g: ArrayLike) -> Doubles:
        """Return the transfer conductances of the array: ``i_bl = v_wl @ operator(g)``.

        The shorter side is the block of the elimination: with m and n cells on the short and the
        long side the time grows as ``n m**3 + (n m)**2`` and the memory as ``n m``. Driving or
        sensing both ends of the long lines adds a term as in :meth:`reduce`.

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
        SolverError
            If resistances times conductances leave no digit.
        """
        return reduce_cells(conductances(g), *self._lines(), outputs=False).transfer

    def reduce(self, g: ArrayLike) -> Reduced:
        """Return transfer conductances and both admittances of the array, in one elimination.

        With m and n cells on the short and the long side the time grows as
        ``n m**3 + (n m)**2 + m n**3``. Parameters and errors as in :meth:`operator`.
        """
        return reduce_array(conductances(g), *self._lines())

    def estimate(self, g: ArrayLike) -> Estimate:
        """Return an approximate operator in a time that grows as the number of cells only.

        A current from source i to bit line j is taken to meet the resistance of these two lines
        only, with all other lines at 0 V. Between two exact operators, changes of conductances are
        best followed as ``operator(g_0) + estimate(g).transfer - estimate(g_0).transfer``, or, to
        first order and without the effect of a cell on others, as ``operator(g_0) +
        estimate(g_0).attenuation * (g - g_0)``. Parameters and errors as in :meth:`operator`.

        **Valid for** small r g n^2; :mod:`crossbar.wires.estimate` says how far it is off.
        """
        return estimate(conductances(g), *self._lines())

    def couplings(self, g: ArrayLike) -> tuple[Doubles, Doubles]:
        """Return by how much lines that are driven together lower the voltages across each other.

        With v_i on word line i, a cell has about ``applied[i, j] (v_i - sum_k c[i, k] v_k)`` in
        place of ``applied[i, j] v_i`` (:meth:`estimate`): the currents of all cells of a bit line
        raise it. The couplings are those of a mean bit line, and in a transposed read of a mean
        word line. Parameters and errors as in :meth:`operator`.

        Returns
        -------
        (rows, rows) and (cols, cols) Couplings c of word lines and of bit lines, diagonals zero.
        """
        return couplings(conductances(g), *self._lines())

    def input_admittance(self, g: ArrayLike) -> Doubles:
        """Return the admittances that the sources of a read see: ``i_source = v_wl @ Y``.

        The power that a read draws is ``v_wl @ Y @ v_wl``. Takes the time of :meth:`reduce`;
        parameters and errors as in :meth:`operator`.

        Returns
        -------
        (rows, rows) Current out of source k for one volt on word line i, symmetric [S].
        """
        return self.reduce(g).forward

    def output_admittance(self, g: ArrayLike) -> Doubles:
        """Return the admittances that the sources of a transposed read see, (cols, cols) [S].

        As :meth:`input_admittance`, with the bit lines driven through ``r_sense`` and the word
        lines at virtual ground behind ``r_driver``.
        """
        return self.reduce(g).back

    def solve(
        self,
        g: ArrayLike,
        v: ArrayLike,
        *,
        v_bl: ArrayLike | None = None,
        floating_wl: ArrayLike | None = None,
        floating_bl: ArrayLike | None = None,
        cell: CellLaw | None = None,
        accuracy: float = 1e-12,
    ) -> Solution:
        """Return the currents and every node voltage of reads, for one or a few vectors.

        Conjugate gradients on the bit lines, preconditioned by solving every line. The number of
        iterations grows with sqrt(r g) times the cells of a line: 1 to 10 at 1 ohm a segment and
        cells below 100 uS. For many vectors and ohmic cells, :meth:`operator` is faster.

        Parameters
        ----------
        g
            (rows, cols) Conductances of the cells [S].
        v
            (n, rows) Voltages of the sources [V]; 0 where a word line floats.
        v_bl
            (n, cols) Voltages that bit lines are held at instead of 0 V [V]; 0 where one floats.
        floating_wl
            (rows,) True for word lines that no source drives.
        floating_bl
            (cols,) True for bit lines that no virtual ground holds.
        cell
            Current of a cell against its voltage; None for ohmic cells.
        accuracy
            Largest sum of the errors of all bit-line currents, relative to the largest of these
            currents (or to the largest of a word line, where all bit lines float). It is
            guaranteed, but for rounding, 1e-15 of the currents of all cells.

        Returns
        -------
        Voltages and currents. Lines without any path of cells to a connected line have no
        defined voltage and are given as 0 V.

        Raises
        ------
        ShapeError
            If ``g`` is not a matrix or another array does not fit it.
        ConfigError
            If a conductance is negative, a conductance or voltage is not finite, a floating line
            is given a voltage, or the accuracy is not in [1e-15, 1).
        SolverError
            If the accuracy is not reached.
        """
        floating = floating_wl, floating_bl
        lines = self._lines()
        return solve_reads(
            Reads.of("Wires.solve", lines, g, v, v_bl, floating, cell, accuracy, CellLaw)
        )

    def _lines(self) -> tuple[Line, Line]:
        """Return the word lines and the bit lines."""
        word = self.driven.lines(self.r_wl, self.r_driver)
        return word, self.sensed.lines(self.r_bl, self.r_sense)
