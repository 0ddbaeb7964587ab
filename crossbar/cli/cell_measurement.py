"""A cell measured in ngspice: tables, files and figures."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from crossbar.cli.cells import SYNAPSE, circuit_cell
from crossbar.cli.console import Bars, print_json, say, table
from crossbar.cli.console import out as terminal
from crossbar.devices.equations.base import CircuitCell
from crossbar.errors import fail
from crossbar.files import make_folder
from crossbar.paths import place
from crossbar.plots.hysteresis import loops
from crossbar.plots.pulses import response
from crossbar.plots.synapse import synapse_energy
from crossbar.progress import Progress
from crossbar.random import Streams
from crossbar.report.figures.canvas import Picture, save
from crossbar.spice.engine.ngspice import version
from crossbar.spice.memristors.characterise import characterise
from crossbar.spice.memristors.datasheet import Measurement, datasheet, responses, write
from crossbar.spice.memristors.hysteresis import Loop, loop
from crossbar.spice.memristors.pulse_response import PulseResponse
from crossbar.spice.synapse.characterise import characterise_synapse
from crossbar.spice.synapse.circuit import Synapse
from crossbar.spice.synapse.energy import conditions
from crossbar.spice.synapse.mismatch import Mismatch, behavioural_inl, monte_carlo
from crossbar.spice.synapse.slots import Sense, measure_slots, random_codes, transient
from crossbar.textfiles import names_table
from crossbar.units import text

UNIT = 0.03  # unit mismatch of the behavioural synapse that the figure compares with
CHANGE = (60, 200)  # codes of the weight change whose slot the figure shows


class Work(NamedTuple):
    """How a cell is measured: devices of Monte Carlo and their seed, processes, and where to."""

    samples: int
    seed: int
    jobs: int
    out: Path | None


Outcome = tuple[list[Measurement], list[Picture], str]


def measure_cell(cell: str, parameters: list[str], work: Work, *, sweeps: bool, json: bool) -> None:
    """Measure the cell, or read the table, that ``cell`` names; show the result and keep it."""
    if names_table(cell) and parameters:
        fail("PARAM=VALUE", "none with a CSV file", " ".join(parameters), "Leave them out.")
    if sweeps and cell != SYNAPSE:
        fail("--sweeps", SYNAPSE, cell, "Leave it out: another cell is measured in one way.")
    model = None if names_table(cell) else circuit_cell(cell, parameters)
    if model is not None:
        version()  # or its absence, before a folder is made
    if work.out is not None:
        make_folder(work.out)
    with Bars() as bars:
        if model is None:
            path = place(cell, "CELL")
            rows, pictures, hint = _pulsed(characterise(path), path.stem, None, work.out)
        elif isinstance(model, Synapse):
            rows, pictures, hint = _synapse(model, work, bars, sweeps=sweeps)
        else:
            rows, pictures, hint = _memristor(model, work, bars)
    if work.out is not None:
        for picture in pictures:
            save(picture, work.out)
    if json:
        print_json({"cell": cell, "measurements": [_plain(row) for row in rows]})
        return
    _show(cell, rows)
    if work.out is not None:
        say(f"Kept in {work.out}. {hint}")


def _memristor(cell: CircuitCell, work: Work, progress: Progress) -> Outcome:
    """Measure a memristor; write its measurements, table and traces."""
    seen = loop(cell)
    rng = Streams(work.seed)("characterise")
    measured = characterise(cell, rng=rng, samples=work.samples, jobs=work.jobs, progress=progress)
    return _pulsed(measured, cell.model, seen, work.out)


def _pulsed(measured: PulseResponse, name: str, seen: Loop | None, out: Path | None) -> Outcome:
    """Write what was ``measured`` of pulses, and ``seen`` of the loop; say how to train on it."""
    rows = [*([] if seen is None else datasheet(seen)), *responses(measured)]
    if out is None:
        return rows, [], ""
    write(out / "measurements.csv", rows)
    measured.to_csv(out / f"{name}.csv")
    if measured.traces:
        measured.traces_to_csv(out / f"{name}-traces.csv")
    pictures = [] if seen is None else [loops({name: seen})]
    words = ["device.kind=constant", f"device.step={out / f'{name}.csv'}", *measured.settings]
    hint = f"Train on it: crossbar train scripts/leti_cnn.toml {shlex.join(words)}"
    return rows, [*pictures, response(measured, name)], hint


def _synapse(synapse: Synapse, work: Work, progress: Progress, *, sweeps: bool) -> Outcome:
    """Measure a CMOS synapse; write its record, which devices and energy reports read."""
    sense, chips, seed, out = Sense(), 20 * work.samples, work.seed, work.out
    wanted = conditions(synapse, sense=sense)
    record = characterise_synapse(
        synapse, mismatch=Mismatch(), sense=sense, chips=chips, seed=seed, jobs=work.jobs,
        progress=progress, wanted=wanted if sweeps else wanted[:2],
    )  # fmt: skip
    rows = [
        Measurement(row.name, row.value, row.unit, _beside(row.beside, row.unit, row.note))
        for row in record.rows()
    ]
    if out is None:
        return rows, [], ""
    record.write(out)
    write(out / "measurements.csv", rows)
    elements = Mismatch().for_unit(synapse, UNIT)
    spread = monte_carlo(synapse, elements, chips, rng=np.random.default_rng([seed, 2]))
    rng = np.random.default_rng([seed, 3])
    behavioural = behavioural_inl(synapse.bits, UNIT, 10_000, rng=rng)
    codes = random_codes(synapse.bits, 20, rng=np.random.default_rng(seed))
    slots = [slot for slot, _ in measure_slots(synapse, codes)]
    change = transient(synapse, *CHANGE)
    drawing = synapse_energy(record, slots, change, spread.inl, behavioural, UNIT)
    words = [f"device.bits={synapse.bits}", f"energy.costs={out / 'cmos_synapse.json'}"]
    hint = f"Charge energy with it: crossbar energy scripts/leti_cnn.toml {shlex.join(words)}"
    return rows, [drawing], hint if synapse.bits > 1 else ""  # a device has two bits or more


def _beside(value: float | None, unit: str, note: str) -> str:
    """Return what a measurement is set beside, and its note."""
    against = "" if value is None else f"against {_value(value, unit)}"
    return ", ".join(part for part in (against, note) if part)


def _show(title: str, rows: list[Measurement]) -> None:
    """Show measurements; a long condition that several share stands below the table."""
    shared = [row.condition for row in rows if len(row.condition) > WIDE]
    notes = list(dict.fromkeys(shared))
    cells = []
    for row in rows:
        note = f"[{notes.index(row.condition) + 1}]" if row.condition in notes else row.condition
        cells.append([row.name, _value(row.value, row.unit), note])
    table(title, ["measurement", "value", "condition"], cells)
    for k, note in enumerate(notes, 1):
        terminal.print(f"[{k}] {note}")


def _value(value: float, unit: str) -> str:
    """Return a value with its unit; only SI units take a prefix."""
    if unit == "s" and math.isinf(value):
        return "not reached"
    if unit in ("", "1", "LSB", "1/V"):
        return f"{value:.3g} {unit}".rstrip()
    return text(value, unit)


WIDE = 24  # characters of a condition that fits its column


def _plain(row: Measurement) -> dict[str, Any]:
    """Return a measurement as JSON takes it: no infinity, no NaN."""
    return row._asdict() | {"value": row.value if math.isfinite(row.value) else None}
