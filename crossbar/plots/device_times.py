"""Figures of a device over time: read noise and drift."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.devices.statistics import drift_exponents, drifted, drifts_by_power, read_noise
from crossbar.plots.device_subject import HEIGHT, Subject, beside, columns, named, said, siemens
from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    LINES,
    Picture,
    prefixed,
    styled,
    ticks,
)
from crossbar.report.figures.layout import above, empty
from crossbar.types import Floats

AGES = {"1 s": 1.0, "1 h": 3600.0, "1 day": 86400.0, "1 year": 365.25 * 86400.0}  # s
TIMES = np.logspace(0, 8.5, 35)  # s, to ten years
DAY = "1 day"  # after which cells are shown that have no exponents
LEVELS = 4  # conductances whose course with time is drawn


def noise_panel(ax: Axes, subject: Subject) -> tuple[dict[str, Floats], list[PublishedCurve]]:
    """Draw read noise against conductance at some ages."""
    device, g, ages = subject.device, subject.targets, np.array([*AGES.values()])
    sigma = read_noise(device, g, ages, subject.cells, rng=subject.rng("read noise"))
    factor, unit = prefixed(device.window[2], "S")
    seen = subject.curves(Shown.READ_NOISE)
    for k, age in enumerate(AGES):
        ax.plot(factor * g, factor * sigma[k], color=COLOURS[k], ls=LINES[k], label=age)
    beside(ax, seen, factor, factor)
    ax.set(xlabel=f"conductance ({unit})", ylabel=f"read noise ({unit})")
    ax.set_ylim(bottom=0)
    above(ax, 3)
    return {"conductance [S]": g, **{f"after {a} [S]": sigma[k] for k, a in enumerate(AGES)}}, seen


@styled
def noisy(subject: Subject) -> Picture:
    """Return read noise against conductance at some ages, and over time at some conductances."""
    few = _few(subject)
    course = read_noise(subject.device, few, TIMES, subject.cells, rng=subject.rng("noise, times"))
    factor, unit = prefixed(subject.device.window[2], "S")
    figure = empty(FULL, HEIGHT)
    left, right = figure.subplots(1, 2)
    data, seen = noise_panel(left, subject)
    for k, level in enumerate(few):
        right.plot(TIMES, factor * course[:, k], color=COLOURS[k], ls=LINES[k],
                   label=f"{factor * level:.3g} {unit}")  # fmt: skip
    _over_time(right)
    right.set(ylabel=f"read noise ({unit})")
    right.set_ylim(bottom=0)
    above(right, 5)
    later = {f"at {siemens(level)} [S]": course[:, k] for k, level in enumerate(few)}
    return named(
        subject, figure, "read-noise",
        alt=f"read noise of {subject.name} against conductance and time",
        caption=f"Standard deviation of a read, of {subject.cells} cells. Left: against the "
        "conductance as written, at times since writing; right: over time, by that conductance."
        + said(seen),
        data=columns({**data, "time [s]": TIMES, **later}, seen),
        wide=True,
    )  # fmt: skip


def drift_panel(ax: Axes, subject: Subject) -> tuple[dict[str, Floats], list[PublishedCurve]]:
    """Draw exponents against conductance, or what is kept where drift is no power of time."""
    power = drifts_by_power(subject.device, rng=subject.rng("any"))
    return (_exponents if power else _kept)(ax, subject)


def _kept(ax: Axes, subject: Subject) -> tuple[dict[str, Floats], list[PublishedCurve]]:
    """Draw mean and deviation of the share of conductances that is kept for a day."""
    g = subject.targets
    kept = drifted(subject.device, g, np.array([AGES[DAY]]), subject.cells, rng=subject.rng("kept"))
    factor, unit = prefixed(subject.device.window[2], "S")
    ax.plot(factor * g, kept.mean[0], color=COLOURS[0], label="mean")
    ax.plot(factor * g, kept.sd[0], color=COLOURS[1], ls=LINES[1], label="spread")
    ax.set(xlabel=f"conductance ({unit})", ylabel=f"share kept for {DAY}")
    ax.set_ylim(bottom=0)
    above(ax, 3)
    return {"conductance [S]": g, "mean share kept": kept.mean[0],
            "spread of that share": kept.sd[0]}, []  # fmt: skip


def _exponents(ax: Axes, subject: Subject) -> tuple[dict[str, Floats], list[PublishedCurve]]:
    """Draw mean and deviation of drift exponents against conductance."""
    g = subject.targets
    nu = drift_exponents(subject.device, g, subject.cells, rng=subject.rng("exponents"))
    factor, unit = prefixed(subject.device.window[2], "S")
    seen = subject.curves(Shown.DRIFT) + subject.curves(Shown.DRIFT_SPREAD)
    ax.plot(factor * g, nu.mean, color=COLOURS[0], label="mean")
    ax.plot(factor * g, nu.sd, color=COLOURS[1], ls=LINES[1], label="spread")
    beside(ax, seen, factor, 1.0)
    ax.set(xlabel=f"conductance ({unit})", ylabel="drift exponent")
    above(ax, 3)
    return {"conductance [S]": g, "mean exponent": nu.mean, "spread of exponent": nu.sd}, seen


@styled
def drifting(subject: Subject) -> Picture:
    """Return conductance over time at some levels, and what drift does against conductance."""
    few = _few(subject)
    kept = drifted(subject.device, few, TIMES, subject.cells, rng=subject.rng("drift"))
    factor, unit = prefixed(subject.device.window[2], "S")
    figure = empty(FULL, HEIGHT)
    left, right = figure.subplots(1, 2)
    for k, level in enumerate(few):
        mean, sd = factor * level * kept.mean[:, k], factor * level * kept.sd[:, k]
        left.fill_between(TIMES, mean - sd, mean + sd, color=COLOURS[k], alpha=0.2, lw=0)
        left.plot(TIMES, mean, color=COLOURS[k], ls=LINES[k])
    _over_time(left)
    left.set(ylabel=f"conductance ({unit})")
    left.set_ylim(bottom=0)
    data, seen = drift_panel(right, subject)
    data["time [s]"] = TIMES
    for k, level in enumerate(few):
        data[f"kept of {siemens(level)}"] = kept.mean[:, k]
        data[f"spread of that of {siemens(level)}"] = kept.sd[:, k]
    return named(
        subject, figure, "drift",
        alt=f"conductance of {subject.name} over time, and its drift",
        caption=f"Left: mean conductance over time of {subject.cells} cells at each level; bands: "
        "one standard deviation. Right: drift exponent -d ln g / d ln t about a day after writing, "
        f"or share kept for {DAY} where drift is no power of time: mean and standard deviation "
        f"from cell to cell.{said(seen)}",
        data=columns(data, seen),
        wide=True,
    )  # fmt: skip


def _few(subject: Subject) -> Floats:
    """Return the levels whose course with time is drawn."""
    low, _, high = subject.device.window
    return np.linspace(low, high, LEVELS + 1)[1:]


def _over_time(ax: Axes) -> None:
    """Let the x axis of ``ax`` be time since writing."""
    ax.set(xscale="log", xlabel="time since writing")
    ticks(ax.xaxis, [*AGES.values()], [*AGES])
