"""The network of an array: its lines, which of them float, and its solution with linear cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crossbar.brief import brief
from crossbar.errors import SolverError, message
from crossbar.kernels.ladders import Ladder, Solution, solve_lines
from crossbar.types import Doubles, Masks
from crossbar.wires.sides import Line

ITERATIONS = 20_000


@dataclass(frozen=True, kw_only=True)
class Drops:
    """What the lines lose between their ends and the cells, and the currents that they carry."""

    word: Doubles
    """(rows, cols) Drops from the sources to the word-line nodes [V]."""
    bit: Doubles
    """(rows, cols) Rises from the virtual grounds to the bit-line nodes [V]."""
    drawn: Doubles
    """(rows,) Currents into the word lines [A]."""
    sensed: Doubles
    """(cols,) Currents out of the bit lines [A]."""
    error: float
    """Bound of the sum of the errors of all terminal currents [A]."""
    allowed: float
    """What was asked of it [A]."""
    steps: int = 1
    """Linear systems that were solved."""


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Lines with the conductances of their ends; all but the cells of an array."""

    word: Line
    bit: Line
    word_floating: Masks
    """(rows,) Word lines without a source."""
    bit_floating: Masks
    """(cols,) Bit lines without a virtual ground."""
    word_ends: tuple[Doubles, Doubles]
    """(rows,) Near and far conductances of the word lines [S]."""
    bit_ends: tuple[Doubles, Doubles]
    """(cols,) Near and far conductances of the bit lines [S]."""

    __repr__ = brief

    @classmethod
    def of(
        cls, g: Doubles, word: Line, bit: Line, word_floating: Masks, bit_floating: Masks
    ) -> Mesh:
        """Return the network around the cells ``g``, some lines of which may float.

        Lines that no path of cells joins to a connected one are held at their ideal voltage, 0 V.
        """
        held_wl, held_bl = _isolated(g, word_floating, bit_floating)
        return cls(
            word=word,
            bit=bit,
            word_floating=word_floating,
            bit_floating=bit_floating,
            word_ends=_ends(word, word_floating, held_wl),
            bit_ends=_ends(bit, bit_floating, held_bl),
        )

    def alone(self) -> tuple[Masks, Masks]:
        """Return which word lines and bit lines no path of cells joins to a connected line."""
        word = self.word_floating & np.isinf(self.word_ends[0])
        return word, self.bit_floating & np.isinf(self.bit_ends[0])

    def linear(self, g: Doubles, h: Doubles, start: Doubles, accuracy: float) -> Drops:
        """Return the drops of cells that pass ``h - g (drops)``.

        Parameters
        ----------
        g, h
            (rows, cols) Conductances [S], and currents at zero drops [A].
        start
            (rows, cols) Rises of the bit lines to start from [V]; becomes those of the solution.
        accuracy
            Error allowed in any current, relative to the largest one of a bit line.

        Raises
        ------
        SolverError
            If it is not reached.
        """
        word, drawn, sensed = np.empty_like(g), np.empty(len(g)), np.empty(g.shape[1])
        words = Ladder(self.word.segment, *self.word_ends)
        bits = Ladder(self.bit.segment, *self.bit_ends)
        written = Solution(word, start, sensed, drawn)
        count, error, allowed = solve_lines(g, h, words, bits, accuracy, ITERATIONS, written)
        if not error <= allowed:
            want = f"currents exact to {allowed:.3g} A"
            got = f"a residual of {error:.3g} A after {count} iterations"
            remedy = "Lower the accuracy, or the resistances and conductances."
            raise SolverError(message("Wires.solve", want, got, remedy))
        return Drops(word=word, bit=start, drawn=drawn, sensed=sensed, error=error, allowed=allowed)


def _ends(line: Line, floating: Masks, held: Masks) -> tuple[Doubles, Doubles]:
    """Return the near and far conductances of lines, none where they float."""
    near = np.where(floating, 0.0, line.near_conductance)
    near[held] = np.inf
    return near, np.where(floating, 0.0, line.far_conductance)


def _isolated(g: Doubles, floating_wl: Masks, floating_bl: Masks) -> tuple[Masks, Masks]:
    """Return which word lines and bit lines no path of cells joins to a line that is connected."""
    if not (floating_wl.any() or floating_bl.any()):
        return floating_wl, floating_bl
    rows, cols = g.shape
    i, j = np.nonzero(g)
    graph = coo_array((np.ones(i.size), (i, j + rows)), shape=(rows + cols, rows + cols))
    part = connected_components(graph, directed=False)[1]
    ended = np.zeros(rows + cols, np.bool_)
    ended[part[~np.concatenate([floating_wl, floating_bl])]] = True
    alone = ~ended[part]
    return alone[:rows], alone[rows:]
