"""Robustness: accuracy of trained chips under one non-ideality at rising strength."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import (
    GREY,
    NARROW,
    Picture,
    axes,
    legend,
    look,
    percent,
    picture,
    styled,
    ticks,
)
from crossbar.report.merit import MERITS
from crossbar.report.records import Run
from crossbar.report.robustness import Point, points
from crossbar.report.wording import drifts, duration, listing, splits_and_seeds

TITLES = {"stuck": "stuck cells", "read noise": "read noise", "drift": "drift"}
LABELS = {
    "stuck": "stuck cells (%; half on, half off)",
    "read noise": "read noise (std. dev., % of the range)",
    "drift": "time since programming (s; y: years)",
}


@styled
def robustness(runs: Sequence[Run], stress: str) -> Picture:
    """Return accuracy, and its change against the same chip without stress, of all ``runs``."""
    figure, above = axes(NARROW, 4.3)
    above.set_position((0.2, 0.47, 0.77, 0.455 if len(runs) < 3 else 0.415))
    below = figure.add_axes((0.2, 0.115, 0.77, 0.315), sharex=above)
    above.tick_params(axis="x", labelbottom=False)
    tables = [points(run, stress) for run in runs]
    values = sorted({p.value for table in tables for p in table})
    zero = _zero(values)
    for k, (run, table) in enumerate(zip(runs, tables, strict=True)):
        shift = (
            1.0
            if len(runs) == 1
            else (1.0 + 0.07 * _decades(values)) ** ((k - (len(runs) - 1) / 2) / 2)
        )
        _run(above, below, run, k, table, zero, shift)
    _finish(above, below, runs, stress, values, zero)
    merit = MERITS[runs[0].merit]
    return picture(
        figure,
        f"robustness-{stress.replace(' ', '-')}",
        alt=f"{merit} of {', '.join(r.stressed for r in runs)} against {LABELS[stress]}",
        caption=f"Test {merit} under {TITLES[stress]}, and its change against the same chip "
        "without it. Bars: 95 % interval ("
        f"{runs[0].student_kind} over seeds; Wilson over independent {runs[0].sample}s for one "
        "seed); "
        f"points: single seeds. Test part. {splits_and_seeds(runs)}{_no_drift(runs, stress)}",
    )


def _no_drift(runs: Sequence[Run], stress: str) -> str:
    """Return which of ``runs`` cannot drift, where ``stress`` is drift."""
    still = [run.stressed for run in runs if stress == "drift" and not drifts(run)]
    return f" No drift in the device model: {listing(still)}." if still else ""


def _zero(values: Sequence[float]) -> float:
    """Return where zero stands on the logarithmic axis: a step left of the least strength."""
    positive = [v for v in values if v > 0]
    step = 10 ** (0.22 * max(1.0, _decades(values)))
    return min(positive, default=1.0) / step


def _decades(values: Sequence[float]) -> float:
    positive = [v for v in values if v > 0]
    return math.log10(max(positive) / min(positive)) if positive else 0.0


def _run(
    above: Axes, below: Axes, run: Run, k: int, table: list[Point], zero: float, shift: float
) -> None:
    """Draw one run: mean and interval of the accuracy, single seeds, and the paired change."""
    style = look(k, run.analog)
    x = np.array([(p.value or zero) * shift for p in table])
    for p, place in zip(table, x, strict=True):
        above.plot([place] * len(p.seeds), p.seeds, ls="none", marker=".", ms=4, alpha=0.55,
                   color=style["color"])  # fmt: skip
    for ax, intervals in ((above, [p.accuracy for p in table]), (below, [p.change for p in table])):
        mean = np.array([i.mean for i in intervals])
        spread = np.array([(i.mean - i.low, i.high - i.mean) for i in intervals]).T
        known = bool(np.isfinite(spread).all())
        ax.errorbar(x, mean, yerr=spread if known else None, elinewidth=1.0, capsize=2.5,
                    label=run.stressed, **style)  # fmt: skip


def _finish(
    above: Axes,
    below: Axes,
    runs: Sequence[Run],
    stress: str,
    values: Sequence[float],
    zero: float,
) -> None:
    """Label both axes; zero has its own place, left of a break."""
    below.set_xscale("log")
    share = stress != "drift"
    labels = [f"{100 * v:g}" if share else _moment(v) for v in values]
    ticks(below.xaxis, [v or zero for v in values], labels)
    step = min(v for v in values if v > 0) / zero
    for ax in (above, below):
        ax.axvline(zero * math.sqrt(step), color=GREY, lw=3, ls=(0, (0.4, 0.9)), alpha=0.5)
        ax.grid(visible=False, axis="x")
    decided = runs[0].merit == "accuracy"
    chance = 1 / len(runs[0].result["classes"]) if decided else 0.0
    above.axhline(chance, color=GREY, lw=0.9, ls=":", label="guessing")
    below.axhline(0, color=GREY, lw=0.9)
    above.set_ylim(top=1.0)
    if decided:
        percent(above.yaxis)
        percent(below.yaxis)
    above.set_ylabel("accuracy (%)" if decided else MERITS[runs[0].merit])
    below.set_ylabel("change\n(percentage points)" if decided else "change")
    below.set_xlabel(LABELS[stress])
    legend(above, 3 if len(runs) < 3 else 2)


def _moment(seconds: float) -> str:
    """Return a short name of a time on the axis."""
    if seconds < 1e3:
        return f"{seconds:g}"
    return duration(seconds).removesuffix(" s").replace(" ", "")
