"""Converters: transfer, and how far its steps are from equal ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from crossbar.converters import Adc, Dac
from crossbar.converters.converter import Converter
from crossbar.converters.transfer import Transfer
from crossbar.plots.dispatch import drawing, plot
from crossbar.report.figures.canvas import COLOURS, GREY, styled


@plot.register
def adc(one: Adc, *, lines: int = 8, seed: int = 0) -> Figure:
    """Return transfer, DNL and INL of the thresholds of ``lines`` ADCs; black: without spread."""
    return _figure(one, lines, seed, lambda transfer: transfer)


@plot.register
def dac(one: Dac, *, lines: int = 8, seed: int = 0) -> Figure:
    """Return transfer, DNL and INL of the levels of ``lines`` DACs; black: without spread."""
    return _figure(one, lines, seed, outputs)


def outputs(transfer: Transfer) -> Transfer:
    """Return ``transfer`` with its levels in place of thresholds, for DNL and INL of a DAC."""
    return Transfer(transfer.levels, np.arange(transfer.codes + 1.0))


@styled
def _figure(
    one: Converter, lines: int, seed: int, judged: Callable[[Transfer], Transfer]
) -> Figure:
    made = one.fabricate(lines, rng=np.random.default_rng(seed))
    figure = drawing(10.0, 3.2)
    transfer, dnl, inl = figure.subplots(1, 3)
    for each, style in ((made, {"color": COLOURS[0], "lw": 0.8, "alpha": 0.7}),
                        (one.transfer(), {"color": "#000000", "lw": 1.4})):  # fmt: skip
        _steps(transfer, each, style)
        seen = judged(each)
        for ax, error in ((dnl, seen.dnl), (inl, seen.inl)):
            ax.plot(np.arange(np.shape(error)[-1]), np.atleast_2d(error).T, **style)
    for ax, name in ((dnl, "DNL"), (inl, "INL")):
        ax.axhline(0, color=GREY, lw=0.9)
        ax.set(xlabel="code", ylabel=f"{name} (LSB)")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        low, high = ax.get_ylim()
        ax.set_ylim(min(low, -0.1), max(high, 0.1))
    bits = np.atleast_1d(made.enob(one.noise))
    enob = f"ENOB {bits.min():.2f} to {bits.max():.2f}"
    figure.suptitle(f"{one!r}: {lines} lines (blue, {enob}), without spread (black)")
    return figure


def _steps(ax: Axes, each: Transfer, style: dict[str, Any]) -> None:
    """Draw output against input, a staircase a line."""
    thresholds, levels = np.atleast_2d(each.thresholds), np.atleast_2d(each.levels)
    for k in range(max(len(thresholds), len(levels))):
        steps, height = thresholds[k % len(thresholds)], levels[k % len(levels)]
        edges = np.concatenate([[min(-1.0, steps[0])], steps, [max(1.0, steps[-1])]])
        ax.stairs(height, edges, baseline=None, **style)
    ax.set(xlabel="input / full scale", ylabel="output / full scale")
