"""Energy of the CMOS synapse against data, supply, temperature, corner and size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crossbar.progress import Progress, shown
from crossbar.spice.engine.ngspice import run_many
from crossbar.spice.synapse.cell import unit_conductance
from crossbar.spice.synapse.circuit import CELSIUS, CORNERS, Synapse
from crossbar.spice.synapse.slots import Sense, Slot, column, random_codes, slots_deck, slots_of
from crossbar.units import quantity as si


@dataclass(frozen=True, kw_only=True)
class Point:
    """Energy of random transitions under one condition.

    Attributes
    ----------
    quantity, value
        Which condition, and its value as text with unit.
    energy, spread : [J]
        Mean energy of a slot with its write and its multiplication, and standard deviation over
        the codes.
    write, read, hold : [J]
        Mean energy of the same write with the row at zero; the rest of the slot; and of a slot
        that multiplies by the held code.
    sense : [J]
        Mean energy of the sense amplifier in a slot; zero without one.
    current : [A]
        ``energy`` over slot and supply: the mean current that would give it at V_DD.
    settling : [s]
        Longest until the column current stays within 1 %.
    wrong
        Writes after which the column current is more than half a step from the code's.
    """

    quantity: str
    value: str
    energy: float = si(unit="J")
    spread: float = si(unit="J")
    write: float = si(unit="J")
    read: float = si(unit="J")
    hold: float = si(unit="J")
    sense: float = si(unit="J")
    current: float = si(unit="A")
    settling: float = si(unit="s")
    wrong: int


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A synapse to measure under a name."""

    quantity: str
    value: str
    synapse: Synapse
    sense: Sense | None = None


def conditions(base: Synapse, *, sense: Sense) -> list[Condition]:
    """Return the operating point, and every condition varied alone around it.

    Where a circuit is too slow for the slot, it comes with a longer one as well.
    """

    def slower(times: float) -> dict[str, float]:
        return {"slot": base.slot * times, "write": base.write * times}

    def varied(name: str, value: str, **change: Any) -> Condition:
        return Condition(quantity=name, value=value, synapse=replace(base, **change))

    return [
        varied("operating point", ""),
        Condition(quantity="sense amplifier", value="on the column", synapse=base, sense=sense),
        *(varied("V_in", f"{v:g} V", v_in=v) for v in (0.05, 0.15, 0.25)),
        *(varied("bits", f"{bits}", bits=bits) for bits in (1, 2, 4, 6, 10)),
        varied("bits", "10, slot x2", bits=10, **slower(2)),
        *(varied("R_u", f"{r / 1e3:g} kohm", r_u=r) for r in (20e3, 40e3, 120e3)),
        *(varied("V_DD", f"{v:g} V", v_dd=v) for v in (0.5, 0.6, 0.8, 0.9)),
        varied("V_DD", "0.5 V, slot x16", v_dd=0.5, **slower(16)),
        varied("V_DD", "0.6 V, slot x4", v_dd=0.6, **slower(4)),
        *(varied("temperature", f"{c:g} C", temperature=c + CELSIUS) for c in (0.0, 50.0, 85.0)),
        *(varied("corner", corner.name, corner=corner) for corner in CORNERS[1:]),
    ]


def sweep(
    wanted: Sequence[Condition],
    *,
    transitions: int,
    seed: int,
    jobs: int = 2,
    progress: Progress = shown,
) -> list[Point]:
    """Measure ``transitions`` random transitions under every condition, the same codes in each.

    Codes of another width are drawn from the same seed.
    """
    codes = [
        random_codes(each.synapse.bits, transitions, rng=np.random.default_rng(seed))
        for each in wanted
    ]
    decks = []
    for each, order in zip(wanted, codes, strict=True):
        decks.append(slots_deck(each.synapse, order, sense=each.sense))
        decks.append(slots_deck(each.synapse, order, v_in=0.0))
    waves = run_many(decks, jobs=jobs, progress=progress)
    points = []
    for k, (each, order) in enumerate(zip(wanted, codes, strict=True)):
        pairs = slots_of(waves[2 * k], each.synapse, order)
        quiet = [slot for slot, _ in slots_of(waves[2 * k + 1], each.synapse, order)]
        points.append(_point(each, pairs, quiet))
    return points


def _point(
    condition: Condition, pairs: Sequence[tuple[Slot, Slot]], quiet: Sequence[Slot]
) -> Point:
    """Return the averages over slots."""
    synapse = condition.synapse
    written, held = [slot for slot, _ in pairs], [still for _, still in pairs]
    energies, write = column(written, "energy"), column(quiet, "energy")
    level = column(held, "level") / (synapse.v_in * unit_conductance(synapse))
    return Point(
        quantity=condition.quantity,
        value=condition.value,
        energy=float(energies.mean()),
        spread=float(energies.std(ddof=1)),
        write=float(write.mean()),
        read=float((energies - write).mean()),
        hold=float(column(held, "energy").mean()),
        sense=float(column(written, "sense").mean()),
        current=float(energies.mean() / (synapse.slot * synapse.v_dd)),
        settling=float(column(written, "settling").max()),
        wrong=int((np.abs(level - column(held, "code")) > 0.5).sum()),
    )
