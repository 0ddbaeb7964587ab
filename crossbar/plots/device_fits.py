"""Fits of devices: trains beside the device that was fitted, errors, posterior, laws compared."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from scipy import special

from crossbar.devices.fitting.device_fit import DeviceFit
from crossbar.devices.fitting.goodness import BINS
from crossbar.devices.measured.traces import Trace
from crossbar.plots.dispatch import drawing, plot
from crossbar.plots.pulses import SIGNS
from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    GREY,
    WIDTH,
    Picture,
    picture,
    prefixed,
    styled,
    uneven,
)
from crossbar.report.figures.layout import above, axes, empty, panels
from crossbar.types import Doubles

CELLS = 400  # of the fitted device that a band is taken over
SHARES = (0.05, 0.5, 0.95)
LINES = 24  # devices that are drawn, at most
POINTS = 400  # of a plot of quantiles


class Band(NamedTuple):
    """Reads of the fitted device (pulses,): between which nine of ten are, and the median."""

    low: Doubles
    middle: Doubles
    high: Doubles


@plot.register
@styled
def fit(one: DeviceFit, *, seed: int = 0) -> Figure:
    """Return the trains beside the fitted device, quantiles of the errors, and errors along u."""
    figure = drawing(10.5, 3.2)
    left, middle, right = figure.subplots(1, 3)
    _trains(left, one, banded(one, _first(one), seed))
    _quantiles(middle, one)
    _errors(right, one)
    figure.suptitle(f"{one.law}, {len(one.trains.devices)} devices")
    return figure


def pictures(one: DeviceFit, seed: int) -> tuple[Picture, ...]:
    """Return the figures of a page about a fit."""
    laws = (_laws(one),) if len(one.heldout) > 1 else ()
    return _compared(one, seed), _remaining(one), _posterior(one), *laws


def _first(one: DeviceFit) -> list[Trace]:
    """Return the trains of the first device."""
    traces = one.trains.traces
    return [trace for trace in traces if trace.device == traces[0].device]


def banded(one: DeviceFit, trains: list[Trace], seed: int) -> Band:
    """Return what cells of the fitted device do under the pulses of ``trains``.

    Every train begins at a read of a measured device at that point.
    """
    rng = np.random.default_rng(seed)
    device = one.device()
    cells = device.fabricate((CELLS, 1), rng=rng, dtype=np.float64)
    noise = device.read_noise[0]
    every = []
    for k, train in enumerate(trains):
        begun = [t.g[0] for t in _same(one, k)]
        cells.load(rng.choice(begun, (CELLS, 1)))
        pulse = np.full((CELLS, 1), 1 if train.rising else -1)
        for step in range(len(train.g)):
            if step:
                cells.pulse(pulse, rng=rng)
            reads = cells.g[:, 0] + noise * rng.standard_normal(CELLS) * (step > 0)
            every.append(np.quantile(reads, SHARES))
    return Band(*np.array(every).T)


def _same(one: DeviceFit, k: int) -> list[Trace]:
    """Return train number ``k`` of every device that has one."""
    traces = one.trains.traces
    own = [[t for t in traces if t.device == d] for d in sorted({t.device for t in traces})]
    return [trains[k] for trains in own if len(trains) > k]


def _trains(ax: Axes, one: DeviceFit, band: Band) -> None:
    factor, unit = prefixed(one.trains.range[1], "S")
    begun = 0
    for k, train in enumerate(_first(one)):
        n = np.arange(len(train.g))
        word, colour, _ = SIGNS[0 if train.rising else 1]
        for trace in _same(one, k)[:LINES]:
            ax.plot(begun + np.arange(len(trace.g)), factor * trace.g, color=colour, lw=0.5,
                    alpha=0.6, label="_" if begun or k > 1 else word)  # fmt: skip
        part = slice(begun, begun + len(n))
        ax.fill_between(begun + n, factor * band.low[part], factor * band.high[part],
                        color=GREY, alpha=0.3, lw=0)  # fmt: skip
        ax.plot(begun + n, factor * band.middle[part], color="k", lw=1.2)
        begun += len(n)
    ax.set(xlabel="read", ylabel=f"conductance ({unit})")


@styled
def _compared(one: DeviceFit, seed: int) -> Picture:
    band = banded(one, _first(one), seed)
    figure, ax = axes(FULL, 2.6)
    _trains(ax, one, band)
    data = uneven(**{"median [S]": band.middle, "5 % [S]": band.low, "95 % [S]": band.high})
    return picture(
        figure, "fit-trains", wide=True, data=data,
        alt="conductance of the measured devices over pulses, and the band of the fitted device",
        caption=f"Measured trains (thin lines, up to {LINES} devices; blue: set, orange: reset), "
        f"and reads of {CELLS} cells of the fitted device under the same pulses: median (black) "
        "and the middle 90 % (grey). Every train begins at a measured read.",
    )  # fmt: skip


def _quantiles(ax: Axes, one: DeviceFit) -> pd.DataFrame:
    shares = (np.arange(POINTS) + 0.5) / POINTS
    wanted, seen = special.ndtri(shares), np.quantile(one.goodness.errors, shares)
    ends = [wanted[0], wanted[-1]]
    ax.plot(ends, ends, color=GREY, lw=1.0, ls="--")
    ax.plot(wanted, seen, ".", color=COLOURS[0], ms=3)
    ax.set(xlabel="normal quantile", ylabel="error (standard deviations)")
    return uneven(**{"normal quantile": wanted, "error": seen})


def _errors(ax: Axes, one: DeviceFit) -> pd.DataFrame:
    errors = one.goodness
    columns: dict[str, Doubles] = {}
    for (word, colour, _), kind in zip(SIGNS, (True, False), strict=True):
        own = np.flatnonzero(errors.rising == kind)
        parts = np.array_split(own[np.argsort(errors.u[own])], BINS)
        u = np.array([errors.u[part].mean() for part in parts])
        mean = np.array([np.clip(errors.errors[part], -4, 4).mean() for part in parts])
        half = np.array([2 / np.sqrt(len(part)) for part in parts])
        ax.errorbar(u, mean, half, color=colour, fmt="o", ms=3, capsize=2, lw=1.0, label=word)
        columns |= {f"u, {word}": u, f"mean error, {word}": mean, f"two errors, {word}": half}
    ax.axhline(0.0, color=GREY, lw=1.0, ls="--")
    ax.set(xlabel="conductance, 0 to 1", ylabel="mean error (sd)")
    above(ax, 2)
    return uneven(**columns)


@styled
def _remaining(one: DeviceFit) -> Picture:
    figure = empty(FULL, 2.4)
    left, right = figure.subplots(1, 2)
    data = pd.concat([_quantiles(left, one), _errors(right, one)], axis=1)
    good = one.goodness
    return picture(
        figure, "fit-errors", wide=True, data=data,
        alt="quantiles of the errors of prediction against normal ones, and their means",
        caption="Errors of prediction of each read from those before it, in standard deviations. "
        "Left: quantiles against those of a normal distribution. Right: means along the "
        f"conductance with two standard errors (probability if the law is right: {good.steps:.2g}; "
        f"of their squares: {good.spread:.2g}; correlation of "
        f"neighbours: {good.correlation:+.2f}).",
    )  # fmt: skip


@styled
def _posterior(one: DeviceFit) -> Picture:
    every = {**one.parameters, **one.spread}
    figure, grid = panels(len(every), FULL, 1.2)
    for ax, (name, estimate) in zip(grid, every.items(), strict=True):
        factor, unit = prefixed(estimate.high, estimate.unit) if estimate.unit else (1.0, "")
        ax.hist(factor * one.posterior[name], bins=30, color=COLOURS[0], alpha=0.5)
        ax.axvspan(factor * estimate.low, factor * estimate.high, color=GREY, alpha=0.2, lw=0)
        ax.axvline(factor * estimate.value, color="k", lw=1.0)
        ax.set(xlabel=f"{name} ({unit})" if unit else name, yticks=[])
    data = uneven(**{name: one.posterior[name] for name in every})
    return picture(
        figure, "fit-posterior", wide=True, data=data,
        alt="histogram of the draws of every parameter",
        caption=f"Posterior of every parameter: draws, median (line) and the interval of "
        f"{100 * one.level:g} % (grey).",
    )  # fmt: skip


@styled
def _laws(one: DeviceFit) -> Picture:
    figure, ax = axes(WIDTH, 0.3 * len(one.heldout) + 0.4)
    best = max(one.heldout.values())
    names = sorted(one.heldout, key=lambda name: one.heldout[name])
    below = [best - one.heldout[name] for name in names]
    colours = [COLOURS[1] if name == one.law else COLOURS[0] for name in names]
    ax.barh(names, below, color=colours)
    for k, value in enumerate(below):
        ax.text(value, k, f" {value:.1f}", va="center")
    ax.set_xscale("symlog", linthresh=10)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.get_yticklabels()[names.index(one.law)].set_color(COLOURS[1])
    ax.set(xlabel="log-likelihood of trains held out, below the best")
    data = pd.DataFrame({"law": names, "log-likelihood": [one.heldout[n] for n in names]})
    return picture(
        figure, "fit-laws", data=data,
        alt="log-likelihood of the trains that were held out, of every law",
        caption=f"How much worse each law predicts trains that it was not fitted to, in units of "
        f"log-likelihood (orange: chosen). {one.reason[0].upper()}{one.reason[1:]}.",
    )  # fmt: skip
