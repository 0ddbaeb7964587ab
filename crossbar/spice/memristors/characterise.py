"""From a circuit cell, or a user's measurement, to the device that a network trains on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossbar.devices import PulseTable
from crossbar.devices.equations import CircuitCell, Pulses
from crossbar.devices.measured import pulse_csv
from crossbar.devices.measured.traces import Reduction, Trace, reduced
from crossbar.errors import DataError, fail, message, require_number
from crossbar.progress import Progress, shown
from crossbar.spice.engine.ngspice import run_many
from crossbar.spice.memristors.pulse_response import PulseResponse
from crossbar.spice.memristors.trains import provenance, response, schedule, train_deck


def characterise(
    source: CircuitCell | Path | str,
    *,
    rng: np.random.Generator | None = None,
    pulses: Pulses | None = None,
    samples: int = 16,
    cycles: int = 4,
    jobs: int = 2,
    progress: Progress = shown,
) -> PulseResponse:
    """Return the pulse response of a cell in ngspice, or of a CSV file of measurements.

    Trains of set and of reset pulses are applied, each pulse followed by a read; a first pair of
    trains, which is not looked at, makes the cell forget its start. Parameters vary in two ways,
    as ``source.spreads`` says: from device to device, drawn once for each of ``samples``, and from
    cycle to cycle, drawn anew for each of ``cycles``. The equations themselves draw nothing, so
    that what differs between cycles is all the spread that a pulse has; it is given to each pulse
    on its own, though within a cycle these pulses deviate together.

    Parameters
    ----------
    source
        Cell of :mod:`crossbar.devices.equations`, or a file of
        :mod:`crossbar.devices.measured.pulse_csv` that gives siemens.
    rng
        Draws the parameters; required for a cell.
    pulses
        Trains; None for those of the cell.
    samples, cycles
        Devices, and runs of each. One device and one cycle stand for the nominal parameters.
    jobs
        ngspice processes at a time.
    progress
        Called with task, runs done, runs in all and a text; see :mod:`crossbar.progress`.

    Raises
    ------
    SimulationError
        If ngspice is missing or fails.
    DataError
        If the trains do not move the conductance up and down, or the file cannot be used.
    """
    if isinstance(source, (Path, str)):
        return _measured(Path(source))
    if rng is None:
        fail("characterise.rng", "a generator", "none", "Give rng=np.random.default_rng(0).")
    require_number("characterise.samples", samples, low=1, high=100_000)
    require_number("characterise.cycles", cycles, low=1, high=10_000)
    applied = source.pulses if pulses is None else pulses
    plan = schedule(applied)
    varied = drawn(source, samples, cycles, rng)
    decks = [train_deck(cell, applied, plan) for cell in varied.values()]
    waves = run_many(decks, jobs=jobs, progress=progress)
    traces = []
    for (device, cycle), wave in zip(varied, waves, strict=True):
        rising, falling = response(wave, applied, plan)
        traces += [Trace(device, cycle, True, rising), Trace(device, cycle, False, falling)]
    where = provenance(source, applied)
    spread = f"Monte Carlo of {samples} devices x {cycles} cycles, {spreads(source)}"
    return _of(reduced(traces, source.model), tuple(traces), applied, f"{where}; {spread}")


def drawn(
    cell: CircuitCell, samples: int, cycles: int, rng: np.random.Generator
) -> dict[tuple[int, int], CircuitCell]:
    """Return cells with parameters drawn, by device and cycle; nominal ones if there is only one.

    Factors are log-normal of median 1, so that no parameter changes its sign.
    """
    if samples == cycles == 1:
        return {(0, 0): cell}
    names = sorted(cell.spreads)
    d2d = np.array([cell.spreads[name].d2d for name in names]) * (samples > 1)
    c2c = np.array([cell.spreads[name].c2c for name in names]) * (cycles > 1)
    z = rng.standard_normal((samples, cycles + 1, len(names)))
    factors = np.exp(d2d * z[:, :1] + c2c * z[:, 1:])
    return {
        (d, c): cell.scaled(dict(zip(names, factors[d, c].tolist(), strict=True)))
        for d in range(samples)
        for c in range(cycles)
    }


def spreads(cell: CircuitCell) -> str:
    """Return the variation of the parameters of ``cell``, in words."""
    each = [f"{name} {100 * s.d2d:g} %/{100 * s.c2c:g} %" for name, s in cell.spreads.items()]
    return f"spreads between devices/cycles {', '.join(each)} ({cell.spreads_source})"


def _measured(path: Path) -> PulseResponse:
    """Return what the user's file says."""
    reduction = pulse_csv.read(path)
    if reduction.columns.g_min is None:
        remedy = "Give the columns g,set,set_std,reset,reset_std in siemens."
        raise DataError(message(str(path), "conductances in siemens", "normalised ones", remedy))
    return _of(reduction, (), None, f"measured: {path}")


def _of(
    reduction: Reduction, traces: tuple[Trace, ...], pulses: Pulses | None, source: str
) -> PulseResponse:
    """Return the response that ``reduction`` describes."""
    table = PulseTable.of(reduction.columns)
    assert table.g_min is not None
    assert table.g_max is not None
    return PulseResponse(
        g_min=table.g_min,
        g_max=table.g_max,
        table=table,
        sigma_d2d=reduction.sigma_d2d,
        sigma_asymmetry_d2d=reduction.sigma_asymmetry_d2d,
        sigma_bounds_d2d=reduction.sigma_bounds_d2d,
        traces=traces,
        pulses=pulses,
        source=source,
    )
