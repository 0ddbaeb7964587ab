"""Pinched loops of memristors in a circuit, beside the equations integrated by SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    Picture,
    empty,
    picture,
    prefixed,
    styled,
)
from crossbar.spice.hysteresis import Loop, integrate

MARKS = 40  # of SciPy's solution along a curve


@styled
def loops(drawn: Sequence[Loop], name: str = "pinched-loops") -> Picture:
    """Return current against voltage, and the state over time, a column for every loop."""
    figure = empty(FULL * len(drawn) / 3 if len(drawn) < 3 else FULL, 5.2)
    panels = figure.subplots(2, len(drawn), squeeze=False)
    for k, one in enumerate(drawn):
        _column(one, panels[0, k], panels[1, k])
    panels[0, 0].legend(loc="upper left")
    models = ", ".join(one.cell.model for one in drawn)
    return picture(
        figure,
        name,
        alt=f"current against voltage and state over time of {models}",
        caption="Top: current against voltage of the last period; bottom: state x, 0 least and 1 "
        "most conductive, over all periods. Lines: ngspice; circles: the same equations "
        "integrated by SciPy.",
        wide=True,
    )


def _column(one: Loop, top: Axes, bottom: Axes) -> None:
    """Draw one loop and its state."""
    state = integrate(one.cell, one.sine.voltage, one.time)
    current = one.cell.current(one.sine.voltage(one.time), state)
    last = len(one.time) - len(one.last.time)
    factor, unit = prefixed(float(np.abs(one.last.current).max()), "A")
    marks = _spaced(one.voltage[last:], one.current[last:]) + last
    ring: dict[str, Any] = {
        "linestyle": "",
        "marker": "o",
        "markersize": 4,
        "markerfacecolor": "none",
    }
    top.plot(one.voltage[last:], factor * one.current[last:], color=COLOURS[0], label="ngspice")
    top.plot(one.voltage[marks], factor * current[marks], color=COLOURS[1], label="solve_ivp",
             **ring)  # fmt: skip
    top.set_title(one.cell.model, loc="left")
    top.set_xlabel("voltage (V)")
    top.set_ylabel(f"current ({unit})")
    scale, second = prefixed(float(one.time[-1]), "s")
    times = np.unique(np.linspace(0, len(one.time) - 1, MARKS).astype(int))
    bottom.plot(scale * one.time, one.state, color=COLOURS[0])
    bottom.plot(scale * one.time[times], state[times], color=COLOURS[1], **ring)
    bottom.set_ylim(-0.04, 1.04)
    bottom.set_xlabel(f"time ({second})")
    bottom.set_ylabel("state x")


def _spaced(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the points that stand at even distances along a curve as it is drawn."""
    length = np.hypot(np.diff(x) / np.ptp(x), np.diff(y) / np.ptp(y)).cumsum()
    return np.unique(np.searchsorted(length, np.linspace(0, length[-1], MARKS)))
