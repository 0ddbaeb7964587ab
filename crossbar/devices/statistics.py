"""What many cells of a device do: means and standard deviations over cells, as they are measured.

Conductances are in siemens, one column a target; every function fabricates ``cells`` new cells for
each target.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.devices.cells import Cells
from crossbar.devices.device import Device
from crossbar.devices.noise import read_variance
from crossbar.types import Floats, Rng

POINTS = 100  # of a train of pulses
LATE = (1e4, 1e6)  # s, between which exponents are measured: about a day
LATER = LATE[1] ** 2 / LATE[0]  # s, as many decades after
TRIED = 8  # cells that are left alone to see whether they follow a power law
SAME = 1e-5  # relative, by which what a cell keeps over two such spans may differ; rounding is less
FAR = 3.0  # times as many pulses as cross the range at the step of its middle


class Moments(NamedTuple):
    """Mean and standard deviation over cells, last axis targets."""

    mean: Floats
    sd: Floats


class Train(NamedTuple):
    """Conductances over set pulses, then over as many reset pulses."""

    pulses: Floats
    """(points,) Numbers of pulses given."""
    g: Floats
    """(points, cells) [S]"""
    turn: int
    """Number of pulses from which on they are reset pulses."""


def moments(values: Floats) -> Moments:
    """Return mean and standard deviation of ``values`` (..., cells, targets)."""
    return Moments(values.mean(axis=-2), values.std(axis=-2, ddof=1))


def train(device: Device, cells: int, *, rng: Rng) -> Train:
    """Return what set pulses from the lower end of the range do, then reset pulses."""
    low, _, high = device.window
    state = _written(device, np.array([low]), cells, rng)
    each = max(1, math.ceil(FAR * (high - low) / device.quantum / POINTS))
    seen = [state.g[:, 0].copy()]
    for sign in np.repeat([1, -1], POINTS):
        state.pulse(np.full((cells, 1), sign * each, np.int64), rng=rng)
        seen.append(state.g[:, 0].copy())
    return Train(each * np.arange(2 * POINTS + 1.0), np.array(seen), each * POINTS)


def steps(device: Device, g: Floats, cells: int, *, rng: Rng) -> tuple[Moments, Moments]:
    """Return what one set pulse adds, and one reset pulse takes, at conductances ``g`` [S]."""
    both = []
    for sign in (1, -1):
        state = _written(device, g, cells, rng)
        before = state.g.copy()
        state.pulse(np.full(state.g.shape, sign, np.int64), rng=rng)
        both.append(moments(sign * (state.g - before)))
    return both[0], both[1]


def programmed(device: Device, targets: Floats, cells: int, *, rng: Rng) -> Moments:
    """Return the conductances [S] that cells have after they were programmed to ``targets`` [S]."""
    state = device.fabricate((cells, targets.size), rng=rng, dtype=np.float64)
    state.program(np.tile(targets, (cells, 1)), rng=rng)
    return moments(state.g)


def read_noise(device: Device, targets: Floats, seconds: Floats, cells: int, *, rng: Rng) -> Floats:
    """Return the standard deviation of a read [S], (times, targets), ``seconds`` after writing."""
    state, seen = _written(device, targets, cells, rng), []
    for time in seconds:
        state.age(float(time))
        seen.append(read_variance(device.read_noise, state.g, state.flicker()).mean(axis=0))
    sigma: Floats = np.sqrt(np.array(seen))
    return sigma


def drifted(device: Device, targets: Floats, seconds: Floats, cells: int, *, rng: Rng) -> Moments:
    """Return what cells keep of their conductance, relative, (times, targets)."""
    state, seen = _written(device, targets, cells, rng), []
    before = state.g.copy()
    for time in seconds:
        state.age(float(time))
        seen.append(_ratio(state.g, before))
    return moments(np.array(seen))


def drifts_by_power(device: Device, *, rng: Rng) -> bool:
    """Return whether conductances fall by a power of time, so that they have exponents.

    It is tried on some cells at the upper end of the range: what each keeps over two decades of
    time about a day after the write, and over the next two, is then the same, and not all.
    """
    state = _written(device, np.array([device.window[2]]), TRIED, rng)
    seen = []
    for time in (*LATE, LATER):
        state.age(time)
        seen.append(state.g.copy())
    early, late = _ratio(seen[1], seen[0]), _ratio(seen[2], seen[1])
    return bool(0 < early.min() < 1 and np.allclose(early, late, rtol=SAME, atol=0.0))


def drift_exponents(device: Device, targets: Floats, cells: int, *, rng: Rng) -> Moments:
    """Return the drift exponents -d ln g / d ln t of cells, about a day after writing.

    Valid for: cells that drift by a power of time; see :func:`drifts_by_power`.
    """
    state = _written(device, targets, cells, rng)
    state.age(LATE[0])
    before = state.g.copy()
    state.age(LATE[1])
    return moments(-np.log(_ratio(state.g, before)) / np.log(LATE[1] / LATE[0]))


def _ratio(g: Floats, before: Floats) -> Floats:
    """Return g / before, 1 for cells that conducted nothing."""
    return np.divide(g, before, out=np.ones_like(g), where=before > 0)


def _written(device: Device, targets: Floats, cells: int, rng: Rng) -> Cells:
    """Return new cells that stand at ``targets``, each as near as its own bounds let it."""
    state = device.fabricate((cells, targets.size), rng=rng, dtype=np.float64)
    state.write(np.tile(targets, (cells, 1)))
    state.begin()
    return state
