"""What the spikes and voltages of a layer owe to weights, delays and inputs: time backwards.

The adjoint p = (p_w, p_i, p_x) of a neuron, the gradient of a loss to its state, goes back through
its events. With the slopes w' before a spike and at the end of its refractory time, and the
gradient D to the time of that spike, from the loss and from all that it sends to,

- at that end D gains -p_w w', as a later end lets the membrane move later, and p_w becomes 0, or
  stays where the reset subtracts a jump;
- at the spike p_w becomes -D / w', as w = threshold sets its time; a jump of w across the threshold
  is at the time of its arrival instead, which gains D.

Source: Wunderlich and Pehle, Sci. Rep. 11:12829, 2021, for one exponential without refractory time
and delays; the rest is derived.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.arrivals import ALL, arrange
from crossbar.kernels.spikes.crossing import NEVER
from crossbar.kernels.spikes.events import Fired, Given, own_row, row_of
from crossbar.kernels.spikes.flow import Flow, Membrane, owed, receded, step
from crossbar.types import Doubles, Integers, Masks


class Owed(NamedTuple):
    """Gradients of a loss."""

    by_weight: Doubles
    """(lines, cols)."""
    by_own: Doubles
    """(cols, cols)."""
    by_delay: Doubles
    """As delays."""
    by_time: Doubles
    """As times of inputs."""


class _Back(NamedTuple):
    """Adjoints (cols, 3) at their times (cols,), and what else goes back with each neuron."""

    y: Doubles
    at: Doubles
    late: Doubles
    """Gradient to the time of its event before."""
    held: Masks
    """Whether it is refractory."""
    left: Integers
    """Spikes that it has before."""


@jit
def _recede(f, back, n, low, high, time, since, fires, errors, least):
    """Bring adjoints ``low`` to ``high`` back to ``time``, and through their spikes from then on.

    Many are at ``since``. ``least`` is the least slope to divide by.
    """
    (y, at, late, held, left), spikes, slopes = back, fires.spikes, fires.slopes
    common, keeps = step(f, since - time), f.order == 0 and f.subtracts
    for j in range(low, high):
        p, t, going = Membrane(y[j, 0], y[j, 1], y[j, 2]), at[j], True
        while going:
            slot = left[j] - 1
            spike = spikes[n, j, slot] if slot >= 0 else -NEVER
            over = spike + f.refractory
            enters = not held[j] and slot >= 0 and (spike >= time or over > time)
            leaves = held[j] and spike >= time
            goal = min(over, t) if enters else (spike if leaves else time)
            moves = p.w != 0.0 or p.i != 0.0 or p.x != 0.0
            if goal < t and moves and not (held[j] and f.order == 0):
                p = receded(common if t == since and goal == time else step(f, t - goal), p)
            t = goal
            if enters:
                late[j] -= p.w * slopes[n, j, slot, 1] if goal == over else 0.0
                p, held[j] = Membrane(p.w if keeps else 0.0, p.i, p.x), True
            elif leaves:
                late[j] += errors[n, j, slot]
                if f.order == 0:
                    late[j] += p.w * slopes[n, j, slot, 0]
                else:
                    p = Membrane(-late[j] / max(slopes[n, j, slot, 0], least), p.i, p.x)
                    late[j] = 0.0
                left[j], held[j] = slot, False
            else:
                going = False
        y[j, 0], y[j, 1], y[j, 2], at[j] = p.w, p.i, p.x, t


@jit
def _charge(f, back, low, high, weights, row, sums, one):
    """Add the gradients of an arrival to row ``one`` of ``sums``; return that to its time."""
    total, y, late, held = 0.0, back.y, back.late, back.held
    for j in range(low, high):
        if f.order > 0 or not held[j]:  # the reset switch takes jumps
            charge, moved = owed(f, Membrane(y[j, 0], y[j, 1], y[j, 2]), weights[row, j])
            if f.order == 0:
                moved, late[j] = moved + late[j], 0.0
            sums[one, j] += charge
            total += moved
    return total


@jit
def event_slopes(
    f: Flow, given: Given, fires: Fired, errors: Doubles, ends: Doubles, least: float, owes: Owed
) -> None:
    """Add the gradients of a loss to those in ``owes``.

    Parameters
    ----------
    f, given, fires
        As :func:`~crossbar.kernels.spikes.events.run_events` left them.
    errors : (n, cols, spikes)
        Derivative of the loss to every spike; it becomes that with all that the spike sends to.
    ends : (n, cols)
        Derivative of the loss to every voltage at the end.
    least
        Least slope to divide by: a crossing that only just happens moves without bounds. 0 for
        exact.
    """
    times, delays, read, rows, own, own_rows = given
    spikes, counts, log = fires.spikes, fires.counts, fires.log
    by_weight, by_own, by_delay, by_time = owes
    cols, slots = counts.shape[1], times.shape[1] // delays.shape[1]
    y, at, late, held, left = back = _Back(
        np.empty((cols, 3)), np.empty(cols), np.empty(cols), np.empty(cols, np.bool_),
        np.empty(cols, np.int64),
    )  # fmt: skip
    for n in range(times.shape[0]):
        arrivals, which, targets = arrange(times[n], delays, slots, f.duration)
        y[:], at[:], late[:], held[:], left[:] = 0.0, f.duration, 0.0, False, counts[n]
        y[:, 0], since = ends[n], f.duration
        k, echo = arrivals.size - 1, counts[n].sum() - 1 if f.lag > 0.0 else -1
        sent, missed = spikes[n].reshape(-1), errors[n].reshape(-1)
        while k >= 0 or echo >= 0:
            arrival = arrivals[k] if k >= 0 else -NEVER
            echoed = sent[log[n, echo]] + f.lag if echo >= 0 else -NEVER
            if echoed >= f.duration:
                echo -= 1
                continue
            from_own = echoed >= arrival
            if from_own:
                time, source, target = echoed, log[n, echo], ALL
                one, slot = divmod(source, spikes.shape[2])
                weights, row, sums = own, own_row(own_rows, n, one, slot), by_own
                echo -= 1
            else:
                time, source, target = arrival, which[k], targets[k]
                one = source // slots
                weights, row, sums = read, row_of(rows, n, source), by_weight
                k -= 1
            low, high = (0, cols) if target == ALL else (target, target + 1)
            _recede(f, back, n, low, high, time, since, fires, errors, least)
            total = _charge(f, back, low, high, weights, row, sums, one)
            since = time
            if from_own:
                missed[source] += total
            else:
                by_time[n, source] += total
                by_delay[max(target, 0), one] += total
