"""The look of all figures, and how one becomes SVG, PNG and CSV."""

from __future__ import annotations

import base64
import functools
import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from crossbar import files
from crossbar.report.figures.layout import settle
from crossbar.spreadsheet import guarded_frame

# Text as paths looks the same on every machine; a fixed salt makes the same file every time.
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "figure.labelsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#444444",
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "hatch.linewidth": 0.7,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "crossbar",
    "text.parse_math": False,  # names are text, whatever dollars stand in them
}

# Inches of the page, of half and of a third of it: text is then as large in a figure as beside.
FULL, WIDTH, NARROW = 9.6, 4.7, 3.55
COLUMN, DOUBLE = 3.5, 7.2  # of a journal: one column and two
COARSE = 110  # dots per inch of maps as wide as the page, whose pixels weigh megabytes
GREY = "#777777"

# Okabe and Ito's colours, in an order whose lightness differs too; line and marker tell the rest.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
DIGITAL = "#555555"
LINES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


P = ParamSpec("P")
T = TypeVar("T")


def styled(draw: Callable[P, T]) -> Callable[P, T]:
    """Return ``draw``, which makes artists or files, so that it works in the look of the report."""

    @functools.wraps(draw)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return inner


@dataclass(frozen=True)
class Picture:
    """A figure, drawn.

    Attributes
    ----------
    name
        File name without ending.
    alt
        What is to be seen, for who cannot see it.
    caption
        What it says, with the conditions that it holds under.
    data
        What is drawn, in SI units.
    svg, png
        The files.
    wide
        Whether it takes the whole width of the page.
    """

    name: str
    alt: str
    caption: str
    data: pd.DataFrame = field(repr=False, compare=False)
    svg: bytes
    png: bytes
    wide: bool = False

    def _repr_svg_(self) -> str:
        """Return what notebooks show."""
        return self.svg.decode()

    def __repr__(self) -> str:
        return f"<Picture {self.name}: {self.alt}>"

    @property
    def source(self) -> str:
        """The picture as the address of an ``img``, so that the page needs no other file."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg).decode('ascii')}"


@styled
def picture(
    figure: Figure, name: str, *, alt: str, caption: str, data: pd.DataFrame, wide: bool = False
) -> Picture:
    """Return ``figure`` as files; what no file name may hold, such as "/", is "-" in its name."""
    settle(figure)
    vector, raster = io.BytesIO(), io.BytesIO()
    png: Any = FigureCanvasAgg(figure)  # untyped; draws once, where savefig draws twice
    png.print_png(raster, metadata={"Software": None}, pil_kwargs={"compress_level": 4})
    svg: Any = FigureCanvasSVG(figure)  # comes last: it leaves the figure at 72 dots per inch
    svg.print_svg(vector, metadata={"Date": None, "Creator": None})
    name = re.sub(r"[^\w.+=,()-]|^\.+", "-", name)
    return Picture(name, alt, caption, data, vector.getvalue(), raster.getvalue(), wide)


def save(picture: Picture, folder: Path | str) -> None:
    """Write ``picture`` as SVG, PNG and CSV under its name into ``folder``, made if missing.

    Raises
    ------
    OutputError
        If the files cannot be written.
    """
    place = Path(folder)
    files.make_folder(place)
    files.write(place / f"{picture.name}.svg", picture.svg)
    files.write(place / f"{picture.name}.png", picture.png)
    data = guarded_frame(picture.data)
    text = data.to_csv(index=False, lineterminator="\n", float_format="%.7g")
    files.write(place / f"{picture.name}.csv", text)


def uneven(**columns: Any) -> pd.DataFrame:
    """Return a table of columns that need not be equally long."""
    return pd.DataFrame({name: pd.Series(np.asarray(values)) for name, values in columns.items()})


def look(k: int, analog: bool = True) -> dict[str, Any]:
    """Return colour, line and marker of run number ``k``; digital weights are grey."""
    if not analog:
        return {"color": DIGITAL, "linestyle": (0, (4, 2)), "marker": "x"}
    return {
        "color": COLOURS[k % len(COLOURS)],
        "linestyle": LINES[k % len(LINES)],
        "marker": MARKERS[k % len(MARKERS)],
    }


def percent(axis: Any) -> None:
    """Write the ticks of ``axis`` as percentages."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}"))


def ticks(axis: Any, values: Sequence[float], labels: Sequence[str]) -> None:
    """Put ticks with ``labels`` at ``values``, and none between."""
    axis.set_ticks(values, labels=labels)
    axis.set_ticks([], minor=True)


def prefixed(largest: float, unit: str) -> tuple[float, str]:
    """Return the factor and the unit with prefix that bring ``largest`` between 1 and 1000.

    Examples
    --------
    >>> prefixed(3.9e-5, "S")
    (1000000.0, 'µS')
    """
    exponent = 0 if largest <= 0 else max(-15, min(0, 3 * math.floor(math.log10(largest) / 3)))
    prefix = {0: "", -3: "m", -6: "µ", -9: "n", -12: "p", -15: "f"}[exponent]
    return float(f"1e{-exponent}"), prefix + unit
