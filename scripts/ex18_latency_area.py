"""What do copies of the convolution array buy? Latency and area of the cells against copies B.

The convolution reads 625 windows an image on one array, or ceil(625 / B) after another on B copies;
the copies hold the same small kernels, so that they cost little area. What settles after the arrays
(normalisers, rectifiers, softmax) takes the same time with any number of copies. No chip is
trained: cycles and cells follow from the network alone.

    python scripts/ex18_latency_area.py --out runs/latency-area
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gallery
import pandas as pd

from crossbar.data import Ends
from crossbar.report.sweeps import Sweep, curve
from crossbar.runs import experiment
from crossbar.runs.hardware import usual
from crossbar.runs.latency import latencies

ENDS = Ends((28, 28), 2)
COPIES = (1, 5, 25, 125, 625)
KIND = "device.kind"
AREA = {kind: usual(kind).device.cell_area for kind in ("cmos", "reram")}
SHARE, WHAT = "relative to one copy", "quantity"
UNITS = {"arrays": "s", "latency": "s", SHARE: "%"}


def cost(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return cycles, time of them and of all [s] of an image, and cells and their area [um2]."""
    plan = experiment({"device": {"kind": point[KIND]}, "network": {"copies": point["copies"]}})
    (row,) = latencies(plan, ENDS, (point["copies"],))
    area = row.cells * AREA[point[KIND]].value * 1e12
    return {"cycles": row.cycles, "arrays": row.arrays, "latency": row.seconds,
            "cells": row.cells, "area": area}  # fmt: skip


def shares(found: Sweep) -> Sweep:
    """Return times and area of the first device, relative to those of one copy."""
    one = found.at({KIND: next(iter(AREA))})
    parts = {}
    quantities = {
        "latency": "time of an inference",
        "arrays": "time of the array cycles alone",
        "area": "area of the cells",
    }
    for metric, words in quantities.items():
        frame = one.frame
        alone = frame.loc[frame["copies"] == 1, metric].iloc[0]
        frame = frame.assign(**{SHARE: frame[metric] / alone})
        parts[words] = replace(one, frame=frame, metrics=(SHARE,))
    return gallery.joined(parts, WHAT, ["copies"])


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "latency-area").parse_args(arguments)
    options.seeds = 1  # nothing is drawn at random
    question = "What do copies of the convolution array buy, and what do they cost?"
    axes = {KIND: tuple(AREA), "copies": COPIES}
    found = gallery.run(options, cost, axes, question, units=UNITS)
    table = found.done[[KIND, "copies", *found.metrics]]
    print(table.to_string(index=False, float_format="{:.4g}".format))
    for kind, one in AREA.items():
        print(f"area of a cell, {kind}: {one.value * 1e12:.3g} um2 ({one.source})")
    gallery.keep(curve(shares(found), "copies", SHARE, WHAT, name="latency-area"), options)
    for kind in AREA:
        first, last = (table[table[KIND] == kind].iloc[k] for k in (0, -1))
        print(
            f"{kind}: {COPIES[-1]} copies take {last['latency'] * 1e9:.4g} ns in place of"
            f" {first['latency'] * 1e9:.4g} ns, {1 - last['latency'] / first['latency']:.0%} less,"
            f" for {last['area'] / first['area'] - 1:.0%} more area of cells; of this the arrays"
            f" take {last['arrays'] * 1e9:.3g} and {first['arrays'] * 1e9:.4g} ns."
        )
    print("Parts of the time with one copy, CMOS:")
    (row,) = latencies(experiment({"device": {"kind": "cmos"}}), ENDS, (1,))
    for part in row.parts:
        print(f"{part.name}, {part.times} times: {part.seconds * 1e9:.4g} ns ({part.source})")
    return table


if __name__ == "__main__":
    main()
