"""Pinched loops of three memristor models: ngspice beside the same equations integrated by SciPy.

Prints the measured errors beside their tolerances, what is read off each loop, what a second at no
bias and at the read voltage does, and what reading, setting and resetting costs; draws the loops.

    python scripts/ex06_pinched_loops.py --out docs/figures
"""

from __future__ import annotations

import argparse
from pathlib import Path

from crossbar.devices.equations import MEMRISTORS
from crossbar.plots.hysteresis import loops
from crossbar.spice.memristors.datasheet import datasheet
from crossbar.spice.memristors.hysteresis import TOLERANCES, LoopErrors, loop, loop_errors
from crossbar.units import text

WHAT = {
    "state": "largest error of the state",
    "current": "rms error of the current / I_max",
    "pinch": "|i| at v = 0 / I_max",
}


def main(arguments: list[str] | None = None) -> dict[str, LoopErrors]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("runs/pinched-loops"))
    options = parser.parse_args(arguments)
    drawn = {name: loop(cell()) for name, cell in MEMRISTORS.items()}
    errors = {name: loop_errors(one) for name, one in drawn.items()}
    print(f"{'':36}" + "".join(f"{name:>14}" for name in drawn) + f"{'tolerance':>12}")
    for field, words in WHAT.items():
        values = "".join(f"{getattr(errors[name], field):14.1e}" for name in drawn)
        print(f"{words:36}{values}{getattr(TOLERANCES, field):12.0e}")
    sheets = {name: datasheet(one) for name, one in drawn.items()}
    print()
    for k, row in enumerate(next(iter(sheets.values()))):
        values = [
            text(sheet[k].value, row.unit, 3) if row.unit else f"{sheet[k].value:.3g}"
            for sheet in sheets.values()
        ]
        print(f"{row.name:36}" + "".join(f"{value:>14}" for value in values))
    options.out.mkdir(parents=True, exist_ok=True)
    picture = loops(drawn)
    (options.out / f"{picture.name}.svg").write_bytes(picture.svg)
    (options.out / f"{picture.name}.png").write_bytes(picture.png)
    return errors


if __name__ == "__main__":
    main()
