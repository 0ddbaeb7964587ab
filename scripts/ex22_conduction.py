"""Do chips learn with cells whose current is not proportional to the voltage?

The current of a cell grows with sinh(v / v0): inputs are amplitudes, so that small ones count less
than they should. A ReRAM chip learns with such cells and is tested with them; another learns with
ohmic cells and is tested with these. A conductance is that at the read voltage (v_ref), so that
an input of full size is multiplied by the weight that was programmed.

    python scripts/ex22_conduction.py --out runs/conduction --jobs 2
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

V_READ = 0.2
V0 = (0.02, 0.03, 0.05, 0.08, 0.15, 0.25, 1.0)  # V; 0.25 V is published
NAME = "device.conduction.v0"
WHEN = "cells follow sinh"
BOTH, ONLY = "while learning and in the test", "in the test only"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "conduction").parse_args(arguments)
    question = "Does a chip learn with cells that are not ohmic?"
    sinh = {"kind": "sinh", "v0": V0[-1], "v_ref": V_READ}  # changes are from the last v0
    tile = {"reading": {"v_read": V_READ}}
    chip = {"device": {"kind": "reram", "conduction": sinh}, "tile": tile}
    both = gallery.run(
        options, gallery.settings(options, **chip), {NAME: V0}, question, part="learning"
    )
    base = gallery.settings(options, device={"kind": "reram"}, tile=tile)
    axes = {"test.device.conduction.kind": ["sinh"], "test.device.conduction.v_ref": [V_READ],
            f"test.{NAME}": V0}  # fmt: skip
    only = gallery.run(options, base, axes, question, part="test")
    only = gallery.tied(only, *list(axes)[:2])
    only = replace(only, frame=only.frame.rename(columns={f"test.{NAME}": NAME}))
    series = gallery.joined({BOTH: both, ONLY: only}, WHEN, [NAME])
    table = means(series, [WHEN, NAME], "accuracy")
    gallery.show(table, options)
    gallery.keep(curve(series, NAME, by=WHEN, name="conduction"), options)
    for v0 in V0[:-1]:
        learned, programmed = (
            gallery.change(series, {WHEN: when, NAME: v0}, {WHEN: when, NAME: V0[-1]})
            for when in (BOTH, ONLY)
        )
        helped = gallery.change(series, {WHEN: BOTH, NAME: v0}, {WHEN: ONLY, NAME: v0})
        print(
            f"v0 = {1e3 * v0:g} mV against {V0[-1]:g} V: learned with, {gallery.points(learned)};"
            f" learned without, {gallery.points(programmed)}; with against without,"
            f" {gallery.points(helped)}"
        )
    return table


if __name__ == "__main__":
    main()
