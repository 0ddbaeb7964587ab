"""Error curves of the circuit blocks: circuit minus ideal function, and the behavioural fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crossbar.report.figures.canvas import (
    COLOURS,
    DPI,
    FULL,
    GREY,
    Picture,
    empty,
    picture,
    styled,
)

Vector = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class ErrorCurve:
    """The errors of a block over its input range, relative to full scale.

    Attributes
    ----------
    name, level
        The block, and whether its circuit is ``transistor`` or ``behavioural``.
    ideal : (points,)
        Output of the ideal function.
    error : (points,)
        Output of the circuit minus ``ideal``.
    gain_error, offset
        The fitted line ``gain_error * ideal + offset``.
    """

    name: str
    level: str
    ideal: Vector
    error: Vector
    gain_error: float
    offset: float


@styled
def block_errors(curves: Sequence[ErrorCurve]) -> Picture:
    """Return the error curves, a panel each."""
    columns = 3
    rows = -(-len(curves) // columns)
    figure = empty(FULL, 2.35 * rows + 0.3, DPI)
    panels = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
    for ax, curve in zip(panels, curves, strict=False):
        ax.axhline(0.0, color=GREY, linewidth=0.8)
        dots = ax.plot(curve.ideal, 100 * curve.error, ".", color=COLOURS[0], markersize=2.5,
                       rasterized=True)  # fmt: skip
        ends = np.array([curve.ideal.min(), curve.ideal.max()])
        line = ax.plot(ends, 100 * (curve.gain_error * ends + curve.offset), "--",
                       color=COLOURS[1], linewidth=1.4)  # fmt: skip
        ax.set_title(f"{curve.name} ({curve.level})", loc="left")
        ax.margins(y=0.12)
    for ax in panels[len(curves) :]:
        ax.remove()
    for ax in panels[: len(curves)]:
        if ax.get_subplotspec().colspan.start == 0:
            ax.set_ylabel("error (% of full scale)")
    for ax in panels[max(0, len(curves) - columns) : len(curves)]:
        ax.set_xlabel("ideal output / full scale")
    figure.legend([dots[0], line[0]], ["circuit minus ideal", "fitted gain error and offset"],
                  loc="outside upper right", ncols=2, markerscale=3)  # fmt: skip
    names = ", ".join(curve.name for curve in curves)
    return picture(
        figure,
        "block-errors",
        alt=f"Error against ideal output of {names}; dashed lines show the fit.",
        caption="Circuit minus ideal function over the input range of each block, and the gain "
        "error and offset that stand for it in the network; the scales differ.",
        wide=True,
    )
