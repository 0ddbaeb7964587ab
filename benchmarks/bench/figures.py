"""Figures of docs/performance.md: time and memory against size, logarithmic both ways."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from crossbar.report.figures.canvas import GREY, look, picture, styled
from crossbar.report.figures.layout import empty

PANELS = {
    "reads and updates": (
        "matvec, batch 1",
        "matvec, batch 256",
        "update, 1 pulse an array",
        "update, 1 pulse a cell",
        "update, 31 pulses a cell",
    ),
    "line resistance": ("wires, operator", "wires, one read"),
}
SLOPES = {"reads and updates": (2,), "line resistance": (2, 4)}


@styled
def draw(points: Sequence[dict[str, Any]], folder: Path) -> None:
    """Draw ``performance-time`` and ``performance-memory`` into ``folder``, SVG and PNG."""
    for quantity, label, name in (
        ("seconds", "time of one sample, update or call (s)", "performance-time"),
        ("memory_mib", "peak memory (MiB)", "performance-memory"),
    ):
        figure = empty(9.2, 3.1)
        for ax, (title, kinds) in zip(figure.subplots(1, 2), PANELS.items(), strict=True):
            for k, kind in enumerate(kinds):
                _line(ax, [p for p in points if p["kind"] == kind], quantity, kind, k)
            if quantity == "seconds":
                _slopes(ax, points, kinds, SLOPES[title])
            _axes(ax, title, label)
        shown = picture(figure, name, alt="", caption="", data=pd.DataFrame(points))
        (folder / f"{name}.svg").write_bytes(shown.svg)
        (folder / f"{name}.png").write_bytes(shown.png)


def _line(ax: Axes, points: list[dict[str, Any]], quantity: str, kind: str, k: int) -> None:
    """Draw one kind; memory below 0.1 MiB is below what can be told."""
    known = [p for p in points if p[quantity] is not None and p[quantity] > 0]
    values = [p[quantity] for p in known]
    if quantity == "memory_mib":
        known = [p for p in known if p[quantity] >= 0.1]
        values = [p[quantity] for p in known]
    label = kind.removeprefix("wires, ")
    ax.loglog([p["side"] for p in known], values, label=label, **look(k))


def _slopes(
    ax: Axes, points: Sequence[dict[str, Any]], kinds: Sequence[str], powers: Sequence[int]
) -> None:
    """Draw thin grey lines of whole powers of the size, below the first kinds."""
    for power, kind in zip(powers, reversed(kinds), strict=False):
        own = {p["side"]: p["seconds"] for p in points if p["kind"] == kind}
        last = max(own)
        side = np.array([last / 8, last])
        ax.loglog(side, 0.4 * own[last] * (side / last) ** power, color=GREY, linewidth=0.8)
        ax.annotate(
            f"$n^{power}$", (side[1], 0.4 * own[last]), (3, -3), textcoords="offset points",
            color=GREY, annotation_clip=False,
        )  # fmt: skip


def _axes(ax: Axes, title: str, label: str) -> None:
    """Label the axes; sizes are powers of two."""
    ax.set(title=title, xlabel="size n of the array (lines a side)", ylabel=label)
    ax.set_xticks([32, 64, 128, 256, 512, 1024], labels=["32", "64", "128", "256", "512", "1024"])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.legend(loc="upper left", handlelength=2.4)
