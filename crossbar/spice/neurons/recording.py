"""What layers of spiking neurons did in a circuit: spikes, membranes, currents, energies."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crossbar.displayed import Displayed
from crossbar.errors import SimulationError, message
from crossbar.spiking.neurons.lif import LIF
from crossbar.spiking.pulses import ReadPulses
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles


@dataclass(frozen=True, eq=False, repr=False)
class CircuitRecording(Displayed):
    """A run of :class:`crossbar.spice.neurons.SpikingLayers`.

    Attributes
    ----------
    t : (points,) [s]
        Times of the simulation.
    membranes, currents : one a layer, (points, neurons) [V], [A]
        Voltages, and what flows into them.
    lines : one a layer after the first, (points, lines) [V]
        Word lines that neurons drive.
    spikes : one a layer
        Where latches rise through half of the supply, interpolated.
    events
        Read pulses times the cells that each reaches, in all layers.
    energies : [J]
        What each kind of source gave, the integral of v i over its own samples.
    """

    t: Doubles
    membranes: tuple[Doubles, ...]
    currents: tuple[Doubles, ...]
    lines: tuple[Doubles, ...]
    spikes: tuple[Spikes, ...]
    events: int
    energies: dict[str, float]

    @property
    def energy_event(self) -> float:
        """Energy of a synaptic event [J]: word lines and mirrors, over the events."""
        return (self.energies["word lines"] + self.energies["mirrors"]) / self._some(self.events)

    @property
    def energy_spike(self) -> float:
        """Energy of a spike [J]: comparators, and the read pulse it begins, over the spikes."""
        spent = self.energies["comparators"] + self.energies["pulses"]
        return spent / self._some(sum(len(layer) for layer in self.spikes))

    def _some(self, count: int) -> int:
        """Return ``count``, or raise if there are none."""
        if count == 0:
            remedy = "Stimulate it longer."
            raise SimulationError(message("CircuitRecording", "events and spikes", "none", remedy))
        return count

    def calibrated(self, neuron: LIF | None = None) -> LIF:
        """Return ``neuron`` (None: one without filters) as the first one of the circuit is."""
        own = self.spikes[0].on(0)
        fired = Spikes(own, np.zeros(own.size, np.int64), 1)
        volts, amperes = self.membranes[0][:, 0], self.currents[0][:, 0]
        return (LIF() if neuron is None else neuron).calibrate(self.t, volts, fired, amperes)

    def pulses(self, nominal: ReadPulses) -> ReadPulses:
        """Return ``nominal`` with the width and the delay of the pulses that neurons make.

        Both are medians over all whole pulses, between half of ``v_read`` on the word lines.
        """
        widths, delays = [], []
        for volts, spikes in zip(self.lines, self.spikes, strict=False):
            for line, v in enumerate(volts.T):
                rises = crossings(self.t, v, nominal.v_read / 2)
                falls = crossings(self.t, -v, -nominal.v_read / 2)
                widths += (falls - rises[: falls.size]).tolist()
                before = np.searchsorted(spikes.on(line), rises) - 1
                delays += (rises - spikes.on(line)[before]).tolist()
        self._some(len(widths))
        width, delay = float(np.median(widths)), float(np.median(delays))
        return replace(nominal, t_pulse=width, delay=delay)


def crossings(t: Doubles, v: Doubles, level: float) -> Doubles:
    """Return where ``v`` rises through ``level``, interpolated linearly."""
    k = np.flatnonzero((v[:-1] < level) & (v[1:] >= level))
    share = (level - v[k]) / (v[k + 1] - v[k])
    return np.asarray(t[k] + share * (t[k + 1] - t[k]))
