"""A learning window in three ways: equations, rule of a network, and ngspice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crossbar.brief import brief
from crossbar.progress import Progress, shown
from crossbar.spice.plasticity import simulated_pairs
from crossbar.spiking.plasticity import DevicePlasticity, Moved, Window
from crossbar.types import Floats

STATES = (0.2, 0.35, 0.5, 0.65, 0.8)
OVERLAP = 41  # lags of a line where plateaus overlap


@dataclass(frozen=True)
class ThreeWays:
    """What pairs of a rule do to a cell, in three ways.

    Attributes
    ----------
    name, rule
        The rule and what it is called.
    window
        Window of the equations, with many lags.
    states
        Windows of other states.
    lag : (points,)
        Where the ways are compared [s].
    equations, event, circuit : (points,)
        Changes of the state by the equations, by the rule's tables of pairs and of spikes alone,
        and by ngspice, with energies but for the rule; ``circuit`` is None before
        :meth:`simulated`.
    """

    name: str
    rule: DevicePlasticity
    window: Window
    states: tuple[Window, ...]
    lag: Floats
    equations: Moved
    event: Floats
    circuit: Moved | None = None

    __repr__ = brief

    @property
    def largest(self) -> float:
        """Largest change of the window."""
        return float(np.abs(self.window.change).max())

    @property
    def event_error(self) -> float:
        """Largest difference of the rule from the equations, relative to the largest change."""
        return float(np.abs(self.event - self.equations.change).max()) / self.largest

    @property
    def circuit_error(self) -> float | None:
        """Largest difference of ngspice from the equations, relative to the largest change."""
        if self.circuit is None:
            return None
        return float(np.abs(self.circuit.change - self.equations.change).max()) / self.largest

    def simulated(self, *, jobs: int = 2, progress: Progress = shown) -> ThreeWays:
        """Return the same with ngspice, a run for each lag.

        Raises
        ------
        SimulationError
            If ngspice is missing or fails.
        """
        x = np.array([self.window.x])
        circuit = simulated_pairs(self.rule, self.lag, x, jobs=jobs, progress=progress)
        return replace(self, circuit=_flat(circuit))


def in_ways(name: str, rule: DevicePlasticity, *, x: float = 0.5, points: int = 8) -> ThreeWays:
    """Return equations and rule of the state ``x``, compared at ``points`` lags a side.

    Raises
    ------
    DataError
        If no pair passes the thresholds of the cell.
    """
    sides = rule.lags(x)
    overlap = np.linspace(-rule.post.width, rule.pre.width, OVERLAP)
    lag = rule.lags(x, points)
    alone = rule.isolated(x)
    return ThreeWays(
        name=name,
        rule=rule,
        window=rule.window(x, np.unique(np.concatenate([sides, overlap]))),
        states=tuple(rule.window(each) for each in STATES),
        lag=lag,
        equations=_flat(rule.pair(lag, np.array([x]))),
        event=rule.change(lag, x) + alone.pre + alone.post,
    )


def _flat(both: Moved) -> Moved:
    """Return changes and energies of one state, (lags,)."""
    return Moved(both.change[:, 0], both.energy[:, 0])
