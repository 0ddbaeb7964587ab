"""Leaky integrate-and-fire membranes between events: exact, one after the other.

While a membrane is refractory its voltage stays, its currents decay, and its own time ``t`` is the
end of that: what arrives before is carried there.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.closed import crossing
from crossbar.kernels.spikes.crossing import NEVER, Motion, height, later
from crossbar.kernels.spikes.decays import second
from crossbar.types import Doubles, Floats, Integers

DRIVE, RECEIVE, WAIT = range(3)
"""What a loop does to a membrane: change its current, give it a charge, let it fire."""


class Membranes(NamedTuple):
    """Parameters and state of each membrane, arrays (count,), and what all have in common."""

    threshold: Doubles
    """[V]."""
    rest: Doubles
    """[V]."""
    capacitance: Doubles
    """[F]."""
    a: Doubles
    """1 / tau_m [1/s]."""
    form: Integers
    """How crossings are found, see ``closed``."""
    t: Doubles
    """Time of the state [s]."""
    v: Doubles
    """Voltage [V]."""
    i: Doubles
    """Synaptic current over capacitance [V/s]."""
    x: Doubles
    """What feeds that current [V/s^2]."""
    settles: Doubles
    """Voltage that it goes to without synaptic current [V]."""
    due: Doubles
    """Time of the next spike if nothing more arrives [s], infinite if there is none."""
    lost: Integers
    """Arrivals at a membrane that was held, and whose charge went to the switch."""
    b: float
    """1 / tau_s [1/s]."""
    c: float
    """1 / tau_r [1/s]."""
    order: int
    """Filters between a spike and the membrane: 0, 1 or 2."""
    reset: float
    """[V]."""
    refractory: float
    """[s]."""
    subtracts: bool
    """Whether a spike takes threshold - reset off, in place of setting the voltage."""


@jit
def motion(m, j):
    """Return how membrane ``j`` moves by itself from its time on."""
    return Motion(m.v[j] - m.settles[j], m.i[j], m.x[j], m.a[j], m.b, m.c)


@jit
def forecast(m, j):
    """Return the next spike of membrane ``j``, if nothing more arrives."""
    gap = m.threshold[j] - m.settles[j]
    return m.t[j] + crossing(motion(m, j), gap, m.form[j])


@jit
def advance(m, j, t):
    """Bring membrane ``j`` to time ``t``, unless it is ahead."""
    if t > m.t[j]:
        moved = later(motion(m, j), t - m.t[j])
        m.v[j], m.i[j], m.x[j], m.t[j] = m.settles[j] + moved.w, moved.i, moved.x, t


@jit
def receive(m, j, t, charge):
    """Add a ``charge`` [C] that arrives at ``t`` to membrane ``j``, which is there or ahead."""
    push, wait = charge / m.capacitance[j], m.t[j] - t
    if m.order == 1:
        m.i[j] += push * m.b * math.exp(-m.b * wait)
    elif m.order == 2:
        m.i[j] += push * m.b * m.c * second(wait, m.b, m.c)
        m.x[j] += push * m.b * m.c * math.exp(-m.c * wait)
    elif wait > 0.0:
        m.lost[j] += 1
    else:
        m.v[j] += push


@jit
def fire(m, j):
    """Reset membrane ``j``, which is at its spike, and hold it until that is over."""
    over = max(m.v[j] - m.threshold[j], 0.0) if m.subtracts else 0.0
    m.v[j] = m.reset + over
    wait = m.refractory
    m.t[j] += wait
    if m.order > 0:
        m.i[j] = m.i[j] * math.exp(-m.b * wait) + m.x[j] * second(wait, m.b, m.c)
        m.x[j] *= math.exp(-m.c * wait)


@jit
def voltages(m: Membranes, t: float) -> Doubles:
    """Return the voltages at ``t``, (count,) [V]: those of held membranes are as they are."""
    v = np.empty(m.t.size)
    for j in range(v.size):
        wait = t - m.t[j]
        v[j] = m.settles[j] + height(motion(m, j), wait) if wait > 0.0 else m.v[j]
    return v


@jit
def wider(array):
    """Return an array of twice the size that begins with ``array``."""
    twice = np.empty(2 * array.size, array.dtype)
    twice[: array.size] = array
    return twice


@jit
def settling(m, j, current):
    """Return the voltage that membrane ``j`` goes to with a ``current`` [A]."""
    return m.rest[j] + current / (m.a[j] * m.capacitance[j])


@jit
def respond(
    m: Membranes,
    times: Floats,
    neurons: Integers,
    charges: Floats,
    current: Floats,
    begin: float,
    until: float,
) -> tuple[Doubles, Integers]:
    """Deliver ``charges`` at ``times`` and return the spikes before ``until``, unsorted.

    A ``current`` (count,) [A] flows from ``begin`` on. Charge that moves the voltage at once counts
    together with all that arrives at that instant; behind a filter it moves no voltage at that
    instant, and a spike that is due then is fired.
    """
    spikes, lines, count = np.empty(64), np.empty(64, np.int64), 0
    size, arrivals = m.t.size, times.size
    for k in range(-size, arrivals + size):
        j, at, end, task = k - arrivals, until, until, WAIT
        if k < 0:
            j, at, task = k + size, begin, DRIVE
            if settling(m, j, current[j]) == m.settles[j]:
                continue
        elif k < arrivals:
            j, at, task = neurons[k], times[k], RECEIVE
            end = np.nextafter(at, NEVER) if m.order > 0 else at
        while True:
            fires = task != DRIVE and m.due[j] < end
            if task == WAIT and not fires:
                break
            advance(m, j, m.due[j] if fires else at)
            if fires:
                if count == spikes.size:
                    spikes, lines = wider(spikes), wider(lines)
                spikes[count], lines[count] = m.due[j], j
                count += 1
                fire(m, j)
            elif task == RECEIVE:
                receive(m, j, at, charges[k])
            else:
                m.settles[j], end = settling(m, j, current[j]), begin
            if not fires:
                task = WAIT
            m.due[j] = forecast(m, j)
            again = count > 0 and lines[count - 1] == j and spikes[count - 1] == m.due[j]
            if again and m.v[j] < m.threshold[j]:
                m.due[j] = np.nan  # it charges within the rounding of time
    return spikes[:count], lines[:count]
