"""One pair of spikes on one cell: the equations of the cell, integrated along the waveforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossbar.devices.equations import CircuitCell
from crossbar.errors import ConvergenceError, message
from crossbar.spiking.plasticity.waveform import SEEN, SpikeWaveform
from crossbar.types import Floats

STEPS, MOST = 60, 20_000  # of fourth order in each piece of the waveforms
STRIDE = 0.02  # of the range in a step at the most: cells stop within their last 0.01
REMEDY = "Lower the voltages or the widths of the spikes."
OUTSIDE = 1e-3  # of the range, by which rounding of steps may pass its ends


class Moved(NamedTuple):
    """What a pair did: change of the state, and energy [J] that the cell took, (lags, states)."""

    change: Floats
    energy: Floats


def polarity(cell: CircuitCell) -> float:
    """Return 1 if a positive voltage sets ``cell``, and -1 if a negative one does.

    A cell that a positive voltage sets has its top at the bit line, another at the word line, so
    that a bit line above the word line sets either.
    """
    return float(np.copysign(1.0, cell.pulses.v_set))


def moved(
    cell: CircuitCell, pre: SpikeWaveform, post: SpikeWaveform, lag: Floats, x: Floats
) -> Moved:
    """Return what pairs of the lags ``lag`` (n,) [s] do to cells of the states ``x`` (m,).

    The cell sees post - pre. Between the edges of the waveforms the voltage is smooth, and each
    such piece takes :data:`STEPS` steps of Runge and Kutta, more where a step would move a cell by
    over 2 % of its range. The last piece ends with the tails.

    Raises
    ------
    ConvergenceError
        If the voltages would move a cell through its range some hundred times.
    """
    starts = np.asarray(lag, np.float64)[:, None]
    zero = np.zeros_like(starts)
    edges = np.sort(np.hstack([zero, zero + pre.width, starts, starts + post.width]), axis=1)
    last = edges[:, -1:] + SEEN * max(pre.tau, post.tau)
    edges = np.hstack([edges, last])
    state: Floats = np.broadcast_to(np.asarray(x, np.float64), (len(starts), len(x)))
    energy: Floats = np.zeros(state.shape)
    sign = polarity(cell)
    for begin, end in zip(edges.T[:-1, :, None], edges.T[1:, :, None], strict=True):
        middle = (begin + end) / 2

        def volts(t: Floats, middle: Floats = middle) -> Floats:
            after = post.voltage(t - starts, middle - starts)
            return sign * (after - pre.voltage(t, middle))

        count = _steps(cell, volts, begin, end)
        step = (end - begin) / count
        for k in range(count):
            state, spent = _step(cell, volts, begin + k * step, step, state)
            energy = energy + spent
    if not ((state > -OUTSIDE) & (state < 1 + OUTSIDE)).all():
        raise ConvergenceError(
            message(f"moved of {cell.model}", "states from 0 to 1", "states beyond", REMEDY)
        )
    return Moved(state - x, energy)


def _steps(cell: CircuitCell, volts: Callable[[Floats], Floats], begin: Floats, end: Floats) -> int:
    """Return how many steps the piece from ``begin`` to ``end`` takes, whatever the state."""
    states = np.linspace(0.0, 1.0, 65)
    fastest = max(
        float(np.max(np.abs(cell.rate(volts(t), states)) * (end - begin)))
        for t in (begin, (begin + end) / 2, end)
    )
    count = max(STEPS, int(np.ceil(fastest / STRIDE)))
    if count > MOST:
        got = f"voltages that move it through its range {fastest:.2g} times"
        raise ConvergenceError(message(f"moved of {cell.model}", "a spike", got, REMEDY))
    return count


def _step(
    cell: CircuitCell, volts: Callable[[Floats], Floats], t: Floats, step: Floats, x: Floats
) -> tuple[Floats, Floats]:
    """Return the states a ``step`` after ``t``, and the energies that it takes."""
    first, half, end = volts(t), volts(t + step / 2), volts(t + step)
    k1 = cell.rate(first, x)
    x2 = x + step / 2 * k1
    k2 = cell.rate(half, x2)
    x3 = x + step / 2 * k2
    k3 = cell.rate(half, x3)
    x4 = x + step * k3
    k4 = cell.rate(end, x4)
    power = (
        first * cell.current(first, x)
        + 2 * half * (cell.current(half, x2) + cell.current(half, x3))
        + end * cell.current(end, x4)
    )
    return x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4), step / 6 * power
