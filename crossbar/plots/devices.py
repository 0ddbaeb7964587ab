"""Devices: what pulses, time and voltage do to their cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.devices import Device, drifts
from crossbar.devices.statistics import train
from crossbar.plots.dispatch import drawing, plot
from crossbar.plots.pulses import SIGNS
from crossbar.report.figures.canvas import COLOURS, GREY, LINES, prefixed, styled
from crossbar.report.figures.layout import above
from crossbar.types import Floats

CURVES = 4  # single cells
LEVELS = 5
TIMES = np.logspace(0, 7, 29)  # s
VOLTS = 0.5  # of current against voltage, unless the law ends before


@plot.register
@styled
def device(one: Device, *, cells: int = 64, seed: int = 0) -> Figure:
    """Return conductance over pulses and over time, of ``cells`` cells, and current over voltage.

    Bands are one standard deviation from cell to cell to each side of the mean; thin lines are
    single cells. A device without pulses or without drift lacks that panel.
    """
    draws: list[Any] = [_volts]
    if drifts(one):
        draws.insert(0, _drift)
    if one.quantum:
        draws.insert(0, _pulses)
    figure = drawing(3.5 * len(draws), 3.2)
    for ax, draw in zip(np.ravel(figure.subplots(1, len(draws))), draws, strict=True):
        draw(ax, one, cells, np.random.default_rng(seed))
    figure.suptitle(f"{type(one).__name__}, {cells} cells")
    return figure


def _pulses(ax: Axes, one: Device, cells: int, rng: np.random.Generator) -> None:
    pulses, g, turn = train(one, cells, rng=rng)
    factor, unit = prefixed(one.window[2], "S")
    for part, (word, colour, line) in zip((pulses <= turn, pulses >= turn), SIGNS, strict=True):
        band(ax, pulses[part], factor * g[part], colour, line, word)
    for limit in (one.window[0], one.window[2]):
        ax.axhline(factor * limit, color=GREY, lw=0.9, ls=":")
    ax.set(xlabel="pulse", ylabel=f"conductance ({unit})")
    above(ax, 2)


def band(ax: Axes, x: Floats, g: Floats, colour: str, line: Any, label: str) -> None:
    """Draw mean, spread and single cells of ``g`` (points, cells)."""
    mean, sd = g.mean(axis=1), g.std(axis=1)
    ax.plot(x, g[:, :CURVES], color=colour, lw=0.5, alpha=0.5)
    ax.fill_between(x, mean - sd, mean + sd, color=colour, alpha=0.2, lw=0)
    ax.plot(x, mean, color=colour, ls=line, label=label)


def _drift(ax: Axes, one: Device, cells: int, rng: np.random.Generator) -> None:
    low, _, high = one.window
    factor, unit = prefixed(high, "S")
    for k, target in enumerate(np.linspace(low, high, LEVELS + 1)[1:]):
        state = one.fabricate((cells, 1), rng=rng, dtype=np.float64)
        state.program(np.full((cells, 1), target), rng=rng)
        seen = []
        for seconds in TIMES:
            state.age(float(seconds))
            seen.append(state.g[:, 0].copy())
        band(ax, TIMES, factor * np.array(seen), COLOURS[k], LINES[k], "")
    ax.set(xscale="log", xlabel="time since programming (s)", ylabel=f"conductance ({unit})")
    ax.set_ylim(bottom=0)


def _volts(ax: Axes, one: Device, cells: int, rng: np.random.Generator) -> None:
    law, (low, middle, high) = one.conduction, one.window
    end = min(VOLTS, law.v_max)
    v = np.linspace(-end, end, 101)
    levels = [g for g in (low, middle, high) if g > 0]
    currents = [law.current(np.full_like(v, g), v)[0] for g in levels]
    factor, unit = prefixed(float(np.abs(currents).max()), "A")
    shown, siemens = prefixed(high, "S")
    for k, (g, i) in enumerate(zip(levels, currents, strict=True)):
        label = f"{shown * g:.3g} {siemens}"
        ax.plot(v, factor * i, color=COLOURS[k], ls=LINES[k], label=label)
    ax.set(xlabel="voltage of a cell (V)", ylabel=f"current ({unit})")
    above(ax, 3)
