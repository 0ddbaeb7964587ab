"""Does the temperature of the cells matter? Thermal noise from 77 to 400 K, at four read voltages.

The model lets temperature act on one thing, the Johnson-Nyquist noise of the cells while they are
read: a current noise sqrt(4 k T G / (2 t)), which does not grow with the read voltage as the signal
does. Conductances, drift, amplifiers and digital parts are the same at all temperatures.

    python scripts/ex17_temperature.py --out runs/temperature --jobs 2
"""

from __future__ import annotations

import gallery
import pandas as pd

from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

KELVIN, VOLTS = "test.tile.reading.temperature", "test.tile.reading.v_read"
TEMPERATURES = (0.0, 77.0, 150.0, 225.0, 300.0, 400.0)
VOLTAGES = (0.35, 0.01, 0.003, 0.001)  # the first is that of the preset, our choice


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "temperature").parse_args(arguments)
    base = gallery.settings(options, device={"kind": "cmos"})
    question = "Does the thermal noise of the cells matter?"
    axes = {KELVIN: TEMPERATURES, VOLTS: VOLTAGES}
    found = gallery.run(options, base, axes, question)
    table = means(found, [VOLTS, KELVIN], "accuracy")
    gallery.show(table, options)
    gallery.keep(curve(found, KELVIN, by=VOLTS, name="temperature"), options)
    for volts in VOLTAGES:
        cold, hot = ({VOLTS: volts, KELVIN: t} for t in (77.0, 400.0))
        lost = gallery.change(found, hot, cold)
        print(f"{volts * 1e3:g} mV, 400 K against 77 K: {gallery.points(lost)}")
        if volts == VOLTAGES[0]:
            usual = lost
    print(
        f"At {VOLTAGES[0] * 1e3:g} mV, our choice, 400 K against 77 K changes accuracy by"
        f" {gallery.points(usual)}; at {VOLTAGES[-1] * 1e3:g} mV by {gallery.points(lost)}."
    )
    return table


if __name__ == "__main__":
    main()
