"""Conductances of the cells before and after training: histograms, and maps of the arrays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from crossbar.report.figures.canvas import (
    COARSE,
    COLOURS,
    FULL,
    GREY,
    NARROW,
    WIDTH,
    Picture,
    picture,
    prefixed,
    styled,
)
from crossbar.report.figures.layout import above, empty
from crossbar.report.records import Run
from crossbar.types import Floats

AFTER = ("-", "--")  # line of each cell of a weight after training
KEYS = 3  # names beside each other
ACROSS = 4  # maps beside each other


@dataclass(frozen=True, kw_only=True)
class Group:
    """The cells of a layer that stand at one place of their weights.

    Attributes
    ----------
    name
        See :func:`crossbar.circuit.cell_names.cell_names`.
    plane
        Index of the plane.
    before, after : (word lines, bit lines)
        Conductances in ``unit``; the word lines of copies are stacked.
    unit, factor
        Unit, and how many of it are one siemens.
    """

    name: str
    plane: int
    before: Floats
    after: Floats
    unit: str
    factor: float


def layers(run: Run) -> list[str]:
    """Return the names of the layers that hold conductances, in their order."""
    return list(dict.fromkeys(key.split("/")[1] for key in run.cells if "/cells" in key))


def groups(run: Run, layer: str) -> list[Group]:
    """Return the cells of ``layer``, one group for each cell of a weight."""
    names = [k for k in run.cells if k.startswith(f"before/{layer}/cells")]
    names.sort(key=lambda name: (len(name), name))
    pairs = [(run.cells[k], run.cells[k.replace("before/", "after/", 1)]) for k in names]
    largest = max(float(values.max()) for pair in pairs for values in pair)
    factor, unit = prefixed(largest, "S")
    flat = [[factor * v.reshape(-1, v.shape[-1]) for v in pair] for pair in pairs]
    kinds = run.result["weight_cells"]
    own = kinds.get(f"layers.{layer.partition('.')[0]}") or kinds["tile"]
    called = [(name, plane) for plane, names in enumerate(own["names"]) for name in names]
    return [
        Group(name=name, plane=plane, before=before, after=after, unit=unit, factor=factor)
        for (name, plane), (before, after) in zip(called, flat, strict=True)
    ]


def histograms(run: Run) -> list[Picture]:
    """Return one histogram a layer."""
    return [_histogram(run, layer, groups(run, layer)) for layer in layers(run)]


@styled
def _histogram(run: Run, layer: str, cells: list[Group]) -> Picture:
    planes = [[g for g in cells if g.plane == k] for k in range(cells[-1].plane + 1)]
    figure = empty(NARROW, 1.9 if len(planes) == 1 else 1.2 * len(planes))
    panels = figure.subplots(len(planes), 1, sharex=True, squeeze=False).ravel()
    everything = np.concatenate([v.ravel() for g in cells for v in (g.before, g.after)])
    bins = list(np.histogram_bin_edges(everything, int(np.clip(everything.size / 16, 12, 70))))
    for ax, plane in zip(panels, planes, strict=True):
        for group, colour, line in zip(plane, cycle(COLOURS), cycle(AFTER), strict=False):
            before = group.before.ravel()
            ax.hist(before, bins, histtype="stepfilled", color=colour, alpha=0.22)
            ax.hist(before, bins, histtype="step", color=colour, ls=":", lw=1.2)
            ax.hist(group.after.ravel(), bins, histtype="step", color=colour, ls=line, lw=1.6)
        bounded = _bounds(ax, run, layer, cells[0].factor)
        ax.set_ylabel(f"cells of {layer} in a bin" if len(planes) == 1 else "cells")
        _key(ax, plane)
    ax.set_xlabel(f"conductance ({cells[0].unit})")
    return picture(
        figure,
        f"{run.name}-histogram-{layer}",
        alt=f"histogram of the conductances of layer {layer} of {run.name}",
        caption=f"{run.name}, layer {layer}: {everything.size // 2:,} cells before (dotted, "
        f"filled) and after training (solid), seed {run.chips[0].seed}."
        + (" Vertical lines: nominal range of the device." if bounded else ""),
        data=_bins(cells, np.array(bins)),
    )


def _bins(cells: list[Group], bins: Floats) -> pd.DataFrame:
    """Return how many cells each bin holds before and after training."""
    ends = {"low [S]": bins[:-1] / cells[0].factor, "high [S]": bins[1:] / cells[0].factor}
    return pd.concat(
        [pd.DataFrame(ends | {"cell": group.name, "before": np.histogram(group.before, bins)[0],
                              "after": np.histogram(group.after, bins)[0]}) for group in cells],
        ignore_index=True,
    )  # fmt: skip


def _frame(cells: list[Group]) -> pd.DataFrame:
    """Return every cell with its conductance before and after training."""
    word, bit = (index.ravel() for index in np.indices(cells[0].before.shape))
    return pd.concat(
        [pd.DataFrame({"cell": group.name, "word line": word, "bit line": bit,
                       "before [S]": group.before.ravel() / group.factor,
                       "after [S]": group.after.ravel() / group.factor}) for group in cells],
        ignore_index=True,
    )  # fmt: skip


def _key(ax: Axes, cells: list[Group]) -> None:
    """Name the signs by their colours, before and after by their lines."""
    colour = COLOURS[0] if len(cells) == 1 else "#444444"
    handles: list[Any] = [
        Patch(facecolor=colour + "38", edgecolor=colour, ls=":", lw=1.2, label="before")
    ]
    for group, tint, line in zip(cells, cycle(COLOURS), cycle(AFTER), strict=False):
        label = "after" if len(cells) == 1 else f"{group.name} after"
        handles.append(Line2D([], [], color=tint, ls=line, lw=1.6, label=label))
    above(ax, KEYS, handles=handles)


def _bounds(ax: Axes, run: Run, layer: str, factor: float) -> bool:
    """Mark the nominal range of the device of ``layer``; return whether it has one."""
    config = run.result["config"]
    device = config.get("layers", {}).get(layer.partition(".")[0], config)["device"] or {}
    limits = [device[name] for name in ("g_min", "g_max") if name in device]
    for limit in limits:
        ax.axvline(limit * factor, color=GREY, lw=0.9)
    return bool(limits)


def maps(run: Run) -> list[Picture]:
    """Return maps of every layer, before, after and change: small layers first."""
    drawn = [_map(run, layer, groups(run, layer)) for layer in layers(run)]
    return sorted(drawn, key=lambda p: p.wide)


@styled
def _map(run: Run, layer: str, cells: list[Group]) -> Picture:
    wide = cells[0].before.shape[0] > 100
    bands = [cells[k : k + ACROSS] for k in range(0, len(cells), ACROSS)]
    height = len(bands) * (4.0 if wide else 3.3)
    figure = empty(FULL, height, COARSE) if wide else empty(WIDTH, height)
    across = len(bands[0])
    grid = figure.subplots(3 * len(bands), across, sharex=True, sharey=True, squeeze=False)
    low = min(float(v.min()) for g in cells for v in (g.before, g.after))
    high = max(float(v.max()) for g in cells for v in (g.before, g.after))
    change = max(float(np.quantile(np.abs(g.after - g.before), 0.995)) for g in cells) or 1.0
    for k, band in enumerate(bands):
        _band(figure, grid[3 * k : 3 * k + 3], band, (low, high), change)
    figure.supxlabel("word line (input)")
    return picture(
        figure,
        f"{run.name}-map-{layer}",
        alt=f"maps of layer {layer} of {run.name} before and after training, and their change",
        caption=f"{run.name}, layer {layer}, seed {run.chips[0].seed}: every "
        "cell at its place. Changes beyond the 99.5 % quantile have the colour of the end of the "
        "scale.",
        data=_frame(cells),
        wide=wide,
    )


def _band(
    figure: Figure, grid: Any, cells: list[Group], span: tuple[float, float], change: float
) -> None:
    """Draw cells beside each other: before, after and change, with their scales."""
    shown: dict[str, AxesImage] = {}
    ends = {"before": span, "after": span, "change": (-change, change)}
    for column, group in zip(grid.T, cells, strict=False):
        maps = (group.before, group.after, group.after - group.before)
        for ax, values, (title, (low, high)) in zip(column, maps, ends.items(), strict=True):
            shown[title] = ax.imshow(
                values.T, cmap="viridis" if title != "change" else "cividis", vmin=low,
                vmax=high, aspect="auto", origin="lower", interpolation="auto",
                interpolation_stage="data",
            )  # fmt: skip
            ax.grid(visible=False)
            name = f"{group.name}, {title}"
            ax.set_title(name, loc="left", y=1.0)  # or matplotlib measures every label for it
    for ax in grid[:, len(cells) :].ravel():
        ax.set_visible(False)
    unit = f" ({cells[0].unit})" if cells[0].unit else ""
    figure.colorbar(shown["before"], ax=grid[:2], aspect=24).set_label(cells[0].name[0] + unit)
    figure.colorbar(shown["change"], ax=grid[2], aspect=11, extend="both").set_label(
        f"change{unit}"
    )
    for ax in grid[:, 0]:
        ax.set_ylabel("bit line")
        ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
