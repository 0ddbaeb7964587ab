"""The neuron at a bit line as a circuit: mirror, membrane, comparator, reset, read pulse."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.specification import Specification
from crossbar.spice.engine.deck import Deck
from crossbar.spiking.neurons.lif import LIF
from crossbar.spiking.pulses import ReadPulses
from crossbar.units import quantity

SUPPLY = 1.0
"""Supply of mirrors, comparators and pulse generators [V]."""


@dataclass(frozen=True, kw_only=True)
class NeuronCircuit(Specification):
    """A neuron of ``current_mirror``, ``lif_neuron`` and ``one_shot`` of spice_models/.

    Parameters
    ----------
    v_read : [V]
        Voltage of a word line that is read.
    t_pulse, edge : [s]
        How long a spike at the input drives its word line, and rise and fall of that.
    ratio
        Of the current mirror.
    capacitance, c_latch : [F]
        Membrane and latch.
    g_leak, g_reset : [S]
        Leak of the membrane, and the switch that resets it.
    v_th : [V]
        Where the comparator turns.

    Source: assumed. Valid for: as the subcircuits; membranes below 0.9 V.
    """

    v_read: float = quantity(0.2, unit="V", above=0, high=1.0)
    t_pulse: float = quantity(1e-6, unit="s", above=0, high=1.0)
    edge: float = quantity(1e-9, unit="s", above=0, high=1.0)
    ratio: float = quantity(0.1, above=0, high=100.0)
    capacitance: float = quantity(1e-12, unit="F", above=0, high=1e-6)
    g_leak: float = quantity(1e-8, unit="S", above=0, high=1e-3)
    v_th: float = quantity(0.5, unit="V", low=0.1, high=0.8)
    c_latch: float = quantity(1e-13, unit="F", above=0, high=1e-9)
    g_reset: float = quantity(3e-4, unit="S", above=0, high=1.0)

    @property
    def pulses(self) -> ReadPulses:
        """What a spike at the input does."""
        return ReadPulses(v_read=self.v_read, t_pulse=self.t_pulse, ratio=self.ratio)

    @property
    def nominal(self) -> LIF:
        """The neuron by the values of its parts, without what its comparator adds."""
        return LIF(threshold=self.v_th, capacitance=self.capacitance, g_leak=self.g_leak)

    def place(self, deck: Deck, tag: str, bit_line: str) -> tuple[str, str]:
        """Add a neuron behind ``bit_line``; return the nodes of its membrane and its latch."""
        mem, latch = f"{tag}_mem", f"{tag}_latch"
        deck.instance(
            f"x{tag}_mirror", "current_mirror", bit_line, mem, "vmirror", ratio=self.ratio
        )
        deck.instance(
            f"x{tag}", "lif_neuron", mem, latch, "vcomp", c=self.capacitance, v_th=self.v_th,
            g_leak=self.g_leak, c_latch=self.c_latch, g_reset=self.g_reset,
        )  # fmt: skip
        deck.save(f"v({mem})", f"v({latch})", f"i(v.x{tag}_mirror.vin)")
        return mem, latch
