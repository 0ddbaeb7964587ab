"""From transistor to femtojoule: what an operation of the CMOS synapse takes, step by step.

ngspice simulates the 8-bit synapse of LETI 2026's function in 45 nm transistors: every code, slots
with random codes, single bits, mismatch, and every condition varied alone. Each step prints what it
finds, beside what follows by hand or is published: 87.36 fJ, 390 uA, 320 ps.

    python scripts/ex08_synapse_energy.py --out docs/figures --records energy
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from crossbar.energy.published import A_AV, I_AV, T_WRITE
from crossbar.plots.synapse import synapse_energy
from crossbar.spice.synapse.cell import quadrants
from crossbar.spice.synapse.characterise import Characterisation, characterise_synapse
from crossbar.spice.synapse.circuit import Synapse
from crossbar.spice.synapse.energy import Point, conditions
from crossbar.spice.synapse.mismatch import Mismatch, Spread, behavioural_inl, monte_carlo
from crossbar.spice.synapse.slots import (
    Sense,
    Slot,
    column,
    measure_slots,
    random_codes,
    transient,
)

SEED = 0
UNIT = 0.03  # unit mismatch of the behavioural synapse
CHANGE = (60, 200)  # codes of the weight change whose slot is drawn


def fj(value: float) -> str:
    return f"{1e15 * value:.2f} fJ"


def table(found: Characterisation) -> None:
    print("measured, and beside it what was published or follows by itself")
    for row in found.rows():
        print(row.line())


def derive(found: Characterisation, slots: list[Slot]) -> None:
    """Print how the energy of a slot comes about."""
    synapse, record = found.synapse, found.switching
    g, v, t = record.g_unit, synapse.v_in, synapse.slot
    print("\n1. a multiplication by a held code: V^2 G t")
    hand = v**2 * g * (synapse.codes - 1) / 2 * t
    print(f"   {v:g}^2 V^2 x {1e6 * g:.3f} uS x {(synapse.codes - 1) / 2:g} x {1e12 * t:.0f} ps "
          f"= {fj(hand)}; simulated {fj(found.points[0].hold)}")  # fmt: skip
    print("2. a write with the row at zero: enable, and every bit that changes")
    print(f"   enable {fj(record.e_write)}")
    for b, (rise, fall) in enumerate(zip(record.e_rise, record.e_fall, strict=True)):
        print(f"   bit {b}: rise {fj(rise):>9}, fall {fj(fall):>9}")
    write = record.e_write + (sum(record.e_rise) + sum(record.e_fall)) / 4
    print(f"   uniform codes: enable + (rises + falls)/4 = {fj(write)}")
    late, long = 1e12 * record.t_on, 1e12 * record.t_off
    print(f"3. its multiplication: bits that rise begin {late:.0f} ps late, "
          f"bits that fall end {long:.0f} ps late")  # fmt: skip
    mean, spread = found.uniform
    print(f"   write {fj(write)} + read {fj(mean - write)} = {fj(mean)} +- {fj(spread)} (codes)")
    print(f"   inputs uniform from 0 to {v:g} V: V^2 is a third: {fj(write + (mean - write) / 3)}")
    print("4. by source, in the simulated slots")
    for name in ("latch", "port", "row"):
        print(f"   {name:6} {fj(float(column(slots, name).mean()))}")
    sense = found.points[1].sense
    print(f"   sense amplifier, behavioural, one synapse a line: {fj(sense)} more")
    print("5. beside print")
    energy = found.points[0].energy
    print(f"   {fj(energy)} an operation against {fj(A_AV)}: {energy / A_AV:.2f} times")
    print(f"   {1e6 * found.points[0].current:.0f} uA at {synapse.v_dd:g} V against "
          f"{1e6 * I_AV:.0f} uA")  # fmt: skip
    print(f"   {1e12 * found.points[0].settling:.0f} ps to 1 % against a slot of "
          f"{1e12 * T_WRITE:.0f} ps")  # fmt: skip


def sweeps(points: tuple[Point, ...]) -> None:
    """Print every condition."""
    print(f"\n{'condition':34} energy +- codes   write    read    hold   sense    current settling")
    for p in points:
        name = f"{p.quantity} {p.value}"
        fail = f"  {p.wrong} codes not written" if p.wrong else ""
        femto = [1e15 * e for e in (p.energy, p.spread, p.write, p.read, p.hold, p.sense)]
        print(f"{name:34} {femto[0]:6.1f} +- {femto[1]:5.1f} "
              + " ".join(f"{e:7.1f}" for e in femto[2:])
              + f" fJ {1e6 * p.current:5.0f} uA {1e12 * p.settling:5.0f} ps{fail}")  # fmt: skip


def signs(synapse: Synapse) -> None:
    """Print what the branch does at voltages of either sign."""
    print("\nconductance of a branch against that at a small voltage, on (change) and off")
    print("           row at +v         row at -v         column at +v      column at -v")
    volts = (0.05, 0.1, 0.2, 0.35)
    for low in (0.0, -0.35):
        print(f"low rail of the latches at {low:g} V")
        for v, ends in zip(volts, quadrants(replace(synapse, v_low=low), volts), strict=True):
            cells = " ".join(f"{100 * (on - 1):+7.2f} % {100 * off:5.2f} %" for on, off in ends)
            print(f"  {v:5.2f} V {cells}")


def mismatch(synapse: Synapse, chips: int) -> tuple[Spread, np.ndarray]:
    """Print the Monte Carlo at a unit mismatch of 3 % beside the behavioural one."""
    elements = Mismatch().for_unit(synapse, UNIT)
    circuit = monte_carlo(synapse, elements, chips, rng=np.random.default_rng([SEED, 2]))
    rng = np.random.default_rng([SEED, 3])
    behavioural = behavioural_inl(synapse.bits, UNIT, 10_000, rng=rng)
    volts = elements.sigma_vt(synapse)
    print(f"\nmismatch set to {100 * UNIT:g} % of a unit: thresholds {1e3 * volts:.0f} mV, "
          f"resistors {100 * elements.sigma_r:.2f} %")  # fmt: skip
    print(f"  fitted {100 * circuit.sigma_unit:.3f} +- {100 * circuit.error:.3f} %; "
          f"INL of 95 %: {circuit.p95:.2f} LSB in ngspice, "
          f"{np.quantile(behavioural, 0.95):.2f} LSB behavioural")  # fmt: skip
    return circuit, behavioural


def main(arguments: list[str] | None = None) -> Characterisation:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, help="folder for the figure; none is drawn without")
    parser.add_argument("--records", type=Path, help="folder for JSON and CSV")
    parser.add_argument("--quick", action="store_true", help="few codes, synapses and conditions")
    options = parser.parse_args(arguments)
    synapse, sense = Synapse(), Sense()
    transitions, chips = (6, 50) if options.quick else (20, 300)
    wanted = conditions(synapse, sense=sense)
    found = characterise_synapse(
        synapse, mismatch=Mismatch(), sense=sense, transitions=transitions, chips=chips, seed=SEED,
        wanted=wanted[:3] if options.quick else wanted,
    )  # fmt: skip
    codes = random_codes(synapse.bits, transitions, rng=np.random.default_rng(SEED))
    slots = [slot for slot, _ in measure_slots(synapse, codes)]
    table(found)
    derive(found, slots)
    sweeps(found.points)
    signs(synapse)
    spread, behavioural = mismatch(synapse, chips)
    if options.records is not None:
        found.write(options.records)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        change = transient(synapse, *CHANGE)
        drawing = synapse_energy(found, slots, change, spread.inl, behavioural, UNIT)
        (options.out / f"{drawing.name}.svg").write_bytes(drawing.svg)
        (options.out / f"{drawing.name}.png").write_bytes(drawing.png)
    return found


if __name__ == "__main__":
    main()
