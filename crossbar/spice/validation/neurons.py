"""The spiking neuron: calibrated on one stimulus of its circuit, tested on others."""

from __future__ import annotations

from crossbar.random import Streams
from crossbar.spice.neurons import calibrate
from crossbar.spice.validation.check import Check, Row

STIMULI = 3
LATEST = 50e-9  # s, of 100 us


def _column(name: str, streams: Streams) -> list[Row]:
    """Compare spikes of the calibrated neuron with those of the circuit."""
    calibration = calibrate(streams, stimuli=STIMULI)
    counts = [(len(trial.recording.spikes[0]), len(trial.spikes)) for trial in calibration.held_out]
    spikes = sum(circuit for circuit, _ in counts)
    detail = f"{spikes} spikes of {STIMULI} stimuli of 100 us that it was not calibrated on"
    return [
        Row(check=name, metric="largest difference of spike counts", tolerance=0.0, note=detail,
            error=float(max(abs(circuit - neuron) for circuit, neuron in counts))),
        Row(check=name, metric="largest error of a spike time", error=calibration.worst,
            tolerance=LATEST, unit="s", note=detail),
    ]  # fmt: skip


CHECKS = [Check("spiking neuron, column of 4 cells", _column)]
