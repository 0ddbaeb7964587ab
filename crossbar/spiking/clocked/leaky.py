"""A leaky integrator without spikes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crossbar.errors import fail, shown
from crossbar.spiking.clocked.neuron import CLOCKED_NEURONS, ClockedNeuron, State
from crossbar.types import Floats
from crossbar.units import quantity

LINEAR, TANH = "linear", "tanh"


@CLOCKED_NEURONS.register("leaky")
@dataclass(frozen=True, kw_only=True)
class Leaky(ClockedNeuron):
    """v <- v e^{-dt / tau} + w x, and y = v or tanh v: a neuron of graded output.

    Linear, behind neurons that spike, it is the membrane of a neuron that never fires. With tanh
    and recurrence it is a plain recurrent network, as a baseline without spikes and gates.

    Parameters
    ----------
    tau
        Time constant.
    output
        ``linear`` or ``tanh``.
    """

    spikes: ClassVar[bool] = False
    tau: float = quantity(2e-5, unit="s", above=0, high=1e15)
    output: str = LINEAR

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.output not in (LINEAR, TANH):
            expected = f"{LINEAR} or {TANH}"
            fail("Leaky.output", expected, shown(self.output), f'Write output = "{TANH}".')

    def begin(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> State:
        """Return v."""
        return (np.zeros(shape, dtype),)

    def step(self, state: State, drive: Floats, dt: float) -> tuple[State, Floats]:
        """Return v after a step, and y."""
        v = state[0] * math.exp(-dt / self.tau) + drive
        return (v,), v if self.output == LINEAR else np.tanh(v)

    def back(
        self, state: State, drive: Floats, dt: float, d_state: State, d_output: Floats
    ) -> tuple[State, Floats]:
        """Return the gradients at v before and at what arrived."""
        leak = math.exp(-dt / self.tau)
        slope = 1.0 if self.output == LINEAR else 1 - np.tanh(state[0] * leak + drive) ** 2
        d_drive = d_state[0] + d_output * slope
        return (d_drive * leak,), d_drive
