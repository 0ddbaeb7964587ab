"""A spiking neuron calibrated on its circuit: table, JSON, figure."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from crossbar.cli.console import print_json, table
from crossbar.files import make_folder
from crossbar.plots.neurons import calibrated_neuron
from crossbar.progress import Progress
from crossbar.random import Streams
from crossbar.report.figures.canvas import save
from crossbar.spice.neurons import NeuronCalibration, calibrate
from crossbar.units import text


def measured(
    streams: Streams, *, stimuli: int, jobs: int, out: Path | None, progress: Progress
) -> NeuronCalibration:
    """Calibrate a neuron, and draw it into the folder ``out``."""
    if out is not None:
        make_folder(out)
    calibration = calibrate(streams, stimuli=stimuli, jobs=jobs, progress=progress)
    if out is not None:
        save(calibrated_neuron(calibration), out)
    return calibration


def show(calibration: NeuronCalibration, *, json: bool) -> None:
    """Print what was calibrated, and its errors and energies on held-out stimuli."""
    if json:
        print_json(_record(calibration))
        return
    neuron, trials = calibration.neuron, calibration.held_out
    equal = sum(math.isfinite(trial.error) for trial in trials)
    spikes = sum(len(trial.recording.spikes[0]) for trial in trials)
    nominal = max(trial.nominal_error for trial in trials)
    rows = [
        ["threshold", text(neuron.threshold, "V")],
        ["reset", text(neuron.reset, "V")],
        ["refractory time", text(neuron.refractory, "s")],
        ["capacitance", text(neuron.capacitance, "F")],
        ["leak", text(neuron.g_leak, "S")],
        ["held-out stimuli with the same spikes", f"{equal} of {len(trials)}, {spikes} spikes"],
        ["largest error of a spike time", _time(calibration.worst)],
        ["  by nominal values", _time(nominal)],
        ["  on the stimulus of the calibration", _time(calibration.fitted.error)],
        ["energy of a spike", text(calibration.energy_spike, "J")],
        ["energy of a synaptic event", text(calibration.energy_event, "J")],
    ]
    table("a spiking neuron calibrated on its circuit", ["", "value"], rows)


def _time(error: float) -> str:
    """Return an error of spike times in words."""
    return text(error, "s") if math.isfinite(error) else "spikes more or fewer"


def _record(calibration: NeuronCalibration) -> dict[str, Any]:
    """Return the calibration as JSON takes it; an error is None where counts differ."""
    neuron = calibration.neuron
    names = ("threshold", "reset", "refractory", "capacitance", "g_leak")
    return {
        "neuron": {name: getattr(neuron, name) for name in names},
        "error": _finite(calibration.worst),
        "error_fitted": _finite(calibration.fitted.error),
        "energy_spike": calibration.energy_spike,
        "energy_event": calibration.energy_event,
        "held_out": [
            {
                "circuit": trial.recording.spikes[0].times.tolist(),
                "neuron": trial.spikes.times.tolist(),
                "error": _finite(trial.error),
                "error_nominal": _finite(trial.nominal_error),
                "energies": trial.recording.energies,
                "events": trial.recording.events,
            }
            for trial in calibration.held_out
        ],
    }


def _finite(error: float) -> float | None:
    """Return an error, or None if it is infinite."""
    return error if math.isfinite(error) else None
