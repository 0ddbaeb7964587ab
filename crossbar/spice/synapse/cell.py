"""The CMOS synapse characterised: levels, resistances, energy of every bit, leakage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crossbar.devices.measured.switching import Switching
from crossbar.spice.engine.ngspice import run, version
from crossbar.spice.engine.numbers import number
from crossbar.spice.synapse.circuit import CELSIUS, Synapse, begun, static
from crossbar.spice.synapse.mismatch import Spread, branches
from crossbar.spice.synapse.slots import measure_slots
from crossbar.types import Doubles

SMALL = 0.02  # voltage at which a conductance counts as that of a linear resistor [V]


def levels(synapse: Synapse) -> Doubles:
    """Return the conductance (codes,) [S] of every code, from one sweep of the whole cell."""
    return np.asarray(run(static(synapse))["i(vcol)"] / synapse.v_in)


def on_resistance(synapse: Synapse) -> float:
    """Return the resistance [ohm] of a unit switch alone, at the voltage it has in the branch."""
    g = unit_conductance(synapse)
    drop = synapse.v_in * (1.0 - synapse.r_u * g)
    deck = begun(synapse, "unit switch", "reltol=1e-6")
    deck.add(f"Vgate gate 0 {number(synapse.v_dd)}", f"Vdrain drain 0 {number(drop)}")
    shift = {"dvt": synapse.corner.dvtn}
    deck.instance("X1", "nmos45", "drain", "gate", "0", "0", w=synapse.w, **shift)
    deck.op()
    deck.save("i(vdrain)")
    return float(-drop / run(deck)["i(vdrain)"][0])


def unit_conductance(synapse: Synapse, v_in: float | None = None) -> float:
    """Return the conductance of a unit branch [S], at the input of ``synapse`` or ``v_in``."""
    zero = np.zeros((1, 1))
    one = replace(synapse, bits=1, v_in=synapse.v_in if v_in is None else v_in)
    return float(branches(one, zero, zero)[0, 0])


def quadrants(synapse: Synapse, volts: Sequence[float]) -> Doubles:
    """Return how a branch conducts when row or column are at either sign of voltage.

    The gate is at ``v_dd`` (on) or ``v_low`` (off).

    Parameters
    ----------
    volts : (n,) [V]
        Positive voltages.

    Returns
    -------
    (n, 4, 2)
        Conductance over that of a switch that is on at a small voltage: with the row at +v and -v
        and the column at ground, with the column at +v and -v and the row at ground; on and off.
    """
    deck = begun(synapse, f"branch of {synapse.name}, all signs", "reltol=1e-6")
    deck.add(f"Vg1 g1 0 {number(synapse.v_dd)}", f"Vg0 g0 0 {number(synapse.v_low)}")
    ends = [end for v in volts for end in ((v, 0.0), (-v, 0.0), (0.0, v), (0.0, -v))]
    ends.append((SMALL, 0.0))
    for k, (row, col) in enumerate(ends):
        deck.add(f"Vc{k} c{k} 0 {number(col)}")
        for on in (1, 0):
            deck.add(f"V{k}_{on} r{k}_{on} 0 {number(row)}")
            deck.instance(
                f"X{k}_{on}", "cmos_synapse_branch", f"r{k}_{on}", f"c{k}", f"g{on}", "g0",
                r_u=synapse.r_u, w=synapse.w, dvt=synapse.corner.dvtn,
            )  # fmt: skip
            deck.save(f"i(v{k}_{on})")
    deck.op()
    waves = run(deck)
    g = np.array(
        [
            [-waves[f"i(v{k}_{on})"][0] / (row - col) for on in (1, 0)]
            for k, (row, col) in enumerate(ends)
        ]
    )
    return np.asarray(g[:-1].reshape(len(volts), 4, 2) / g[-1, 0])


def per_bit(synapse: Synapse) -> list[int]:
    """Return the codes that write zero twice, then every bit alone up and down."""
    return [0, 0, *(code for b in range(synapse.bits) for code in (2**b, 0))]


def characterise(synapse: Synapse, codes: Sequence[int], spread: Spread) -> Switching:
    """Return what devices and energy reports need of ``synapse``.

    Write energies come from single bits that rise and fall with the row at zero; the times t_on
    and t_off from the row energy of the same slots at the input. The settling is the longest of
    the random transitions between ``codes``, the mismatch that of the Monte Carlo ``spread``.
    """
    order = per_bit(synapse)
    quiet = measure_slots(synapse, order, v_in=0.0)
    read = measure_slots(synapse, order)
    idle, *bits = [slot.energy for slot, _ in quiet]
    rise, fall = np.array(bits[0::2]) - idle, np.array(bits[1::2]) - idle
    units = 2.0 ** np.arange(synapse.bits)
    g_unit = unit_conductance(synapse)
    _, *rows = [(slot.row - still.row) for (slot, _), (still, _) in zip(read, quiet, strict=True)]
    # Row energy over v^2 g is time on; least squares over bits of weight 2^b.
    on = np.array(rows) / (synapse.v_in**2 * g_unit)
    t_on = synapse.slot - float(on[0::2] @ units / (units @ units))
    t_off = float(on[1::2] @ units / (units @ units))
    slow = unit_conductance(synapse, SMALL)
    settling = max(slot.settling for slot, _ in measure_slots(synapse, codes))
    return Switching(
        bits=synapse.bits,
        g_unit=g_unit,
        loss=(1.0 - g_unit / slow) / (synapse.v_in - SMALL),
        sigma_unit=spread.sigma_unit,
        settling=settling,
        slot=synapse.slot,
        v_in=synapse.v_in,
        v_dd=synapse.v_dd,
        temperature=synapse.temperature,
        e_write=idle,
        e_rise=tuple(float(e) for e in rise),
        e_fall=tuple(float(e) for e in fall),
        t_on=t_on,
        t_off=t_off,
        p_hold=leakage(synapse),
        source=provenance(synapse),
    )


def leakage(synapse: Synapse) -> float:
    """Return the mean power [W] of a held code with the row at zero, over codes 0 and full."""
    decks = [static(replace(synapse, v_in=0.0), [code]) for code in (0, synapse.codes - 1)]
    return sum(synapse.v_dd * -float(run(deck)["i(vdd)"][0]) for deck in decks) / 2


def provenance(synapse: Synapse) -> str:
    """Return which simulator and which netlist a figure comes from."""
    card = "cards nmos45, pmos45" if synapse.card is None else f"card {synapse.card.path.name}"
    point = (
        f"r_u {number(synapse.r_u)} ohm, v_dd {number(synapse.v_dd)} V, {synapse.corner.name}, "
        f"{synapse.temperature - CELSIUS:g} C, slot {number(synapse.slot)}s"
    )
    return f"ngspice {version().number}: {synapse.name}, {card}, {point}"
