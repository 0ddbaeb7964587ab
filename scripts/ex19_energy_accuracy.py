"""What does accuracy cost in energy? CMOS, ReRAM and PCM over read voltage and converter width.

The weights of one float network for each seed are programmed into chips of every device, and read
at other voltages through converters of other widths: a lower voltage costs less energy in the cells
and drowns in their thermal noise, a narrower converter costs less and rounds more.

    python scripts/ex19_energy_accuracy.py --out runs/energy-accuracy --jobs 2
"""

from __future__ import annotations

import gallery
import pandas as pd

from crossbar.report.sweeps import pareto
from crossbar.report.sweeps.statistics import means

KIND, VOLTS, BITS = "test.device.kind", "test.tile.reading.v_read", "test.tile.adc.bits"
AXES = {KIND: ("cmos", "reram", "pcm"), VOLTS: (0.2, 0.05, 0.01), BITS: (4, 5, 6, 8, 10)}
ENERGY = "energy_inference"


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "energy-accuracy").parse_args(arguments)
    base = gallery.settings(options, device={"kind": "float"}, energy=gallery.MANY)
    question = "Which device gives most accuracy for its energy?"
    found = gallery.run(options, base, AXES, question)
    names = list(AXES)
    table = means(found, names, "accuracy")
    table = table.assign(energy=means(found, names, ENERGY)["mean"])
    gallery.show(table, options)
    gallery.keep(pareto(found, name="energy-accuracy"), options)
    highest = table["mean"].max()
    for kind in AXES[KIND]:
        own = table[table[KIND] == kind]
        best = own.loc[own["mean"].idxmax()]
        enough = own[own["mean"] >= highest - 0.02]
        least = f"{enough['energy'].min() * 1e9:.3g} nJ" if len(enough) else "no setting"
        print(
            f"{kind}: at best {best['mean']:.1%} [{best['low']:.1%}, {best['high']:.1%}] for"
            f" {best['energy'] * 1e9:.3g} nJ ({best[VOLTS] * 1e3:g} mV, {best[BITS]:g} bits);"
            f" within 2 points of the highest {highest:.1%} for {least}."
        )
    return table


if __name__ == "__main__":
    main()
