"""How large may an array be? Line resistance against tile size.

The weights of a float network are programmed into ReRAM chips of small and large tiles, and tested
with 0 to 30 ohm for each segment of line: the longer a line, the more of the voltage it takes.

    python scripts/ex15_line_resistance_sweep.py --seeds 3 --out runs/lines --jobs 2
"""

from __future__ import annotations

import gallery
import pandas as pd

from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

WORD, BIT, SIZE = "test.tile.wires.r_wl", "test.tile.wires.r_bl", "test.tile.size"
OHMS, TOLD = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0), 1.0  # of a segment
SIZES = ([32, 32], [64, 64], [128, 64], [256, 64], [512, 64])


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "lines").parse_args(arguments)
    ideal = {"wires": {"r_wl": 0.0, "r_bl": 0.0}}
    base = gallery.settings(options, device={"kind": "float"},
                            test={"device": {"kind": "reram"}, "tile": ideal})  # fmt: skip
    question = "How large may an array be with lines that resist?"
    axes = {(WORD, BIT): [(r, r) for r in OHMS], SIZE: SIZES}
    found = gallery.tied(gallery.run(options, base, axes, question), BIT)
    table = means(found, [SIZE, WORD], "accuracy")
    gallery.show(table, options)
    gallery.keep(curve(found, WORD, by=SIZE, name="lines"), options)
    lost = {}
    for size in map(str, SIZES):
        for ohm in OHMS[1:]:
            pair = ({WORD: ohm, SIZE: size}, {WORD: 0.0, SIZE: size})
            lost[size, ohm] = gallery.points(gallery.change(found, *pair))
            print(f"tiles of {size}, {ohm:g} ohm a segment: {lost[size, ohm]}")
    ends = [str(size) for size in (SIZES[0], SIZES[-1])]
    print(
        f"At {TOLD:g} ohm a segment tiles of {ends[0]} change by {lost[ends[0], TOLD]}, those of"
        f" {ends[1]} by {lost[ends[1], TOLD]}."
    )
    return table


if __name__ == "__main__":
    main()
