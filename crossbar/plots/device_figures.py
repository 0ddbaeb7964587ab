"""The figures of a device: what its cells do, beside the points that were published of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.devices import drifts
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.statistics import programmed, read_noise, steps, train
from crossbar.plots.device_subject import HEIGHT, Subject, beside, columns, named, said, siemens
from crossbar.plots.device_times import drift_panel, drifting, noise_panel, noisy
from crossbar.plots.devices import VOLTS, band
from crossbar.plots.pulses import SIGNS
from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    GREY,
    LINES,
    WIDTH,
    Picture,
    picture,
    prefixed,
    styled,
)
from crossbar.report.figures.layout import above, empty, panels

OVERVIEW = 1.7  # inches of the axes of an overview


def pictures(subject: Subject) -> tuple[Picture, ...]:
    """Return the figures of what the cells of a device do; those of what they do not are absent."""
    device = subject.device
    draws: list[Callable[[Subject], Picture]] = []
    if device.quantum:
        draws += [_pulses, _steps]
    draws.append(_programming)
    if read_noise(device, subject.targets, np.ones(1), 2, rng=subject.rng("any")).any():
        draws.append(noisy)
    if drifts(device):
        draws.append(drifting)
    return tuple(draw(subject) for draw in (*draws, _current))


Drawn = tuple[dict[str, Any], list[PublishedCurve]]


@styled
def overview(subject: Subject) -> Picture:
    """Return one figure of a device: pulses, steps, programming error, and what time does to it."""
    draws: list[Callable[[Axes, Subject], Any]] = [programming_panel]
    if subject.device.quantum:
        draws = [pulses_panel, steps_panel, programming_panel]
    draws.append(drift_panel if drifts(subject.device) else noise_panel)
    figure, axes = panels(len(draws), FULL, OVERVIEW)
    for ax, draw in zip(axes, draws, strict=True):
        draw(ax, subject)
    return picture(
        figure, subject.name, alt=f"pulses, steps, errors and noise or drift of {subject.name}",
        caption=f"{subject.cells} cells of {subject.name}.", data=pd.DataFrame(), wide=True,
    )  # fmt: skip


def pulses_panel(ax: Axes, subject: Subject) -> Drawn:
    """Draw conductance over set pulses, then reset pulses."""
    pulses, g, turn = train(subject.device, subject.cells, rng=subject.rng("pulses"))
    low, _, high = subject.device.window
    factor, unit = prefixed(high, "S")
    for part, (word, colour, line) in zip((pulses <= turn, pulses >= turn), SIGNS, strict=True):
        band(ax, pulses[part], factor * g[part], colour, line, word)
    for limit in (low, high):
        ax.axhline(factor * limit, color=GREY, lw=0.9, ls=":")
    ax.set(xlabel="pulse", ylabel=f"conductance ({unit})")
    above(ax, 2)
    mean, sd = g.mean(axis=1), g.std(axis=1)
    return {"pulse": pulses, "mean [S]": mean, "standard deviation [S]": sd}, []


def steps_panel(ax: Axes, subject: Subject) -> Drawn:
    """Draw mean and deviation of a set and of a reset step against conductance."""
    device, g = subject.device, subject.targets
    both = steps(device, g, subject.cells, rng=subject.rng("steps"))
    factor, unit = prefixed(device.window[2], "S")
    fine, fine_unit = prefixed(max(float(each.mean.max()) for each in both), "S")
    data: dict[str, Any] = {"conductance [S]": g}
    for (word, colour, line), (mean, sd) in zip(SIGNS, both, strict=True):
        ax.plot(factor * g, fine * mean, color=colour, ls=line, label=word)
        ax.fill_between(factor * g, fine * (mean - sd), fine * (mean + sd), color=colour,
                        alpha=0.2, lw=0)  # fmt: skip
        data |= {f"{word} step [S]": mean, f"{word} standard deviation [S]": sd}
    seen = subject.curves(Shown.SET_STEP) + subject.curves(Shown.RESET_STEP)
    beside(ax, seen, factor, fine)
    highest = fine * max(float(each.mean.max()) for each in both)
    ax.set_ylim(-0.5 * highest, 2.0 * highest)
    ax.set(xlabel=f"conductance ({unit})", ylabel=f"step of a pulse ({fine_unit})")
    above(ax, 3)
    return data, seen


def programming_panel(ax: Axes, subject: Subject) -> Drawn:
    """Draw spread and offset of programmed conductances."""
    device, g = subject.device, subject.targets
    mean, sd = programmed(device, g, subject.cells, rng=subject.rng("programming"))
    factor, unit = prefixed(device.window[2], "S")
    seen = subject.curves(Shown.PROGRAMMING_ERROR)
    ax.plot(factor * g, factor * sd, color=COLOURS[0], label="spread")
    ax.plot(factor * g, factor * np.abs(mean - g), color=COLOURS[1], ls=LINES[1], label="offset")
    beside(ax, seen, factor, factor)
    ax.set(xlabel=f"target ({unit})", ylabel=f"programming error ({unit})")
    ax.set_ylim(bottom=0)
    above(ax, 3)
    return {"target [S]": g, "mean [S]": mean, "standard deviation [S]": sd}, seen


def current_panel(ax: Axes, subject: Subject) -> Drawn:
    """Draw current against voltage."""
    law, window = subject.device.conduction, subject.device.window
    v = np.linspace(-1, 1, 101) * min(VOLTS, law.v_max)
    levels = [g for g in window if g > 0]
    currents = [law.current(np.full_like(v, g), v)[0] for g in levels]
    factor, unit = prefixed(max(float(np.abs(i).max()) for i in currents), "A")
    seen = subject.curves(Shown.CURRENT)
    data: dict[str, Any] = {"voltage [V]": v}
    for k, (g, i) in enumerate(zip(levels, currents, strict=True)):
        ax.plot(v, factor * i, color=COLOURS[k], ls=LINES[k], label=siemens(g))
        data[f"current at {siemens(g)} [A]"] = i
    beside(ax, seen, 1.0, factor)
    ax.set(xlabel="voltage of a cell (V)", ylabel=f"current ({unit})")
    above(ax, 4)
    return data, seen


@styled
def _alone(
    subject: Subject, stem: str, draw: Callable[[Axes, Subject], Drawn], *, alt: str, caption: str
) -> Picture:
    """Return what ``draw`` draws as a figure of its own."""
    figure = empty(WIDTH, HEIGHT)
    data, seen = draw(figure.add_subplot(), subject)
    whole = f"{caption}{said(seen)}"
    return named(subject, figure, stem, alt=alt, caption=whole, data=columns(data, seen))


def _pulses(subject: Subject) -> Picture:
    return _alone(
        subject, "pulses", pulses_panel,
        alt=f"conductance of {subject.name} over set pulses, then reset pulses",
        caption=f"Conductance over set pulses, then reset pulses, of {subject.cells} cells. Bands: "
        "one standard deviation from cell to cell; thin lines: single cells; dotted: range.",
    )  # fmt: skip


def _steps(subject: Subject) -> Picture:
    return _alone(
        subject, "steps", steps_panel,
        alt=f"step of a set and of a reset pulse of {subject.name} against conductance",
        caption=f"Mean step of one pulse against conductance, of {subject.cells} cells. Bands: one "
        "standard deviation, from cell to cell and from pulse to pulse.",
    )  # fmt: skip


def _programming(subject: Subject) -> Picture:
    return _alone(
        subject, "programming-error", programming_panel,
        alt=f"spread and offset of programmed conductances of {subject.name} against the target",
        caption="Standard deviation of programmed conductances from cell to cell, and distance of "
        f"their mean from the target, of {subject.cells} cells.",
    )  # fmt: skip


def _current(subject: Subject) -> Picture:
    return _alone(
        subject, "current", current_panel,
        alt=f"current of {subject.name} against voltage",
        caption="Current against voltage at the ends and in the middle of the range: "
        f"{type(subject.device.conduction).__name__}.",
    )  # fmt: skip
