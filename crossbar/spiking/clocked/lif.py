"""The leaky integrate-and-fire neuron in time steps, with adaptation."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.errors import fail, shown
from crossbar.kernels.spikes.decays import second
from crossbar.spiking.clocked.neuron import CLOCKED_NEURONS, ClockedNeuron, State
from crossbar.spiking.clocked.surrogates import FastSigmoid, Surrogate
from crossbar.spiking.neurons.lif import SUBTRACTION, VALUE
from crossbar.types import Floats, Masks
from crossbar.units import quantity

LARGEST = 1e15


@CLOCKED_NEURONS.register("lif")
@dataclass(frozen=True, kw_only=True)
class ClockedLIF(ClockedNeuron):
    """C dV/dt = -C V / tau_m + I, with a spike at the end of a step in which V is at threshold.

    Between the ends V is exact. A charge Q = charge w arrives at the beginning of a step. With
    ``tau_s`` it flows as Q / tau_s e^{-t / tau_s}, and V is seen at the end of the step; without
    it V jumps by Q / C and is seen at once. A spike of the step k so drives the next layer in the
    step k too. A neuron has one spike a step at the most.

    After a spike V is at ``reset``, or lower by threshold - reset, and stays there for the whole
    steps that ``refractory`` fills; charges that arrive then are lost where there is no ``tau_s``.
    Every spike raises the threshold by ``adaptation``, which decays with ``tau_a``.

    Errors pass a spike by the slope of ``surrogate``. They do not pass the reset, as is usual:
    its gradient through the surrogate makes training worse (Zenke and Vogels, 2021).

    Parameters
    ----------
    threshold, reset : [V]
        Voltage of a spike, and after it; the membrane rests at 0.
    capacitance, charge
        C, and the charge that a spike brings through a weight of 1.
    tau_m, tau_s : [s]
        Time constants of the membrane and the synapses; 0 for no synaptic current.
    refractory : [s]
        How long V stays after a spike.
    reset_by
        ``value`` or ``subtraction``.
    adaptation : [V]
        By how much a spike raises the threshold.
    tau_a : [s]
        How fast that decays.
    through_reset
        Whether errors also pass the reset.
    surrogate
        Slope of a spike.

    Source: Zenke and Vogels, Neural Comput. 33:899, 2021 (the reset); Bellec et al., NeurIPS 2018
    (adaptation). Numbers are assumed; with them C threshold = charge, so that the threshold is 1 in
    units of a weight.
    """

    threshold: float = quantity(0.5, unit="V", low=-LARGEST, high=LARGEST)
    reset: float = quantity(0.0, unit="V", low=-LARGEST, high=LARGEST)
    capacitance: float = quantity(1e-12, unit="F", above=0, high=LARGEST)
    charge: float = quantity(5e-13, unit="C", above=0, high=LARGEST)
    tau_m: float = quantity(2e-5, unit="s", above=0, high=LARGEST)
    tau_s: float = quantity(0.0, unit="s", low=0, high=LARGEST)
    refractory: float = quantity(0.0, unit="s", low=0, high=LARGEST)
    reset_by: str = SUBTRACTION
    adaptation: float = quantity(0.0, unit="V", low=0, high=LARGEST)
    tau_a: float = quantity(2e-4, unit="s", above=0, high=LARGEST)
    through_reset: bool = False
    surrogate: Surrogate = field(default_factory=FastSigmoid)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.threshold > max(self.reset, 0.0):
            got = f"{self.threshold:g} V"
            expected = f"a voltage above reset, {self.reset:g} V, and rest, 0 V"
            fail("ClockedLIF.threshold", expected, got, "A spike takes the voltage down.")
        if self.reset_by not in (VALUE, SUBTRACTION):
            expected = f"{VALUE} or {SUBTRACTION}"
            fail("ClockedLIF.reset_by", expected, shown(self.reset_by), f'Write "{VALUE}".')

    @property
    def gap(self) -> float:
        """Threshold - reset [V]."""
        return self.threshold - self.reset

    @property
    def instant(self) -> bool:
        """Whether V jumps at the beginning of a step."""
        return self.tau_s == 0

    def begin(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> State:
        """Return V, the current over C, the rise of the threshold and the steps to wait."""
        zero = np.zeros(shape, dtype)
        return zero, zero, zero, zero

    def step(self, state: State, drive: Floats, dt: float) -> tuple[State, Floats]:
        """Return the state after a step, and its spikes."""
        _, _, rise, wait = state
        v, i, held = self._moved(state, drive, dt)
        spikes = self._fired(v, rise, held)
        change = self.reset - v if self.reset_by == VALUE else -self.gap
        rise = rise * math.exp(-dt / self.tau_a) + spikes * self.adaptation
        if self.refractory > 0:
            whole = math.ceil(self.refractory / dt - 1e-9)
            wait = np.where(spikes > 0.5, whole, np.maximum(wait - 1, 0)).astype(v.dtype)
        return (v + spikes * change, i, rise.astype(v.dtype, copy=False), wait), spikes

    def back(
        self, state: State, drive: Floats, dt: float, d_state: State, d_output: Floats
    ) -> tuple[State, Floats]:
        """Return the gradients at the state before and at what arrived."""
        v, _, held = self._moved(state, drive, dt)
        rise, (dv, di, d_rise, _) = state[2], d_state
        spikes, by_value = self._fired(v, rise, held), self.reset_by == VALUE
        d_spike = d_output + self.adaptation * d_rise
        if self.through_reset:
            d_spike = d_spike + dv * (self.reset - v if by_value else -self.gap)
        slope = self.surrogate.slope((v - self.threshold - rise) / self.gap) / self.gap
        passed = np.where(held, 0, d_spike * slope)
        dv = (dv * (1 - spikes) if by_value else dv) + passed
        d_rise = d_rise * math.exp(-dt / self.tau_a) - passed
        moving = np.where(held, 0, dv)
        leak, gain, decay, push = self._constants(dt)
        if self.tau_s > 0:
            di = di * decay + moving * gain
            d_drive = di * push
        else:
            d_drive = moving * push
        still = state[3] > 0
        dv = np.where(still, dv, dv * leak)
        parts = tuple(part.astype(v.dtype, copy=False) for part in (dv, di, d_rise))
        return (*parts, np.zeros_like(v)), d_drive.astype(v.dtype, copy=False)

    def _constants(self, dt: float) -> tuple[float, float, float, float]:
        """Return factors of V, of the current to V, of the current, and of what arrives."""
        a, jump = 1 / self.tau_m, self.charge / self.capacitance
        if self.tau_s == 0:
            return math.exp(-a * dt), 0.0, 0.0, jump
        b = 1 / self.tau_s
        return math.exp(-a * dt), second(dt, a, b), math.exp(-b * dt), jump * b

    def _moved(self, state: State, drive: Floats, dt: float) -> tuple[Floats, Floats, Masks]:
        """Return V and current at the end of the step without a spike, and who is held."""
        v, i, _, wait = state
        leak, gain, decay, push = self._constants(dt)
        held = wait > 0
        if self.tau_s > 0:
            flowing = i + push * drive
            return np.where(held, v, v * leak + flowing * gain), flowing * decay, held
        quiet, held = held, wait > 1  # at the end of the hold V takes a charge again
        return np.where(held, v, np.where(quiet, v, v * leak) + push * drive), i, held

    def _fired(self, v: Floats, rise: Floats, held: Masks) -> Floats:
        """Return the spikes."""
        spikes = self.surrogate.fires((v - self.threshold - rise) / self.gap)
        return np.where(held, np.zeros_like(spikes), spikes)
