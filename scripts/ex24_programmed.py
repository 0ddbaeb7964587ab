"""What does a programmed chip keep of a network? Bits of its ADCs, bits a cell, programming errors.

One float network learns for each seed. Its weights are programmed into newly fabricated chips of
one-sided PCM pairs, and tested: with ADCs of 3 to 10 bits; as weights of 8 bits in slices of 1, 2,
4 and 8 bits a cell; and with programming errors from none to a fifth of the range.

    python scripts/ex24_programmed.py --out runs/programmed --jobs 2
"""

from __future__ import annotations

from dataclasses import replace

import gallery
import pandas as pd

from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

CHIP, KIND, MAPPING = "test.chip", "test.device.kind", "test.tile.mapping.kind"
ADC, BITS = "test.tile.adc.bits", (3, 4, 5, 6, 7, 8, 9, 10)
CELLS, A_CELL = ("test.tile.mapping.bits", "test.tile.mapping.slices"), (1, 2, 4, 8)
WEIGHT = 8  # bits of a weight in slices
ERROR, ERRORS = "test.device.sigma_program", (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
OF_RANGE = "programming error"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = gallery.parser(__doc__, "programmed")
    parser.add_argument("--chips", type=int, default=3, help="fabricated for each seed and value")
    options = parser.parse_args(arguments)
    learned = gallery.trained(options, gallery.settings(options, device={"kind": "float"}))
    pcm = {KIND: ["pcm"], CHIP: range(options.chips)}
    one = pcm | {MAPPING: ["one-sided"]}
    slices = {CELLS: [(bits, WEIGHT // bits) for bits in A_CELL], MAPPING: ["slices"]}
    errors = {ERROR: [[error] for error in ERRORS]}
    asked = {
        "adc": (one | {ADC: BITS}, "How wide do ADCs have to be?"),
        "slices": (pcm | slices, "How many bits may a cell hold?"),
        "errors": (one | errors, "How exactly must cells be written?"),
    }
    adc, cells, written = (
        gallery.run(options, learned, *each, part=part, units={OF_RANGE: "%"})
        for part, each in asked.items()
    )
    numbers = written.frame[ERROR].map(lambda error: float(str(error).strip("[]")))
    written = replace(written, frame=written.frame.assign(**{OF_RANGE: numbers}),
                      parameters=(OF_RANGE,))  # fmt: skip
    tables = []
    for name, (runs, along, best) in {
        "adc-bits": (adc, ADC, BITS[-1]),
        "bits-a-cell": (cells, CELLS[0], A_CELL[0]),
        "programming-error": (written, OF_RANGE, ERRORS[0]),
    }.items():
        table = means(runs, [along], "accuracy").rename(columns={along: "value"})
        tables.append(table.assign(figure=name))
        gallery.keep(curve(runs, along, name=name), options)
        for value in table["value"]:
            if value != best:
                lost = gallery.change(runs, {along: value}, {along: best})
                print(f"{name} {value:g} against {best:g}: {gallery.points(lost)}")
    table = pd.concat(tables, ignore_index=True)
    gallery.show(table, options)
    return table


if __name__ == "__main__":
    main()
