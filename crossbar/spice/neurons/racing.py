"""Winner takes all as a circuit: columns whose first spike holds all membranes at rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from crossbar.errors import SimulationError, message
from crossbar.kernels.spikes.race import race
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.spice.neurons.circuit import NeuronCircuit
from crossbar.spice.neurons.layers import SpikingLayers
from crossbar.spiking.neurons.lif import LIF
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats


@dataclass(frozen=True)
class Won:
    """Who won a wave, when [s], and what the sources gave until its end [J]."""

    column: int
    time: float
    energy: float


@dataclass(frozen=True, eq=False)
class RacingColumns:
    """Columns of cells, each with a neuron of ``circuit``, and ``inhibition`` between them.

    Parameters
    ----------
    g : (lines, columns) [S]
        Conductances of the cells.
    circuit
        The neurons.
    """

    g: Floats
    circuit: NeuronCircuit = field(default=NeuronCircuit())

    @property
    def layers(self) -> SpikingLayers:
        """The columns without inhibition."""
        return SpikingLayers([self.g], self.circuit)

    def deck(self, wave: Floats, until: float) -> Deck:
        """Return the netlist of a ``wave`` (lines,) [s] that ends at ``until`` [s]."""
        deck = self.layers.deck(_spikes(wave), until)
        for j in range(self.g.shape[1]):
            mem, latch = f"n0_{j}_mem", f"n0_{j}_latch"
            deck.instance(f"xinhibit_{j}", "inhibition", mem, latch, "veto", "vcomp")
        return deck

    def run(self, wave: Floats, until: float, *, keep: Path | None = None) -> Won | None:
        """Return who wins in ngspice; None for nobody.

        Raises
        ------
        SimulationError
            If two columns fire, as the veto came too late for the second.
        """
        return self.read(run(self.deck(wave, until), limit=LIMIT, keep=keep), wave)

    def read(self, waves: Waveforms, wave: Floats) -> Won | None:
        """Return who won in a run of :meth:`deck`; see :meth:`run`."""
        recording = self.layers.read(waves, _spikes(wave))
        (spikes,) = recording.spikes
        if not len(spikes):
            return None
        if len(spikes) > 1:
            times = ", ".join(f"{t:.4g} s" for t in spikes.times)
            remedy = "Columns this close need a faster inhibition."
            raise SimulationError(message("RacingColumns", "one spike", times, remedy))
        energy = sum(recording.energies.values())
        return Won(int(spikes.lines[0]), float(spikes.times[0]), energy)

    def raced(self, wave: Floats, neuron: LIF) -> Doubles:
        """Return when each column would fire by the equations of ``neuron``, (columns,) [s].

        It is the race of :class:`crossbar.spiking.Columns`, with thresholds C (V_th - V_rest) over
        the ratio of the mirror.
        """
        columns, crossed = self.g.shape[1], np.empty((1, self.g.shape[1]))
        charge = neuron.capacitance * (neuron.threshold - neuron.rest) / self.circuit.ratio
        race(
            np.asarray(wave, np.float64)[None], self.circuit.t_pulse,
            np.ascontiguousarray(self.g, np.float64), self.circuit.v_read,
            np.full(columns, charge), np.full(columns, neuron.g_leak / neuron.capacitance),
            columns, crossed,
        )  # fmt: skip
        return np.asarray(crossed[0])


def _spikes(wave: Floats) -> Spikes:
    """Return the spikes of a wave."""
    fired = np.flatnonzero(np.isfinite(wave))
    return Spikes.in_order(np.asarray(wave)[fired], fired, len(wave))
