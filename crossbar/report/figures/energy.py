"""Energy: where it goes, and what more copies of the convolution buy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.patches import Patch

from crossbar.energy import spent
from crossbar.report.figures.canvas import (
    COLOURS,
    WIDTH,
    Picture,
    look,
    picture,
    prefixed,
    styled,
    ticks,
)
from crossbar.report.figures.layout import axes, legend
from crossbar.report.records import Run
from crossbar.report.wording import event_words, quantity_text
from crossbar.sources import is_assumed
from crossbar.types import Record

ASSUMED: dict[str, Any] = {"facecolor": "#f3c9ae", "edgecolor": COLOURS[1], "hatch": "////"}
SOURCED: dict[str, Any] = {"facecolor": COLOURS[0], "edgecolor": COLOURS[0], "hatch": ""}


@styled
def breakdown(run: Run, energy: Record, phase: str) -> Picture:
    """Return the largest parts of the physical energy of ``phase``, sorted."""
    bars = _bars(energy, phase)
    total = sum(value for _, value, _ in bars)
    factor, unit = prefixed(max(value for _, value, _ in bars), "J")
    figure, ax = axes(WIDTH, 0.27 * len(bars))
    for k, (_, value, assumed) in enumerate(bars):
        style = ASSUMED if assumed else SOURCED
        ax.barh(k, value * factor, height=0.68, linewidth=0.8, **style)
        ax.annotate(f" {100 * value / total:.0f} %", (value * factor, k), va="center", fontsize=8)
    ticks(ax.yaxis, range(len(bars)), [name for name, *_ in bars])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.invert_yaxis()
    ax.set_xlim(right=1.13 * max(value for _, value, _ in bars) * factor)
    ax.set_xlabel(f"energy a sample ({unit})")
    ax.set_title(f"{run.name}, {phase}: {quantity_text(total, 'J', 3)} a sample", loc="left")
    kinds = (Patch(label="published or derived", **SOURCED), Patch(label="assumed", **ASSUMED))
    ax.legend(handles=kinds, loc="lower right")
    return picture(
        figure,
        f"{run.name}-energy-{phase}",
        alt=f"energy of {phase} of {run.name} by part, sorted",
        caption=f"Physical energy of {phase} of {run.name}, by part. Hatched: the cost is assumed; "
        "plain: it is published or derived. Each source is named in the table below.",
        data=pd.DataFrame(energy["physical"]["breakdown"]).query("phase == @phase"),
    )


def _bars(energy: Record, phase: str) -> list[tuple[str, float, bool]]:
    """Return name, energy [J] and whether it is assumed: every part above 1 %, then the rest."""
    parts = spent(energy, phase)
    bars = [
        (f"{r['part']}: {event_words(r['event'])}", float(r["energy"]), is_assumed(r["source"]))
        for r, share in parts
        if share >= 0.01
    ]
    small = [r for r, _ in parts[len(bars) :]]
    if small:
        assumed = any(is_assumed(r["source"]) for r in small)
        bars.append((f"{len(small)} below 1 %", sum(r["energy"] for r in small), assumed))
    return bars


@styled
def latency(runs: Sequence[tuple[Run, Record]]) -> list[Picture]:
    """Return time and cells of one inference against copies of the convolution."""
    time, cells = axes(WIDTH, 2.1), axes(WIDTH, 2.1)
    for k, (run, energy) in enumerate(runs):
        rows = energy["latency"]
        x = [row["copies"] for row in rows]
        cycle = quantity_text(energy["t_cycle"], "s")
        whole = "parts" in rows[0]
        label = f"{run.name}, {cycle} a cycle"
        if whole:
            time[1].plot(x, [r["seconds"] for r in rows], label=run.name, **look(k))
        alone = look(k) | ({"linestyle": ":"} if whole else {})
        time[1].plot(
            x, [r.get("arrays", r["seconds"]) for r in rows], label=f"{label}, arrays alone",
            **alone,
        )  # fmt: skip
        cells[1].plot(x, [r["cells"] / 1e3 for r in rows], label=run.name, **look(k))
    copies = sorted({row["copies"] for _, energy in runs for row in energy["latency"]})
    for _, ax in (time, cells):
        ax.set_xscale("log")
        ticks(ax.xaxis, copies, [f"{b}" for b in copies])
        ax.set_xlabel("copies B of the convolution array")
    time[1].set_yscale("log")
    low, high = time[1].get_ylim()
    places = [10.0**k for k in range(-12, 3) if low <= 10.0**k <= high]
    ticks(time[1].yaxis, places, [quantity_text(place, "s") for place in places])
    time[1].set_ylabel("time of an inference")
    legend(time[0], *time[1].get_legend_handles_labels())
    cells[1].set_ylim(bottom=0)
    cells[1].set_ylabel("cells (thousands)")
    legend(cells[0], *cells[1].get_legend_handles_labels())
    data = pd.concat([pd.DataFrame(energy["latency"]).assign(run=run.name) for run, energy in runs])
    return [
        picture(
            time[0],
            "latency",
            alt="time of an inference against copies of the convolution array",
            caption="More copies of the convolution array take fewer cycles, ceil(positions / B), "
            "but what settles after the arrays takes the same time, above all the softmax. The "
            "number of operations, and so the energy of the cells, stays the same.",
            data=data,
        ),
        picture(
            cells[0],
            "latency-cells",
            alt="number of cells against copies of the convolution array",
            caption="What the speed costs: cells that hold weights, reference columns omitted.",
            data=data,
        ),
    ]
