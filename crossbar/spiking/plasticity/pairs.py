"""One pair of spikes on one cell: the equations of the cell, integrated along the waveforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossbar.devices.equations import CircuitCell
from crossbar.errors import ConvergenceError, message
from crossbar.spiking.plasticity.waveform import SEEN, SpikeWaveform
from crossbar.types import Floats

STEPS = 60  # of fourth order in each piece of the waveforms
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
    such piece takes :data:`STEPS` steps of Runge and Kutta. The last piece ends with the tails.

    Raises
    ------
    ConvergenceError
        If the voltages move the cell so fast that these steps leave the range of the state.
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
        middle, step = (begin + end) / 2, (end - begin) / STEPS

        def volts(t: Floats, middle: Floats = middle) -> Floats:
            after = post.voltage(t - starts, middle - starts)
            return sign * (after - pre.voltage(t, middle))

        for k in range(STEPS):
            state, spent = _step(cell, volts, begin + k * step, step, state)
            energy = energy + spent
    if not ((state > -OUTSIDE) & (state < 1 + OUTSIDE)).all():
        remedy = "Lower the voltages or the widths of the spikes."
        text = message(f"moved of {cell.model}", "states from 0 to 1", "states beyond", remedy)
        raise ConvergenceError(text)
    return Moved(state - x, energy)


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
