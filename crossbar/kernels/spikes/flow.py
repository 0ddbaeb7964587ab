"""Membranes of a layer whose neurons fire any number of times, and their adjoints.

A membrane is (w, i, x): voltage above rest, current and what feeds it, as in
:mod:`crossbar.kernels.spikes.crossing`, at a time of its own. While it is refractory w stays, and
its time is the end of that. An adjoint is the gradient of a loss to a membrane. Time is in units of
one time constant and voltage in units of what a weight of 1 brings.

All here works on numbers: an array costs each call of a loop a count of references, which takes as
long as the rest (measured).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from crossbar.kernels.compiling import jit
from crossbar.kernels.spikes.closed import crossing
from crossbar.kernels.spikes.crossing import Motion
from crossbar.kernels.spikes.decays import second, third


class Flow(NamedTuple):
    """What all membranes of a layer have in common: numbers alone, which Numba passes for free."""

    a: float
    """1 / tau_m."""
    b: float
    """1 / tau_s."""
    c: float
    """1 / tau_r."""
    order: int
    """Filters between a spike and the membrane: 0, 1 or 2."""
    form: int
    """How crossings are found, see :mod:`crossbar.kernels.spikes.closed`."""
    threshold: float
    reset: float
    subtracts: bool
    """Whether a spike takes threshold - reset off."""
    refractory: float
    duration: float
    """End of a sample."""
    lag: float
    """From a spike to its arrival at the neurons of its layer; 0 where it arrives at none."""


class Membrane(NamedTuple):
    """A membrane as it is at some time, or a gradient to it."""

    w: float
    i: float
    x: float


class Step(NamedTuple):
    """How (w, i, x) moves by itself for some time: what each becomes, and adds to those before."""

    ww: float
    wi: float
    wx: float
    ii: float
    ix: float
    xx: float


STILL = Step(1.0, 0.0, 0.0, 1.0, 0.0, 1.0)


@jit
def step(f, time):
    """Return how membranes move for ``time``."""
    wi, wx, ii, ix, xx = 0.0, 0.0, 0.0, 0.0, 0.0
    if f.order > 0:
        wi, ii = second(time, f.a, f.b), math.exp(-f.b * time)
    if f.order > 1:
        wx, ix = third(time, f.a, f.b, f.c), second(time, f.b, f.c)
        xx = math.exp(-f.c * time)
    return Step(math.exp(-f.a * time), wi, wx, ii, ix, xx)


@jit
def moved(s, m):
    """Return the membrane ``m`` after the step ``s``."""
    return Membrane(m.w * s.ww + m.i * s.wi + m.x * s.wx, m.i * s.ii + m.x * s.ix, m.x * s.xx)


@jit
def receded(s, p):
    """Return the adjoint ``p`` before the step ``s``."""
    return Membrane(p.w * s.ww, p.w * s.wi + p.i * s.ii, p.w * s.wx + p.i * s.ix + p.x * s.xx)


@jit
def rise(f, m):
    """Return dV/dt."""
    return m.i - f.a * m.w


@jit
def charged(f, m, weight, wait):
    """Return the membrane ``m`` with what a ``weight`` brings that arrived ``wait`` ago.

    That is 0, or the rest of the time that it is refractory.
    """
    if f.order == 0:
        return Membrane(m.w + (weight if wait <= 0.0 else 0.0), m.i, m.x)
    s = step(f, wait) if wait > 0.0 else STILL
    if f.order == 1:
        return Membrane(m.w, m.i + weight * f.b * s.ii, m.x)
    size = weight * f.b * f.c
    return Membrane(m.w, m.i + size * s.ix, m.x + size * s.xx)


@jit
def fired(f, m, hold):
    """Return the membrane ``m``, which is at its spike, after the refractory time ``hold``."""
    over = m.w - f.threshold if f.subtracts and f.order == 0 else 0.0
    return Membrane(f.reset + over, m.i * hold.ii + m.x * hold.ix, m.x * hold.xx)


@jit
def due(f, m):
    """Return for how long the membrane ``m`` does not fire if nothing more arrives."""
    return crossing(Motion(m.w, m.i, m.x, f.a, f.b, f.c), f.threshold, f.form)


@jit
def owed(f, p, weight):
    """Return the gradients to the ``weight`` and to the time of an arrival, where the adjoint is p.

    The arrival adds B weight to (w, i, x), which moves by A (w, i, x): they are p B and -p A B
    weight.
    """
    if f.order == 0:
        return p.w, f.a * p.w * weight
    if f.order == 1:
        return f.b * p.i, -f.b * (p.w - f.b * p.i) * weight
    size = f.b * f.c
    return size * p.x, -size * (p.i - f.c * p.x) * weight
