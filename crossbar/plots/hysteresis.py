"""Pinched loops of memristors in a circuit, beside the equations integrated by SciPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import COLOURS, FULL, Picture, picture, prefixed, styled
from crossbar.report.figures.layout import empty
from crossbar.spice.memristors.hysteresis import Loop
from crossbar.types import Floats

MARKS = 40  # of SciPy's solution along a curve
RINGS: Any = {"ls": "", "marker": "o", "ms": 4, "mfc": "none", "color": COLOURS[1]}


@styled
def loops(drawn: Mapping[str, Loop]) -> Picture:
    """Return current against voltage, and the state over time, a column for every loop."""
    figure = empty(max(0.45, min(len(drawn), 3) / 3) * FULL, 4.2)
    panels = figure.subplots(2, len(drawn), squeeze=False)
    for k, (model, one) in enumerate(drawn.items()):
        _current(one, panels[0, k])
        _state(one, panels[1, k])
        panels[0, k].set_title(model, loc="left")
    panels[0, 0].legend(loc="upper left")
    return picture(
        figure,
        "pinched-loops",
        alt=f"current against voltage and state over time of {', '.join(drawn)}",
        caption="Top: current against voltage of the last period; bottom: state x, 0 least and 1 "
        "most conductive, over all periods. Lines: ngspice; circles: the same equations "
        "integrated by SciPy.",
        data=pd.concat([_frame(model, one) for model, one in drawn.items()], ignore_index=True),
        wide=len(drawn) > 1,
    )


def _frame(model: str, one: Loop) -> pd.DataFrame:
    return pd.DataFrame({"model": model, "time [s]": one.time, "voltage [V]": one.voltage,
                         "current [A]": one.current, "state": one.state,
                         "exact current [A]": one.exact_current,
                         "exact state": one.exact_state})  # fmt: skip


def _current(one: Loop, ax: Axes) -> None:
    """Draw current against voltage."""
    last = one.time >= (one.time[-1] - one.period) * (1 - 1e-9)
    voltage, current, exact = one.voltage[last], one.current[last], one.exact_current[last]
    factor, unit = prefixed(float(np.abs(current).max()), "A")
    marks = _spaced(voltage, current)
    ax.plot(voltage, factor * current, color=COLOURS[0], label="ngspice")
    ax.plot(voltage[marks], factor * exact[marks], label="solve_ivp", **RINGS)
    ax.set(xlabel="voltage (V)", ylabel=f"current ({unit})")


def _state(one: Loop, ax: Axes) -> None:
    """Draw the state over time."""
    factor, unit = prefixed(float(one.time[-1]), "s")
    marks = np.unique(np.linspace(0, len(one.time) - 1, MARKS).astype(int))
    ax.plot(factor * one.time, one.state, color=COLOURS[0])
    ax.plot(factor * one.time[marks], one.exact_state[marks], **RINGS)
    ax.set(xlabel=f"time ({unit})", ylabel="state x", ylim=(-0.04, 1.04))


def _spaced(x: Floats, y: Floats) -> npt.NDArray[np.intp]:
    """Return the points that stand at even distances along a curve as it is drawn."""
    length = np.hypot(np.diff(x) / np.ptp(x), np.diff(y) / np.ptp(y)).cumsum()
    return np.unique(np.searchsorted(length, np.linspace(0, length[-1], MARKS)))
