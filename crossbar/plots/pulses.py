"""Pulse responses: conductance over trains of pulses, and steps against conductance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    LINES,
    Picture,
    picture,
    prefixed,
    styled,
    uneven,
)
from crossbar.report.figures.layout import above, empty
from crossbar.spice.memristors.pulse_response import PulseResponse

SIGNS = (("set", COLOURS[0], LINES[0]), ("reset", COLOURS[1], LINES[1]))


@styled
def response(seen: PulseResponse, name: str) -> Picture:
    """Return the traces where there are any, and mean and spread of the steps."""
    figure = empty(FULL if seen.traces else FULL / 2, 2.5)
    panels = figure.subplots(1, 2 if seen.traces else 1, squeeze=False)[0]
    if seen.traces:
        _traces(seen, panels[0])
    _steps(seen, panels[-1])
    traces = "Left: conductance over a set and a reset train, a line for each device and cycle. "
    steps = "Mean step of a pulse against conductance; shaded: standard deviation from pulse to "
    beyond = "".join(f" Dotted: {words}." for words in seen.table.extrapolated)
    return picture(
        figure,
        f"pulse-response-{name}",
        alt=f"conductance over pulses and steps against conductance of {name}",
        caption=(f"{traces}Right: m" if seen.traces else "M")
        + steps[1:]
        + f"pulse.{beyond} {seen.source}",
        data=_frame(seen),
        wide=bool(seen.traces),
    )


def _frame(seen: PulseResponse) -> pd.DataFrame:
    """Return the steps at normalised conductances, and the conductances of every train."""
    table, trains = seen.table, seen.traces
    return uneven(
        u=table.u, set_step=table.up, set_spread=table.up_std, reset_step=table.down,
        reset_spread=table.down_std,
        train=np.repeat(np.arange(len(trains)), [len(t.g) for t in trains]),
        **{"conductance [S]": np.concatenate([t.g for t in trains] or [np.empty(0)])},
    )  # fmt: skip


def _traces(seen: PulseResponse, ax: Axes) -> None:
    """Draw conductance over the pulses of every train, reset after set."""
    factor, unit = prefixed(seen.g_max, "S")
    longest = max(len(t.g) for t in seen.traces if t.rising) - 1
    alpha = max(0.15, min(1.0, 8.0 / len(seen.traces)))
    for trace in seen.traces:
        _, colour, _ = SIGNS[0 if trace.rising else 1]
        start = 0 if trace.rising else longest
        at = start + np.arange(len(trace.g))
        ax.plot(at, factor * trace.g, color=colour, alpha=alpha, linewidth=0.8)
    ax.axvline(longest, color="#444444", linewidth=0.8)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.1 * (high - low))
    for x, word, side in ((-0.02, "set ", "right"), (0.02, " reset", "left")):
        ax.annotate(word, (longest, ax.get_ylim()[1]), (20 * x, -4), textcoords="offset points",
                    va="top", ha=side)  # fmt: skip
    ax.set(xlabel="pulse", ylabel=f"conductance ({unit})")


def _steps(seen: PulseResponse, ax: Axes) -> None:
    """Draw the steps of the table."""
    table, span = seen.table, seen.g_max - seen.g_min
    factor, unit = prefixed(seen.g_max, "S")
    g = factor * (seen.g_min + span * np.array(table.u))
    fine, step_unit = prefixed(span * max(*table.up, *table.down), "S")
    curves = (
        (table.up, table.up_std, table.set_measured),
        (table.down, table.down_std, table.reset_measured),
    )
    for (label, colour, line), (mean, std, (low, high)) in zip(SIGNS, curves, strict=True):
        centre, half = fine * span * np.array(mean), fine * span * np.array(std)
        u = np.array(table.u)
        seen_at = (u >= low) & (u <= high)
        ax.plot(g[seen_at], centre[seen_at], color=colour, linestyle=line, label=label)
        for beyond in (u <= low, u >= high):
            ax.plot(g[beyond], centre[beyond], color=colour, linestyle=":")
        lower, upper = (centre - half)[seen_at], (centre + half)[seen_at]
        ax.fill_between(g[seen_at], lower, upper, color=colour, alpha=0.2, linewidth=0)
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.set(xlabel=f"conductance ({unit})", ylabel=f"size of a step ({step_unit})")
    above(ax, 2)
