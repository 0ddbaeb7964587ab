"""What each parameter does alone: changes from the reference point, the largest on top."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from crossbar.errors import fail
from crossbar.report.figures.canvas import COLUMN, GREY, Picture, styled
from crossbar.report.figures.layout import LETTER, axes, wrap
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.effects import Effect, effects
from crossbar.report.sweeps.levels import numeric
from crossbar.report.sweeps.quantities import (
    Quantity,
    level_text,
    measured,
    point_text,
    short,
    spreadsheet,
)
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.replicates import own, repeated
from crossbar.report.sweeps.statistics import PARTS, student_kind

NAMES = 1.32  # inches for the names of parameters
BAR, GAP, LINE = 0.17, 0.13, 0.165  # inches: a bar, the space between parameters, a line of text
BELOW, ABOVE = "#7db8de", "#f3c79f"  # tints that leave the bars of intervals visible
LOST = " Open bars, and crosses without a bar: runs failed; brackets give how many of all."
SHOWN = 3  # bars of a parameter; of more values the extremes are shown


@styled
def tornado(
    sweep: Sweep, metric: str | None = None, *, name: str = "", caption: str = "",
    width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the change of ``metric`` by each value of each parameter, the others at the reference.

    Everything else is as of :func:`curve`.

    Raises
    ------
    ConfigError
        If no finished run departs from the reference point in one parameter.
    """
    metric = metric or sweep.metric
    sweep.require_metric(metric)
    ranked = effects(sweep, metric)
    if not any(effect.seeds for effect in ranked):
        remedy = "Sweep one parameter at a time from a point that is run too."
        fail("tornado", "runs that depart from the reference in one parameter", "none", remedy)
    rows = _rows(ranked)
    largest = max(_size(effect) for row in rows for effect in row)
    quantity = measured(sweep, metric, largest).change()
    height = sum(_height(sweep, row) for row in rows) + GAP * (len(rows) + 1)
    figure, ax = axes(width, height)
    _draw(ax, sweep, rows, quantity, width - NAMES - 0.3)
    ax.set_xlabel(wrap(quantity.label, width - NAMES))
    ax.set_ylim(height, 0)
    cut = any(len(row) < sum(e.name == row[0].name for e in ranked) for row in rows)
    made = captions.Drawing(
        figure,
        quantity.words,
        " by each parameter alone, the largest on top: "
        + ", ".join(_name(sweep, row[0].name).replace("\n", " ") for row in rows),
        f" when one parameter leaves the reference ({point_text(sweep, sweep.reference)}). "
        + _seeds(sweep, ranked)
        + (" Of parameters with more values the extremes are shown." if cut else "")
        + (LOST if any(effect.failed for row in rows for effect in row) else "")
        + captions.unfinished(sweep, metric),
        _frame(sweep, ranked, metric),
    )
    return made.picture(name or f"tornado-{metric}", caption, wide=width > COLUMN)


def _frame(sweep: Sweep, ranked: Sequence[Effect], metric: str) -> pd.DataFrame:
    """Return the effects, a row each; values of parameters in SI units."""
    rows = [(e.name, e.value, sweep.unit(e.name), *(getattr(e.change, part) for part in PARTS),
             e.seeds, e.failed, e.runs) for e in ranked]  # fmt: skip
    changes = [f"change {part}" for part in PARTS]
    names = ["parameter", "value", "unit", *changes, "change pairs", "failed", "runs"]
    return spreadsheet(sweep, pd.DataFrame(rows, columns=names), metric)


def _rows(ranked: Sequence[Effect]) -> list[list[Effect]]:
    """Return the effects by parameter, the parameter that moves the metric most first."""
    rows = []
    for name in dict.fromkeys(effect.name for effect in ranked):
        own = [effect for effect in ranked if effect.name == name]
        known = [effect for effect in own if effect.seeds]
        if len(own) > SHOWN and known:
            ends = {pick(known, key=lambda e: e.change.mean).value for pick in (min, max)}
            own = [effect for effect in own if effect.value in ends or effect not in known]
        rows.append(own)
    return sorted(rows, key=lambda row: -max(_size(effect) for effect in row))


def _size(effect: Effect) -> float:
    return abs(effect.change.mean) if effect.seeds else 0.0


def _draw(
    ax: Axes, sweep: Sweep, rows: Sequence[Sequence[Effect]], quantity: Quantity, inches: float
) -> None:
    """Draw the bars with their values, and the names of the parameters, on ``inches``."""
    middles, top, longest = [], GAP, 0
    for row in rows:
        height = _height(sweep, row)
        middles.append(top + height / 2)
        for k, effect in enumerate(row):
            text = _bar(ax, sweep, effect, quantity, middles[-1] + BAR * (k - (len(row) - 1) / 2))
            longest = max(longest, len(text))
        top += height + GAP
    room = min(0.3, LETTER * longest / inches)
    ax.margins(x=0.02 + room / (1 - 2 * room))  # values stand beyond the ends
    ax.axvline(0, color=GREY, lw=0.9)
    ax.set_yticks(middles, [_name(sweep, row[0].name) for row in rows])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)


def _bar(ax: Axes, sweep: Sweep, effect: Effect, quantity: Quantity, y: float) -> str:
    """Draw a bar with its interval and value; return the text of the value."""
    reference, text = sweep.reference[effect.name], level_text(sweep, effect.name, effect.value)
    below = numeric([effect.value, reference]) and effect.value < reference  # type: ignore[operator]
    mean, low, high = (
        quantity.factor * v for v in (effect.change.mean, effect.change.low, effect.change.high)
    )
    if effect.failed:
        text += f" ({effect.failed}/{effect.runs})"
    if not effect.seeds:
        ax.plot(0, y, marker="x", color="black", ls="none")
        mean = 0.0
    tint = BELOW if below else ABOVE
    drawn = ax.barh(
        y, mean, height=0.82 * BAR, color="none" if effect.failed else tint, lw=0.6,
        edgecolor="#333333", hatch=None if below or effect.failed else "////",
        xerr=[[mean - low], [high - mean]] if effect.change.known else None,
        error_kw={"elinewidth": 1.0, "capsize": 2.0, "ecolor": "black"},
    )  # fmt: skip
    ax.bar_label(drawn, [text], padding=3, fontsize=8)
    return text


def _height(sweep: Sweep, row: Sequence[Effect]) -> float:
    """Return the inches that a parameter takes: its bars, or the lines of its name."""
    return max(BAR * len(row), LINE * (_name(sweep, row[0].name).count("\n") + 1))


def _name(sweep: Sweep, name: str) -> str:
    """Return in lines the first words of what ``name`` means; its name if others mean the same."""
    words = sweep.fields.words(name).split(",")[0]
    same = [o for o in sweep.parameters if sweep.fields.words(o).split(",")[0] == words]
    return wrap(words if len(same) == 1 else f"{words}: {short(sweep, name)}", NAMES - 0.1)


def _seeds(sweep: Sweep, ranked: Sequence[Effect]) -> str:
    """Return what the changes are means of."""
    pairs = [e.seeds for e in ranked if e.seeds]
    most, least = max(pairs), min(pairs)
    if most == 1 and not sweep.draw:
        text = f"{repeated(sweep, 1).capitalize()}."
    else:
        number = "" if most == least else f"{least} to "
        one = own(sweep)
        text = (
            f"Mean over {number}{repeated(sweep, most)} of the difference {one} by {one}; bars: "
            f"95 % interval ({student_kind(sweep)})."
        )
    return f"{text} Plain: below the reference; hatched: above it, or another kind."
