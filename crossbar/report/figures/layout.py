"""Room on a figure: matplotlib lays it out, and its height follows from that of its axes."""

from __future__ import annotations

import functools
import io
import math
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox, BboxBase

from crossbar.types import Floats

DPI = 150
ROOM = 6.0  # inches for labels and legends, of which a figure keeps what they need
LETTER = 0.068  # inches, on average
KEY: Any = {"columnspacing": 1.2, "handlelength": 2.1, "handletextpad": 0.5, "borderpad": 0.2,
            "borderaxespad": 0.2, "labelspacing": 0.3}  # fmt: skip
SLANT = 30.0  # degrees, at least, of labels that touch


class Drawing(Figure):
    """A figure that notebooks show without ``pyplot``."""

    def _repr_png_(self) -> bytes:
        """Return the figure as PNG."""
        content = io.BytesIO()
        png: Any = FigureCanvasAgg(self)  # untyped
        png.print_png(content)
        return content.getvalue()


def empty(width: float, height: float, dpi: float = DPI) -> Drawing:
    """Return a figure ``width`` inches wide, whose axes together are ``height`` inches high."""
    return Drawing(figsize=(width, height + ROOM), dpi=dpi, layout="constrained")


def axes(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure ``width`` inches wide with one pair of axes, ``height`` inches high."""
    figure = empty(width, height)
    return figure, figure.add_subplot()


def panels(
    count: int, width: float, height: float, *, sharex: bool = False, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return a figure with ``count`` axes, up to three in a row, each ``height`` inches high."""
    columns = 2 if count == 4 else min(3, count)
    rows = -(-count // columns)
    figure = empty(width, rows * height)
    grid = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False).ravel()
    for ax in grid[count:]:
        ax.remove()
    for ax in grid[count - columns : count]:  # the lowest of their columns
        ax.tick_params(labelbottom=True)
    return figure, list(grid[:count])


def legend(
    figure: Figure, handles: Sequence[Artist], labels: Sequence[str], title: str = "",
    loc: Any = "outside upper left", **style: Any,
) -> None:  # fmt: skip
    """Put a legend above everything on ``figure``, or at ``loc``, in as few lines as fit."""
    titled = {"title": title or None, "title_fontsize": 8.5, "alignment": "left"}
    for columns in range(len(labels), 0, -1):
        made = figure.legend(handles, labels, loc=loc, ncols=columns, **KEY | titled | style)
        if columns == 1 or made.get_window_extent().width < figure.bbox.width:
            return
        made.remove()


def above(ax: Axes, columns: int, **style: Any) -> None:
    """Put the legend of one of several axes above it, where it hides nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=columns, **KEY | style)


def settle(figure: Figure) -> None:
    """Lay out ``figure`` for good: its labels find room, its axes keep their height."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    with _measured_once(figure) as margins:
        engine.execute(figure)
        changed = [_fit(ax, along) for ax in figure.axes for along in (0, 1)]
        if any(changed):
            margins.clear()
            engine.execute(figure)
        height = figure.get_figheight() - ROOM
        _keep_heights(figure, height)
        engine.execute(figure)  # the ticks of an axis follow from its length
        margins.clear()
        engine.execute(figure)
        _keep_heights(figure, height)
        engine.execute(figure)
    figure.set_layout_engine("none")


def _keep_heights(figure: Figure, height: float) -> None:
    """Make ``figure`` as high as lets its rows of axes be ``height`` inches high together."""
    specs = [(ax, ax.get_subplotspec()) for ax in figure.axes]
    rows = {
        spec.rowspan.start: ax.get_position(original=True).height
        for ax, spec in specs
        if spec is not None and len(spec.rowspan) == 1
    }
    figure.set_figheight((1 - sum(rows.values())) * figure.get_figheight() + height)


@contextmanager
def _measured_once(figure: Figure) -> Iterator[dict[Axes, Floats]]:
    """Let axes of ``figure`` keep how far their labels extend, in pixels, until it is cleared.

    A layout asks for it many times, and measuring text takes most of the time of a figure.
    """
    margins: dict[Axes, Floats] = {}
    for ax in figure.axes:
        vars(ax)["get_tightbbox"] = functools.partial(_extent, ax, margins)
    try:
        yield margins
    finally:
        for ax in figure.axes:
            del vars(ax)["get_tightbbox"]


def _extent(
    ax: Axes, margins: dict[Axes, Floats], renderer: Any = None, **options: Any
) -> BboxBase | None:
    """Return the box of ``ax`` and its labels, in pixels; see ``Axes.get_tightbbox``."""
    locator: Any = ax.get_axes_locator()
    ax.apply_aspect(locator(ax, renderer) if locator else None)
    if ax not in margins:
        box = type(ax).get_tightbbox(ax, renderer, **options)
        if box is None:
            return None
        margins[ax] = np.subtract(box.extents, ax.bbox.extents)
    return Bbox.from_extents(*(np.array(ax.bbox.extents) + margins[ax]))


def wrap(text: str, inches: float) -> str:
    """Return ``text`` in lines of up to ``inches`` at the size of axis labels."""
    width = max(12, int(inches / LETTER))
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def _fit(ax: Axes, along: int) -> bool:
    """Thin out the given tick labels of an axis of ``ax`` where numbers touch; slant words.

    ``along`` is 0 for the x axis, 1 for the y axis. Return whether anything changed.
    """
    axis = (ax.xaxis, ax.yaxis)[along]
    labels = [label for label in axis.get_ticklabels() if label.get_visible()]
    texts = [label.get_text() for label in labels]
    if len(texts) < 2 or not isinstance(axis.get_major_locator(), FixedLocator):
        return False
    boxes = [label.get_window_extent() for label in labels]
    at = np.array([(b.p0[along] + b.p1[along]) / 2 for b in boxes])
    sizes = np.array([(b.width, b.height)[along] for b in boxes]) * (1.15, 1.0)[along]
    kept = thinned(at, sizes, texts)
    if kept == texts:
        return False
    if along or all(_number(text) for text in texts):
        axis.set_ticks(axis.get_ticklocs(), labels=kept)
        return True
    height = max(box.height for box in boxes)
    steep = math.degrees(math.asin(min(1.0, height / float(np.abs(np.diff(at)).min()))))
    for label in labels:
        label.set(rotation=max(SLANT, steep), rotation_mode="anchor", ha="right")
    return True


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text == "none"
    return True


def thinned(at: npt.ArrayLike, sizes: npt.ArrayLike, labels: Sequence[str]) -> list[str]:
    """Return ``labels``, empty where one would touch its neighbour.

    Of evenly spaced ones every second, third ... stays; of others both ends come first.

    ``at`` and ``sizes`` are places and lengths of the labels.

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
            if (np.abs(np.diff(places[::k])) >= half[:-k:k] + half[k::k]).all()
        )  # fmt: skip
        return [text if k % every == 0 else "" for k, text in enumerate(labels)]
    chosen: list[int] = []
    for k in dict.fromkeys((0, last, *range(1, last))):
        if all(abs(places[k] - places[j]) >= half[k] + half[j] for j in chosen):
            chosen.append(k)
    return [text if k in chosen else "" for k, text in enumerate(labels)]
