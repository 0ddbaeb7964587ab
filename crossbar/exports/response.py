"""How conductances answer trains of pulses on average: what a train of a given length reaches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.brief import brief
from crossbar.devices import Device
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.types import Floats, Integers

CELLS = 1024  # the mean of whose conductances is taken
POINTS = 2000  # of a train
FAR = 4.0  # times as many pulses as cross the range at the step of its middle
SLOW = 0.5  # of a set step, below which reset steps need a longer train
MOST = 100.0  # times as long a train, for reset steps that hardly move a cell


@dataclass(frozen=True, eq=False)
class Response(Displayed):
    """Mean conductances (points,) [S] after 0, ``stride``, 2 ``stride``, ... pulses.

    ``up`` are those of set pulses from the lowest conductance, ``down`` of reset pulses from the
    highest. Both are monotonic.

    Valid for: cells whose step depends on their conductance alone. Of cells that remember earlier
    pulses, and of laws that bend within their spread, it is the mean of a train from an end of the
    range.
    """

    up: Floats
    down: Floats
    stride: int

    __repr__ = brief

    @classmethod
    def of(cls, device: Device, *, seed: int = 0) -> Response:
        """Return the response of ``device``, the mean over cells that ``seed`` fabricates.

        Raises
        ------
        ConfigError
            If the device has no whole pulses.
        """
        if not device.quantum:
            remedy = "Program its conductances directly; they are in conductances.csv."
            fail("pulses", "a device that whole pulses move", type(device).__name__, remedy)
        low, _, high = device.window
        far = FAR * (high - low) / device.quantum * _longer(device, seed)
        stride = max(1, math.ceil(far / POINTS))
        points = math.ceil(far / stride)
        up = _train(device, low, stride, points, np.random.default_rng(seed))
        down = _train(device, high, -stride, points, np.random.default_rng(seed))
        return cls(np.maximum.accumulate(up), np.minimum.accumulate(down), stride)

    def pulses(self, start: Floats, target: Floats) -> Integers:
        """Return the whole numbers of pulses from ``start`` to ``target`` [S], nearest on average.

        Above zero set pulses, below zero reset pulses; as many as reach the end of a curve where a
        target is beyond it.
        """
        rising = target > start
        up = _inverse(self.up, target) - _inverse(self.up, start)
        down = _inverse(-self.down, -target) - _inverse(-self.down, -start)
        pulses: Integers = np.rint(self.stride * np.where(rising, up, -down)).astype(np.int64)
        return pulses

    def after(self, start: Floats, pulses: Integers) -> Floats:
        """Return the mean conductance [S] of cells that ``pulses`` moved from ``start`` [S]."""
        steps = np.abs(pulses) / self.stride
        at = np.arange(len(self.up), dtype=np.float64)
        up = np.interp(_inverse(self.up, start) + steps, at, self.up)
        down = np.interp(_inverse(-self.down, -start) + steps, at, self.down)
        moved: Floats = np.where(pulses > 0, up, np.where(pulses < 0, down, start))
        return moved


def _longer(device: Device, seed: int) -> float:
    """Return by how much a train is longer than its set steps need, for reset steps far smaller.

    Both are measured at mid-range, as a device tells the size of a set step alone.
    """
    _, middle, _ = device.window
    rise, fall = (
        abs(float(np.diff(_train(device, middle, pulse, 1, np.random.default_rng(seed)))[0]))
        for pulse in (1, -1)
    )
    return 1.0 if fall >= SLOW * rise else rise / max(fall, rise / MOST)


def _train(
    device: Device, start: float, stride: int, points: int, rng: np.random.Generator
) -> Floats:
    """Return the mean conductance [S] along a train that begins with all cells at ``start`` [S]."""
    cells = device.fabricate((CELLS, 1), rng=rng, dtype=np.float64)
    cells.write(np.full((CELLS, 1), start))
    counts, seen = np.full((CELLS, 1), stride, np.int64), [float(cells.g.mean())]
    for _ in range(points):
        cells.pulse(counts, rng=rng)
        seen.append(float(cells.g.mean()))
    return np.array(seen)


def _inverse(curve: Floats, values: Floats) -> Floats:
    """Return the point (a fraction lies between two) at which the rising ``curve`` has ``values``.

    The first of several; its first and last for values beyond.
    """
    rising, first = np.unique(curve, return_index=True)
    point: Floats = np.interp(values, rising, first)
    return point
