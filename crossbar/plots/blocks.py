"""Error curves of the circuit blocks: circuit minus ideal function, and the behavioural fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossbar.report.figures.canvas import COLOURS, FULL, GREY, Picture, picture, styled
from crossbar.report.figures.layout import legend, panels
from crossbar.spice.calibration import Fit


@styled
def block_errors(fits: Sequence[Fit]) -> Picture:
    """Return the error of each block over its input range, a panel each."""
    figure, shown = panels(len(fits), FULL, 1.7)
    frames = [_frame(one) for one in fits]
    for ax, one, frame in zip(shown, fits, frames, strict=True):
        ideal = frame["ideal"]
        ax.axhline(0.0, color=GREY, linewidth=0.8)
        dots = ax.plot(ideal, 100 * frame["error"], ".", color=COLOURS[0], markersize=2.5,
                       rasterized=True)  # fmt: skip
        ends = np.array([ideal.min(), ideal.max()])
        line = ax.plot(ends, 100 * (one.errors.gain_error * ends + one.errors.offset), "--",
                       color=COLOURS[1], linewidth=1.4)  # fmt: skip
        ax.set_title(f"{one.bench.name} ({one.bench.level})", loc="left")
        ax.margins(y=0.12)
    figure.supxlabel("ideal output / full scale")
    figure.supylabel("error (% of full scale)")
    legend(figure, [dots[0], line[0]], ["circuit minus ideal", "fitted gain error and offset"],
           markerscale=3)  # fmt: skip
    names = ", ".join(one.bench.name for one in fits)
    return picture(
        figure,
        "block-errors",
        alt=f"Error against ideal output of {names}; dashed lines show the fit.",
        caption="Circuit minus ideal function over the input range of each block, and the gain "
        "error and offset that represent it in the network; the scales differ.",
        data=pd.concat(frames, ignore_index=True),
        wide=True,
    )


def _frame(one: Fit) -> pd.DataFrame:
    """Return the output of the ideal function and the error of the circuit, within the range."""
    sweep, bench = one.sweep, one.bench
    errors = pd.DataFrame({"block": bench.name, "level": bench.level, "ideal": sweep.ideal,
                           "error": sweep.measured - sweep.ideal})  # fmt: skip
    return errors[sweep.inside]
