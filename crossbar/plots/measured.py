"""Measurements: trains of pulses, jump tables, retention, read noise, current against voltage."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.devices import IVSweeps, Jumps, JumpTable, PulseTrains, ReadTraces, RetentionTraces
from crossbar.plots.dispatch import drawing, plot
from crossbar.plots.pulses import SIGNS
from crossbar.report.figures.canvas import COLOURS, LINES, prefixed, styled
from crossbar.report.figures.layout import above
from crossbar.types import Floats

CELLS = 64  # that are drawn at most
BAND = (0.05, 0.5, 0.95)  # quantiles


@plot.register
@styled
def pulse_trains(one: PulseTrains) -> Figure:
    """Return conductances over the pulses of each device, and steps against conductance."""
    figure = drawing(7.2, 3.2)
    left, right = figure.subplots(1, 2)
    factor, unit = prefixed(one.range[1], "S")
    fine, small = prefixed(float(np.abs(one.after - one.before).max()), "S")
    for cell in np.unique(one.device)[:CELLS]:
        own = np.flatnonzero(one.device == cell)
        for train in np.unique(one.train[own]):
            at = np.flatnonzero(one.train[own] == train)
            g = np.concatenate([one.before[own[at[:1]]], one.after[own[at]]])
            colour = SIGNS[0 if one.rising[own[at[0]]] else 1][1]
            left.plot(np.append(at[0], at + 1), factor * g, color=colour, lw=0.8, alpha=0.7)
    for rising, (word, colour, _) in zip((True, False), SIGNS, strict=True):
        own = one.rising == rising
        step = fine * (one.after - one.before)[own]
        right.plot(factor * one.before[own], step, ".", ms=2, color=colour, alpha=0.5, label=word)
    left.set(xlabel="pulse", ylabel=f"conductance ({unit})")
    right.set(xlabel=f"conductance before ({unit})", ylabel=f"change by a pulse ({small})")
    above(right, 2)
    figure.suptitle(repr(one)[1:-1], fontsize="small")
    return figure


@plot.register
@styled
def jump_table(one: JumpTable) -> Figure:
    """Return quantiles of the change by a set and by a reset pulse against conductance."""
    figure = drawing(7.2, 3.2)
    span = 1.0 if one.g_min is None or one.g_max is None else one.g_max - one.g_min
    low, si = (0.0, "") if one.g_min is None else (one.g_min, "S")
    for ax, side, (word, colour, _) in zip(
        figure.subplots(1, 2), (one.set, one.reset), SIGNS, strict=True
    ):
        _quantiles(ax, side, (low, span, si), colour, word)
    figure.suptitle(repr(one)[1:-1], fontsize="small")
    return figure


def _quantiles(
    ax: Axes, side: Jumps, scale: tuple[float, float, str], colour: str, word: str
) -> None:
    """Draw median, mean and band of the changes of one polarity."""
    low, span, si = scale
    u = np.linspace(0.0, 1.0, 201)
    factor, unit = prefixed(low + span, si) if si else (1.0, "u")
    bottom, middle, top = (factor * span * side.quantile(u, np.full(u.shape, p)) for p in BAND)
    g = factor * (low + span * u)
    ax.fill_between(g, bottom, top, color=colour, alpha=0.2, lw=0, label="90 % of pulses")
    ax.plot(g, middle, color=colour, label="median")
    ax.plot(g, factor * span * side.mean(u), color=colour, ls=":", label="mean")
    ax.axhline(0.0, color="#444444", lw=0.8)
    ax.set(xlabel=f"conductance before ({unit})", ylabel=f"change by a {word} pulse ({unit})")
    above(ax, 3)


@plot.register
@styled
def retention_traces(one: RetentionTraces) -> Figure:
    """Return conductance over time of each cell, a colour for each temperature."""
    figure = drawing(4.6, 3.2)
    ax = figure.subplots()
    factor, unit = prefixed(float(one.g.max()), "S")
    hot = one.temperature if one.temperature is not None else np.zeros(len(one.t))
    for k, kelvin in enumerate(np.unique(hot)):
        for n, cell in enumerate(np.unique(one.device[hot == kelvin])[:CELLS]):
            own = (hot == kelvin) & (one.device == cell)
            label = f"{kelvin:g} K" if n == 0 and one.temperature is not None else None
            ax.plot(one.t[own], factor * one.g[own], color=COLOURS[k % len(COLOURS)],
                    ls=LINES[k % len(LINES)], lw=0.8, label=label)  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="time since programming (s)",
           ylabel=f"conductance ({unit})")  # fmt: skip
    if one.temperature is not None:
        above(ax, 3)
    return figure


@plot.register
@styled
def read_traces(one: ReadTraces) -> Figure:
    """Return reads over time relative to their mean, and their spectral density with its fit."""
    figure = drawing(7.2, 3.2)
    left, right = figure.subplots(1, 2)
    for k, cell in enumerate(np.unique(one.device)[: len(COLOURS)]):
        own = one.device == cell
        g: Floats = one.g[own]
        left.plot(one.t[own], 100 * (g / g.mean() - 1.0), color=COLOURS[k], lw=0.5)
    fit = one.noise()
    right.loglog(fit.f, fit.density, color=COLOURS[0], lw=0.5, label="mean of the cells")
    right.loglog(fit.f, fit.model(fit.f), color="#222222", ls=LINES[1], label="white and 1/f")
    left.set(xlabel="time (s)", ylabel="off the mean (%)")
    right.set(xlabel="frequency (Hz)", ylabel="density of g / mean (1/Hz)")
    above(right, 2)
    return figure


@plot.register
@styled
def iv_sweeps(one: IVSweeps) -> Figure:
    """Return the size of the current against voltage, a line for each branch."""
    figure = drawing(4.6, 3.2)
    ax = figure.subplots()
    factor, unit = prefixed(float(np.abs(one.i).max()), "A")
    for branch in np.unique(one.branch):
        own = (one.branch == branch) & (one.i != 0)
        if own.any():
            _, colour, line = SIGNS[0 if one.rising[own][0] else 1]
            size = factor * np.abs(one.i[own])
            ax.semilogy(one.v[own], size, color=colour, ls=line, lw=0.8)
    ax.set(xlabel="voltage of a cell (V)", ylabel=f"size of the current ({unit})")
    return figure
