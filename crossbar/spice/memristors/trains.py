"""Trains of pulses on a memristor in ngspice: what they do, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crossbar.devices.equations import CircuitCell, Pulses
from crossbar.errors import DataError, message
from crossbar.spice.engine import measure
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number, pulse, pwl
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.spice.memristors.hysteresis import prepared
from crossbar.types import Floats
from crossbar.units import quantity

TRAINS = 4  # set, reset to forget the start; set, reset to look at
FORGOTTEN = 0.1  # of the range, within which both reset trains must end


class Schedule(NamedTuple):
    """When what is applied.

    ``corners`` are times and voltages of the source; ``starts`` and ``reads`` when each pulse
    begins and when its read is looked at, ``stop`` the end; all in seconds and volts. ``starts[k]``
    to ``starts[k + 1]`` holds a pulse with its read.
    """

    corners: list[tuple[float, float]]
    starts: Floats
    reads: Floats
    stop: float


def schedule(pulses: Pulses, trains: int = TRAINS) -> Schedule:
    """Return ``trains`` trains, set and reset in turn, after a first read."""
    edge, corners, now = pulses.t_edge, [(0.0, 0.0)], pulses.t_edge
    starts, reads = [], []

    def apply(voltage: float, width: float) -> float:
        """Append a pulse with its edges and a pause, and return when it begins to fall."""
        nonlocal now
        falls = now + edge + width
        corners.extend(pulse(now, edge, falls, voltage))
        now = falls + 2 * edge
        return falls

    reads.append(apply(pulses.v_read, pulses.t_read))
    for train in range(trains):
        kind = (pulses.v_reset, pulses.t_reset) if train % 2 else (pulses.v_set, pulses.t_set)
        for _ in range(pulses.count):
            starts.append(now)
            apply(*kind)
            reads.append(apply(pulses.v_read, pulses.t_read))
    return Schedule(corners, np.array([*starts, now]), np.array(reads), now)


def train_deck(cell: CircuitCell, pulses: Pulses, plan: Schedule) -> Deck:
    """Return the netlist of ``cell`` behind its access resistance, driven as ``plan`` says.

    It starts where it conducts least, as a long reset leaves it, whatever its ``x0``.
    """
    deck = prepared(f"pulse trains on {cell.model}", cell)
    deck.comment(
        f"set {pulses.v_set:g} V {pulses.t_set:g} s, reset {pulses.v_reset:g} V "
        f"{pulses.t_reset:g} s, each read at {pulses.v_read:g} V; access {pulses.r_access:g} ohm"
    )
    deck.add(f"Vpulse in 0 {pwl(plan.corners)}")
    top = "in"
    if pulses.r_access > 0:
        deck.add(f"Raccess in top {number(pulses.r_access)}")
        top = "top"
    deck.instance("xcell", cell.model, top, "0", "state", **replace(cell, x0=0.0).parameters())
    widths = (pulses.t_set, pulses.t_reset)
    longest = min(max(widths) / 20, min(widths) / 5)
    deck.tran(step=longest, stop=plan.stop, longest=longest, uic=True)
    deck.save("v(in)", "v(state)", "i(vpulse)")
    return deck


class Response(NamedTuple):
    """Conductances [S] of one cell: (pulses + 1,) over a set train, and over a reset train."""

    rising: Floats
    falling: Floats


def response(waves: Waveforms, pulses: Pulses, plan: Schedule) -> Response:
    """Return the conductances that the reads of the last two trains gave.

    A read is current over voltage at the end of its plateau, access resistance included: what a
    periphery would see. The state would leave that resistance out and asks for the equations.

    Raises
    ------
    DataError
        If the trains leave the cell elsewhere than they found it: they say nothing lasting then.
    """
    reads = np.asarray(plan.reads, np.float64)
    g = -waves.at("i(vpulse)", reads) / waves.at("v(in)", reads)
    n = pulses.count
    seen = Response(g[-2 * n - 1 : -n], g[-n - 1 :])
    span = seen.rising[-1] - seen.rising[0]
    if abs(seen.falling[-1] - seen.rising[0]) > FORGOTTEN * abs(span):
        got = f"ends of reset trains at {seen.rising[0]:.3g} S, then {seen.falling[-1]:.3g} S"
        remedy = "Make the weaker pulses stronger or the trains longer."
        raise DataError(message(waves.title, "trains that forget their start", got, remedy))
    return seen


@dataclass(frozen=True, kw_only=True)
class Operations:
    """What reading, setting and resetting a cell takes, from the source of the circuit.

    Energies and times of a set and of a reset pulse are those of one pulse of the trains, without
    its read: mean, smallest and largest over a train. A whole train moves the cell from its least
    to its greatest conductance or back. Reads are of one read pulse. The source has netlist and
    conditions, for a cost.
    """

    g_min: float = quantity(unit="S", words="g_min of the trains")
    g_max: float = quantity(unit="S", words="g_max of the trains")
    on_off: float = quantity(words="on/off of the trains")
    read_off: float = quantity(unit="J", words="energy of a read, off")
    read_on: float = quantity(unit="J", words="energy of a read, on")
    set_pulse: float = quantity(unit="J", words="energy of a set pulse")
    set_pulse_min: float = quantity(unit="J", words="energy of a set pulse, least")
    set_pulse_max: float = quantity(unit="J", words="energy of a set pulse, most")
    reset_pulse: float = quantity(unit="J", words="energy of a reset pulse")
    reset_pulse_min: float = quantity(unit="J", words="energy of a reset pulse, least")
    reset_pulse_max: float = quantity(unit="J", words="energy of a reset pulse, most")
    set_train: float = quantity(unit="J", words="energy of a set train")
    reset_train: float = quantity(unit="J", words="energy of a reset train")
    t_read: float = quantity(unit="s", words="time of a read")
    t_set: float = quantity(unit="s", words="time of a set pulse")
    t_reset: float = quantity(unit="s", words="time of a reset pulse")
    t_set_train: float = quantity(unit="s", words="time of a set train")
    t_reset_train: float = quantity(unit="s", words="time of a reset train")
    source: str


def operations(cell: CircuitCell, pulses: Pulses | None = None) -> Operations:
    """Return energy and time of reads, set and reset ``pulses`` of ``cell`` in ngspice.

    Energy is that of the source, so of cell, access resistance and edges. A read pulse takes it in
    proportion to its width. Without ``pulses``, they are those of the cell.
    """
    pulses = cell.pulses if pulses is None else pulses
    plan = schedule(pulses)
    waves = run(train_deck(cell, pulses, plan))
    seen = response(waves, pulses, plan)
    n, edge = pulses.count, pulses.t_edge
    first = len(plan.starts) - 1 - 2 * n
    widths = [pulses.t_set] * n + [pulses.t_reset] * n
    starts = plan.starts[first:-1]
    each = [_energy(waves, s, s + w + 2 * edge) for s, w in zip(starts, widths, strict=True)]
    raised, fallen = np.array(each[:n]), np.array(each[n:])
    read_on, read_off = (
        _energy(waves, plan.starts[k] - pulses.t_read - 3 * edge, plan.starts[k])
        for k in (first + n, first + 2 * n)
    )
    g_min, g_max = float(seen.rising[0]), float(seen.rising[-1])
    return Operations(
        g_min=g_min,
        g_max=g_max,
        on_off=g_max / g_min,
        read_off=read_off,
        read_on=read_on,
        set_pulse=float(raised.mean()),
        set_pulse_min=float(raised.min()),
        set_pulse_max=float(raised.max()),
        reset_pulse=float(fallen.mean()),
        reset_pulse_min=float(fallen.min()),
        reset_pulse_max=float(fallen.max()),
        set_train=float(raised.sum()),
        reset_train=float(fallen.sum()),
        t_read=pulses.t_read,
        t_set=pulses.t_set,
        t_reset=pulses.t_reset,
        t_set_train=n * (pulses.t_set + 2 * edge),
        t_reset_train=n * (pulses.t_reset + 2 * edge),
        source=provenance(cell, pulses),
    )


def _energy(waves: Waveforms, start: float, stop: float) -> float:
    """Return the energy [J] that the source gave."""
    return measure.energy(waves, "vpulse", node="in", start=start, stop=stop)


def provenance(cell: CircuitCell, pulses: Pulses) -> str:
    """Return where numbers of ``cell`` under ``pulses`` come from, in a line."""
    default = type(cell)()
    changed = [
        f"{name}={value:g}"
        for name, value in replace(cell, x0=default.x0).parameters().items()
        if value != getattr(default, name)
    ]
    return (
        f"ngspice: spice_models/{cell.model}.sub, {', '.join(changed) or 'default parameters'}; "
        f"{pulses.count} pulses of {pulses.v_set:g} V x {pulses.t_set:g} s set, "
        f"{pulses.v_reset:g} V x {pulses.t_reset:g} s reset, read at {pulses.v_read:g} V, "
        f"access {pulses.r_access:g} ohm"
    )
