"""Energy of spiking networks by the rules of thumb of the field, beside what is counted."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.energy.cost import Cost
from crossbar.energy.costs import DIGITAL_ADD, DIGITAL_MAC, SPIKE
from crossbar.specification import Specification
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class RulesOfThumb(Specification):
    """Energy by counts alone: E_ANN = N_MAC e_MAC, E_SNN = N_spikes e_spike + P_leak T.

    The energy of a spike is that of the neuron, not of its fan-out: beside it stands that of all
    synaptic events, N_events e_event + P_leak T.

    Parameters
    ----------
    macs
        Multiplications with an addition of a conventional network, N_MAC.
    spikes
        Spikes of neurons, N_spikes.
    events
        Synaptic events: spikes times the cells that each reaches, N_events.
    seconds
        Time of the run, T.
    leakage
        P_leak.
    mac, spike, event
        e_MAC, e_spike and e_event.

    Source: Alymova 2025 (rule, 4.6 pJ and 0.1 pJ); Horowitz, ISSCC 2014, 45 nm (4.6 pJ, and 0.9 pJ
    of an addition, which a synaptic event is taken for). Valid for: arithmetic alone, no memory.

    Examples
    --------
    >>> rule = RulesOfThumb(macs=150_128, spikes=10_000)
    >>> f"{rule.conventional:.3g} J, {rule.spiking:.3g} J"
    '6.91e-07 J, 1e-09 J'
    >>> f"{rule.break_even:.2g} spikes"
    '6.9e+06 spikes'
    """

    macs: float = quantity(0.0, low=0, high=1e30)
    spikes: float = quantity(0.0, low=0, high=1e30)
    events: float = quantity(0.0, low=0, high=1e30)
    seconds: float = quantity(0.0, unit="s", low=0, high=1e30)
    leakage: float = quantity(0.0, unit="W", low=0, high=1e12)
    mac: Cost = DIGITAL_MAC
    spike: Cost = SPIKE
    event: Cost = DIGITAL_ADD

    @property
    def conventional(self) -> float:
        """E_ANN [J]."""
        return self.macs * self.mac.value

    @property
    def spiking(self) -> float:
        """E_SNN [J], by spikes."""
        return self.spikes * self.spike.value + self.leakage * self.seconds

    @property
    def spiking_by_events(self) -> float:
        """E_SNN [J], by synaptic events."""
        return self.events * self.event.value + self.leakage * self.seconds

    @property
    def break_even(self) -> float:
        """Number of spikes at which both take the same; negative where leakage takes more."""
        return (self.conventional - self.leakage * self.seconds) / self.spike.value

    @property
    def break_even_events(self) -> float:
        """Number of synaptic events at which both take the same."""
        return (self.conventional - self.leakage * self.seconds) / self.event.value
