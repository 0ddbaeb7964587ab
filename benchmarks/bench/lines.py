"""Line resistance: the operator of an array and the solution of one read, beside sparse LU."""

from __future__ import annotations

import importlib.util

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.linalg import SuperLU, splu

from bench.case import Case, Job, Work
from crossbar import Wires

Matrix = NDArray[np.float64]

WIRES = Wires(r_wl=1.0, r_bl=1.0, r_driver=10.0, r_sense=5.0)
ACCURACY = 1e-9
OPERATOR_MARKS = {128: 0.06, 256: 0.6, 512: 7.0}
SINGLE_MARKS = {32: 0.13e-3, 64: 0.4e-3, 128: 8e-3, 256: 25e-3, 512: 160e-3}
FEW = 4  # reads that the largest operator is compared in: all of them would take LU an hour


def cells(side: int) -> Matrix:
    """Return conductances, log-uniform from 1 to 100 uS [S]."""
    return 10 ** np.random.default_rng(side).uniform(-6, -4, (side, side))


def voltages(side: int, n: int) -> Matrix:
    """Return voltages of n reads (n, side) [V]."""
    return np.random.default_rng(side + 1).uniform(0.0, 0.2, (n, side))


def factorised(g: Matrix, wires: Wires = WIRES) -> SuperLU:
    """Return the LU decomposition of the node equations, word-line nodes first."""
    rows, cols = g.shape
    w = np.arange(rows * cols).reshape(rows, cols)
    b = w + rows * cols
    word, bit = np.full((rows, cols - 1), 1 / wires.r_wl), np.full((rows - 1, cols), 1 / wires.r_bl)
    pairs = [(w, b, g), (w[:, :-1], w[:, 1:], word), (b[:-1], b[1:], bit)]
    i = np.concatenate([np.ravel(p) for p, _, _ in pairs])
    j = np.concatenate([np.ravel(q) for _, q, _ in pairs])
    y = np.concatenate([np.ravel(y) for _, _, y in pairs])
    ends = np.concatenate([w[:, 0], b[-1]])
    to_ends = np.concatenate(
        [np.full(rows, drive(wires)), np.full(cols, 1 / (wires.r_bl + wires.r_sense))]
    )
    at = (np.concatenate([i, j, i, j, ends]), np.concatenate([i, j, j, i, ends]))
    matrix = coo_array((np.concatenate([y, y, -y, -y, to_ends]), at), shape=(2 * w.size,) * 2)
    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})


def drive(wires: Wires) -> float:
    """Return the conductance between a source and its first cell [S]."""
    return 1 / (wires.r_wl + wires.r_driver)


def direct(g: Matrix, v: Matrix, wires: Wires = WIRES) -> Matrix:
    """Return the bit-line currents (n, cols) [A] by sparse LU, 64 reads at a time."""
    rows, cols = g.shape
    lu, out = factorised(g, wires), np.empty((len(v), cols))
    for first in range(0, len(v), 64):
        part = v[first : first + 64]
        right = np.zeros((2 * g.size, len(part)))
        right[np.arange(rows) * cols] = drive(wires) * part.T
        nodes = lu.solve(right)
        out[first : first + 64] = nodes[-cols:].T / (wires.r_bl + wires.r_sense)
    return out


def deviation(ours: Matrix, theirs: Matrix) -> float:
    """Return the largest difference relative to the largest current."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def reducing(side: int) -> Job:
    """Return the job of the operator.

    Its operations: an inverse of the word lines for each bit line, and the transfers passed on.
    """
    g = cells(side)
    work = Work(moved=16 * side**2, footprint=24 * side**2, operations=2 * side**4,
                precision="float64")  # fmt: skip

    def notes() -> dict[str, float]:
        v = voltages(side, FEW)
        return {"deviation": deviation(v @ WIRES.operator(g), direct(g, v))}

    return Job(run=lambda: WIRES.operator(g), work=lambda: work, notes=notes)


def solving(side: int) -> Job:
    """Return the job of one read; its least work passes over the cells and writes the nodes."""
    g, v = cells(side), voltages(side, 1)
    work = Work(moved=24 * side**2, footprint=24 * side**2)

    def notes() -> dict[str, float]:
        found = WIRES.solve(g, v, accuracy=ACCURACY)
        exact = direct(g, v)
        bound = float(found.error[0] / np.abs(exact).max())
        return {"deviation": deviation(found.currents, exact), "error_bound": bound}

    run = lambda: WIRES.solve(g, v, accuracy=ACCURACY)  # noqa: E731
    return Job(run=run, work=lambda: work, notes=notes)


def lu_job(side: int, n: int) -> Job:
    """Return the job of sparse LU with n reads."""
    g = cells(side)
    v = np.eye(side) if n == side else voltages(side, n)
    return Job(run=lambda: direct(g, v))


def badcrossbar_job(side: int) -> Job:
    """Return the job of badcrossbar, which has no resistance of drivers and sense nodes."""
    import badcrossbar

    g, v = cells(side), voltages(side, 1)
    plain = Wires(r_wl=1.0, r_bl=1.0)
    run = lambda: badcrossbar.compute(v.T, 1 / g, r_i=1.0)  # noqa: E731

    def notes() -> dict[str, float]:
        return {"deviation": deviation(np.asarray(run().currents.output), direct(g, v, plain))}

    return Job(run=run, notes=notes)


def cases() -> list[Case]:
    """Return wires_operator and wires_single."""
    installed = importlib.util.find_spec("badcrossbar") is not None
    operators = [
        Case(
            name="wires_operator",
            case=f"{side} x {side}",
            unit="s",
            mark=mark,
            ours=lambda n=side: reducing(n),
            warm=lambda: reducing(8),
            beside={} if side > 256 else {"SciPy sparse LU": lambda n=side: lu_job(n, n)},
        )
        for side, mark in OPERATOR_MARKS.items()
    ]
    singles = []
    for side, mark in SINGLE_MARKS.items():
        peers = {"badcrossbar": lambda n=side: badcrossbar_job(n)} if installed else {}
        singles.append(
            Case(
                name="wires_single",
                case=f"{side} x {side}",
                unit="s",
                mark=mark,
                memory_mark=60.0 if side == 512 else None,
                ours=lambda n=side: solving(n),
                warm=lambda: solving(8),
                beside={"SciPy sparse LU": lambda n=side: lu_job(n, 1)},
                peers=peers,
            )
        )
    return operators + singles
