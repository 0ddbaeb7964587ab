"""Robustness: accuracy of trained chips under one non-ideality at rising strength."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import (
    GREY,
    NARROW,
    Picture,
    look,
    percent,
    picture,
    styled,
    ticks,
)
from crossbar.report.figures.layout import empty, legend
from crossbar.report.merit import SHARE
from crossbar.report.records import Run
from crossbar.report.robustness import Point, Stress, points
from crossbar.report.wording import drifts, duration, listing, splits_and_seeds


@styled
def robustness(runs: Sequence[Run], stress: Stress) -> Picture:
    """Return accuracy, and its change against the same chip without stress, of all ``runs``."""
    figure = empty(NARROW, 3.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.4, 1))
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
    handles, labels = above.get_legend_handles_labels()  # the line of guessing comes first
    legend(figure, handles[1:] + handles[:1], labels[1:] + labels[:1])
    merit = runs[0].merit_words
    return picture(
        figure,
        f"robustness-{stress.name.replace(' ', '-')}",
        alt=f"{merit} of {', '.join(r.stressed for r in runs)} against {_label(stress)}",
        caption=f"Test {merit} against {stress.words}, and its change from the same chip at "
        "strength 0. Bars: 95 % interval ("
        f"{runs[0].student_kind} over seeds; Wilson over independent {runs[0].sample}s for one "
        "seed); "
        f"points: single seeds. Test part. {splits_and_seeds(runs)}{_no_drift(runs, stress)}",
        data=pd.concat([_frame(run, stress) for run in runs], ignore_index=True),
    )


def _frame(run: Run, stress: Stress) -> pd.DataFrame:
    assert run.robustness is not None
    return run.robustness[run.robustness["stress"] == stress.name].assign(run=run.name)


def _label(stress: Stress) -> str:
    """Return the label of the axis of strengths."""
    return f"{stress.words} ({stress.unit}{'; y: years' if stress.unit == 's' else ''})"


def _no_drift(runs: Sequence[Run], stress: Stress) -> str:
    """Return which of ``runs`` cannot drift, where ``stress`` is time."""
    still = [run.stressed for run in runs if stress.unit == "s" and not drifts(run)]
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
    stress: Stress,
    values: Sequence[float],
    zero: float,
) -> None:
    """Label both axes; zero has its own place, left of a break."""
    below.set_xscale("log")
    share = stress.unit == SHARE
    labels = [f"{100 * v:g}" if share else _moment(v) for v in values]
    ticks(below.xaxis, [v or zero for v in values], labels)
    step = min(v for v in values if v > 0) / zero
    for ax in (above, below):
        ax.axvline(zero * math.sqrt(step), color=GREY, lw=3, ls=(0, (0.4, 0.9)), alpha=0.5)
        ax.grid(visible=False, axis="x")
    decided, merit = runs[0].decides, runs[0].merit_words
    chance = 1 / len(runs[0].result["classes"]) if decided else 0.0
    above.axhline(chance, color=GREY, lw=0.9, ls=":", label="guessing")
    below.axhline(0, color=GREY, lw=0.9)
    above.set_ylim(top=1.0)
    if decided:
        percent(above.yaxis)
        percent(below.yaxis)
    above.set_ylabel(f"{merit} (%)" if decided else merit)
    below.set_ylabel("change\n(percentage points)" if decided else "change")
    below.set_xlabel(_label(stress))


def _moment(seconds: float) -> str:
    """Return a short name of a time on the axis."""
    if seconds < 1e3:
        return f"{seconds:g}"
    return duration(seconds).removesuffix(" s").replace(" ", "")
