"""Layers of spiking neurons as one netlist: crossbars whose word lines spikes drive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from crossbar.array_checks import require_array
from crossbar.errors import DataError, ShapeError, message
from crossbar.spice.arrays import place_array
from crossbar.spice.engine import measure
from crossbar.spice.engine.deck import Deck, begin, in_words
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.numbers import number, pulse, pwl
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.spice.neurons.circuit import SUPPLY, NeuronCircuit
from crossbar.spice.neurons.recording import CircuitRecording, crossings
from crossbar.spiking.neurons.neuron import Neuron
from crossbar.spiking.pulses import ReadPulses
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Rng

LONGEST = 5e-9  # s of a step: spikes move by 0.3 ns to steps of 1 ns
ACCURATE = ("reltol=1e-6", "abstol=1e-15", "chgtol=1e-18", "trtol=1")
SOURCES = {"mirrors": ["vmirror"], "comparators": ["vcomp"], "pulses": ["vpulse"]}


@dataclass(frozen=True, eq=False)
class SpikingLayers:
    """Crossbars one after the other, with a neuron at every bit line.

    Parameters
    ----------
    layers : each (lines, neurons) [S]
        Conductances, as of the cells of a tile. A spike of neuron k of a layer drives word line k
        of the next one for ``circuit.t_pulse``.
    circuit
        The neurons.

    Raises
    ------
    DataError, ShapeError
        If a conductance is not from 0, or a layer has other lines than the one before has neurons.
    """

    layers: Sequence[Floats]
    circuit: NeuronCircuit = field(default=NeuronCircuit())

    def __post_init__(self) -> None:
        lines: int | str = "lines"
        arrays = []
        for k, g in enumerate(self.layers):
            where = f"SpikingLayers.layers[{k}]"
            arrays.append(require_array(where, g, (lines, "neurons")).astype(np.float64))
            lines = arrays[-1].shape[1]
            if arrays[-1].min() < 0:
                got, remedy = f"{arrays[-1].min():g} S", "A bit line has one sign here."
                raise DataError(message(where, "conductances from 0", got, remedy))
        if not arrays:
            raise DataError(message("SpikingLayers.layers", "a layer", "none", "Give its cells."))
        object.__setattr__(self, "layers", tuple(arrays))

    def deck(self, spikes: Spikes, until: float) -> Deck:
        """Return the netlist of a run of ``until`` [s], whose input are ``spikes``."""
        first = self.layers[0]
        if spikes.width != len(first):
            got, remedy = f"{spikes.width}", "Give a line a word line."
            raise ShapeError(message("SpikingLayers.spikes", f"{len(first)} lines", got, remedy))
        sizes = "-".join(str(n) for n in (len(first), *(g.shape[1] for g in self.layers)))
        deck = begin(f"spiking neurons {sizes}", in_words(self.circuit))
        deck.add(*(f"V{name} {name} 0 {number(SUPPLY)}" for name in ("vmirror", "vcomp", "vpulse")))
        deck.add(f"Vrail rail 0 {number(self.circuit.v_read)}")
        for line, source in enumerate(self._stimuli(spikes)):
            deck.add(f"Vw0_{line} w0_{line} 0 {source}")
            deck.save(f"v(w0_{line})", f"i(vw0_{line})")
        for names in (["rail"], *SOURCES.values()):
            deck.save(*(f"{what}({'v' * (what == 'i')}{n})" for n in names for what in "vi"))
        for k, g in enumerate(self.layers):
            self._place(deck, k, g)
        deck.option(*ACCURATE)
        deck.tran(step=LONGEST, stop=until, longest=LONGEST, uic=True)
        return deck

    def _stimuli(self, spikes: Spikes) -> list[str]:
        """Return the source of every word line of the first layer."""
        begins, ends, lines = self.circuit.pulses.driven(spikes)
        edge, sources = self.circuit.edge, []
        for line in range(spikes.width):
            corners = [(0.0, 0.0)]
            for start, stop in zip(begins[lines == line], ends[lines == line], strict=True):
                if start < corners[-1][0]:
                    got, remedy = f"{start:g} s", "Move it, or let it lengthen the pulse."
                    expected = f"pulses of line {line} an edge apart, {edge:g} s"
                    raise DataError(message("SpikingLayers.spikes", expected, got, remedy))
                corners += pulse(float(start), edge, float(stop), self.circuit.v_read)
            sources.append(pwl(dict(corners).items()))
        return sources

    def _place(self, deck: Deck, k: int, g: Floats) -> None:
        """Add layer ``k`` with its neurons, and what drives the word lines of the next one."""
        lines, neurons = g.shape
        bits = [f"b{k}_{j}" for j in range(neurons)]
        place_array(deck, f"g{k}", g, [f"w{k}_{i}" for i in range(lines)], bits)
        for j, bit in enumerate(bits):
            _, latch = self.circuit.place(deck, f"n{k}_{j}", bit)
            if k + 1 < len(self.layers):
                line = f"w{k + 1}_{j}"
                name, width = f"x{line}", self.circuit.t_pulse
                deck.instance(name, "one_shot", latch, line, "vpulse", "rail", width=width)
                deck.save(f"v({line})")

    def run(self, spikes: Spikes, until: float, *, keep: Path | None = None) -> CircuitRecording:
        """Return what ngspice says that ``spikes`` do within ``until`` [s]."""
        return self.read(run(self.deck(spikes, until), limit=LIMIT, keep=keep), spikes)

    def read(self, waves: Waveforms, spikes: Spikes) -> CircuitRecording:
        """Return the recording of a run of :meth:`deck`."""
        names = [[f"n{k}_{j}" for j in range(g.shape[1])] for k, g in enumerate(self.layers)]
        fired = tuple(_fired(waves, layer) for layer in names)
        start, until = float(waves.axis[0]), float(waves.axis[-1])
        inputs = [f"w0_{line}" for line in range(spikes.width)]
        sources = {"word lines": [*inputs, "rail"], **SOURCES}
        return CircuitRecording(
            t=waves.axis,
            membranes=tuple(_side_by_side(waves, [f"v({n}_mem)" for n in ns]) for ns in names),
            currents=tuple(
                self.circuit.ratio * _side_by_side(waves, [f"i(v.x{n}_mirror.vin)" for n in ns])
                for ns in names
            ),
            lines=tuple(
                _side_by_side(waves, [f"v(w{k}_{i})" for i in range(len(g))])
                for k, g in enumerate(self.layers[1:], 1)
            ),
            spikes=fired,
            events=self._events((spikes, *fired)),
            energies={
                kind: sum(
                    measure.energy(waves, f"v{node}", node=node, start=start, stop=until)
                    for node in nodes
                )
                for kind, nodes in sources.items()
            },
        )

    def _events(self, driving: Sequence[Spikes]) -> int:
        """Return how many cells are read by the pulses of ``driving``, one a layer."""
        pulses = self.circuit.pulses
        return sum(
            int(np.count_nonzero(g, axis=1)[pulses.driven(spikes)[2]].sum())
            for spikes, g in zip(driving, self.layers, strict=False)
        )

    def behave(
        self, neuron: Neuron, spikes: Spikes, until: float, *, hidden: ReadPulses, rng: Rng
    ) -> tuple[Spikes, ...]:
        """Return the spikes of every layer by the equations of ``neuron``, event by event.

        ``hidden`` are the pulses that neurons make, as :meth:`CircuitRecording.pulses` says.
        """
        fired = [spikes]
        for k, g in enumerate(self.layers):
            state = neuron.fabricate(g.shape[1], rng=rng)
            pulses = hidden if k else self.circuit.pulses
            fired.append(pulses.respond(neuron, fired[-1], g, until, state))
        return tuple(fired[1:])


def _side_by_side(waves: Waveforms, names: Sequence[str]) -> Doubles:
    """Return vectors as columns."""
    return np.stack([waves[name] for name in names], axis=1)


def _fired(waves: Waveforms, neurons: Sequence[str]) -> Spikes:
    """Return the spikes of a layer."""
    times = [crossings(waves.axis, waves[f"v({name}_latch)"], SUPPLY / 2) for name in neurons]
    lines = np.repeat(np.arange(len(times)), [each.size for each in times])
    return Spikes.in_order(np.concatenate(times), lines, len(times))
