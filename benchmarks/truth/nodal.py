"""Kirchhoff's laws of an array with line resistance, by sparse LU: the truth of its reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Law = Callable[[Array, Array], tuple[Array, Array]]
BOUND = 4e-4
WHY = "largest error over the largest current; a tenth of the step of an 8-bit converter"


@dataclass(frozen=True, kw_only=True)
class Read:
    """Reads of one array: word lines driven from the left, bit lines sensed at the bottom.

    One segment lies between a driver and its first cell, and one between the last cell of a bit
    line and its sense node.
    """

    g: Array
    """(rows, cols) conductances [S]"""
    v: Array
    """(n, rows) voltages [V]"""
    r_wl: float = 0.0
    r_bl: float = 0.0
    r_driver: float = 0.0
    r_sense: float = 0.0


class Solved(NamedTuple):
    """Currents (n, cols) into the sense nodes [A] and the heat (n,) of all resistors [W]."""

    currents: Array
    heat: Array


def cells(rows: int, cols: int, seed: int, low: float = 1e-6, high: float = 1e-4) -> Array:
    """Return conductances, log-uniform from ``low`` to ``high`` [S]."""
    span = np.log10([low, high])
    return 10 ** np.random.default_rng(seed).uniform(*span, (rows, cols))


def voltages(n: int, rows: int, seed: int, most: float = 0.2) -> Array:
    """Return voltages of reads (n, rows), uniform up to ``most`` [V]."""
    return np.random.default_rng(seed).uniform(0.0, most, (n, rows))


def ohmic(g: Array, u: Array) -> tuple[Array, Array]:
    """Return current and slope of a resistor."""
    return g * u, g


def solve(read: Read, law: Law = ohmic) -> Solved:
    """Return the reads by Newton's method on the node equations; resistances above 0."""
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.linalg import splu

    (rows, cols), lines = read.g.shape, _lines(read)
    word = np.arange(rows * cols).reshape(rows, cols)
    at = np.arange(len(lines))
    flow = coo_array(
        (np.tile([1.0, -1.0], len(lines)), (np.repeat(at, 2), lines[:, :2].astype(int).ravel())),
        shape=(len(lines), 2 * word.size + rows + 1),
    ).tocsr()
    through = coo_array(
        (np.tile([1.0, -1.0], word.size), (np.repeat(word.ravel(), 2),
         np.stack([word, word + word.size], axis=-1).ravel())),
        shape=(word.size, flow.shape[1]),
    ).tocsr()  # fmt: skip
    free, y = 2 * word.size, 1 / lines[:, 2]
    laplace = (flow.T @ diags_array(y) @ flow).tocsr()
    currents, heat = [], []
    for v in read.v:
        node = np.concatenate([np.zeros(free), v, [0.0]])
        for _ in range(100):
            i, slope = law(read.g.ravel(), through @ node)
            excess = (laplace @ node + through.T @ i)[:free]
            jacobian = (laplace + through.T @ diags_array(slope) @ through)[:free, :free]
            step = splu(jacobian.tocsc()).solve(excess)
            node[:free] -= step
            if np.abs(step).max() <= 1e-13 * np.abs(v).max():
                break
        u, drop = through @ node, flow @ node
        currents.append((y * drop)[-cols:])
        heat.append((law(read.g.ravel(), u)[0] * u).sum() + (y * drop**2).sum())
    return Solved(np.array(currents), np.array(heat))


def _lines(read: Read) -> Array:
    """Return segments and terminals as rows (node, node, resistance), sense nodes last.

    Nodes are those of word lines, of bit lines, the sources, and ground.
    """
    rows, cols = read.g.shape
    word = np.arange(rows * cols).reshape(rows, cols)
    bit, source = word + word.size, 2 * word.size + np.arange(rows)
    ground = np.full(cols, 2 * word.size + rows)
    parts = [
        (source, word[:, 0], read.r_driver + read.r_wl),
        (word[:, :-1], word[:, 1:], read.r_wl),
        (bit[:-1], bit[1:], read.r_bl),
        (bit[-1], ground, read.r_sense + read.r_bl),
    ]
    return np.concatenate(
        [np.stack([a.ravel(), b.ravel(), np.full(a.size, r)], axis=1) for a, b, r in parts]
    )


def deviation(answer: Array, true: Array) -> float:
    """Return the largest error relative to the largest current."""
    return float(np.abs(answer - true).max() / np.abs(true).max())


def of_currents(read: Read, answers: list[Array]) -> float:
    """Return the largest error of currents (n, cols), relative to the largest current."""
    return deviation(answers[0], solve(read).currents)
