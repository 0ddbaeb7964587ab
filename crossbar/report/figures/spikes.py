"""Spiking layers of a chip: raster and membranes of one sample, first spikes of many."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import COLOURS, WIDTH, Picture, picture, prefixed, styled
from crossbar.report.figures.layout import above, axes
from crossbar.report.records import Run
from crossbar.types import Record

MEMBRANES = 4  # that are drawn of a layer
ROOM = 120.0  # points that the lines of a raster share


def colour(k: int) -> str:
    """Return the colour of layer ``k``; they come again after the last."""
    return COLOURS[k % len(COLOURS)]


def spikes(run: Run) -> list[Picture]:
    """Return what the spiking neurons of the first chip of ``run`` do; nothing without any."""
    record = run.chips[0].record.get("spikes")
    if not record:
        return []
    drawn = [_raster(run, record), _first(run, record)]
    return [*drawn, _membranes(run, record)] if record["at"] else drawn


@styled
def _raster(run: Run, record: Record) -> Picture:
    layers, factor, unit = record["layers"], *prefixed(record["until"], "s")
    figure, ax = axes(WIDTH / 2, 2.4)
    below, rows, ticks = 0, [], []
    for k, (name, one) in enumerate(layers.items()):
        size = float(np.clip(ROOM / sum(each["neurons"] for each in layers.values()), 0.7, 6))
        at = factor * np.array(one["times"])
        ax.plot(
            at,
            below + np.array(one["lines"]),
            "|",
            color=colour(k),
            ms=size,
            mew=0.9,
        )
        ticks.append(below + (one["neurons"] - 1) / 2)
        below += one["neurons"]
        ax.axhline(below - 0.5, color="0.8", lw=0.7)
        rows.append(pd.DataFrame({"layer": name, "neuron": one["lines"], "t_s": one["times"]}))
    ax.set_yticks(ticks, list(layers))
    ax.set(xlim=(0, factor * record["until"]), ylim=(-0.5, below - 0.5))
    ax.set_xlabel(f"time ({unit})")
    ax.grid(visible=False)
    return picture(
        figure,
        f"{run.name}-raster",
        alt=f"spikes of every neuron of {run.name} against time, one test sample",
        caption=f"Spikes of {run.name} in the first test {run.sample}, a line a neuron. In "
        f"the mean of {record['samples']} there are {record['spikes']:.0f}, and "
        f"{record['active']:.0%} of the neurons fire.",
        data=pd.concat(rows, ignore_index=True),
    )


@styled
def _first(run: Run, record: Record) -> Picture:
    factor, unit = prefixed(record["until"], "s")
    figure, ax = axes(WIDTH / 2, 2.4)
    counts = {name: np.array(one["first"]) for name, one in record["layers"].items()}
    edges = np.linspace(0, record["until"], 1 + len(next(iter(counts.values()))))
    for k, (name, one) in enumerate(record["layers"].items()):
        share = counts[name] / (record["samples"] * one["neurons"])
        quiet = f", {one['silent']:.0%} silent" if one["silent"] else ""
        ax.stairs(share, factor * edges, color=colour(k), lw=1.3, label=f"{name}{quiet}")
    ax.set(xlim=(0, factor * record["until"]), ylim=(0, None))
    ax.set_xlabel(f"first spike ({unit})")
    ax.set_ylabel("share of neurons")
    above(ax, 1)
    return picture(
        figure,
        f"{run.name}-first-spikes",
        alt=f"share of the neurons of {run.name} whose first spike is at a time",
        caption=f"When neurons of {run.name} fire first, of {record['samples']} test samples.",
        data=pd.DataFrame({"from_s": edges[:-1], **counts}),
    )


@styled
def _membranes(run: Run, record: Record) -> Picture:
    factor, unit = prefixed(record["until"], "s")
    kept = {name: one["voltages"] for name, one in record["layers"].items() if one["voltages"]}
    figure, ax = axes(WIDTH, 2.0)
    _traces(ax, factor * np.array(record["at"]), kept)
    ax.set_xlim(0, factor * record["until"])
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel("membrane (V)")
    above(ax, 2)
    named = {f"{name} {j}": line for name, lines in kept.items() for j, line in enumerate(lines)}
    return picture(
        figure,
        f"{run.name}-membranes",
        alt=f"voltages of some membranes of {run.name} against time, one test sample",
        caption=f"Membranes of {run.name} in every step of the first test {run.sample}.",
        data=pd.DataFrame({"t_s": record["at"], **named}),
    )


def _traces(ax: Axes, at: np.ndarray, kept: dict[str, list[list[float]]]) -> None:
    """Draw the first membranes of every layer."""
    for k, (name, lines) in enumerate(kept.items()):
        for j, line in enumerate(lines[:MEMBRANES]):
            shade = 1 - 0.6 * j / MEMBRANES
            ax.plot(
                at,
                line,
                color=colour(k),
                alpha=shade,
                lw=1.1,
                label=f"{name}, neuron {j}",
            )
