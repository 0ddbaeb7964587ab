"""Room on a figure: margins that hold labels and a legend, both known before anything is drawn."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.report.figures.canvas import DPI

LEFT, RIGHT = 0.62, 0.12  # inches beside the axes
LINE = 0.165  # inches of a line of text
ENTRY, CHARACTER = 0.52, 0.073  # inches of a legend: of line and marker, of a letter


@dataclass(frozen=True)
class Legend:
    """A legend above the axes, in lines that fit.

    Attributes
    ----------
    title
        What the entries are values of, in its lines.
    columns, rows
        Of entries.
    """

    title: str
    columns: int
    rows: int

    @property
    def height(self) -> float:
        """Inches that it takes."""
        lines = self.rows + (self.title.count("\n") + 1 if self.title else 0)
        return LINE * lines + (0.1 if lines else 0.0)

    def draw(self, ax: Axes, handles: Sequence[Artist], labels: Sequence[str]) -> None:
        """Put it above ``ax``."""
        if not self.rows:
            return
        ax.legend(
            handles, labels, loc="lower left", bbox_to_anchor=(0, 1.01), ncols=self.columns,
            borderaxespad=0.2, columnspacing=1.0, handlelength=2.1, handletextpad=0.5,
            labelspacing=0.3, title=self.title or None, title_fontsize=8.5, alignment="left",
        )  # fmt: skip


NONE = Legend("", 1, 0)


def legend(title: str, labels: Sequence[str], inches: float) -> Legend:
    """Return the legend of ``labels`` that fits into ``inches``."""
    entry = ENTRY + CHARACTER * max(len(label) for label in labels)
    columns = max(1, min(len(labels), int(inches / entry)))
    return Legend(textwrap.fill(title, int(inches / 0.068)), columns,
                  math.ceil(len(labels) / columns))  # fmt: skip


def panel(
    width: float, height: float, title: str, above: Legend = NONE, *, left: float = LEFT
) -> tuple[Figure, Axes]:
    """Return a figure ``width`` inches wide with axes ``height`` inches high.

    ``title`` is that of the x axis, in its lines; ``above`` the legend.
    """
    bottom, top = 0.3 + LINE * (title.count("\n") + 1), 0.1 + above.height
    total = bottom + height + top
    figure = Figure(figsize=(width, total), dpi=DPI)
    place = (left / width, bottom / total, (width - left - RIGHT) / width, height / total)
    return figure, figure.add_axes(place)


def wrap(text: str, inches: float) -> str:
    """Return ``text`` in lines of up to ``inches`` at the size of axis labels."""
    return textwrap.fill(text, max(12, int(inches / 0.068)))


def quiet(ax: Axes, **texts: Any) -> None:
    """Take the frame off ``ax``, which is a map."""
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    ax.set(**texts)
