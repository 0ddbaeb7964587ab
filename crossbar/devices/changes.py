"""Changes that bare cells are asked for, without an array around them."""

from __future__ import annotations

import numpy as np

from crossbar.devices.cells import Cells
from crossbar.devices.tally import Tally
from crossbar.kernels import offers
from crossbar.types import Floats, Rng


def change_cells(cells: Cells, wanted: Floats, *, rng: Rng) -> Tally:
    """Move ``cells`` by about ``wanted`` (rows, cols) [S], and return what that took.

    Cells with pulses get whole numbers of them, rounded as the device says and cut at its
    ``max_pulses``; those with steps of any size move exactly, as far as their bounds.
    """
    device = cells.spec
    if device.quantum == 0:
        return cells.write(cells.g + wanted)
    pulses = wanted / device.quantum
    dither = rng.random(pulses.shape) if device.rounding.stochastic else 0.5
    counts = np.floor(pulses + dither).astype(np.int64)
    most, before = device.max_pulses, cells.g.copy()
    tally = cells.pulse(np.clip(counts, -most, most), rng=rng)
    tally.totals[offers.CHANGED] = np.count_nonzero(cells.g != before)  # not pulse by pulse
    tally.totals[offers.SATURATED] += np.count_nonzero(np.abs(counts) > most)
    return tally
