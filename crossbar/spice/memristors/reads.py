"""Reads of a memristor with and without a sense amplifier: what each takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scipy.optimize import brentq

from crossbar.devices.equations import CircuitCell
from crossbar.spice.engine import measure
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number, pulse, pwl
from crossbar.spice.memristors.hysteresis import prepared
from crossbar.spice.synapse.slots import Sense
from crossbar.units import quantity

V_DD = 0.7  # V, supply of the sense amplifier
REACH = 0.7  # of the amplifier's swing that the largest read uses


@dataclass(frozen=True, kw_only=True)
class SensedRead:
    """One read pulse of a cell whose lower end is the input of a sense amplifier.

    Attributes
    ----------
    cell : [J]
        Energy from the line driver, access resistance included.
    sense : [J]
        Energy from the supply of the amplifier in the same time.
    """

    cell: float = quantity(unit="J")
    sense: float = quantity(unit="J")


def sensed_read(cell: CircuitCell, x: float, r_f: float) -> SensedRead:
    """Return what a read of ``cell`` in the state ``x`` takes, with an amplifier of ``r_f``."""
    pulses, sense = cell.pulses, Sense(r_f=r_f)
    width, edge = pulses.t_read, pulses.t_edge
    deck = read_deck(cell, x, sense)
    waves = run(deck)
    stop = width + 3 * edge
    return SensedRead(
        cell=measure.energy(waves, "vread", node="in", start=edge, stop=stop),
        sense=measure.energy(waves, "vsupply", node="supply", start=edge, stop=stop),
    )


def read_deck(cell: CircuitCell, x: float, sense: Sense) -> Deck:
    """Return the netlist of one read pulse through cell, access resistance and amplifier."""
    pulses = cell.pulses
    width, edge, v = pulses.t_read, pulses.t_edge, pulses.v_read
    deck = prepared(f"read of {cell.model} with a sense amplifier", cell)
    deck.add(f"Vread in 0 {pwl([(0.0, 0.0), *pulse(edge, edge, 2 * edge + width, v)])}")
    deck.add(f"Raccess in top {number(max(pulses.r_access, 1e-3))}")
    deck.add(f"Vsupply supply 0 {number(V_DD)}")
    deck.instance("xcell", cell.model, "top", "col", "state", **replace(cell, x0=x).parameters())
    deck.instance("xsense", "sense_finite", "col", "out", "supply", **vars(sense))
    longest = min(edge / 5, width / 50)
    deck.tran(step=longest, stop=width + 4 * edge, longest=longest, uic=True)
    deck.save("v(in)", "i(vread)", "v(supply)", "i(vsupply)", "v(col)", "v(out)")
    return deck


def state_at(cell: CircuitCell, g: float) -> float:
    """Return the state at which a read of ``cell`` shows ``g`` [S], access resistance included."""

    def excess(x: float) -> float:
        bare = float(cell.conductance(cell.pulses.v_read, x))
        return bare / (1.0 + bare * cell.pulses.r_access) - g

    if excess(0.0) >= 0.0:
        return 0.0
    if excess(1.0) <= 0.0:
        return 1.0
    return float(brentq(excess, 0.0, 1.0, xtol=1e-12))


def sensed_reads(cell: CircuitCell, g_min: float, g_max: float) -> tuple[SensedRead, SensedRead]:
    """Return reads of the cell at conductances ``g_min`` and ``g_max`` [S] of its reads.

    The transresistance is such that the conducting cell uses most of the swing.
    """
    r_f = float(f"{REACH * Sense().v_sat / (abs(cell.pulses.v_read) * g_max):.2g}")
    low, high = (sensed_read(cell, state_at(cell, g), r_f) for g in (g_min, g_max))
    return low, high
