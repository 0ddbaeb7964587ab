"""Read pulses on word lines: what spikes are in time, and the currents that they let flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_part
from crossbar.errors import DataError, message, require_number
from crossbar.specification import Specification
from crossbar.spiking.neurons.neuron import Neuron, NeuronState
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Integers
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class ReadPulses(Specification):
    """I_j(t) = ratio v_read sum_i g_ij over the word lines i whose pulse is on at t.

    A spike at t drives its line from t + delay until t + delay + t_pulse; one that comes while the
    line is driven begins a new pulse, so that the line is driven until that one ends.

    Parameters
    ----------
    v_read : [V]
        Voltage of a word line that is read.
    t_pulse, delay : [s]
        How long, and how long after the spike.
    ratio
        Current into a membrane over that of its bit line.

    Source: numbers assumed, as those of ``spice_models/``.

    Examples
    --------
    >>> pulses = ReadPulses(t_pulse=1e-6, ratio=1.0)
    >>> begin, current = pulses.currents(Spikes([1e-6], [0], 1), [[1e-5]], 4e-6)
    >>> [round(1e6 * float(t), 3) for t in begin]
    [0.0, 1.0, 2.0]
    >>> [round(1e6 * float(i), 3) for i in current[:, 0]]  # uA
    [0.0, 2.0, 0.0]
    """

    v_read: float = quantity(0.2, unit="V", low=-10, high=10)
    t_pulse: float = quantity(1e-6, unit="s", above=0, high=1e6)
    delay: float = quantity(0.0, unit="s", low=0, high=1e6)
    ratio: float = quantity(0.1, low=0, high=1e6)

    def driven(self, spikes: Spikes) -> tuple[Doubles, Doubles, Integers]:
        """Return where pulses begin and end (n,) [s], and their lines; none of a line overlap."""
        begins, ends, lines = [], [], []
        for line in np.unique(spikes.lines).tolist():
            times = spikes.on(line) + self.delay
            first = np.r_[True, np.diff(times) > self.t_pulse]
            last = np.r_[first[1:], True]
            begins.append(times[first])
            ends.append(times[last] + self.t_pulse)
            lines.append(np.full(int(first.sum()), line))
        if not lines:
            return np.empty(0), np.empty(0), np.empty(0, np.int64)
        return np.concatenate(begins), np.concatenate(ends), np.concatenate(lines)

    def currents(self, spikes: Spikes, g: Any, until: float) -> tuple[Doubles, Doubles]:
        """Return the currents that flow after ``spikes``, constant between changes.

        Parameters
        ----------
        spikes
            On the word lines.
        g : (lines, neurons) [S]
            Conductances of the cells.
        until : [s]
            Where the last interval ends.

        Returns
        -------
        (n,) [s], (n, neurons) [A]
            Where each interval begins, the first at 0, and what flows in it.

        Raises
        ------
        DataError, ShapeError
            If a conductance is no finite number, or there is not a row a line.
        """
        cells: Floats = require_array("ReadPulses.g", g, (spikes.width, "neurons"))
        require_number("ReadPulses.until", until, above=0, unit="s", remedy="Time goes forwards.")
        begins, ends, lines = self.driven(spikes)
        edges = np.unique(np.concatenate(([0.0], begins, ends)))
        edges = edges[edges < until]
        on = np.zeros((edges.size, spikes.width))
        for begin, end, line in zip(begins, ends, lines, strict=True):
            on[(edges >= begin) & (edges < end), line] = 1.0
        return edges, self.ratio * self.v_read * (on @ cells)

    def respond(self, neuron: Neuron, spikes: Spikes, g: Any, until: float, state: Any) -> Spikes:
        """Return the spikes before ``until`` of neurons that ``spikes`` reach by cells ``g``.

        A neuron without synaptic filters is exact: its current is constant between two changes.

        Raises
        ------
        DataError
            If the state is not at time 0.
        """
        require_part("ReadPulses.neuron", neuron, Neuron)
        _require_fresh(state)
        fired = Spikes.none(state.count)
        begins, currents = self.currents(spikes, g, until)
        for dt, current in zip(np.diff(np.append(begins, until)), currents, strict=True):
            fired = fired.followed(neuron.step(float(dt), current, state))
        return fired

    def voltages(
        self, neuron: Neuron, spikes: Spikes, g: Any, times: Floats, state: Any
    ) -> Doubles:
        """Return the membranes (n, neurons) [V] at ``times`` (n,) [s], in order and above 0.

        Raises
        ------
        DataError
            If the state is not at time 0.
        """
        require_part("ReadPulses.neuron", neuron, Neuron)
        _require_fresh(state)
        begins, currents = self.currents(spikes, g, float(times[-1]))
        ends = np.unique(np.concatenate((begins[1:], times)))
        flowing = currents[np.searchsorted(begins, ends, side="left") - 1]
        volts = np.empty((ends.size, state.count))
        for k, (dt, current) in enumerate(zip(np.diff(ends, prepend=0.0), flowing, strict=True)):
            neuron.step(float(dt), current, state)
            volts[k] = neuron.potential(state)
        return volts[np.searchsorted(ends, times)]


def _require_fresh(state: Any) -> None:
    """Raise unless neurons are at time 0, where pulses begin."""
    require_part("ReadPulses.state", state, NeuronState)
    if state.t != 0:
        got, remedy = f"{state.t:g} s", "Fabricate new ones."
        raise DataError(message("ReadPulses.state", "neurons at time 0", got, remedy))
