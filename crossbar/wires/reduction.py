"""Reduction of an array to its terminals: block elimination, one bit line after the other."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from threadpoolctl import ThreadpoolController

from crossbar.brief import brief
from crossbar.errors import SolverError, message
from crossbar.kernels.meshes import BitLines, Eliminated, eliminate
from crossbar.types import Doubles
from crossbar.wires.sides import Line


@dataclass(frozen=True, kw_only=True)
class Reduced:
    """An array seen from its terminals: ``i_bl = v_wl @ transfer``, and what the sources see."""

    transfer: Doubles
    """(rows, cols) Current of bit line j for one volt on word line i [S]."""
    forward: Doubles
    """(rows, rows) Admittances that the sources of a read see, symmetric [S]."""
    back: Doubles
    """(cols, cols) Admittances that the sources of a transposed read see, symmetric [S]."""

    __repr__ = brief


def reduce_array(g: Doubles, word: Line, bit: Line) -> Reduced:
    """Return an array of cells ``g`` (rows, cols) [S] seen from its terminals.

    Raises
    ------
    SolverError
        If resistances times conductances leave no digit.
    """
    mesh = reduce_cells(g, word, bit, outputs=True)
    return Reduced(transfer=mesh.transfer, forward=mesh.forward(), back=mesh.back())


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Conductances between the word lines of an array, and from them to its bit lines [S]."""

    transfer: Doubles  # (rows, cols)
    sources: Doubles  # (rows, rows) between word lines, symmetric, diagonal zero
    outputs: Doubles  # (cols, cols) between bit lines, likewise; zeros if not worked out

    __repr__ = brief

    def forward(self) -> Doubles:
        """Return the admittances of the word lines."""
        return np.diag(self.transfer.sum(axis=1) + self.sources.sum(axis=1)) - self.sources

    def back(self) -> Doubles:
        """Return the admittances of the bit lines."""
        return np.diag(self.transfer.sum(axis=0) + self.outputs.sum(axis=1)) - self.outputs

    def mirrored(self) -> Mesh:
        """Return the mesh seen from the bit lines, as :func:`mirror` sees the cells."""
        return Mesh(
            transfer=mirror(self.transfer),
            sources=np.ascontiguousarray(self.outputs[::-1, ::-1]),
            outputs=np.ascontiguousarray(self.sources[::-1, ::-1]),
        )


def reduce_cells(g: Doubles, word: Line, bit: Line, *, outputs: bool) -> Mesh:
    """Return the mesh of an array, with the shorter side as the block of the elimination.

    Parameters
    ----------
    g
        (rows, cols) Conductances of the cells [S].
    word, bit
        The lines.
    outputs
        Whether the meshes of both kinds of lines are wanted, not the transfer alone.

    Raises
    ------
    SolverError
        If resistances times conductances leave no digit.
    """
    rows, cols = g.shape
    if rows > cols:
        return _eliminated(mirror(g), bit, word, outputs=outputs).mirrored()
    return _eliminated(g, word, bit, outputs=outputs)


def _eliminated(g: Doubles, word: Line, bit: Line, *, outputs: bool) -> Mesh:
    """Return the mesh of an array, eliminated bit line by bit line."""
    right = not word.near and not word.ideal  # then from the left to the right
    top = not bit.near and not bit.ideal
    turned = g[:: -1 if top else 1, :: -1 if right else 1]
    mesh = _from_far_to_near(turned, word, bit, outputs=outputs)
    lines, cells = slice(None, None, -1 if top else 1), slice(None, None, -1 if right else 1)
    return Mesh(
        transfer=np.ascontiguousarray(mesh.transfer[lines, cells]),
        sources=np.ascontiguousarray(mesh.sources[lines, lines]),
        outputs=np.ascontiguousarray(mesh.outputs[cells, cells]),
    )


def _from_far_to_near(g: Doubles, word: Line, bit: Line, *, outputs: bool) -> Mesh:
    """Return the mesh of an array whose word lines end left of it and bit lines below it."""
    rows, cols = g.shape
    far = word.far_conductance if word.near else 0.0
    extra = rows if far > 0.0 else 0
    join = outputs or extra > 0
    count = extra + cols
    transfer, mesh = np.zeros((count, rows)), np.zeros((rows, rows))
    joined = np.zeros((count, count) if join else (0, 0))
    with _blas().limit(limits=1, user_api="blas"):
        lines = _bit_lines(np.ascontiguousarray(g.T), bit)
        written = Eliminated(transfer, mesh, joined)
        pivot = eliminate(lines, word.segment, word.end, far, join, written)
    if not pivot > 0.5:  # exactly, all are at least 1
        got = f"r = {max(word.end, bit.end):g} ohm and sums of g up to {g.sum(axis=1).max():g} S"
        raise SolverError(message("Wires", "r g far below 1e16", got, "Lower the resistances."))
    joined = joined + joined.T
    sources = mesh + mesh.T
    order = np.arange(count - 1, extra - 1, -1)
    through = transfer[order].T
    if extra:  # both sources of a word line are one
        through = through + joined[:extra][:, order]
        sources += joined[:extra, :extra] + transfer[:extra] + transfer[:extra].T
        np.fill_diagonal(sources, 0.0)
    between = joined[np.ix_(order, order)] if join else np.zeros((cols, cols))
    return Mesh(transfer=through, sources=sources, outputs=between)


def _bit_lines(g: Doubles, bit: Line) -> BitLines:
    """Return cells, weights, falls and transfers of all bit lines, for :func:`eliminate`.

    ``g`` is (cols, rows). With every word line at 0 V, node k sees the conductance ``up`` above it
    and the resistance ``down`` below it.
    """
    r, far = bit.segment, bit.far_conductance if bit.near else 0.0
    up, down = np.empty_like(g), np.empty_like(g)
    up[:, 0], down[:, -1] = far, bit.end
    for i in range(1, g.shape[1]):
        above = up[:, i - 1] + g[:, i - 1]
        up[:, i] = above / (1.0 + r * above)
    for i in reversed(range(g.shape[1] - 1)):
        down[:, i] = r + down[:, i + 1] / (1.0 + g[:, i + 1] * down[:, i + 1])
    node = g + up
    share = 1.0 / (1.0 + node * down)  # of a current into node k, what goes down
    fall = 1.0 / (1.0 + r * node)
    below = np.ones_like(g)  # and of that, what reaches the sense node
    below[:, :-1] = np.cumprod(1.0 / (1.0 + g * down)[:, :0:-1], axis=1)[:, ::-1]
    weight = g * share * down
    above = np.ones_like(g)  # of the voltage at node k, what reaches the top
    above[:, 1:] = np.cumprod(fall[:, :-1], axis=1)
    passed = g * share * below + weight * above * far
    return BitLines(g, weight, fall, passed)


def mirror(a: Doubles) -> Doubles:
    """Return ``a`` seen from the bit lines: they become word lines, driven from the near end."""
    return np.ascontiguousarray(a[::-1, ::-1].T)


@functools.cache
def _blas() -> ThreadpoolController:
    """Return the controller of the BLAS threads, found once: competing threads cost 10 to 100 x."""
    return ThreadpoolController()
