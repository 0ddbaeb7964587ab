"""A sigma-delta neuron: it adds up what arrives, and takes 1 off at every spike."""

from dataclasses import dataclass, field

import numpy as np

from crossbar.spiking import ClockedNeuron, Surrogate


@dataclass(frozen=True, kw_only=True)
class Box(Surrogate):
    def slope(self, u):
        return (abs(u) < 0.5).astype(u.dtype)


@dataclass(frozen=True, kw_only=True)
class SigmaDelta(ClockedNeuron):
    surrogate: Surrogate = field(default_factory=Box)

    def begin(self, shape, dtype):
        return (np.zeros(shape, dtype),)

    def step(self, state, drive, dt):
        v = state[0] + drive
        spikes = self.surrogate.fires(v - 1)
        return (v - spikes,), spikes

    def back(self, state, drive, dt, d_state, d_output):
        passed = d_state[0] + d_output * self.surrogate.slope(state[0] + drive - 1)
        return (passed,), passed
