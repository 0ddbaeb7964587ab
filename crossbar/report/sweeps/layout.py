"""Room on a figure: margins that hold labels and a legend, both known before anything is drawn."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.report.figures.canvas import DPI

LEFT, RIGHT = 0.62, 0.12  # inches beside the axes
LINE = 0.165  # inches of a line of text
ROWS = 3  # lines of labels of an axis, at most
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

    def draw(
        self, ax: Axes, handles: Sequence[Artist], labels: Sequence[str],
        place: tuple[float, float] = (0, 1.01),
    ) -> None:  # fmt: skip
        """Put it above ``ax``, its lower left corner at ``place`` in units of ``ax``."""
        if not self.rows:
            return
        ax.legend(
            handles, labels, loc="lower left", bbox_to_anchor=place, ncols=self.columns,
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
    width: float, height: float, title: str, above: Legend = NONE, *, left: float = LEFT,
    rows: int = 1,
) -> tuple[Figure, Axes]:  # fmt: skip
    """Return a figure ``width`` inches wide with axes ``height`` inches high.

    ``title`` is that of the x axis, in its lines; ``rows`` those of its labels; ``above`` the
    legend.
    """
    bottom, top = 0.3 + LINE * (title.count("\n") + rows), 0.1 + above.height
    total = bottom + height + top
    figure = Figure(figsize=(width, total), dpi=DPI)
    place = (left / width, bottom / total, (width - left - RIGHT) / width, height / total)
    return figure, figure.add_axes(place)


def panels(
    count: int, width: float, height: float, title: str, above: Legend = NONE, *,
    heading: float = 1.4 * LINE, between: float = 0.15, left: float = LEFT, right: float = RIGHT,
    labelled: bool = False, rows: int = 1,
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """Return a figure with ``count`` axes side by side, up to three in a row, ``height`` high.

    Parameters
    ----------
    title
        Of the x axes, in its lines.
    heading
        Inches above each axes.
    between, left, right
        Inches between neighbours and beside the outer ones.
    labelled
        Whether each axes has room for its own title, or the lowest ones only.
    rows
        Lines of the labels of the x axes.
    """
    columns = columns_of(count)
    lines = math.ceil(count / columns)
    labels = 0.3 + LINE * (title.count("\n") + rows)
    step = height + heading + (labels if labelled else 0.05)
    total = labels + lines * step - (step - height - heading) + above.height
    inches = (width - left - right - (columns - 1) * between) / columns
    figure = Figure(figsize=(width, total), dpi=DPI)
    axes = []
    for k in range(count):
        row, column = divmod(k, columns)
        x, y = left + column * (inches + between), labels + (lines - 1 - row) * step
        axes.append(figure.add_axes((x / width, y / total, inches / width, height / total)))
    return figure, axes


def columns_of(count: int) -> int:
    """Return how many of ``count`` panels stand side by side."""
    return 2 if count == 4 else min(3, count)


def wrap(text: str, inches: float) -> str:
    """Return ``text`` in lines of up to ``inches`` at the size of axis labels."""
    width = max(12, int(inches / 0.068))
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def settle(figure: Figure) -> None:
    """Make room at the left of ``figure`` if the labels of a y axis need more than they have."""
    width, lacking = figure.get_figwidth(), 0.0
    for ax in figure.axes:
        if not ax.get_ylabel():
            continue
        low, high = ax.get_ylim()
        ticks = [t for t in ax.get_yticks() if low <= t <= high]
        longest = max(map(len, ax.yaxis.get_major_formatter().format_ticks(ticks)), default=0)
        needed = 0.15 + LINE * (ax.get_ylabel().count("\n") + 1) + CHARACTER * longest
        lacking = max(lacking, needed - ax.get_position().x0 * width)
    share = lacking / width
    for ax in figure.axes:
        place = ax.get_position()
        left, size = share + (1 - share) * place.x0, (1 - share) * place.width
        ax.set_position((left, place.y0, size, place.height))


def thinned(at: npt.ArrayLike, sizes: npt.ArrayLike, labels: Sequence[str]) -> list[str]:
    """Return ``labels``, empty where one would touch its neighbour.

    Of evenly spaced ones every second, third ... stays; of others both ends come first.

    ``at`` and ``sizes`` are places and lengths of the labels [inches].

    Examples
    --------
    >>> thinned([0.0, 0.1, 0.2], [0.15, 0.15, 0.15], ["1", "2", "3"])
    ['1', '', '3']
    """
    places, half = np.asarray(at, float), np.asarray(sizes, float) / 2
    last = len(places) - 1
    if np.allclose(np.diff(places), (places[-1] - places[0]) / max(last, 1)):
        every = next(
            k for k in range(1, last + 2)
            if (np.diff(places[::k]) >= half[:-k:k] + half[k::k]).all()
        )  # fmt: skip
        return [text if k % every == 0 else "" for k, text in enumerate(labels)]
    chosen: list[int] = []
    for k in dict.fromkeys((0, last, *range(1, last))):
        if all(abs(places[k] - places[j]) >= half[k] + half[j] for j in chosen):
            chosen.append(k)
    return [text if k in chosen else "" for k, text in enumerate(labels)]


def staggered(at: npt.ArrayLike, sizes: npt.ArrayLike, labels: Sequence[str]) -> list[str]:
    r"""Return ``labels``, one that would touch its neighbour in a line below; empty beyond three.

    ``at`` and ``sizes`` are rising places and lengths of the labels [inches].

    Examples
    --------
    >>> staggered([0.0, 0.1, 0.2], [0.15, 0.15, 0.15], ["1 h", "1 d", "7 d"])
    ['1 h', '\n1 d', '7 d']
    """
    ends, rows = [-math.inf] * ROWS, []
    spans = zip(np.asarray(at, float), np.asarray(sizes, float) / 2, labels, strict=True)
    for place, half, text in spans:
        free = [row for row in range(ROWS) if place - half >= ends[row]]
        if free:
            ends[free[0]] = place + half
        rows.append("\n" * free[0] + text if free else "")
    return rows
