"""Where time, energy and area of a chip go, matrix by matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from crossbar.report.figures.canvas import COLOURS, WIDTH, Picture, picture, prefixed, styled, ticks
from crossbar.report.figures.layout import axes, legend
from crossbar.types import Record

MOST = 24  # bars
PARTS = ("cells", "drivers", "converters", "blocks", "sample and hold", "cycles")  # by colour


class Bars(NamedTuple):
    """What a figure shows: a bar a matrix, made of parts."""

    name: str
    words: str
    unit: str
    parts: Sequence[Mapping[str, float]]


def pictures(record: Record) -> tuple[Picture, ...]:
    """Return time, energy and area by matrix, and by part where there are several."""
    layers = record["layers"]
    names = [one["name"] for one in layers]
    figures = (
        Bars("latency", "time", "s", [{"cycles": one["latency"]} for one in layers]),
        Bars("energy", "energy an inference", "J", [one["energy_parts"] for one in layers]),
        Bars("area", "area", "m2", [one["area_parts"] for one in layers]),
    )
    return tuple(_bars(names, each) for each in figures if any(sum(p.values()) for p in each.parts))


@styled
def _bars(names: Sequence[str], bars: Bars) -> Picture:
    """Return one figure: the largest matrices, in their order, and the sum of the others."""
    frame = pd.DataFrame(list(bars.parts), index=list(names)).fillna(0.0)
    frame = frame.loc[:, (frame > 0).any()]
    shown, rest = frame, len(frame) - MOST
    if rest > 0:
        largest = frame.sum(axis=1).nlargest(MOST).index
        others = frame.drop(index=largest).sum().rename(f"{rest} others")
        shown = pd.concat([frame.loc[frame.index.isin(largest)], others.to_frame().T])
    factor, unit = _unit(float(shown.sum(axis=1).max()), bars.unit)
    figure, ax = axes(WIDTH, max(0.6, 0.24 * len(shown)))
    left = pd.Series(0.0, index=shown.index)
    for part in shown.columns:
        colour = COLOURS[PARTS.index(part)]
        values = shown[part] * factor
        ax.barh(range(len(shown)), values, left=left, height=0.68, color=colour, label=part)
        left += values
    ticks(ax.yaxis, range(len(shown)), list(shown.index))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.invert_yaxis()
    ax.set_xlabel(f"{bars.words} ({unit})")
    if shown.shape[1] > 1:
        legend(figure, *ax.get_legend_handles_labels())
    return picture(
        figure,
        f"map-{bars.name}",
        alt=f"{bars.words} of {', '.join(map(str, shown.index))}",
        caption=f"{bars.words.capitalize()} of every matrix"
        + (", by part." if shown.shape[1] > 1 else "."),
        data=frame.rename_axis("matrix").reset_index(),
    )


def _unit(largest: float, unit: str) -> tuple[float, str]:
    """Return factor and unit of an axis up to ``largest``; areas have their own prefixes."""
    if unit != "m2":
        return prefixed(largest, unit)
    return (1e6, "mm\N{SUPERSCRIPT TWO}") if largest >= 1e-8 else (1e12, "µm\N{SUPERSCRIPT TWO}")
