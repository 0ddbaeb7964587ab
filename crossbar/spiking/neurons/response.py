"""The spike response model: the voltage is a sum of kernels of past events."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq

from crossbar.errors import DataError, SimulationError, message
from crossbar.spiking.neurons.kernels import Decay, Filtered, Kernel
from crossbar.spiking.neurons.neuron import NEURONS, Neuron, NeuronState, require_count
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Integers, Rng
from crossbar.units import METHOD, quantity

LARGEST = 1e15  # of any unit
BLOCK = 4096  # points at once
LEAST = 1e-4  # of what is over the threshold, that a spike takes down


@dataclass(eq=False, repr=False)
class ResponseState(NeuronState):
    """Events of the past of each neuron.

    Attributes
    ----------
    arrivals : (n, 3)
        Neuron, time [s] and charge [C] of what arrived.
    fired : (m, 2)
        Neuron and time [s] of every spike.
    """

    arrivals: Doubles
    fired: Doubles


@NEURONS.register("spike-response")
@dataclass(frozen=True, kw_only=True)
class SpikeResponse(Neuron):
    """V(t) = rest + sum of Q_k epsilon(t - t_k) + sum of eta(t - t_f): arrivals and own spikes.

    With ``Filtered`` and a ``Decay`` by reset - threshold it is the LIF neuron that is reset by
    subtraction. Kernels may be any: a crossing is sought at points ``resolution`` apart and then
    refined, so that one that lasts less may be missed. LIF misses none.

    Parameters
    ----------
    threshold, rest : [V]
        Voltage of a spike, and without events.
    synapse
        epsilon, the answer to a charge [V/C].
    after
        eta, the answer to the neuron's own spike [V].
    refractory : [s]
        How long no spike follows another.
    memory : [s]
        How long an event is kept.
    resolution : [s]
        Distance of the points at which a crossing is sought.

    Source: Gerstner and Kistler, Spiking Neuron Models, 2002, chapter 4; numbers are assumed.
    """

    threshold: float = quantity(0.5, unit="V", low=-LARGEST, high=LARGEST)
    rest: float = quantity(0.0, unit="V", low=-LARGEST, high=LARGEST)
    synapse: Kernel = field(default=Filtered())
    after: Kernel = field(default=Decay())
    refractory: float = quantity(0.0, unit="s", low=0, high=LARGEST)
    memory: float = quantity(5e-3, unit="s", role=METHOD, above=0, high=LARGEST)
    resolution: float = quantity(1e-6, unit="s", role=METHOD, above=0, high=LARGEST)

    def fabricate(self, count: int, *, rng: Rng) -> ResponseState:
        """Return ``count`` neurons without a past at time 0; they are alike."""
        require_count("SpikeResponse.fabricate", count, rng)
        return ResponseState(count, 0.0, np.empty((0, 3)), np.empty((0, 2)))

    def add(self, neurons: Integers, charges: Floats, state: ResponseState) -> None:
        """Let ``charges`` arrive now."""
        events = np.column_stack((neurons, np.full(neurons.size, state.t), charges))
        state.arrivals = np.concatenate((state.arrivals, events))

    def potential(self, state: ResponseState) -> Floats:
        """Return the voltages at ``state.t``, (count,) [V]."""
        return np.array([self._voltage(state.t, j, state) for j in range(state.count)])

    def move(self, until: float, current: Floats, state: ResponseState) -> Spikes:
        """Let time go on to ``until``.

        Raises
        ------
        DataError
            If a current flows, which has no kernel.
        """
        if current.any():
            got, remedy = f"{np.abs(current).max():g} A", "Send charges."
            raise DataError(message("SpikeResponse.current", "0 A", got, remedy))
        oldest = state.t - self.memory
        state.arrivals = state.arrivals[state.arrivals[:, 1] >= oldest]
        state.fired = state.fired[state.fired[:, 1] >= oldest]
        before = len(state.fired)
        for j in range(state.count):
            self._fire(j, until, state)
        new = state.fired[before:]
        return Spikes.in_order(new[:, 1], new[:, 0].astype(np.int64), state.count)

    def _voltage(self, t: float, j: int, state: ResponseState) -> float:
        """Return the voltage of neuron ``j`` at ``t``."""
        return self._voltages(np.array([t]), j, state).item()

    def _voltages(self, t: Floats, j: int, state: ResponseState) -> Floats:
        """Return the voltages of neuron ``j`` at the times ``t`` (n,)."""
        own = state.arrivals[state.arrivals[:, 0] == j]
        spikes = state.fired[state.fired[:, 0] == j]
        sent: Floats = self.synapse.values(t[:, None] - own[:, 1]) @ own[:, 2]
        after: Floats = self.after.values(t[:, None] - spikes[:, 1]).sum(axis=1)
        return self.rest + sent + after

    def _fire(self, j: int, until: float, state: ResponseState) -> None:
        """Add the spikes of neuron ``j`` before ``until`` to the state."""
        own = state.fired[state.fired[:, 0] == j, 1]
        t = max(state.t, own.max(initial=-math.inf) + self.refractory)
        while t < until:
            end = min(until, t + BLOCK * self.resolution)
            grid = np.append(np.arange(t, end, self.resolution), end)
            over = np.flatnonzero(self._voltages(grid, j, state) >= self.threshold)
            if not over.size:
                t = end
                continue
            k = int(over[0])
            at = grid.item(0) if k == 0 else self._crossing(grid[k - 1 : k + 1], j, state)
            if at >= until:
                return
            before = self._voltage(at, j, state)
            state.fired = np.concatenate((state.fired, [[j, at]]))
            t, fall = at + self.refractory, before - self._voltage(at, j, state)
            if t == at and fall <= LEAST * (before - self.threshold):
                got, remedy = "none", "Lower SpikeResponse.after, or give a refractory time."
                raise SimulationError(message("SpikeResponse", "a fall after a spike", got, remedy))

    def _crossing(self, between: Floats, j: int, state: ResponseState) -> float:
        """Return when neuron ``j`` reaches its threshold ``between`` two times."""

        def over(t: float) -> float:
            return self._voltage(t, j, state) - self.threshold

        low, high = between.tolist()
        return brentq(over, low, high, xtol=1e-15 * high)
