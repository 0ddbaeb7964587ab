"""Slots of the CMOS synapse: codes written one after the other, and what each slot takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from crossbar.checks import Checked
from crossbar.spice.engine import measure
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number, pwl
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.spice.synapse.circuit import Synapse, bench, bits_of
from crossbar.types import Doubles
from crossbar.units import quantity

LEAD = 2  # slots before the first that counts: the first code is written, then held


@dataclass(frozen=True, kw_only=True)
class Sense(Checked):
    """A sense amplifier on the column; see ``spice_models/sense_finite.sub``. Assumed values."""

    r_f: float = quantity(200.0, unit="ohm", low=1e-3, high=1e12)
    a0: float = quantity(1000.0, low=1, high=1e9)
    gbw: float = quantity(20e9, unit="Hz", low=1, high=1e13)
    v_sat: float = quantity(0.35, unit="V", low=1e-3, high=10)
    i_q: float = quantity(50e-6, unit="A", low=0, high=1)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What one slot took, from the steady state of the slot before.

    Attributes
    ----------
    before, code
        Code held before, and code written (or held).
    written
        Whether write enable was pulsed.
    latch, port, row, sense : [J]
        Energy given by the supply of the latches, by supply and signals of the write port, by the
        row driver, and by the supply of the sense amplifier (zero without one).
    settling : [s]
        From the start of the slot until the column current stays within 1 % of the larger of its
        values before and after, or of a unit's; followed through the hold slot, nan in one and
        with the row at zero.
    level : [A]
        Column current at the end of the slot.
    """

    before: int
    code: int
    written: bool
    latch: float
    port: float
    row: float
    sense: float
    settling: float
    level: float

    @property
    def energy(self) -> float:
        """Energy of the slot without the sense amplifier [J]."""
        return self.latch + self.port + self.row


def slots_deck(
    synapse: Synapse, codes: Sequence[int], *, v_in: float | None = None, sense: Sense | None = None
) -> Deck:
    """Return the deck that writes ``codes`` one after the other, each followed by a slot of hold.

    The latches are open at time zero, so that the operating point is the first code; two slots
    pass before the first transition counts.

    Parameters
    ----------
    codes
        Codes to write; the first one is the state before.
    v_in : [V]
        Row voltage in place of that of ``synapse``.
    sense
        The sense amplifier; None: the column is held at ground.
    """
    deck = bench(synapse, f"{synapse.name}, {len(codes) - 1} transitions in slots")
    high, low = synapse.v_dd, synapse.v_low
    deck.add(
        f"Vdd vdd 0 {number(high)}",
        f"Vport port 0 {number(high)}",
        f"Vlow low 0 {number(low)}",
        f"Vrow row 0 {number(synapse.v_in if v_in is None else v_in)}",
    )
    shift = f"dvtn={number(synapse.corner.dvtn)} dvtp={number(synapse.corner.dvtp)}"
    starts = [synapse.slot * (LEAD + 2 * k) for k in range(len(codes) - 1)]
    for b, pin in enumerate(synapse.data):
        values = [bits_of(code, synapse.bits)[b] for code in codes]
        steps = list(zip(starts, values[1:], strict=True))
        deck.add(_wave(f"V{pin}", f"{pin}b", values[0], steps, synapse))
        deck.add(f"X{pin} {pin}b {pin} port low inverter45 {shift}")
    edges = [(synapse.write, 0)]
    edges += [edge for at in starts for edge in ((at, 1), (at + synapse.write, 0))]
    deck.add(_wave("Vwe", "web", 1, edges, synapse))
    deck.add(f"Xwe web we port low inverter45 k={number(max(1.0, synapse.bits / 2))} {shift}")
    deck.add(f"Xcell row col we vdd low {' '.join(synapse.data)} {synapse.name}")
    if sense is None:
        deck.add("Vcol col 0 0")
    else:
        deck.add(f"Vsense supply 0 {number(high)}", "Vcol col in 0")
        deck.instance("Xsense", "sense_finite", "in", "out", "supply", **vars(sense))
        deck.save("i(vsense)", "v(supply)", "v(out)", "v(in)")
    names = ["vdd", "vport", "vlow", "vrow", "vcol", "vwe", *(f"v{pin}" for pin in synapse.data)]
    deck.save(*(f"i({name})" for name in names))
    nodes = ["vdd", "port", "low", "row", "web", *(f"{pin}b" for pin in synapse.data)]
    deck.save(*(f"v({node})" for node in nodes))
    stop, longest = synapse.slot * (LEAD + 2 * len(starts)), synapse.slot / 80
    # An end off the grid of steps: a last step of 1e-23 s, left by rounding, does not converge.
    deck.tran(step=longest / 2, stop=stop + 0.37 * longest, longest=longest)
    return deck


def measure_slots(
    synapse: Synapse, codes: Sequence[int], *, v_in: float | None = None, sense: Sense | None = None
) -> list[tuple[Slot, Slot]]:
    """Simulate ``codes`` written one after the other; return (write slot, hold slot) of each.

    Energies are integrals of v i over every source, on ngspice's own grid.
    """
    waves = run(slots_deck(synapse, codes, v_in=v_in, sense=sense))
    return slots_of(waves, synapse, codes)


def slots_of(waves: Waveforms, synapse: Synapse, codes: Sequence[int]) -> list[tuple[Slot, Slot]]:
    """Return (write slot, hold slot) of each transition that ``waves`` of a slots deck hold."""
    pairs = []
    for k, (before, code) in enumerate(pairwise(codes)):
        start = synapse.slot * (LEAD + 2 * k)
        written = _slot(waves, synapse, start, before, code, written=True)
        held = _slot(waves, synapse, start + synapse.slot, code, code, written=False)
        pairs.append((written, held))
    return pairs


class Transient(NamedTuple):
    """Column current (points,) [A] through a slot, ``time`` [s] from its start.

    ``settling`` [s] is as of :class:`Slot`.
    """

    time: Doubles
    current: Doubles
    settling: float


def transient(synapse: Synapse, before: int, code: int) -> Transient:
    """Simulate the slot in which ``code`` is written where ``before`` was held."""
    waves = run(slots_deck(synapse, (before, code)))
    start = synapse.slot * LEAD
    time, current = measure.window(waves, "i(vcol)", start, start + synapse.slot)
    ((written, _),) = slots_of(waves, synapse, (before, code))
    return Transient(time - start, current, written.settling)


def _slot(
    waves: Waveforms, synapse: Synapse, start: float, before: int, code: int, *, written: bool
) -> Slot:
    """Return what the slot from ``start`` took."""
    stop = start + synapse.slot

    def given(source: str, node: str) -> float:
        return measure.energy(waves, source, node=node, start=start, stop=stop)

    unit = abs(float(waves.at("v(row)", stop))) / synapse.r_u
    watched = written and unit > 0
    signals = [("vwe", "web"), *((f"v{pin}", f"{pin}b") for pin in synapse.data)]
    return Slot(
        before=before,
        code=code,
        written=written,
        latch=given("vdd", "vdd") + given("vlow", "low"),
        port=given("vport", "port") + sum(given(*signal) for signal in signals),
        row=given("vrow", "row"),
        sense=given("vsense", "supply") if "i(vsense)" in waves else 0.0,
        settling=_settling(waves, start, stop + synapse.slot, unit) if watched else float("nan"),
        level=float(waves.at("i(vcol)", stop)),
    )


def _settling(waves: Waveforms, start: float, stop: float, unit: float) -> float:
    """Return when the column current stays within 1 % of the larger of its two ends."""
    ends = np.abs(waves.at("i(vcol)", np.array([start, stop])))
    band = 0.01 * max(*ends.tolist(), unit)
    return measure.settling(waves, "i(vcol)", start=start, stop=stop, band=band)


def _wave(
    name: str, node: str, first: int, steps: Sequence[tuple[float, int]], synapse: Synapse
) -> str:
    """Return an inverted source, first at ``first``, that takes each value of ``steps`` in time."""
    levels = (synapse.v_dd, synapse.v_low)
    points, now = [(0.0, levels[first])], first
    for at, value in steps:
        if value != now:
            points += [(at, levels[now]), (at + synapse.edge, levels[value])]
        now = value
    return f"{name} {node} 0 {pwl(points)}"


def random_codes(bits: int, count: int, *, rng: np.random.Generator) -> list[int]:
    """Return a code before and ``count`` random ones, in pairs of complements, in random order.

    The pairs make the mean of the written codes exactly half of the range, so that few of them
    give the mean energy of uniform data.
    """
    half = rng.integers(2**bits, size=(count + 1) // 2)
    both = np.concatenate([half, 2**bits - 1 - half])
    return [int(rng.integers(2**bits)), *(int(c) for c in rng.permutation(both)[:count])]


def column(slots: Sequence[Slot], name: str) -> Doubles:
    """Return the attribute ``name`` of every slot."""
    return np.array([getattr(slot, name) for slot in slots])
