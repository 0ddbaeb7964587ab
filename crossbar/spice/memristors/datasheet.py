"""What a memristor of spice_models/ does and costs, measured in ngspice, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from crossbar import files
from crossbar.devices.equations import CircuitCell, Pulses
from crossbar.devices.measured.traces import WHOLE
from crossbar.errors import require_number
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number
from crossbar.spice.memristors.hysteresis import (
    POINTS,
    Loop,
    area,
    loop_errors,
    on_off,
    prepared,
    thresholds,
)
from crossbar.spice.memristors.pulse_response import PulseResponse
from crossbar.spice.memristors.trains import operations
from crossbar.spreadsheet import guarded

SECONDS = 1.0  # of the retention


class Measurement(NamedTuple):
    """A row: name, value and SI unit, and how it was obtained."""

    name: str
    value: float
    unit: str
    condition: str


def datasheet(drawn: Loop, pulses: Pulses | None = None) -> list[Measurement]:
    """Return the measurements of the cell that ``drawn`` is a loop of.

    ``pulses`` are the trains for energy and on/off ratio; None for those of the cell.
    """
    cell, sine = drawn.cell, drawn.sine
    pulses = cell.pulses if pulses is None else pulses
    errors, last = loop_errors(drawn), drawn.last
    driven = f"{sine.amplitude:g} V sine at {sine.frequency:g} Hz"
    beside = f"{driven}, against scipy solve_ivp"
    positive, negative = area(last.voltage, last.current)
    v_set, v_reset = thresholds(drawn)
    rows = [
        Measurement("error of the state", errors.state, "", beside),
        Measurement("error of the current", errors.current, "", beside),
        Measurement("pinch", errors.pinch, "", f"|i| at v = 0 / I_max, {driven}"),
        Measurement("area of the positive lobe", positive, "W", driven),
        Measurement("area of the negative lobe", negative, "W", driven),
        Measurement("set threshold", v_set, "V", f"10 % of the swing, {driven}"),
        Measurement("reset threshold", v_reset, "V", f"10 % of the swing, {driven}"),
        Measurement("on/off of the loop", on_off(drawn, pulses.v_read), "",
                    f"at {pulses.v_read:g} V, {driven}"),
    ]  # fmt: skip
    for words, bias in (("at no bias", 0.0), ("at the read voltage", pulses.v_read)):
        held = retention(cell, bias=bias, start=0.5, seconds=SECONDS)
        condition = f"{SECONDS:g} s at {bias:g} V from x = 0.5"
        rows.append(Measurement(f"change of g {words}", held.change, "", condition))
        rows.append(Measurement(f"10 % change {words}", held.ten_percent, "s", condition))
    spent = operations(cell, pulses)
    measured = [f for f in fields(spent) if f.name != "source"]
    return rows + [
        Measurement(f.metadata["words"], getattr(spent, f.name), f.metadata["unit"], spent.source)
        for f in measured
    ]


class Retention(NamedTuple):
    """Relative change of the conductance, and time [s] to a tenth, infinite if not reached."""

    change: float
    ten_percent: float


def retention(cell: CircuitCell, *, bias: float, start: float, seconds: float) -> Retention:
    """Hold ``cell`` at ``bias`` [V] (0: left alone) from the state ``start`` in ngspice.

    The conductance is taken from the state, at the read voltage of the cell: at no bias there is
    no current to read.
    """
    require_number("retention.start", start, low=0, high=1)
    require_number("retention.seconds", seconds, above=0, high=1e9, unit="s")
    held = replace(cell, x0=start)
    deck = prepared(f"retention of {cell.model}", held)
    deck.add(f"Vbias top 0 {number(bias)}")
    deck.instance("xcell", cell.model, "top", "0", "state", **held.parameters())
    deck.tran(step=seconds / POINTS, stop=seconds, longest=seconds / POINTS, uic=True)
    deck.save("v(state)")
    waves = run(deck)
    g = cell.conductance(cell.pulses.v_read, waves["v(state)"])
    change = np.abs(g / cell.conductance(cell.pulses.v_read, start) - 1.0)
    beyond = np.flatnonzero(change > 0.1)
    ten_percent = float(waves.axis[beyond[0]]) if len(beyond) else float("inf")
    return Retention(float(change[-1]), ten_percent)


def responses(seen: PulseResponse) -> list[Measurement]:
    """Return the figures of a pulse response."""
    sources = {
        "g_min, mean of devices": (seen.g_min, "S"),
        "g_max, mean of devices": (seen.g_max, "S"),
        "set step at mid-range": (seen.table.size * (seen.g_max - seen.g_min), "S"),
        "spread of the step, devices": (seen.sigma_d2d, ""),
        "spread of the asymmetry, devices": (seen.sigma_asymmetry_d2d, ""),
        "spread of the bounds, devices": (seen.sigma_bounds_d2d, ""),
    }
    rows = [Measurement(name, value, unit, seen.source) for name, (value, unit) in sources.items()]
    return rows + _measured(seen)


def _measured(seen: PulseResponse) -> list[Measurement]:
    """Return where steps were measured, if that is not the whole range."""
    rows, span = [], seen.g_max - seen.g_min
    for kind, ends in (("set", seen.table.set_measured), ("reset", seen.table.reset_measured)):
        for word, u, end in zip(("from", "to"), ends, WHOLE, strict=True):
            if u != end:
                name = f"{kind} steps measured {word}"
                beyond = "constant beyond (extrapolated)"
                rows.append(Measurement(name, seen.g_min + u * span, "S", beyond))
    return rows


def write(path: Path, rows: Sequence[Measurement]) -> None:
    """Write ``rows`` as CSV."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(Measurement._fields)
    out.writerows([guarded(cell) for cell in row] for row in rows)
    files.make_folder(path.parent)
    files.write(path, text.getvalue())
