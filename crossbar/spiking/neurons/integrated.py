"""Neurons whose equations have no closed form: an integrator of SciPy, with detection of spikes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from crossbar.errors import SimulationError, message
from crossbar.spiking.neurons.neuron import Neuron, NeuronState, require_count
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Integers, Masks, Rng

ABSOLUTE = 1e-2  # of the relative tolerance: a hundredth of 1 V, or of 1


@dataclass(eq=False, repr=False)
class IntegratedState(NeuronState):
    """Variables of the equations of each neuron.

    Attributes
    ----------
    y : (variables, count)
        The first is the voltage [V].
    pushed : (count,)
        Neurons that a charge has brought over the level of a spike since the last step.
    """

    y: Doubles
    pushed: Masks


class Integrated(Neuron):
    """dy/dt = f(y, I / C): a spike is where the voltage rises through a level.

    A subclass gives f, the variables at rest, the level, and what follows on a spike. Neurons are
    integrated one after the other (Dormand-Prince of order 8), and the time of a spike is a root of
    the dense output. ``rtol`` is the relative tolerance of a step; the absolute one is a hundredth
    of it, in volts for a voltage.
    """

    capacitance: float
    rtol: float

    @abstractmethod
    def at_rest(self) -> Floats:
        """Return the variables without input, (variables,); the voltage first."""

    @abstractmethod
    def slopes(self, y: Doubles, drive: float) -> Any:
        """Return dy/dt, (variables,), with a current over capacitance ``drive`` [V/s]."""

    @property
    @abstractmethod
    def level(self) -> float:
        """Voltage of a spike [V]."""

    def reset(self, y: Doubles) -> Doubles | None:
        """Return the variables after a spike; None where the equations go on by themselves."""
        return None

    def fabricate(self, count: int, *, rng: Rng) -> IntegratedState:
        """Return ``count`` neurons at rest at time 0; they are alike."""
        require_count(f"{type(self).__name__}.fabricate", count, rng)
        y = np.repeat(np.asarray(self.at_rest(), np.float64)[:, None], count, axis=1)
        return IntegratedState(count, 0.0, y, np.zeros(count, np.bool_))

    def add(self, neurons: Integers, charges: Floats, state: IntegratedState) -> None:
        """Let voltages jump by Q / C, all charges of a neuron together."""
        below = state.y[0] < self.level
        np.add.at(state.y[0], neurons, charges / self.capacitance)
        state.pushed |= below & (state.y[0] >= self.level)

    def potential(self, state: IntegratedState) -> Floats:
        """Return the voltages at ``state.t``, (count,) [V]."""
        v: Floats = state.y[0].copy()
        return v

    def move(self, until: float, current: Floats, state: IntegratedState) -> Spikes:
        """Let time go on to ``until``."""
        drives = (current / self.capacitance).tolist()
        with np.errstate(all="ignore"):  # a step that is tried may be far too long
            fired = [self._integrated(j, drive, until, state) for j, drive in enumerate(drives)]
        state.pushed[:] = False
        lines = np.repeat(np.arange(state.count), [len(times) for times in fired])
        return Spikes.in_order(np.concatenate(fired), lines, state.count)

    def _integrated(
        self, j: int, drive: float, until: float, state: IntegratedState
    ) -> list[float]:
        """Integrate neuron ``j`` to ``until``, and return when it fires."""
        t, y, times = state.t, state.y[:, j], []
        if state.pushed[j]:
            times, y = [t], self._after(y)
        resets = self.reset(y) is not None

        def rises(t: float, y: Doubles) -> float:
            return float(y[0]) - self.level

        def slopes(t: float, y: Doubles) -> Any:
            return self.slopes(y, drive)

        rises.direction, rises.terminal = 1.0, resets  # type: ignore[attr-defined]
        accuracy: dict[str, Any] = {"rtol": self.rtol, "atol": ABSOLUTE * self.rtol}
        while t < until:
            solution = solve_ivp(slopes, (t, until), y, "DOP853", events=rises, **accuracy)
            if solution.status < 0:
                got, where = str(solution.message), type(self).__name__
                remedy = "Look at the current: is it in amperes?"
                raise SimulationError(message(where, "a solution", got, remedy))
            fired = solution.t_events[0] if solution.t_events else ()
            times += [float(one) for one in fired if one < until]
            t, y = float(solution.t[-1]), solution.y[:, -1]
            if solution.status == 1 and t < until:
                y = self._after(y)
        state.y[:, j] = y
        return times

    def _after(self, y: Doubles) -> Doubles:
        """Return the variables after a spike."""
        after = self.reset(y)
        return y if after is None else after
