"""Leaky integrate-and-fire membranes between events: exact, one after the other.

While a membrane is refractory its voltage stays, its currents decay, and its own time ``t`` is the
end of that: what arrives before is carried there.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.closed import crossing
from crossbar.kernels.spikes.crossing import NEVER, Motion, height, later
from crossbar.kernels.spikes.decays import second
from crossbar.types import Doubles, Floats, Integers, Records

DRIVE, RECEIVE, WAIT = range(3)
"""What a loop does to a membrane: change its current, give it a charge, let it fire."""

MEMBRANE = np.dtype(
    [
        ("threshold", "f8"),  # V
        ("rest", "f8"),  # V
        ("capacitance", "f8"),  # F
        ("a", "f8"),  # 1 / tau_m, 1/s
        ("form", "i8"),  # how crossings are found, see closed
        ("t", "f8"),  # time of the state, s
        ("v", "f8"),  # voltage, V
        ("i", "f8"),  # synaptic current over capacitance, V/s
        ("x", "f8"),  # what feeds that current, V/s^2
        ("settles", "f8"),  # voltage that it goes to without synaptic current, V
        ("due", "f8"),  # time of the next spike if nothing more arrives, s; infinite without one
        ("lost", "i8"),  # arrivals while it was held, whose charge went to the switch
    ]
)
COMMON = np.dtype(
    [
        ("b", "f8"),  # 1 / tau_s, 1/s
        ("c", "f8"),  # 1 / tau_r, 1/s
        ("order", "i8"),  # filters between a spike and the membrane: 0, 1 or 2
        ("reset", "f8"),  # V
        ("refractory", "f8"),  # s
        ("subtracts", "i8"),  # whether a spike takes threshold - reset off
    ]
)
"""Membranes are records (count,), and one (1,) of what all have in common: as in ``queues``."""


@jit
def motion(m, shared, j):
    """Return how membrane ``j`` moves by itself from its time on."""
    w = m[j].v - m[j].settles
    return Motion(w, m[j].i, m[j].x, m[j].a, shared[0].b, shared[0].c)


@jit
def forecast(m, shared, j):
    """Return the next spike of membrane ``j``, if nothing more arrives."""
    gap = m[j].threshold - m[j].settles
    return m[j].t + crossing(motion(m, shared, j), gap, m[j].form)


@jit
def advance(m, shared, j, t):
    """Bring membrane ``j`` to time ``t``, unless it is ahead."""
    if t > m[j].t:
        moved = later(motion(m, shared, j), t - m[j].t)
        m[j].v, m[j].i, m[j].x, m[j].t = m[j].settles + moved.w, moved.i, moved.x, t


@jit
def receive(m, shared, j, t, charge):
    """Add a ``charge`` [C] that arrives at ``t`` to membrane ``j``, which is there or ahead."""
    push, wait = charge / m[j].capacitance, m[j].t - t
    b, c, order = shared[0].b, shared[0].c, shared[0].order
    if order == 1:
        m[j].i += push * b * math.exp(-b * wait)
    elif order == 2:
        m[j].i += push * b * c * second(wait, b, c)
        m[j].x += push * b * c * math.exp(-c * wait)
    elif wait > 0.0:
        m[j].lost += 1
    else:
        m[j].v += push


@jit
def fire(m, shared, j):
    """Reset membrane ``j``, which is at its spike, and hold it until that is over."""
    over = max(m[j].v - m[j].threshold, 0.0) if shared[0].subtracts else 0.0
    m[j].v = shared[0].reset + over
    b, c, wait = shared[0].b, shared[0].c, shared[0].refractory
    m[j].t += wait
    if shared[0].order > 0:
        m[j].i = m[j].i * math.exp(-b * wait) + m[j].x * second(wait, b, c)
        m[j].x *= math.exp(-c * wait)


@jit
def voltages(m: Records, shared: Records, t: float) -> Doubles:
    """Return the voltages at ``t``, (count,) [V]: those of held membranes are as they are."""
    v = np.empty(m.size)
    for j in range(v.size):
        wait = t - m[j].t
        v[j] = m[j].settles + height(motion(m, shared, j), wait) if wait > 0.0 else m[j].v
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
    return m[j].rest + current / (m[j].a * m[j].capacitance)


@jit
def respond(
    m: Records,
    shared: Records,
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
    size, arrivals = m.size, times.size
    for k in range(-size, arrivals + size):
        j, at, end, task = k - arrivals, until, until, WAIT
        if k < 0:
            j, at, task = k + size, begin, DRIVE
            if settling(m, j, current[j]) == m[j].settles:
                continue
        elif k < arrivals:
            j, at, task = neurons[k], times[k], RECEIVE
            end = np.nextafter(at, NEVER) if shared[0].order > 0 else at
        while True:
            fires = task != DRIVE and m[j].due < end
            if task == WAIT and not fires:
                break
            advance(m, shared, j, m[j].due if fires else at)
            if fires:
                if count == spikes.size:
                    spikes, lines = wider(spikes), wider(lines)
                spikes[count], lines[count] = m[j].due, j
                count += 1
                fire(m, shared, j)
            elif task == RECEIVE:
                receive(m, shared, j, at, charges[k])
            else:
                m[j].settles, end = settling(m, j, current[j]), begin
            if not fires:
                task = WAIT
            m[j].due = forecast(m, shared, j)
            again = count > 0 and lines[count - 1] == j and spikes[count - 1] == m[j].due
            if again and m[j].v < m[j].threshold:
                m[j].due = np.nan  # it charges within the rounding of time
    return spikes[:count], lines[:count]
