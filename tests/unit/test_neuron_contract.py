"""A neuron from outside: four methods, and both forms of running it follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from refusals import complaint, refused

from crossbar.spiking import Neuron, NeuronState, Spikes
from crossbar.types import Doubles, Floats, Integers, Rng
from crossbar.units import quantity


@dataclass(eq=False, repr=False)
class Filled(NeuronState):
    q: Doubles


@dataclass(frozen=True, kw_only=True)
class Integrator(Neuron):
    """Fires whenever it holds a charge; without a leak."""

    charge: float = quantity(1.0, above=0, high=1e6)

    def fabricate(self, count: int, *, rng: Rng) -> Filled:
        return Filled(count, 0.0, np.zeros(count))

    def move(self, until: float, current: Floats, state: Filled) -> Spikes:
        times, lines = [], []
        for j in range(state.count):
            t, i = state.t, float(current[j])
            while state.q[j] >= self.charge or i * (until - t) > self.charge - state.q[j]:
                wait = max((self.charge - state.q[j]) / i, 0.0) if i else 0.0
                state.q[j], t = state.q[j] + i * wait - self.charge, t + wait
                times.append(t)
                lines.append(j)
            state.q[j] += i * (until - t)
        return Spikes.in_order(np.array(times), np.array(lines, int), state.count)

    def add(self, neurons: Integers, charges: Floats, state: Filled) -> None:
        np.add.at(state.q, neurons, charges)

    def potential(self, state: Filled) -> Floats:
        return state.q.copy()


def test_steps_and_the_event_driven_form_of_a_neuron_from_outside_are_one():
    """Spikes are where the charge that has come in passes whole numbers."""
    neuron = Integrator()
    neuron.prove()
    arrivals = Spikes([1.0, 1.0, 2.5], [0, 1, 0], 2)
    state = neuron.fabricate(2, rng=np.random.default_rng(0))
    fired = neuron.respond(arrivals, [0.75, 2.25, 0.5], 4.0, state, current=[0.5, 0.0])
    assert fired.on(0).tolist() == [1.0, 2.5, 3.5]  # 0.5 + 0.75; 1 + 1 + 0.5; 3
    assert fired.on(1).tolist() == [1.0, 1.0]
    assert state.q.tolist() == [0.25, 0.25]
    assert state.t == 4.0
    stepped = neuron.fabricate(2, rng=np.random.default_rng(0))
    spikes = Spikes.none(2)
    for k in range(8):
        spikes = spikes.followed(neuron.step(0.5, [0.5, 0.0], stepped))
        now = arrivals.where(arrivals.times == 0.5 * (k + 1))
        charges = np.array([0.75, 2.25, 0.5])[arrivals.times == 0.5 * (k + 1)]
        neuron.receive(now.lines, charges, stepped)
    np.testing.assert_array_equal(spikes.times, fired.times)
    np.testing.assert_array_equal(spikes.lines, fired.lines)


class Wrong(Integrator):
    def move(self, until: float, current: Floats, state: Any) -> Any:
        return np.zeros(2)


def test_a_neuron_that_breaks_the_contract_says_what_is_wrong():
    says = "Wrong.move: expected a Spikes, got an array (2,) of float64. Return Spikes.none("
    assert complaint(Wrong().prove).startswith(says)
    state = Integrator().fabricate(2, rng=np.random.default_rng(0))
    line = refused(Integrator().receive, [0, 2], 1.0, state)
    assert line.startswith("Spikes.lines: expected lines from 0 to 1, got 0 to 2.")
    assert "Integrator.step.state" in refused(Integrator().step, 1.0, 0.0, None)
