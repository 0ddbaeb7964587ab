"""What an event processor remembers and says: neurons against events, alerts on the time line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from crossbar.neurosemantic import Alert, GeneratedStream
from crossbar.neurosemantic.statistics import DAY
from crossbar.report.figures.canvas import COLOURS, FULL, GREY, Picture, picture, styled
from crossbar.report.figures.layout import empty

Watched = tuple[GeneratedStream, Sequence[Alert]]


@styled
def monitored(growth: pd.DataFrame, watched: Mapping[str, Watched]) -> Picture:
    """Return neurons against events, beside the alerts of each kind of stream over its days.

    Parameters
    ----------
    growth
        Columns ``events``, ``neurons`` and, of the same log once more, ``again``.
    watched
        The stream of each kind with its alerts, by its name.
    """
    figure = empty(FULL, 0.4 + 0.85 * len(watched))
    grid = figure.add_gridspec(len(watched), 2, width_ratios=(2, 3))
    _growth(figure.add_subplot(grid[:, 0]), growth)
    for k, (name, (stream, alerts)) in enumerate(watched.items()):
        ax = figure.add_subplot(grid[k, 1])
        _line(ax, name, stream, alerts)
        if k == len(watched) - 1:
            ax.set_xlabel("day of the stream")
    return picture(
        figure,
        "monitors",
        alt="neurons against events of a repetitive log, and alerts over time in four streams",
        caption="Left: neurons against events of a repetitive log that comes twice; the second "
        "time makes none. Right: events a day of four generated streams (grey), what is planted "
        "(line) and every alert with its score (dot).",
        data=growth,
        wide=True,
    )


def _growth(ax: Axes, growth: pd.DataFrame) -> None:
    """Draw both presentations, and what a neuron for every event would be."""
    events, neurons = growth["events"].to_numpy(), growth["neurons"].to_numpy()
    ax.loglog(events, neurons, "o-", color=COLOURS[0], label="first presentation")
    ax.loglog(events, growth["again"], "s--", color=COLOURS[1], label="second one, all together")
    ax.loglog(events, neurons[0] * events / events[0], ":", color=GREY, label="in proportion")
    ax.set(xlabel="events", ylabel="neurons")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.legend(loc="upper left")


def _line(ax: Axes, name: str, stream: GeneratedStream, alerts: Sequence[Alert]) -> None:
    """Draw events a day, what is planted and the alerts of one stream."""
    begin = stream.events[0].time // DAY * DAY
    days = (np.array([event.time for event in stream.events]) - begin) / DAY
    edges = np.arange(np.ceil(days[-1]) + 1)
    counts, _ = np.histogram(days, edges)
    ax.stairs(counts / counts.max(), edges, fill=True, color="#dddddd")
    for time, _ in stream.planted:
        ax.axvline((time - begin) / DAY, color=COLOURS[0], lw=1.0)
    ax.set(ylim=(0.0, 1.25), yticks=[], ylabel=name, xlim=(0.0, edges[-1]))
    twin = ax.twinx()
    twin.plot(
        [(alert.time - begin) / DAY for alert in alerts],
        [alert.score for alert in alerts], "o", color=COLOURS[1], ms=5,
    )  # fmt: skip
    twin.set(ylim=(0.0, 1.25 * max((alert.score for alert in alerts), default=1.0)))
    twin.set_ylabel("score")
    twin.grid(visible=False)
    twin.spines["right"].set_visible(True)
