"""Maps of means over two parameters: the ink of figures with colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crossbar.report.figures.canvas import GREY
from crossbar.report.sweeps.layout import CHARACTER, LINE, thinned, wrap
from crossbar.report.sweeps.quantities import Quantity
from crossbar.report.sweeps.scale import Scale
from crossbar.report.sweeps.statistics import Floats

COLOURS = colormaps["cividis"]  # even in lightness, and the same to colour-blind eyes
HATCHED = " Hatched: no finished run."
DARK = 0.47  # share of the map below which numbers are white


@dataclass(frozen=True)
class Map:
    """Two axes, and the values (across, along) between them in the shown unit; NaN for none."""

    along: Scale
    across: Scale
    values: Floats


def grid(along: Scale, across: Scale, table: pd.DataFrame, quantity: Quantity) -> Map:
    """Return the means of ``table`` as a map."""
    values = np.full((len(across.values), len(along.values)), np.nan)
    columns = np.searchsorted(along.places, along.place(table[along.name]))
    rows = np.searchsorted(across.places, across.place(table[across.name]))
    values[rows, columns] = quantity.factor * table["mean"].to_numpy(float)
    return Map(along, across, values)


def norm_of(values: Floats) -> Normalize:
    """Return the range of colours that ``values`` take."""
    return Normalize(float(np.nanmin(values)), float(np.nanmax(values)))


def left_of(across: Scale, title: str) -> float:
    """Return the inches that the upward axis takes: its labels and its ``title``, in lines."""
    labels = CHARACTER * max(len(label) for label in across.labels)
    return 0.2 + LINE * (title.count("\n") + 1) + labels


def rows(along: Scale, inches: float) -> int:
    """Return how many lines the labels take below a map that is ``inches`` wide."""
    return 1 + max(text.count("\n") for text in _labels(along, inches))


def _labels(along: Scale, inches: float) -> list[str]:
    """Return what is written below the columns of a map that is ``inches`` wide."""
    columns = len(along.values)
    return along.written((np.arange(columns) + 0.5) * inches / columns)


def draw(ax: Axes, shown: Map, norm: Normalize, inches: float, height: float) -> None:
    """Draw the map on ``ax``, which is ``inches`` by ``height``."""
    rows, columns = shown.values.shape
    ax.imshow(shown.values, cmap=COLOURS, norm=norm, origin="lower", aspect="auto")
    for row, column in np.argwhere(np.isnan(shown.values)):
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="#eeeeee", lw=0,
                               edgecolor=GREY, hatch="////"))  # fmt: skip
    ax.set_xticks(range(columns), labels=_labels(shown.along, inches))
    at = (np.arange(rows) + 0.5) * height / rows
    ax.set_yticks(range(rows), labels=thinned(at, [LINE] * rows, shown.across.labels))
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    digits = _digits(shown.values, inches / columns, height / rows)
    if digits is None:
        return
    for (row, column), value in np.ndenumerate(shown.values):
        if np.isfinite(value):
            colour = "white" if norm(value) < DARK else "black"
            ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize=8,
                    color=colour)  # fmt: skip


def _digits(values: Floats, width: float, height: float) -> int | None:
    """Return with how many decimals numbers fit into cells; None where they do not."""
    known = values[np.isfinite(values)]
    span = float(np.ptp(known)) or float(np.abs(known).max()) or 1.0
    wanted = int(np.clip(2 - np.floor(np.log10(span)), 0, 3))
    for digits in range(min(wanted, 2 if span < 1 else 1), -1, -1):
        letters = max(len(f"{v:.{digits}f}") for v in (known.min(), known.max()))
        if 0.07 * letters + 0.04 <= width and height >= LINE:
            return digits if span * 10**digits >= 5 else None
    return None


def beside(quantity: Quantity, height: float) -> float:
    """Return the inches that the scale of colours takes beside axes ``height`` inches high."""
    return 0.63 + LINE * (wrap(quantity.label, height).count("\n") + 1)


def bar(
    figure: Figure, place: tuple[float, float, float, float], norm: Normalize, quantity: Quantity,
    height: float,
) -> None:  # fmt: skip
    """Draw the scale of colours at ``place``, ``height`` inches high."""
    ax = figure.add_axes(place)
    scale_of = figure.colorbar(ScalarMappable(norm, COLOURS), cax=ax)
    scale_of.set_label(wrap(quantity.label, height))
    for spine in ax.spines.values():
        spine.set_visible(False)
