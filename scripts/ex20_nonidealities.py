"""Which non-ideality of ReRAM hurts learning most? One at a time, off and on.

Chips learn on the HfO2 cell of the preset `reram` with one of its non-idealities taken away, and on
an otherwise ideal cell with one of them added, each at its value in the preset. Differences are
taken seed by seed; the loss tells more than the accuracy, which counts few windows.

    python scripts/ex20_nonidealities.py --out runs/nonidealities --jobs 2
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gallery
import pandas as pd

from crossbar.devices.library import PRESETS
from crossbar.intervals import Interval
from crossbar.report.sweeps import Sweep, tornado
from crossbar.report.sweeps.effects import effects
from crossbar.report.sweeps.quantities import level_text
from crossbar.runs.plain import describe

PUBLISHED = describe(PRESETS["reram"].device)
# A step of the preset by one size each way, and its spread relative to it: the fit has a size for
# set and for reset steps, and a spread that is the same everywhere.
STEP = 0.5 * (PUBLISHED["step"]["dw_min"] + PUBLISHED["step"]["dw_min_reset"])
SPREAD = PUBLISHED["step"]["spread"] / STEP
IDEAL = {  # of each non-ideality; the finer step is an eighth of that of the preset
    "device.step.kind": "constant",
    "device.step.dw_min": STEP / 8,
    "device.sigma_read": 0.0,
    "device.sigma_c2c": 0.0,
    "device.sigma_d2d": 0.0,
    "device.sigma_bounds_d2d": 0.0,
    "device.sigma_asymmetry_d2d": 0.0,
    "device.sigma_program": [0.0],
    "tile.reading.temperature": 0.0,
}
FULL = {name: PUBLISHED[name.removeprefix("device.")] for name in IDEAL if name.count(".") == 1} | {
    "device.step.kind": "soft-bounds",
    "device.step.dw_min": STEP,
    "device.sigma_c2c": SPREAD,
    "tile.reading.temperature": 300.0,
}


def departures(usual: dict[str, Any], other: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return the point ``usual``, and every point that has one value of ``other``."""
    points = [usual, *(usual | {name: other[name]} for name in other)]
    names = tuple(IDEAL)
    return {names: [tuple(point[name] for name in names) for point in points]}


def readable(found: Sweep) -> Sweep:
    """Return ``found`` with names and values that fit beside a bar."""
    form, error = "device.step.kind", "device.sigma_program"
    frame = found.frame.rename(columns={form: "form of a step"})
    none = frame[error] == str(IDEAL[error])
    frame[error] = none.map({True: "none", False: "of the preset"})
    names = tuple("form of a step" if name == form else name for name in found.parameters)
    return replace(found, frame=frame, parameters=names)


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "nonidealities").parse_args(arguments)
    base = gallery.settings(options, device={"kind": "reram"})
    question = "Which non-ideality hurts learning most?"
    designs = {
        "off": (departures(FULL, IDEAL), "one taken away from the cell of the preset", "lowers"),
        "on": (departures(IDEAL, FULL), "one added to an otherwise ideal cell", "raises"),
    }
    tables = []
    for part, (axes, words, moves) in designs.items():
        found = readable(gallery.run(options, base, axes, question, part=part))
        caption = f"Change of the test loss, {words}; mean of the differences seed by seed and 95 %"
        chart = tornado(found, "loss", name=f"nonidealities-{part}", caption=f"{caption} interval.")
        gallery.keep(chart, options)
        rows = [
            {"design": part, "name": one.name, "value": level_text(found, one.name, one.value),
             "loss": one.change.mean,
             "low": one.change.low, "high": one.change.high, "accuracy": other.change.mean}
            for one, other in zip(effects(found, "loss"), effects(found, "accuracy"), strict=True)
        ]  # fmt: skip
        tables.append(pd.DataFrame(rows).sort_values("loss", ascending=part == "off"))
        first = tables[-1].iloc[0]
        told = Interval(first["loss"], first["low"], first["high"])
        within = ", within what seeds do" if told.low <= 0 <= told.high else ""
        print(
            f"{words[0].upper()}{words[1:]}: {first['name']} ({first['value']}) {moves} the loss"
            f" most, {told.text(3, sign='+')}{within}."
        )
    table = pd.concat(tables, ignore_index=True)
    gallery.show(table, options)
    return table


if __name__ == "__main__":
    main()
