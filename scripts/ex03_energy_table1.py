"""Energy of the published network: Table 1 computed beside print, and what it leaves out.

Run it with `python scripts/ex03_energy_table1.py`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crossbar.activity import Activity
from crossbar.circuit.mapping import Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.energy import (
    NETWORK,
    Cost,
    Costs,
    OperationCounts,
    Path,
    adc_models,
    conventions,
    latency_table,
    leti_2026,
    physical,
    table1,
)
from crossbar.nn import leti_cnn
from crossbar.random import Streams
from crossbar.sources import published
from crossbar.substrates.tile import Tile
from crossbar.units import text

T_CYCLE = 320e-12


def cmos_chip(images: int) -> tuple[Activity, Activity]:
    """Return what the CMOS chip does to infer and to learn ``images`` of standard normal pixels."""
    reading = Reading(v_read=0.35, t_read=T_CYCLE)
    tile = Tile(device=PRESETS["cmos"].device, mapping=Offset(), reading=reading)
    streams = Streams(0)
    chip = leti_cnn().build(tile, streams)
    x = streams("images").standard_normal((images, 28, 28)).astype(np.float32)
    chip.outputs(x, rng=streams("infer"))
    inference = chip.activity.copy()
    for k in range(images):
        chip.learn(x[[k]], np.array([k % 2]), 0.0005, rng=streams("learn", step=k))
    return inference, chip.activity.since(inference)


def main() -> None:
    counts = OperationCounts.of(NETWORK)
    print("Table 1 of LETI 2026, with the rounding of the print")
    print(f"{'':6} {'computed':>12} {'printed':>8}        exact value")
    for printed, value in table1(leti_2026(counts)):
        digits = printed.digits_of(value)
        verdict = "same" if digits == printed.digits else "DIFFERS"
        exact = f"{value / printed.scale:.6g} {printed.unit}".rstrip()
        print(f"{printed.symbol:6} {digits:>12} {printed.digits:>8} {verdict:7} {exact}")

    inference, training = cmos_chip(images=10)
    print("\nThis network by every convention (physical: CMOS chip, untrained, normal pixels)")
    print(f"{'':10} {'inference':>10} {'training':>10}  {'operations':>17} {'writes':>7}")
    for name, f in conventions(counts, inference, training, Costs()).items():
        energies = f"{text(f.energy_inference, 'J'):>10} {text(f.energy_training, 'J'):>10}"
        operations = f"{f.ops_inference:8.0f} {f.ops_training:8.0f}"
        print(f"{name:10} {energies}  {operations} {f.writes_training:7.0f}")

    print("\nPhysical energy by event, all parts")
    rows = physical(inference, training, Costs()).breakdown
    for phase, event in dict.fromkeys((row.phase, row.event) for row in rows):
        energy = sum(row.energy for row in rows if (row.phase, row.event) == (phase, event))
        print(f"{phase:10} {event:23} {text(energy, 'J'):>10}")

    print("\nPhysical energy of training by the model of the 8-bit update ADC")
    for model, cost in adc_models(8).items():
        f = physical(inference, training, replace(Costs(), update_adc=cost))
        print(f"{model:14} {text(cost.value, 'J'):>9} {text(f.energy_training, 'J'):>10}")

    print("\nCopies of the convolution array at 320 ps a cycle; arrays alone, and all that settles")
    path = Path(slot=Cost(value=T_CYCLE, unit="s", source=published("LETI 2026, slot of 320 ps")))
    for row in latency_table(NETWORK, path=path):
        times = f"{text(row.arrays, 's'):>9} {text(row.seconds, 's'):>9}"
        print(f"B = {row.copies:3} {row.cycles:4} cycles {times} {row.cells} cells")


if __name__ == "__main__":
    main()
