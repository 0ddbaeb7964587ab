"""Error curves of the circuit blocks: circuit minus ideal function, and the behavioural fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import rcParams

from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    GREY,
    Picture,
    picture,
    styled,
)
from crossbar.report.figures.layout import legend, panels

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
    figure, shown = panels(len(curves), FULL, 1.7)
    for ax, curve in zip(shown, curves, strict=True):
        ax.axhline(0.0, color=GREY, linewidth=0.8)
        dots = ax.plot(curve.ideal, 100 * curve.error, ".", color=COLOURS[0], markersize=2.5,
                       rasterized=True)  # fmt: skip
        ends = np.array([curve.ideal.min(), curve.ideal.max()])
        line = ax.plot(ends, 100 * (curve.gain_error * ends + curve.offset), "--",
                       color=COLOURS[1], linewidth=1.4)  # fmt: skip
        ax.set_title(f"{curve.name} ({curve.level})", loc="left")
        ax.margins(y=0.12)
    figure.supxlabel("ideal output / full scale", fontsize=rcParams["axes.labelsize"])
    figure.supylabel("error (% of full scale)", fontsize=rcParams["axes.labelsize"])
    legend(figure, [dots[0], line[0]], ["circuit minus ideal", "fitted gain error and offset"],
           markerscale=3)  # fmt: skip
    names = ", ".join(curve.name for curve in curves)
    return picture(
        figure,
        "block-errors",
        alt=f"Error against ideal output of {names}; dashed lines show the fit.",
        caption="Circuit minus ideal function over the input range of each block, and the gain "
        "error and offset that represent it in the network; the scales differ.",
        data=pd.concat([_frame(curve) for curve in curves], ignore_index=True),
        wide=True,
    )


def _frame(curve: ErrorCurve) -> pd.DataFrame:
    return pd.DataFrame({"block": curve.name, "level": curve.level, "ideal": curve.ideal,
                         "error": curve.error})  # fmt: skip
