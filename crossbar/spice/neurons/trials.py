"""A neuron calibrated on one stimulus of a column in ngspice, and tested on others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.errors import require_number
from crossbar.progress import Progress, shown
from crossbar.random import Streams
from crossbar.spice.engine.ngspice import run_many
from crossbar.spice.neurons.circuit import NeuronCircuit
from crossbar.spice.neurons.layers import SpikingLayers
from crossbar.spice.neurons.recording import CircuitRecording
from crossbar.spiking.neurons.lif import LIF
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Rng

ROWS = (100e3, 200e3, 400e3, 150e3)  # ohm, cells of the column: assumed
DURATION = 100e-6  # s of a stimulus
RATE = 1.1e5  # 1/s of each line


@dataclass(frozen=True, eq=False)
class Trial:
    """A stimulus of ``layers``, what the circuit did, and the spikes of the calibrated neuron.

    ``nominal`` are the spikes of the neuron by the values of the circuit's parts.
    """

    layers: SpikingLayers
    stimulus: Spikes
    recording: CircuitRecording
    spikes: Spikes
    nominal: Spikes

    @property
    def error(self) -> float:
        """Largest difference of a spike time from the circuit's [s]; infinite if counts differ."""
        return difference(self.recording.spikes[0], self.spikes)

    @property
    def nominal_error(self) -> float:
        """The same of the neuron by nominal values [s]."""
        return difference(self.recording.spikes[0], self.nominal)

    def voltages(self, neuron: LIF, times: Floats) -> Doubles:
        """Return the membrane of ``neuron`` (n,) [V] at ``times`` (n,) [s]."""
        state = neuron.fabricate(1, rng=np.random.default_rng(0))  # nothing is drawn
        (cells,), pulses = self.layers.layers, self.layers.circuit.pulses
        return pulses.voltages(neuron, self.stimulus, cells, times, state)[:, 0]


@dataclass(frozen=True, eq=False)
class NeuronCalibration:
    """A neuron, the stimulus that it was calibrated on, and those that it has not seen."""

    neuron: LIF
    fitted: Trial
    held_out: tuple[Trial, ...]

    @property
    def worst(self) -> float:
        """Largest error of a spike time on what it has not seen [s]."""
        return max(trial.error for trial in self.held_out)

    @property
    def energy_spike(self) -> float:
        """Mean energy of a spike on what it has not seen [J]."""
        return float(np.mean([trial.recording.energy_spike for trial in self.held_out]))

    @property
    def energy_event(self) -> float:
        """Mean energy of a synaptic event on what it has not seen [J]."""
        return float(np.mean([trial.recording.energy_event for trial in self.held_out]))


def difference(a: Spikes, b: Spikes) -> float:
    """Return the largest difference of times, line by line; infinite if counts differ."""
    if not np.array_equal(a.counts(), b.counts()):
        return float("inf")
    pairs = [(a.on(line), b.on(line)) for line in range(a.width)]
    return max(float(np.abs(x - y).max(initial=0.0)) for x, y in pairs)


def column(circuit: NeuronCircuit | None = None) -> SpikingLayers:
    """Return the column of four cells of 100, 200, 400 and 150 kohm."""
    cells = 1.0 / np.array(ROWS)[:, np.newaxis]
    return SpikingLayers([cells], NeuronCircuit() if circuit is None else circuit)


def poisson(circuit: NeuronCircuit, lines: int, *, rate: float, until: float, rng: Rng) -> Spikes:
    """Return random spikes on ``lines`` whose pulses neither touch nor outlast ``until`` [s].

    Between two pulses of a line there is twice the edge and an exponential time, of mean 1 / rate.
    """
    require_number("poisson.rate", rate, above=0, unit="1/s", remedy="Spikes come at random.")
    busy = circuit.t_pulse + 2 * circuit.edge
    most = int(until / busy) + 1
    gaps = rng.exponential(1 / rate, (lines, most)) + busy
    times = np.cumsum(gaps, axis=1) - busy
    where, which = np.nonzero(times + busy < until)
    return Spikes.in_order(times[where, which], where, lines)


def calibrate(
    streams: Streams, *, stimuli: int = 5, jobs: int = 2, progress: Progress = shown
) -> NeuronCalibration:
    """Calibrate a neuron on one stimulus of the column, and test it on ``stimuli`` others.

    Parameters
    ----------
    streams
        Where stimuli come from.
    stimuli
        How many that it is not calibrated on, each of 100 us.
    jobs, progress
        Processes at a time, and what is called as they end; see :mod:`crossbar.progress`.

    Raises
    ------
    SimulationError
        If ngspice is missing.
    """
    layers = column()
    circuit = layers.circuit
    drawn = [
        poisson(circuit, len(ROWS), rate=RATE, until=DURATION, rng=streams("stimulus", trial=k))
        for k in range(stimuli + 1)
    ]
    decks = [layers.deck(spikes, DURATION) for spikes in drawn]
    waves = run_many(decks, jobs=jobs, progress=progress)
    recordings = [layers.read(one, spikes) for one, spikes in zip(waves, drawn, strict=True)]
    neuron = recordings[0].calibrated(circuit.nominal)

    def behaviour(model: LIF, spikes: Spikes) -> Spikes:
        rng = streams("neuron")  # without mismatch it draws nothing
        (fired,) = layers.behave(model, spikes, DURATION, hidden=circuit.pulses, rng=rng)
        return fired

    trials = [
        Trial(layers, spikes, recording, *(behaviour(m, spikes) for m in (neuron, circuit.nominal)))
        for spikes, recording in zip(drawn, recordings, strict=True)
    ]
    return NeuronCalibration(neuron, trials[0], tuple(trials[1:]))
