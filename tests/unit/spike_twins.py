"""Plain twins of the compiled loops of membranes: matrix exponentials, a grid and a bracket."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

GRID = 4000


def generator(a: float, b: float, c: float) -> np.ndarray:
    """The matrix M of (w, i, x)' = M (w, i, x)."""
    return np.array([[-a, 1.0, 0.0], [0.0, -b, 1.0], [0.0, 0.0, -c]])


def expm(m: np.ndarray) -> np.ndarray:
    """e^M by its series and squarings; SciPy takes differences of nearly equal rates."""
    halvings = max(0, math.ceil(math.log2(np.abs(m).max() + 1e-300))) + 1
    term = total = np.eye(3)
    for n in range(1, 20):
        term = term @ m / (2.0**halvings * n)
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def crossing(y: np.ndarray, m: np.ndarray, gap: float, end: float) -> float:
    """Return when w, the first of ``y``, is at ``gap`` or above; infinite if not before ``end``."""
    if y[0] >= gap:
        return 0.0
    dt = end / GRID
    step, now = expm(m * dt), y
    for k in range(GRID):
        after = step @ now
        if after[0] >= gap:
            return k * dt + brentq(
                lambda s, now=now: (expm(m * s) @ now)[0] - gap, 0, dt, xtol=1e-15
            )
        now = after
    return math.inf


def respond(neuron, times, charges, current: float, until: float) -> list[float]:
    """Return the spikes of one LIF neuron, as its class says how they come about."""
    a = 1.0 / neuron.tau_m
    b = 1.0 / (neuron.tau_s or neuron.tau_m)
    c = 1.0 / neuron.tau_r if neuron.tau_r else b
    m, capacitance = generator(a, b, c), neuron.capacitance
    settles = neuron.rest + current / neuron.g_leak
    shift = np.array([settles, 0.0, 0.0])
    y, t, free, fired = np.array([neuron.rest, 0.0, 0.0]), 0.0, 0.0, []
    for k in range(len(times) + 1):
        end = times[k] if k < len(times) else until
        while t < end:
            if t < free:  # V stays, and the rest moves
                stop = min(free, end)
                v, moved = y[0], expm(m * (stop - t)) @ (y * [0, 1, 1])
                y, t = np.array([v, *moved[1:]]), stop
                continue
            wait = crossing(y - shift, m, neuron.threshold - settles, end - t)
            stop = min(t + wait, end)
            y, t = expm(m * (stop - t)) @ (y - shift) + shift, stop
            if t < end:
                fired.append(t)
                over = max(y[0] - neuron.threshold, 0.0) if neuron.reset_by == "subtraction" else 0
                y[0], free = neuron.reset + over, t + neuron.refractory
        if k < len(times):
            push = charges[k] / capacitance
            if neuron.tau_r:
                y[2] += push * b * c
            elif neuron.tau_s:
                y[1] += push * b
            elif t >= free:
                y[0] += push
    return fired
