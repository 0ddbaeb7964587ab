"""How many bits does a chip need to learn, and how many to use what was learned elsewhere?

A CMOS chip learns at every code width (with stochastic rounding of its updates); beside it the
weights of a float network are programmed into chips of that width and tested.

    python scripts/ex13_bits.py --out runs/bits --jobs 2
    python scripts/ex13_bits.py --recordings DIR --classes airplane,engine --epochs 30
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

BITS, ENOUGH = (2, 3, 4, 5, 6, 7, 8, 10), 10
NAME = "device.bits"
WHERE = "weights"
ON_CHIP, PROGRAMMED = "learned on the chip", "float, programmed into it"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "bits").parse_args(arguments)
    question = "How many bits does learning need, and how many does inference?"
    base = gallery.settings(options, device={"kind": "cmos", "bits": ENOUGH})
    learned = gallery.run(options, base, {NAME: BITS}, question, part="learning")
    base = gallery.settings(options, device={"kind": "float"}, test={"device": {"kind": "cmos"}})
    tested = gallery.run(options, base, {f"test.{NAME}": BITS}, question, part="inference")
    renamed = tested.frame.rename(columns={f"test.{NAME}": NAME})
    parts = {ON_CHIP: learned, PROGRAMMED: replace(tested, frame=renamed)}
    found = gallery.joined(parts, WHERE, [NAME])
    table = means(found, [WHERE, NAME], "accuracy")
    gallery.show(table, options)
    gallery.keep(curve(found, NAME, by=WHERE, name="bits"), options)
    for bits in BITS[:-1]:
        lost = [
            gallery.points(gallery.change(found, {WHERE: w, NAME: bits}, {WHERE: w, NAME: ENOUGH}))
            for w in (ON_CHIP, PROGRAMMED)
        ]
        print(f"{bits} bits against {ENOUGH}: learned {lost[0]}; programmed {lost[1]}")
    needed = [_needed(found, where) for where in (ON_CHIP, PROGRAMMED)]
    print(
        f"Learning on the chip is within what seeds do of {ENOUGH} bits from {needed[0]} bits on,"
        f" and inference with programmed weights from {needed[1]} on."
    )
    return table


def _needed(found: gallery.Sweep, where: str) -> int:
    """Return the width from which on no width is worse than the largest beyond its interval."""
    needed = ENOUGH
    for bits in reversed(BITS[:-1]):
        lost = gallery.change(found, {WHERE: where, NAME: bits}, {WHERE: where, NAME: ENOUGH})
        if not lost.high >= 0:
            break
        needed = bits
    return needed


if __name__ == "__main__":
    main()
