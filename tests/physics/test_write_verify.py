"""What write-verify leaves: the spread that tolerance and read noise make, by theory.

The bound of a Kolmogorov distance of n independent cells is sqrt(ln(2 / a) / 2 n), that of a mean
5 standard errors: false alarms of 1e-6 each.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from crossbar.devices import Constant, Memristor, WriteVerify

LOW, HIGH = 1e-6, 41e-6
SPAN, MIDDLE = HIGH - LOW, (LOW + HIGH) / 2
SHAPE = (300, 300)
CELLS = SHAPE[0] * SHAPE[1]
STEP, C2C, NOISE, TOLERANCE = 0.004, 0.5, 0.004, 0.008
FAR = 0.05  # from the target, where cells begin at most; all of these relative to the range
SHARES = 6


def distance(errors: np.ndarray, cumulative: np.ndarray) -> float:
    """Return the Kolmogorov distance of sorted ``errors`` and the distribution there."""
    steps = np.arange(errors.size + 1) / errors.size
    return max(np.abs(cumulative - steps[1:]).max(), np.abs(cumulative - steps[:-1]).max())


def bound(n: int) -> float:
    return math.sqrt(math.log(2 / 1e-6) / (2 * n))


def programmed(way: WriteVerify, far: float):
    """Return errors before and after, relative to the range, and the tally."""
    device = Memristor(g_min=LOW, g_max=HIGH, step=Constant(dw_min=STEP), sigma_c2c=C2C,
                       sigma_read=NOISE, programming=way)  # fmt: skip
    cells = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    before = np.random.default_rng(2).uniform(-far, far, SHAPE)
    target = MIDDLE - before * SPAN
    tally = cells.program(target, rng=np.random.default_rng(3))
    return before.ravel(), ((cells.g - target) / SPAN).ravel(), tally


def test_cells_from_everywhere_end_with_the_spread_of_tolerance_and_noise() -> None:
    """Those that the first read accepts: a uniform error of +-tol plus the noise of the read."""
    far = TOLERANCE + 6 * NOISE  # what lies beyond is accepted once in 1e9
    before, after, _ = programmed(WriteVerify(tolerance=TOLERANCE, tries=1), far)
    errors = np.sort(after[np.abs(after - before) < 1e-12])

    def area(z):  # the integral of Phi
        return z * ndtr(z) + np.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    below = area((errors + TOLERANCE) / NOISE) - area((errors - TOLERANCE) / NOISE)
    assert distance(errors, below * NOISE / (2 * TOLERANCE)) < bound(errors.size)
    squares = errors**2
    spread = TOLERANCE**2 / 3 + NOISE**2
    assert abs(squares.mean() - spread) < 5 * squares.std() / math.sqrt(errors.size)
    accepted = TOLERANCE / far
    assert abs(errors.size / CELLS - accepted) < 5 * math.sqrt(accepted / CELLS)


class Left(NamedTuple):
    """What a cell is left with: its error on the grid, reads (mean, deviation), pulses, missed."""

    grid: np.ndarray
    accepted: np.ndarray
    reads: tuple[float, float]
    pulses: float
    missed: float


def expected(tries: int) -> Left:
    """Return what a cell is left with, by the chain of its errors on a grid.

    A state is an error, how often it has overshot, and which way it was pulsed. A read is the error
    and noise; it accepts or says how many pulses are given, which lead to a normal error.
    """
    fine = STEP / 8
    grid = fine * np.arange(-240, 241)
    most = 24
    counts = np.arange(1, most + 1)
    edge = STEP * (counts + 0.5)
    edge[-1] = np.inf

    def given(share: float) -> np.ndarray:
        """Return the probability (counts, errors) of so many set pulses."""
        up = np.maximum(edge / share, TOLERANCE)
        down = np.maximum(np.append(0.0, edge[:-1]) / share, TOLERANCE)
        return ndtr((-down[:, None] - grid) / NOISE) - ndtr((-up[:, None] - grid) / NOISE)

    chances = [given(2.0**-k) for k in range(SHARES)]
    sigma = STEP * C2C * np.sqrt(counts)[:, None, None]
    moved = grid[None, None, :] - grid[None, :, None] - STEP * counts[:, None, None]
    paths = np.exp(-0.5 * (moved / sigma) ** 2) * fine / (sigma * math.sqrt(2 * math.pi))
    paths = paths.reshape(-1, grid.size)
    accept = ndtr((TOLERANCE - grid) / NOISE) - ndtr((-TOLERANCE - grid) / NOISE)
    start = (np.abs(grid) <= FAR + 1e-9).astype(float)
    start[np.abs(np.abs(grid) - FAR) < 1e-9] = 0.5
    states = np.zeros((2, SHARES, grid.size))  # last pulsed up or down
    first, accepted, waiting, pulses = start / start.sum(), 0.0, [], 0.0
    for _ in range(tries):
        here = states.sum(axis=(0, 1)) + first
        accepted = accepted + here * accept
        waiting.append(here.sum())
        after = np.zeros_like(states)
        for way, flip in ((0, 1), (1, -1)):
            for k in range(SHARES):
                come = states[way, k] + (first if k == 0 else 0)
                come = come + states[1 - way, k - 1] if k else come
                flow = come * chances[k][:, ::flip]
                pulses += (counts * flow.sum(axis=1)).sum()
                after[way, k] += (flow[:, ::flip].ravel() @ paths)[::flip]
        states, first = after, np.zeros_like(first)
    here = states.sum(axis=(0, 1))
    waiting = np.append(waiting, here.sum())  # the probability of a read more
    reads = waiting.sum()
    spread = math.sqrt(((2 * np.arange(waiting.size) + 1) * waiting).sum() - reads**2)
    missed = (here * (1 - accept)).sum()
    return Left(grid, accepted + here * accept, (reads, spread), pulses, missed)


def test_all_cells_end_as_the_chain_of_reads_and_pulses_says() -> None:
    """Errors, reads and pulses after many rounds, by quadrature over the chain of errors."""
    _, after, tally = programmed(WriteVerify(tolerance=TOLERANCE, tries=25), FAR)
    theory = expected(25)
    assert theory.missed < 1e-4
    errors = np.sort(after)
    share = np.append(0.0, np.cumsum(theory.accepted)) / theory.accepted.sum()
    ends = np.append(theory.grid, theory.grid[-1] + STEP / 8) - STEP / 16
    assert distance(errors, np.interp(errors, ends, share)) < bound(CELLS) + 1e-3
    mean, spread = theory.reads
    assert abs(tally.reads / CELLS - mean) < 5 * spread / math.sqrt(CELLS)
    trains = 1.5 * FAR / STEP / math.sqrt(3)  # more than the first of them, 0 to FAR / STEP, vary
    assert abs(tally.pulses / CELLS - theory.pulses) < 5 * trains / math.sqrt(CELLS)


def test_cells_that_are_not_there_in_time_are_as_many_as_the_chain_says() -> None:
    tally = programmed(WriteVerify(tolerance=TOLERANCE, tries=2), FAR)[2]
    missed = expected(2).missed
    assert abs(tally.missed / CELLS - missed) < 5 * math.sqrt(missed / CELLS)
