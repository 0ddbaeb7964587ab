"""Learning windows of memristors: equations, ngspice, the rule of a network, and exponentials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.plots.dispatch import drawing, plot
from crossbar.report.figures.canvas import COLOURS, FULL, Picture, picture, prefixed, styled
from crossbar.report.figures.layout import empty
from crossbar.spice.learning_windows import ThreeWays
from crossbar.spiking import DevicePlasticity, Window


@styled
def learning_windows(drawn: Sequence[ThreeWays]) -> Picture:
    """Return change against lag, and the largest changes against the state, a column for each."""
    figure = empty(max(0.5, min(len(drawn), 3) / 3) * FULL, 4.6)
    panels = figure.subplots(2, len(drawn), squeeze=False, height_ratios=(2, 1))
    for k, one in enumerate(drawn):
        _window(one, panels[0, k])
        _states(one, panels[1, k])
        panels[0, k].set_title(one.name, loc="left")
    for row, words in enumerate(("change of the state", "largest change")):
        panels[row, 0].set_ylabel(words)
    panels[0, 0].legend(loc="upper left", fontsize="small")
    return picture(
        figure,
        "stdp",
        alt=f"change of the state against lag, {', '.join(one.name for one in drawn)}",
        caption="Top: change of the state by a pair of spikes against the lag, post minus pre, "
        "from the equations, in ngspice and by the rule of a network, with exponentials fitted "
        "to either side. Bottom: the largest rise and fall against the state before the pair.",
        data=pd.concat([_frame(one) for one in drawn], ignore_index=True),
        wide=len(drawn) > 1,
    )


@plot.register
@styled
def rule(one: DevicePlasticity, *, x: float = 0.5) -> Figure:
    """Return the learning window of the state ``x`` by the equations, with its exponentials."""
    figure = drawing(4.6, 3.2)
    ax = figure.add_subplot()
    _equations(one.window(x), ax)
    ax.set(ylabel="change of the state")
    ax.legend(loc="upper left")
    return figure


def _equations(window: Window, ax: Axes) -> float:
    """Draw a window and its exponentials, and return what the time axis is multiplied by."""
    factor, unit = prefixed(float(np.abs(window.lag).max()), "s")
    ax.axhline(0.0, color="0.8", lw=0.8)
    ax.plot(factor * window.lag, window.change, color=COLOURS[0], label="equations")
    for k, (sign, side) in enumerate(((-1.0, window.depression), (1.0, window.potentiation))):
        lag = np.linspace(side.start, side.support, 100)
        label = "exponential" if k else None
        ax.plot(factor * sign * lag, side.change(lag), color=COLOURS[4], ls=":", label=label)
    ax.set(xlabel=f"lag ({unit})")
    return factor


def _window(one: ThreeWays, ax: Axes) -> None:
    """Draw the window in its three ways, and the exponentials."""
    factor = _equations(one.window, ax)
    if one.circuit is not None:
        ax.plot(factor * one.lag, one.circuit.change, "o", mfc="none", ms=5, color=COLOURS[1],
                label="ngspice")  # fmt: skip
    ax.plot(factor * one.lag, one.event, "x", ms=4, color=COLOURS[2], label="rule")


def _states(one: ThreeWays, ax: Axes) -> None:
    """Draw how the largest changes depend on the state."""
    x = [window.x for window in one.states]
    ax.axhline(0.0, color="0.8", lw=0.8)
    ax.plot(x, [window.change.max() for window in one.states], "o-", ms=3, color=COLOURS[5])
    ax.plot(x, [window.change.min() for window in one.states], "o-", ms=3, color=COLOURS[6])
    ax.set(xlabel="state before the pair", xlim=(0, 1))


def _frame(one: ThreeWays) -> pd.DataFrame:
    """Return the compared points."""
    columns = {"cell": one.name, "lag [s]": one.lag, "equations": one.equations.change,
               "energy [J]": one.equations.energy, "rule": one.event}  # fmt: skip
    if one.circuit is not None:
        columns |= {"ngspice": one.circuit.change, "energy in ngspice [J]": one.circuit.energy}
    return pd.DataFrame(columns)
