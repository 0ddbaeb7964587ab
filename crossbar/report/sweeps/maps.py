"""Maps of means over two parameters: their ink, and the figure of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crossbar.report.figures.canvas import COLUMN, GREY, Picture, styled
from crossbar.report.figures.layout import axes, wrap
from crossbar.report.sweeps import captions
from crossbar.report.sweeps.lines import chosen, extremes
from crossbar.report.sweeps.losses import losses, noted, unharmed
from crossbar.report.sweeps.quantities import Quantity, measured, spreadsheet
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scale import Scale, scale
from crossbar.report.sweeps.statistics import means
from crossbar.types import Floats

COLOURS = colormaps["cividis"]  # even in lightness, and the same to colour-blind eyes
HATCHED = " Hatched: no finished run."
LOST = " Hatched with a share: that share of the runs failed, and there is no mean."
LINE = 0.165  # inches of a line of text
DARK = 0.47  # share of the map below which numbers are white


@dataclass(frozen=True)
class Map:
    """Two axes, and the values (across, along) between them in the shown unit; NaN for none.

    ``lost`` says by row and column how many of all runs failed; such cells have no value.
    """

    along: Scale
    across: Scale
    values: Floats
    lost: dict[tuple[int, int], str]


@styled
def heatmap(
    sweep: Sweep, x: str, by: str, metric: str | None = None, *,
    name: str = "", caption: str = "", width: float = COLUMN,
) -> Picture:  # fmt: skip
    """Return the mean of ``metric`` over the parameters ``x``, to the right, and ``by``, upwards.

    ``metric``, ``name``, ``caption`` and ``width`` are as of :func:`curve`.

    Raises
    ------
    DataError
        If a name is none of the sweep.
    """
    metric, names = chosen(sweep, metric, x, by)
    table = means(sweep, names, metric)
    quantity = measured(sweep, metric, float(table["mean"].abs().max()))
    lost = losses(sweep, names)
    shown = grid(scale(sweep, x), scale(sweep, by), table, quantity, lost)
    height = min(3.2, max(1.4, 0.3 * len(shown.across.values)))
    figure, ax = axes(width, height)
    norm = norm_of(shown.values)
    draw(ax, shown, norm, width - 1.6, height)
    ax.set_xlabel(wrap(shown.along.quantity.label, width - 1.2))
    ax.set_ylabel(wrap(shown.across.quantity.label, height + 0.2))
    bar(figure, ax, norm, quantity, height)
    kept = unharmed(sweep, table, names)
    made = captions.Drawing(
        figure,
        f"{quantity.words} over {shown.along.quantity.words} and {shown.across.quantity.words}",
        f": {extremes(table, quantity)}",
        f". {captions.spread(sweep, kept, quantity)}"
        + hatched([shown])
        + captions.conditions(sweep, names, metric),
        spreadsheet(sweep, noted(table, lost), metric),
    )
    return made.picture(name or f"map-{metric}-{x}-{by}", caption, wide=width > COLUMN)


def grid(
    along: Scale, across: Scale, table: pd.DataFrame, quantity: Quantity, lost: pd.DataFrame
) -> Map:
    """Return the means of ``table`` as a map, without those that lack ``lost`` runs."""

    def cells(part: pd.DataFrame) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        return tuple(np.searchsorted(axis.places, axis.place(part[axis.name]))
                     for axis in (across, along))  # type: ignore[return-value]  # fmt: skip

    values = np.full((len(across.values), len(along.values)), np.nan)
    values[cells(table)] = quantity.factor * table["mean"].to_numpy(float)
    values[cells(lost)] = np.nan
    texts = (f"{failed}/{runs}" for failed, runs in zip(lost["failed"], lost["runs"], strict=True))
    return Map(along, across, values, dict(zip(zip(*cells(lost), strict=True), texts, strict=True)))


def norm_of(values: Floats) -> Normalize:
    """Return the range of colours that ``values`` take."""
    known = values[np.isfinite(values)]
    return Normalize(float(known.min()), float(known.max())) if known.size else Normalize(0, 1)


def hatched(maps: Sequence[Map]) -> str:
    """Return what the hatched cells of ``maps`` are; empty for none."""
    empty = sum(int(np.isnan(one.values).sum()) - len(one.lost) for one in maps)
    return (LOST if any(one.lost for one in maps) else "") + (HATCHED if empty else "")


def draw(ax: Axes, shown: Map, norm: Normalize, inches: float, height: float) -> None:
    """Draw the map on ``ax``, which is about ``inches`` by ``height``."""
    rows, columns = shown.values.shape
    ax.imshow(shown.values, cmap=COLOURS, norm=norm, origin="lower", aspect="auto")
    for row, column in np.argwhere(np.isnan(shown.values)):
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="#eeeeee", lw=0,
                               edgecolor=GREY, hatch="////"))  # fmt: skip
    for (row, column), text in shown.lost.items():
        ax.text(column, row, text, ha="center", va="center", fontsize=8,
                bbox={"facecolor": "#eeeeee", "lw": 0, "pad": 1})  # fmt: skip
    ax.set_xticks(range(columns), labels=shown.along.labels)
    ax.set_yticks(range(rows), labels=shown.across.labels)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    digits = _digits(shown.values, inches / columns, height / rows)
    if digits is None:
        return
    for (row, column), value in np.ndenumerate(shown.values):
        if np.isfinite(value):
            colour = "white" if norm(float(value)) < DARK else "black"
            ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize=8,
                    color=colour)  # fmt: skip


def _digits(values: Floats, width: float, height: float) -> int | None:
    """Return with how many decimals numbers fit into cells; None where they do not."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    span = float(np.ptp(known)) or float(np.abs(known).max()) or 1.0
    wanted = int(np.clip(2 - np.floor(np.log10(span)), 0, 3))
    for digits in range(min(wanted, 2 if span < 1 else 1), -1, -1):
        letters = max(len(f"{v:.{digits}f}") for v in (known.min(), known.max()))
        if 0.07 * letters + 0.04 <= width and height >= LINE:
            return digits if span * 10**digits >= 5 else None
    return None


def bar(
    figure: Figure, axes: Axes | Sequence[Axes], norm: Normalize, quantity: Quantity, height: float
) -> None:
    """Draw the scale of colours beside ``axes``, ``height`` inches high."""
    scale_of = figure.colorbar(ScalarMappable(norm, COLOURS), ax=axes, pad=0.02, aspect=18)
    scale_of.set_label(wrap(quantity.label, height))
    scale_of.outline.set_visible(False)
