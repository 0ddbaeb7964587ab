"""Columns that learned: what each of them stands for."""

from __future__ import annotations

import math

import numpy as np

from crossbar.plots.dispatch import drawing, plot
from crossbar.report.figures.canvas import prefixed, styled
from crossbar.report.figures.layout import Drawing
from crossbar.spiking import ColumnsState
from crossbar.types import Doubles

MOST = 100  # columns that are drawn


@plot.register
@styled
def columns(one: ColumnsState) -> Drawing:
    """Return the conductances of every column, and a histogram of the thresholds beside them.

    Where lines are the pixels of a square image and as many of what they lack to 1, a column is an
    image: the difference of both. Otherwise it is a column of a map.
    """
    side = math.isqrt(one.lines // 2)
    images = side > 2 and 2 * side * side == one.lines
    figure = drawing(8.6, 5.2)
    left, right = figure.subplots(1, 2, width_ratios=(3.2, 1))
    factor, unit = prefixed(float(one.g.max()), "S")
    if images:
        half = one.lines // 2
        picture = _tiled((one.g[:half] - one.g[half:]).T[:MOST].reshape(-1, side, side))
        most = float(np.nanmax(np.abs(picture))) * factor
        drawn = left.imshow(factor * picture, cmap="RdBu_r", vmin=-most, vmax=most)
        left.set_axis_off()
        words = f"line of x less line of 1 - x ({unit})"
    else:
        drawn = left.imshow(factor * one.g, cmap="viridis", aspect="auto", interpolation="none")
        left.set(xlabel="column", ylabel="word line")
        words = f"conductance ({unit})"
    left.grid(visible=False)
    figure.colorbar(drawn, ax=left, label=words, shrink=0.8)
    factor, unit = prefixed(float(one.thresholds.max()), "C")
    right.hist(factor * one.thresholds, bins=20)
    right.set(xlabel=f"threshold ({unit})", ylabel="columns")
    return figure


def _tiled(images: Doubles) -> Doubles:
    """Return images (n, side, side) side by side, with a gap between them."""
    count, side, _ = images.shape
    wide = math.ceil(math.sqrt(count))
    high = math.ceil(count / wide)
    canvas = np.full((high * (side + 1) - 1, wide * (side + 1) - 1), np.nan)
    for k, image in enumerate(images):
        row, col = divmod(k, wide)
        canvas[row * (side + 1) :, col * (side + 1) :][:side, :side] = image
    return canvas


@styled
def columns_png(one: ColumnsState) -> bytes:
    """Return the figure of columns as a file."""
    return columns(one)._repr_png_()
