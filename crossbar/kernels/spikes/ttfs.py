"""First spikes of layers of leaky neurons, and what they owe to weights, delays and inputs.

Times are in units of the synaptic time constant, weights and thresholds in units of the same
charge. The membrane has twice the time constant of the synapse, so that its voltage after the
arrivals a_i is V(t) = 2 (A u - B u^2), u = exp(-(t - r) / 2), with A = sum w_i exp((a_i - r) / 2)
and B = sum w_i exp(a_i - r). The reference r is the latest arrival: A and B decay from one arrival
to the next, and no exponential grows.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.crossing import NEVER
from crossbar.types import Doubles, Integers


@jit
def _sort(order: Integers, arrivals: Doubles) -> int:
    """Sort inputs that arrive from how ``order`` leaves them, and return how many they are."""
    count = 0
    for k in range(order.size):  # those that arrive come first
        i = order[k]
        if arrivals[i] < NEVER:
            order[k] = order[count]
            order[count] = i
            count += 1
    for k in range(1, count):
        moved = order[k]
        arrival, m = arrivals[moved], k
        while m > 0 and arrivals[order[m - 1]] > arrival:
            order[m] = order[m - 1]
            m -= 1
        order[m] = moved
    return count


@jit
def _arrange(
    times: Doubles, delays: Doubles, order: Integers, arrivals: Doubles, decays: Doubles
) -> int:
    """Fill arrivals in, sort them, and write exp(-gap / 2) before each; return their number."""
    for i in range(times.size):
        arrivals[i] = times[i] + delays[i]
    count = _sort(order, arrivals)
    for k in range(1, count):
        decays[k] = math.exp(0.5 * (arrivals[order[k - 1]] - arrivals[order[k]]))
    return count


@jit
def _first(
    order: Integers, arrivals: Doubles, decays: Doubles, count: int, weights: Doubles,
    reads: Integers, half: float,
) -> float:  # fmt: skip
    """Return when V first reaches the threshold 2 ``half``; never where it does not.

    After an arrival V rises through it at the larger root u of B u^2 - A u + half = 0, which
    there is for B > 0 and A^2 > 4 B half alone.
    """
    a, b = 0.0, 0.0
    for k in range(count):
        i = order[k]
        if k > 0:
            a *= decays[k]
            b *= decays[k] * decays[k]
        a += weights[reads[i]]
        b += weights[reads[i]]
        inside = a * a - 4.0 * b * half
        if b > 0.0 and a > 0.0 and inside > 0.0:
            grown = 2.0 * b / (a + math.sqrt(inside))  # 1 / u
            if grown > 1.0 and (k + 1 == count or grown * decays[k + 1] <= 1.0):
                crossing: float = arrivals[i] + 2.0 * math.log(grown)
                return crossing
    return NEVER


@jit
def first_spikes(
    times: Doubles, weights: Doubles, reads: Integers, delays: Doubles, threshold: float,
    spikes: Doubles,
) -> None:  # fmt: skip
    """Write the first spike of every neuron into ``spikes`` (n, cols), infinity for none.

    Parameters
    ----------
    times : (n, rows)
        Spikes of the inputs, infinity for none.
    weights : (cols, reads)
        One row a neuron, of the rows of inputs as they were read.
    reads : (n or 1, rows)
        Which of them the spike of each input reads; 1 where that is the same for all samples.
    delays : (1, rows) or (cols, rows)
        Of an input to all neurons alike, or to each.
    threshold
        Above 0.
    """
    rows, shared = times.shape[1], delays.shape[0] == 1
    order, arrivals, decays = np.arange(rows), np.empty(rows), np.ones(rows)
    for n in range(times.shape[0]):
        count, own = 0, reads[n if reads.shape[0] > 1 else 0]
        for j in range(weights.shape[0]):
            if j == 0 or not shared:
                count = _arrange(times[n], delays[j], order, arrivals, decays)
            spikes[n, j] = _first(order, arrivals, decays, count, weights[j], own, 0.5 * threshold)


@jit
def spike_slopes(
    times: Doubles, weights: Doubles, reads: Integers, delays: Doubles, spikes: Doubles,
    errors: Doubles, steepest: float, by_weight: Doubles, by_delay: Doubles, by_time: Doubles,
) -> None:  # fmt: skip
    """Add the gradients of a loss to ``by_weight``, ``by_delay`` and ``by_time``.

    V(t, p) = threshold keeps the crossing, so that dt/dp = -(dV/dp) / V'(t): with e =
    exp(-(t - a_i) / 2), dV/dw_i = 2 (e - e^2), dV/da_i = w_i (e - 2 e^2) and V' = -sum dV/da_i.

    Parameters
    ----------
    times, weights, reads, delays
        As of :func:`first_spikes`, which gave ``spikes``.
    errors : (n, cols)
        Derivative of the loss to every spike.
    steepest
        Least V' to divide by: a crossing that only just happens moves without bounds. 0 for exact.
    by_weight, by_delay, by_time
        (cols, rows), the same (a delay that is shared has the sum of a column), and as times.
    """
    rows, shared = times.shape[1], delays.shape[0] == 1
    order, arrivals, decays = np.arange(rows), np.empty(rows), np.ones(rows)
    charged, moved = np.empty(rows), np.empty(rows)
    for n in range(times.shape[0]):
        count, own = 0, reads[n if reads.shape[0] > 1 else 0]
        for j in range(weights.shape[0]):
            if j == 0 or not shared:
                count = _arrange(times[n], delays[j], order, arrivals, decays)
            spike, error = spikes[n, j], errors[n, j]
            if spike == NEVER or error == 0.0:
                continue
            last = count - 1
            while last >= 0 and arrivals[order[last]] >= spike:
                last -= 1
            e, slope = math.exp(0.5 * (arrivals[order[last]] - spike)), 0.0
            for k in range(last, -1, -1):
                i = order[k]
                charged[k] = 2.0 * (e - e * e)
                moved[k] = weights[j, own[i]] * (e - 2.0 * e * e)
                slope -= moved[k]
                e *= decays[k]
            factor = -error / max(slope, steepest)
            for k in range(last + 1):
                i = order[k]
                by_weight[j, i] += factor * charged[k]
                by_delay[j, i] += factor * moved[k]
                by_time[n, i] += factor * moved[k]
