"""Time of a command on buses against the length of its text."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import FuncFormatter

from crossbar.report.figures.canvas import COLOURS, FULL, LINES, Picture, picture, styled
from crossbar.report.figures.layout import empty


@styled
def bus_latencies(table: pd.DataFrame) -> Picture:
    """Return times of commands, one line a bus.

    Parameters
    ----------
    table
        Bytes of the text in the column ``bytes``, and a column [s] a bus.
    """
    figure = empty(FULL, 3.6)
    ax = figure.subplots()
    for k, name in enumerate(column for column in table if column != "bytes"):
        ax.plot(table["bytes"], 1e3 * table[name], color=COLOURS[k], ls=LINES[k], label=name)
    ax.set(xlabel="text (bytes)", ylabel="text to answer (ms)", yscale="log")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return picture(
        figure,
        "bus",
        alt="time from a text to its answer against its length, on Modbus RTU and CAN",
        caption="From the first bit of a text to the last bit of intent, confidence and key "
        "values, by the bits of all frames, with the time of the network.",
        data=table,
        wide=True,
    )
