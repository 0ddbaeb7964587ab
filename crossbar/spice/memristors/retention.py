"""Retention of memristors in ngspice: how far a bias moves the state."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossbar.errors import require_number
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number
from crossbar.spice.memristors import CircuitCell
from crossbar.spice.memristors.hysteresis import POINTS, prepared


class Retention(NamedTuple):
    """Relative change of the conductance, and time [s] to a tenth, infinite if not reached."""

    change: float
    ten_percent: float


def retention(cell: CircuitCell, *, bias: float, start: float, seconds: float) -> Retention:
    """Hold ``cell`` at ``bias`` [V] (0: left alone) from the state ``start`` in ngspice.

    The conductance is taken from the state, at the read voltage of the cell: at no bias there is
    no current to read.
    """
    require_number("retention.start", start, low=0, high=1)
    require_number("retention.seconds", seconds, above=0, high=1e9, unit="s")
    held = replace(cell, x0=start)
    deck = prepared(f"retention of {cell.model}", held)
    deck.add(f"Vbias top 0 {number(bias)}")
    deck.instance("xcell", cell.model, "top", "0", "state", **held.parameters())
    deck.tran(step=seconds / POINTS, stop=seconds, longest=seconds / POINTS, uic=True)
    deck.save("v(state)")
    waves = run(deck)
    g = cell.conductance(cell.pulses.v_read, waves["v(state)"])
    change = np.abs(g / cell.conductance(cell.pulses.v_read, start) - 1.0)
    beyond = np.flatnonzero(change > 0.1)
    ten_percent = float(waves.axis[beyond[0]]) if len(beyond) else float("inf")
    return Retention(float(change[-1]), ten_percent)
